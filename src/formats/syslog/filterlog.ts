/**
 * pf's log as `filterlog` writes it to syslog (pfSense, OPNsense): one line of comma-separated values a packet.
 *
 * Sources: Netgate's "Raw Filter Log Format"; OPNsense's description.txt; filterlog's own print-ip.c, print-ip6.c and print-tcp.c in both
 * projects' ports trees, which differ: in IPv6, pfSense prints the first extension header as the protocol, OPNsense the last header.
 *
 * Ports come from the header of the logged packet, and a later IPv4 fragment ends behind its addresses, so they are confirmed. OPNsense
 * reads "ports" from behind an IPv6 fragment header whatever its offset: there only lengths that leave no room for extension headers confirm.
 */
import {
  ACTION_ALLOWED,
  ACTION_DENIED,
  ACTION_UNKNOWN,
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  type ObservationBatch,
  QUIRK_BAD_HEADER_LENGTH,
  QUIRK_DONT_FRAGMENT,
  QUIRK_EVIL_BIT,
} from "../../model/observation.ts";
import {
  hasPorts,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_UDP_LITE,
} from "../../model/protocol.ts";
import type { ObservationWriter } from "../format.ts";
import { commitRow, startRow } from "../record-row.ts";
import { AddressField } from "../text/address-field.ts";
import { ascii, hexDigit } from "../text/fields.ts";
import { WordTable } from "../text/word-table.ts";
import { FilterlogFields } from "./filterlog-fields.ts";
import type { Envelope } from "./envelope.ts";
import { FilterlogIcmp } from "./filterlog-icmp.ts";
import { leastHeader, readFlags, readOptionNames, SELECTIVE } from "./filterlog-tcp.ts";
import type { LineNotes, MessageKind, MessageReader } from "./reader.ts";

const PROGRAM = ascii("filterlog");

/** Fields that all lines have, by number. */
const FIELD_ACTION = 6;
const FIELD_VERSION = 8;
const FIELD_HEADER = 9;
/** Behind them: fields of an IPv4 header, of an IPv6 header. */
const FIELDS_IPV4 = 11;
const FIELDS_IPV6 = 8;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const TCP_HEADER = 20;
const TCP_HEADER_MOST = 60;
const UDP_HEADER = 8;
const SCTP_HEADER = 12;
const HEADER_HOP_BY_HOP = 0;
const HEADER_ROUTING = 43;
const HEADER_FRAGMENT = 44;
const HEADER_DESTINATION = 60;
const HEADER_MOBILITY = 135;

const FOUR = 52;
const SIX = 54;
const ZERO = 48;
const LETTER_E = 101;
const LETTER_X = 120;
const COLON = 58;
const PLUS = 43;
const LETTER_D = 68;
const LETTER_R = 114;
/** "truncated-ip=60", "truncated-ip6=60" (OPNsense), "error='truncated-ip 20 bytes missing!'" (pfSense): a field before the header's. */
const TRUNCATED = ascii("truncated-ip");
const ERROR = ascii("error=");

/** What pf did; nat, rdr, binat, scrub and synproxy-drop tell of a change made, not of the packet's fate. */
const ACTIONS = new WordTable([
  ["pass", ACTION_ALLOWED],
  ["block", ACTION_DENIED],
]);

const SHORT = "filterlog line with too few fields";
const NOT_IP = "filterlog line about no IPv4 or IPv6 packet";
const BAD_HEADER = "filterlog line about a malformed IP header";
const BAD_FIELD = "filterlog field that is not a number";
const BAD_ADDRESS = "filterlog field that is not an address";
const EXTENSION = "filterlog line about an IPv6 extension header";

class FilterlogReader implements MessageReader {
  readonly #fields: FilterlogFields = new FilterlogFields();
  readonly #source: AddressField = new AddressField();
  readonly #destination: AddressField = new AddressField();
  readonly #icmp: FilterlogIcmp = new FilterlogIcmp();

  recognises(envelope: Envelope): boolean {
    return envelope.isProgram(PROGRAM);
  }

  read(envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
    const fields = this.#fields;
    fields.split(envelope.bytes, envelope.message, envelope.end);
    if (fields.count <= FIELD_HEADER) {
      notes.fault(SHORT);
      return;
    }
    const version = fields.end(FIELD_VERSION) - fields.start(FIELD_VERSION) === 1 ? fields.first(FIELD_VERSION) : 0;
    if (version !== FOUR && version !== SIX) {
      notes.skip(NOT_IP);
      return;
    }
    const header = fields.startsWith(FIELD_HEADER, TRUNCATED) || fields.startsWith(FIELD_HEADER, ERROR) ? FIELD_HEADER + 1 : FIELD_HEADER;
    if (fields.first(header) !== ZERO) {
      notes.skip(BAD_HEADER);
      return;
    }
    if (fields.count < header + (version === FOUR ? FIELDS_IPV4 : FIELDS_IPV6)) {
      notes.fault(SHORT);
      return;
    }
    const row = startRow(writer);
    const { batch } = writer;
    batch.time[row] = envelope.time;
    const action = ACTIONS.find(fields.bytes, fields.start(FIELD_ACTION), fields.end(FIELD_ACTION));
    batch.action[row] = action < 0 ? ACTION_UNKNOWN : action;
    const problem = version === FOUR ? this.#ipv4(batch, row, header) : this.#ipv6(batch, row, header);
    if (problem === null) commitRow(writer);
    else if (problem === EXTENSION) notes.skip(problem);
    else notes.fault(problem);
  }

