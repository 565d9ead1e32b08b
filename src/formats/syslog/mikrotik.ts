/**
 * MikroTik RouterOS firewall lines, as rules with `log=yes` or `action=log` write them:
 * `drop-wan input: in:ether1 out:(unknown 0), connection-state:new src-mac 02:…, proto TCP (SYN), 192.0.2.1:40000->198.51.100.2:22, len 60`.
 * There is no description of the form but the examples of the vendor's manual (Log, Firewall) and of its users.
 */
import {
  FLAGS_UNKNOWN,
  GRADE_CONFIRMED,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  NO_PORT,
  type ObservationBatch,
} from "../../model/observation.ts";
import {
  hasPorts,
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  TCP_ACK,
  TCP_CWR,
  TCP_ECE,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
} from "../../model/protocol.ts";
import type { ObservationWriter } from "../format.ts";
import { commitRow, setDestination6, setSource6, startRow } from "../record-row.ts";
import { ascii, NOT_A_NUMBER, parseInteger, parseIPv4At, parseIPv6At, startsWith } from "../text/fields.ts";
import type { Envelope } from "./envelope.ts";
import { actionOfPrefix } from "./log-prefix.ts";
import { protocolNamed } from "../text/protocol-words.ts";
import type { LineNotes, MessageKind, MessageReader } from "./reader.ts";
import { leastTcpPayload } from "./tcp-payload.ts";

const BAD_PROTOCOL = "MikroTik: unknown protocol";
const BAD_ENDPOINTS = "MikroTik: addresses do not parse";
const BAD_LENGTH = "MikroTik: line without the packet's length";

/** Topics, prefix and the chain's name come before the packet. */
const MOST_PREFIX = 256;
/** Interfaces have names of any length, with spaces. */
const MOST_INTERFACE = 128;
/** Connection state and mark, hardware address and VLAN come before the protocol. */
const MOST_STATE = 256;

const IN = ascii("in:");
const OUT = ascii(" out:");
const PROTO = ascii("proto ");
const LEN = ascii(", len ");
const ARROW = ascii("->");
const TYPE = ascii("type ");
const CODE = ascii("code ");

const SPACE = 32;
const OPEN_ROUND = 40;
const CLOSE_ROUND = 41;
const COMMA = 44;
const COLON = 58;
const OPEN = 91;
const CLOSE = 93;

const FLAGS: readonly { readonly name: Uint8Array; readonly flag: number }[] = (
  [
    ["SYN", TCP_SYN],
    ["ACK", TCP_ACK],
    ["RST", TCP_RST],
    ["FIN", TCP_FIN],
    ["PSH", TCP_PSH],
    ["URG", TCP_URG],
    ["ECE", TCP_ECE],
    ["CWR", TCP_CWR],
  ] as const
).map(([name, flag]) => ({ name: ascii(name), flag }));

export const MIKROTIK: MessageKind = { name: "mikrotik", reader: () => new MikrotikReader() };

class MikrotikReader implements MessageReader {
  /** Where `in:` and the protocol's name stand in the line recognised last. */
  #anchor = -1;
  #protocolAt = -1;
  readonly #words = new Uint32Array(4);
  #protocol = 0;
  #flags = FLAGS_UNKNOWN;
  #icmpType = 0;
  #icmpCode = 0;
  /** Set by #endpoint: where the address ends, its family, and the port. */
  #family = 4;
  #address = 0;
  #port = NO_PORT;

  recognises(envelope: Envelope): boolean {
    const { bytes, end, message } = envelope;
    for (let at = message; ; at++) {
      at = find(bytes, at, Math.min(end, message + MOST_PREFIX), IN);
      if (at < 0) return false;
      if (at > message && bytes[at - 1] !== SPACE) continue;
      if (!followsChain(envelope, at)) continue;
      const out = find(bytes, at + IN.length, Math.min(end, at + MOST_INTERFACE), OUT);
      if (out < 0) continue;
      const proto = find(bytes, out + OUT.length, Math.min(end, out + MOST_STATE), PROTO);
      if (proto < 0) continue;
      this.#anchor = at;
      this.#protocolAt = proto + PROTO.length;
      return true;
    }
  }

