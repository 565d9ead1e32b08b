/**
 * A template compiled for reading: where the fields that a row needs stand, as flat typed arrays, and which of them it is made of.
 * Fixed-size records are then read by offset; records with variable-length fields are walked.
 */
import {
  READ_ADDRESS6,
  READ_DOUBLE,
  READ_NTP,
  READ_SECTION,
  readingOf,
  SLOT_ABSENT,
  SLOT_BIFLOW_DIRECTION,
  SLOT_DESTINATION4,
  SLOT_DESTINATION6,
  SLOT_DESTINATION_PORT,
  SLOT_DURATION_MICROSECONDS,
  SLOT_DURATION_MILLISECONDS,
  SLOT_END_DELTA,
  SLOT_END_MILLISECONDS,
  SLOT_END_NTP,
  SLOT_END_SECONDS,
  SLOT_END_UPTIME,
  SLOT_FIREWALL_EVENT,
  SLOT_FIRST_FLAGS,
  SLOT_FORWARDING_STATUS,
  SLOT_FRAGMENT_FLAGS,
  SLOT_FRAGMENT_ID,
  SLOT_FRAGMENT_OFFSET,
  SLOT_FRAME,
  SLOT_ICMP4,
  SLOT_ICMP4_TYPE,
  SLOT_ICMP6,
  SLOT_ICMP6_TYPE,
  SLOT_INITIATOR_OCTETS,
  SLOT_INITIATOR_PACKETS,
  SLOT_MAC,
  SLOT_NAT_EVENT,
  SLOT_NEXT_HEADER,
  SLOT_OBSERVED_MILLISECONDS,
  SLOT_OBSERVED_NTP,
  SLOT_OBSERVED_SECONDS,
  SLOT_OCTETS,
  SLOT_PACKET,
  SLOT_PACKET_INTERVAL,
  SLOT_PACKETS,
  SLOT_POST_OCTETS,
  SLOT_POST_PACKETS,
  SLOT_PROTOCOL,
  SLOT_RANDOM_INTERVAL,
  SLOT_RESPONDER_OCTETS,
  SLOT_RESPONDER_PACKETS,
  SLOT_REVERSE_FIRST_FLAGS,
  SLOT_REVERSE_OCTETS,
  SLOT_REVERSE_PACKETS,
  SLOT_REVERSE_START_MILLISECONDS,
  SLOT_REVERSE_START_SECONDS,
  SLOT_REVERSE_TCP_FLAGS,
  SLOT_REVERSE_UNION_FLAGS,
  SLOT_SAMPLER_ID,
  SLOT_SAMPLING_INTERVAL,
  SLOT_SAMPLING_POPULATION,
  SLOT_SAMPLING_PROBABILITY,
  SLOT_SELECTOR_ID,
  SLOT_SEQUENCE,
  SLOT_SOURCE4,
  SLOT_SOURCE6,
  SLOT_SOURCE_PORT,
  SLOT_START_DELTA,
  SLOT_START_MILLISECONDS,
  SLOT_START_NTP,
  SLOT_START_SECONDS,
  SLOT_START_UPTIME,
  SLOT_TCP_DESTINATION_PORT,
  SLOT_TCP_FLAGS,
  SLOT_TCP_SOURCE_PORT,
  SLOT_TOTAL_OCTETS,
  SLOT_TOTAL_PACKETS,
  SLOT_TTL,
  SLOT_TTL_LEAST,
  SLOT_TTL_MOST,
  SLOT_UDP_DESTINATION_PORT,
  SLOT_UDP_SOURCE_PORT,
  SLOT_UNION_FLAGS,
  SLOTS,
  slotOf,
} from "./elements.ts";

/** One field specifier: `length` is -1 where each record tells it. */
export interface TemplateField {
  readonly enterprise: number;
  readonly element: number;
  readonly length: number;
}

/** What records of a plan are for. */
export const USE_NOTHING = 0;
export const USE_FLOW = 1;
/** The record holds the head of a packet, for our own packet decoders. */
export const USE_PACKET = 2;
export const USE_OPTIONS = 3;

