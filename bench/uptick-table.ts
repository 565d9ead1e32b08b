/** What `bench:uptick` prints. */
import { SURGE_DURATIONS, SURGE_FACTORS } from "../src/lab/series/series-families.ts";
import { keyOf, type Tally } from "./uptick-tally.ts";
import { FALSE_RATE_GOAL, isHard } from "./uptick-tuning.ts";

const MINUTES_5 = 300;
const HOUR = 3600;
const DAY = 86_400;
const RECALL_GOAL = 0.95;

/** One line of the table. */
export interface TableRow {
  readonly name: string;
  /** `published`, `tuned`, or what else decides. */
  readonly threshold: string;
  readonly tally: Tally;
}

const COLUMNS: readonly (readonly [head: string, width: number, cell: (tally: Tally, oracleKeys: ReadonlySet<string>) => string])[] = [
  ["surges", 8, (tally) => percent(tally.found(({ event }) => event.kind === "surge"))],
  ["oracle's", 9, (tally, keys) => percent(tally.foundOf(keys))],
  ...SURGE_FACTORS.map((factor): (typeof COLUMNS)[number] => [
    `x${factor}`,
    6,
    (tally) => percent(tally.found(({ event }) => event.kind === "surge" && event.factor === factor)),
  ]),
  ["ramps", 8, (tally) => outOf(tally.found(({ event }) => event.kind === "ramp"))],
  [
    "shifts: once",
    14,
    (tally) => {
      const { found, of } = tally.found(({ event }) => event.kind === "shift");
      return `${found}/${of}: ${tally.shifts().once}`;
    },
  ],
  ["delay 50/90 %", 15, (tally) => `${quantile(tally.delays(), 0.5)} / ${quantile(tally.delays(), 0.9)}`],
  ["false/y", 9, (tally) => rate(tally.falseRate((series) => !isHard(series)))],
  ["5m", 8, (tally) => rate(tally.falseRate((series) => !isHard(series) && series.plan.bucket === MINUTES_5))],
  ["1h", 8, (tally) => rate(tally.falseRate((series) => !isHard(series) && series.plan.bucket === HOUR))],
  ["1d", 8, (tally) => rate(tally.falseRate((series) => !isHard(series) && series.plan.bucket === DAY))],
  ["patch days", 12, (tally) => rate(tally.falseRate(isHard))],
  ["per surge", 11, (tally) => rate(tally.eventsPerSurge())],
];

const NAME_WIDTH = 24;
const THRESHOLD_WIDTH = 11;

/** Methods side by side on the same series. */
export function printTable(title: string, rows: readonly TableRow[], oracleKeys: ReadonlySet<string>): void {
  console.log(`\n${title}`);
  const heads = COLUMNS.map(([head, width]) => head.padStart(width)).join("");
  console.log(`${"".padEnd(NAME_WIDTH)}${"threshold".padEnd(THRESHOLD_WIDTH)}${heads}`);
  for (const { name, threshold, tally } of rows) {
    const cells = COLUMNS.map(([, width, cell]) => cell(tally, oracleKeys).padStart(width)).join("");
    console.log(`${name.padEnd(NAME_WIDTH)}${threshold.padEnd(THRESHOLD_WIDTH)}${cells}`);
  }
}

/** Recall by factor and duration, methods below one another. */
export function printSurges(rows: readonly TableRow[]): void {
  console.log(
    `\nsurges found, by factor and hours; at the tuned thresholds\n${"".padEnd(NAME_WIDTH)}${SURGE_FACTORS.map(columnHeads).join("")}`,
  );
  for (const { name, tally } of rows) {
    const cells = SURGE_FACTORS.map((factor) =>
      SURGE_DURATIONS.map((hours) =>
        percent(
          tally.found(({ event }) => event.kind === "surge" && event.factor === factor && event.end - event.start === hours * HOUR),
        ).padStart(6),
      )
        .join("")
        .padEnd(SURGE_DURATIONS.length * 6 + 3),
    );
    console.log(`${name.padEnd(NAME_WIDTH)}${cells.join("")}`);
  }
}

function columnHeads(factor: number): string {
  return SURGE_DURATIONS.map((hours) => `x${factor} ${hours}`.padStart(6))
    .join("")
    .padEnd(SURGE_DURATIONS.length * 6 + 3);
}

/** The goals, each with what was reached. */
export function printGoals(ours: Tally, oracle: Tally, rampOracle: Tally, driftOracle: Tally): void {
  const share = (tally: Tally): number => {
    const { found, of } = tally.found(({ event }) => event.kind === "surge");
    return found / of;
  };
  const ramps = ours.found(({ event }) => event.kind === "ramp");
  const findable = rampOracle.foundKeys();
  const findableRamps = ours.found(({ event }, series) => event.kind === "ramp" && findable.has(keyOf(series, event)));
  const drifting = driftOracle.found(({ event }) => event.kind === "ramp");
  const delay = quantile(ours.delays(), 0.5);
  const falseRate = ours.falseRate((series) => !isHard(series));
  const perSurge = ours.eventsPerSurge();
  const recall = share(ours) / share(oracle);
  const goals: readonly (readonly [goal: string, reached: string, met: boolean])[] = [
    [`at least ${RECALL_GOAL * 100} % of the oracle's recall on surges`, `${(recall * 100).toFixed(1)} %`, recall >= RECALL_GOAL],
    ["every ramp x3 over 10 days", outOf(ramps), ramps.found === ramps.of],
    ["  of those that the oracle finds over days", outOf(findableRamps), findableRamps.found === findableRamps.of],
    ["  as many as are found who knows all but the drift", `${ramps.found} / ${drifting.found}`, ramps.found >= drifting.found],
    ["median delay of no bucket", String(delay), delay === 0],
    [`at most ${FALSE_RATE_GOAL} false events a series-year`, rate(falseRate), falseRate <= FALSE_RATE_GOAL],
    ["one event a surge", rate(perSurge), perSurge < 1.005],
  ];
  console.log("\ngoals");
  for (const [goal, reached, met] of goals) console.log(`  ${goal.padEnd(52)}${reached.padStart(10)}  ${met ? "met" : "MISSED"}`);
}

function percent({ found, of }: { readonly found: number; readonly of: number }): string {
  return of === 0 ? "-" : `${((100 * found) / of).toFixed(0)} %`;
}

function outOf({ found, of }: { readonly found: number; readonly of: number }): string {
  return `${found}/${of}`;
}

function rate(value: number): string {
  return Number.isNaN(value) ? "-" : value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function quantile(sorted: readonly number[], part: number): number {
  return Math.round(sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN);
}
