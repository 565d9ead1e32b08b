/** What the store asks of a ClickHouse, be it a library in this process or a cluster far away: all that differs is behind this. */

import type { Readable } from "node:stream";

/** A block of rows in ClickHouse's Native format, with its columns' names. */
export interface NativeBlock {
  readonly columns: readonly string[];
  readonly rows: number;
  readonly octets: Uint8Array;
}

export interface Engine {
  /** Where it is, for people: a folder, or a URL without its password. */
  readonly place: string;
  /** The engine's name and version. */
  readonly name: string;
  /** Whether tables are split over shards: then a table is a `Distributed` one over `<name>_local`. */
  readonly cluster: string | null;
  /** Rows of a SELECT without FORMAT, as objects. All methods throw StoreError. */
  rows<Row>(sql: string): Promise<Row[]>;
  /** Columns of a SELECT without FORMAT, numbers only, in order. */
  columns(sql: string): Promise<number[][]>;
  /** The answer to a question of another process, in the format that it names. */
  answer(sql: string, settings: Readonly<Record<string, string>>): Promise<Readable>;
  /** A statement without result; on a cluster, at the node that is asked. */
  run(sql: string): Promise<void>;
  /** A statement without result, at every node. */
  runEverywhere(sql: string): Promise<void>;
  /** Inserts a block whole; the same token a second time inserts nothing. Empty token: no such check. */
  insert(table: string, block: NativeBlock, token: string): Promise<void>;
  /** Writes the result of a SELECT without FORMAT to a file that does not exist yet, in Native format. */
  exportTo(sql: string, path: string): Promise<void>;
  /** Inserts such a file. */
  importFrom(table: string, path: string): Promise<void>;
  close(): Promise<void>;
}

/** A string as SQL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
