/**
 * `npm run bench:uptick`: how well upticks are found in series with known truth, beside the rules that others use and an oracle that knows
 * the true mean. `--seeds N` makes every series N times, `--first-seed N` others than usual; `--only WORD` takes the series whose name has it; `--brief` leaves out
 * what is not needed for the goals; `--no-r` leaves out Farrington's method, which R runs. `--program COMMAND` has another detector in our
 * place (it reads CSV and prints JSON as `precursor uptick` does); `--failures FILE` lists what it got wrong, and where; `--keep FOLDER` leaves the
 * series and their truth there.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { seriesCatalogue, type LabSeries } from "../src/lab/series/series-families.ts";
import type { ScoringMethod, ToldEvent } from "./uptick-alarms.ts";
import { breakdown } from "./uptick-breakdown.ts";
import { detectUpticks } from "./uptick-detector.ts";
import { failureList } from "./uptick-failures.ts";
import { DRIFT_ORACLE } from "./uptick-drift-oracle.ts";
import { farrington, FARRINGTON_THRESHOLD } from "./uptick-farrington.ts";
import { ORACLE, RAMP_ORACLE } from "./uptick-oracle.ts";
import { PEERS } from "./uptick-peers.ts";
import { keepSeries, runProgram } from "./uptick-program.ts";
import { printGoals, printSurges, printTable, type TableRow } from "./uptick-table.ts";
import { Tally } from "./uptick-tally.ts";
import { FALSE_RATE_GOAL, tallyAt, tunedThresholds, type Scored } from "./uptick-tuning.ts";

/** Far from the seeds of tests, which are small numbers. */
const FIRST_SEED = 20_131_102;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1" },
    "first-seed": { type: "string", default: String(FIRST_SEED) },
    only: { type: "string" },
    brief: { type: "boolean", default: false },
    "no-r": { type: "boolean", default: false },
    program: { type: "string" },
    failures: { type: "string" },
    keep: { type: "string" },
  },
});

const all = Array.from({ length: Number(values.seeds) }, (_, index) => seriesCatalogue(Number(values["first-seed"]) + index))
  .flat()
  .filter(({ name }) => values.only === undefined || name.includes(values.only));
if (all.length === 0) console.log(`no series has "${values.only}" in its name`);
else {
  if (values.keep !== undefined) keepSeries(values.keep, all);
  main();
}

function main(): void {
  const methods = [ORACLE, RAMP_ORACLE, DRIFT_ORACLE, ...(values.brief ? [] : PEERS)];
  const scored = new Map(methods.map((method): [ScoringMethod, Scored[]] => [method, []]));
  const ours = new Tally();
  for (const series of all) {
    const made = series.make();
    for (const method of methods) scored.get(method)?.push({ series, scores: method.scores(made) });
    if (values.program === undefined) ours.add(series, detectUpticks(made));
  }
  const trouble = values.program === undefined ? null : addProgram(ours, values.program);
  if (trouble !== null) {
    console.log(`the program did not run: ${trouble}`);
    return;
  }
  const others = [...scored].flatMap(([method, results]) => rowsOf(method.name, method.threshold, results));
  const [oracle, rampOracle, driftOracle] = [others[0]!.tally, others[1]!.tally, others[2]!.tally];
  const rows: TableRow[] = [{ name: values.program === undefined ? "precursor" : "the program", threshold: "own", tally: ours }, ...others];
  const years = oracle.judged.reduce((sum, one) => sum + one.years, 0);
  const title = `${all.length} series, ${years.toFixed(0)} years judged`;
  printTable(`${title}; tuned: the lowest threshold with at most ${FALSE_RATE_GOAL} false events a series-year`, rows, oracle.foundKeys());
  printSurges(
    rows.filter(({ threshold, tally }) => (threshold === "tuned" || threshold === "own") && tally !== rampOracle && tally !== driftOracle),
  );
  if (!values.brief && !values["no-r"]) compareWithFarrington(rows, oracle);
  printGoals(ours, oracle, rampOracle, driftOracle);
  const findable = new Set([...oracle.foundKeys(), ...rampOracle.foundKeys()]);
  if (values.failures !== undefined) writeFileSync(values.failures, `${breakdown(ours, oracle)}\n${failureList(ours, findable)}`);
}

/** A line with the published threshold, where there is one, and a line with the tuned one. */
function rowsOf(name: string, threshold: number | null, results: readonly Scored[]): TableRow[] {
  const tuned = tunedThresholds(results);
  const row: TableRow = { name, threshold: "tuned", tally: tallyAt(results, (bucket) => tuned.get(bucket) ?? Infinity) };
  return threshold === null ? [row] : [{ name, threshold: `${threshold}`, tally: tallyAt(results, () => threshold) }, row];
}

function compareWithFarrington(rows: readonly TableRow[], oracle: Tally): void {
  const results = farrington(all);
  if (typeof results === "string") {
    console.log(`\nFarrington, flexible: left out, ${results}`);
    return;
  }
  const names = new Set(results.map(({ series }) => series.name));
  const same = rows.slice(0, rows.findIndex(({ tally }) => tally === oracle) + 1);
  const theirs = rowsOf("Farrington, flexible", FARRINGTON_THRESHOLD, results);
  printTable(
    `the ${names.size} of them that Farrington's method was run on, by day`,
    [...same.map((row) => ({ ...row, tally: row.tally.only(names) })), ...theirs],
    oracle.foundKeys(),
  );
}

/** What another program tells; null, or why it does not. */
function addProgram(tally: Tally, command: string): string | null {
  const told = new Map<string, ToldEvent[]>();
  for (const group of Map.groupBy(all, ({ plan }: LabSeries) => plan.bucket).values()) {
    const answer = runProgram(command, group);
    if (typeof answer === "string") return answer;
    for (const [name, events] of answer) told.set(name, events);
  }
  for (const series of all) tally.add(series, told.get(series.name) ?? []);
  return null;
}
