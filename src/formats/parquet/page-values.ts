/** The values of one column, page by page: numbers in one array, octets in another, whatever the encoding (apache/parquet-format, Encodings.md). */
import { decompress } from "./compression.ts";
import {
  type Leaf,
  TYPE_BOOLEAN,
  TYPE_BYTE_ARRAY,
  TYPE_DOUBLE,
  TYPE_FIXED,
  TYPE_FLOAT,
  TYPE_INT32,
  TYPE_INT64,
  TYPE_INT96,
} from "./metadata.ts";
import { PAGE_DATA, PAGE_DATA_V2, PAGE_DICTIONARY, type PageHeader } from "./page-header.ts";
import { readDeltas, readRuns } from "./runs.ts";
import { ParquetFault } from "./thrift.ts";

export const PLAIN = 0;
const PLAIN_DICTIONARY = 2;
export const RLE = 3;
const DELTA_BINARY_PACKED = 5;
const DELTA_LENGTH_BYTE_ARRAY = 6;
const DELTA_BYTE_ARRAY = 7;
export const RLE_DICTIONARY = 8;
export const BYTE_STREAM_SPLIT = 9;

const CUT = "Parquet page that ends before its values";
const MALFORMED = "Parquet page that is malformed";
/** The Julian day of 1 January 1970: time stamps of INT96 are such a day and nanoseconds of it. */
const JULIAN_1970 = 2_440_588;
const DAY = 86_400;

/** Values of a page or a dictionary: `count` of them, in `numbers`, or as `octets[starts[i], ends[i])`. */
class Values {
  count = 0;
  numbers = new Float64Array(0);
  octets: Uint8Array = new Uint8Array(0);
  starts = new Int32Array(0);
  ends = new Int32Array(0);

  reserve(count: number, asOctets: boolean): void {
    this.count = count;
    if (asOctets && this.starts.length < count) {
      this.starts = new Int32Array(count);
      this.ends = new Int32Array(count);
    } else if (!asOctets && this.numbers.length < count) this.numbers = new Float64Array(count);
  }
}

/** Decodes the pages of one column in their order; after {@link page} the values of that page stand in the fields below. */
export class PageValues {
  /** Whether values are octets (BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY) and not numbers. */
  readonly isOctets: boolean;
  /** Rows in the page. */
  count = 0;
  /** Of each row: 1 where it has a value. Valid where {@link hasNulls}. */
  present: Uint8Array = new Uint8Array(0);
  readonly #leaf: Leaf;
  readonly #codec: number;
  readonly #dictionary = new Values();
  readonly #plain = new Values();
  /** Those of the page at hand, without its missing ones: the dictionary's octets, where they came from there. */
  #values = this.#plain;
  #indexes = new Uint32Array(0);
  #usesDictionary = false;
  #hasNulls = false;

  constructor(leaf: Leaf, codec: number) {
    this.#leaf = leaf;
    this.#codec = codec;
    this.isOctets = leaf.type === TYPE_BYTE_ARRAY || leaf.type === TYPE_FIXED;
    if (leaf.mostRepetition > 0) throw new ParquetFault("Parquet column that holds lists");
    if (leaf.type === TYPE_FIXED && (leaf.length < 1 || leaf.length > 1 << 16)) throw new ParquetFault(MALFORMED);
  }

