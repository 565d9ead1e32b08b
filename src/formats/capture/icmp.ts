/** ICMP (RFC 792) and ICMPv6 (RFC 4443): type and code, and the packet that an error quotes, which tells whom it is about. */
import { hashIPv6 } from "../../model/address.ts";
import { NO_PORT, QUIRK_BAD_HEADER_LENGTH, QUIRK_QUOTES_PACKET, QUIRK_SNAPPED } from "../../model/observation.ts";
import { hasPorts, PROTOCOL_ICMP } from "../../model/protocol.ts";
import type { Dissection } from "./dissection.ts";

/** Octets before the quote: type, code, checksum and the rest of the header. */
const HEADER = 8;
/** Extension headers followed inside a quote. */
const MAX_EXTENSIONS = 8;

/**
 * Writes the ICMP columns. The word after the checksum stands in `sequence` (for an echo: identifier and sequence number).
 * @param end of what is held; @param wireEnd of what was sent.
 */
export function writeIcmp(d: Dissection, row: number, at: number, end: number, wireEnd: number): void {
  const { batch, view } = d;
  batch.payload[row] = wireEnd - at > HEADER ? wireEnd - at - HEADER : 0;
  if (end - at < 2) {
    batch.quirks[row] = batch.quirks[row]! | (wireEnd > end ? QUIRK_SNAPPED : QUIRK_BAD_HEADER_LENGTH);
    return;
  }
  const type = view.getUint8(at);
  batch.icmpType[row] = type;
  batch.icmpCode[row] = view.getUint8(at + 1);
  if (end - at < HEADER) {
    batch.quirks[row] = batch.quirks[row]! | (wireEnd > end ? QUIRK_SNAPPED : QUIRK_BAD_HEADER_LENGTH);
    return;
  }
  batch.sequence[row] = view.getUint32(at + 4);
  const quoted = d.protocol === PROTOCOL_ICMP ? quoteIPv4(d, row, type, at + HEADER, end) : quoteIPv6(d, row, type, at + HEADER, end);
  if (quoted) batch.quirks[row] = batch.quirks[row]! | QUIRK_QUOTES_PACKET;
}

/** Unreachable, source quench, redirect, time exceeded and parameter problem quote the IP header and at least eight octets more. */
function quoteIPv4(d: Dissection, row: number, type: number, at: number, end: number): boolean {
  if (type !== 3 && type !== 4 && type !== 5 && type !== 11 && type !== 12) return false;
  const { batch, view } = d;
  if (batch.family[row] !== 4 || end - at < 20) return false;
  const first = view.getUint8(at);
  const headerLength = (first & 15) * 4;
  if (first >>> 4 !== 4 || headerLength < 20) return false;
  const protocol = view.getUint8(at + 9);
  batch.quotedDestination[row] = view.getUint32(at + 16);
  batch.quotedProtocol[row] = protocol;
  const later = (view.getUint16(at + 6) & 0x1fff) !== 0;
  quotePorts(d, row, !later && hasPorts(protocol), at + headerLength, end);
  return true;
}

/** ICMPv6 errors are types 1 to 127; 1 to 4 are assigned. */
function quoteIPv6(d: Dissection, row: number, type: number, at: number, end: number): boolean {
  if (type < 1 || type > 4) return false;
  const { batch, view } = d;
  if (batch.family[row] !== 6 || end - at < 40 || view.getUint8(at) >>> 4 !== 6) return false;
  const words = batch.quotedDestination6;
  const four = row * 4;
  for (let word = 0; word < 4; word++) words[four + word] = view.getUint32(at + 24 + 4 * word);
  batch.quotedDestination[row] = hashIPv6(words[four]!, words[four + 1]!, words[four + 2]!, words[four + 3]!);
  let protocol = view.getUint8(at + 6);
  let later = false;
  at += 40;
  for (let count = 0; count < MAX_EXTENSIONS && end - at >= 8; count++) {
    if (protocol === 44) {
      later = view.getUint16(at + 2) >>> 3 !== 0;
      protocol = view.getUint8(at);
      at += 8;
      if (later) break;
    } else if (protocol === 0 || protocol === 43 || protocol === 60) {
      protocol = view.getUint8(at);
      at += (view.getUint8(at + 1) + 1) * 8;
    } else break;
  }
  batch.quotedProtocol[row] = protocol;
  quotePorts(d, row, !later && hasPorts(protocol), at, end);
  return true;
}

function quotePorts(d: Dissection, row: number, present: boolean, at: number, end: number): void {
  const { batch, view } = d;
  const readable = present && end - at >= 4;
  batch.quotedSourcePort[row] = readable ? view.getUint16(at) : NO_PORT;
  batch.quotedDestinationPort[row] = readable ? view.getUint16(at + 2) : NO_PORT;
}
