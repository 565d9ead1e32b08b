/**
 * A year from a day of it: rows of days and hours that the lab's packets of one day came to are copied, inside the engine, to the days
 * before. To make all packets of the year one by one would take hours. What is copied is what rolling up makes: the same number of rows, of
 * the same size, with the same sketches. Senders of activity come and go: each stays for 1 to 32 days, one in sixteen for all the year, and
 * the next has another address of the same 65,536.
 */
import { openInProcess } from "../src/store/in-process.ts";
import { DATABASE } from "../src/store/table.ts";
import type { Engine } from "../src/store/engine.ts";
import { processorMilliseconds } from "./store-questions.ts";

const DAY = 86_400;
/** Days before the copied one that get hours of everything: as far back as questions of all by the hour ask, and more. */
const HOURLY_DAYS = 8;
/** Series that get hours of all the year: those with most packets in the copied day. */
const HOURLY_SERIES = 32;
/** Days copied at once: their rows are sorted in memory and become a part of a table or two. */
const DAYS_A_COPY = 7;
const ROWS_A_PART = 6_000_000;
/** How long merging is waited for, so that it does not slow what is measured, milliseconds. */
const MERGING_PATIENCE = 120_000;

const DAILY = ["networks_1d", "series_1d", "visits_1d", "heavy_1d"] as const;
const HOURLY = ["networks_1h", "series_1h", "visits_1h", "heavy_1h"] as const;

const LIFE = "(1 + cityHash64(slice.source) % 32)";
/** A sender that many days before. */
const SENDER =
  "if(cityHash64(slice.source) % 16 = 0, slice.source, CAST(bitXor(CAST(slice.source AS UInt128), toUInt128(" +
  `cityHash64(slice.source, intDiv(back + cityHash64(slice.source) % 32, ${LIFE})) % 65536)) AS IPv6))`;

/** Copies the day that begins at `day` to `copies` days before it; gives milliseconds on processors. */
export async function copyDay(folder: string, day: number, copies: number): Promise<number> {
  const engine = await openInProcess(folder);
  const before = process.cpuUsage();
  try {
    await engine.run("SYSTEM STOP MERGES");
    const last = Math.min(copies, HOURLY_DAYS);
    for (let first = 1; first <= copies; first += DAYS_A_COPY) {
      const to = Math.min(copies, first + DAYS_A_COPY - 1);
      await copy(engine, "activity_1d", `${SENDER} AS source, `, day, first, to);
      for (const table of DAILY) await copy(engine, table, "", day, first, to);
      console.error(`day ${to} of ${copies}: ${(processorMilliseconds(before) / 1000).toFixed(0)} s on processors`);
    }
    for (let first = 1; first <= last; first += DAYS_A_COPY) {
      const to = Math.min(last, first + DAYS_A_COPY - 1);
      await copy(engine, "activity_1h", `${SENDER} AS source, `, day, first, to);
      for (const table of HOURLY) await copy(engine, table, "", day, first, to);
    }
    const busy = `series IN (SELECT series FROM ${DATABASE}.series_1d WHERE time = toDateTime(${day}, 'UTC') GROUP BY series ORDER BY sum(packets) DESC LIMIT ${HOURLY_SERIES})`;
    if (last < copies) await copy(engine, "series_1h", "", day, last + 1, copies, busy);
    await copy(engine, "liveness", "", day, 1, copies);
    await engine.run("SYSTEM START MERGES");
    await settle(engine);
    return processorMilliseconds(before);
  } finally {
    await engine.close();
  }
}

async function copy(engine: Engine, table: string, replaced: string, day: number, first: number, last: number, which = "1"): Promise<void> {
  await engine.run(
    `INSERT INTO ${DATABASE}.${table} SELECT slice.* REPLACE(${replaced}slice.time - back * ${DAY} AS time) FROM (` +
      `SELECT * FROM ${DATABASE}.${table} AS one WHERE one.time >= toDateTime(${day}, 'UTC') AND one.time < toDateTime(${day + DAY}, 'UTC') AND ${which}` +
      `) AS slice CROSS JOIN (SELECT number + ${first} AS back FROM numbers(${last - first + 1})) AS days ` +
      `SETTINGS optimize_on_insert = 0, min_insert_block_size_rows = ${ROWS_A_PART}, min_insert_block_size_bytes = 0, max_insert_threads = 2`,
  );
}

async function settle(engine: Engine): Promise<void> {
  const until = performance.now() + MERGING_PATIENCE;
  while (performance.now() < until) {
    const [row] = await engine.rows<{ merges: number }>("SELECT count() AS merges FROM system.merges");
    if ((row?.merges ?? 0) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
