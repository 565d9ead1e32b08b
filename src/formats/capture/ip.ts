/** IPv4 (RFC 791), IPv6 with extension headers (RFC 8200) and ARP (RFC 826): found in a first pass, written to the row in a second. */
import { hashIPv6 } from "../../model/address.ts";
import {
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  FRAGMENT_NONE,
  GRADE_CONFIRMED,
  NO_PORT,
  QUIRK_BAD_HEADER_LENGTH,
  QUIRK_DONT_FRAGMENT,
  QUIRK_EVIL_BIT,
  QUIRK_IP_OPTIONS,
  QUIRK_SNAPPED,
} from "../../model/observation.ts";
import { PROTOCOL_ARP } from "../../model/protocol.ts";
import {
  LAYER_DONE,
  SKIP_ARP_OTHER,
  SKIP_BAD_IP_VERSION,
  SKIP_BAD_IPV4_HEADER,
  SKIP_CUT_ARP,
  SKIP_CUT_IP,
  type Dissection,
} from "./dissection.ts";
import { writeTransport } from "./transport.ts";

/** Extension headers followed in one packet; RFC 8200 needs seven. */
const MAX_EXTENSIONS = 24;
const HEADER_HOP_BY_HOP = 0;
const HEADER_ROUTING = 43;
const HEADER_FRAGMENT = 44;
const HEADER_AUTHENTICATION = 51;
const HEADER_DESTINATION = 60;
const HEADER_MOBILITY = 135;
const HEADER_HIP = 139;
const HEADER_SHIM6 = 140;
/** `transportAt` where there is no transport header to read: a later fragment, or extension headers that were cut. */
export const NO_TRANSPORT = -1;

/** Checks an IPv4 header at `d.at` and sets `d.protocol`, `d.transportAt`, and `d.end` to the end of what is held of the packet. */
export function enterIPv4(d: Dissection): number {
  const { view, at } = d;
  if (d.end - at < 20) return d.fail(SKIP_CUT_IP);
  const first = view.getUint8(at);
  if (first >>> 4 !== 4) return d.fail(SKIP_BAD_IP_VERSION);
  const headerLength = (first & 15) * 4;
  const length = ipv4Length(d, at);
  if (headerLength < 20 || length < headerLength) {
    // Outermost, its addresses are still what was sent; inside a tunnel it is no packet at all.
    if (d.tunnels > 0) return d.fail(SKIP_BAD_IPV4_HEADER);
    d.protocol = view.getUint8(at + 9);
    d.transportAt = NO_TRANSPORT;
    return LAYER_DONE;
  }
  if (d.strict && at + length > d.wireEnd) return d.fail(SKIP_BAD_IPV4_HEADER);
  if (at + length < d.end) d.end = at + length;
  if (at + length < d.wireEnd) d.wireEnd = at + length;
  const later = (view.getUint16(at + 6) & 0x1fff) !== 0;
  d.protocol = view.getUint8(at + 9);
  d.transportAt = later ? NO_TRANSPORT : at + headerLength;
  if (d.protocol === HEADER_AUTHENTICATION && !later) walkExtensions(d, HEADER_AUTHENTICATION, d.transportAt);
  return LAYER_DONE;
}

/** The same for an IPv6 header and the extension headers behind it. */
export function enterIPv6(d: Dissection): number {
  const { view, at } = d;
  if (d.end - at < 40) return d.fail(SKIP_CUT_IP);
  if (view.getUint8(at) >>> 4 !== 6) return d.fail(SKIP_BAD_IP_VERSION);
  const length = ipv6Length(d, at);
  if (d.strict && at + length > d.wireEnd) return d.fail(SKIP_BAD_IP_VERSION);
  if (at + length < d.end) d.end = at + length;
  if (at + length < d.wireEnd) d.wireEnd = at + length;
  walkExtensions(d, view.getUint8(at + 6), at + 40);
  return LAYER_DONE;
}

