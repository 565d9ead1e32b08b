/** One column of a row group as a dictionary, where one saves, and one data page (apache/parquet-format: DATA_PAGE_V2, Encodings.md), with zstd. */
import { constants, zstdCompressSync } from "node:zlib";
import { CODEC_ZSTD } from "./compression.ts";
import { PAGE_DATA_V2, PAGE_DICTIONARY } from "./page-header.ts";
import { BYTE_STREAM_SPLIT, PLAIN, RLE, RLE_DICTIONARY } from "./page-values.ts";
import type { OctetWriter } from "./thrift-writer.ts";

/** Fast, and most of what the highest levels save; the checksum lets damage be seen. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } };
/** Values of a dictionary at most: beyond, indexes save little, and the table leaves the cache. */
const MOST_DISTINCT = 1 << 12;
/** Times that a value must occur on average for a dictionary to save. */
const LEAST_USE = 4;
const SLOTS = 4 * MOST_DISTINCT;

/** What the footer must know of a chunk: offsets are from the start of the file. */
export interface WrittenChunk {
  readonly codec: number;
  readonly encodings: readonly number[];
  readonly rows: number;
  readonly uncompressed: number;
  readonly compressed: number;
  readonly dataOffset: number;
  /** Null where there is no dictionary. */
  readonly dictionaryOffset: number | null;
  /** Least and greatest value, as they stand in a page, or null. */
  readonly bounds: { readonly least: Uint8Array; readonly greatest: Uint8Array } | null;
}

/** Writes the chunks of a file into `out`. */
export class ChunkWriter {
  readonly #out: OctetWriter;
  readonly #keys = new Uint32Array(SLOTS);
  readonly #slots = new Uint16Array(SLOTS);
  readonly #dictionary = new Uint32Array(MOST_DISTINCT);
  readonly #indexes: Uint16Array;
  readonly #levels: Uint8Array;
  readonly #packed: Uint8Array;

  /** @param rows of a row group at most. */
  constructor(out: OctetWriter, rows: number) {
    this.#out = out;
    this.#indexes = new Uint16Array(rows);
    this.#levels = new Uint8Array(8 + (rows >>> 3));
    this.#packed = new Uint8Array(8 * rows + 16);
  }

  /**
   * Writes 32-bit values (integers, or the bits of floats). `present` has 1 for each row that has one, or is null where all have; `values`
   * holds those alone. `base` is the offset in the file of the first octet of `out`.
   */
  words(values: Uint32Array, rows: number, present: Uint8Array | null, base: number): WrittenChunk {
    const distinct = this.#index(values);
    if (distinct === 0) return this.#chunk(octetsOf(values), PLAIN, rows, values.length, present, base, null, null);
    const dictionary = octetsOf(this.#dictionary.subarray(0, distinct));
    return this.#chunk(this.#packIndexes(values.length, distinct), RLE_DICTIONARY, rows, values.length, present, base, dictionary, null);
  }

  /** Writes doubles that every row has, their first octets together, then their second, …; with their bounds. */
  doubles(values: Float64Array, base: number): WrittenChunk {
    const count = values.length;
    const octets = octetsOf(values);
    const split = this.#packed.subarray(0, 8 * count);
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
      for (let octet = 0; octet < 8; octet++) split[octet * count + i] = octets[8 * i + octet]!;
    }
    const bounds = { least: octetsOf(Float64Array.of(least)), greatest: octetsOf(Float64Array.of(greatest)) };
    return this.#chunk(split, BYTE_STREAM_SPLIT, count, count, null, base, null, bounds);
  }

  /** Writes values of 16 octets each, one after another, of the rows that `present` has 1 for. */
  addresses(octets: Uint8Array, rows: number, present: Uint8Array, base: number): WrittenChunk {
    return this.#chunk(octets, PLAIN, rows, octets.length / 16, present, base, null, null);
  }

