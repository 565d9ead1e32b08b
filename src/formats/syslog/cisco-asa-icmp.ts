/** ICMP in messages of a Cisco ASA: type and code wherever they stand, and the packet that an error is about. */
import { ICMP_TYPE_UNKNOWN, ACTION_ALLOWED, ACTION_DENIED, NO_PORT, QUIRK_QUOTES_PACKET } from "../../model/observation.ts";
import { hasPorts, PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from "../../model/protocol.ts";
import type { ObservationWriter } from "../format.ts";
import { commitRow } from "../record-row.ts";
import { ascii } from "../text/fields.ts";
import { END_BROKEN, END_READ } from "./cisco-endpoint.ts";
import type { EndpointPair } from "./cisco-pair.ts";
import { BROKEN } from "./cisco-reasons.ts";
import type { CiscoText } from "./cisco-text.ts";
import type { Envelope } from "./envelope.ts";
import type { LineNotes } from "./reader.ts";

const FROM = ascii("from ");
const TO = ascii(" to ");
const SRC = ascii("src ");
const DST = ascii("dst ");
const TYPE = ascii("type ");
const TYPE_EQUALS = ascii("type=");
const CODE = ascii("code ");
const PAYLOAD = ascii("payload: ");
const BUILT = ascii("Built ");
const INBOUND = ascii("inbound ");
const FADDR = ascii("faddr ");
const LADDR = ascii("laddr ");

/** 302020: `Built inbound ICMP connection for faddr A/n gaddr B/n laddr C/n type 8 code 0`: whoever sent it, by the direction. */
export function readBuiltIcmp(text: CiscoText, pair: EndpointPair, envelope: Envelope, writer: ObservationWriter, notes: LineNotes): void {
  const inbound = text.take(BUILT) && text.take(INBOUND);
  if (!text.seek(FADDR)) {
    notes.fault(BROKEN);
    return;
  }
  const foreign = inbound ? pair.from : pair.to;
  const local = inbound ? pair.to : pair.from;
  const first = foreign.readPlain(text);
  if (first === END_BROKEN || !text.seek(LADDR)) {
    notes.fault(BROKEN);
    return;
  }
  if (!pair.readable(notes, first, local.readPlain(text))) return;
  const row = pair.start(envelope, writer, notes, PROTOCOL_ICMP, ACTION_ALLOWED);
  if (row < 0) return;
  readTypeAndCode(text, writer, row);
  commitRow(writer);
}

/** 313004: `Denied ICMP type=0, from laddr A on interface I to B: no matching session`. */
export function readUnmatchedIcmp(
  text: CiscoText,
  pair: EndpointPair,
  envelope: Envelope,
  writer: ObservationWriter,
  notes: LineNotes,
): void {
  const type = text.integerBehind(TYPE_EQUALS);
  if (!text.seek(FROM)) {
    notes.fault(BROKEN);
    return;
  }
  text.take(LADDR);
  if (!pair.second(text, notes, pair.from.readPlain(text), TO, false)) return;
  const row = pair.start(envelope, writer, notes, PROTOCOL_ICMP, ACTION_DENIED);
  if (row < 0) return;
  writer.batch.icmpType[row] = type >= 0 && type <= 255 ? type : ICMP_TYPE_UNKNOWN;
  commitRow(writer);
}

/** 313005: `… icmp src I:A dst J:B (type 3, code 3) on I interface. Original IP payload: udp src B/p dst C/p.` */
export function readUnmatchedError(
  text: CiscoText,
  pair: EndpointPair,
  envelope: Envelope,
  writer: ObservationWriter,
  notes: LineNotes,
): void {
  if (!text.seek(SRC)) {
    notes.fault(BROKEN);
    return;
  }
  if (!pair.second(text, notes, pair.from.readNamed(text), DST, true)) return;
  const row = pair.start(envelope, writer, notes, PROTOCOL_ICMP, ACTION_DENIED);
  if (row < 0) return;
  readTypeAndCode(text, writer, row);
  quote(text, pair, writer, row);
  commitRow(writer);
}

/** `Original IP payload: udp src A/p dst B/p.`: the packet that an ICMP error is about. The pair is free for its ends by now. */
function quote(text: CiscoText, pair: EndpointPair, writer: ObservationWriter, row: number): void {
  const { batch } = writer;
  if (!text.seek(PAYLOAD)) return;
  const protocol = text.protocol();
  if (protocol < 0 || !text.take(SRC) || pair.from.readPlain(text) !== END_READ || !text.seek(DST)) return;
  const quoted = pair.to;
  if (quoted.readPlain(text) !== END_READ || quoted.address.family !== batch.family[row]) return;
  const ports = hasPorts(protocol) && pair.from.port >= 0 && quoted.port >= 0;
  quoted.address.asQuoted(batch, row);
  batch.quotedProtocol[row] = protocol;
  batch.quotedSourcePort[row] = ports ? pair.from.port : NO_PORT;
  batch.quotedDestinationPort[row] = ports ? quoted.port : NO_PORT;
  batch.quirks[row] = QUIRK_QUOTES_PACKET;
}

/** `(type 8, code 0)`, `type 3, code 0,`, `type 8 code 0`. */
export function readTypeAndCode(text: CiscoText, writer: ObservationWriter, row: number): void {
  const type = text.integerBehind(TYPE);
  const code = type < 0 ? type : text.integerBehind(CODE);
  const told = type >= 0 && type <= 255;
  writer.batch.icmpType[row] = told ? type : ICMP_TYPE_UNKNOWN;
  writer.batch.icmpCode[row] = told && code >= 0 && code <= 255 ? code : 0;
}

/** Whether a protocol is ICMP of either version. */
export function isIcmp(protocol: number): boolean {
  return protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6;
}
