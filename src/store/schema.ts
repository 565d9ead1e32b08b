/**
 * The tables of history, the same in a library and on a cluster. Batches are inserted into tables that keep nothing (`Null`); views feed
 * each row into the rollups (rollups.ts). Liveness and records of things are kept as they come.
 */
import { finishedTables } from "./finished-counts.ts";
import {
  GROUP_MEMBERS,
  isSummary,
  RESOLUTIONS,
  type Retention,
  type Rollup,
  ROLLUPS,
  rollupTables,
  rollupViews,
  SERIES_MEMBERS,
} from "./rollups.ts";
import { GRANULARITY, SENSOR, sum, type Table, TIME, type View } from "./table.ts";

/** Tables that batches are inserted into. */
const INPUTS: readonly Table[] = [
  input("series_in", ["series UInt32", "packets Float64", ...SERIES_MEMBERS.map((name) => `${name} Array(UInt32)`)], "series"),
  input(
    "target_groups_in",
    ["target_group String", "series UInt32", "packets Float64", ...GROUP_MEMBERS.map((name) => `${name} Array(UInt32)`)],
    "series",
  ),
  input(
    "activity_in",
    [
      "source IPv6",
      "asn UInt32",
      "transport UInt16",
      "port Int32",
      "technique UInt8",
      "packets Float64",
      "source_port_zero Float64",
      "targets UInt32",
    ],
    "cityHash64(source)",
  ),
];

/** Which five minutes of a day these are. */
const INTERVAL_OF_DAY = "toUInt16(intDiv(toUnixTimestamp(slice.time) % 86400, 300))";

/**
 * Liveness is written to its own table, and rolled up from there: what merges to the same however often it is added, and no sums, which
 * are quick to make.
 */
const LIVENESS_ROLLUPS: readonly Table[] = (["1h", "1d"] as const).map((suffix) => ({
  name: `liveness_${suffix}`,
  columns: [
    TIME,
    SENSOR,
    "first_seen SimpleAggregateFunction(min, DateTime('UTC'))",
    "last_seen SimpleAggregateFunction(max, DateTime('UTC'))",
    "intervals AggregateFunction(groupBitmap, UInt16)",
  ],
  engine: "AggregatingMergeTree",
  order: "(time, sensor)",
  partition: null,
  shard: "cityHash64(sensor)",
  ttl: null,
  granularity: GRANULARITY,
  madeFrom: "liveness",
}));

const LIVENESS: Table = {
  name: "liveness",
  columns: [TIME, SENSOR, ...["observations", "lost", "folded"].map(sum)],
  engine: "AggregatingMergeTree",
  order: "(time, sensor)",
  partition: null,
  shard: "cityHash64(sensor)",
  ttl: null,
  granularity: GRANULARITY,
};

/** Small tables, of a row a thing; the highest version of a key holds. */
const RECORDS: readonly Table[] = [
  record("incidents", ["id String", "opened DateTime('UTC')", "updated DateTime('UTC')", "body String CODEC(ZSTD)"], "id"),
  record(
    "incident_entries",
    ["id String", "time DateTime('UTC')", "kind LowCardinality(String)", "text String", "by String"],
    "id, time, kind, by, text",
  ),
  record(
    "labels",
    ["address IPv6", "kind LowCardinality(String)", "list LowCardinality(String)", "body String CODEC(ZSTD)"],
    "address, kind, list",
  ),
];

/** Times of history that a judge has gone through, by their beginning: the latest end of a run holds. */
export const JUDGED_TABLE: Table = record("judged", ["since DateTime('UTC')", "until DateTime('UTC')"], "since");

/**
 * Tokens of imported parts, each noted when all of it is in. Kept as long as the longest rollup: what history still counts is known again,
 * and what it has forgotten may be imported anew.
 */
export function importsTable({ fiveMinutes, hours, days }: Retention): Table {
  const table = record("imports", ["token String CODEC(ZSTD)", "written Date"], "token");
  const longest = fiveMinutes === null || hours === null || days === null ? null : Math.max(fiveMinutes, hours, days);
  return { ...table, partition: "toYYYYMM(written)", ttl: longest === null ? null : `written + INTERVAL ${longest} DAY` };
}

function input(name: string, columns: readonly string[], shard: string): Table {
  return {
    name,
    columns: ["time DateTime('UTC')", "sensor String", ...columns],
    engine: "Null",
    order: "",
    partition: null,
    shard,
    ttl: null,
    granularity: GRANULARITY,
  };
}

function record(name: string, columns: readonly string[], order: string): Table {
  return {
    name,
    columns: [...columns, "version UInt64"],
    engine: "ReplacingMergeTree(version)",
    order: `(${order})`,
    partition: null,
    shard: `cityHash64(${order.split(",")[0] ?? ""})`,
    ttl: null,
    granularity: GRANULARITY,
  };
}

const isFirst = (rollup: Rollup): boolean => !isSummary(rollup);

/** All tables, in the order in which they are made. */
export function tablesOf(retention: Retention): readonly Table[] {
  return [...tablesOfVersion2(retention), ...summaryTables(retention), JUDGED_TABLE, ...finishedTables(retention)];
}

/** Those of version 3: all that it adds. */
export function summaryTables(retention: Retention): readonly Table[] {
  return [...rollupTables(retention, isSummary), ...LIVENESS_ROLLUPS];
}

export function visitsTables(retention: Retention): readonly Table[] {
  return rollupTables(retention, ({ name }) => name === "visits");
}

/** Those of versions 1 and 2. */
export function tablesOfVersion2(retention: Retention): readonly Table[] {
  return [...INPUTS, ...rollupTables(retention, isFirst), LIVENESS, ...RECORDS, importsTable(retention)];
}

/** Views of the tables of versions 1 and 2. */
export function viewsOfVersion2(): readonly View[] {
  return ROLLUPS.filter(isFirst).flatMap(rollupViews);
}

/** Views of those of version 3. */
export function summaryViews(): readonly View[] {
  return [...ROLLUPS.filter(isSummary).flatMap(rollupViews), ...livenessViews()];
}

/** What is selected of liveness, as `slice`, for its rollups. */
export function livenessColumns(seconds: number): string {
  return (
    `toStartOfInterval(slice.time, INTERVAL ${seconds} SECOND) AS time, sensor, ` +
    `min(slice.time) AS first_seen, max(slice.time) AS last_seen, groupBitmapState(${INTERVAL_OF_DAY}) AS intervals`
  );
}

function livenessViews(): readonly View[] {
  return RESOLUTIONS.filter(({ seconds }) => seconds > 300).map(({ seconds, suffix }): View => ({
    name: `liveness_${suffix}_view`,
    from: "liveness",
    to: `liveness_${suffix}`,
    select: (table) => `SELECT ${livenessColumns(seconds)} FROM ${table} AS slice GROUP BY time, sensor`,
  }));
}
