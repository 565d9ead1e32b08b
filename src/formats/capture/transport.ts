/**
 * Transport headers behind an IP header: TCP (RFC 9293), UDP (RFC 768), UDP-Lite (RFC 3828), SCTP (RFC 9260), DCCP (RFC 4340), ICMP.
 * A header is read as far as it was both sent and kept, never further.
 */
import {
  FLAGS_UNKNOWN,
  FRAGMENT_FIRST,
  NO_PORT,
  QUIRK_BAD_HEADER_LENGTH,
  QUIRK_RESERVED_BITS,
  QUIRK_SNAPPED,
  QUIRK_TINY_FRAGMENT,
  QUIRK_URGENT_POINTER,
} from "../../model/observation.ts";
import {
  hasPorts,
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  TCP_ACK,
  TCP_SYN,
  TCP_URG,
} from "../../model/protocol.ts";
import type { Dissection } from "./dissection.ts";
import { writeIcmp } from "./icmp.ts";
import { areRoutineOptions, hashOptions, readOptions } from "./tcp-options.ts";

/** The three bits that RFC 9293 still reserves; the fourth is AE (RFC 9768). */
export const RESERVED_FLAGS = 0xe00;

/**
 * Writes the transport columns of a row.
 * @param present whether a transport header stands at `at`; otherwise `at` is where the payload begins.
 * @param wireEnd where the IP packet ended on the wire.
 * @param quirks those of the IP header, to be completed.
 */
export function writeTransport(d: Dissection, row: number, present: boolean, at: number, wireEnd: number, quirks: number): void {
  const { batch } = d;
  const protocol = d.protocol;
  batch.sourcePort[row] = NO_PORT;
  batch.destinationPort[row] = NO_PORT;
  batch.sequence[row] = 0;
  batch.acknowledgement[row] = 0;
  batch.optionsHash[row] = 0;
  batch.tcpFlags[row] = 0;
  batch.window[row] = 0;
  batch.mss[row] = 0;
  batch.quirks[row] = quirks;
  batch.urgent[row] = 0;
  batch.options[row] = 0;
  batch.icmpType[row] = 0;
  batch.icmpCode[row] = 0;
  batch.quotedProtocol[row] = 0;
  batch.payload[row] = wireEnd > at ? wireEnd - at : 0;
  if (!present) {
    if (protocol === PROTOCOL_TCP) batch.tcpFlags[row] = FLAGS_UNKNOWN;
    return;
  }
  const end = d.end < wireEnd ? d.end : wireEnd;
  if (hasPorts(protocol)) {
    if (end - at >= 4) {
      batch.sourcePort[row] = d.view.getUint16(at);
      batch.destinationPort[row] = d.view.getUint16(at + 2);
    }
    if (protocol === PROTOCOL_TCP) writeTcp(d, row, at, end, wireEnd);
    else if (protocol === PROTOCOL_SCTP) writeSctp(d, row, at, end, wireEnd);
    else if (protocol === PROTOCOL_DCCP) writeDccp(d, row, at, end, wireEnd);
    else {
      batch.payload[row] = wireEnd - at > 8 ? wireEnd - at - 8 : 0;
      if (end - at < 8) batch.quirks[row] = quirks | cutQuirk(end, wireEnd, at + 8);
    }
  } else if (protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) writeIcmp(d, row, at, end, wireEnd);
}

