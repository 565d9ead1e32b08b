/** One record of a mapped table, field by field, and the rows it makes. */
import {
  ICMP_TYPE_UNKNOWN,
  ACTION_ALLOWED,
  ACTION_DENIED,
  FLAGS_UNKNOWN,
  GRADE_CONFIRMED,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  RECORD_FLOW,
  RECORD_PACKET,
} from "../../model/observation.ts";
import { hasPorts, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP } from "../../model/protocol.ts";
import type { ObservationWriter } from "../format.ts";
import { payloadOf } from "../flow-export/payload.ts";
import { icmpAnswerTo } from "../icmp-answer.ts";
import { clampCount, commitRow, setDestination6, setSource6, startRow } from "../record-row.ts";
import { parseDecimal, parseIPv4At, parseIPv6At } from "../text/fields.ts";
import { flagsOf, isOneOf, lowerWord, protocolOf } from "./cell-values.ts";
import { FIELD_DEFAULTS, type FlagStyle, MAPPED_FIELDS, type MappedField, type Mapping } from "./mapping.ts";
import { type TimeReader, timeReader, unitsPerSecond } from "./time-values.ts";

const indexOf = (field: MappedField): number => MAPPED_FIELDS.indexOf(field);
const TIME = indexOf("time");
const END = indexOf("end");
const DURATION = indexOf("duration");
const SOURCE = indexOf("source");
const DESTINATION = indexOf("destination");
const SOURCE_PORT = indexOf("sourcePort");
const DESTINATION_PORT = indexOf("destinationPort");
const PROTOCOL = indexOf("protocol");
const PACKETS = indexOf("packets");
const BYTES = indexOf("bytes");
const TCP_FLAGS = indexOf("tcpFlags");
const ACTION = indexOf("action");
const ICMP_TYPE = indexOf("icmpType");
const ICMP_CODE = indexOf("icmpCode");
const REVERSE_PACKETS = indexOf("reversePackets");
const REVERSE_BYTES = indexOf("reverseBytes");
const REVERSE_TCP_FLAGS = indexOf("reverseTcpFlags");

const BLANK = 32;
const TAB = 9;
const MOST_FLAGS = 0xfff;
/** Seconds by which the answer's row is later than what it answers, where the record does not say. */
const REVERSE_DELAY = 1e-6;

/** Why a record makes no row. */
const FAULTS: readonly string[] = MAPPED_FIELDS.map((field) => `mapped record whose ${field} cannot be read`);
const MISSING: readonly string[] = MAPPED_FIELDS.map((field) => `mapped record without its ${field}`);
export const FAULT_FAMILIES = "mapped record with addresses of two families";
export const SKIP_NO_PACKETS = "mapped record of no packets";

/** Takes the values of a record ({@link text}, {@link number}, {@link octets}), then {@link finish} makes its rows. */
export class MappedRecord {
  readonly #writer: ObservationWriter;
  readonly #mapping: Mapping;
  readonly #times: readonly (TimeReader | null)[];
  /** Units of a second, of each field. */
  readonly #perSecond: readonly number[];
  readonly #flagStyles: readonly FlagStyle[];
  readonly #missing: readonly Uint8Array[];
  readonly #denied: readonly Uint8Array[];
  readonly #allowed: readonly Uint8Array[];
  readonly #deniedNumbers: readonly number[];
  readonly #allowedNumbers: readonly number[];
  /** Of each field: its number (NaN: none), addresses aside. */
  readonly #values = new Float64Array(MAPPED_FIELDS.length);
  readonly #constants = new Float64Array(MAPPED_FIELDS.length).fill(Number.NaN);
  /** Source and destination: four words each, an IPv4 address in the first; and their families, 0 for none. */
  readonly #source = new Uint32Array(4);
  readonly #destination = new Uint32Array(4);
  #sourceFamily = 0;
  #destinationFamily = 0;
  /** Families of addresses that are constants, or 0. */
  readonly #constantSource: number;
  readonly #constantDestination: number;
  #fault: string | null = null;

