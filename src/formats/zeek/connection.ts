/** One connection of Zeek's conn.log, whichever way it was written down, as one row a direction. */
import { FLAGS_UNKNOWN, GRADE_CONFIRMED, GRADE_PLACEHOLDER, NO_PORT, RECORD_FLOW } from "../../model/observation.ts";
import { hasPorts, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP } from "../../model/protocol.ts";
import type { DecodeStats, ObservationWriter } from "../format.ts";
import { clampCount, commitRow, markReassembled, startRow } from "../record-row.ts";
import { AddressField } from "../text/address-field.ts";
import { NOT_A_NUMBER, parseDecimal, parseInteger } from "../text/fields.ts";
import { parseIsoTime } from "../text/iso-time.ts";
import { parseJsonNumber } from "../text/json-values.ts";
import { WordTable } from "../text/word-table.ts";
import {
  flagsOfHistory,
  flagsOfState,
  historyTellsData,
  historyTellsPackets,
  readHistory,
  STATE_OTH,
  STATE_TABLE,
  stateTellsPackets,
} from "./history.ts";

/** The columns that are read, by the numbers that `starts` and `ends` use. */
export const COLUMNS = [
  "ts",
  "id.orig_h",
  "id.orig_p",
  "id.resp_h",
  "id.resp_p",
  "proto",
  "duration",
  "orig_bytes",
  "resp_bytes",
  "conn_state",
  "missed_bytes",
  "history",
  "orig_pkts",
  "orig_ip_bytes",
  "resp_pkts",
  "resp_ip_bytes",
  "tunnel_parents",
  "ip_proto",
] as const;
export const TS = 0;
export const ORIG_H = 1;
export const ORIG_P = 2;
export const RESP_H = 3;
export const RESP_P = 4;
export const PROTO = 5;
const DURATION = 6;
const ORIG_BYTES = 7;
const RESP_BYTES = 8;
export const CONN_STATE = 9;
const MISSED_BYTES = 10;
export const HISTORY = 11;
const ORIG_PKTS = 12;
const ORIG_IP_BYTES = 13;
const RESP_PKTS = 14;
const RESP_IP_BYTES = 15;
const TUNNEL_PARENTS = 16;
const IP_PROTO = 17;

const NO_TIME = "Zeek connection without a time";
const NO_ADDRESS = "Zeek connection without two addresses of one family";
const NO_PROTOCOL = "Zeek connection without a transport it can have";
const BAD_PORT = "Zeek connection with a port that is none";
const UNKNOWN_TRANSPORT = "Zeek connection of a transport that it does not name";
const NO_PACKETS = "Zeek connection without packets";
const LOST_UNIT = "connections of which Zeek missed a part";

/** `transport_proto` of Zeek; 0 stands for unknown_transport. */
export const PROTOCOLS: WordTable = new WordTable([
  ["tcp", PROTOCOL_TCP],
  ["udp", PROTOCOL_UDP],
  ["icmp", PROTOCOL_ICMP],
  ["unknown_transport", 0],
]);
/** Times above this are milliseconds (JSON::TS_MILLIS): as seconds it is the year 5138. */
const MOST_SECONDS = 1e11;
/** Longest duration that is kept, seconds: three centuries. */
const MOST_DURATION = 1e10;
/** How much later than the opener's its peer's first packet counts, seconds: Zeek does not log it. */
const REPLY_DELAY = 1e-6;
/** A TCP packet without data is no longer than two headers of this size together, octets. */
const BARE_PACKET = 120;

/**
 * ICMP types that answer each other. Zeek writes the type into id.orig_p and, of these, the other's type into id.resp_p; of all others
 * the code (ICMP.cc, ICMP4_counterpart and ICMP6_counterpart).
 */
const COUNTERPARTS = counterparts([8, 0], [13, 14], [15, 16], [17, 18], [10, 9]);
const COUNTERPARTS6 = counterparts([128, 129], [133, 134], [135, 136], [130, 131], [139, 140], [144, 145]);

function counterparts(...pairs: readonly (readonly [number, number])[]): Int16Array {
  const table = new Int16Array(256).fill(-1);
  for (const [a, b] of pairs) {
    table[a] = b;
    table[b] = a;
  }
  return table;
}

