/**
 * `npm run bench:endurance`: a darknet's history written at full rate through the spool into a store, by a process that is killed (SIGKILL)
 * every 20 s. At the end all that was acknowledged has to be in the store, once, and memory has to be flat. `--minutes N` (10), `--life SECONDS`
 * (20) until it is killed: longer shows whether memory is flat within a life, `--folder FOLDER`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { emptyTruth, historyBatches } from "../src/lab/history/make-history.ts";
import { groupSeriesNumber, INTERVAL_SECONDS } from "../src/model/series.ts";
import { openStore } from "../src/store/open-store.ts";
import { Spool } from "../src/store/spool.ts";
import type { Store, TimeRange } from "../src/store/store.ts";
import { ENDURANCE_PLAN } from "./endurance-plan.ts";

/** Largest resident set of the last third of the time against the second: flat up to so much. The first fills an empty store. */
const FLAT = 1.15;

/** Sources whose packets are compared: those with most. */
const TOP_SOURCES = 200;

/** Octets at a time (milliseconds): resident, and what JavaScript has of it. */
interface Memory {
  readonly at: number;
  readonly resident: number;
  readonly script: number;
}

interface Life {
  /** Last number acknowledged. */
  readonly acknowledged: number;
  readonly memory: readonly Memory[];
  /** Files of the store when it was killed: parts that were merged and not removed are among them. */
  readonly files: number;
}

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, life: { type: "string", default: "20" }, folder: { type: "string" } },
});
const folder = values.folder ?? mkdtempSync(join(tmpdir(), "bench-endurance-"));
try {
  await main();
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const began = performance.now();
  const end = began + Number(values.minutes) * 60_000;
  const lives: Life[] = [];
  let acknowledged = -1;
  while (performance.now() < end) {
    const life = await live(acknowledged);
    lives.push(life);
    acknowledged = Math.max(acknowledged, life.acknowledged);
    console.error(
      `killed ${lives.length} times; ${acknowledged + 1} batches acknowledged; ${megabytes(mostOf(life.memory, "resident"))} resident, ${life.files} files`,
    );
  }
  const ended = performance.now();
  const store = await openStore({ kind: "folder", path: join(folder, "data") });
  const spool = new Spool(join(folder, "spool"));
  const waited = spool.state().batches;
  await spool.drain(store);
  const last = spool.positions() as number;
  console.log(
    `${lives.length} times killed, ${acknowledged + 1} batches acknowledged, ${last + 1} in the store, of which ${waited} had waited in the spool`,
  );
  const wrong = last < acknowledged ? [`${acknowledged - last} acknowledged batches are lost`] : await compare(store, last);
  await store.close();
  const memory = lives.flatMap((life) => life.memory);
  const thirds = [0, 1, 2].map((third) =>
    memory.filter(({ at }) => Math.min(2, Math.floor((3 * (at - began)) / (ended - began))) === third),
  );
  const [first = 0, before = 0, after = 0] = thirds.map((some) => mostOf(some, "resident"));
  console.log(
    `resident at most: ${[first, before, after].map(megabytes).join(", ")} in the thirds of the time; of it JavaScript's: ` +
      `${thirds.map((some) => megabytes(mostOf(some, "script"))).join(", ")}; files of the store after each life: ${lives.map(({ files }) => files).join(", ")}`,
  );
  if (after > FLAT * before) wrong.push("memory grows");
  console.log(wrong.length === 0 ? "nothing lost, nothing doubled, memory flat: met" : `MISSED: ${wrong.join("; ")}`);
  if (wrong.length > 0) process.exitCode = 1;
}

/** One life of the writer. */
async function live(before: number): Promise<Life> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, "endurance-writer.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let acknowledged = before;
  const memory: Memory[] = [];
  const lines = createInterface(writer.stdout);
  lines.on("line", (line) => {
    const [number = 0, resident = 0, script = 0] = line.split(" ").map(Number);
    acknowledged = number;
    memory.push({ at: performance.now(), resident, script });
  });
  const exited = once(writer, "exit");
  const ended = await Promise.race([sleep(Number(values.life) * 1000, false), exited.then(() => true)]);
  if (ended) throw new Error(`the writer ended by itself: ${writer.exitCode}`);
  writer.kill("SIGKILL");
  await exited;
  return { acknowledged, memory, files: readdirSync(join(folder, "data"), { recursive: true }).length };
}

function mostOf(memory: readonly Memory[], which: "resident" | "script"): number {
  return memory.reduce((most, one) => Math.max(most, one[which]), 0);
}

/** What the store has, against the same batches made anew. */
async function compare(store: Store, last: number): Promise<string[]> {
  const truth = emptyTruth();
  const all = groupSeriesNumber("all");
  const packets = new Map<number, number>();
  const packetsOfSource = new Map<string, number>();
  let observations = 0;
  let number = 0;
  for (const { series, activity, liveness } of historyBatches(ENDURANCE_PLAN, truth)) {
    if (number++ > last) break;
    const time = liveness[0]?.interval ?? 0;
    const row = series.series.indexOf(all);
    packets.set(time, (packets.get(time) ?? 0) + (series.packets[row] ?? 0));
    for (let at = 0; at < activity.length; at++) {
      const source = activity.source.subarray(16 * at + 12, 16 * at + 16).join(".");
      observations += activity.packets[at] ?? 0;
      packetsOfSource.set(source, (packetsOfSource.get(source) ?? 0) + (activity.packets[at] ?? 0));
    }
  }
  const range: TimeRange = { from: ENDURANCE_PLAN.from, to: Math.max(...packets.keys()) + INTERVAL_SECONDS };
  const put = [...packets.values()].reduce((sum, one) => sum + one, 0);
  const wrong: string[] = [];
  const points = await store.series(all, range, 300, null);
  const off = points.filter((point) => point.packets !== packets.get(point.time)).length + Math.abs(points.length - packets.size);
  if (off > 0) wrong.push(`${off} of ${packets.size} intervals have other packets`);
  for (const resolution of [3600, 86_400] as const) {
    const sum = (await store.series(all, range, resolution, null)).reduce((total, point) => total + point.packets, 0);
    if (sum !== put) wrong.push(`${sum} packets by ${resolution} s, not ${put}`);
  }
  const seen = (await store.sensors(range)).reduce((total, sensor) => total + sensor.observations, 0);
  if (seen !== observations) wrong.push(`${seen} observations, not ${observations}`);
  for (const { source, packets: told } of await store.topSources(range, null, TOP_SOURCES)) {
    const sent = packetsOfSource.get(source) ?? 0;
    if (told !== sent) wrong.push(`${told} packets of ${source}, not ${sent}`);
  }
  console.log(`${packets.size} intervals, ${observations.toLocaleString("en")} observations compared`);
  return wrong;
}

function megabytes(octets: number): string {
  return `${(octets / 1e6).toFixed(0)} MB`;
}
