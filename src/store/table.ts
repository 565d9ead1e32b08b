/** A table of history as ClickHouse makes it: columns, order, partitions, and how long rows stay. */

export const DATABASE = "precursor";

/** Tokens of this many inserts are remembered by each table; far more than a spool holds. */
const REMEMBERED_INSERTS = 10_000;

/** Small granules: most questions are of one thing. */
export const GRANULARITY = 1024;
/** Octets that are compressed together; the engine's 64 KB would be read for each granule. */
const BLOCK_OCTETS = 16_384;

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
  /** A table that is kept and that views fill this one from: what is put back there comes here by itself. */
  readonly madeFrom?: string;
}

export interface View {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Given the name of the table that it reads. */
  readonly select: (from: string) => string;
}

export const TIME = "time DateTime('UTC') CODEC(Delta, ZSTD)";
export const SENSOR = "sensor LowCardinality(String)";
export const WRITTEN = "written SimpleAggregateFunction(max, Date)";
export const sum = (name: string): string => `${name} SimpleAggregateFunction(sum, Float64) CODEC(ZSTD)`;
/** The table that holds the rows at one node: on a cluster, the one of the plain name is over all of them. */
export function localName({ cluster }: { readonly cluster: string | null }, name: string): string {
  return cluster === null ? name : `${name}_local`;
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