/** Writes the rows of connections whose fields stand at `starts` and `ends` (an empty field is an unset one). */
export class ConnectionRows {
  readonly starts: Int32Array = new Int32Array(COLUMNS.length);
  readonly ends: Int32Array = new Int32Array(COLUMNS.length);
  readonly #writer: ObservationWriter;
  readonly #stats: DecodeStats;
  readonly #originator = new AddressField();
  readonly #responder = new AddressField();
  #time = 0;
  #duration = 0;
  #protocol = 0;
  #history = 0;
  #state = NOT_A_NUMBER;
  /** Ports, or the ICMP type and code of each direction. */
  #originatorPort = NO_PORT;
  #responderPort = NO_PORT;
  #grade = GRADE_CONFIRMED;
  #tunnels = 0;

  constructor(writer: ObservationWriter, stats: DecodeStats) {
    this.#writer = writer;
    this.#stats = stats;
  }

  /** Writes the connection at hand. Null, or why it is none; what was passed over is counted here. */
  write(bytes: Uint8Array): string | null {
    const { starts, ends } = this;
    this.#time = timeAt(bytes, starts[TS]!, ends[TS]!);
    if (!(this.#time >= 0)) return NO_TIME;
    if (!this.#originator.read(bytes, starts[ORIG_H]!, ends[ORIG_H]!) || !this.#responder.read(bytes, starts[RESP_H]!, ends[RESP_H]!)) {
      return NO_ADDRESS;
    }
    if (this.#originator.family !== this.#responder.family) return NO_ADDRESS;
    const transport = PROTOCOLS.find(bytes, starts[PROTO]!, ends[PROTO]!);
    if (transport < 0) return NO_PROTOCOL;
    const fault = this.#readPorts(bytes, transport);
    if (fault !== null) return fault;
    if (this.#protocol === 0) {
      this.#stats.skip(UNKNOWN_TRANSPORT);
      return null;
    }
    this.#duration = durationAt(bytes, starts[DURATION]!, ends[DURATION]!);
    this.#history = readHistory(bytes, starts[HISTORY]!, ends[HISTORY]!);
    this.#state = STATE_TABLE.find(bytes, starts[CONN_STATE]!, ends[CONN_STATE]!);
    this.#tunnels = ends[TUNNEL_PARENTS]! > starts[TUNNEL_PARENTS]! ? 1 : 0;
    const missed = this.#count(bytes, MISSED_BYTES);
    if (missed > 0) this.#stats.lose(LOST_UNIT, 1);
    const sent = this.#packets(bytes, ORIG_PKTS, ORIG_BYTES, true);
    const answered = this.#packets(bytes, RESP_PKTS, RESP_BYTES, false);
    if (sent > 0) this.#row(bytes, true, sent, answered);
    if (answered > 0) this.#row(bytes, false, answered, sent);
    if (sent === 0 && answered === 0) this.#stats.skip(NO_PACKETS);
    return null;
  }

  /** Reads protocol, ports and their grade; ICMP's type and code are ports here. */
  #readPorts(bytes: Uint8Array, transport: number): string | null {
    const inHeader = this.#count(bytes, IP_PROTO);
    this.#protocol = transport === PROTOCOL_ICMP && this.#originator.family === 6 ? PROTOCOL_ICMPV6 : transport;
    this.#grade = GRADE_CONFIRMED;
    this.#originatorPort = this.#count(bytes, ORIG_P);
    this.#responderPort = this.#count(bytes, RESP_P);
    if (this.#originatorPort > 0xffff || this.#responderPort > 0xffff) return BAD_PORT;
    if (transport === 0) {
      // Zeek prints 0 for the ports of a transport that it does not analyse.
      this.#protocol = inHeader > 0 && inHeader < 256 ? inHeader : 0;
      this.#originatorPort = NO_PORT;
      this.#responderPort = NO_PORT;
      if (hasPorts(this.#protocol)) this.#grade = GRADE_PLACEHOLDER;
    } else if (this.#originatorPort < 0 || this.#responderPort < 0) {
      this.#originatorPort = NO_PORT;
      this.#responderPort = NO_PORT;
      this.#grade = transport === PROTOCOL_ICMP ? GRADE_CONFIRMED : GRADE_PLACEHOLDER;
    }
    return null;
  }

  /** Packets that one side sent, as logged; or what the rest of the record says, one for some. */
  #packets(bytes: Uint8Array, column: number, payloadColumn: number, originator: boolean): number {
    const logged = this.#count(bytes, column);
    if (logged >= 0) return logged;
    if (historyTellsPackets(this.#history, originator) || this.#count(bytes, payloadColumn) > 0) return 1;
    const told = stateTellsPackets(this.#state, originator);
    return told >= 0 ? told : originator ? 1 : 0;
  }

  #row(bytes: Uint8Array, originator: boolean, packets: number, answers: number): void {
    const row = startRow(this.#writer);
    const { batch } = this.#writer;
    const protocol = this.#protocol;
    // Without packets of the opener its peer spoke first.
    batch.time[row] = originator || answers === 0 ? this.#time : this.#time + REPLY_DELAY;
    batch.duration[row] = this.#duration;
    batch.record[row] = RECORD_FLOW;
    batch.packets[row] = clampCount(packets);
    batch.protocol[row] = protocol;
    batch.grade[row] = this.#grade;
    batch.tunnels[row] = this.#tunnels;
    (originator ? this.#originator : this.#responder).asSource(batch, row);
    (originator ? this.#responder : this.#originator).asDestination(batch, row);
    const own = originator ? this.#originatorPort : this.#responderPort;
    const peer = originator ? this.#responderPort : this.#originatorPort;
    if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
      if (own >= 0) {
        const pairs = (protocol === PROTOCOL_ICMP ? COUNTERPARTS : COUNTERPARTS6)[this.#originatorPort & 0xff] === this.#responderPort;
        batch.icmpType[row] = pairs ? own : this.#originatorPort;
        batch.icmpCode[row] = pairs ? 0 : this.#responderPort;
      }
    } else {
      batch.sourcePort[row] = own;
      batch.destinationPort[row] = peer;
    }
    const ipBytes = Math.max(0, this.#count(bytes, originator ? ORIG_IP_BYTES : RESP_IP_BYTES));
    const payload = this.#payload(bytes, originator, ipBytes);
    // Without the count of whole packets their payload is the least that went.
    batch.bytes[row] = clampCount(ipBytes > 0 ? ipBytes : payload);
    batch.payload[row] = clampCount(payload);
    if (protocol === PROTOCOL_TCP) batch.tcpFlags[row] = this.#flags(originator, packets, ipBytes, payload);
    if (protocol === PROTOCOL_UDP && this.#count(bytes, originator ? ORIG_PKTS : RESP_PKTS) > 0) markReassembled(batch, row);
    commitRow(this.#writer);
  }

  /** Octets of data that one side sent: from sequence numbers, so kept within what the history and the packets allow. */
  #payload(bytes: Uint8Array, originator: boolean, ipBytes: number): number {
    const logged = Math.max(0, this.#count(bytes, originator ? ORIG_BYTES : RESP_BYTES));
    const told = this.#protocol === PROTOCOL_TCP ? historyTellsData(this.#history, originator) : -1;
    if (told === 0) return 0;
    const least = told === 1 && logged === 0 ? 1 : logged;
    return ipBytes > 0 ? Math.min(least, ipBytes) : least;
  }

  #flags(originator: boolean, packets: number, ipBytes: number, payload: number): number {
    if (this.#history !== 0) {
      const flags = flagsOfHistory(this.#history, originator);
      return flags === 0 && payload > 0 ? FLAGS_UNKNOWN : flags;
    }
    // No letter at all, of a partial connection whose packets are bare: neither SYN, FIN, RST nor ACK.
    if (this.#state === STATE_OTH && payload === 0 && ipBytes > 0 && ipBytes < packets * BARE_PACKET) return 0;
    return flagsOfState(this.#state, originator);
  }

  #count(bytes: Uint8Array, column: number): number {
    return parseInteger(bytes, this.starts[column]!, this.ends[column]!);
  }
}

function timeAt(bytes: Uint8Array, start: number, end: number): number {
  let time = parseDecimal(bytes, start, end);
  if (time < 0) time = parseIsoTime(bytes, start, end);
  if (time < 0) time = parseJsonNumber(bytes, start, end);
  if (time > MOST_SECONDS) time /= 1000;
  return time <= MOST_SECONDS ? time : NOT_A_NUMBER;
}

function durationAt(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start) return 0;
  let duration = parseDecimal(bytes, start, end);
  // JSON writes short ones as 9.5e-07.
  if (duration < 0) duration = parseJsonNumber(bytes, start, end);
  return duration > 0 && duration < MOST_DURATION ? duration : 0;
}
