/**
 * What is rolled up, at which resolutions and in which order. Views feed each inserted row into tables whose rows merge by themselves
 * (AggregatingMergeTree): sums are added, distinct counts are sketches (uniqCombined). A rollup is ordered by a coarse time, then by what it
 * is of, then by time, so that the top of a day and one series over a year are both few ranges.
 */
import { ACTIVITY_TECHNIQUES } from "../model/history.ts";
import { GRANULARITY, SENSOR, sum, type Table, TIME, type View, WRITTEN } from "./table.ts";

/**
 * Registers of uniqCombined, as a power of two: exact up to about 1,000 members, then 0.8 % (HyperLogLog's 1.04/√2¹⁴). A busy row takes
 * 12 KB, the many small ones what their members take.
 */
export const SKETCH_PRECISION = 14;
export const RESOLUTIONS = [
  { seconds: 300, suffix: "5m", coarse: "toStartOfHour(time)", partition: "toYYYYMM(time)" },
  { seconds: 3600, suffix: "1h", coarse: "toDate(time)", partition: "toYYYYMM(time)" },
  { seconds: 86_400, suffix: "1d", coarse: "toStartOfMonth(time)", partition: "toYear(time)" },
] as const;

/**
 * Five minutes of series are ordered by time alone: an interval is one range. One series over some days then is a granule an interval,
 * hence smaller ones: 18 ms of work for a day where 8,192 rows a granule take 140; longer ranges are for hours and days. A year of hours is
 * 365 places of some dozen rows with four sketches each: 1.0 s of work with 1,024 rows a granule, 0.4 in a copy with 128 (and of 22 parts
 * instead of 56), at the same size.
 */
const FINE_GRANULARITY = 128;
/**
 * Sources and networks that a summary of who sends most names, of three times as many that it counts (Space-Saving: Metwally, Agrawal, El
 * Abbadi, Efficient Computation of Frequent and Top-k Elements in Data Streams, 2005; ClickHouse's topKWeighted). Whoever sends more than
 * 1/768 of all packets of a range is counted. A row takes at most 25 KB a column.
 */
export const HEAVY_NAMED = 256;

/** Days that rows of each resolution are kept for, counted from their time or from when they were written, whichever is later; null: for ever. */
export interface Retention {
  readonly fiveMinutes: number | null;
  readonly hours: number | null;
  readonly days: number | null;
}

export const DEFAULT_RETENTION: Retention = { fiveMinutes: 90, hours: 730, days: null };

const distinct = (name: string, type: string): string =>
  `${name} AggregateFunction(uniqCombined(${SKETCH_PRECISION}), ${type}) CODEC(ZSTD)`;
export const SERIES_MEMBERS = ["sources", "networks", "asns", "targets"] as const;
export const GROUP_MEMBERS = ["sources", "targets"] as const;
const ACTIVITY_KEY = ["source", "transport", "port", "technique"] as const;

/** Rows that are no source of their own. */
export const HEAVY_WITHOUT = `technique = ${ACTIVITY_TECHNIQUES.indexOf("folded")}`;
/** The network of a source. IPv4 stands in ::ffff:0:0/96: a /24 there is a /120. */
export const NETWORK =
  "tupleElement(IPv6CIDRToRange(source, if(source BETWEEN toIPv6('::ffff:0.0.0.0') AND toIPv6('::ffff:255.255.255.255'), 120, 48)), 1)";

export interface Rollup {
  readonly name: string;
  readonly from: string;
  readonly key: readonly string[];
  readonly values: readonly string[];
  readonly select: readonly string[];
  readonly group: readonly string[];
  readonly shard: string;
  /** Rows of the input that are left out. */
  readonly without?: string;
  /** Summaries of hours and days only, for questions of long ranges; since version 3. By time: all series of some days are one range. */
  readonly summary?: { readonly bySensor: boolean; readonly byTime?: boolean };
}

