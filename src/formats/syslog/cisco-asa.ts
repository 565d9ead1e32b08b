/**
 * Cisco ASA, FTD, PIX and FWSM: `%ASA-4-106023: Deny tcp src outside:192.0.2.1/0 dst inside:…`. Texts by Cisco's "ASA Series Syslog
 * Messages".
 *
 * What the ports of each prove:
 * - These devices put fragments together before access lists and inspection see a packet (Cisco's firewall configuration guides, "fragment
 *   size"; the PIX from its first releases), and drop what does not fit together under other messages (106020, 209003–209006). So the ports in
 *   messages about one packet (106xxx, 500003, 500004, 710xxx) were read from a transport header: confirmed.
 * - **500004** is what an ASA says of every packet with a port zero: it lets none through.
 * - Messages about connections (302013–302016) tell of an entry in a table. Inspection engines open entries for connections to come, and a port
 *   that is not known yet stands there as 0: unconfirmed.
 * - ICMP has its type and code where others have ports (106100, 302020): they are no ports.
 */
import { ICMP_TYPE_UNKNOWN, ACTION_ALLOWED, ACTION_DENIED, QUIRK_BAD_HEADER_LENGTH } from "../../model/observation.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP } from "../../model/protocol.ts";
import type { ObservationWriter } from "../format.ts";
import { commitRow } from "../record-row.ts";
import { ascii, NOT_A_NUMBER, parseInteger, startsWith } from "../text/fields.ts";
import { readAccessList } from "./cisco-asa-access-list.ts";
import { AsaConnections } from "./cisco-asa-connections.ts";
import { isIcmp, readBuiltIcmp, readTypeAndCode, readUnmatchedError, readUnmatchedIcmp } from "./cisco-asa-icmp.ts";
import { EndpointPair } from "./cisco-pair.ts";
import { BROKEN, NO_DESTINATION, NO_PROTOCOL } from "./cisco-reasons.ts";
import { CiscoText } from "./cisco-text.ts";
import type { Envelope } from "./envelope.ts";
import type { LineNotes, MessageKind, MessageReader } from "./reader.ts";

const DEVICES = ["%ASA-", "%FTD-", "%PIX-", "%FWSM-"].map(ascii);
const PERCENT = 37;
const MINUS = 45;
const ZERO = 48;
const COLON = 58;
const SPACE = 32;
/** Digits of a message's number. */
const ID_DIGITS = 6;

const FROM = ascii("from ");
const TO = ascii(" to ");
const FLAGS = ascii("flags");
const SRC = ascii("src ");
const DST = ascii("dst ");
const DENY = ascii("Deny ");
const INBOUND = ascii("inbound ");
const NO_XLATE = ascii("(No xlate) ");
const HEADER_LENGTH = ascii("hdrlen=");
const PACKET_LENGTH = ascii("pktlen=");
const PROTOCOL_EQUALS = ascii("protocol=");

const NO_PACKET = "Cisco ASA message about no packet";
const CLOSED_ICMP = "Cisco ASA: an ICMP connection closed, which counted when it was built";

class AsaReader implements MessageReader {
  readonly #text: CiscoText = new CiscoText();
  readonly #pair: EndpointPair = new EndpointPair();
  readonly #connections: AsaConnections = new AsaConnections();

  recognises(envelope: Envelope): boolean {
    const { bytes, message, end } = envelope;
    if (bytes[message] !== PERCENT) return false;
    for (const device of DEVICES) if (startsWith(bytes, message, end, device)) return true;
    return false;
  }