  /** tos, ecn, ttl, id, offset, flags, protocol number and name, length, source, destination; why it does not parse, or null. */
  #ipv4(batch: ObservationBatch, row: number, at: number): string | null {
    const fields = this.#fields;
    const ttl = fields.integer(at + 2);
    const id = fields.integer(at + 3);
    const offset = fields.integer(at + 4);
    const protocol = fields.integer(at + 6);
    const length = fields.integer(at + 8);
    if (!isOctet(ttl) || !isWord(id) || !isWord(offset) || !isOctet(protocol) || !isWord(length)) return BAD_FIELD;
    if (!this.#addresses(batch, row, at + 9, 4)) return BAD_ADDRESS;
    batch.ttl[row] = ttl;
    batch.tos[row] = this.#hexadecimal(at);
    batch.ipId[row] = id;
    batch.bytes[row] = length;
    const flag = fields.first(at + 5);
    if (flag === LETTER_D) batch.quirks[row] = QUIRK_DONT_FRAGMENT;
    else if (flag === LETTER_R) batch.quirks[row] = QUIRK_EVIL_BIT;
    else if (flag === PLUS) batch.fragment[row] = FRAGMENT_FIRST;
    if (offset > 0) batch.fragment[row] = FRAGMENT_LATER;
    return this.#transport(batch, row, protocol, at + FIELDS_IPV4, length - IPV4_HEADER);
  }

