/** Questions about series: one interval of all, one series over time, those that moved most, and whom two have in common. */
import type { SeriesPoint, SeriesSnapshot } from "../model/series.ts";
import { type Engine, sqlText } from "./engine.ts";
import { RESOLUTIONS, SKETCH_PRECISION } from "./rollups.ts";
import { DATABASE } from "./table.ts";
import type { Mover, Resolution, SensorChoice, TimeRange } from "./store.ts";

/** Snapshots are read by the hour, and by more where an hour is little: at most a day at once, and about so many rows. */
const SNAPSHOT_STEP = 3600;
const MOST_SNAPSHOT_STEP = 86_400;
const SNAPSHOT_ROWS = 100_000;
/** Longest ranges, seconds, that five-minute and hourly rows answer; beyond, days do. */
const LONGEST_BY_RESOLUTION: readonly (readonly [Resolution, number])[] = [
  [300, 6 * 3600],
  [3600, 3 * 86_400],
];

const merged = (name: string): string => `uniqCombinedMerge(${SKETCH_PRECISION})(${name})`;
const SERIES_VALUES = ["sources", "networks", "asns", "targets"].map((name) => `${merged(name)} AS ${name}`);

/** The rollup that answers a range with few rows. */
export function resolutionFor(range: TimeRange): Resolution {
  const length = range.to - range.from;
  return LONGEST_BY_RESOLUTION.find(([, longest]) => length <= longest)?.[0] ?? 86_400;
}

export function rollup(name: string, resolution: Resolution): string {
  const suffix = RESOLUTIONS.find(({ seconds }) => seconds === resolution)?.suffix ?? "5m";
  return `${DATABASE}.${name}_${suffix}`;
}

/** Rows of a rollup whose interval overlaps the range. */
export function within(range: TimeRange, resolution: Resolution, column = "time"): string {
  const from = Math.floor(range.from / resolution) * resolution;
  return `${column} >= toDateTime(${from}, 'UTC') AND ${column} < toDateTime(${Math.max(from, Math.ceil(range.to))}, 'UTC')`;
}

export function ofSensors(sensors: SensorChoice): string {
  if (sensors === null) return "";
  return sensors.length === 0 ? " AND 0" : ` AND sensor IN (${sensors.map(sqlText).join(", ")})`;
}

export async function snapshot(engine: Engine, interval: number, sensors: SensorChoice): Promise<SeriesSnapshot> {
  for await (const one of snapshots(engine, { from: interval, to: interval + 1 }, sensors)) if (one.time === interval) return one;
  return snapshotOf(interval, []);
}

export async function* snapshots(engine: Engine, range: TimeRange, sensors: SensorChoice): AsyncGenerator<SeriesSnapshot> {
  let from = Math.ceil(range.from / 300) * 300;
  let step = SNAPSHOT_STEP;
  let isEmpty = true;
  while (from < range.to) {
    // A gap is passed over, and not read hour by hour
    const next = isEmpty ? await firstTime(engine, { from, to: range.to }) : from;
    if (next === null) return;
    const to = Math.min(range.to, Math.floor(next / SNAPSHOT_STEP) * SNAPSHOT_STEP + step);
    const found = await snapshotsOf(engine, { from: next, to }, sensors);
    yield* found;
    from = to;
    isEmpty = found.length === 0;
    const rows = found.reduce((sum, { length }) => sum + length, 0);
    if (rows > SNAPSHOT_ROWS) step = Math.max(SNAPSHOT_STEP, step / 2);
    else if (2 * rows <= SNAPSHOT_ROWS) step = Math.min(MOST_SNAPSHOT_STEP, step * 2);
  }
}

/** The first interval of the range in which any sensor was alive or had series. */
async function firstTime(engine: Engine, range: TimeRange): Promise<number | null> {
  if (range.to - range.from <= SNAPSHOT_STEP) return range.from;
  // Read in order, up to the first: a minimum would look at all that follows, for each hour again
  const [row] = await engine.rows<{ first: number }>(
    `SELECT toUnixTimestamp(liveness.time) AS first FROM ${DATABASE}.liveness AS liveness WHERE ${within(range, 300)} ORDER BY liveness.time LIMIT 1`,
  );
  return row?.first ?? null;
}

async function snapshotsOf(engine: Engine, range: TimeRange, sensors: SensorChoice): Promise<SeriesSnapshot[]> {
  const columns = await engine.columns(
    `SELECT toUnixTimestamp(time) AS at, series, sum(packets) AS packets, ${SERIES_VALUES.join(", ")}, uniqExact(sensor) AS sensors ` +
      `FROM ${rollup("series", 300)} WHERE ${within(range, 300)}${ofSensors(sensors)} GROUP BY time, series ORDER BY time, series`,
  );
  const times = columns[0] ?? [];
  const found: SeriesSnapshot[] = [];
  for (let start = 0; start < times.length;) {
    let end = start + 1;
    while (end < times.length && times[end] === times[start]) end++;
    found.push(
      snapshotOf(
        times[start] ?? 0,
        columns.slice(1).map((column) => column.slice(start, end)),
      ),
    );
    start = end;
  }
  return found;
}

function snapshotOf(time: number, columns: readonly (readonly number[])[]): SeriesSnapshot {
  const numbers = (index: number): Float64Array => Float64Array.from(columns[index] ?? []);
  return {
    time,
    length: columns[0]?.length ?? 0,
    series: Uint32Array.from(columns[0] ?? []),
    packets: numbers(1),
    sources: numbers(2),
    networks: numbers(3),
    asns: numbers(4),
    targets: numbers(5),
    sensors: numbers(6),
  };
}

