/**
 * Flow messages of goflow2 (github.com/netsampler/goflow2, `pb/flow.proto`, whose version 1 differs in the times): the fields that matter of one
 * message, and the row that they give. A message is one direction of a flow, or one sampled packet of sFlow.
 */
import {
  ACTION_ALLOWED,
  ACTION_DENIED,
  FLAGS_UNKNOWN,
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  FRAGMENT_NONE,
  GRADE_CONFIRMED,
  GRADE_UNCONFIRMED,
  QUIRK_DONT_FRAGMENT,
  RECORD_FLOW,
  RECORD_PACKET,
} from "../../model/observation.ts";
import { hasPorts, PROTOCOL_DCCP, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_SCTP, PROTOCOL_TCP } from "../../model/protocol.ts";
import { payloadOf } from "../flow-export/payload.ts";
import type { DecodeStats, ObservationWriter } from "../format.ts";
import { clampCount, commitRow, setDestination6, setSource6, startRow } from "../record-row.ts";

/** Numbers of the fields in `pb/flow.proto`. */
export const FIELD_TYPE = 1;
export const FIELD_SAMPLING_RATE = 3;
export const FIELD_SOURCE = 6;
export const FIELD_DESTINATION = 7;
export const FIELD_BYTES = 9;
export const FIELD_PACKETS = 10;
export const FIELD_PROTOCOL = 20;
export const FIELD_SOURCE_PORT = 21;
export const FIELD_DESTINATION_PORT = 22;
export const FIELD_TOS = 23;
export const FIELD_FORWARDING_STATUS = 24;
export const FIELD_TTL = 25;
export const FIELD_TCP_FLAGS = 26;
export const FIELD_SOURCE_MAC = 27;
export const FIELD_VLAN = 29;
export const FIELD_ICMP_TYPE = 31;
export const FIELD_ICMP_CODE = 32;
export const FIELD_FRAGMENT_ID = 35;
export const FIELD_FRAGMENT_OFFSET = 36;
/** Three bits of the IPv4 header in version 2; in version 1 the time of the flow's start in seconds. */
export const FIELD_IP_FLAGS = 38;
export const FIELD_RECEIVED_NANOSECONDS = 110;
export const FIELD_START_NANOSECONDS = 111;
export const FIELD_END_NANOSECONDS = 112;
/** Version 1: seconds. */
export const FIELD_RECEIVED_SECONDS = 2;
export const FIELD_END_SECONDS = 5;
/** One more than the greatest field that is kept. */
export const FIELDS = 113;

/** Values of {@link FIELD_TYPE}; 0 is unknown. */
export const TYPE_SFLOW_5 = 1;
export const TYPE_IPFIX = 4;

/** Bits of {@link FIELD_IP_FLAGS}. */
const FLAG_DONT_FRAGMENT = 2;
const FLAG_MORE_FRAGMENTS = 1;
/** Above this {@link FIELD_IP_FLAGS} is a time. */
const MOST_IP_FLAGS = 7;
/** Element 89 of IPFIX: the two highest bits of an octet. */
const STATUS_FORWARDED = 1;
const STATUS_DROPPED = 2;
/** Octets of the link's header, which sFlow counts among a packet's. */
const ETHERNET_OCTETS = 14;
const VLAN_OCTETS = 4;
const FLAGS_MASK = 0xfff;

const SKIP_NOT_IP = "not IP";
const SKIP_NO_TRAFFIC = "flow record without packets";

/** The fields of the message at hand. Proto3 leaves out what is zero: so does this, and what is absent is zero. */
export class FlowFields {
  /** By field number; times in nanoseconds lose 256 of them, which is less than clocks do. */
  readonly values: Float64Array = new Float64Array(FIELDS);
  /** Words of the addresses, the source in 0–3, the destination in 4–7; of IPv4 the first of the four. */
  readonly words: Uint32Array = new Uint32Array(8);
  readonly sourceWords: Uint32Array = this.words.subarray(0, 4);
  readonly destinationWords: Uint32Array = this.words.subarray(4, 8);
  /** Octets of the addresses: 4, 16, or 0 where there was none. */
  sourceOctets = 0;
  destinationOctets = 0;
  /** Some message told TCP flags: exporters that do not know them leave zeros. */
  #tellsFlags = false;

  clear(): void {
    this.values.fill(0);
    this.sourceOctets = 0;
    this.destinationOctets = 0;
  }

