/** A flow as nfdump keeps it, whatever form it was written in, and the rows that it makes. */
import {
  ACTION_ALLOWED,
  ACTION_DENIED,
  ACTION_UNKNOWN,
  FLAGS_UNKNOWN,
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  FRAGMENT_NONE,
  GRADE_CONFIRMED,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  NO_PORT,
  QUIRK_DONT_FRAGMENT,
  RECORD_FLOW,
} from "../../model/observation.ts";
import { hasPorts, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_UDP_LITE } from "../../model/protocol.ts";
import { payloadOf } from "../flow-export/payload.ts";
import type { DecodeStats, ObservationWriter } from "../format.ts";
import { icmpAnswerTo } from "../icmp-answer.ts";
import { clampCount, commitRow, setDestination6, setSource6, startRow } from "../record-row.ts";

/** Firewall events of ASA's NSEL (element 233). */
export const EVENT_NONE = 0;
const EVENT_CREATED = 1;
const EVENT_DELETED = 2;
const EVENT_DENIED = 3;
const EVENT_UPDATED = 5;
/** Fragment bits (element 197, as in the IPv4 header). */
export const BIT_DONT_FRAGMENT = 0x40;
export const BIT_MORE_FRAGMENTS = 0x20;
/** Forwarding status (element 89): the upper two bits. */
const STATUS_FORWARDED = 1;
const STATUS_DROPPED = 2;
/** By how much the answer is later than what it answers, seconds: the record tells one time for both. */
const ANSWER_DELAY = 1e-6;

const NO_ADDRESSES = "nfdump record without addresses";
const NO_TRAFFIC = "flow record without packets";
const ONLY_EVENT = "firewall event without traffic (the flow's end counts it)";

/** What a reader fills in, after {@link FlowRecord.clear}. */
export class FlowRecord {
  /** 4 or 6; 0 where the record has no addresses. */
  family = 0;
  source = 0;
  destination = 0;
  readonly source6: Uint32Array = new Uint32Array(4);
  readonly destination6: Uint32Array = new Uint32Array(4);
  /** Seconds since 1970. */
  first = 0;
  last = 0;
  protocol = 0;
  /** NO_PORT where the record tells none. For ICMP the destination port is type × 256 + code. */
  sourcePort: number = NO_PORT;
  destinationPort: number = NO_PORT;
  /** FLAGS_UNKNOWN where the record tells none. */
  tcpFlags: number = FLAGS_UNKNOWN;
  tos = 0;
  ttl = 0;
  packets = 0;
  bytes = 0;
  /** What came back, where the record is one of both directions. */
  outPackets = 0;
  outBytes = 0;
  status = 0;
  event: number = EVENT_NONE;
  action: number = ACTION_UNKNOWN;
  /** Bits of the IPv4 header; 0 where not told. */
  fragmentBits = 0;
  /** The collector multiplied the counts, as the exporter had sampled. */
  sampled = false;
  /** By how much, where known; else 0. */
  factor = 0;

  clear(): void {
    this.family = 0;
    this.first = 0;
    this.last = 0;
    this.protocol = 0;
    this.sourcePort = NO_PORT;
    this.destinationPort = NO_PORT;
    this.tcpFlags = FLAGS_UNKNOWN;
    this.tos = 0;
    this.ttl = 0;
    this.packets = 0;
    this.bytes = 0;
    this.outPackets = 0;
    this.outBytes = 0;
    this.status = 0;
    this.event = EVENT_NONE;
    this.action = ACTION_UNKNOWN;
    this.fragmentBits = 0;
    this.sampled = false;
    this.factor = 0;
  }
}

/** Makes rows of flow records. */
export class FlowRecordWriter {
  readonly record: FlowRecord = new FlowRecord();
  readonly #writer: ObservationWriter;
  readonly #stats: DecodeStats;
  /** TCP flags other than zero were seen: collectors write zeros for exporters that do not tell them. */
  #tellsFlags = false;
  /** The smallest sampled count yet: a multiple of the sampling interval, and of most exporters soon the interval itself. */
  #leastSampled = Number.POSITIVE_INFINITY;

  constructor(writer: ObservationWriter, stats: DecodeStats) {
    this.#writer = writer;
    this.#stats = stats;
  }

