/** The footer of a Parquet file that we write (apache/parquet-format, parquet.thrift, `FileMetaData`). */
import type { WrittenChunk } from "./chunk-writer.ts";
import { TYPE_DOUBLE, TYPE_FIXED, TYPE_FLOAT, TYPE_INT32 } from "./metadata.ts";
import type { OctetWriter } from "./thrift-writer.ts";

/** `version` of files with pages of the second version. */
const VERSION = 2;
const REQUIRED = 0;
const OPTIONAL = 1;
/** ConvertedType of the unsigned integers. */
const CONVERTED = { UINT_8: 11, UINT_16: 12, UINT_32: 13 } as const;
const LOGICAL_INTEGER = 10;

/** A column of the schema, flat. */
export interface WrittenColumn {
  readonly name: string;
  readonly type: "DOUBLE" | "FLOAT" | "UINT_32" | "UINT_16" | "UINT_8" | "FIXED_16";
  readonly isOptional: boolean;
}

export interface WrittenGroup {
  readonly rows: number;
  readonly chunks: readonly WrittenChunk[];
}

export interface Footer {
  readonly columns: readonly WrittenColumn[];
  readonly groups: readonly WrittenGroup[];
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
  readonly createdBy: string;
}

/** Writes the footer's struct, its length and the closing magic. */
export function writeFooter(out: OctetWriter, { columns, groups, metadata, createdBy }: Footer, magic: Uint8Array): void {
  const start = out.length;
  let rows = 0;
  for (const group of groups) rows += group.rows;
  out.body(() => {
    out.i32(1, VERSION);
    out.structs(2, [null, ...columns], (column) => writeElement(out, column, columns.length));
    out.i64(3, rows);
    out.structs(4, groups, (group) => writeGroup(out, group, columns));
    out.structs(5, metadata, ({ key, value }) => {
      out.text(1, key);
      out.text(2, value);
    });
    out.text(6, createdBy);
    // Readers take bounds for valid only where the order of each column is told: that of its type.
    out.structs(7, columns, () => out.struct(1, () => {}));
  });
  out.uint32(out.length - start);
  out.octets(magic);
}

function physicalType({ type }: WrittenColumn): number {
  return type === "DOUBLE" ? TYPE_DOUBLE : type === "FLOAT" ? TYPE_FLOAT : type === "FIXED_16" ? TYPE_FIXED : TYPE_INT32;
}

/** An element of the schema; the root for null. */
function writeElement(out: OctetWriter, column: WrittenColumn | null, children: number): void {
  if (column === null) {
    out.text(4, "observations");
    out.i32(5, children);
    return;
  }
  out.i32(1, physicalType(column));
  if (column.type === "FIXED_16") out.i32(2, 16);
  out.i32(3, column.isOptional ? OPTIONAL : REQUIRED);
  out.text(4, column.name);
  if (column.type !== "UINT_8" && column.type !== "UINT_16" && column.type !== "UINT_32") return;
  const bits = Number(column.type.slice("UINT_".length));
  out.i32(6, CONVERTED[column.type]);
  out.struct(10, () => {
    out.struct(LOGICAL_INTEGER, () => {
      out.byte(1, bits);
      out.bool(2, false);
    });
  });
}

function writeGroup(out: OctetWriter, { rows, chunks }: WrittenGroup, columns: readonly WrittenColumn[]): void {
  let uncompressed = 0;
  let compressed = 0;
  for (const chunk of chunks) {
    uncompressed += chunk.uncompressed;
    compressed += chunk.compressed;
  }
  const first = chunks[0]!;
  const pairs = columns.map((column, i) => ({ column, chunk: chunks[i]! }));
  out.structs(1, pairs, ({ column, chunk }) => writeChunk(out, column, chunk));
  out.i64(2, uncompressed);
  out.i64(3, rows);
  out.i64(5, first.dictionaryOffset ?? first.dataOffset);
  out.i64(6, compressed);
}

function writeChunk(out: OctetWriter, column: WrittenColumn, chunk: WrittenChunk): void {
  out.i64(2, 0);
  out.struct(3, () => {
    out.i32(1, physicalType(column));
    out.integers(2, chunk.encodings);
    out.texts(3, [column.name]);
    out.i32(4, chunk.codec);
    out.i64(5, chunk.rows);
    out.i64(6, chunk.uncompressed);
    out.i64(7, chunk.compressed);
    out.i64(9, chunk.dataOffset);
    if (chunk.dictionaryOffset !== null) out.i64(11, chunk.dictionaryOffset);
    const { bounds } = chunk;
    if (bounds === null) return;
    out.struct(12, () => {
      out.binary(5, bounds.greatest);
      out.binary(6, bounds.least);
    });
  });
}
