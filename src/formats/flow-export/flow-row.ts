/** Rows from the slots of a flow record: one a direction. */
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
  QUIRK_DONT_FRAGMENT,
  RECORD_FLOW,
} from "../../model/observation.ts";
import {
  hasPorts,
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from "../../model/protocol.ts";
import type { ObservationWriter } from "../format.ts";
import { icmpAnswerTo } from "../icmp-answer.ts";
import { clampCount, commitRow, setDestination6, setSource6, startRow } from "../record-row.ts";
import { type Clock, NO_TIME } from "./clock.ts";
import {
  SLOT_ACKNOWLEDGEMENT,
  SLOT_BIFLOW_DIRECTION,
  SLOT_DESTINATION4,
  SLOT_DESTINATION_PORT,
  SLOT_DURATION_MICROSECONDS,
  SLOT_DURATION_MILLISECONDS,
  SLOT_FIREWALL_EVENT,
  SLOT_FIRST_FLAGS,
  SLOT_FORWARDING_STATUS,
  SLOT_FRAGMENT_FLAGS,
  SLOT_FRAGMENT_ID,
  SLOT_FRAGMENT_OFFSET,
  SLOT_ICMP4,
  SLOT_ICMP4_CODE,
  SLOT_ICMP4_TYPE,
  SLOT_ICMP6,
  SLOT_ICMP6_CODE,
  SLOT_ICMP6_TYPE,
  SLOT_REVERSE_FIRST_FLAGS,
  SLOT_REVERSE_START_MILLISECONDS,
  SLOT_REVERSE_START_SECONDS,
  SLOT_REVERSE_TCP_FLAGS,
  SLOT_REVERSE_TOS,
  SLOT_REVERSE_TTL,
  SLOT_REVERSE_UNION_FLAGS,
  SLOT_SEQUENCE,
  SLOT_SOURCE4,
  SLOT_SOURCE_PORT,
  SLOT_TCP_DESTINATION_PORT,
  SLOT_TCP_FLAGS,
  SLOT_TCP_SOURCE_PORT,
  SLOT_TOS,
  SLOT_UDP_DESTINATION_PORT,
  SLOT_UDP_SOURCE_PORT,
  SLOT_UNION_FLAGS,
  SLOT_WINDOW,
} from "./elements.ts";
import { headerOctets, payloadOf } from "./payload.ts";
import { ICMP_APART, ICMP_JOINED, type Plan, PORTS_SHARED, PORTS_TCP, PORTS_UDP, TIME_UPTIME } from "./plan.ts";
import type { RecordReader } from "./record-reader.ts";

/** Why a flow record gave no row. */
export const SKIP_NO_TRAFFIC = "flow record without packets";
export const SKIP_EVENT = "firewall event without traffic (the flow's end counts it)";
export const SKIP_PROTOCOL = "flow record of a protocol number above 255";

/** Element 233. */
const EVENT_CREATED = 1;
const EVENT_DELETED = 2;
const EVENT_DENIED = 3;
const EVENT_UPDATED = 5;
/** Element 89: the two highest bits of an octet; reasons below. */
const STATUS_FORWARDED = 1;
const STATUS_DROPPED = 2;
/** Element 197: as in the IPv4 header. */
const FLAG_DONT_FRAGMENT = 0x40;
const FLAG_MORE_FRAGMENTS = 0x20;
/** Element 239: the record's source is the one who answered. */
const REVERSE_INITIATOR = 2;
/** By how much the answer comes later where the record does not say, seconds. */
const ANSWER_DELAY = 1e-6;
/** The twelve bits that the column holds. */
const FLAGS_MASK = 0xfff;

/** Writes the rows of flow records. */
export class FlowRows {
  /** TCP flags other than zero were seen: exporters that do not know them write zeros. Kept by the caller for each exporter. */
  tellsFlags = false;
  readonly #writer: ObservationWriter;
  #duration = 0;

  constructor(writer: ObservationWriter) {
    this.#writer = writer;
  }

  /**
   * Writes the rows of the record in `reader`, counts multiplied by `factor`, and returns null, or why there are none.
   * @param plan of use USE_FLOW
   */
  write(plan: Plan, reader: RecordReader, clock: Clock, factor: number): string | null {
    const { values } = reader;
    const protocol = values[plan.protocolSlot]!;
    if (protocol > 0xff) return SKIP_PROTOCOL;
    let packets = values[plan.packetsSlot]!;
    const octets = values[plan.octetsSlot]!;
    let reversePackets = 0;
    let reverseOctets = 0;
    if (plan.hasReverse) {
      reversePackets = values[plan.reversePacketsSlot]!;
      reverseOctets = values[plan.reverseOctetsSlot]!;
      // Octets without a count of packets: at least one brought them.
      if (reversePackets === 0 && reverseOctets > 0) reversePackets = 1;
    }
    const event = plan.hasEvent ? values[SLOT_FIREWALL_EVENT]! : 0;
    if (packets === 0) {
      if (octets > 0) packets = 1;
      else if (event === EVENT_CREATED) return SKIP_EVENT;
      else if (event === EVENT_DENIED || (event === EVENT_DELETED && reversePackets === 0)) packets = 1;
      else if (!plan.hasCounters && !plan.hasReverse && event === 0) packets = 1;
      else if (reversePackets === 0) return SKIP_NO_TRAFFIC;
    }
    const told = clock.timeOf(plan.startKind, values[plan.startSlot]!);
    const end = clock.timeOf(plan.endKind, values[plan.endSlot]!);
    this.#duration = durationOf(plan, values, told, end);
    const start = told > 0 ? told : Math.max(0, (end > 0 ? end : clock.exportTime) - this.#duration);
    const action = actionOf(plan, values, event);
    const isReversed = plan.hasBiflowDirection && values[SLOT_BIFLOW_DIRECTION] === REVERSE_INITIATOR;
    if (packets > 0) {
      const time = isReversed && reversePackets > 0 ? start + ANSWER_DELAY : start;
      this.#row(plan, reader, time, protocol, packets, octets, factor, action, false);
    }
    if (reversePackets > 0) {
      const answered = plan.hasReverseStart ? reverseStart(values) : NO_TIME;
      const time = isReversed ? start : Math.max(start + ANSWER_DELAY, answered);
      this.#row(plan, reader, time, protocol, reversePackets, reverseOctets, factor, action, true);
    }
    return null;
  }

  /** One direction. */
  #row(
    plan: Plan,
    reader: RecordReader,
    time: number,
    protocol: number,
    packets: number,
    octets: number,
    factor: number,
    action: number,
    reverse: boolean,
  ): void {
    const { values, words } = reader;
    const writer = this.#writer;
    const row = startRow(writer);
    const { batch } = writer;
    batch.record[row] = RECORD_FLOW;
    batch.time[row] = time;
    batch.duration[row] = this.#duration;
    // Templates for both families leave one of them zero.
    const six = plan.hasIPv6 && (!plan.hasIPv4 || (values[SLOT_SOURCE4] === 0 && values[SLOT_DESTINATION4] === 0));
    if (six) {
      const from = reverse ? 4 : 0;
      const to = 4 - from;
      setSource6(batch, row, words[from]!, words[from + 1]!, words[from + 2]!, words[from + 3]!);
      setDestination6(batch, row, words[to]!, words[to + 1]!, words[to + 2]!, words[to + 3]!);
    } else {
      batch.source[row] = values[reverse ? SLOT_DESTINATION4 : SLOT_SOURCE4]!;
      batch.destination[row] = values[reverse ? SLOT_SOURCE4 : SLOT_DESTINATION4]!;
    }
    batch.protocol[row] = protocol;
    batch.action[row] = action;
    batch.tos[row] = values[reverse ? SLOT_REVERSE_TOS : SLOT_TOS]!;
    batch.ttl[row] = values[reverse ? SLOT_REVERSE_TTL : plan.ttlSlot]!;

    let grade = GRADE_UNCONFIRMED;
    let fragment = FRAGMENT_NONE;
    if (plan.hasFragmentOffset) {
      grade = GRADE_CONFIRMED;
      if (values[SLOT_FRAGMENT_OFFSET]! > 0) fragment = FRAGMENT_LATER;
      else if (plan.hasFragmentFlags && (values[SLOT_FRAGMENT_FLAGS]! & FLAG_MORE_FRAGMENTS) !== 0) fragment = FRAGMENT_FIRST;
    } else if (plan.hasFragmentFlags) {
      // Without the offset only "don't fragment" proves anything, and a last fragment looks like a whole packet.
      const bits = values[SLOT_FRAGMENT_FLAGS]!;
      if ((bits & FLAG_DONT_FRAGMENT) !== 0) grade = GRADE_CONFIRMED;
      else if ((bits & FLAG_MORE_FRAGMENTS) !== 0) {
        fragment = values[SLOT_SOURCE_PORT] === 0 && values[SLOT_DESTINATION_PORT] === 0 ? FRAGMENT_LATER : FRAGMENT_FIRST;
      }
    }
    if (plan.hasFragmentFlags && !reverse && (values[SLOT_FRAGMENT_FLAGS]! & FLAG_DONT_FRAGMENT) !== 0)
      batch.quirks[row] = QUIRK_DONT_FRAGMENT;

    let flags = 0;
    if (hasPorts(protocol)) {
      if (fragment === FRAGMENT_LATER) flags = FLAGS_UNKNOWN;
      else {
        flags = this.#flags(plan, values, protocol, reverse);
        const { ports } = plan;
        if (ports === PORTS_SHARED) {
          batch.sourcePort[row] = values[reverse ? SLOT_DESTINATION_PORT : SLOT_SOURCE_PORT]! & 0xffff;
          batch.destinationPort[row] = values[reverse ? SLOT_SOURCE_PORT : SLOT_DESTINATION_PORT]! & 0xffff;
        } else if (protocol === PROTOCOL_TCP && (ports & PORTS_TCP) !== 0) {
          batch.sourcePort[row] = values[reverse ? SLOT_TCP_DESTINATION_PORT : SLOT_TCP_SOURCE_PORT]! & 0xffff;
          batch.destinationPort[row] = values[reverse ? SLOT_TCP_SOURCE_PORT : SLOT_TCP_DESTINATION_PORT]! & 0xffff;
        } else if (protocol === PROTOCOL_UDP && (ports & PORTS_UDP) !== 0) {
          batch.sourcePort[row] = values[reverse ? SLOT_UDP_DESTINATION_PORT : SLOT_UDP_SOURCE_PORT]! & 0xffff;
          batch.destinationPort[row] = values[reverse ? SLOT_UDP_SOURCE_PORT : SLOT_UDP_DESTINATION_PORT]! & 0xffff;
        } else grade = GRADE_PLACEHOLDER;
      }
    } else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
      const word = fragment === FRAGMENT_LATER ? 0 : icmpOf(plan, values, protocol === PROTOCOL_ICMPV6);
      batch.icmpType[row] = reverse ? icmpAnswerTo(word >>> 8, protocol) : word >>> 8;
      batch.icmpCode[row] = word & 0xff;
    }
    batch.grade[row] = grade;
    batch.fragment[row] = fragment;
    batch.tcpFlags[row] = flags;

    const isPayload = reverse ? plan.reverseOctetsArePayload : plan.octetsArePayload;
    const bytes = isPayload ? octets + packets * headerOctets(protocol, six) : octets;
    const payload = isPayload ? octets : payloadOf(protocol, six, packets, octets, flags);
    batch.packets[row] = clampCount(packets * factor);
    batch.bytes[row] = clampCount(bytes * factor);
    batch.payload[row] = clampCount(payload * factor);
    if (plan.hasPacketFields && packets === 1 && !reverse) this.#packetFields(values, row, six, protocol);
    commitRow(writer);
  }

  #flags(plan: Plan, values: Float64Array, protocol: number, reverse: boolean): number {
    if (protocol !== PROTOCOL_TCP) return protocol === PROTOCOL_SCTP || protocol === PROTOCOL_DCCP ? FLAGS_UNKNOWN : 0;
    if (reverse ? !plan.hasReverseFlags : !plan.hasFlags) return FLAGS_UNKNOWN;
    const flags = reverse
      ? values[SLOT_REVERSE_TCP_FLAGS]! | values[SLOT_REVERSE_FIRST_FLAGS]! | values[SLOT_REVERSE_UNION_FLAGS]!
      : values[SLOT_TCP_FLAGS]! | values[SLOT_FIRST_FLAGS]! | values[SLOT_UNION_FLAGS]!;
    if ((flags & FLAGS_MASK) !== 0) this.tellsFlags = true;
    return this.tellsFlags ? flags & FLAGS_MASK : FLAGS_UNKNOWN;
  }

  /** What only a record of one packet can tell. */
  #packetFields(values: Float64Array, row: number, six: boolean, protocol: number): void {
    const { batch } = this.#writer;
    if (!six) batch.ipId[row] = values[SLOT_FRAGMENT_ID]! & 0xffff;
    if (protocol !== PROTOCOL_TCP) return;
    batch.sequence[row] = values[SLOT_SEQUENCE]!;
    batch.acknowledgement[row] = values[SLOT_ACKNOWLEDGEMENT]!;
    batch.window[row] = values[SLOT_WINDOW]!;
  }
}