  /** Writes the message's row, or counts why there is none. */
  write(writer: ObservationWriter, stats: DecodeStats): void {
    const { values, words } = this;
    const six = this.sourceOctets === 16;
    if (this.sourceOctets !== this.destinationOctets || this.sourceOctets === 0) return stats.skip(SKIP_NOT_IP);
    const isPacket = values[FIELD_TYPE] === TYPE_SFLOW_5;
    const packets = values[FIELD_PACKETS]! > 0 ? values[FIELD_PACKETS]! : values[FIELD_BYTES]! > 0 ? 1 : 0;
    if (packets === 0) return stats.skip(SKIP_NO_TRAFFIC);
    const factor = values[FIELD_SAMPLING_RATE]! > 1 ? values[FIELD_SAMPLING_RATE]! : 1;
    if (factor > 1) stats.noteSampling(factor);

    const row = startRow(writer);
    const { batch } = writer;
    if (six) {
      setSource6(batch, row, words[0]!, words[1]!, words[2]!, words[3]!);
      setDestination6(batch, row, words[4]!, words[5]!, words[6]!, words[7]!);
    } else {
      batch.source[row] = words[0]!;
      batch.destination[row] = words[4]!;
    }
    const protocol = values[FIELD_PROTOCOL]! & 0xff;
    batch.protocol[row] = protocol;
    batch.record[row] = isPacket ? RECORD_PACKET : RECORD_FLOW;
    batch.tos[row] = values[FIELD_TOS]!;
    batch.ttl[row] = values[FIELD_TTL]!;
    this.#setTimes(writer, row, isPacket);
    const status = (values[FIELD_FORWARDING_STATUS]! & 0xff) >>> 6;
    if (status === STATUS_FORWARDED) batch.action[row] = ACTION_ALLOWED;
    else if (status === STATUS_DROPPED) batch.action[row] = ACTION_DENIED;

    const fragment = this.#fragment();
    batch.fragment[row] = fragment;
    batch.grade[row] = this.#isSeen(isPacket) ? GRADE_CONFIRMED : GRADE_UNCONFIRMED;
    if (this.#hasIpFlag(FLAG_DONT_FRAGMENT)) batch.quirks[row] = QUIRK_DONT_FRAGMENT;
    if (!six && isPacket) batch.ipId[row] = values[FIELD_FRAGMENT_ID]! & 0xffff;
    let flags = 0;
    if (hasPorts(protocol)) {
      flags = fragment === FRAGMENT_LATER ? FLAGS_UNKNOWN : this.#flags(protocol);
      if (fragment !== FRAGMENT_LATER) {
        batch.sourcePort[row] = values[FIELD_SOURCE_PORT]! & 0xffff;
        batch.destinationPort[row] = values[FIELD_DESTINATION_PORT]! & 0xffff;
      }
    } else if ((protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) && fragment !== FRAGMENT_LATER) this.#setIcmp(writer, row);
    batch.tcpFlags[row] = flags;

    const octets = Math.max(0, values[FIELD_BYTES]! - (isPacket ? this.#linkOctets() * packets : 0));
    batch.packets[row] = clampCount(packets * factor);
    batch.bytes[row] = clampCount(octets * factor);
    batch.payload[row] = clampCount(payloadOf(protocol, six, packets, octets, flags) * factor);
    commitRow(writer);
  }

  #setTimes({ batch }: ObservationWriter, row: number, isPacket: boolean): void {
    const { values } = this;
    const received = values[FIELD_RECEIVED_NANOSECONDS]! / 1e9 || values[FIELD_RECEIVED_SECONDS]!;
    const oldStart = values[FIELD_IP_FLAGS]! > MOST_IP_FLAGS ? values[FIELD_IP_FLAGS]! : 0;
    const start = values[FIELD_START_NANOSECONDS]! / 1e9 || oldStart || received;
    const end = values[FIELD_END_NANOSECONDS]! / 1e9 || values[FIELD_END_SECONDS]!;
    batch.time[row] = start;
    if (!isPacket && end > start) batch.duration[row] = end - start;
  }

  #hasIpFlag(bit: number): boolean {
    const flags = this.values[FIELD_IP_FLAGS]!;
    return flags <= MOST_IP_FLAGS && (flags & bit) !== 0;
  }

  /** Of flows without an offset, "more fragments" with two ports of zero is a fragment that is not the first: the first one's ports are real. */
  #fragment(): number {
    const { values } = this;
    if (values[FIELD_FRAGMENT_OFFSET]! > 0) return FRAGMENT_LATER;
    if (!this.#hasIpFlag(FLAG_MORE_FRAGMENTS)) return FRAGMENT_NONE;
    if (values[FIELD_TYPE] === TYPE_SFLOW_5) return FRAGMENT_FIRST;
    return values[FIELD_SOURCE_PORT] === 0 && values[FIELD_DESTINATION_PORT] === 0 ? FRAGMENT_LATER : FRAGMENT_FIRST;
  }

  /** Whether a later fragment could not look the same: a packet whose IP header goflow2 has read (it has a TTL), or one that says it is none. */
  #isSeen(isPacket: boolean): boolean {
    return (isPacket && this.values[FIELD_TTL]! > 0) || this.values[FIELD_FRAGMENT_OFFSET]! > 0 || this.#hasIpFlag(FLAG_DONT_FRAGMENT);
  }

  #flags(protocol: number): number {
    if (protocol !== PROTOCOL_TCP) return protocol === PROTOCOL_SCTP || protocol === PROTOCOL_DCCP ? FLAGS_UNKNOWN : 0;
    const flags = this.values[FIELD_TCP_FLAGS]! & FLAGS_MASK;
    if (flags !== 0) this.#tellsFlags = true;
    return this.#tellsFlags ? flags : FLAGS_UNKNOWN;
  }

  /** From fields of its own, else from the destination port, where NetFlow v5 has it as type × 256 + code. */
  #setIcmp({ batch }: ObservationWriter, row: number): void {
    const { values } = this;
    const told = values[FIELD_ICMP_TYPE] !== 0 || values[FIELD_ICMP_CODE] !== 0;
    batch.icmpType[row] = told ? values[FIELD_ICMP_TYPE]! : values[FIELD_DESTINATION_PORT]! >>> 8;
    batch.icmpCode[row] = told ? values[FIELD_ICMP_CODE]! : values[FIELD_DESTINATION_PORT]! & 0xff;
  }

  #linkOctets(): number {
    const { values } = this;
    if (values[FIELD_SOURCE_MAC] === 0) return 0;
    return values[FIELD_VLAN] === 0 ? ETHERNET_OCTETS : ETHERNET_OCTETS + VLAN_OCTETS;
  }
}
