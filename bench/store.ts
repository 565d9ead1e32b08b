/**
 * `npm run bench:store`: a year of a darknet's history (`src/lab/history/`: a /16, three sensors, 1.03 thousand million packets) put into a
 * fresh store, and then what a dashboard asks. The last `--days N` (1) days are whole; of the days before, one interval in `--every N` (96)
 * is there, so that history has its length, and fewer rows. `--year`: the last two days are whole, and the first of them is copied to all
 * days before as it was rolled up (store-year.ts). `--folder FOLDER` keeps the store there, and asks one that is there already.
 */
import { type Dirent, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { YEAR_DAYS, YEAR_END } from "../src/lab/history/darknet-year.ts";
import { emptyTruth, historyBatches, type HistoryTruth } from "../src/lab/history/make-history.ts";
import { groupSeriesNumber, INTERVAL_SECONDS } from "../src/model/series.ts";
import { openStore } from "../src/store/open-store.ts";
import type { Store, TimeRange } from "../src/store/store.ts";
import { Bulk } from "./store-bulk.ts";
import { dashboardQuestions, processorMilliseconds, timeQuestion, WARM_GOAL } from "./store-questions.ts";
import { copyDay } from "./store-year.ts";

const DAY = 86_400;
const SEED = 20_131_102;
/** Intervals that are written one by one, as a watcher does, at the beginning and at the end of history. */
const SINGLE_INTERVALS = 24;
/** Intervals a batch between them, as an import writes: a third of a day. */
const IMPORTED_TOGETHER = 96;

/** Of a whole year: the last day, and the one that is copied. */
const WHOLE_DAYS_OF_YEAR = 2;
/** To all days but the first, of which some is written, and the last two. */
const COPIES = YEAR_DAYS - WHOLE_DAYS_OF_YEAR - 1;

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "1" },
    every: { type: "string", default: "96" },
    year: { type: "boolean", default: false },
    folder: { type: "string" },
  },
});

const every = Number(values.every);
const history: TimeRange = { from: YEAR_END - YEAR_DAYS * DAY, to: YEAR_END };
const wholeFrom = YEAR_END - (values.year ? WHOLE_DAYS_OF_YEAR : Math.ceil(Number(values.days))) * DAY;
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
  const others = values.year ? "the others copied, rolled up, from one of them" : `of the others one interval in ${every}`;
  console.log(`${YEAR_DAYS} days of a /16, three sensors: ${days} whole, ${others}; load ${loadavg()[0]?.toFixed(1)}`);
  const filled = isThere ? store : await fill(store);
  await askAll(filled);
  await filled.close();
}

interface Pace {
  readonly write: number;
  readonly snapshot: number;
  /** Milliseconds on processors, of an interval's writes and its snapshot, and of merges meanwhile. */
  readonly processor: number;
  readonly resident: number;
}

/** Gives the store, which was closed and opened meanwhile where days were copied. */
async function fill(fresh: Store): Promise<Store> {
  let store = fresh;
  const truth = emptyTruth();
  const singles = SINGLE_INTERVALS * INTERVAL_SECONDS;
  const early = history.from + singles;
  const first = await singly(store, truth, { from: history.from, to: early });
  const bulk = new Bulk();
  if (!values.year && early < wholeFrom) await together(store, truth, { from: early, to: wholeFrom }, every, bulk);
  let copied: Copied = { observations: 0, packets: 0 };
  const nextDay = values.year ? wholeFrom + DAY : Math.max(early, wholeFrom);
  if (values.year) copied = await fillYear(store, truth, bulk);
  await together(store, truth, { from: nextDay, to: history.to - singles }, 1, bulk);
  bulk.print(IMPORTED_TOGETHER);
  await printSize(store, truth);
  if (values.year) {
    await store.close();
    const began = performance.now();
    const processor = await copyDay(folder, wholeFrom, COPIES);
    const minutes = (milliseconds: number): string => (milliseconds / 60_000).toFixed(1);
    console.log(`\ncopied to ${COPIES} days: ${minutes(performance.now() - began)} min (${minutes(processor)} on processors)`);
    store = await openStore({ kind: "folder", path: folder });
  }
  const last = await singly(store, truth, { from: history.to - singles, to: history.to });
  for (const [when, pace] of [["beginning", first] as const, ["end", last] as const]) {
    console.log(
      `an interval (three sensors), written alone at the ${when} of history: write ${pace.write.toFixed(0)} ms, snapshot ` +
        `${pace.snapshot.toFixed(0)} ms, ${pace.processor.toFixed(0)} ms on processors with merges; resident ${megabytes(pace.resident)}`,
    );
  }
  await compare(store, truth, copied);
  if (values.year) await printTables(store);
  return store;
}

/** What the copies of a day come to. */
interface Copied {
  readonly observations: number;
  readonly packets: number;
}

/** The day that is to be copied. */
async function fillYear(store: Store, truth: HistoryTruth, bulk: Bulk): Promise<Copied> {
  const all = groupSeriesNumber("all");
  const before: Copied = { observations: truth.observations, packets: truth.packets[all] ?? 0 };
  await together(store, truth, { from: wholeFrom, to: wholeFrom + DAY }, 1, bulk);
  return {
    observations: COPIES * (truth.observations - before.observations),
    packets: COPIES * ((truth.packets[all] ?? 0) - before.packets),
  };
}

