/** Messages of protocol buffers (protobuf.dev, "Encoding"), read field by field into {@link FlowFields}; those of a stream have their length before them. */
import { DecodeStats, type Decoder, type ObservationWriter } from "../format.ts";
import { FIELD_DESTINATION, FIELD_SOURCE, FIELDS, type FlowFields } from "./flow-fields.ts";

/** Longest message that is believed, octets: with all lists of MPLS labels and BGP paths a real one has some hundred. */
export const MAX_MESSAGE = 8192;
/** Octets of a length before a message: of {@link MAX_MESSAGE} two, with room for those that are too long to be true. */
export const MAX_LENGTH_OCTETS = 5;

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;

const FAULT_BROKEN = "protobuf message that does not parse";
const DAMAGE_LENGTH = "a message's length cannot be true";
const DAMAGE_CUT = "the input ends within a message";

/** Reads base-128 varints. After a read `next` is the octet behind it, or -1 where it is cut or longer than ten octets. */
export class VarintReader {
  next = 0;

  /** The varint at `at`, exact to 2^53. */
  read(bytes: Uint8Array, at: number, end: number): number {
    let value = 0;
    let scale = 1;
    const last = end - at > 10 ? at + 10 : end;
    for (let i = at; i < last; i++) {
      const octet = bytes[i]!;
      value += (octet & 0x7f) * scale;
      if (octet < 0x80) {
        this.next = i + 1;
        return value;
      }
      scale *= 128;
    }
    this.next = -1;
    return 0;
  }
}

/** Reads the fields of a message; other fields are passed over. */
export class MessageReader {
  readonly #varint = new VarintReader();

  /** Reads the message that fills `bytes[start, end)` into `fields`, which were cleared; the octets read whole before it broke, or all. */
  read(bytes: Uint8Array, start: number, end: number, fields: FlowFields): number {
    const varint = this.#varint;
    let at = start;
    while (at < end) {
      const key = varint.read(bytes, at, end);
      const number = Math.floor(key / 8);
      let place = varint.next;
      if (place < 0 || number === 0 || number > 0x1fffffff) return at - start;
      switch (key & 7) {
        case WIRE_VARINT: {
          const value = varint.read(bytes, place, end);
          place = varint.next;
          if (place < 0) return at - start;
          if (number < FIELDS) fields.values[number] = value;
          break;
        }
        case WIRE_BYTES: {
          const length = varint.read(bytes, place, end);
          if (varint.next < 0 || length > end - varint.next) return at - start;
          place = varint.next + length;
          if (number === FIELD_SOURCE) fields.sourceOctets = readAddress(bytes, varint.next, length, fields.words, 0);
          else if (number === FIELD_DESTINATION) fields.destinationOctets = readAddress(bytes, varint.next, length, fields.words, 4);
          break;
        }
        case WIRE_FIXED64:
          place += 8;
          break;
        case WIRE_FIXED32:
          place += 4;
          break;
        default:
          return at - start; // groups, which proto3 does not have
      }
      if (place > end) return at - start;
      at = place;
    }
    return end - start;
  }
}

/** Reads an address of 4 or 16 octets into four words from `to`; its octets, or 0 where it has another length. */
function readAddress(bytes: Uint8Array, at: number, length: number, words: Uint32Array, to: number): number {
  if (length !== 4 && length !== 16) return 0;
  for (let i = 0; i < length; i += 4) {
    const place = at + i;
    words[to + i / 4] = ((bytes[place]! << 24) | (bytes[place + 1]! << 16) | (bytes[place + 2]! << 8) | bytes[place + 3]!) >>> 0;
  }
  return length;
}

/** Decodes messages with their lengths before them, as goflow2 writes them with `-format=bin`. */
export class Goflow2Decoder implements Decoder {
  readonly stats: DecodeStats = new DecodeStats();
  readonly #writer: ObservationWriter;
  readonly #fields: FlowFields;
  readonly #reader = new MessageReader();
  readonly #varint = new VarintReader();
  /** Octets of the input before the buffer at hand. */
  #before = 0;

  constructor(writer: ObservationWriter, fields: FlowFields) {
    this.#writer = writer;
    this.#fields = fields;
  }

  push(bytes: Uint8Array, start: number, end: number): number {
    const { stats } = this;
    let at = start;
    while (stats.damage === null) {
      const length = this.#varint.read(bytes, at, end);
      const from = this.#varint.next;
      if ((from < 0 && end - at >= MAX_LENGTH_OCTETS) || (from >= 0 && (length === 0 || length > MAX_MESSAGE))) {
        stats.damage = { offset: this.#before + at - start, reason: DAMAGE_LENGTH };
        break;
      }
      if (from < 0 || length > end - from) {
        this.#before += at - start;
        return at - start;
      }
      this.#message(bytes, from, from + length, this.#before + at - start);
      at = from + length;
    }
    this.#before += end - start;
    return end - start;
  }

  end(_bytes: Uint8Array, start: number, end: number): void {
    if (end > start && this.stats.damage === null) this.stats.damage = { offset: this.#before, reason: DAMAGE_CUT };
  }

  #message(bytes: Uint8Array, start: number, end: number, offset: number): void {
    const { stats } = this;
    stats.records++;
    this.#fields.clear();
    if (this.#reader.read(bytes, start, end, this.#fields) === end - start) this.#fields.write(this.#writer, stats);
    else stats.fault(FAULT_BROKEN, offset, "octet");
  }
}