/** How one field is read; unsigned integers of the usual lengths have their own. */
export const OP_U8 = 0;
export const OP_U16 = 1;
export const OP_U32 = 2;
export const OP_U64 = 3;
export const OP_UNSIGNED = 4;
export const OP_ADDRESS6 = 5;
export const OP_NTP = 6;
export const OP_DOUBLE = 7;
export const OP_FLOAT = 8;
export const OP_SECTION = 9;
const OP_NONE = -1;

/** Unit and base of a time's slot. */
export const TIME_NONE = 0;
export const TIME_MILLISECONDS = 1;
export const TIME_SECONDS = 2;
/** Microseconds before the datagram was sent. */
export const TIME_DELTA = 3;
/** Milliseconds since the exporter started. */
export const TIME_UPTIME = 4;

/** Bits of `ports`: the template has a pair for all transports, or one for UDP, or one for TCP. */
export const PORTS_NONE = 0;
export const PORTS_SHARED = 1;
export const PORTS_UDP = 2;
export const PORTS_TCP = 4;

/** ICMP's type and code: nowhere but, perhaps, in the destination port; as one number; apart. */
export const ICMP_NONE = 0;
export const ICMP_JOINED = 1;
export const ICMP_APART = 2;

export const SKIP_LAYER2 = "flow record of layer 2 (no IP addresses)";
export const SKIP_NAT = "NAT event (no traffic)";
export const SKIP_NO_ADDRESSES = "flow record without both addresses";
export const SKIP_NO_PROTOCOL = "flow record without a protocol";

/** How to read the records of one template. */
export class Plan {
  readonly use: number;
  /** Why records of USE_NOTHING are passed over. */
  readonly skipReason: string;
  /** Octets of a record; of a variable one, at least. Never 0. */
  readonly recordLength: number;
  readonly variable: boolean;

  /** The fields that are read: position in a fixed record, operation, octets, slot. */
  readonly fields: number;
  readonly offset: Uint16Array;
  readonly operation: Uint8Array;
  readonly octets: Uint16Array;
  readonly slot: Uint8Array;
  /** Of a variable plan: the length of each field (-1: told by the record), and its slot (-1: passed over). */
  readonly walkLength: Int32Array;
  readonly walkSlot: Int16Array;
  readonly walkReading: Uint8Array;

  readonly hasIPv4: boolean;
  readonly hasIPv6: boolean;
  readonly ports: number;
  readonly icmp4: number;
  readonly icmp6: number;
  readonly hasFlags: boolean;
  readonly hasReverseFlags: boolean;
  readonly hasCounters: boolean;
  readonly octetsSlot: number;
  readonly packetsSlot: number;
  /** The octets are those behind the transport header (elements 231 and 232). */
  readonly octetsArePayload: boolean;
  readonly hasReverse: boolean;
  readonly reverseOctetsSlot: number;
  readonly reversePacketsSlot: number;
  readonly reverseOctetsArePayload: boolean;
  readonly startKind: number;
  readonly startSlot: number;
  readonly endKind: number;
  readonly endSlot: number;
  readonly hasDuration: boolean;
  readonly hasReverseStart: boolean;
  readonly protocolSlot: number;
  readonly ttlSlot: number;
  readonly hasFragmentOffset: boolean;
  readonly hasFragmentFlags: boolean;
  readonly hasEvent: boolean;
  readonly hasStatus: boolean;
  readonly hasBiflowDirection: boolean;
  /** Elements that only a single packet can have: identification, sequence number. */
  readonly hasPacketFields: boolean;
  readonly samplerSlot: number;
  readonly hasSampling: boolean;

