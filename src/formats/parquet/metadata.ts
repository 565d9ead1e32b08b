/** The footer of a Parquet file: its columns and where their pages stand (apache/parquet-format, parquet.thrift, `FileMetaData`). */
import { BINARY, FALSE, I32, I64, LIST, ParquetFault, STRUCT, ThriftReader } from "./thrift.ts";

/** Physical types. */
export const TYPE_BOOLEAN = 0;
export const TYPE_INT32 = 1;
export const TYPE_INT64 = 2;
export const TYPE_INT96 = 3;
export const TYPE_FLOAT = 4;
export const TYPE_DOUBLE = 5;
export const TYPE_BYTE_ARRAY = 6;
export const TYPE_FIXED = 7;

const REPETITION_OPTIONAL = 1;
const REPETITION_REPEATED = 2;
const CONVERTED_DATE = 6;
const CONVERTED_TIMESTAMP_MILLIS = 9;
const CONVERTED_TIMESTAMP_MICROS = 10;
const CONVERTED_UINT_8 = 11;
const CONVERTED_UINT_64 = 14;
const LOGICAL_DATE = 6;
const LOGICAL_TIMESTAMP = 8;
const LOGICAL_INTEGER = 10;
const LOGICAL_UNITS: readonly number[] = [0, 1e3, 1e6, 1e9];
/** Stands for days where units in a second are told. */
export const UNIT_DAY = -1;

/** Largest footer that is read, octets: that of 100 columns in 1,000 row groups has 10 MB. */
export const MOST_METADATA = 1 << 24;
/** Groups within groups of a schema. */
const MAX_NESTING = 32;
export const MAGIC: Uint8Array = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

/** Whether an input that begins with `head` is Parquet of some kind. */
export function isParquet(head: Uint8Array): boolean {
  return MAGIC.every((octet, i) => head[i] === octet);
}

/** A column that holds values. */
export interface Leaf {
  /** Names from the root, joined with dots: `src_endpoint.ip`. */
  readonly path: string;
  readonly type: number;
  /** Octets of a value of TYPE_FIXED. */
  readonly length: number;
  readonly unsigned: boolean;
  /** Units in a second of a time stamp (or, for a date, UNIT_DAY); 0 where the column is neither. */
  readonly timeUnit: number;
  readonly mostDefinition: number;
  readonly mostRepetition: number;
}

/** Where the pages of one column of a row group stand. */
export interface Chunk {
  readonly codec: number;
  readonly values: number;
  /** Offset of its first page in the file, and octets of all. */
  readonly start: number;
  readonly length: number;
}

export interface RowGroup {
  readonly rows: number;
  /** By the order of {@link Metadata.leaves}. */
  readonly chunks: readonly Chunk[];
}

export interface Metadata {
  readonly leaves: readonly Leaf[];
  readonly groups: readonly RowGroup[];
}

/** Reads the footer of a whole file. @throws ParquetFault where it is none. */
export function readMetadata(file: Uint8Array): Metadata {
  const end = file.length;
  if (end < 12 || !MAGIC.every((octet, i) => file[i] === octet && file[end - 4 + i] === octet)) {
    throw new ParquetFault("Parquet file without its footer: it is cut, or encrypted", true);
  }
  const length = new DataView(file.buffer, file.byteOffset, end).getUint32(end - 8, true);
  if (length > end - 12) throw new ParquetFault("Parquet file with a footer longer than itself");
  if (length > MOST_METADATA) throw new ParquetFault("Parquet file with a footer above 16 MiB");
  const reader = new ThriftReader(file, end - 8 - length, end - 8);
  let leaves: readonly Leaf[] = [];
  const groups: RowGroup[] = [];
  reader.struct((field, type) => {
    if (field === 2 && type === LIST) leaves = readSchema(reader);
    else if (field === 4 && type === LIST) {
      const count = reader.list();
      for (let i = 0; i < count; i++) groups.push(readGroup(reader));
    } else return false;
    return true;
  });
  for (const { chunks } of groups) {
    if (chunks.length !== leaves.length) throw new ParquetFault("Parquet file whose row groups lack columns");
    for (const { start, length: octets } of chunks) {
      if (start < 4 || octets < 0 || start + octets > end) throw new ParquetFault("Parquet file whose columns lie outside of it");
    }
  }
  return { leaves, groups };
}

interface Element {
  name: string;
  type: number;
  length: number;
  repetition: number;
  children: number;
  unsigned: boolean;
  timeUnit: number;
}

