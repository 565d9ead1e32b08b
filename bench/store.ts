/**
 * `npm run bench:store`: a year of a darknet's history (`src/lab/history/`: a /16, three sensors, 1.03 thousand million packets) put into a
 * fresh store, and then what a dashboard asks. The last `--days N` (1) days are whole; of the days before, one interval in `--every N` (96)
 * is there, so that history has its length, and fewer rows. `--year` puts in all of it. `--folder FOLDER` keeps the store there, and asks
 * one that is there already.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { YEAR_DAYS, YEAR_END } from "../src/lab/history/darknet-year.ts";
import { emptyTruth, historyBatches, type HistoryTruth } from "../src/lab/history/make-history.ts";
import { groupSeriesNumber, INTERVAL_SECONDS } from "../src/model/series.ts";
import { openStore } from "../src/store/open-store.ts";
import type { Store, TimeRange } from "../src/store/store.ts";
import { Bulk } from "./store-bulk.ts";
import { dashboardQuestions, timeQuestion, WARM_GOAL } from "./store-questions.ts";

const DAY = 86_400;
const SEED = 20_131_102;
/** Intervals that are written one by one, as a watcher does, at the beginning and at the end of history. */
const SINGLE_INTERVALS = 24;
/** Intervals a batch between them, as an import writes: a third of a day. */
const IMPORTED_TOGETHER = 96;

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "1" },
    every: { type: "string", default: "96" },
    year: { type: "boolean", default: false },
    folder: { type: "string" },
  },
});

const every = values.year ? 1 : Number(values.every);
const history: TimeRange = { from: YEAR_END - YEAR_DAYS * DAY, to: YEAR_END };
const wholeFrom = values.year ? history.from : YEAR_END - Math.ceil(Number(values.days) * DAY);
const parent = values.folder ?? mkdtempSync(join(tmpdir(), "bench-store-"));
const folder = join(parent, "store");
const isThere = existsSync(folder);
try {
  await main();
} finally {
  if (values.folder === undefined) rmSync(parent, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const store = await openStore({ kind: "folder", path: folder });
  const days = (history.to - wholeFrom) / DAY;
  console.log(`${YEAR_DAYS} days of a /16, three sensors: ${days} whole, of the others one interval in ${every}`);
  const truth = isThere ? null : await fill(store);
  if (truth !== null) await compare(store, truth);
  await printSize(store, truth);
  await askAll(store);
  await store.close();
}

interface Pace {
  readonly write: number;
  readonly snapshot: number;
}

async function fill(store: Store): Promise<HistoryTruth> {
  const truth = emptyTruth();
  const singles = SINGLE_INTERVALS * INTERVAL_SECONDS;
  const early = history.from + singles;
  const first = await singly(store, truth, { from: history.from, to: early });
  const bulk = new Bulk();
  if (early < wholeFrom) await together(store, truth, { from: early, to: wholeFrom }, every, bulk);
  await together(store, truth, { from: Math.max(early, wholeFrom), to: history.to - singles }, 1, bulk);
  bulk.print(IMPORTED_TOGETHER);
  const last = await singly(store, truth, { from: history.to - singles, to: history.to });
  const pace = ({ write, snapshot }: Pace): string => `write ${write.toFixed(0)} ms, snapshot ${snapshot.toFixed(0)} ms`;
  console.log(`an interval (three sensors), written alone: at the beginning of history ${pace(first)}; at the end ${pace(last)}`);
  return truth;
}

/** Middle milliseconds of an interval's three writes, and of its snapshot. */
async function singly(store: Store, truth: HistoryTruth, { from, to }: TimeRange): Promise<Pace> {
  const writes = new Map<number, number>();
  const snapshots: number[] = [];
  for (const batch of historyBatches({ seed: SEED, from, to, every: 1, intervalsPerBatch: 1 }, truth)) {
    const time = batch.liveness[0]?.interval ?? 0;
    const began = performance.now();
    await store.write(batch, `${batch.sensor}/${time}`);
    writes.set(time, (writes.get(time) ?? 0) + performance.now() - began);
    if (batch.sensor !== "darknet-west") continue;
    const asked = performance.now();
    await store.snapshot(time, null);
    snapshots.push(performance.now() - asked);
  }
  return { write: middle([...writes.values()]), snapshot: middle(snapshots) };
}

async function together(store: Store, truth: HistoryTruth, { from, to }: TimeRange, step: number, bulk: Bulk): Promise<void> {
  const before = { rows: truth.activityRows + truth.seriesRows, observations: truth.observations };
  const began = performance.now();
  for (const batch of historyBatches({ seed: SEED, from, to, every: step, intervalsPerBatch: IMPORTED_TOGETHER }, truth)) {
    const time = batch.liveness[0]?.interval ?? 0;
    await bulk.timed(() => store.write(batch, `${batch.sensor}/${time}`), `${(100 * ((time - from) / (to - from))).toFixed(0)} %`);
  }
  bulk.whole += performance.now() - began;
  bulk.rows += truth.activityRows + truth.seriesRows - before.rows;
  bulk.observations += truth.observations - before.observations;
}

/** Whether the store says what was put in. */
async function compare(store: Store, truth: HistoryTruth): Promise<void> {
  const all = groupSeriesNumber("all");
  const points = await store.series(all, history, 86_400, null);
  const told = points.reduce((sum, { packets }) => sum + packets, 0);
  const put = truth.packets[all] ?? 0;
  const observations = (await store.sensors(history)).reduce((sum, sensor) => sum + sensor.observations, 0);
  const [top] = await store.topSources(history, null, 1);
  const [source, packets] = busiest(truth);
  const verdicts = [
    told === put ? "" : `packets of all series ${told}, not ${put}`,
    observations === truth.observations ? "" : `observations ${observations}, not ${truth.observations}`,
    top?.source === source && top.packets === packets
      ? ""
      : `top source ${top?.source} with ${top?.packets}, not ${source} with ${packets}`,
  ].filter((verdict) => verdict !== "");
  console.log(verdicts.length === 0 ? "the store's sums are those that were put in" : `WRONG: ${verdicts.join("; ")}`);
  if (verdicts.length > 0) process.exitCode = 1;
}

function busiest(truth: HistoryTruth): readonly [source: string, packets: number] {
  const [address, packets] = [...truth.packetsOfBusiest].reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0]);
  return [[24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join("."), packets];
}

