/**
 * What `nfdump -o json` and `-o ndjson` print: an array of objects over many lines, the same without its brackets (`-q`), or an object a
 * line. Source: nfdump's output_json.c of 1.6.25, 1.7.1 and 1.7.8. Times are the local time of whoever ran it, which the text does not tell:
 * they are read as UTC (run nfdump with TZ=UTC).
 */
import { hasPorts, PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from "../../model/protocol.ts";
import type { Format, ObservationWriter } from "../format.ts";
import { AddressField } from "../text/address-field.ts";
import { ascii, NOT_A_NUMBER } from "../text/fields.ts";
import { parseIsoTime } from "../text/iso-time.ts";
import { JSON_ABSENT, JSON_STRING, JsonFields } from "../text/json-fields.ts";
import { flagLetters } from "./flag-letters.ts";
import { BIT_DONT_FRAGMENT, BIT_MORE_FRAGMENTS, FlowRecordWriter } from "./flow-record.ts";
import { JsonObjectDecoder, MAX_OBJECT } from "./json-objects.ts";
import { setAnswer } from "./record-v3.ts";

const PATHS = [
  "type",
  "first",
  "t_first",
  "last",
  "t_last",
  "proto",
  "src4_addr",
  "dst4_addr",
  "src6_addr",
  "dst6_addr",
  "src_port",
  "dst_port",
  "icmp_type",
  "icmp_code",
  "tcp_flags",
  "fwd_status",
  "src_tos",
  "in_packets",
  "in_bytes",
  "out_packets",
  "out_bytes",
  "sampled",
  "event_id",
  "ip_fragment",
  "ip_minttl",
  "export_sysid",
] as const;
const slotOf = (path: (typeof PATHS)[number]): number => PATHS.indexOf(path);
const TYPE = slotOf("type");
const FIRST = slotOf("first");
const FIRST_OLD = slotOf("t_first");
const LAST = slotOf("last");
const LAST_OLD = slotOf("t_last");
const PROTOCOL = slotOf("proto");
const SOURCE_4 = slotOf("src4_addr");
const DESTINATION_4 = slotOf("dst4_addr");
const SOURCE_6 = slotOf("src6_addr");
const DESTINATION_6 = slotOf("dst6_addr");
const SOURCE_PORT = slotOf("src_port");
const DESTINATION_PORT = slotOf("dst_port");
const ICMP_TYPE = slotOf("icmp_type");
const ICMP_CODE = slotOf("icmp_code");
const FLAGS = slotOf("tcp_flags");
const STATUS = slotOf("fwd_status");
const TOS = slotOf("src_tos");
const PACKETS = slotOf("in_packets");
const BYTES = slotOf("in_bytes");
const OUT_PACKETS = slotOf("out_packets");
const OUT_BYTES = slotOf("out_bytes");
const SAMPLED = slotOf("sampled");
const EVENT = slotOf("event_id");
const FRAGMENT = slotOf("ip_fragment");
const TTL = slotOf("ip_minttl");
const EXPORTER = slotOf("export_sysid");
const LETTER_D = 68;
const LETTER_M = 77;

const FLOW = ascii("FLOW");
const EVENT_WORD = ascii("EVENT");
/** Octets of the head that may come before the first object: a bracket and spaces. */
const MOST_BEFORE = 16;

const BAD_TIME = "nfdump JSON without a time";
const BAD_ADDRESS = "nfdump JSON without two addresses";
const BAD_PROTOCOL = "nfdump JSON without a protocol";
const STATISTICS = "nfdump JSON that is no flow";

/** Text of `nfdump -o json`. */
export const NFDUMP_JSON: Format = {
  name: "nfdump-json",
  title: "nfdump -o json, ndjson",
  proves: { portsOnTheWire: false, tcpFlags: true, outcome: true, fragments: false, action: false },
  maxRecord: MAX_OBJECT,
  recognises: (head) => {
    const found = new FirstObject();
    found.push(head, 0, head.length);
    return found.isFlow ?? found.seemsFlow(head);
  },
  decoder: (writer) => new NfdumpJsonDecoder(writer),
};

/** Whether a scanned object is one of nfdump's flows. */
function isFlow(fields: JsonFields): boolean {
  if (!fields.is(TYPE, FLOW) && !fields.is(TYPE, EVENT_WORD)) return false;
  return (
    (fields.kinds[FIRST] === JSON_STRING || fields.kinds[FIRST_OLD] === JSON_STRING) &&
    fields.kinds[PROTOCOL] !== JSON_ABSENT &&
    fields.kinds[EXPORTER] !== JSON_ABSENT
  );
}

/** Judges the first object of a head. */
class FirstObject extends JsonObjectDecoder {
  /** Null where no object is whole. */
  isFlow: boolean | null = null;

  /** Whether a head in which no object ends begins one of nfdump's. */
  seemsFlow(head: Uint8Array): boolean {
    const text = new TextDecoder("latin1").decode(head.subarray(0, 300));
    return /^\s*\[?\s*\{\s*("cnt"\s*:\s*\d+,\s*)?"type"\s*:\s*"(FLOW|EVENT)",\s*("ident"|"sampled"|"export_sysid")/.test(text);
  }

  protected object(bytes: Uint8Array, start: number, end: number, offset: number): void {
    if (this.isFlow !== null) return;
    const fields = new JsonFields(PATHS);
    this.isFlow = offset <= MOST_BEFORE && fields.scan(bytes, start, end) === null && isFlow(fields);
  }
}

class NfdumpJsonDecoder extends JsonObjectDecoder {
  readonly #flows: FlowRecordWriter;
  readonly #fields: JsonFields = new JsonFields(PATHS);
  readonly #address: AddressField = new AddressField();

  constructor(writer: ObservationWriter) {
    super();
    this.#flows = new FlowRecordWriter(writer, this.stats);
  }

  protected object(bytes: Uint8Array, start: number, end: number, offset: number): void {
    this.stats.records++;
    const reason = this.#fields.scan(bytes, start, end) ?? this.#flow(bytes);
    if (reason === STATISTICS) this.stats.skip(reason);
    else if (reason !== null) this.stats.fault(reason, offset, "octet");
  }

  #flow(bytes: Uint8Array): string | null {
    const fields = this.#fields;
    if (!fields.is(TYPE, FLOW) && !fields.is(TYPE, EVENT_WORD)) return STATISTICS;
    const { record } = this.#flows;
    record.clear();
    const first = this.#time(bytes, FIRST, FIRST_OLD);
    if (first < 0) return BAD_TIME;
    record.first = first;
    record.last = Math.max(first, this.#time(bytes, LAST, LAST_OLD));
    const protocol = this.#small(PROTOCOL);
    if (protocol < 0) return BAD_PROTOCOL;
    record.protocol = protocol;
    const six = fields.kinds[SOURCE_4] !== JSON_STRING;
    if (!this.#addresses(bytes, six ? SOURCE_6 : SOURCE_4, six ? DESTINATION_6 : DESTINATION_4)) return BAD_ADDRESS;
    if (hasPorts(protocol)) {
      record.sourcePort = this.#port(SOURCE_PORT);
      record.destinationPort = this.#port(DESTINATION_PORT);
    } else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
      const type = this.#small(ICMP_TYPE);
      const code = this.#small(ICMP_CODE);
      record.destinationPort = type >= 0 && code >= 0 ? type * 256 + code : this.#port(DESTINATION_PORT);
    }
    if (fields.kinds[FLAGS] === JSON_STRING) record.tcpFlags = flagLetters(bytes, fields.starts[FLAGS]!, fields.ends[FLAGS]!);
    record.status = Math.max(0, this.#small(STATUS));
    record.tos = Math.max(0, this.#small(TOS));
    record.ttl = Math.max(0, this.#small(TTL));
    record.packets = Math.max(0, fields.integer(PACKETS));
    record.bytes = Math.max(0, fields.integer(BYTES));
    record.event = Math.max(0, this.#small(EVENT));
    record.sampled = fields.integer(SAMPLED) === 1;
    if (fields.kinds[FRAGMENT] === JSON_STRING) record.fragmentBits = fragmentBits(bytes, fields.starts[FRAGMENT]!, fields.ends[FRAGMENT]!);
    const outPackets = fields.integer(OUT_PACKETS);
    if (outPackets > 0) setAnswer(record, outPackets, Math.max(0, fields.integer(OUT_BYTES)), record.event > 0);
    this.#flows.write();
    return null;
  }

  #addresses(bytes: Uint8Array, source: number, destination: number): boolean {
    const fields = this.#fields;
    const address = this.#address;
    const { record } = this.#flows;
    if (fields.kinds[source] !== JSON_STRING || fields.kinds[destination] !== JSON_STRING) return false;
    if (!address.read(bytes, fields.starts[source]!, fields.ends[source]!)) return false;
    record.family = address.family;
    record.source = address.four;
    record.source6.set(address.six);
    if (!address.read(bytes, fields.starts[destination]!, fields.ends[destination]!) || address.family !== record.family) return false;
    record.destination = address.four;
    record.destination6.set(address.six);
    return true;
  }

  /** The time in the first of two slots that has one; NOT_A_NUMBER where neither has. */
  #time(bytes: Uint8Array, slot: number, other: number): number {
    const fields = this.#fields;
    const chosen = fields.kinds[slot] === JSON_STRING ? slot : other;
    if (fields.kinds[chosen] !== JSON_STRING) return NOT_A_NUMBER;
    return parseIsoTime(bytes, fields.starts[chosen]!, fields.ends[chosen]!);
  }

  #small(slot: number): number {
    const value = this.#fields.integer(slot);
    return value <= 0xff ? value : NOT_A_NUMBER;
  }

  #port(slot: number): number {
    const value = this.#fields.integer(slot);
    return value <= 0xffff ? value : NOT_A_NUMBER;
  }
}

/** `DF`, `MF` or both run together, as the letters that nfdump prints for the bits. */
function fragmentBits(bytes: Uint8Array, start: number, end: number): number {
  let bits = 0;
  for (let at = start; at < end; at++) {
    if (bytes[at] === LETTER_D) bits |= BIT_DONT_FRAGMENT;
    else if (bytes[at] === LETTER_M) bits |= BIT_MORE_FRAGMENTS;
  }
  return bits;
}