/** Reads the schema, a tree written in order, into its leaves. */
function readSchema(reader: ThriftReader): Leaf[] {
  const count = reader.list();
  const elements: Element[] = [];
  for (let i = 0; i < count; i++) elements.push(readElement(reader));
  const leaves: Leaf[] = [];
  let at = 1;
  const walk = (children: number, path: string, definition: number, repetition: number, depth: number): void => {
    if (depth > MAX_NESTING) throw new ParquetFault("Parquet schema nested more than 32 deep");
    for (let i = 0; i < children; i++) {
      const element = elements[at++];
      if (element === undefined) throw new ParquetFault("Parquet schema that is cut");
      const isRepeated = element.repetition === REPETITION_REPEATED;
      const mostDefinition = definition + (isRepeated || element.repetition === REPETITION_OPTIONAL ? 1 : 0);
      const mostRepetition = repetition + (isRepeated ? 1 : 0);
      const full = path === "" ? element.name : `${path}.${element.name}`;
      if (element.children > 0) walk(element.children, full, mostDefinition, mostRepetition, depth + 1);
      else leaves.push({ ...element, path: full, mostDefinition, mostRepetition });
    }
  };
  walk(elements[0]?.children ?? 0, "", 0, 0, 0);
  return leaves;
}

function readElement(reader: ThriftReader): Element {
  const element: Element = { name: "", type: -1, length: 0, repetition: 0, children: 0, unsigned: false, timeUnit: 0 };
  reader.struct((field, type) => {
    if (type === I32) {
      const value = reader.integer();
      if (field === 1) element.type = value;
      else if (field === 2) element.length = value;
      else if (field === 3) element.repetition = value;
      else if (field === 5) element.children = value;
      else if (field === 6) convertedType(element, value);
    } else if (field === 4 && type === BINARY) element.name = reader.text();
    else if (field === 10 && type === STRUCT) readLogicalType(reader, element);
    else return false;
    return true;
  });
  return element;
}

function convertedType(element: Element, type: number): void {
  if (type === CONVERTED_DATE) element.timeUnit = UNIT_DAY;
  else if (type === CONVERTED_TIMESTAMP_MILLIS) element.timeUnit = 1e3;
  else if (type === CONVERTED_TIMESTAMP_MICROS) element.timeUnit = 1e6;
  else if (type >= CONVERTED_UINT_8 && type <= CONVERTED_UINT_64) element.unsigned = true;
}

function readLogicalType(reader: ThriftReader, element: Element): void {
  reader.struct((kind, type) => {
    if (type !== STRUCT) return false;
    if (kind === LOGICAL_DATE) element.timeUnit = UNIT_DAY;
    if (kind !== LOGICAL_TIMESTAMP && kind !== LOGICAL_INTEGER) return false;
    reader.struct((field, fieldType) => {
      if (kind === LOGICAL_INTEGER && field === 2) element.unsigned = fieldType === FALSE;
      if (kind !== LOGICAL_TIMESTAMP || field !== 2 || fieldType !== STRUCT) return false;
      reader.struct((unit) => {
        element.timeUnit = LOGICAL_UNITS[unit] ?? 0;
        return false;
      });
      return true;
    });
    return true;
  });
}

function readGroup(reader: ThriftReader): RowGroup {
  const chunks: Chunk[] = [];
  let rows = 0;
  reader.struct((field, type) => {
    if (field === 1 && type === LIST) {
      const count = reader.list();
      for (let i = 0; i < count; i++) chunks.push(readChunk(reader));
    } else if (field === 3 && type === I64) rows = reader.integer();
    else return false;
    return true;
  });
  return { rows, chunks };
}

function readChunk(reader: ThriftReader): Chunk {
  let codec = 0;
  let values = 0;
  let length = 0;
  let data = 0;
  let dictionary = 0;
  reader.struct((field, type) => {
    if (field !== 3 || type !== STRUCT) return false;
    reader.struct((inner, innerType) => {
      if (innerType !== I32 && innerType !== I64) return false;
      const value = reader.integer();
      if (inner === 4) codec = value;
      else if (inner === 5) values = value;
      else if (inner === 7) length = value;
      else if (inner === 9) data = value;
      else if (inner === 11) dictionary = value;
      return true;
    });
    return true;
  });
  return { codec, values, length, start: dictionary > 0 && dictionary < data ? dictionary : data };
}