  constructor(fields: readonly TemplateField[], options: boolean) {
    const has = new Uint8Array(SLOTS);
    const offsets: number[] = [];
    const operations: number[] = [];
    const lengths: number[] = [];
    const slots: number[] = [];
    this.walkLength = new Int32Array(fields.length);
    this.walkSlot = new Int16Array(fields.length).fill(-1);
    this.walkReading = new Uint8Array(fields.length);
    let position = 0;
    let variable = false;
    for (const [i, field] of fields.entries()) {
      const slot = slotOf(field.enterprise, field.element);
      const reading = readingOf(field.enterprise, field.element);
      this.walkLength[i] = field.length;
      if (field.length < 0) variable = true;
      const operation = field.length < 0 ? OP_UNSIGNED : operationOf(reading, field.length);
      // Where an element comes twice, the first one counts.
      if (slot !== SLOT_ABSENT && operation !== OP_NONE && has[slot] === 0) {
        has[slot] = 1;
        // Of link addresses it matters only that there are some.
        if (slot !== SLOT_MAC) {
          this.walkSlot[i] = slot;
          this.walkReading[i] = reading;
          offsets.push(position);
          operations.push(operation);
          lengths.push(Math.max(0, field.length));
          slots.push(slot);
        }
      }
      position += field.length < 0 ? 1 : field.length;
    }
    this.recordLength = Math.max(1, position);
    this.variable = variable;
    this.fields = slots.length;
    this.offset = Uint16Array.from(offsets);
    this.operation = Uint8Array.from(operations);
    this.octets = Uint16Array.from(lengths);
    this.slot = Uint8Array.from(slots);

    const holds = (slot: number): boolean => has[slot] === 1;
    const first = (...candidates: number[]): number => candidates.find(holds) ?? SLOT_ABSENT;
    this.hasIPv4 = holds(SLOT_SOURCE4) && holds(SLOT_DESTINATION4);
    this.hasIPv6 = holds(SLOT_SOURCE6) && holds(SLOT_DESTINATION6);
    this.protocolSlot = first(SLOT_PROTOCOL, SLOT_NEXT_HEADER);
    this.ports =
      holds(SLOT_SOURCE_PORT) && holds(SLOT_DESTINATION_PORT)
        ? PORTS_SHARED
        : (holds(SLOT_UDP_SOURCE_PORT) && holds(SLOT_UDP_DESTINATION_PORT) ? PORTS_UDP : PORTS_NONE) |
          (holds(SLOT_TCP_SOURCE_PORT) && holds(SLOT_TCP_DESTINATION_PORT) ? PORTS_TCP : PORTS_NONE);
    this.icmp4 = holds(SLOT_ICMP4_TYPE) ? ICMP_APART : holds(SLOT_ICMP4) ? ICMP_JOINED : ICMP_NONE;
    this.icmp6 = holds(SLOT_ICMP6_TYPE) ? ICMP_APART : holds(SLOT_ICMP6) ? ICMP_JOINED : ICMP_NONE;
    this.hasFlags = first(SLOT_TCP_FLAGS, SLOT_FIRST_FLAGS, SLOT_UNION_FLAGS) !== SLOT_ABSENT;
    this.hasReverseFlags = first(SLOT_REVERSE_TCP_FLAGS, SLOT_REVERSE_FIRST_FLAGS, SLOT_REVERSE_UNION_FLAGS) !== SLOT_ABSENT;

    // A record of both directions may hold their sum besides.
    const both = holds(SLOT_INITIATOR_OCTETS) && holds(SLOT_RESPONDER_OCTETS);
    const single = [SLOT_OCTETS, SLOT_TOTAL_OCTETS];
    this.octetsSlot = both ? SLOT_INITIATOR_OCTETS : first(...single, SLOT_INITIATOR_OCTETS, SLOT_POST_OCTETS);
    this.octetsArePayload = this.octetsSlot === SLOT_INITIATOR_OCTETS;
    this.packetsSlot =
      holds(SLOT_INITIATOR_PACKETS) && holds(SLOT_RESPONDER_PACKETS)
        ? SLOT_INITIATOR_PACKETS
        : first(...(both ? [] : [SLOT_PACKETS, SLOT_TOTAL_PACKETS]), SLOT_INITIATOR_PACKETS, SLOT_POST_PACKETS);
    this.reverseOctetsSlot = first(SLOT_REVERSE_OCTETS, SLOT_RESPONDER_OCTETS);
    this.reverseOctetsArePayload = this.reverseOctetsSlot === SLOT_RESPONDER_OCTETS;
    this.reversePacketsSlot = first(SLOT_REVERSE_PACKETS, SLOT_RESPONDER_PACKETS);
    this.hasCounters = this.octetsSlot !== SLOT_ABSENT || this.packetsSlot !== SLOT_ABSENT;
    this.hasReverse = this.reverseOctetsSlot !== SLOT_ABSENT || this.reversePacketsSlot !== SLOT_ABSENT;

    this.startSlot = first(
      SLOT_START_MILLISECONDS,
      SLOT_START_NTP,
      SLOT_START_SECONDS,
      SLOT_START_DELTA,
      SLOT_START_UPTIME,
      SLOT_OBSERVED_MILLISECONDS,
      SLOT_OBSERVED_NTP,
      SLOT_OBSERVED_SECONDS,
    );
    this.startKind = timeKindOf(this.startSlot);
    this.endSlot = first(SLOT_END_MILLISECONDS, SLOT_END_NTP, SLOT_END_SECONDS, SLOT_END_DELTA, SLOT_END_UPTIME);
    this.endKind = timeKindOf(this.endSlot);
    this.hasDuration = holds(SLOT_DURATION_MILLISECONDS) || holds(SLOT_DURATION_MICROSECONDS);
    this.hasReverseStart = holds(SLOT_REVERSE_START_MILLISECONDS) || holds(SLOT_REVERSE_START_SECONDS);

    this.ttlSlot = first(SLOT_TTL, SLOT_TTL_LEAST, SLOT_TTL_MOST);
    this.hasFragmentOffset = holds(SLOT_FRAGMENT_OFFSET);
    this.hasFragmentFlags = holds(SLOT_FRAGMENT_FLAGS);
    this.hasEvent = holds(SLOT_FIREWALL_EVENT);
    this.hasStatus = holds(SLOT_FORWARDING_STATUS);
    this.hasBiflowDirection = holds(SLOT_BIFLOW_DIRECTION);
    this.hasPacketFields = holds(SLOT_FRAGMENT_ID) || holds(SLOT_SEQUENCE);
    this.samplerSlot = first(SLOT_SAMPLER_ID, SLOT_SELECTOR_ID);
    this.hasSampling =
      first(SLOT_SAMPLING_INTERVAL, SLOT_RANDOM_INTERVAL, SLOT_PACKET_INTERVAL, SLOT_SAMPLING_POPULATION, SLOT_SAMPLING_PROBABILITY) !==
      SLOT_ABSENT;

    let use = USE_FLOW;
    let reason = "";
    if (options) use = USE_OPTIONS;
    else if (holds(SLOT_FRAME) || holds(SLOT_PACKET)) use = USE_PACKET;
    else if (holds(SLOT_NAT_EVENT) && !this.hasCounters && !this.hasReverse) reason = SKIP_NAT;
    else if (!this.hasIPv4 && !this.hasIPv6) reason = holds(SLOT_MAC) ? SKIP_LAYER2 : SKIP_NO_ADDRESSES;
    else if (this.protocolSlot === SLOT_ABSENT) reason = SKIP_NO_PROTOCOL;
    this.use = reason === "" ? use : USE_NOTHING;
    this.skipReason = reason;
  }
}