  /** Decodes the page behind `header` at `bytes[start…]`. False for a dictionary, or a page without rows. @throws ParquetFault */
  page(header: PageHeader, bytes: Uint8Array, start: number): boolean {
    const body = bytes.subarray(start, start + header.compressed);
    if (header.type === PAGE_DICTIONARY) {
      const page = decompress(body, header.uncompressed, this.#codec);
      this.#readPlain(this.#dictionary, page, 0, header.values);
      // Pages are read from a buffer that is overwritten; a dictionary stays.
      if (page === body) this.#dictionary.octets = page.slice();
      return false;
    }
    if (header.type === PAGE_DATA) this.#dataPage(header, decompress(body, header.uncompressed, this.#codec));
    else if (header.type === PAGE_DATA_V2) this.#dataPageV2(header, body);
    else return false;
    return this.count > 0;
  }

  /** Whether some rows of the page lack a value: only then {@link present} tells which. */
  get hasNulls(): boolean {
    return this.#hasNulls;
  }

  /** The `index`-th value (of those present) as a number. */
  number(index: number): number {
    return this.#values.numbers[this.#usesDictionary ? this.#indexes[index]! : index]!;
  }

  /** Puts the number of each row into `target`, `absent` for a row that has none. */
  copyNumbers(target: Float64Array | Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array, absent: number): void {
    const { numbers } = this.#values;
    const indexes = this.#indexes;
    const { present, count } = this;
    const usesDictionary = this.#usesDictionary;
    if (!this.#hasNulls) {
      if (usesDictionary) for (let row = 0; row < count; row++) target[row] = numbers[indexes[row]!]!;
      else for (let row = 0; row < count; row++) target[row] = numbers[row]!;
      return;
    }
    for (let row = 0, index = 0; row < count; row++) {
      if (present[row] !== 1) target[row] = absent;
      else {
        target[row] = numbers[usesDictionary ? indexes[index]! : index]!;
        index++;
      }
    }
  }

  get octets(): Uint8Array {
    return this.#values.octets;
  }

  /** Where the `index`-th value (of those present) begins and ends in {@link octets}. */
  start(index: number): number {
    return this.#values.starts[this.#usesDictionary ? this.#indexes[index]! : index]!;
  }

  end(index: number): number {
    return this.#values.ends[this.#usesDictionary ? this.#indexes[index]! : index]!;
  }

  #dataPage(header: PageHeader, page: Uint8Array): void {
    let at = 0;
    if (this.#leaf.mostDefinition > 0) {
      if (page.length < 4) throw new ParquetFault(CUT);
      const length = new DataView(page.buffer, page.byteOffset, 4).getUint32(0, true);
      if (length > page.length - 4) throw new ParquetFault(CUT);
      this.#levels(page, 4, 4 + length, header.values);
      at = 4 + length;
    } else this.#allPresent(header.values);
    this.#decode(page, at, header.encoding);
  }

  #dataPageV2(header: PageHeader, body: Uint8Array): void {
    const levels = header.repetitionBytes + header.definitionBytes;
    if (levels > body.length) throw new ParquetFault(CUT);
    if (this.#leaf.mostDefinition > 0) this.#levels(body, header.repetitionBytes, levels, header.values);
    else this.#allPresent(header.values);
    const rest = body.subarray(levels);
    this.#decode(header.isCompressed ? decompress(rest, header.uncompressed - levels, this.#codec) : rest, 0, header.encoding);
  }

