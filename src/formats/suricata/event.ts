/** What all EVE events that hold packets have in common: time, ends, transport and ports, read from the fields of a line. */
import { NO_PORT } from "../../model/observation.ts";
import {
  hasPorts,
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_UDP_LITE,
} from "../../model/protocol.ts";
import { AddressField } from "../text/address-field.ts";
import { NOT_A_NUMBER } from "../text/fields.ts";
import { parseIsoTime } from "../text/iso-time.ts";
import { JSON_ABSENT, JSON_ARRAY, JSON_NUMBER, JSON_STRING, type JsonFields } from "../text/json-fields.ts";
import { WordTable } from "../text/word-table.ts";
import { DEST_IP, DEST_PORT, FLOW_ID, ICMP_CODE, ICMP_TYPE, PROTO, SRC_IP, SRC_PORT, TIMESTAMP, VLAN } from "./eve-fields.ts";

/** Names that Suricata writes: its own table (util-proto-name.c), which follows /etc/protocols; others come as numbers of three digits. */
const PROTOCOL_NAMES = new WordTable([
  ["TCP", PROTOCOL_TCP],
  ["UDP", PROTOCOL_UDP],
  ["ICMP", PROTOCOL_ICMP],
  ["IPv6-ICMP", PROTOCOL_ICMPV6],
  ["ICMPv6", PROTOCOL_ICMPV6],
  ["SCTP", PROTOCOL_SCTP],
  ["DCCP", PROTOCOL_DCCP],
  ["UDPLite", PROTOCOL_UDP_LITE],
  ["IGMP", 2],
  ["IP-ENCAP", 4],
  ["IPv6", 41],
  ["RSVP", 46],
  ["GRE", 47],
  ["ESP", 50],
  ["AH", 51],
  ["EIGRP", 88],
  ["OSPFIGP", 89],
  ["OSPF", 89],
  ["IPIP", 94],
  ["ETHERIP", 97],
  ["PIM", 103],
  ["IPComp", 108],
  ["VRRP", 112],
  ["L2TP", 115],
]);

const NO_TIME = "Suricata event without a time";
const NO_ADDRESSES = "Suricata event without two addresses of one family";
const BAD_PORT = "Suricata event with a port that is none";
const NO_FLOW = -1;
/** The Ethernet header that Suricata counts in the octets of flows, and a VLAN tag. */
const ETHERNET_HEADER = 14;
const VLAN_TAG = 4;
const COMMA = 44;

/** The event at hand. One object is reused for all. */
export class EveEvent {
  readonly fields: JsonFields;
  readonly source: AddressField = new AddressField();
  readonly destination: AddressField = new AddressField();
  /** When the event was written, or its flow began; seconds since 1970. */
  time = 0;
  /** -1 where the packet belongs to no flow: its headers were broken, or it was a fragment. */
  flowId = NO_FLOW;
  /** NOT_A_NUMBER where Suricata wrote a name that is not known. */
  protocol = 0;
  sourcePort = NO_PORT;
  destinationPort = NO_PORT;
  icmpType = 0;
  icmpCode = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(fields: JsonFields) {
    this.fields = fields;
  }

