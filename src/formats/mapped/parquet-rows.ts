/**
 * Parquet through a mapping. A Parquet file can be read only from its end, so all of it is held in memory, with a bound, and decoded when
 * it is whole; of each column then no more than one page.
 */
import { type Decoder, DecodeStats } from "../format.ts";
import { ColumnCursor } from "../parquet/column-cursor.ts";
import { type Leaf, type Metadata, readMetadata, type RowGroup, TYPE_FIXED, UNIT_DAY } from "../parquet/metadata.ts";
import { ParquetFault } from "../parquet/thrift.ts";
import { MAPPED_FIELDS, type Mapping } from "./mapping.ts";
import { type MappedRecord, SKIP_NO_PACKETS } from "./record.ts";

/** Largest file that is read, octets. */
const MOST_BYTES = 1 << 28;
const DAY = 86_400;
const TOO_LARGE = "Parquet file above 256 MiB: split it, or write it as CSV or JSON lines";
const NO_SUCH_COLUMN = "the Parquet file lacks a column that the mapping names";

/** A column that is wanted, and the field that it gives. */
interface Wanted {
  readonly leaf: number;
  readonly field: number;
}

export class ParquetRowsDecoder implements Decoder {
  readonly stats: DecodeStats = new DecodeStats();
  readonly #mapping: Mapping;
  readonly #record: MappedRecord;
  #buffer: ArrayBuffer = new ArrayBuffer(0, { maxByteLength: MOST_BYTES });
  #length = 0;

  constructor(mapping: Mapping, record: MappedRecord) {
    this.#mapping = mapping;
    this.#record = record;
  }

  push(bytes: Uint8Array, start: number, end: number): number {
    if (this.stats.damage === null) this.#keep(bytes, start, end);
    return end - start;
  }

  end(bytes: Uint8Array, start: number, end: number): void {
    this.push(bytes, start, end);
    if (this.stats.damage !== null) return;
    const file = new Uint8Array(this.#buffer.transferToFixedLength(this.#length));
    try {
      this.#readAll(file, readMetadata(file));
    } catch (error) {
      if (!(error instanceof ParquetFault)) throw error;
      this.stats.damage = { offset: this.#length, reason: error.message };
    }
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const length = this.#length + end - start;
    if (length > MOST_BYTES) {
      this.stats.damage = { offset: MOST_BYTES, reason: TOO_LARGE };
      this.#buffer = new ArrayBuffer(0);
      return;
    }
    if (length > this.#buffer.byteLength) this.#buffer.resize(Math.min(MOST_BYTES, Math.max(length, 2 * this.#buffer.byteLength)));
    new Uint8Array(this.#buffer).set(bytes.subarray(start, end), this.#length);
    this.#length = length;
  }

  #readAll(file: Uint8Array, { leaves, groups }: Metadata): void {
    const wanted: Wanted[] = [];
    for (const [field, { place }] of this.#mapping.fields) {
      if (place.kind === "constant") continue;
      const path = place.kind === "path" ? place.keys.join(".") : place.kind === "name" ? place.name : "";
      const leaf = place.kind === "number" ? place.number - 1 : leaves.findIndex((known) => known.path === path);
      if (leaf < 0 || leaf >= leaves.length) throw new ParquetFault(NO_SUCH_COLUMN);
      wanted.push({ leaf, field: MAPPED_FIELDS.indexOf(field) });
    }
    for (const group of groups) this.#readGroup(file, leaves, group, wanted);
  }

  #readGroup(file: Uint8Array, leaves: readonly Leaf[], group: RowGroup, wanted: readonly Wanted[]): void {
    const cursors = wanted.map(({ leaf }) => new ColumnCursor(file, leaves[leaf]!, group.chunks[leaf]!));
    for (let row = 0; row < group.rows; row++) {
      this.#record.begin();
      for (let i = 0; i < cursors.length; i++) {
        const cursor = cursors[i]!;
        cursor.next();
        if (cursor.isPresent) this.#take(wanted[i]!.field, cursor);
      }
      this.stats.records++;
      const fault = this.#record.finish();
      if (fault === SKIP_NO_PACKETS) this.stats.skip(fault);
      else if (fault !== null) this.stats.fault(fault, this.stats.records, "line");
    }
  }

  #take(field: number, cursor: ColumnCursor): void {
    const { values, leaf, index } = cursor;
    if (!values.isOctets) {
      const value = values.number(index);
      if (leaf.timeUnit !== 0) this.#record.seconds(field, leaf.timeUnit === UNIT_DAY ? value * DAY : value / leaf.timeUnit);
      else this.#record.number(field, value);
      return;
    }
    const start = values.start(index);
    const end = values.end(index);
    const isAddress = leaf.type === TYPE_FIXED && IS_ADDRESS[field] === true;
    if (!isAddress || !this.#record.octets(field, values.octets, start, end)) this.#record.text(field, values.octets, start, end);
  }
}

const IS_ADDRESS: readonly boolean[] = MAPPED_FIELDS.map((field) => field === "source" || field === "destination");
