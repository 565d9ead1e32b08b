/** Farrington's method for `bench:uptick`: R computes it (Debian's r-cran-surveillance), on days, and only of some series, since it fits a model a day. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { LabSeries } from "../src/lab/series/series-families.ts";
import { sparse } from "./uptick-alarms.ts";
import type { Scored } from "./uptick-tuning.ts";
import { daySteps } from "./uptick-windows.ts";

const DAY = 86_400;
/** At 7 ms a day: about 40 s. */
const MOST_DAYS = 6000;
/** In their scores, 1 is an alarm. */
export const FARRINGTON_THRESHOLD = 1;

/** What it says of some of the series, or why it says nothing. */
export function farrington(all: readonly LabSeries[]): readonly Scored[] | string {
  const chosen = someSeries(all);
  const steps = new Map(chosen.map((series) => [series.name, daySteps(series.make())]));
  const lines = ["series,value,first"];
  for (const { name, plan, judgedFrom } of chosen) {
    const first = (judgedFrom - plan.start) / DAY + 1;
    for (const value of steps.get(name)?.values ?? []) lines.push(`${name},${Number.isNaN(value) ? "NA" : value},${first}`);
  }
  const script = join(import.meta.dirname, "farrington.R");
  const { status, stdout, stderr } = spawnSync("Rscript", ["--vanilla", script], {
    input: `${lines.join("\n")}\n`,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status === null) return "R is not installed (Debian: r-cran-surveillance)";
  if (status !== 0) return `R: ${stderr.trim().split("\n").at(-1) ?? "failed"}`;
  const scores = new Map(chosen.map(({ name }) => [name, new Float64Array(steps.get(name)?.values.length ?? 0).fill(Number.NaN)]));
  for (const line of stdout.trim().split("\n")) {
    const [name = "", day, score] = line.split(",");
    const values = scores.get(name);
    if (values !== undefined) values[Number(day) - 1] = score === "NA" ? Number.NaN : Number(score);
  }
  return chosen.map((series): Scored => {
    const { ends } = steps.get(series.name) ?? { ends: new Float64Array() };
    const spans = new Float64Array(ends.length).fill(DAY);
    return { series, scores: sparse(ends, scores.get(series.name) ?? new Float64Array(), spans, DAY, FARRINGTON_THRESHOLD / 2) };
  });
}

/** Those with half a year and more to learn from, the first of each kind, then the second, until there are enough days. */
function someSeries(all: readonly LabSeries[]): LabSeries[] {
  const kinds = [...Map.groupBy(all, ({ family, plan }) => `${family} ${plan.bucket}`).values()];
  const deepest = Math.max(...kinds.map(({ length }) => length));
  const inTurn = Array.from({ length: deepest }, (_, index) => kinds.flatMap((kind) => kind[index] ?? [])).flat();
  let days = 0;
  return inTurn.filter(({ plan }) => plan.days >= 180 && (days += plan.days) <= MOST_DAYS);
}