/** A point of what is asked, wherever a chosen sensor was alive. */
export async function points(
  engine: Engine,
  table: "series" | "target_groups",
  filter: string,
  range: TimeRange,
  resolution: Resolution,
  sensors: SensorChoice,
): Promise<readonly SeriesPoint[]> {
  const values =
    table === "series"
      ? SERIES_VALUES
      : [`${merged("sources")} AS sources`, "0 AS networks", "0 AS asns", `${merged("targets")} AS targets`];
  const [alive, seen] = await Promise.all([
    engine.columns(
      `SELECT toUnixTimestamp(time) AS at, uniqExact(sensor) AS alive FROM ${livenessAt(resolution)} ` +
        `WHERE ${within(wholeIntervals(range, resolution), resolution)}${ofSensors(sensors)} GROUP BY time ORDER BY time`,
    ),
    engine.columns(
      `SELECT toUnixTimestamp(time) AS at, sum(packets) AS packets, ${values.join(", ")}, uniqExact(sensor) AS sensors ` +
        `FROM ${rollup(table, resolution)} WHERE ${filter} AND ${within(range, resolution)}${ofSensors(sensors)} GROUP BY time ORDER BY time`,
    ),
  ]);
  const rowOf = new Map((seen[0] ?? []).map((time, row) => [time, row]));
  const value = (column: number, row: number | undefined): number => (row === undefined ? 0 : (seen[column]?.[row] ?? 0));
  return (alive[0] ?? []).map((time, index) => {
    const row = rowOf.get(time);
    return {
      time,
      packets: value(1, row),
      sources: value(2, row),
      networks: value(3, row),
      asns: value(4, row),
      targets: value(5, row),
      sensors: value(6, row),
      alive: alive[1]?.[index] ?? 0,
    };
  });
}

/** Days and hours are asked for whole: a sensor that was alive in the last hour of a day was alive on that day. */
function wholeIntervals(range: TimeRange, resolution: Resolution): TimeRange {
  return { from: Math.floor(range.from / resolution) * resolution, to: Math.ceil(range.to / resolution) * resolution };
}

/** Liveness is written in five minutes; its rollups are named after their resolution. */
function livenessAt(resolution: Resolution): string {
  return resolution === 300 ? `${DATABASE}.liveness` : rollup("liveness", resolution);
}

/** Series with most packets that are looked at for movers within hours: a series has no more sources than packets. */
const CANDIDATES = 2048;
/** Over longer ranges, so many times as many as are asked for are compared by their distinct sources, and no fewer than this. */
const RISEN_A_ROW = 4;
const LEAST_RISEN = 64;

export async function topSeries(engine: Engine, range: TimeRange, limit: number): Promise<readonly Mover[]> {
  const resolution = resolutionFor(range);
  const whole = wholeIntervals(range, resolution);
  const before = { from: whole.from - (whole.to - whole.from), to: whole.from };
  const sources = (which: string): string => `uniqCombinedMergeIf(${SKETCH_PRECISION})(row.sources, ${which})`;
  const [candidates = []] = await engine.columns(
    resolution === 300 ? busiest(whole, Math.max(CANDIDATES, limit)) : risen(before, whole, resolution, limit),
  );
  if (candidates.length === 0) return [];
  return engine.rows<Mover>(
    `SELECT series, ${sources("now")} AS sources, ${sources("NOT now")} AS sourcesBefore, sumIf(row.packets, now) AS packets ` +
      `FROM (SELECT series, packets, sources, time >= toDateTime(${whole.from}, 'UTC') AS now FROM ${rollup("series", resolution)} ` +
      `WHERE ${within({ from: before.from, to: whole.to }, resolution)} AND series IN (${candidates.join(", ")})) AS row ` +
      `GROUP BY series HAVING sources > 0 ORDER BY toInt64(sources) - toInt64(sourcesBefore) DESC, sources DESC, series LIMIT ${limit}`,
  );
}

function busiest(whole: TimeRange, limit: number): string {
  return (
    `SELECT series FROM ${rollup("series", 300)} WHERE ${within(whole, 300)} ` +
    `GROUP BY series ORDER BY sum(packets) DESC, series LIMIT ${limit}`
  );
}

/** By visits, of all series: to merge the sketches of all would take seconds. */
function risen(before: TimeRange, whole: TimeRange, resolution: Resolution, limit: number): string {
  const now = `time >= toDateTime(${whole.from}, 'UTC')`;
  return (
    `SELECT series FROM ${rollup("visits", resolution)} WHERE ${within({ from: before.from, to: whole.to }, resolution)} ` +
    `GROUP BY series HAVING sumIf(packets, ${now}) > 0 ` +
    `ORDER BY sum(if(${now}, visits, -visits)) DESC, series LIMIT ${Math.max(LEAST_RISEN, RISEN_A_ROW * limit)}`
  );
}

/** Inclusion and exclusion over sketches: exact while the sets are small. */
export async function sharedSources(engine: Engine, first: number, second: number, range: TimeRange): Promise<number> {
  const resolution = resolutionFor(range);
  const sources = (condition: string): string => `uniqCombinedMergeIf(${SKETCH_PRECISION})(sources, ${condition})`;
  const [row] = await engine.rows<{ a: number; b: number; both: number }>(
    `SELECT ${sources(`series = ${first}`)} AS a, ${sources(`series = ${second}`)} AS b, uniqCombinedMerge(${SKETCH_PRECISION})(sources) AS both ` +
      `FROM ${rollup("series", resolution)} WHERE series IN (${first}, ${second}) AND ${within(range, resolution)}`,
  );
  if (row === undefined || row.a === 0 || row.b === 0) return 0;
  return Math.max(0, Math.min(1, (row.a + row.b - row.both) / Math.min(row.a, row.b)));
}
