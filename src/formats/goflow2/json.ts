/** The same messages as JSON lines (`-format=json`): times in nanoseconds, addresses as text, types and protocols by name. */
import type { ObservationWriter } from "../format.ts";
import { ascii, parseIPv4At, parseIPv6At, startsWith } from "../text/fields.ts";
import { JSON_NUMBER, JSON_STRING, JsonFields } from "../text/json-fields.ts";
import { LineDecoder } from "../text/lines.ts";
import {
  FIELD_BYTES,
  FIELD_DESTINATION_PORT,
  FIELD_END_NANOSECONDS,
  FIELD_FORWARDING_STATUS,
  FIELD_FRAGMENT_ID,
  FIELD_FRAGMENT_OFFSET,
  FIELD_ICMP_CODE,
  FIELD_ICMP_TYPE,
  FIELD_IP_FLAGS,
  FIELD_PACKETS,
  FIELD_PROTOCOL,
  FIELD_RECEIVED_NANOSECONDS,
  FIELD_SAMPLING_RATE,
  FIELD_SOURCE_MAC,
  FIELD_SOURCE_PORT,
  FIELD_START_NANOSECONDS,
  FIELD_TCP_FLAGS,
  FIELD_TOS,
  FIELD_TTL,
  FIELD_TYPE,
  FIELD_VLAN,
  FlowFields,
} from "./flow-fields.ts";

/** Members that are numbers, with the field that each one is. */
const NUMBERS: readonly (readonly [key: string, field: number])[] = [
  ["time_received_ns", FIELD_RECEIVED_NANOSECONDS],
  ["time_flow_start_ns", FIELD_START_NANOSECONDS],
  ["time_flow_end_ns", FIELD_END_NANOSECONDS],
  ["sampling_rate", FIELD_SAMPLING_RATE],
  ["bytes", FIELD_BYTES],
  ["packets", FIELD_PACKETS],
  ["src_port", FIELD_SOURCE_PORT],
  ["dst_port", FIELD_DESTINATION_PORT],
  ["ip_tos", FIELD_TOS],
  ["forwarding_status", FIELD_FORWARDING_STATUS],
  ["ip_ttl", FIELD_TTL],
  ["ip_flags", FIELD_IP_FLAGS],
  ["tcp_flags", FIELD_TCP_FLAGS],
  ["vlan_id", FIELD_VLAN],
  ["icmp_type", FIELD_ICMP_TYPE],
  ["icmp_code", FIELD_ICMP_CODE],
  ["fragment_id", FIELD_FRAGMENT_ID],
  ["fragment_offset", FIELD_FRAGMENT_OFFSET],
];
const SLOT_TYPE = NUMBERS.length;
const SLOT_PROTOCOL = SLOT_TYPE + 1;
const SLOT_SOURCE = SLOT_TYPE + 2;
const SLOT_DESTINATION = SLOT_TYPE + 3;
const SLOT_SOURCE_MAC = SLOT_TYPE + 4;
const PATHS = [...NUMBERS.map(([key]) => key), "type", "proto", "src_addr", "dst_addr", "src_mac"];

const TYPES: readonly Uint8Array[] = ["FLOWUNKNOWN", "SFLOW_5", "NETFLOW_V5", "NETFLOW_V9", "IPFIX"].map(ascii);
/** Names that goflow2 prints of protocols with ports or types; others stay a number of 0, which has neither. */
const PROTOCOLS: readonly (readonly [name: Uint8Array, number: number])[] = [
  [ascii("TCP"), 6],
  [ascii("UDP"), 17],
  [ascii("ICMP"), 1],
  [ascii("IPv6-ICMP"), 58],
  [ascii("ICMPv6"), 58],
  [ascii("SCTP"), 132],
  [ascii("DCCP"), 33],
  [ascii("UDPLite"), 136],
];
const NO_MAC = ascii("00:00:00:00:00:00");

const FAULT_TYPE = "goflow2 message of no known type";
/** Stands in for any hardware address: only whether there is one matters. */
const SOME_MAC = 1;

