/**
 * AWS VPC Flow Logs as text: the default order of version 2, any order that a header tells, and lines exported from CloudWatch with a
 * stamp before them. Source: Amazon VPC user guide, "Flow log records". One record is one direction of a flow over up to ten minutes.
 */
import {
  ICMP_TYPE_UNKNOWN,
  ACTION_ALLOWED,
  ACTION_DENIED,
  FLAGS_UNKNOWN,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  RECORD_FLOW,
} from "../../model/observation.ts";
import { hasPorts, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import type { Decoder, Format, ObservationWriter } from "../format.ts";
import { payloadOf } from "../flow-export/payload.ts";
import { clampCount, commitRow, setDestination6, setSource6, startRow } from "../record-row.ts";
import { NOT_A_NUMBER, parseInteger, parseIPv4At, parseIPv6At, startsWith } from "../text/fields.ts";
import { LineDecoder, MAX_LINE, someLine } from "../text/lines.ts";
import {
  ACCEPT,
  DEFAULT_ORDER,
  EFA,
  FIELD_ACTION,
  FIELD_BYTES,
  FIELD_DESTINATION,
  FIELD_DESTINATION_PORT,
  FIELD_END,
  FIELD_FLAGS,
  FIELD_KINDS,
  FIELD_PACKET_DESTINATION,
  FIELD_PACKET_SOURCE,
  FIELD_PACKETS,
  FIELD_PROTOCOL,
  FIELD_SOURCE,
  FIELD_SOURCE_PORT,
  FIELD_START,
  FIELD_STATUS,
  FIELD_TYPE,
  type FieldOrder,
  INTERFACE,
  NODATA,
  OK,
  parseHeader,
  REJECT,
  SKIPDATA,
} from "./fields.ts";

const BLANK = 32;
const QUOTE = 34;
const VERSION_2 = 50;
const DASH = 45;
const COLON = 58;
const LETTER_T = 84;

const FLAG_BITS = 0xff;

const NO_TRAFFIC = "no traffic in the interval (NODATA)";
const NOT_LOGGED = "flows that AWS did not log (SKIPDATA)";
const NOT_IP = "not IP (EFA)";
const NO_PROTOCOL = "record without a protocol";
const FAULTS = {
  fields: "VPC flow record of another number of fields",
  address: "VPC flow record without its addresses",
  time: "VPC flow record without its time",
  number: "VPC flow record with a number that is none",
} as const;

class VpcFlowDecoder extends LineDecoder {
  readonly #writer: ObservationWriter;
  #order: FieldOrder = DEFAULT_ORDER;
  /** Where the value of each kind of field stands in the line at hand; an empty one is not there. */
  readonly #starts = new Int32Array(FIELD_KINDS);
  readonly #ends = new Int32Array(FIELD_KINDS);
  readonly #words = new Uint32Array(4);

  constructor(writer: ObservationWriter) {
    super();
    this.#writer = writer;
  }

  protected override line(bytes: Uint8Array, start: number, end: number): void {
    const from = afterStamp(bytes, start, end, this.#order.separator);
    if (!this.#split(bytes, from, end) || !this.#hasNumbers(bytes)) {
      // A header is where the order of the fields comes from, and may stand again between files that were joined.
      const order = parseHeader(bytes, start, end, false);
      if (order !== null) {
        this.#order = order;
        return;
      }
      this.stats.records++;
      this.fault(FAULTS.fields);
      return;
    }
    this.stats.records++;
    this.#record(bytes);
  }

  /** Finds the fields of `bytes[from, end)`; whether there are as many as the order has. */
  #split(bytes: Uint8Array, from: number, end: number): boolean {
    const { kinds, separator } = this.#order;
    const starts = this.#starts;
    const ends = this.#ends;
    starts.fill(0);
    ends.fill(0);
    let field = 0;
    let at = from;
    for (;;) {
      let stop = at;
      while (stop < end && bytes[stop] !== separator) stop++;
      if (field < kinds.length) {
        const kind = kinds[field]!;
        const quoted = stop - at > 1 && bytes[at] === QUOTE && bytes[stop - 1] === QUOTE;
        const first = quoted ? at + 1 : at;
        const last = quoted ? stop - 1 : stop;
        // A lone dash says that the field does not apply.
        if (last - first !== 1 || bytes[first] !== DASH) {
          starts[kind] = first;
          ends[kind] = last;
        }
      }
      field++;
      if (stop >= end) break;
      at = stop + 1;
      // Blanks at the end, as logs that were copied have them.
      if (separator === BLANK && at >= end) break;
    }
    return field === kinds.length;
  }

  /** Whether the fields that are counted begin with digits: a header's do not. */
  #hasNumbers(bytes: Uint8Array): boolean {
    for (const kind of COUNTED) {
      const first = bytes[this.#starts[kind]!]! - 48;
      if (this.#has(kind) && (first < 0 || first > 9)) return false;
    }
    return true;
  }

  #has(kind: number): boolean {
    return this.#ends[kind]! > this.#starts[kind]!;
  }

  /** The number of a field, `missing` where it is not there; NOT_A_NUMBER where it is something else. */
  #number(bytes: Uint8Array, kind: number, missing: number): number {
    return this.#has(kind) ? parseInteger(bytes, this.#starts[kind]!, this.#ends[kind]!) : missing;
  }

  #is(bytes: Uint8Array, kind: number, word: Uint8Array): boolean {
    const start = this.#starts[kind]!;
    const end = this.#ends[kind]!;
    return end - start === word.length && startsWith(bytes, start, end, word);
  }

  #record(bytes: Uint8Array): void {
    if (this.#is(bytes, FIELD_STATUS, NODATA)) return this.stats.skip(NO_TRAFFIC);
    if (this.#is(bytes, FIELD_STATUS, SKIPDATA)) return this.stats.miss(NOT_LOGGED);
    if (this.#is(bytes, FIELD_TYPE, EFA)) return this.stats.skip(NOT_IP);
    const protocol = this.#number(bytes, FIELD_PROTOCOL, 256);
    if (protocol === 256) return this.stats.skip(NO_PROTOCOL);
    const row = startRow(this.#writer);
    const source = this.#has(FIELD_PACKET_SOURCE) ? FIELD_PACKET_SOURCE : FIELD_SOURCE;
    const destination = this.#has(FIELD_PACKET_DESTINATION) ? FIELD_PACKET_DESTINATION : FIELD_DESTINATION;
    if (!this.#addresses(bytes, row, source, destination)) return this.fault(FAULTS.address);
    const last = this.#number(bytes, FIELD_END, 0);
    const first = this.#number(bytes, FIELD_START, last);
    const packets = this.#number(bytes, FIELD_PACKETS, 1);
    const octets = this.#number(bytes, FIELD_BYTES, 0);
    if (first === 0) return this.fault(FAULTS.time);
    if (protocol < 0 || protocol > 255 || first < 0 || last < 0 || packets < 0 || octets < 0) return this.fault(FAULTS.number);
    const { batch } = this.#writer;
    batch.record[row] = RECORD_FLOW;
    batch.time[row] = first;
    batch.duration[row] = last > first ? last - first : 0;
    batch.protocol[row] = protocol;
    batch.packets[row] = clampCount(packets);
    batch.bytes[row] = clampCount(octets);
    if (this.#is(bytes, FIELD_ACTION, ACCEPT)) batch.action[row] = ACTION_ALLOWED;
    else if (this.#is(bytes, FIELD_ACTION, REJECT)) batch.action[row] = ACTION_DENIED;
    batch.grade[row] = GRADE_UNCONFIRMED;
    if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) batch.icmpType[row] = ICMP_TYPE_UNKNOWN;
    else if (hasPorts(protocol) && !this.#ports(bytes, row)) return this.fault(FAULTS.number);
    if (protocol === PROTOCOL_TCP) batch.tcpFlags[row] = flagsOf(this.#number(bytes, FIELD_FLAGS, 0), packets);
    batch.payload[row] = clampCount(payloadOf(protocol, batch.family[row] === 6, packets, octets, FLAGS_UNKNOWN));
    commitRow(this.#writer);
  }

  #addresses(bytes: Uint8Array, row: number, source: number, destination: number): boolean {
    if (!this.#has(source) || !this.#has(destination)) return false;
    const { batch } = this.#writer;
    const from = parseIPv4At(bytes, this.#starts[source]!, this.#ends[source]!);
    const to = parseIPv4At(bytes, this.#starts[destination]!, this.#ends[destination]!);
    if (from >= 0 && to >= 0) {
      batch.source[row] = from;
      batch.destination[row] = to;
      return true;
    }
    const words = this.#words;
    if (!parseIPv6At(bytes, this.#starts[source]!, this.#ends[source]!, words)) return false;
    setSource6(batch, row, words[0]!, words[1]!, words[2]!, words[3]!);
    if (!parseIPv6At(bytes, this.#starts[destination]!, this.#ends[destination]!, words)) return false;
    setDestination6(batch, row, words[0]!, words[1]!, words[2]!, words[3]!);
    return true;
  }

  /** Sets the ports; whether they are some. Without both fields the row says that its ports are not told. */
  #ports(bytes: Uint8Array, row: number): boolean {
    const { batch } = this.#writer;
    if (!this.#has(FIELD_SOURCE_PORT) || !this.#has(FIELD_DESTINATION_PORT)) {
      batch.grade[row] = GRADE_PLACEHOLDER;
      return true;
    }
    const source = this.#number(bytes, FIELD_SOURCE_PORT, NOT_A_NUMBER);
    const destination = this.#number(bytes, FIELD_DESTINATION_PORT, NOT_A_NUMBER);
    if (source < 0 || source > 65_535 || destination < 0 || destination > 65_535) return false;
    batch.sourcePort[row] = source;
    batch.destinationPort[row] = destination;
    return true;
  }
}

const COUNTED = [FIELD_PROTOCOL, FIELD_START, FIELD_PACKETS] as const;

/**
 * The union of a flow's flags from the field `tcp-flags`. AWS records FIN, SYN, RST and SYN-ACK only: 0 is what ACK and PSH alone give,
 * no NULL scan; 3 is a whole short conversation, and 1 its end: a FIN goes with ACK (RFC 9293 §3.10.4), which is not recorded.
 */
function flagsOf(recorded: number, packets: number): number {
  const flags = recorded & FLAG_BITS;
  if (recorded <= 0 || flags === 0) return FLAGS_UNKNOWN;
  const alone = flags === TCP_FIN || (packets > 1 && (flags & (TCP_SYN | TCP_RST)) !== 0);
  return (flags & TCP_FIN) !== 0 && alone ? flags | TCP_ACK : flags;
}

/** Where the record begins behind the stamp that CloudWatch puts before it (and the name of its stream, as `aws logs tail` prints it). */
function afterStamp(bytes: Uint8Array, start: number, end: number, separator: number): number {
  if (
    separator !== BLANK ||
    end - start < 20 ||
    bytes[start + 10] !== LETTER_T ||
    bytes[start + 4] !== DASH ||
    bytes[start + 13] !== COLON
  ) {
    return start;
  }
  const blank = bytes.indexOf(BLANK, start);
  if (blank < 0 || blank >= end) return start;
  const from = blank + 1;
  if (!startsWith(bytes, from, end, INTERFACE)) return from;
  const next = bytes.indexOf(BLANK, from);
  return next < 0 || next >= end ? from : next + 1;
}

/** Whether a line is a record in the default order: `2 123456789010 eni-… … OK`. Only its beginning where it is `cut`. */
function isDefaultRecord(bytes: Uint8Array, from: number, stop: number, cut: boolean): boolean {
  let end = stop;
  while (end > from && bytes[end - 1] === BLANK) end--;
  const start = afterStamp(bytes, from, end, BLANK);
  const fields: number[] = [start];
  for (let i = start; i < end; i++) if (bytes[i] === BLANK) fields.push(i + 1);
  if (fields.length < 4 || fields[1]! - start !== 2) return false;
  // Fields of later versions come in custom orders only.
  if (bytes[start] !== VERSION_2 || !startsWith(bytes, fields[2]!, end, INTERFACE)) return false;
  const account = fields[2]! - fields[1]! - 1;
  if (account !== 12 && account !== "unknown".length && account !== 1) return false;
  if (cut) return fields.length <= 14;
  const status = fields[13];
  return fields.length === 14 && status !== undefined && [OK, NODATA, SKIPDATA].some((word) => startsWith(bytes, status, end, word));
}

/** AWS VPC Flow Logs, text. */
export const VPC_FLOW: Format = {
  name: "vpc-flow",
  title: "AWS VPC Flow Logs",
  proves: { portsOnTheWire: false, tcpFlags: true, outcome: true, fragments: false, action: true },
  maxRecord: MAX_LINE,
  recognises(head) {
    let lines = 0;
    let found = false;
    someLine(head, (start, end) => {
      // Only the first line counts: a header, or a record without one.
      lines++;
      const cut = end === head.length;
      found = parseHeader(head, start, end, false) !== null || isDefaultRecord(head, start, end, false);
      if (!found && cut) found = parseHeader(head, start, end, true) !== null || isDefaultRecord(head, start, end, true);
      return lines > 0;
    });
    return found;
  },
  decoder: (writer): Decoder => new VpcFlowDecoder(writer),
};
