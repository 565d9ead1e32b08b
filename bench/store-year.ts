/**
 * A year from a week of it: rows of days and hours that the lab's packets of those days came to are copied, inside the engine, to other
 * days. To make all packets of the year one by one would take hours. What is copied is what rolling up makes: the same number of rows, of
 * the same size, with the same sketches; the same senders come again every week.
 */
import { finish } from "../src/store/finished-counts.ts";
import { openInProcess } from "../src/store/in-process.ts";
import { DATABASE } from "../src/store/table.ts";
import type { Engine } from "../src/store/engine.ts";
import { processorMilliseconds } from "./store-questions.ts";

const DAY = 86_400;
/** Days at the end of history that get hours of everything: as far back as questions of all by the hour ask, and more. */
const HOURLY_DAYS = 8;
/** Series that get hours of all the year: those with most packets in the days that are copied. */
const HOURLY_SERIES = 12;
/** Days copied at once: their rows are sorted in memory and become a part of a table or two. */
const DAYS_A_COPY = 7;
const ROWS_A_PART = 6_000_000;
const OCTETS_A_PART = 2 ** 29;
/** How long merging is waited for, so that it does not slow what is measured, milliseconds. */
const MERGING_PATIENCE = 300_000;

const DAILY = ["activity_1d", "networks_1d", "series_1d", "visits_1d", "heavy_1d"] as const;
const HOURLY = ["activity_1h", "networks_1h", "series_1h", "visits_1h", "heavy_1h"] as const;

/** Copies `days` from `from` on to the times of `target`, as often as they go into it; `end` is that of the whole history. */
export async function copyDays(
  folder: string,
  { from, days }: { readonly from: number; readonly days: number },
  target: { readonly from: number; readonly to: number; readonly end: number },
): Promise<void> {
  const engine = await openInProcess(folder);
  const began = performance.now();
  const before = process.cpuUsage();
  const minutes = (): string =>
    `${((performance.now() - began) / 60_000).toFixed(1)} min (${(processorMilliseconds(before) / 60_000).toFixed(1)} on processors)`;
  try {
    await engine.run("SYSTEM STOP MERGES");
    const busy =
      `series IN (SELECT series FROM ${DATABASE}.series_1d WHERE ${within(from, from + days * DAY)} ` +
      `GROUP BY series ORDER BY sum(packets) DESC LIMIT ${HOURLY_SERIES})`;
    for (let time = target.from, done = 0; time < target.to;) {
      const source = from + (done % days) * DAY;
      const length = Math.min(DAYS_A_COPY, days - (done % days), (target.to - time) / DAY);
      for (const table of DAILY) await copy(engine, table, source, length, time);
      const isLate = time >= target.end - HOURLY_DAYS * DAY;
      for (const table of HOURLY) if (isLate || table === "series_1h") await copy(engine, table, source, length, time, isLate ? "1" : busy);
      await copy(engine, "liveness", source, length, time);
      done += length;
      time += length * DAY;
      console.error(`${done} of ${(target.to - target.from) / DAY} days copied: ${minutes()}`);
    }
    console.log(`${(target.to - target.from) / DAY} days copied: ${minutes()}`);
    await finish(engine, target);
    console.log(`and their counts finished: ${minutes()}`);
    await engine.run("SYSTEM START MERGES");
    console.log(`${await settle(engine)}: ${minutes()}`);
  } finally {
    await engine.close();
  }
}

function within(from: number, to: number): string {
  return `time >= toDateTime(${from}, 'UTC') AND time < toDateTime(${to}, 'UTC')`;
}

async function copy(engine: Engine, table: string, from: number, days: number, to: number, which = "1"): Promise<void> {
  await engine.run(
    `INSERT INTO ${DATABASE}.${table} SELECT slice.* REPLACE(slice.time + ${to - from} AS time) FROM (` +
      `SELECT * FROM ${DATABASE}.${table} WHERE ${within(from, from + days * DAY)} AND ${which}) AS slice ` +
      `SETTINGS optimize_on_insert = 0, min_insert_block_size_rows = ${ROWS_A_PART}, min_insert_block_size_bytes = ${OCTETS_A_PART}, max_insert_threads = 2`,
  );
}

/** Waits for merges to end; says whether they did. */
async function settle(engine: Engine): Promise<string> {
  const until = performance.now() + MERGING_PATIENCE;
  while (performance.now() < until) {
    const [row] = await engine.rows<{ merges: number }>("SELECT count() AS merges FROM system.merges");
    if ((row?.merges ?? 0) === 0) return "merges have ended";
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return "merges still go on";
}