/** The operation for a field of fixed length, or OP_NONE where it cannot be read. */
function operationOf(reading: number, length: number): number {
  switch (reading) {
    case READ_ADDRESS6:
      return length === 16 ? OP_ADDRESS6 : OP_NONE;
    case READ_NTP:
      return length === 8 ? OP_NTP : OP_NONE;
    case READ_DOUBLE:
      return length === 8 ? OP_DOUBLE : length === 4 ? OP_FLOAT : OP_NONE;
    case READ_SECTION:
      return OP_SECTION;
    default:
      if (length === 1) return OP_U8;
      if (length === 2) return OP_U16;
      if (length === 4) return OP_U32;
      if (length === 8) return OP_U64;
      return length === 0 || length > 8 ? OP_NONE : OP_UNSIGNED;
  }
}

function timeKindOf(slot: number): number {
  switch (slot) {
    case SLOT_START_MILLISECONDS:
    case SLOT_END_MILLISECONDS:
    case SLOT_OBSERVED_MILLISECONDS:
      return TIME_MILLISECONDS;
    case SLOT_START_SECONDS:
    case SLOT_END_SECONDS:
    case SLOT_OBSERVED_SECONDS:
    case SLOT_START_NTP:
    case SLOT_END_NTP:
    case SLOT_OBSERVED_NTP:
      return TIME_SECONDS;
    case SLOT_START_DELTA:
    case SLOT_END_DELTA:
      return TIME_DELTA;
    case SLOT_START_UPTIME:
    case SLOT_END_UPTIME:
      return TIME_UPTIME;
    default:
      return TIME_NONE;
  }
}