function durationOf(plan: Plan, values: Float64Array, start: number, end: number): number {
  if (start > 0 && end > 0) return end > start ? end - start : 0;
  if (plan.hasDuration) return values[SLOT_DURATION_MILLISECONDS]! / 1000 + values[SLOT_DURATION_MICROSECONDS]! / 1e6;
  // Both in milliseconds of an uptime that nobody can date: their difference holds.
  if (plan.startKind === TIME_UPTIME && plan.endKind === TIME_UPTIME) {
    return Math.max(0, (values[plan.endSlot]! - values[plan.startSlot]!) | 0) / 1000;
  }
  return 0;
}

function reverseStart(values: Float64Array): number {
  const milliseconds = values[SLOT_REVERSE_START_MILLISECONDS]!;
  if (milliseconds > 0) return milliseconds / 1000;
  const seconds = values[SLOT_REVERSE_START_SECONDS]!;
  return seconds > 0 ? seconds : NO_TIME;
}

function actionOf(plan: Plan, values: Float64Array, event: number): number {
  if (event === EVENT_DENIED) return ACTION_DENIED;
  if (plan.hasStatus) {
    const told = values[SLOT_FORWARDING_STATUS]!;
    // A value below 4 is the status alone, as IANA's registry once had it.
    const status = told < 4 ? told : (told & 0xff) >>> 6;
    if (status === STATUS_DROPPED) return ACTION_DENIED;
    if (status === STATUS_FORWARDED) return ACTION_ALLOWED;
  }
  return event === EVENT_CREATED || event === EVENT_DELETED || event === EVENT_UPDATED ? ACTION_ALLOWED : ACTION_UNKNOWN;
}

/** ICMP's type × 256 + code: from elements of its own, else from the destination port, where NetFlow v5 and many since have put it. */
function icmpOf(plan: Plan, values: Float64Array, six: boolean): number {
  const kind = six ? plan.icmp6 : plan.icmp4;
  if (kind === ICMP_APART) {
    return ((values[six ? SLOT_ICMP6_TYPE : SLOT_ICMP4_TYPE]! & 0xff) << 8) | (values[six ? SLOT_ICMP6_CODE : SLOT_ICMP4_CODE]! & 0xff);
  }
  if (kind === ICMP_JOINED) return values[six ? SLOT_ICMP6 : SLOT_ICMP4]! & 0xffff;
  // Some exporters have one template for both families and fill the older element.
  const other = six ? plan.icmp4 : plan.icmp6;
  if (other === ICMP_JOINED) return values[six ? SLOT_ICMP4 : SLOT_ICMP6]! & 0xffff;
  return values[SLOT_DESTINATION_PORT]! & 0xffff;
}