function writeTcp(d: Dissection, row: number, at: number, end: number, wireEnd: number): void {
  const { batch, view } = d;
  const held = end - at;
  let quirks = batch.quirks[row]!;
  if (held >= 8) batch.sequence[row] = view.getUint32(at + 4);
  if (held >= 12) batch.acknowledgement[row] = view.getUint32(at + 8);
  if (held < 14) {
    batch.tcpFlags[row] = FLAGS_UNKNOWN;
    batch.payload[row] = 0;
    if (wireEnd - at < 14 && batch.fragment[row] === FRAGMENT_FIRST) quirks |= QUIRK_TINY_FRAGMENT;
    else quirks |= cutQuirk(end, wireEnd, at + 14);
    batch.quirks[row] = quirks;
    return;
  }
  const word = view.getUint16(at + 12);
  const flags = word & 0xfff;
  const headerLength = (word >>> 12) * 4;
  batch.tcpFlags[row] = flags;
  if ((flags & RESERVED_FLAGS) !== 0) quirks |= QUIRK_RESERVED_BITS;
  if (held >= 16) batch.window[row] = view.getUint16(at + 14);
  if (held >= 20) {
    const urgent = view.getUint16(at + 18);
    batch.urgent[row] = urgent;
    if (urgent !== 0 && (flags & TCP_URG) === 0) quirks |= QUIRK_URGENT_POINTER;
  } else quirks |= cutQuirk(end, wireEnd, at + 20);
  // A header that a fragment boundary cuts is not malformed: its rest is in the next fragment.
  const beyond = at + headerLength > wireEnd && batch.fragment[row] !== FRAGMENT_FIRST;
  if (headerLength < 20 || beyond) {
    quirks |= QUIRK_BAD_HEADER_LENGTH;
    batch.payload[row] = wireEnd - at > 20 ? wireEnd - at - 20 : 0;
  } else {
    const dataAt = at + headerLength;
    batch.payload[row] = wireEnd > dataAt ? wireEnd - dataAt : 0;
    if (dataAt > end) quirks |= cutQuirk(end, wireEnd, dataAt);
    if (headerLength > 20 && held > 20) {
      const optionsEnd = dataAt < end ? dataAt : end;
      const found = readOptions(view, at + 20, optionsEnd);
      batch.options[row] = found & 0xff;
      batch.mss[row] = found >>> 8;
      if ((flags & (TCP_SYN | TCP_ACK | TCP_URG)) !== TCP_ACK || held < 24 || !areRoutineOptions(view, at + 20)) {
        batch.optionsHash[row] = hashOptions(view, at + 20, optionsEnd);
      }
    }
  }
  batch.quirks[row] = quirks;
}

/** SCTP: the verification tag stands in `sequence`, the first chunk's type in `tcpFlags`. */
function writeSctp(d: Dissection, row: number, at: number, end: number, wireEnd: number): void {
  const { batch, view } = d;
  batch.payload[row] = wireEnd - at > 12 ? wireEnd - at - 12 : 0;
  if (end - at >= 8) batch.sequence[row] = view.getUint32(at + 4);
  if (end - at >= 13) batch.tcpFlags[row] = view.getUint8(at + 12);
  else {
    batch.tcpFlags[row] = FLAGS_UNKNOWN;
    batch.quirks[row] = batch.quirks[row]! | cutQuirk(end, wireEnd, at + 13);
  }
}

/** DCCP: the packet type stands in `tcpFlags`. */
function writeDccp(d: Dissection, row: number, at: number, end: number, wireEnd: number): void {
  const { batch, view } = d;
  if (end - at >= 9) {
    const headerLength = view.getUint8(at + 4) * 4;
    batch.tcpFlags[row] = (view.getUint8(at + 8) >>> 1) & 15;
    if (headerLength < 12 || at + headerLength > wireEnd) batch.quirks[row] = batch.quirks[row]! | QUIRK_BAD_HEADER_LENGTH;
    batch.payload[row] = wireEnd - at > headerLength ? wireEnd - at - headerLength : 0;
  } else {
    batch.tcpFlags[row] = FLAGS_UNKNOWN;
    batch.payload[row] = 0;
    batch.quirks[row] = batch.quirks[row]! | cutQuirk(end, wireEnd, at + 12);
  }
}

/** Why a header that should reach `need` could not be read: the capture was cut, or nobody ever sent the rest. */
function cutQuirk(end: number, wireEnd: number, need: number): number {
  if (need <= end) return 0;
  return wireEnd > end ? QUIRK_SNAPPED : QUIRK_BAD_HEADER_LENGTH;
}