/** Writes the row of the IPv4 packet at `d.at`, which `enterIPv4` found good. */
export function writeIPv4(d: Dissection, row: number): void {
  const { view, at, batch } = d;
  const headerLength = (view.getUint8(at) & 15) * 4;
  const length = ipv4Length(d, at);
  const fragmentWord = view.getUint16(at + 6);
  const offset = fragmentWord & 0x1fff;
  let quirks = 0;
  if (headerLength < 20 || length < headerLength) quirks |= QUIRK_BAD_HEADER_LENGTH;
  else if (headerLength > 20) quirks |= QUIRK_IP_OPTIONS;
  if ((fragmentWord & 0x4000) !== 0) quirks |= QUIRK_DONT_FRAGMENT;
  if ((fragmentWord & 0x8000) !== 0) quirks |= QUIRK_EVIL_BIT;
  const fragment = offset !== 0 ? FRAGMENT_LATER : (fragmentWord & 0x2000) !== 0 ? FRAGMENT_FIRST : FRAGMENT_NONE;
  batch.source[row] = view.getUint32(at + 12);
  batch.destination[row] = view.getUint32(at + 16);
  batch.family[row] = 4;
  batch.tos[row] = view.getUint8(at + 1);
  batch.bytes[row] = length;
  batch.ipId[row] = view.getUint16(at + 4);
  batch.ttl[row] = view.getUint8(at + 8);
  batch.fragment[row] = fragment;
  batch.grade[row] = GRADE_CONFIRMED;
  batch.tunnels[row] = d.tunnels;
  batch.protocol[row] = d.protocol;
  const transportAt = d.transportAt === NO_TRANSPORT ? at + headerLength : d.transportAt;
  writeTransport(d, row, d.transportAt !== NO_TRANSPORT, transportAt, at + length, quirks);
}

/** Writes the row of the IPv6 packet at `d.at`, which `enterIPv6` found good. */
export function writeIPv6(d: Dissection, row: number): void {
  const { view, at, batch } = d;
  const length = ipv6Length(d, at);
  const s = batch.source6;
  const t = batch.destination6;
  const four = row * 4;
  for (let word = 0; word < 4; word++) {
    s[four + word] = view.getUint32(at + 8 + 4 * word);
    t[four + word] = view.getUint32(at + 24 + 4 * word);
  }
  batch.source[row] = hashIPv6(s[four]!, s[four + 1]!, s[four + 2]!, s[four + 3]!);
  batch.destination[row] = hashIPv6(t[four]!, t[four + 1]!, t[four + 2]!, t[four + 3]!);
  batch.family[row] = 6;
  batch.tos[row] = (view.getUint16(at) >>> 4) & 0xff;
  batch.bytes[row] = length;
  batch.ipId[row] = 0;
  batch.ttl[row] = view.getUint8(at + 7);
  batch.grade[row] = GRADE_CONFIRMED;
  batch.tunnels[row] = d.tunnels;
  const walk = walkExtensions(d, view.getUint8(at + 6), at + 40);
  batch.protocol[row] = d.protocol;
  batch.fragment[row] = walk & WALK_FRAGMENT;
  let quirks = 0;
  if ((walk & WALK_OPTIONS) !== 0) quirks |= QUIRK_IP_OPTIONS;
  if ((walk & WALK_CUT) !== 0) quirks |= d.wireEnd > d.end ? QUIRK_SNAPPED : QUIRK_BAD_HEADER_LENGTH;
  const transportAt = d.transportAt === NO_TRANSPORT ? at + 40 + (walk >>> 8) : d.transportAt;
  writeTransport(d, row, d.transportAt !== NO_TRANSPORT, transportAt, at + length, quirks);
}