  #allPresent(count: number): void {
    this.count = count;
    this.#hasNulls = false;
    this.#reserveIndexes(count);
  }

  #levels(bytes: Uint8Array, start: number, end: number, count: number): void {
    this.#allPresent(count);
    const most = this.#leaf.mostDefinition;
    readRuns(bytes, start, end, 32 - Math.clz32(most), this.#indexes, count);
    if (this.present.length < count) this.present = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      const isPresent = this.#indexes[i] === most ? 1 : 0;
      this.present[i] = isPresent;
      if (isPresent === 0) this.#hasNulls = true;
    }
  }

  #reserveIndexes(count: number): void {
    if (this.#indexes.length < count) this.#indexes = new Uint32Array(count);
  }

  #presentCount(): number {
    if (!this.#hasNulls) return this.count;
    let count = 0;
    for (let i = 0; i < this.count; i++) count += this.present[i]!;
    return count;
  }

  #decode(page: Uint8Array, at: number, encoding: number): void {
    const count = this.#presentCount();
    this.#usesDictionary = encoding === RLE_DICTIONARY || encoding === PLAIN_DICTIONARY;
    this.#values = this.#usesDictionary ? this.#dictionary : this.#plain;
    if (this.#usesDictionary) {
      if (count === 0) return;
      if (at >= page.length) throw new ParquetFault(CUT);
      readRuns(page, at + 1, page.length, page[at]!, this.#indexes, count);
      const known = this.#dictionary.count;
      for (let i = 0; i < count; i++) if (this.#indexes[i]! >= known) throw new ParquetFault(MALFORMED);
    } else if (encoding === PLAIN) this.#readPlain(this.#plain, page, at, count);
    else if (encoding === RLE && this.#leaf.type === TYPE_BOOLEAN) this.#readBooleans(page, at, count);
    else if (encoding === BYTE_STREAM_SPLIT) this.#readPlain(this.#plain, joined(page, at, count, this.#width()), 0, count);
    else if (encoding === DELTA_BINARY_PACKED && !this.isOctets) this.#readDeltas(page, at, count);
    else if (encoding === DELTA_LENGTH_BYTE_ARRAY && this.isOctets) this.#readLengths(page, at, count);
    else if (encoding === DELTA_BYTE_ARRAY && this.isOctets) this.#readPrefixed(page, at, count);
    else throw new ParquetFault("Parquet page of an encoding that is not read");
  }

  #width(): number {
    switch (this.#leaf.type) {
      case TYPE_INT32:
      case TYPE_FLOAT:
        return 4;
      case TYPE_INT64:
      case TYPE_DOUBLE:
        return 8;
      case TYPE_INT96:
        return 12;
      case TYPE_FIXED:
        return this.#leaf.length;
      default:
        throw new ParquetFault(MALFORMED);
    }
  }

  #readPlain(target: Values, page: Uint8Array, start: number, count: number): void {
    // Of values there are no more than bits: a header cannot make room for what is not there.
    if (count > 8 * (page.length - start)) throw new ParquetFault(CUT);
    target.reserve(count, this.isOctets);
    if (this.#leaf.type === TYPE_BYTE_ARRAY) return readByteArrays(target, page, start, count);
    if (this.#leaf.type === TYPE_BOOLEAN) {
      for (let i = 0; i < count; i++) target.numbers[i] = (page[start + (i >>> 3)]! >>> (i & 7)) & 1;
      return;
    }
    const width = this.#width();
    if (count * width > page.length - start) throw new ParquetFault(CUT);
    if (this.#leaf.type === TYPE_FIXED) {
      target.octets = page;
      for (let i = 0; i < count; i++) {
        target.starts[i] = start + i * width;
        target.ends[i] = start + (i + 1) * width;
      }
      return;
    }
    readNumbers(target.numbers, new DataView(page.buffer, page.byteOffset, page.length), start, count, this.#leaf);
  }

  #readBooleans(page: Uint8Array, at: number, count: number): void {
    readRuns(page, at + 4, page.length, 1, this.#indexes, count);
    this.#plain.reserve(count, false);
    for (let i = 0; i < count; i++) this.#plain.numbers[i] = this.#indexes[i]!;
  }

  #readDeltas(page: Uint8Array, at: number, count: number): void {
    if (count === 0) return;
    const { type, unsigned } = this.#leaf;
    this.#plain.reserve(count, false);
    const { numbers } = this.#plain;
    readDeltas(page, at, page.length, numbers, count);
    // Differences of 32 bits wrap round.
    if (type === TYPE_INT32) for (let i = 0; i < count; i++) numbers[i] = unsigned ? numbers[i]! >>> 0 : numbers[i]! | 0;
  }

  #readLengths(page: Uint8Array, start: number, count: number): void {
    this.#plain.reserve(count, true);
    if (count === 0) return;
    const lengths = new Float64Array(count);
    let at = readDeltas(page, start, page.length, lengths, count);
    this.#plain.octets = page;
    for (let i = 0; i < count; i++) {
      const length = lengths[i]!;
      if (length < 0 || length > page.length - at) throw new ParquetFault(CUT);
      this.#plain.starts[i] = at;
      at += length;
      this.#plain.ends[i] = at;
    }
  }

  /** Values that share a beginning with the one before: they are written out, within the bound of a page. */
  #readPrefixed(page: Uint8Array, start: number, count: number): void {
    this.#plain.reserve(count, true);
    if (count === 0) return;
    const prefixes = new Float64Array(count);
    const suffixes = new Float64Array(count);
    const middle = readDeltas(page, start, page.length, prefixes, count);
    let at = readDeltas(page, middle, page.length, suffixes, count);
    let total = 0;
    for (let i = 0; i < count; i++) total += prefixes[i]! + suffixes[i]!;
    if (!(total >= 0) || total > MOST_PREFIXED) throw new ParquetFault(MALFORMED);
    const octets = new Uint8Array(total);
    let to = 0;
    let before = 0;
    for (let i = 0; i < count; i++) {
      const prefix = prefixes[i]!;
      const suffix = suffixes[i]!;
      if (prefix < 0 || suffix < 0 || prefix > to - before || suffix > page.length - at) throw new ParquetFault(MALFORMED);
      octets.copyWithin(to, before, before + prefix);
      octets.set(page.subarray(at, at + suffix), to + prefix);
      before = to;
      this.#plain.starts[i] = to;
      to += prefix + suffix;
      this.#plain.ends[i] = to;
      at += suffix;
    }
    this.#plain.octets = octets;
  }
}