  read(envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
    const { bytes, end } = envelope;
    const at = this.#readProtocol(bytes, this.#protocolAt, end);
    if (at < 0) return notes.fault(BAD_PROTOCOL);
    const lengthAt = find(bytes, at, end, LEN);
    const length = lengthAt < 0 ? NOT_A_NUMBER : parseInteger(bytes, lengthAt + LEN.length, numberEnd(bytes, lengthAt + LEN.length, end));
    if (length < 0 || length > 0xffffffff) return notes.fault(BAD_LENGTH);
    const row = startRow(writer);
    const { batch } = writer;
    batch.time[row] = envelope.time;
    batch.action[row] = actionOfPrefix(bytes, envelope.tag, this.#anchor);
    batch.bytes[row] = length;
    if (!this.#readEndpoints(batch, row, bytes, at, lengthAt)) return notes.fault(BAD_ENDPOINTS);
    this.#writeTransport(batch, row, length);
    commitRow(writer);
  }

  /** `TCP (SYN,ACK), `, `ICMP (type 8, code 0), `, `47, `: returns where the addresses begin, or -1. */
  #readProtocol(bytes: Uint8Array, start: number, end: number): number {
    this.#flags = FLAGS_UNKNOWN;
    this.#icmpType = 0;
    this.#icmpCode = 0;
    let at = start;
    while (at < end && bytes[at] !== COMMA && bytes[at] !== SPACE) at++;
    const number = parseInteger(bytes, start, at);
    this.#protocol = number >= 0 ? number : protocolNamed(bytes, start, at);
    if (this.#protocol < 0 || this.#protocol > 255) return -1;
    if (at + 1 < end && bytes[at] === SPACE && bytes[at + 1] === OPEN_ROUND) {
      const open = at + 1;
      while (at < end && bytes[at] !== CLOSE_ROUND) at++;
      if (at >= end) return -1;
      if (this.#protocol === PROTOCOL_TCP) this.#flags = readFlags(bytes, open + 1, at);
      else {
        this.#icmpType = numberBehind(bytes, open + 1, at, TYPE);
        this.#icmpCode = numberBehind(bytes, open + 1, at, CODE);
        if (this.#isIcmp() && (this.#icmpType < 0 || this.#icmpCode < 0)) return -1;
      }
      at++;
    }
    return at + 2 < end && bytes[at] === COMMA && bytes[at + 1] === SPACE ? at + 2 : -1;
  }

  #isIcmp(): boolean {
    return this.#protocol === PROTOCOL_ICMP || this.#protocol === PROTOCOL_ICMPV6;
  }

  /** `192.0.2.1:40000->198.51.100.2:22`; NAT's own pairs come behind it, and are not what was on the wire here. */
  #readEndpoints(batch: ObservationBatch, row: number, bytes: Uint8Array, start: number, end: number): boolean {
    const arrow = find(bytes, start, end, ARROW);
    if (arrow < 0 || !this.#endpoint(bytes, start, arrow)) return false;
    const family = this.#family;
    const sourcePort = this.#port;
    const words = this.#words;
    if (family === 6) setSource6(batch, row, words[0]!, words[1]!, words[2]!, words[3]!);
    else batch.source[row] = this.#address;
    let stop = arrow + ARROW.length;
    while (stop < end && bytes[stop] !== COMMA) stop++;
    if (!this.#endpoint(bytes, arrow + ARROW.length, stop) || this.#family !== family) return false;
    if (family === 6) setDestination6(batch, row, words[0]!, words[1]!, words[2]!, words[3]!);
    else batch.destination[row] = this.#address;
    if (sourcePort !== NO_PORT && this.#port !== NO_PORT && hasPorts(this.#protocol)) {
      batch.sourcePort[row] = sourcePort;
      batch.destinationPort[row] = this.#port;
    }
    return true;
  }

  /** `192.0.2.1:40000`, `192.0.2.1`, `[2001:db8::1]:40000`, `2001:db8::1`. */
  #endpoint(bytes: Uint8Array, start: number, end: number): boolean {
    this.#port = NO_PORT;
    let addressStart = start;
    let addressEnd = end;
    let portAt = -1;
    if (start < end && bytes[start] === OPEN) {
      addressStart = start + 1;
      addressEnd = addressStart;
      while (addressEnd < end && bytes[addressEnd] !== CLOSE) addressEnd++;
      if (addressEnd + 1 < end) {
        if (bytes[addressEnd + 1] !== COLON) return false;
        portAt = addressEnd + 2;
      }
    } else {
      const colon = colonIn(bytes, start, end);
      // More than one colon: an IPv6 address without a port
      if (colon < end && colonIn(bytes, colon + 1, end) === end) {
        addressEnd = colon;
        portAt = colon + 1;
      }
    }
    if (portAt >= 0) {
      this.#port = parseInteger(bytes, portAt, end);
      if (this.#port < 0 || this.#port > 0xffff) return false;
    }
    this.#address = parseIPv4At(bytes, addressStart, addressEnd);
    this.#family = this.#address < 0 ? 6 : 4;
    return this.#family === 4 || parseIPv6At(bytes, addressStart, addressEnd, this.#words);
  }

  #writeTransport(batch: ObservationBatch, row: number, length: number): void {
    const protocol = this.#protocol;
    const room = Math.max(0, length - (batch.family[row] === 4 ? 20 : 40));
    batch.protocol[row] = protocol;
    batch.payload[row] = room > 8 ? room - 8 : 0;
    if (protocol === PROTOCOL_TCP) {
      batch.tcpFlags[row] = this.#flags;
      batch.payload[row] = leastTcpPayload(room, this.#flags, -1);
    } else if (protocol !== PROTOCOL_SCTP && protocol !== PROTOCOL_DCCP) batch.tcpFlags[row] = 0;
    if (this.#isIcmp()) {
      batch.icmpType[row] = this.#icmpType;
      batch.icmpCode[row] = this.#icmpCode;
    } else if (hasPorts(protocol)) batch.grade[row] = gradeOf(batch, row);
    else batch.payload[row] = room;
  }
}

/**
 * How far the ports can be trusted. What RouterOS prints of later fragments is nowhere written: a zero counts as read from a header only
 * where TCP flags were read from one too.
 */
function gradeOf(batch: ObservationBatch, row: number): number {
  const source = batch.sourcePort[row]!;
  const destination = batch.destinationPort[row]!;
  if (source === NO_PORT) return GRADE_PLACEHOLDER;
  if (source !== 0 && destination !== 0) return GRADE_CONFIRMED;
  const flags = batch.tcpFlags[row]!;
  return batch.protocol[row] === PROTOCOL_TCP && flags !== FLAGS_UNKNOWN && flags !== 0 ? GRADE_CONFIRMED : GRADE_UNCONFIRMED;
}

/**
 * Whether the name of a chain, `input: `, stands before `at`, and no program with a process id of its own: those repeat what strangers
 * sent. The envelope may have taken the chain, or a prefix before it, for a program.
 */
function followsChain(envelope: Envelope, at: number): boolean {
  const { bytes, message, programStart, programEnd } = envelope;
  if (programEnd > programStart && bytes[programEnd] === OPEN) return false;
  if (at === message) return programEnd > programStart;
  return at - message > 2 && bytes[at - 2] === COLON;
}

/** Where the first colon stands, or `end`. */
function colonIn(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== COLON) at++;
  return at;
}

/** Where `word` begins in `bytes[start, end)`, or -1. */
function find(bytes: Uint8Array, start: number, end: number, word: Uint8Array): number {
  const first = word[0];
  for (let at = start; at + word.length <= end; at++) if (bytes[at] === first && startsWith(bytes, at, end, word)) return at;
  return -1;
}

function numberEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at]! >= 48 && bytes[at]! <= 57) at++;
  return at;
}

/** The number up to 255 behind `word`, or NOT_A_NUMBER. */
function numberBehind(bytes: Uint8Array, start: number, end: number, word: Uint8Array): number {
  const at = find(bytes, start, end, word);
  if (at < 0) return NOT_A_NUMBER;
  const value = parseInteger(bytes, at + word.length, numberEnd(bytes, at + word.length, end));
  return value <= 255 ? value : NOT_A_NUMBER;
}

/** The flags named in `SYN,ACK`, or FLAGS_UNKNOWN where a name is none of them. */
function readFlags(bytes: Uint8Array, start: number, end: number): number {
  let flags = 0;
  for (let at = start; at < end;) {
    let stop = at;
    while (stop < end && bytes[stop] !== COMMA) stop++;
    const flag = flagNamed(bytes, at, stop);
    if (flag === 0) return FLAGS_UNKNOWN;
    flags |= flag;
    at = stop + 1;
  }
  return flags;
}

function flagNamed(bytes: Uint8Array, start: number, end: number): number {
  for (const { name, flag } of FLAGS) if (end - start === name.length && startsWith(bytes, start, end, name)) return flag;
  return 0;
}