  /** Numbers the distinct values into `#dictionary`, each value's number into `#indexes`; returns how many there are, 0 for too many. */
  #index(values: Uint32Array): number {
    const count = values.length;
    const most = Math.min(MOST_DISTINCT, Math.floor(count / LEAST_USE));
    const keys = this.#keys;
    const slots = this.#slots;
    const dictionary = this.#dictionary;
    const indexes = this.#indexes;
    slots.fill(0);
    let distinct = 0;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      let slot = (Math.imul(value, 0x9e3779b1) >>> 16) & (SLOTS - 1);
      while (slots[slot] !== 0 && keys[slot] !== value) slot = (slot + 1) & (SLOTS - 1);
      if (slots[slot] === 0) {
        if (distinct >= most) return 0;
        keys[slot] = value;
        dictionary[distinct] = value;
        slots[slot] = ++distinct;
      }
      indexes[i] = slots[slot]! - 1;
    }
    return distinct;
  }

  /** The indexes as the octet of their width and one run: of one value, or packed. */
  #packIndexes(count: number, distinct: number): Uint8Array {
    const width = 32 - Math.clz32(distinct - 1);
    const packed = this.#packed;
    packed[0] = width;
    if (width === 0) return packed.subarray(0, putVarint(packed, 1, 2 * count));
    const groups = (count + 7) >>> 3;
    const start = putVarint(packed, 1, 2 * groups + 1);
    const end = start + groups * width;
    packed.fill(0, start, end);
    let bits = 0;
    let have = 0;
    let at = start;
    for (let i = 0; i < count; i++) {
      bits |= this.#indexes[i]! << have;
      have += width;
      while (have >= 8) {
        packed[at++] = bits;
        bits >>>= 8;
        have -= 8;
      }
    }
    if (have > 0) packed[at] = bits;
    return packed.subarray(0, end);
  }

  /** The definition levels of {@link PAGE_DATA_V2}: one bit a row. */
  #packLevels(present: Uint8Array | null, rows: number): Uint8Array {
    const levels = this.#levels;
    if (present === null) return levels.subarray(0, 0);
    const groups = (rows + 7) >>> 3;
    const start = putVarint(levels, 0, 2 * groups + 1);
    levels.fill(0, start, start + groups);
    for (let row = 0; row < rows; row++) if (present[row] === 1) levels[start + (row >>> 3)]! |= 1 << (row & 7);
    return levels.subarray(0, start + groups);
  }

  #chunk(
    values: Uint8Array,
    encoding: number,
    rows: number,
    count: number,
    present: Uint8Array | null,
    base: number,
    dictionary: Uint8Array | null,
    bounds: WrittenChunk["bounds"],
  ): WrittenChunk {
    const out = this.#out;
    const start = out.length;
    let uncompressed = 0;
    if (dictionary !== null) {
      const body = zstdCompressSync(dictionary, ZSTD);
      out.body(() => {
        out.i32(1, PAGE_DICTIONARY);
        out.i32(2, dictionary.length);
        out.i32(3, body.length);
        out.struct(7, () => {
          out.i32(1, dictionary.length / 4);
          out.i32(2, PLAIN);
        });
      });
      uncompressed += out.length - start + dictionary.length;
      out.octets(body);
    }
    const dataStart = out.length;
    const levels = this.#packLevels(present, rows);
    const body = zstdCompressSync(values, ZSTD);
    out.body(() => {
      out.i32(1, PAGE_DATA_V2);
      out.i32(2, levels.length + values.length);
      out.i32(3, levels.length + body.length);
      out.struct(8, () => {
        out.i32(1, rows);
        out.i32(2, rows - count);
        out.i32(3, rows);
        out.i32(4, encoding);
        out.i32(5, levels.length);
        out.i32(6, 0);
        out.bool(7, true);
      });
    });
    uncompressed += out.length - dataStart + levels.length + values.length;
    out.octets(levels);
    out.octets(body);
    return {
      codec: CODEC_ZSTD,
      encodings: dictionary === null ? [encoding, RLE] : [PLAIN, encoding, RLE],
      rows,
      uncompressed,
      compressed: out.length - start,
      dataOffset: base + dataStart,
      dictionaryOffset: dictionary === null ? null : base + start,
      bounds,
    };
  }
}

function octetsOf(values: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Writes an unsigned number at `bytes[at…]`, seven bits an octet, and returns where it ends. */
function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  let to = at;
  while (rest >= 0x80) {
    bytes[to++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[to++] = rest;
  return to;
}
