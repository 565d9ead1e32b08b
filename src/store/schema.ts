/**
 * The tables of history, the same in a library and on a cluster. Batches are inserted into tables that keep nothing (`Null`); views feed
 * each row into tables of five minutes, hours and days, whose rows merge by themselves (AggregatingMergeTree): sums are added, distinct
 * counts are sketches (uniqCombined). A rollup is ordered by a coarse time, then by what it is of, then by time, so that the top of a day
 * and one series over a year are both few ranges.
 */

export const DATABASE = "precursor";

/**
 * Registers of uniqCombined, as a power of two: exact up to about 1,000 members, then 0.8 % (HyperLogLog's 1.04/√2¹⁴). A busy row takes
 * 12 KB, the many small ones what their members take.
 */
export const SKETCH_PRECISION = 14;
/** Tokens of this many inserts are remembered by each table; far more than a spool holds. */
const REMEMBERED_INSERTS = 10_000;

export const RESOLUTIONS = [
  { seconds: 300, suffix: "5m", coarse: "toStartOfHour(time)", partition: "toYYYYMM(time)" },
  { seconds: 3600, suffix: "1h", coarse: "toDate(time)", partition: "toYYYYMM(time)" },
  { seconds: 86_400, suffix: "1d", coarse: "toStartOfMonth(time)", partition: "toYear(time)" },
] as const;

/** Small granules: most questions are of one thing. */
const GRANULARITY = 1024;
/**
 * Five minutes of series are ordered by time alone: an interval is one range. One series over some days then is a granule an interval,
 * hence smaller ones: 18 ms of work for a day where 8,192 rows a granule take 140; longer ranges are for hours and days. A year of hours is
 * 365 places of some dozen rows with four sketches each: 1.0 s of work with 1,024 rows a granule, 0.4 in a copy with 128 (and of 22 parts
 * instead of 56), at the same size.
 */
const FINE_GRANULARITY = 128;
/** Octets that are compressed together; the engine's 64 KB would be read for each granule. */
const BLOCK_OCTETS = 16_384;

/** Days that rows of each resolution are kept for, counted from their time or from when they were written, whichever is later; null: for ever. */
export interface Retention {
  readonly fiveMinutes: number | null;
  readonly hours: number | null;
  readonly days: number | null;
}

export const DEFAULT_RETENTION: Retention = { fiveMinutes: 90, hours: 730, days: null };

export interface Table {
  readonly name: string;
  /** Columns with their types. */
  readonly columns: readonly string[];
  readonly engine: "Null" | "MergeTree" | "AggregatingMergeTree" | "ReplacingMergeTree(version)";
  readonly order: string;
  readonly partition: string | null;
  /** By what rows go to shards. */
  readonly shard: string;
  readonly ttl: string | null;
  /** Rows that are found together. */
  readonly granularity: number;
}

export interface View {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Given the name of the table that it reads. */
  readonly select: (from: string) => string;
}

const TIME = "time DateTime('UTC') CODEC(Delta, ZSTD)";
const SENSOR = "sensor LowCardinality(String)";
const WRITTEN = "written SimpleAggregateFunction(max, Date)";
const sum = (name: string): string => `${name} SimpleAggregateFunction(sum, Float64) CODEC(ZSTD)`;
const distinct = (name: string, type: string): string =>
  `${name} AggregateFunction(uniqCombined(${SKETCH_PRECISION}), ${type}) CODEC(ZSTD)`;
const SERIES_MEMBERS = ["sources", "networks", "asns", "targets"] as const;
const GROUP_MEMBERS = ["sources", "targets"] as const;
const ACTIVITY_KEY = ["source", "transport", "port", "technique"] as const;

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

