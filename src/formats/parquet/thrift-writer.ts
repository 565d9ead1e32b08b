/** Octets of a Parquet file as they are written, and Thrift's compact protocol for its headers (Apache Thrift, thrift-compact-protocol.md). */
import { BINARY, BYTE, FALSE, I32, I64, LIST, STRUCT, TRUE } from "./thrift.ts";

const STOP = 0;

/** A growing run of octets. */
export class OctetWriter {
  bytes: Uint8Array = new Uint8Array(1 << 16);
  length = 0;
  #lastField = 0;

  /** What was written, until something else is. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.length + count));
    larger.set(this.written());
    this.bytes = larger;
  }

  octet(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  octets(values: Uint8Array): void {
    this.reserve(values.length);
    this.bytes.set(values, this.length);
    this.length += values.length;
  }

  /** An unsigned number below 2^53, seven bits an octet. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.octet((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.octet(rest);
  }

  /** Four octets, least significant first. */
  uint32(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.octet((value >>> shift) & 0xff);
  }

  byte(field: number, value: number): void {
    this.#field(field, BYTE);
    this.octet(value);
  }

  i32(field: number, value: number): void {
    this.#field(field, I32);
    this.varint(2 * value);
  }

  i64(field: number, value: number): void {
    this.#field(field, I64);
    this.varint(2 * value);
  }

  bool(field: number, value: boolean): void {
    this.#field(field, value ? TRUE : FALSE);
  }

  binary(field: number, value: Uint8Array): void {
    this.#field(field, BINARY);
    this.varint(value.length);
    this.octets(value);
  }

  text(field: number, value: string): void {
    this.binary(field, new TextEncoder().encode(value));
  }

  /** A struct, whose fields `write` writes in the order of their numbers. */
  struct(field: number, write: () => void): void {
    this.#field(field, STRUCT);
    this.body(write);
  }

  /** A list of structs. */
  structs<T>(field: number, values: readonly T[], write: (value: T) => void): void {
    this.#list(field, STRUCT, values.length);
    for (const value of values) this.body(() => write(value));
  }

  /** A list of 32-bit integers. */
  integers(field: number, values: readonly number[]): void {
    this.#list(field, I32, values.length);
    for (const value of values) this.varint(2 * value);
  }

  texts(field: number, values: readonly string[]): void {
    this.#list(field, BINARY, values.length);
    for (const value of values) {
      const octets = new TextEncoder().encode(value);
      this.varint(octets.length);
      this.octets(octets);
    }
  }

  /** The fields of a struct that stands alone or in a list. */
  body(write: () => void): void {
    const before = this.#lastField;
    this.#lastField = 0;
    write();
    this.octet(STOP);
    this.#lastField = before;
  }

  #list(field: number, type: number, size: number): void {
    this.#field(field, LIST);
    if (size < 15) this.octet((size << 4) | type);
    else {
      this.octet(0xf0 | type);
      this.varint(size);
    }
  }

  #field(field: number, type: number): void {
    this.octet(((field - this.#lastField) << 4) | type);
    this.#lastField = field;
  }
}