/** Octets that values with shared beginnings come to at most. */
const MOST_PREFIXED = 1 << 26;

function readByteArrays(target: Values, page: Uint8Array, start: number, count: number): void {
  const view = new DataView(page.buffer, page.byteOffset, page.length);
  target.octets = page;
  let at = start;
  for (let i = 0; i < count; i++) {
    if (page.length - at < 4) throw new ParquetFault(CUT);
    const length = view.getUint32(at, true);
    at += 4;
    if (length > page.length - at) throw new ParquetFault(CUT);
    target.starts[i] = at;
    at += length;
    target.ends[i] = at;
  }
}

function readNumbers(target: Float64Array, view: DataView, start: number, count: number, leaf: Leaf): void {
  const { type, unsigned } = leaf;
  let at = start;
  if (type === TYPE_INT32) {
    for (let i = 0; i < count; i++, at += 4) target[i] = unsigned ? view.getUint32(at, true) : view.getInt32(at, true);
  } else if (type === TYPE_INT64) {
    for (let i = 0; i < count; i++, at += 8) {
      const high = unsigned ? view.getUint32(at + 4, true) : view.getInt32(at + 4, true);
      target[i] = high * 0x1_0000_0000 + view.getUint32(at, true);
    }
  } else if (type === TYPE_FLOAT) {
    for (let i = 0; i < count; i++, at += 4) target[i] = view.getFloat32(at, true);
  } else if (type === TYPE_DOUBLE) {
    for (let i = 0; i < count; i++, at += 8) target[i] = view.getFloat64(at, true);
  } else {
    for (let i = 0; i < count; i++, at += 12) {
      const nanoseconds = view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
      target[i] = (view.getUint32(at + 8, true) - JULIAN_1970) * DAY + nanoseconds / 1e9;
    }
  }
}

/** Values of `width` octets put together again, whose first octets stand together, then their second, and so on. */
function joined(page: Uint8Array, at: number, count: number, width: number): Uint8Array {
  if (count * width > page.length - at) throw new ParquetFault(CUT);
  const values = new Uint8Array(count * width);
  for (let octet = 0; octet < width; octet++) {
    const from = at + octet * count;
    for (let i = 0; i < count; i++) values[i * width + octet] = page[from + i]!;
  }
  return values;
}