/** What is rolled up, at each resolution. */
const ROLLUPS = [
  {
    name: "series",
    from: "series_in",
    key: ["series UInt32"],
    values: [sum("packets"), ...SERIES_MEMBERS.map((name) => distinct(name, "UInt32"))],
    select: ["series", "sum(packets) AS packets", ...SERIES_MEMBERS.map(arrayState)],
    group: ["series"],
    shard: "series",
  },
  {
    name: "target_groups",
    from: "target_groups_in",
    key: ["target_group LowCardinality(String)", "series UInt32"],
    values: [sum("packets"), ...GROUP_MEMBERS.map((name) => distinct(name, "UInt32"))],
    select: ["target_group", "series", "sum(packets) AS packets", ...GROUP_MEMBERS.map(arrayState)],
    group: ["target_group", "series"],
    shard: "series",
  },
  {
    name: "activity",
    from: "activity_in",
    key: ["source IPv6", "transport UInt16", "port Int32", "technique UInt8"],
    values: ["asn SimpleAggregateFunction(max, UInt32)", sum("packets"), sum("source_port_zero"), sum("targets")],
    select: [...ACTIVITY_KEY, "max(asn) AS asn", ...["packets", "source_port_zero", "targets"].map((name) => `sum(${name}) AS ${name}`)],
    group: ACTIVITY_KEY,
    shard: "cityHash64(source)",
  },
  {
    name: "networks",
    from: "activity_in",
    key: ["network IPv6"],
    values: [
      "asn SimpleAggregateFunction(max, UInt32)",
      sum("packets"),
      sum("source_port_zero"),
      sum("targets"),
      distinct("sources", "IPv6"),
      distinct("ports", "Int32"),
    ],
    select: [
      // IPv4 stands in ::ffff:0:0/96: a /24 there is a /120
      "tupleElement(IPv6CIDRToRange(source, if(source BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255'), 120, 48)), 1) AS network",
      "max(asn) AS asn",
      ...["packets", "source_port_zero", "targets"].map((name) => `sum(${name}) AS ${name}`),
      `uniqCombinedState(${SKETCH_PRECISION})(source) AS sources`,
      `uniqCombinedState(${SKETCH_PRECISION})(port) AS ports`,
    ],
    group: ["network"],
    shard: "cityHash64(network)",
  },
] as const;

function arrayState(name: string): string {
  return `uniqCombinedArrayState(${SKETCH_PRECISION})(${name}) AS ${name}`;
}

/** All tables, in the order in which they are made. */
export function tablesOf(retention: Retention): readonly Table[] {
  const days = [retention.fiveMinutes, retention.hours, retention.days];
  const rollups = ROLLUPS.flatMap(({ name, key, values, group, shard }) =>
    RESOLUTIONS.map(({ seconds, suffix, coarse, partition }, index): Table => ({
      name: `${name}_${suffix}`,
      columns: [TIME, SENSOR, ...key, ...values, WRITTEN],
      engine: "AggregatingMergeTree",
      order: isFine(name, seconds) ? "(time, series, sensor)" : `(${[coarse, ...group, "time", "sensor"].join(", ")})`,
      granularity: group[0] === "series" ? FINE_GRANULARITY : GRANULARITY,
      partition,
      shard,
      ttl: retentionClause(days[index] ?? null),
    })),
  );
  return [...INPUTS, ...rollups, LIVENESS, ...RECORDS, importsTable(retention), JUDGED_TABLE];
}

function isFine(name: string, seconds: number): boolean {
  return name === "series" && seconds === 300;
}

/** Counted from the time or from the writing, whichever is later: history of years ago, imported now, is not gone at once. */
export function retentionClause(days: number | null): string | null {
  return days === null ? null : `greatest(toDate(time), written) + INTERVAL ${days} DAY`;
}

export function views(): readonly View[] {
  return ROLLUPS.flatMap(({ name, from, select, group }) =>
    RESOLUTIONS.map(({ seconds, suffix }): View => ({
      name: `${name}_${suffix}_view`,
      from,
      to: `${name}_${suffix}`,
      select: (table) =>
        `SELECT toStartOfInterval(slice.time, INTERVAL ${seconds} SECOND) AS time, sensor, ${select.join(", ")}, max(today()) AS written ` +
        `FROM ${table} AS slice GROUP BY ${["time", "sensor", ...group].join(", ")}`,
    })),
  );
}

/** CREATE TABLE of what holds the rows at one node, under `name`. */
export function createTable(table: Table, name: string): string {
  const head = `CREATE TABLE IF NOT EXISTS ${DATABASE}.${name} (${table.columns.join(", ")})`;
  if (table.engine === "Null") return `${head} ENGINE = Null`;
  return [
    `${head} ENGINE = ${table.engine}`,
    table.partition === null ? "" : `PARTITION BY ${table.partition}`,
    `ORDER BY ${table.order}`,
    table.ttl === null ? "" : `TTL ${table.ttl}`,
    // Whole parts are dropped when all in them is over: nothing is rewritten for it
    `SETTINGS non_replicated_deduplication_window = ${REMEMBERED_INSERTS}, ttl_only_drop_parts = 1, ` +
      `index_granularity = ${table.granularity}, min_compress_block_size = ${BLOCK_OCTETS}, ` +
      `fsync_after_insert = 1, fsync_part_directory = 1`,
  ]
    .filter((line) => line !== "")
    .join(" ");
}