/** Middle milliseconds of an interval's three writes, and of its snapshot. */
async function singly(store: Store, truth: HistoryTruth, { from, to }: TimeRange): Promise<Pace> {
  const writes = new Map<number, number>();
  const snapshots: number[] = [];
  let processor = 0;
  for (const batch of historyBatches({ seed: SEED, from, to, every: 1, intervalsPerBatch: 1 }, truth)) {
    const time = batch.liveness[0]?.interval ?? 0;
    const before = process.cpuUsage();
    const began = performance.now();
    await store.write(batch, `${batch.sensor}/${time}`);
    writes.set(time, (writes.get(time) ?? 0) + performance.now() - began);
    if (batch.sensor === "darknet-west") {
      const asked = performance.now();
      await store.snapshot(time, null);
      snapshots.push(performance.now() - asked);
    }
    processor += processorMilliseconds(before);
  }
  return {
    write: middle([...writes.values()]),
    snapshot: middle(snapshots),
    processor: processor / writes.size,
    resident: process.memoryUsage().rss,
  };
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
async function compare(store: Store, truth: HistoryTruth, copied: Copied): Promise<void> {
  const all = groupSeriesNumber("all");
  const points = await store.series(all, history, 86_400, null);
  const told = points.reduce((sum, { packets }) => sum + packets, 0);
  const put = (truth.packets[all] ?? 0) + copied.packets;
  const observations = (await store.sensors(history)).reduce((sum, sensor) => sum + sensor.observations, 0);
  const observed = truth.observations + copied.observations;
  const verdicts = [
    told === put ? "" : `packets of all series ${told}, not ${put}`,
    observations === observed ? "" : `observations ${observations}, not ${observed}`,
    ...(values.year ? [] : [await busiestVerdict(store, truth)]),
  ].filter((verdict) => verdict !== "");
  console.log(
    verdicts.length === 0
      ? `the store's sums are those that were put in: ${observed.toLocaleString("en")} observations`
      : `WRONG: ${verdicts.join("; ")}`,
  );
  if (verdicts.length > 0) process.exitCode = 1;
}

async function busiestVerdict(store: Store, truth: HistoryTruth): Promise<string> {
  const [top] = await store.topSources(history, null, 1);
  const [source, packets] = busiest(truth);
  if (top?.source === source && top.packets === packets) return "";
  return `top source ${top?.source} with ${top?.packets}, not ${source} with ${packets}`;
}

function busiest(truth: HistoryTruth): readonly [source: string, packets: number] {
  const [address, packets] = [...truth.packetsOfBusiest].reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0]);
  return [[24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join("."), packets];
}

async function printSize(store: Store, truth: HistoryTruth): Promise<void> {
  const { tables } = await store.info();
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  const count = (number: number): string => number.toLocaleString("en");
  console.log(
    `${count(truth.observations)} observations in ${count(truth.intervals)} intervals; ${count(truth.activityRows)} rows of activity, ` +
      `${count(truth.seriesRows)} of series; ${megabytes(bytes)} of tables: ${(bytes / truth.activityRows).toFixed(1)} MB a million rows of activity`,
  );
  await printTables(store);
}

async function printTables(store: Store): Promise<void> {
  console.log(`files ${megabytes(filesIn(folder))}`);
  for (const { name, rows, bytes } of (await store.info()).tables) {
    if (rows > 0) console.log(`  ${name.padEnd(20)}${rows.toLocaleString("en").padStart(14)} rows ${megabytes(bytes).padStart(10)}`);
  }
}

async function askAll(store: Store): Promise<void> {
  const [first] = await store.topSources(history, null, 1);
  const heads = ["rows", "cold", "p50", "max", "on CPU"].map((head) => head.padStart(9)).join("");
  console.log(`\n${`milliseconds (load ${loadavg()[0]?.toFixed(1)})`.padEnd(40)}${heads}`);
  let missed = 0;
  for (const question of dashboardQuestions(store, history, first?.source ?? "192.0.2.1")) {
    const { name, isPicture, rows, cold, middle: warm, most, processor } = await timeQuestion(question);
    if (isPicture && warm >= WARM_GOAL) missed++;
    const verdict = isPicture ? (warm < WARM_GOAL ? "met" : "MISSED") : "";
    const numbers = [rows, cold, warm, most, processor].map((number) => number.toFixed(0).padStart(9)).join("");
    console.log(`${name.padEnd(40)}${numbers}  ${verdict}`.trimEnd());
  }
  console.log(
    `goal: pictures under ${WARM_GOAL} ms warm (p50): ${missed === 0 ? "met" : `missed by ${missed}`}; resident ${megabytes(process.memoryUsage().rss)}`,
  );
}

function filesIn(path: string): number {
  // Folder by folder: one that a merge has just made or moved away is not there any more
  let bytes = 0;
  for (const entry of entriesOf(path)) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) bytes += filesIn(inside);
    else bytes += statSync(inside, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
