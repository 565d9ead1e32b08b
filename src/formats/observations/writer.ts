/** Observations written as Parquet, row group after row group, in bounded memory: what `precursor convert` makes. */
import { ObservationBatch } from "../../model/observation.ts";
import { ChunkWriter, type WrittenChunk } from "../parquet/chunk-writer.ts";
import { type WrittenColumn, type WrittenGroup, writeFooter } from "../parquet/footer-writer.ts";
import { MAGIC } from "../parquet/metadata.ts";
import { OctetWriter } from "../parquet/thrift-writer.ts";
import { RowCopier } from "./copy-rows.ts";
import {
  ANONYMISED_PROLOGUE,
  type AddressLayout,
  type ColumnLayout,
  COLUMNS,
  GROUP_ROWS,
  isPresent,
  METADATA_KEY,
  type NumberLayout,
  PROLOGUE,
} from "./layout.ts";

/** Takes octets of the file, in their order; they must be used before it returns. */
export type OctetSink = (octets: Uint8Array) => void;

/** What the file says of itself, for whoever opens it with another tool. */
export interface ObservationsNote {
  /** Program and version. */
  readonly createdBy: string;
  readonly isAnonymised: boolean;
}

const WRITTEN_COLUMNS: readonly WrittenColumn[] = COLUMNS.map((column) => ({
  name: column.name,
  type: column.kind === "address" ? "FIXED_16" : column.type,
  isOptional: column.presence !== "always",
}));

/** Writes batches to `sink`. The file is whole only after {@link finish}. */
export class ObservationsWriter {
  /** Rows so far, and octets handed on. */
  rows = 0;
  octets = 0;
  readonly #sink: OctetSink;
  readonly #note: ObservationsNote;
  readonly #group = new ObservationBatch(GROUP_ROWS);
  readonly #groups: WrittenGroup[] = [];
  readonly #out = new OctetWriter();
  readonly #chunks = new ChunkWriter(this.#out, GROUP_ROWS);
  readonly #present = new Uint8Array(GROUP_ROWS);
  readonly #words = new Uint32Array(GROUP_ROWS);
  readonly #floats = new Float32Array(this.#words.buffer);
  readonly #addresses = new Uint8Array(16 * GROUP_ROWS);
  #copier: RowCopier | null = null;

  constructor(sink: OctetSink, note: ObservationsNote) {
    this.#sink = sink;
    this.#note = note;
    this.#out.octets(note.isAnonymised ? ANONYMISED_PROLOGUE : PROLOGUE);
  }

  /** Adds the rows of a batch, which may be reused afterwards. */
  write(batch: ObservationBatch): void {
    if (this.#copier?.from !== batch) this.#copier = new RowCopier(batch);
    let at = 0;
    while (at < batch.length) {
      const count = Math.min(batch.length - at, GROUP_ROWS - this.#group.length);
      this.#copier.append(this.#group, at, count);
      at += count;
      if (this.#group.length === GROUP_ROWS) this.#writeGroup();
    }
    this.rows += batch.length;
  }

  /** Writes what is left, and the footer. */
  finish(): void {
    if (this.#group.length > 0) this.#writeGroup();
    const metadata = [{ key: METADATA_KEY, value: JSON.stringify({ version: 1, anonymised: this.#note.isAnonymised }) }];
    writeFooter(this.#out, { columns: WRITTEN_COLUMNS, groups: this.#groups, metadata, createdBy: this.#note.createdBy }, MAGIC);
    this.#handOn();
  }

  #writeGroup(): void {
    // One data page a column, so that whoever reads the file as it comes can tell where a row group ends.
    this.#groups.push({ rows: this.#group.length, chunks: COLUMNS.map((column) => this.#chunk(column)) });
    this.#group.length = 0;
    this.#handOn();
  }

  #chunk(column: ColumnLayout): WrittenChunk {
    const rows = this.#group.length;
    const present = column.presence === "always" ? null : this.#markPresent(column);
    if (column.kind === "address") return this.#addressChunk(column, present ?? this.#present);
    if (column.name === "time") return this.#chunks.doubles(this.#group.time.subarray(0, rows), this.octets);
    return this.#chunks.words(this.#words.subarray(0, this.#fillWords(column, present)), rows, present, this.octets);
  }

  #markPresent(column: ColumnLayout): Uint8Array {
    const group = this.#group;
    for (let row = 0; row < group.length; row++) this.#present[row] = isPresent(group, row, column) ? 1 : 0;
    return this.#present;
  }

  /** Gathers the values of the rows that have one, as 32 bits each; returns how many. */
  #fillWords(column: NumberLayout, present: Uint8Array | null): number {
    const rows = this.#group.length;
    const values = this.#group[column.name];
    const target = column.type === "FLOAT" ? this.#floats : this.#words;
    let count = 0;
    for (let row = 0; row < rows; row++) if (present === null || present[row] === 1) target[count++] = values[row]!;
    return count;
  }

  /** Addresses stand in the order of the network, as other tools expect them. */
  #addressChunk(column: AddressLayout, present: Uint8Array): WrittenChunk {
    const rows = this.#group.length;
    const words = this.#group[column.name];
    const octets = this.#addresses;
    let at = 0;
    for (let row = 0; row < rows; row++) {
      if (present[row] !== 1) continue;
      for (let i = 0; i < 4; i++, at += 4) {
        const word = words[4 * row + i]!;
        octets[at] = word >>> 24;
        octets[at + 1] = word >>> 16;
        octets[at + 2] = word >>> 8;
        octets[at + 3] = word;
      }
    }
    return this.#chunks.addresses(octets.subarray(0, at), rows, present, this.octets);
  }

  #handOn(): void {
    const octets = this.#out.written();
    this.octets += octets.length;
    this.#sink(octets);
    this.#out.length = 0;
  }
}
