/**
 * Counts of hours and days that are over, so that a year of a port merges no sketches: a busy row's take 12 KB each, four a sensor and time.
 * A count stands beside the packets that it was made of and holds while the rollup has exactly as many. Each write adds some, so a count that
 * is out of date is known by itself, whoever was killed when, and sketches answer until it is made anew.
 */
import { groupSeriesNumber } from "../model/series.ts";
import type { HistoryBatch } from "../model/history.ts";
import type { Engine } from "./engine.ts";
import { RESOLUTIONS, type Retention, retentionClause, SERIES_MEMBERS, SKETCH_PRECISION } from "./rollups.ts";
import { DATABASE, GRANULARITY, type Table, TIME } from "./table.ts";
import type { TimeRange } from "./store.ts";

/** Rows of fewer packets have small sketches, quick to merge, and are the most: they are not counted beforehand. */
const LEAST_PACKETS = 256;
/** What is behind the newest that was written is looked at again so far, seconds: what a process was killed over, or another wrote. */
const LOOK_BACK = 2 * 86_400;
/** A time is counted when it is over for so long, seconds: most of what comes late is there by then. */
const SETTLED = 1800;

/** Sensors whose hours are remembered. */
const MOST_SENSORS = 4096;

/** Counted at once: some hundred series a time have four sketches in memory. */
const FINISHED = [
  { seconds: 3600, suffix: "1h", together: 24 },
  { seconds: 86_400, suffix: "1d", together: 7 },
] as const;

/** From 1970 to the end of what the tables' times can say. */
export const ALL_TIMES: TimeRange = { from: 0, to: 2 ** 32 - 1 };

/** In every batch that has series, and written after all others: a time whose count of it holds has all its counts. */
const ALL = groupSeriesNumber("all");

export function finishedTables(retention: Retention): readonly Table[] {
  const days = { 3600: retention.hours, 86_400: retention.days };
  return FINISHED.map(({ seconds, suffix }): Table => ({
    name: `finished_${suffix}`,
    columns: [
      TIME,
      "series UInt32",
      "packets Float64 CODEC(ZSTD)",
      ...[...SERIES_MEMBERS, "sensors"].map((name) => `${name} UInt64 CODEC(T64, ZSTD)`),
      "version UInt64 CODEC(T64, ZSTD)",
      "written Date",
    ],
    // Packets only grow: the count that was made of most is the newest
    engine: "ReplacingMergeTree(version)",
    order: "(series, time)",
    partition: RESOLUTIONS.find((one) => one.seconds === seconds)?.partition ?? null,
    shard: "series",
    ttl: retentionClause(days[seconds]),
    granularity: GRANULARITY,
  }));
}

/** What was written since counts were last made, and when they are to be made again: as the data's own time goes on, an hour at a time. */
export class Unfinished {
  private from = Infinity;
  private to = -Infinity;
  /** Of each sensor: one that is behind is no reason to count again with each of its batches. */
  private readonly hours = new Map<string, number>();

  /** Takes note of a batch that is written; true where it begins another hour of its sensor. */
  add({ sensor, series }: HistoryBatch): boolean {
    let newest = -1;
    for (let row = 0; row < series.length; row++) {
      const time = series.interval[row] ?? 0;
      if (time > newest) newest = time;
      if (time < this.from) this.from = time;
    }
    this.to = Math.max(this.to, newest + 300);
    const hour = Math.floor(newest / 3600);
    if (newest < 0 || hour === this.hours.get(sensor)) return false;
    if (this.hours.size >= MOST_SENSORS) this.hours.clear();
    this.hours.set(sensor, hour);
    return true;
  }

  /** Makes the counts of what is over, of all that was written. @throws StoreError; what was not made then is made the next time */
  async finish(engine: Engine): Promise<void> {
    if (this.from > this.to) return;
    await finish(engine, { from: Math.max(0, this.from - LOOK_BACK), to: this.to - SETTLED });
    this.from = this.to;
  }
}

/** Makes all counts that lack or are out of date, of hours and days that end within the range. @throws StoreError */
export async function finish(engine: Engine, range: TimeRange): Promise<void> {
  for (const { seconds, suffix, together } of FINISHED) {
    const whole = { from: Math.floor(range.from / seconds) * seconds, to: Math.floor(range.to / seconds) * seconds };
    const times = await outOfDate(engine, suffix, whole);
    for (let at = 0; at < times.length; at += together) await count(engine, suffix, times.slice(at, at + together));
  }
}

/** How many hours and days that ended before a time have no counts, or some that are out of date. @throws StoreError */
export async function uncounted(engine: Engine, before: number): Promise<{ readonly hours: number; readonly days: number }> {
  const [hours, days] = await Promise.all(
    FINISHED.map(({ seconds, suffix }) => outOfDate(engine, suffix, { from: 0, to: Math.floor(before / seconds) * seconds })),
  );
  return { hours: hours?.length ?? 0, days: days?.length ?? 0 };
}

async function outOfDate(engine: Engine, suffix: string, range: TimeRange): Promise<readonly number[]> {
  const when = `series = ${ALL} AND time >= toDateTime(${range.from}, 'UTC') AND time < toDateTime(${Math.max(range.from, range.to)}, 'UTC')`;
  const rolled = await engine.columns(
    `SELECT toUnixTimestamp(time) AS at, sum(packets) AS packets FROM ${DATABASE}.series_${suffix} WHERE ${when} GROUP BY time ORDER BY time`,
  );
  const counted = await engine.columns(`SELECT toUnixTimestamp(time) AS at, packets FROM ${DATABASE}.finished_${suffix} WHERE ${when}`);
  const holds = new Set((counted[0] ?? []).map((time, row) => `${time} ${counted[1]?.[row]}`));
  return (rolled[0] ?? []).filter((time, row) => !holds.has(`${time} ${rolled[1]?.[row]}`));
}

async function count(engine: Engine, suffix: string, times: readonly number[]): Promise<void> {
  const from = `${DATABASE}.series_${suffix}`;
  // The range is for the index, the list for what is left out of it
  const when =
    `time BETWEEN toDateTime(${times[0]}, 'UTC') AND toDateTime(${times.at(-1)}, 'UTC') ` +
    `AND toUnixTimestamp(time) IN (${times.join(", ")})`;
  const counts = SERIES_MEMBERS.map((name) => `uniqCombinedMerge(${SKETCH_PRECISION})(row.${name}) AS ${name}`).join(", ");
  const busy = `GLOBAL IN (SELECT time, series FROM ${from} WHERE ${when} GROUP BY time, series HAVING sum(packets) >= ${LEAST_PACKETS})`;
  for (const which of [`series != ${ALL} AND (time, series) ${busy}`, `series = ${ALL}`]) {
    await engine.run(
      `INSERT INTO ${DATABASE}.finished_${suffix} (time, series, packets, ${SERIES_MEMBERS.join(", ")}, sensors, version, written) ` +
        `SELECT time, series, sum(row.packets) AS packets, ${counts}, uniqExact(row.sensor) AS sensors, toUInt64(sum(row.packets)) AS version, ` +
        `max(row.written) AS written FROM ${from} AS row WHERE ${when} AND ${which} GROUP BY time, series`,
    );
  }
}