/** What is rolled up, at each resolution. */
export const ROLLUPS: readonly Rollup[] = [
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
      `${NETWORK} AS network`,
      "max(asn) AS asn",
      ...["packets", "source_port_zero", "targets"].map((name) => `sum(${name}) AS ${name}`),
      `uniqCombinedState(${SKETCH_PRECISION})(source) AS sources`,
      `uniqCombinedState(${SKETCH_PRECISION})(port) AS ports`,
    ],
    group: ["network"],
    shard: "cityHash64(network)",
  },
  {
    // Who sends most, of all that were seen: a row a sensor, however many sources there are
    name: "heavy",
    from: "activity_in",
    key: [],
    values: ["sources", "networks"].map((name) => `${name} AggregateFunction(topKWeighted(${HEAVY_NAMED}), IPv6, UInt64) CODEC(ZSTD)`),
    select: [heavyState("source", "sources"), heavyState(NETWORK, "networks")],
    group: [],
    without: HEAVY_WITHOUT,
    shard: "cityHash64(sensor)",
    summary: { bySensor: true },
  },
  {
    // How many sources were seen in each five minutes, added up: rises where distinct sources do, and needs no sketch to be merged
    name: "visits",
    from: "series_in",
    key: ["series UInt32"],
    values: [sum("packets"), sum("visits")],
    select: ["series", "sum(packets) AS packets", "sum(length(sources)) AS visits"],
    group: ["series"],
    shard: "series",
    summary: { bySensor: false, byTime: true },
  },
];

export function isSummary({ summary }: Rollup): boolean {
  return summary !== undefined;
}

function arrayState(name: string): string {
  return `uniqCombinedArrayState(${SKETCH_PRECISION})(${name}) AS ${name}`;
}

export function heavyState(of: string, name: string): string {
  return `topKWeightedState(${HEAVY_NAMED})(${of}, toUInt64(ceil(packets))) AS ${name}`;
}

export function rollupTables(retention: Retention, chosen: (rollup: Rollup) => boolean): readonly Table[] {
  const days = [retention.fiveMinutes, retention.hours, retention.days];
  return ROLLUPS.filter(chosen).flatMap((rollup) =>
    resolutionsOf(rollup).map(({ seconds, suffix, coarse, partition }): Table => ({
      name: `${rollup.name}_${suffix}`,
      columns: [TIME, ...(isBySensor(rollup) ? [SENSOR] : []), ...rollup.key, ...rollup.values, WRITTEN],
      engine: "AggregatingMergeTree",
      order: orderOf(rollup, seconds, coarse),
      granularity: rollup.group[0] === "series" && rollup.summary === undefined ? FINE_GRANULARITY : GRANULARITY,
      partition,
      shard: rollup.shard,
      ttl: retentionClause(days[RESOLUTIONS.findIndex((one) => one.seconds === seconds)] ?? null),
    })),
  );
}

function orderOf(rollup: Rollup, seconds: number, coarse: string): string {
  if (rollup.summary?.byTime === true) return "(time, series)";
  if (isFine(rollup.name, seconds)) return "(time, series, sensor)";
  return `(${[coarse, ...rollup.group, "time", ...(isBySensor(rollup) ? ["sensor"] : [])].join(", ")})`;
}

function resolutionsOf({ summary }: Rollup): readonly (typeof RESOLUTIONS)[number][] {
  return RESOLUTIONS.filter(({ seconds }) => summary === undefined || seconds > 300);
}

function isBySensor({ summary }: Rollup): boolean {
  return summary?.bySensor ?? true;
}

function isFine(name: string, seconds: number): boolean {
  return name === "series" && seconds === 300;
}

/** Counted from the time or from the writing, whichever is later: history of years ago, imported now, is not gone at once. */
export function retentionClause(days: number | null): string | null {
  return days === null ? null : `greatest(toDate(time), written) + INTERVAL ${days} DAY`;
}

export function rollupViews(rollup: Rollup): readonly View[] {
  const { name, from, select, group, without } = rollup;
  return resolutionsOf(rollup).map(({ seconds, suffix }): View => ({
    name: `${name}_${suffix}_view`,
    from,
    to: `${name}_${suffix}`,
    select: (table) => {
      const by = ["time", ...(isBySensor(rollup) ? ["sensor"] : [])];
      return (
        `SELECT toStartOfInterval(slice.time, INTERVAL ${seconds} SECOND) AS ${[...by, ...select].join(", ")}, max(today()) AS written ` +
        `FROM ${table} AS slice ${without === undefined ? "" : `WHERE NOT (${without}) `}GROUP BY ${[...by, ...group].join(", ")}`
      );
    },
  }));
}
