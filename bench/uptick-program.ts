/** Runs a program that reads series as CSV and prints events as JSON, as `precursor uptick FILE.csv --format json` does, for `bench:uptick`. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MadeSeries } from "../src/lab/series/make-series.ts";
import type { LabSeries } from "../src/lab/series/series-families.ts";
import type { ToldEvent } from "./uptick-alarms.ts";

const MOST_OUTPUT = 256 * 2 ** 20;

/** The part of its output that is read; times are ISO 8601 or seconds since 1970. */
interface Printed {
  readonly events: readonly { readonly series: string; readonly start: string | number; readonly end: string | number | null }[];
}

/** Events by name of the series, or why there are none. All series have the same bucket. */
export function runProgram(command: string, all: readonly LabSeries[]): Map<string, ToldEvent[]> | string {
  const folder = mkdtempSync(join(tmpdir(), "precursor-uptick-"));
  try {
    const file = join(folder, "series.csv");
    writeFileSync(file, csvOf(all));
    const { status, stdout, stderr } = spawnSync("sh", ["-c", `${command} "$0" --format json`, file], {
      encoding: "utf8",
      maxBuffer: MOST_OUTPUT,
    });
    if (status !== 0 && status !== 1) return stderr.trim().split("\n").at(-1) ?? `it ended with ${status}`;
    const events = eventsOf(stdout);
    if (events === null) return "what it printed is not JSON with events";
    const byName = new Map(all.map((series): [string, ToldEvent[]] => [series.name, []]));
    for (const { series, start, end } of events) {
      const plan = all.find(({ name }) => name === series)?.plan;
      if (plan === undefined) return `it tells of ${series}, which nobody asked about`;
      const from = seconds(start);
      // It does not say when it told: at the earliest, at the end of the event's first bucket
      const to = end === null ? plan.start + plan.days * 86_400 : Math.max(seconds(end), from + plan.bucket);
      byName.get(series)?.push({ start: from, end: to, told: from + plan.bucket });
    }
    return byName;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function eventsOf(printed: string): Printed["events"] | null {
  try {
    return (JSON.parse(printed) as Partial<Printed>).events ?? null;
  } catch {
    return null;
  }
}

/** Leaves series and their truth in a folder, for other programs: one CSV a series, and truth.json. */
export function keepSeries(folder: string, all: readonly LabSeries[]): void {
  mkdirSync(folder, { recursive: true });
  for (const one of all) writeFileSync(join(folder, `${one.name}.csv`), csvOf([one]));
  const truth = all.map(({ name, family, judgedFrom, plan }) => ({ name, family, judgedFrom, ...plan }));
  writeFileSync(join(folder, "truth.json"), `${JSON.stringify(truth, null, 1)}\n`);
}

/** `time,series,value`, in order of time within a series; missing values are missing rows. */
function csvOf(all: readonly LabSeries[]): string {
  const lines = ["time,series,value"];
  for (const one of all) lines.push(...rowsOf(one.name, one.make()));
  return `${lines.join("\n")}\n`;
}

function rowsOf(name: string, { times, values }: MadeSeries): string[] {
  return Array.from(times, (time, at) => [time, values[at] ?? Number.NaN] as const)
    .filter(([, value]) => !Number.isNaN(value))
    .map(([time, value]) => `${new Date(time * 1000).toISOString().slice(0, 19)}Z,${name},${value}`);
}

function seconds(time: string | number): number {
  return typeof time === "number" ? time : Date.parse(time) / 1000;
}
