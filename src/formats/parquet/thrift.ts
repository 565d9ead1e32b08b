/**
 * Thrift's compact protocol, as far as Parquet uses it (Apache Thrift, doc/specs/thrift-compact-protocol.md). Reads what an attacker may
 * have written: nothing is allocated by a size that the input names, and nesting is bounded.
 */

/** Why a Parquet input cannot be read. The reason comes from a table of this folder, never from the input. */
export class ParquetFault extends Error {
  /** Set where more octets may help. */
  readonly isCut: boolean;

  constructor(reason: string, isCut: boolean = false) {
    super(reason);
    this.name = "ParquetFault";
    this.isCut = isCut;
  }
}

export const TRUE = 1;
export const FALSE = 2;
export const BYTE = 3;
const I16 = 4;
export const I32 = 5;
export const I64 = 6;
const DOUBLE = 7;
export const BINARY = 8;
export const LIST = 9;
const SET = 10;
export const STRUCT = 12;

/** Structs within structs: Parquet's deepest (statistics in a column in a row group) needs 6. */
const MAX_DEPTH = 16;
const MALFORMED = "Parquet metadata that is malformed";
const CUT = "Parquet metadata cut before its end";

/** Walks `bytes[at, end)`. */
export class ThriftReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  /** Of the field whose header was read last. */
  field = 0;
  /** Of the list whose header was read last. */
  elementType = 0;
  /** Where the octets of the binary that was read last stand. */
  start = 0;
  stop = 0;
  #depth = 0;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Reads a struct: `visit` gets number and type of each field and reads its value, or returns false to have it skipped. */
  struct(visit: (field: number, type: number) => boolean): void {
    if (++this.#depth > MAX_DEPTH) throw new ParquetFault(MALFORMED);
    let field = 0;
    for (;;) {
      const header = this.#octet();
      const type = header & 0x0f;
      if (type === 0) break;
      const step = header >>> 4;
      field = step === 0 ? this.integer() : field + step;
      if (!visit(field, type)) this.#skip(type);
    }
    this.#depth--;
  }

  /** Reads a list's header and returns how many elements follow: never more than there are octets. */
  list(): number {
    const header = this.#octet();
    this.elementType = header & 0x0f;
    const short = header >>> 4;
    const size = short === 15 ? this.#varint() : short;
    if (size > this.end - this.at) throw new ParquetFault(CUT, true);
    return size;
  }

  /** Reads a zigzag integer of up to 64 bits; exact up to 2^53. */
  integer(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Reads a binary or string; it stands at `bytes[start, stop)`. */
  binary(): void {
    const length = this.#varint();
    if (length > this.end - this.at) throw new ParquetFault(CUT, true);
    this.start = this.at;
    this.at += length;
    this.stop = this.at;
  }

  text(): string {
    this.binary();
    return new TextDecoder().decode(this.bytes.subarray(this.start, this.stop));
  }

  #octet(): number {
    if (this.at >= this.end) throw new ParquetFault(CUT, true);
    return this.bytes[this.at++]!;
  }

  #varint(): number {
    let value = 0;
    let unit = 1;
    for (let i = 0; i < 10; i++) {
      const octet = this.#octet();
      value += (octet & 0x7f) * unit;
      if (octet < 0x80) return value;
      unit *= 128;
    }
    throw new ParquetFault(MALFORMED);
  }

  #skip(type: number): void {
    switch (type) {
      case TRUE:
      case FALSE:
        return;
      case BYTE:
        this.#octet();
        return;
      case I16:
      case I32:
      case I64:
        this.#varint();
        return;
      case DOUBLE:
        if (this.end - this.at < 8) throw new ParquetFault(CUT, true);
        this.at += 8;
        return;
      case BINARY:
        this.binary();
        return;
      case LIST:
      case SET: {
        const size = this.list();
        const element = this.elementType;
        if (++this.#depth > MAX_DEPTH) throw new ParquetFault(MALFORMED);
        for (let i = 0; i < size; i++) {
          if (element === TRUE || element === FALSE) this.#octet();
          else this.#skip(element);
        }
        this.#depth--;
        return;
      }
      case STRUCT:
        this.struct(() => false);
        return;
      default:
        throw new ParquetFault(MALFORMED);
    }
  }
}