  read(envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
    const text = this.#text;
    const id = openMessage(text, envelope);
    switch (id) {
      case NOT_A_NUMBER:
        notes.fault(BROKEN);
        break;
      case 106_001: // Inbound TCP connection denied from A/p to B/p flags SYN on interface I
      case 106_015: // Deny TCP (no connection) from A/p to B/p flags SYN ACK on interface I
        this.#fromTo(envelope, writer, notes, PROTOCOL_TCP, false);
        break;
      case 106_006: // Deny inbound UDP from A/p to B/p on interface I
      case 106_007: // Deny inbound UDP from A/p to B/p due to DNS Query
        this.#fromTo(envelope, writer, notes, PROTOCOL_UDP, false);
        break;
      case 106_010: // Deny inbound tcp src I:A/p dst J:B/p
      case 106_011: // Deny inbound (No xlate) tcp src I:A/p dst J:B/p
      case 106_014: // Deny inbound icmp src I:A dst J:B (type 8, code 0)
      case 106_023: // Deny tcp src I:A/p dst J:B/p [type t, code c] by access-group "X" [0x0, 0x0]
        this.#deny(envelope, writer, notes);
        break;
      case 106_021: // Deny TCP reverse path check from A to B on interface I
        this.#reversePath(envelope, writer, notes);
        break;
      case 106_100: // access-list X denied tcp I/A(p) -> J/B(p) hit-cnt N first hit|300-second interval [0x0, 0x0]
      case 106_102: // the same, `for user U` behind the protocol
      case 106_103:
        readAccessList(text, this.#pair, envelope, writer, notes);
        break;
      case 302_013:
      case 302_015:
        this.#connections.built(text, id === 302_013 ? PROTOCOL_TCP : PROTOCOL_UDP, envelope, writer, notes);
        break;
      case 302_014:
      case 302_016:
        this.#connections.tornDown(text, id === 302_014 ? PROTOCOL_TCP : PROTOCOL_UDP, envelope, writer, notes);
        break;
      case 302_020: // Built inbound ICMP connection for faddr A/n gaddr B/n laddr C/n [type 8 code 0]
        readBuiltIcmp(text, this.#pair, envelope, writer, notes);
        break;
      case 302_021:
        notes.skip(CLOSED_ICMP);
        break;
      case 313_001: // Denied ICMP type=8, code=0 from A on interface I
      case 313_008: // Denied IPv6-ICMP type=134, code=0 from A on interface I
        notes.skip(NO_DESTINATION);
        break;
      case 313_004: // Denied ICMP type=0, from laddr A on interface I to B: no matching session
        readUnmatchedIcmp(text, this.#pair, envelope, writer, notes);
        break;
      case 313_005: // No matching connection for ICMP error message: icmp src I:A dst J:B (type 3, code 3) on I interface. Original IP payload: …
        readUnmatchedError(text, this.#pair, envelope, writer, notes);
        break;
      case 500_003: // Bad TCP hdr length (hdrlen=4, pktlen=74) from A/p to B/p, flags: SYN, on interface I
        this.#badHeader(envelope, writer, notes);
        break;
      case 500_004: // Invalid transport field for protocol=UDP, from A/p to B/p
        this.#invalidPort(envelope, writer, notes);
        break;
      case 710_002: // TCP access permitted from A/p to I:B/service
      case 710_003: // TCP access denied by ACL from A/p to I:B/service
      case 710_005: // UDP request discarded from A/p to I:B/service
        this.#toTheDevice(envelope, writer, notes, id === 710_002 ? ACTION_ALLOWED : ACTION_DENIED);
        break;
      default:
        notes.skip(NO_PACKET);
    }
  }

  /** `… from A/p to B/p …`, with flags behind it where the protocol is TCP. */
  #fromTo(envelope: Envelope, writer: ObservationWriter, notes: LineNotes, protocol: number, namedDestination: boolean): void {
    const text = this.#text;
    if (!text.seek(FROM)) {
      notes.fault(BROKEN);
      return;
    }
    if (!this.#pair.second(text, notes, this.#pair.from.readPlain(text), TO, namedDestination)) return;
    const row = this.#pair.start(envelope, writer, notes, protocol, ACTION_DENIED);
    if (row < 0) return;
    if (protocol === PROTOCOL_TCP && text.seek(FLAGS)) writer.batch.tcpFlags[row] = text.tcpFlags();
    commitRow(writer);
  }

  #deny(envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
    const text = this.#text;
    if (!text.take(DENY)) {
      notes.fault(BROKEN);
      return;
    }
    text.take(INBOUND);
    text.take(NO_XLATE);
    const protocol = text.protocol();
    if (protocol < 0) notes.skip(NO_PROTOCOL);
    else if (!text.take(SRC)) notes.fault(BROKEN);
    else if (this.#pair.second(text, notes, this.#pair.from.readNamed(text), DST, true)) {
      const row = this.#pair.start(envelope, writer, notes, protocol, ACTION_DENIED);
      if (row < 0) return;
      if (isIcmp(protocol)) readTypeAndCode(text, writer, row);
      commitRow(writer);
    }
  }

  #reversePath(envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
    const text = this.#text;
    text.take(DENY);
    const protocol = text.protocol();
    if (protocol < 0) {
      notes.skip(NO_PROTOCOL);
      return;
    }
    if (!text.seek(FROM)) {
      notes.fault(BROKEN);
      return;
    }
    if (!this.#pair.second(text, notes, this.#pair.from.readPlain(text), TO, false)) return;
    const row = this.#pair.start(envelope, writer, notes, protocol, ACTION_DENIED);
    if (row < 0) return;
    if (isIcmp(protocol)) writer.batch.icmpType[row] = ICMP_TYPE_UNKNOWN;
    commitRow(writer);
  }

  #badHeader(envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
    const text = this.#text;
    const header = text.integerBehind(HEADER_LENGTH);
    const length = text.integerBehind(PACKET_LENGTH);
    if (header < 0 || !text.seek(FROM)) {
      notes.fault(BROKEN);
      return;
    }
    if (!this.#pair.second(text, notes, this.#pair.from.readPlain(text), TO, false)) return;
    const row = this.#pair.start(envelope, writer, notes, PROTOCOL_TCP, ACTION_DENIED);
    if (row < 0) return;
    const { batch } = writer;
    batch.quirks[row] = QUIRK_BAD_HEADER_LENGTH;
    if (length > 0 && length <= 0xffff) batch.bytes[row] = length;
    if (text.seek(FLAGS)) {
      if (text.at < text.end && text.bytes[text.at] === COLON) text.at++;
      batch.tcpFlags[row] = text.tcpFlags();
    }
    commitRow(writer);
  }

  #invalidPort(envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
    const text = this.#text;
    if (!text.seek(PROTOCOL_EQUALS)) {
      notes.fault(BROKEN);
      return;
    }
    const protocol = text.protocol();
    if (protocol < 0) notes.skip(NO_PROTOCOL);
    else if (!text.seek(FROM)) notes.fault(BROKEN);
    else if (this.#pair.second(text, notes, this.#pair.from.readPlain(text), TO, false)) {
      if (this.#pair.start(envelope, writer, notes, protocol, ACTION_DENIED) >= 0) commitRow(writer);
    }
  }

  #toTheDevice(envelope: Envelope, writer: ObservationWriter, notes: LineNotes, action: number): void {
    const text = this.#text;
    const protocol = text.protocol();
    if (protocol < 0) notes.skip(NO_PROTOCOL);
    else if (!text.seek(FROM)) notes.fault(BROKEN);
    else if (this.#pair.second(text, notes, this.#pair.from.readPlain(text), TO, true)) {
      const row = this.#pair.start(envelope, writer, notes, protocol, action);
      if (row < 0) return;
      if (isIcmp(protocol)) writer.batch.icmpType[row] = ICMP_TYPE_UNKNOWN;
      commitRow(writer);
    }
  }
}

/** Opens the text behind `%ASA-4-106023: ` or `%ASA-session-5-106100: ` and returns the message's number, or NOT_A_NUMBER. */
function openMessage(text: CiscoText, envelope: Envelope): number {
  const { bytes, end } = envelope;
  let at = envelope.message;
  while (at < end && bytes[at] !== MINUS) at++;
  at++;
  // The class of messages, where the device is told to print it
  if (at < end && (bytes[at]! < ZERO || bytes[at]! > ZERO + 9)) {
    while (at < end && bytes[at] !== MINUS && bytes[at] !== SPACE) at++;
    at++;
  }
  at += 2;
  const id = at + ID_DIGITS <= end ? parseInteger(bytes, at, at + ID_DIGITS) : NOT_A_NUMBER;
  at += ID_DIGITS;
  if (at < end && bytes[at] === COLON) at++;
  text.open(bytes, at, end);
  text.spaces();
  return id;
}

export const CISCO_ASA: MessageKind = { name: "cisco-asa", reader: () => new AsaReader() };
