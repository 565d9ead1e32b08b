/**
 * `npm run bench:store`: a year of a darknet's history (`src/lab/history/`: a /16, three sensors, 1.03 thousand million packets) put into a
 * fresh store, and then what a dashboard asks. The last `--days N` (1) days are whole; of the days before, one interval in `--every N` (96)
 * is there, so that history has its length, and fewer rows. `--year`: the first week, a day in the middle and the last are whole, and the
 * week is copied to all other days as it was rolled up (store-year.ts): half an hour on two processors that are free, and 10 GB of disk.
 * `--length DAYS` (365, no fewer than 5) makes history shorter. `--folder FOLDER` keeps the store there, and asks one that is there already.
 */
import { type Dirent, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { YEAR_DAYS, YEAR_END } from "../src/lab/history/darknet-year.ts";
import { emptyTruth, historyBatches, type HistoryTruth } from "../src/lab/history/make-history.ts";
import { groupSeriesNumber } from "../src/model/series.ts";
import { openStore } from "../src/store/open-store.ts";
import type { Store, TimeRange } from "../src/store/store.ts";
import { Bulk } from "./store-bulk.ts";
import { dashboardQuestions, timeQuestion, WARM_GOAL } from "./store-questions.ts";
import { type Pace, paceOf, printPace, SINGLE_SECONDS } from "./store-pace.ts";
import { copyDays } from "./store-year.ts";

const DAY = 86_400;
const SEED = 20_131_102;
/** Intervals a batch between them, as an import writes: a third of a day. */
const IMPORTED_TOGETHER = 96;

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "1" },
    every: { type: "string", default: "96" },
    year: { type: "boolean", default: false },
    length: { type: "string", default: String(YEAR_DAYS) },
    folder: { type: "string" },
  },
});

const every = Number(values.every);
const lengthDays = Number(values.length);
const history: TimeRange = { from: YEAR_END - lengthDays * DAY, to: YEAR_END };
/** Of a whole year: days from its beginning that the lab makes, and that are then copied, in turn, to all but two others. */
const templateDays = Math.min(7, (lengthDays - 3) >> 1);
/** The day in the midst that the lab makes, as it does the last. */
const middleDay = lengthDays >> 1;
const wholeFrom = YEAR_END - (values.year ? 1 : Math.ceil(Number(values.days))) * DAY;
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
  const days = values.year ? templateDays + 2 : (history.to - wholeFrom) / DAY;
  const others = values.year ? `the others copied, rolled up, from ${templateDays} of them` : `of the others one interval in ${every}`;
  console.log(`${lengthDays} days of a /16, three sensors: ${days} whole, ${others}; load ${loadavg()[0]?.toFixed(1)}`);
  const filled = isThere ? store : await fill(store);
  await askAll(filled);
  await filled.close();
}

/** Gives the store, which was closed and opened meanwhile where days were copied. */
async function fill(fresh: Store): Promise<Store> {
  const truth = emptyTruth();
  const bulk = new Bulk();
  const write = (range: TimeRange, step = 1): Promise<void> => together(store, truth, range, step, bulk);
  const paces: (readonly [when: string, pace: Pace])[] = [];
  const alone = async (when: string, from: number): Promise<void> => {
    paces.push([when, await paceOf(store, truth, SEED, from)]);
    printPace(when, paces.at(-1)![1]);
  };
  let store = fresh;
  let copied: Put = { observations: 0, packets: 0 };
  await alone("beginning", history.from);
  if (values.year) {
    const templates: Put[] = [];
    for (let day = 0; day < templateDays; day++) {
      const before = putSoFar(truth);
      const from = history.from + day * DAY;
      await write({ from: day === 0 ? from + SINGLE_SECONDS : from, to: from + DAY });
      // Of the first day, what was written one by one is copied too
      templates.push(day === 0 ? putSoFar(truth) : putSince(truth, before));
    }
    await printSize(store, truth);
    const copy = async (firstDay: number, endDay: number): Promise<void> => {
      const at = (day: number): number => history.from + day * DAY;
      await store.close();
      await copyDays(folder, { from: history.from, days: templateDays }, { from: at(firstDay), to: at(endDay), end: history.to });
      for (let day = firstDay; day < endDay; day++) copied = sumOf(copied, templates[(day - firstDay) % templateDays]!);
      store = await openStore({ kind: "folder", path: folder });
    };
    await copy(templateDays, middleDay);
    const middle = history.from + middleDay * DAY;
    await alone("middle", middle);
    await write({ from: middle + SINGLE_SECONDS, to: middle + DAY });
    await copy(middleDay + 1, lengthDays - 1);
  } else if (history.from + SINGLE_SECONDS < wholeFrom) await write({ from: history.from + SINGLE_SECONDS, to: wholeFrom }, every);
  await write({ from: Math.max(history.from + SINGLE_SECONDS, wholeFrom), to: history.to - SINGLE_SECONDS });
  bulk.print(IMPORTED_TOGETHER);
  if (!values.year) await printSize(store, truth);
  await alone("end", history.to - SINGLE_SECONDS);
  for (const [when, pace] of paces) printPace(when, pace);
  await compare(store, truth, copied);
  if (values.year) await printTables(store);
  return store;
}

/** What was put into the store: by the lab, or by copies. */
interface Put {
  readonly observations: number;
  readonly packets: number;
}

function putSoFar(truth: HistoryTruth): Put {
  return { observations: truth.observations, packets: truth.packets[groupSeriesNumber("all")] ?? 0 };
}

function putSince(truth: HistoryTruth, before: Put): Put {
  const now = putSoFar(truth);
  return { observations: now.observations - before.observations, packets: now.packets - before.packets };
}

function sumOf(one: Put, other: Put): Put {
  return { observations: one.observations + other.observations, packets: one.packets + other.packets };
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
async function compare(store: Store, truth: HistoryTruth, copied: Put): Promise<void> {
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

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