  /**
   * Takes the common members from the fields scanned last. Null, or why they do not make a packet. The time is that of slot `startSlot`,
   * or else of the event.
   */
  read(bytes: Uint8Array, startSlot: number): string | null {
    const { fields } = this;
    this.#bytes = bytes;
    this.time = this.timeOf(startSlot);
    if (this.time < 0 && startSlot !== TIMESTAMP) this.time = this.timeOf(TIMESTAMP);
    if (this.time < 0) return NO_TIME;
    const { starts, ends, kinds } = fields;
    if (kinds[SRC_IP] !== JSON_STRING || kinds[DEST_IP] !== JSON_STRING) return NO_ADDRESSES;
    if (!this.source.read(bytes, starts[SRC_IP]!, ends[SRC_IP]!) || !this.destination.read(bytes, starts[DEST_IP]!, ends[DEST_IP]!)) {
      return NO_ADDRESSES;
    }
    if (this.source.family !== this.destination.family) return NO_ADDRESSES;
    this.flowId = kinds[FLOW_ID] === JSON_NUMBER || kinds[FLOW_ID] === JSON_STRING ? this.#flowId() : NO_FLOW;
    this.protocol = kinds[PROTO] === JSON_STRING ? PROTOCOL_NAMES.find(bytes, starts[PROTO]!, ends[PROTO]!) : NOT_A_NUMBER;
    if (this.protocol < 0) this.protocol = this.number(PROTO, 255);
    this.sourcePort = NO_PORT;
    this.destinationPort = NO_PORT;
    this.icmpType = 0;
    this.icmpCode = 0;
    if (hasPorts(this.protocol)) {
      const sourcePort = fields.integer(SRC_PORT);
      const destinationPort = fields.integer(DEST_PORT);
      if (sourcePort > 0xffff || destinationPort > 0xffff) return BAD_PORT;
      if (sourcePort >= 0 && destinationPort >= 0) {
        this.sourcePort = sourcePort;
        this.destinationPort = destinationPort;
      }
    } else if (this.protocol === PROTOCOL_ICMP || this.protocol === PROTOCOL_ICMPV6) {
      this.icmpType = Math.max(0, this.number(ICMP_TYPE, 255));
      this.icmpCode = Math.max(0, this.number(ICMP_CODE, 255));
    }
    return null;
  }

  /** The integer in a slot where it is at most `most`, or NOT_A_NUMBER. */
  number(slot: number, most: number): number {
    const value = this.fields.integer(slot);
    return value <= most ? value : NOT_A_NUMBER;
  }

  /** The integer in a slot, or 0. */
  count(slot: number): number {
    return Math.max(0, this.fields.integer(slot));
  }

  /** Seconds since 1970 of the time in a slot, or NOT_A_NUMBER. */
  timeOf(slot: number): number {
    const { kinds, starts, ends } = this.fields;
    return kinds[slot] === JSON_STRING ? parseIsoTime(this.#bytes, starts[slot]!, ends[slot]!) : NOT_A_NUMBER;
  }

  /** TCP flags written as two hexadecimal digits in a slot, or NOT_A_NUMBER. */
  flagsOf(slot: number): number {
    const { kinds, starts, ends } = this.fields;
    if (kinds[slot] !== JSON_STRING || ends[slot]! - starts[slot]! !== 2) return NOT_A_NUMBER;
    const high = hexDigits[this.#bytes[starts[slot]!]!]!;
    const low = hexDigits[this.#bytes[starts[slot]! + 1]!]!;
    return high < 0 || low < 0 ? NOT_A_NUMBER : 16 * high + low;
  }

  /**
   * Octets of IP among `frameBytes` of `packets` frames: Suricata counts whole frames, here taken for Ethernet's, with the VLAN tags that
   * the event tells.
   */
  ipBytes(frameBytes: number, packets: number): number {
    const { kinds, starts, ends } = this.fields;
    let tags = 0;
    if (kinds[VLAN] === JSON_ARRAY) {
      tags = 1;
      for (let i = starts[VLAN]!; i < ends[VLAN]!; i++) if (this.#bytes[i] === COMMA) tags++;
    } else if (kinds[VLAN] !== JSON_ABSENT) tags = 1;
    return Math.max(0, frameBytes - packets * (ETHERNET_HEADER + VLAN_TAG * tags));
  }

  /** 64 bits as digits: what a double keeps of them tells flows apart. */
  #flowId(): number {
    const start = this.fields.starts[FLOW_ID]!;
    const end = this.fields.ends[FLOW_ID]!;
    if (end === start || end - start > 20) return NO_FLOW;
    let id = 0;
    for (let i = start; i < end; i++) {
      const digit = this.#bytes[i]! - 48;
      if (digit < 0 || digit > 9) return NO_FLOW;
      id = id * 10 + digit;
    }
    return id;
  }
}

const hexDigits = Int8Array.from({ length: 256 }, (_, octet) => "0123456789abcdef".indexOf(String.fromCharCode(octet).toLowerCase()));