/** Writes the row of an ARP packet at `d.at`, or fails. Addresses are the sender's and the target's; `icmpType` is the operation. */
export function writeArp(d: Dissection, row: number): number {
  const { view, at, batch } = d;
  if (d.end - at < 8) return d.fail(SKIP_CUT_ARP);
  const hardwareLength = view.getUint8(at + 4);
  if (view.getUint16(at + 2) !== 0x0800 || view.getUint8(at + 5) !== 4) return d.fail(SKIP_ARP_OTHER);
  const octets = 8 + 2 * (hardwareLength + 4);
  if (d.end - at < octets) return d.fail(SKIP_CUT_ARP);
  batch.source[row] = view.getUint32(at + 8 + hardwareLength);
  batch.destination[row] = view.getUint32(at + 12 + 2 * hardwareLength);
  batch.family[row] = 4;
  batch.tos[row] = 0;
  batch.bytes[row] = octets;
  batch.payload[row] = 0;
  batch.ipId[row] = 0;
  batch.ttl[row] = 0;
  batch.fragment[row] = FRAGMENT_NONE;
  batch.grade[row] = GRADE_CONFIRMED;
  batch.tunnels[row] = d.tunnels;
  batch.protocol[row] = PROTOCOL_ARP;
  batch.sourcePort[row] = NO_PORT;
  batch.destinationPort[row] = NO_PORT;
  batch.sequence[row] = 0;
  batch.acknowledgement[row] = 0;
  batch.optionsHash[row] = 0;
  batch.tcpFlags[row] = 0;
  batch.window[row] = 0;
  batch.mss[row] = 0;
  batch.quirks[row] = 0;
  batch.urgent[row] = 0;
  batch.options[row] = 0;
  const operation = view.getUint16(at + 6);
  batch.icmpType[row] = operation < 255 ? operation : 255;
  batch.icmpCode[row] = 0;
  batch.quotedProtocol[row] = 0;
  return LAYER_DONE;
}

/** Total length; segments taken before the network card cut them carry 0, and then it is what was on the wire (BIG TCP too). */
function ipv4Length(d: Dissection, at: number): number {
  const length = d.view.getUint16(at + 2);
  return length === 0 ? d.wireEnd - at : length;
}

/** Length of header and payload; a payload length of 0 stands for a jumbogram (RFC 2675) or an offloaded segment. */
function ipv6Length(d: Dissection, at: number): number {
  const payload = d.view.getUint16(at + 4);
  if (payload !== 0) return 40 + payload;
  const wire = d.wireEnd - at;
  return wire > 40 + 0xffff ? wire : d.view.getUint8(at + 6) === 59 ? 40 : wire;
}

/** Result bits of {@link walkExtensions}: fragment state in the lowest two, then whether options stood there, whether it was cut. */
const WALK_FRAGMENT = 3;
const WALK_OPTIONS = 4;
const WALK_CUT = 8;

/** Follows the chain from `protocol` at `at`; sets `d.protocol` and `d.transportAt`; octets walked stand from bit 8 up. */
function walkExtensions(d: Dissection, protocol: number, at: number): number {
  const { view, end } = d;
  const start = at;
  let state = 0;
  for (let count = 0; count < MAX_EXTENSIONS; count++) {
    let unit: number;
    let later = false;
    switch (protocol) {
      case HEADER_HOP_BY_HOP:
      case HEADER_ROUTING:
      case HEADER_DESTINATION:
        state |= WALK_OPTIONS;
        unit = 8;
        break;
      case HEADER_MOBILITY:
      case HEADER_HIP:
      case HEADER_SHIM6:
        unit = 8;
        break;
      case HEADER_FRAGMENT:
        unit = 0;
        break;
      case HEADER_AUTHENTICATION:
        unit = 4;
        break;
      default:
        d.protocol = protocol;
        d.transportAt = at;
        return state | ((at - start) << 8);
    }
    if (end - at < 8) break;
    const next = view.getUint8(at);
    let octets: number;
    if (unit === 0) {
      const word = view.getUint16(at + 2);
      if (word >>> 3 !== 0) later = true;
      else if ((word & 1) !== 0) state |= FRAGMENT_FIRST;
      octets = 8;
    } else octets = unit === 8 ? (view.getUint8(at + 1) + 1) * 8 : (view.getUint8(at + 1) + 2) * 4;
    // Mobility and its like may end the chain themselves: their "next header" is 59 then.
    if (next === 59 && protocol !== HEADER_FRAGMENT && unit === 8 && protocol >= HEADER_MOBILITY) {
      d.protocol = protocol;
      d.transportAt = at;
      return state | ((at - start) << 8);
    }
    at += octets;
    protocol = next;
    if (later) {
      d.protocol = protocol;
      d.transportAt = NO_TRANSPORT;
      return (state & ~WALK_FRAGMENT) | FRAGMENT_LATER | ((at - start) << 8);
    }
    if (at > end) break;
  }
  d.protocol = protocol;
  d.transportAt = NO_TRANSPORT;
  return state | WALK_CUT | ((at - start) << 8);
}