async function printSize(store: Store, truth: HistoryTruth | null): Promise<void> {
  const { tables } = await store.info();
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  if (truth !== null) {
    const count = (number: number): string => number.toLocaleString("en");
    console.log(
      `${count(truth.observations)} observations in ${count(truth.intervals)} intervals; ${count(truth.activityRows)} rows of activity, ` +
        `${count(truth.seriesRows)} of series; ${megabytes(bytes)} of tables: ${(bytes / truth.activityRows).toFixed(1)} MB a million rows of activity; ` +
        `files ${megabytes(filesIn(folder))}`,
    );
  }
  for (const table of tables) {
    if (table.rows > 0)
      console.log(`  ${table.name.padEnd(20)}${table.rows.toLocaleString("en").padStart(14)} rows ${megabytes(table.bytes).padStart(10)}`);
  }
}

async function askAll(store: Store): Promise<void> {
  const [first] = await store.topSources(history, null, 1);
  console.log(`\n${"milliseconds".padEnd(40)}${["rows", "cold", "warm", "slowest", "on CPU"].map((head) => head.padStart(9)).join("")}`);
  let missed = 0;
  for (const question of dashboardQuestions(store, history, first?.source ?? "192.0.2.1")) {
    const { name, rows, cold, warm, slowest, processor } = await timeQuestion(question);
    const verdict = warm < WARM_GOAL ? "met" : "MISSED";
    if (warm >= WARM_GOAL) missed++;
    const numbers = [rows, cold, warm, slowest, processor].map((number) => number.toFixed(0).padStart(9)).join("");
    console.log(`${name.padEnd(40)}${numbers}  ${verdict}`);
  }
  console.log(
    `goal: under ${WARM_GOAL} ms warm (middle of 7): ${missed === 0 ? "met" : `missed by ${missed}`}; resident ${megabytes(process.memoryUsage().rss)}`,
  );
}

function filesIn(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