  /** class, flow label, hop limit, protocol name and number, length of the payload, source, destination. */
  #ipv6(batch: ObservationBatch, row: number, at: number): string | null {
    const fields = this.#fields;
    const ttl = fields.integer(at + 2);
    const protocol = fields.integer(at + 4);
    const length = fields.integer(at + 5);
    if (!isOctet(ttl) || !isOctet(protocol) || !isWord(length)) return BAD_FIELD;
    if (!this.#addresses(batch, row, at + 6, 6)) return BAD_ADDRESS;
    batch.ttl[row] = ttl;
    batch.tos[row] = this.#hexadecimal(at);
    batch.bytes[row] = IPV6_HEADER + length;
    const rest = at + FIELDS_IPV6;
    switch (protocol) {
      case HEADER_FRAGMENT:
        // FRAG6, 0x0000abcd:1448|1400: what it carries is not told, so a first fragment's ports cannot be placed.
        if (!this.#isLaterFragment(rest + 1)) return EXTENSION;
        batch.fragment[row] = FRAGMENT_LATER;
        batch.tcpFlags[row] = 0;
        batch.protocol[row] = protocol;
        return null;
      case HEADER_HOP_BY_HOP:
      case HEADER_ROUTING:
      case HEADER_DESTINATION:
      case HEADER_MOBILITY:
        return EXTENSION;
      default:
        return this.#transport(batch, row, protocol, rest, length);
    }
  }

  /** @param room octets behind the IP header. */
  #transport(batch: ObservationBatch, row: number, protocol: number, at: number, room: number): string | null {
    batch.protocol[row] = protocol;
    if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_SCTP) batch.tcpFlags[row] = 0;
    if (batch.fragment[row] === FRAGMENT_LATER) return null;
    if (protocol === PROTOCOL_TCP) return this.#tcp(batch, row, at, room);
    if (protocol === PROTOCOL_UDP) return this.#datagram(batch, row, at, room, UDP_HEADER, true);
    if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) {
      this.#icmp.read(this.#fields, at, batch, row, room);
      return null;
    }
    if (!hasPorts(protocol)) return null;
    if (protocol === PROTOCOL_SCTP && this.#fields.integer(at) >= 0) return this.#datagram(batch, row, at, room, SCTP_HEADER, false);
    // datalength=40: OPNsense's SCTP, and everyone's UDP-Lite and DCCP
    batch.grade[row] = GRADE_PLACEHOLDER;
    batch.payload[row] = clamp(room - (protocol === PROTOCOL_UDP_LITE ? UDP_HEADER : SCTP_HEADER), room);
    return null;
  }

  /** Source port, destination port, length: of the whole datagram for UDP, of what follows the header for SCTP. */
  #datagram(batch: ObservationBatch, row: number, at: number, room: number, header: number, whole: boolean): string | null {
    if (!this.#ports(batch, row, at)) return this.#fields.count > at + 1 ? BAD_FIELD : SHORT;
    const length = this.#fields.integer(at + 2);
    batch.payload[row] = clamp(whole ? length - header : length, room - header);
    if (batch.family[row] === 6 && length !== (whole ? room : room - header)) batch.grade[row] = GRADE_UNCONFIRMED;
    return null;
  }

  /** Source port, destination port, octets of data, flags, sequence number, acknowledgement, window, urgent pointer, options. */
  #tcp(batch: ObservationBatch, row: number, at: number, room: number): string | null {
    const fields = this.#fields;
    if (fields.first(at) === LETTER_E) {
      // errormsg='tcp -20 [bad hdr length 0 - too short < 20]': filterlog prints no ports then
      batch.grade[row] = GRADE_PLACEHOLDER;
      batch.quirks[row] = batch.quirks[row]! | QUIRK_BAD_HEADER_LENGTH;
      batch.payload[row] = clamp(room - TCP_HEADER, room);
      return null;
    }
    if (!this.#ports(batch, row, at)) return fields.count > at + 1 ? BAD_FIELD : SHORT;
    if (fields.count <= at + 3) return SHORT;
    const flags = readFlags(fields.bytes, fields.start(at + 3), fields.end(at + 3));
    if (flags < 0) return BAD_FIELD;
    batch.tcpFlags[row] = flags;
    const data = fields.integer(at + 2);
    batch.payload[row] = clamp(data, room - TCP_HEADER);
    if (fields.first(at + 4) === LETTER_E) {
      // errormsg='[bad hdr length 60 - too long, > 20]'
      batch.quirks[row] = batch.quirks[row]! | QUIRK_BAD_HEADER_LENGTH;
      if (batch.family[row] === 6) batch.grade[row] = GRADE_UNCONFIRMED;
      return null;
    }
    // 1000:1200 with data, 1000 without
    batch.sequence[row] = this.#number(at + 4);
    batch.acknowledgement[row] = this.#number(at + 5);
    batch.window[row] = this.#number(at + 6);
    batch.urgent[row] = this.#number(at + 7);
    const options = fields.count > at + 8 ? readOptionNames(fields.bytes, fields.start(at + 8), fields.end(at + 8)) : 0;
    batch.options[row] = options;
    if (batch.family[row] === 6) {
      const header = room - data;
      const least = leastHeader(options);
      const fits = least >= 0 && ((options & SELECTIVE) !== 0 ? header >= least && header <= TCP_HEADER_MOST : header === least);
      if (data < 0 || !fits) batch.grade[row] = GRADE_UNCONFIRMED;
    }
    return null;
  }

  #ports(batch: ObservationBatch, row: number, at: number): boolean {
    const source = this.#fields.integer(at);
    const destination = this.#fields.integer(at + 1);
    if (!isWord(source) || !isWord(destination)) return false;
    batch.sourcePort[row] = source;
    batch.destinationPort[row] = destination;
    return true;
  }

  #addresses(batch: ObservationBatch, row: number, at: number, family: number): boolean {
    const fields = this.#fields;
    const source = this.#source;
    const destination = this.#destination;
    if (!source.read(fields.bytes, fields.start(at), fields.end(at)) || source.family !== family) return false;
    if (!destination.read(fields.bytes, fields.start(at + 1), fields.end(at + 1)) || destination.family !== family) return false;
    source.asSource(batch, row);
    destination.asDestination(batch, row);
    return true;
  }

  /** The number that a field begins with, 0 where it begins with none; kept to 32 bits. */
  #number(field: number): number {
    const fields = this.#fields;
    if (field >= fields.count) return 0;
    const end = fields.end(field);
    let value = 0;
    for (let i = fields.start(field); i < end; i++) {
      const digit = fields.bytes[i]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = (Math.imul(value, 10) + digit) >>> 0;
    }
    return value;
  }

  /** `0x1f`; 0 where the field is none. */
  #hexadecimal(field: number): number {
    const fields = this.#fields;
    const start = fields.start(field);
    const end = fields.end(field);
    if (end - start < 3 || end - start > 4 || fields.bytes[start + 1] !== LETTER_X) return 0;
    let value = 0;
    for (let i = start + 2; i < end; i++) value = (value << 4) | Math.max(0, hexDigit(fields.bytes[i]!));
    return value;
  }

  /** Whether the offset behind the colon of ` 0x0000abcd:1448|1400` is not 0. */
  #isLaterFragment(field: number): boolean {
    const fields = this.#fields;
    if (field >= fields.count) return false;
    let i = fields.start(field);
    const end = fields.end(field);
    while (i < end && fields.bytes[i] !== COLON) i++;
    return i + 1 < end && fields.bytes[i + 1]! > ZERO && fields.bytes[i + 1]! <= ZERO + 9;
  }
}

function isOctet(value: number): boolean {
  return value >= 0 && value <= 0xff;
}

function isWord(value: number): boolean {
  return value >= 0 && value <= 0xffff;
}

function clamp(octets: number, most: number): number {
  return octets < 0 || most < 0 ? 0 : octets < most ? octets : most;
}

export const FILTERLOG: MessageKind = { name: "filterlog", reader: () => new FilterlogReader() };