  constructor(mapping: Mapping, writer: ObservationWriter) {
    this.#mapping = mapping;
    this.#writer = writer;
    this.#times = MAPPED_FIELDS.map((field) => {
      const unit = mapping.fields.get(field)?.unit ?? FIELD_DEFAULTS.unit;
      return field === "time" || field === "end" || field === "duration" ? timeReader(unit, mapping.utcOffset) : null;
    });
    const fields = MAPPED_FIELDS.map((field) => mapping.fields.get(field) ?? FIELD_DEFAULTS);
    this.#perSecond = fields.map(({ unit }) => unitsPerSecond(unit));
    this.#flagStyles = fields.map(({ flags }) => flags);
    this.#missing = mapping.missing.map(lowerWord);
    const action = mapping.fields.get("action") ?? FIELD_DEFAULTS;
    this.#denied = action.denied.map(lowerWord);
    this.#allowed = action.allowed.map(lowerWord);
    this.#deniedNumbers = action.denied.map(Number);
    this.#allowedNumbers = action.allowed.map(Number);
    this.#values.fill(Number.NaN);
    for (const [field, { place }] of mapping.fields) {
      if (place.kind !== "constant") continue;
      const bytes = new TextEncoder().encode(place.text);
      this.text(indexOf(field), bytes, 0, bytes.length);
    }
    this.#constants.set(this.#values);
    this.#constantSource = this.#sourceFamily;
    this.#constantDestination = this.#destinationFamily;
  }

  /** Begins a record: nothing is known of it but the constants. */
  begin(): void {
    this.#values.set(this.#constants);
    this.#sourceFamily = this.#constantSource;
    this.#destinationFamily = this.#constantDestination;
    this.#fault = null;
  }

  /** The value of field `field` (its place in MAPPED_FIELDS) is the text `bytes[start, end)`. */
  text(field: number, bytes: Uint8Array, start: number, end: number): void {
    let from = start;
    let to = end;
    while (from < to && (bytes[from] === BLANK || bytes[from] === TAB)) from++;
    while (to > from && (bytes[to - 1] === BLANK || bytes[to - 1] === TAB)) to--;
    if (from === to || isOneOf(bytes, from, to, this.#missing)) return;
    if (field === SOURCE || field === DESTINATION) {
      this.#address(field, bytes, from, to);
      return;
    }
    const value = this.#valueOf(field, bytes, from, to);
    this.#values[field] = value;
    if (Number.isNaN(value)) this.#fault = FAULTS[field]!;
  }

  /** The value of field `field` is a number, in the unit of its mapping. */
  number(field: number, value: number): void {
    if (field === ACTION) {
      this.#values[field] = this.#deniedNumbers.includes(value) ? ACTION_DENIED : this.#allowedNumbers.includes(value) ? ACTION_ALLOWED : 0;
      return;
    }
    this.seconds(field, this.#times[field] === null ? value : value / this.#perSecond[field]!);
  }

  /** The value of a field of time is known in seconds. */
  seconds(field: number, value: number): void {
    if (field === SOURCE || field === DESTINATION) {
      // An IPv4 address as an integer, as databases keep it.
      if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) this.#fault = FAULTS[field]!;
      else this.#setFour(field, value);
    } else if (Number.isFinite(value) && value >= 0) this.#values[field] = value;
    else this.#fault = FAULTS[field]!;
  }

  /** An address as 4 or 16 octets; whether it was one. */
  octets(field: number, bytes: Uint8Array, start: number, end: number): boolean {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
    if (end - start === 4) this.#setFour(field, view.getUint32(0));
    else if (end - start === 16) {
      const words = field === SOURCE ? this.#source : this.#destination;
      for (let i = 0; i < 4; i++) words[i] = view.getUint32(4 * i);
      this.#setFamily(field, 6);
    } else return false;
    return true;
  }

  #address(field: number, bytes: Uint8Array, start: number, end: number): void {
    const four = parseIPv4At(bytes, start, end);
    if (four >= 0) return this.#setFour(field, four);
    if (parseIPv6At(bytes, start, end, field === SOURCE ? this.#source : this.#destination)) this.#setFamily(field, 6);
    else this.#fault = FAULTS[field]!;
  }

  #setFour(field: number, address: number): void {
    (field === SOURCE ? this.#source : this.#destination)[0] = address;
    this.#setFamily(field, 4);
  }

  #setFamily(field: number, family: number): void {
    if (field === SOURCE) this.#sourceFamily = family;
    else this.#destinationFamily = family;
  }

  #valueOf(field: number, bytes: Uint8Array, start: number, end: number): number {
    const time = this.#times[field];
    if (time !== null && time !== undefined) return time(bytes, start, end);
    if (field === PROTOCOL) return protocolOf(bytes, start, end);
    if (field === TCP_FLAGS || field === REVERSE_TCP_FLAGS) {
      return flagsOf(bytes, start, end, this.#flagStyles[field]!);
    }
    if (field === ACTION) {
      if (isOneOf(bytes, start, end, this.#denied)) return ACTION_DENIED;
      return isOneOf(bytes, start, end, this.#allowed) ? ACTION_ALLOWED : 0;
    }
    const value = parseDecimal(bytes, start, end);
    return value < 0 ? Number.NaN : value;
  }

  /** Makes the rows of the record. Null, or why it makes none. */
  finish(): string | null {
    if (this.#fault !== null) return this.#fault;
    const values = this.#values;
    if (this.#sourceFamily === 0) return MISSING[SOURCE]!;
    if (this.#destinationFamily === 0) return MISSING[DESTINATION]!;
    if (this.#sourceFamily !== this.#destinationFamily) return FAULT_FAMILIES;
    if (Number.isNaN(values[TIME]!)) return MISSING[TIME]!;
    const protocol = values[PROTOCOL]!;
    if (Number.isNaN(protocol)) return MISSING[PROTOCOL]!;
    if (!Number.isInteger(protocol) || protocol > 255) return FAULTS[PROTOCOL]!;
    for (const field of [SOURCE_PORT, DESTINATION_PORT]) {
      const port = values[field]!;
      if (port > 65_535 || (!Number.isNaN(port) && !Number.isInteger(port))) return FAULTS[field]!;
    }
    const packets = this.#or(PACKETS, 1);
    const reverse = this.#or(REVERSE_PACKETS, 0);
    if (packets < 1 && reverse < 1) return SKIP_NO_PACKETS;
    if (packets >= 1) this.#row(protocol, packets, this.#or(BYTES, 0), TCP_FLAGS, false);
    if (reverse >= 1) this.#row(protocol, reverse, this.#or(REVERSE_BYTES, 0), REVERSE_TCP_FLAGS, true);
    return null;
  }

  #or(field: number, otherwise: number): number {
    const value = this.#values[field]!;
    return Number.isNaN(value) ? otherwise : value;
  }

  #row(protocol: number, packets: number, octets: number, flags: number, isReverse: boolean): void {
    const row = startRow(this.#writer);
    const { batch } = this.#writer;
    const from = isReverse ? this.#destination : this.#source;
    const to = isReverse ? this.#source : this.#destination;
    if (this.#sourceFamily === 6) {
      setSource6(batch, row, from[0]!, from[1]!, from[2]!, from[3]!);
      setDestination6(batch, row, to[0]!, to[1]!, to[2]!, to[3]!);
    } else {
      batch.source[row] = from[0]!;
      batch.destination[row] = to[0]!;
    }
    const time = this.#values[TIME]!;
    batch.time[row] = isReverse ? time + REVERSE_DELAY : time;
    const duration = this.#or(DURATION, this.#or(END, time) - time);
    batch.duration[row] = duration > 0 ? duration : 0;
    batch.protocol[row] = protocol;
    batch.packets[row] = clampCount(packets);
    batch.bytes[row] = clampCount(octets);
    batch.record[row] = this.#mapping.record === "flow" ? RECORD_FLOW : RECORD_PACKET;
    batch.action[row] = this.#or(ACTION, 0);
    batch.grade[row] = this.#mapping.grade === "confirmed" ? GRADE_CONFIRMED : GRADE_UNCONFIRMED;
    if (hasPorts(protocol)) this.#ports(row, isReverse);
    if (protocol === PROTOCOL_TCP) batch.tcpFlags[row] = this.#flags(flags);
    batch.payload[row] = clampCount(payloadOf(protocol, this.#sourceFamily === 6, packets, octets, batch.tcpFlags[row]!));
    if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
      const type = this.#or(ICMP_TYPE, ICMP_TYPE_UNKNOWN);
      if (type >= ICMP_TYPE_UNKNOWN) batch.icmpType[row] = ICMP_TYPE_UNKNOWN;
      else batch.icmpType[row] = isReverse ? icmpAnswerTo(type, protocol) : type;
      batch.icmpCode[row] = isReverse ? 0 : this.#or(ICMP_CODE, 0);
    }
    commitRow(this.#writer);
  }

  #ports(row: number, isReverse: boolean): void {
    const { batch } = this.#writer;
    const source = this.#values[isReverse ? DESTINATION_PORT : SOURCE_PORT]!;
    const destination = this.#values[isReverse ? SOURCE_PORT : DESTINATION_PORT]!;
    if (Number.isNaN(source) || Number.isNaN(destination)) {
      batch.grade[row] = GRADE_PLACEHOLDER;
      return;
    }
    batch.sourcePort[row] = source;
    batch.destinationPort[row] = destination;
  }

  #flags(field: number): number {
    const flags = this.#values[field]!;
    return flags >= 0 && flags <= MOST_FLAGS ? flags : FLAGS_UNKNOWN;
  }
}