  /** Writes the rows of `record`, or counts why there are none. The record has been counted. */
  write(): void {
    const { record } = this;
    const stats = this.#stats;
    if (record.family === 0) return stats.skip(NO_ADDRESSES);
    if (record.packets === 0) {
      if (record.bytes > 0 || record.event === EVENT_DENIED || (record.event === EVENT_DELETED && record.outPackets === 0))
        record.packets = 1;
      else if (record.event === EVENT_CREATED) return stats.skip(ONLY_EVENT);
      else if (record.outPackets === 0) return stats.skip(NO_TRAFFIC);
    }
    if (record.protocol === PROTOCOL_TCP && record.tcpFlags !== 0 && record.tcpFlags !== FLAGS_UNKNOWN) this.#tellsFlags = true;
    if (record.sampled) this.#noteSampling();
    if (record.packets > 0) this.#row(false);
    if (record.outPackets > 0) this.#row(true);
  }

  #noteSampling(): void {
    const { record } = this;
    if (record.packets > 0 && record.packets < this.#leastSampled) this.#leastSampled = record.packets;
    const factor = record.factor > 1 ? record.factor : this.#leastSampled;
    if (factor > 1 && Number.isFinite(factor)) this.#stats.noteSampling(factor);
  }

  #row(reverse: boolean): void {
    const { record } = this;
    const { protocol } = record;
    const row = startRow(this.#writer);
    const { batch } = this.#writer;
    const six = record.family === 6;
    if (six) {
      const from = reverse ? record.destination6 : record.source6;
      const to = reverse ? record.source6 : record.destination6;
      setSource6(batch, row, from[0]!, from[1]!, from[2]!, from[3]!);
      setDestination6(batch, row, to[0]!, to[1]!, to[2]!, to[3]!);
    } else {
      batch.source[row] = reverse ? record.destination : record.source;
      batch.destination[row] = reverse ? record.source : record.destination;
    }
    batch.record[row] = RECORD_FLOW;
    batch.time[row] = reverse && record.packets > 0 ? record.first + ANSWER_DELAY : record.first;
    batch.duration[row] = record.last > record.first ? record.last - record.first : 0;
    batch.protocol[row] = protocol;
    batch.action[row] = actionOf(record);
    let grade = GRADE_UNCONFIRMED;
    let fragment = FRAGMENT_NONE;
    if (!reverse) {
      batch.tos[row] = record.tos;
      batch.ttl[row] = record.ttl;
      if ((record.fragmentBits & BIT_DONT_FRAGMENT) !== 0) {
        // What must not be cut is no later fragment, and its ports are real.
        grade = GRADE_CONFIRMED;
        batch.quirks[row] = QUIRK_DONT_FRAGMENT;
      } else if ((record.fragmentBits & BIT_MORE_FRAGMENTS) !== 0) {
        fragment = record.sourcePort === 0 && record.destinationPort === 0 ? FRAGMENT_LATER : FRAGMENT_FIRST;
      }
    }
    let flags: number = FLAGS_UNKNOWN;
    if (hasPorts(protocol)) {
      if (fragment === FRAGMENT_LATER) grade = GRADE_UNCONFIRMED;
      else if (record.sourcePort < 0 || record.destinationPort < 0) grade = GRADE_PLACEHOLDER;
      else {
        batch.sourcePort[row] = (reverse ? record.destinationPort : record.sourcePort) & 0xffff;
        batch.destinationPort[row] = (reverse ? record.sourcePort : record.destinationPort) & 0xffff;
      }
      if (protocol === PROTOCOL_TCP) {
        if (!reverse && this.#tellsFlags && fragment !== FRAGMENT_LATER) flags = record.tcpFlags;
      } else if (protocol === PROTOCOL_UDP || protocol === PROTOCOL_UDP_LITE) flags = 0;
    } else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
      const word = record.destinationPort < 0 ? 0xffff : record.destinationPort & 0xffff;
      batch.icmpType[row] = reverse ? icmpAnswerTo(word >>> 8, protocol) : word >>> 8;
      batch.icmpCode[row] = word;
    }
    batch.grade[row] = grade;
    batch.fragment[row] = fragment;
    batch.tcpFlags[row] = flags;
    const packets = reverse ? record.outPackets : record.packets;
    const bytes = reverse ? record.outBytes : record.bytes;
    batch.packets[row] = clampCount(packets);
    batch.bytes[row] = clampCount(bytes);
    batch.payload[row] = clampCount(payloadOf(protocol, six, packets, bytes, flags));
    commitRow(this.#writer);
  }
}

function actionOf(record: FlowRecord): number {
  if (record.action !== ACTION_UNKNOWN) return record.action;
  const { event } = record;
  if (event === EVENT_DENIED) return ACTION_DENIED;
  const status = record.status < 4 ? record.status : record.status >>> 6;
  if (status === STATUS_DROPPED) return ACTION_DENIED;
  if (status === STATUS_FORWARDED) return ACTION_ALLOWED;
  return event === EVENT_CREATED || event === EVENT_DELETED || event === EVENT_UPDATED ? ACTION_ALLOWED : ACTION_UNKNOWN;
}