/** Reads one message of a line into fields. */
export class JsonMessageReader {
  readonly #members = new JsonFields(PATHS);

  /** Reads the object that fills `bytes[start, end)` into `fields`; null, or why it is none. */
  read(bytes: Uint8Array, start: number, end: number, fields: FlowFields): string | null {
    fields.clear();
    const members = this.#members;
    const broken = members.scan(bytes, start, end);
    if (broken !== null) return broken;
    const { values } = fields;
    const type = this.#nameAmong(TYPES, SLOT_TYPE, bytes);
    if (type < 0) return FAULT_TYPE;
    values[FIELD_TYPE] = type;
    for (let slot = 0; slot < NUMBERS.length; slot++) {
      if (members.kinds[slot] === JSON_NUMBER) values[NUMBERS[slot]![1]] = clamp(members.number(slot));
    }
    values[FIELD_PROTOCOL] = this.#protocol(bytes);
    fields.sourceOctets = this.#address(SLOT_SOURCE, bytes, fields.sourceWords);
    fields.destinationOctets = this.#address(SLOT_DESTINATION, bytes, fields.destinationWords);
    const { kinds, starts, ends } = members;
    const hasMac = kinds[SLOT_SOURCE_MAC] === JSON_STRING && !startsWith(bytes, starts[SLOT_SOURCE_MAC]!, ends[SLOT_SOURCE_MAC]!, NO_MAC);
    if (hasMac) values[FIELD_SOURCE_MAC] = SOME_MAC;
    return null;
  }

  #nameAmong(names: readonly Uint8Array[], slot: number, bytes: Uint8Array): number {
    const { kinds, starts, ends } = this.#members;
    if (kinds[slot] !== JSON_STRING) return -1;
    const start = starts[slot]!;
    const end = ends[slot]!;
    for (let i = 0; i < names.length; i++) if (names[i]!.length === end - start && startsWith(bytes, start, end, names[i]!)) return i;
    return -1;
  }

  #protocol(bytes: Uint8Array): number {
    const members = this.#members;
    if (members.kinds[SLOT_PROTOCOL] === JSON_NUMBER) return clamp(members.number(SLOT_PROTOCOL));
    const { kinds, starts, ends } = members;
    if (kinds[SLOT_PROTOCOL] !== JSON_STRING) return 0;
    const start = starts[SLOT_PROTOCOL]!;
    const end = ends[SLOT_PROTOCOL]!;
    for (let i = 0; i < PROTOCOLS.length; i++) {
      const [name, number] = PROTOCOLS[i]!;
      if (name.length === end - start && startsWith(bytes, start, end, name)) return number;
    }
    return 0;
  }

  #address(slot: number, bytes: Uint8Array, words: Uint32Array): number {
    const { kinds, starts, ends } = this.#members;
    if (kinds[slot] !== JSON_STRING) return 0;
    const four = parseIPv4At(bytes, starts[slot]!, ends[slot]!);
    if (four >= 0) {
      words[0] = four;
      return 4;
    }
    return parseIPv6At(bytes, starts[slot]!, ends[slot]!, words) ? 16 : 0;
  }
}

/** What a field of 64 bits can hold: JSON's numbers may be negative and without end. */
function clamp(value: number): number {
  return value > 0 ? Math.min(value, 2 ** 64) : 0;
}

/** Decodes lines of goflow2's JSON. */
export class Goflow2JsonDecoder extends LineDecoder {
  readonly #writer: ObservationWriter;
  readonly #fields = new FlowFields();
  readonly #reader = new JsonMessageReader();

  constructor(writer: ObservationWriter) {
    super();
    this.#writer = writer;
  }

  protected override line(bytes: Uint8Array, start: number, end: number): void {
    this.stats.records++;
    const fault = this.#reader.read(bytes, start, end, this.#fields);
    if (fault === null) this.#fields.write(this.#writer, this.stats);
    else this.fault(fault);
  }
}
