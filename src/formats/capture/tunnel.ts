/**
 * Tunnels inside IP, whose inner packet is the one to observe. Sources: RFC 2784/2890 (GRE), RFC 2637 (PPTP), RFC 2003 and 4213 (IP and
 * IPv6 in IP), RFC 7348 (VXLAN), RFC 8926 (Geneve), 3GPP TS 29.281 (GTP-U), draft-foschiano-erspan, RFC 4380 (Teredo), RFC 3378 (EtherIP).
 *
 * Anybody may send UDP to a tunnel's port, and scanners do: a UDP tunnel is only taken for one when its whole header is valid, and
 * its inner packet is then read strictly.
 */
import { PROTOCOL_UDP } from "../../model/protocol.ts";
import {
  ENCAP_6IN4,
  ENCAP_ERSPAN1,
  ENCAP_ERSPAN2,
  ENCAP_ERSPAN3,
  ENCAP_ETHERIP,
  ENCAP_GENEVE,
  ENCAP_GRE,
  ENCAP_GTPU,
  ENCAP_IPIP,
  ENCAP_PPTP,
  ENCAP_TEREDO,
  ENCAP_VXLAN,
  ENCAP_VXLAN_GPE,
  LAYER_DONE,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_PPP,
  type Dissection,
} from "./dissection.ts";
import { peelMpls } from "./link.ts";

const PORT_GTPU = 2152;
const PORT_TEREDO = 3544;
const PORT_VXLAN = 4789;
const PORT_VXLAN_GPE = 4790;
const PORT_GENEVE = 6081;
/** The port of VXLAN before IANA gave it one, and still Linux's default. */
const PORT_VXLAN_LINUX = 8472;

const PROTOCOL_IPIP = 4;
const PROTOCOL_IPV6 = 41;
const PROTOCOL_GRE = 47;
const PROTOCOL_ETHERIP = 97;
const PROTOCOL_MPLS = 137;

/** Routing entries followed in an old GRE header (RFC 1701). */
const MAX_ROUTES = 16;

/** Whether a UDP datagram between these ports may be a tunnel's; the fast path asks before it takes a datagram for plain. */
export function mayBeTunnel(source: number, destination: number): boolean {
  return (
    destination === PORT_VXLAN ||
    destination === PORT_GENEVE ||
    destination === PORT_GTPU ||
    destination === PORT_VXLAN_LINUX ||
    destination === PORT_VXLAN_GPE ||
    destination === PORT_TEREDO ||
    source === PORT_TEREDO
  );
}

/**
 * Peels the tunnel header behind the IP header that `d.protocol` and `d.transportAt` describe.
 * @returns the inner layer, or LAYER_DONE where there is no (valid) tunnel; `d.at` is then not to be relied on.
 */
export function peelTunnel(d: Dissection): number {
  const at = d.transportAt;
  switch (d.protocol) {
    case PROTOCOL_UDP:
      return peelUdp(d, at);
    case PROTOCOL_IPIP:
      return inner(d, at, ENCAP_IPIP, LAYER_IPV4);
    case PROTOCOL_IPV6:
      return inner(d, at, ENCAP_6IN4, LAYER_IPV6);
    case PROTOCOL_GRE:
      return peelGre(d, at);
    case PROTOCOL_ETHERIP:
      if (d.end - at < 2 || d.view.getUint16(at) !== 0x3000) return LAYER_DONE;
      return inner(d, at + 2, ENCAP_ETHERIP, LAYER_ETHERNET);
    case PROTOCOL_MPLS:
      d.at = at;
      return peelMpls(d);
    default:
      return LAYER_DONE;
  }
}

function inner(d: Dissection, at: number, encapsulation: number, layer: number): number {
  d.at = at;
  d.strip(encapsulation);
  return layer;
}

function peelGre(d: Dissection, at: number): number {
  const { view, end } = d;
  if (end - at < 4) return LAYER_DONE;
  const flags = view.getUint16(at);
  const type = view.getUint16(at + 2);
  const version = flags & 7;
  let next = at + 4;
  if (version === 1) {
    // PPTP: key and, by flag, sequence and acknowledgement; without a sequence there is no payload.
    if (type !== 0x880b || (flags & 0x2000) === 0 || (flags & 0x1000) === 0) return LAYER_DONE;
    next += 8;
    if ((flags & 0x0080) !== 0) next += 4;
    return inner(d, next, ENCAP_PPTP, LAYER_PPP);
  }
  if (version !== 0) return LAYER_DONE;
  if ((flags & 0xc000) !== 0) next += 4; // checksum and offset
  if ((flags & 0x2000) !== 0) next += 4; // key
  const sequenced = (flags & 0x1000) !== 0;
  if (sequenced) next += 4;
  if ((flags & 0x4000) !== 0) {
    let routes = 0;
    for (; routes < MAX_ROUTES; routes++) {
      if (end - next < 4) return LAYER_DONE;
      const length = view.getUint8(next + 3);
      next += 4 + length;
      if (length === 0) break;
    }
    if (routes === MAX_ROUTES) return LAYER_DONE;
  }
  if (type === 0x88be) return peelErspan(d, next, sequenced);
  if (type === 0x22eb) return peelErspan3(d, next);
  if (type === 0x883e && end - next >= 4 && view.getUint8(next) >>> 4 !== 4) next += 4; // WCCP version 2 redirect header
  d.type = type === 0x883e ? 0x0800 : type;
  return inner(d, next, ENCAP_GRE, LAYER_ETHERTYPE);
}

/** Type I has no header of its own and no GRE sequence number; type II has eight octets. */
function peelErspan(d: Dissection, at: number, sequenced: boolean): number {
  if (!sequenced) return inner(d, at, ENCAP_ERSPAN1, LAYER_ETHERNET);
  if (d.end - at < 8) return LAYER_DONE;
  if (d.view.getUint8(at) >>> 4 === 2) return peelErspan3(d, at);
  return inner(d, at + 8, ENCAP_ERSPAN2, LAYER_ETHERNET);
}

/** Type III has twelve octets, eight more where its O bit is set, and may mirror bare IP. */
function peelErspan3(d: Dissection, at: number): number {
  if (d.end - at < 12) return LAYER_DONE;
  const word = d.view.getUint16(at + 10);
  const bareIp = ((word >>> 10) & 31) === 2;
  return inner(d, at + ((word & 1) === 1 ? 20 : 12), ENCAP_ERSPAN3, bareIp ? LAYER_IP : LAYER_ETHERNET);
}

function peelUdp(d: Dissection, at: number): number {
  const { view, end } = d;
  if (end - at < 16) return LAYER_DONE;
  const source = view.getUint16(at);
  const destination = view.getUint16(at + 2);
  if (!mayBeTunnel(source, destination)) return LAYER_DONE;
  const length = view.getUint16(at + 4);
  const payloadAt = at + 8;
  // An offloaded segment carries 0 or a stale length; otherwise the datagram bounds what is inside.
  if (length >= 8 && at + length < d.end) d.end = at + length;
  if (length >= 8 && at + length < d.wireEnd) d.wireEnd = at + length;
  d.strict = true;
  switch (destination) {
    case PORT_VXLAN:
    case PORT_VXLAN_LINUX:
      return peelVxlan(d, payloadAt);
    case PORT_VXLAN_GPE:
      return peelVxlanGpe(d, payloadAt);
    case PORT_GENEVE:
      return peelGeneve(d, payloadAt);
    case PORT_GTPU:
      return peelGtp(d, payloadAt);
    default:
      return peelTeredo(d, payloadAt);
  }
}

/** The I flag alone and reserved fields zero; or, with Cisco's group policy (G flag), its D and A bits and a group. */
function peelVxlan(d: Dissection, at: number): number {
  const word = d.view.getUint32(at);
  const plain = word === 0x08000000;
  const groupPolicy = (word & 0xffb70000) >>> 0 === 0x88000000;
  if ((!plain && !groupPolicy) || d.view.getUint8(at + 7) !== 0) return LAYER_DONE;
  return inner(d, at + 8, ENCAP_VXLAN, LAYER_ETHERNET);
}

function peelVxlanGpe(d: Dissection, at: number): number {
  const word = d.view.getUint32(at);
  if ((word & 0xffffff00) >>> 0 !== 0x0c000000 || d.view.getUint8(at + 7) !== 0) return LAYER_DONE;
  const next = word & 0xff;
  if (next < 1 || next > 3) return LAYER_DONE;
  return inner(d, at + 8, ENCAP_VXLAN_GPE, next === 1 ? LAYER_IPV4 : next === 2 ? LAYER_IPV6 : LAYER_ETHERNET);
}

function peelGeneve(d: Dissection, at: number): number {
  const { view } = d;
  const word = view.getUint32(at);
  // Version 0, six reserved bits and the last octet zero.
  if (word >>> 30 !== 0 || (word & 0x003f0000) !== 0 || view.getUint8(at + 7) !== 0) return LAYER_DONE;
  const next = at + 8 + ((word >>> 24) & 0x3f) * 4;
  d.type = word & 0xffff;
  if (d.type !== 0x6558 && d.type !== 0x0800 && d.type !== 0x86dd && d.type !== 0x8847) return LAYER_DONE;
  return inner(d, next, ENCAP_GENEVE, LAYER_ETHERTYPE);
}

/** A G-PDU of GTP version 1: IP behind eight octets, four more and extension headers where a flag says so. */
function peelGtp(d: Dissection, at: number): number {
  const { view, end } = d;
  const flags = view.getUint8(at);
  if (flags >>> 4 !== 3 || (flags & 8) !== 0 || view.getUint8(at + 1) !== 255) return LAYER_DONE;
  const stop = at + 8 + view.getUint16(at + 2);
  if (stop > d.wireEnd) return LAYER_DONE;
  let next = at + 8;
  if ((flags & 7) !== 0) {
    if (end - next < 4) return LAYER_DONE;
    let extension = (flags & 4) !== 0 ? view.getUint8(next + 3) : 0;
    next += 4;
    while (extension !== 0) {
      if (next >= end) return LAYER_DONE;
      const octets = view.getUint8(next) * 4;
      if (octets === 0 || end - next < octets) return LAYER_DONE;
      extension = view.getUint8(next + octets - 1);
      next += octets;
    }
  }
  return inner(d, next, ENCAP_GTPU, LAYER_IP);
}

/** IPv6 behind UDP, with an authentication or origin header before it by choice. */
function peelTeredo(d: Dissection, at: number): number {
  const { view } = d;
  let next = at;
  if (view.getUint16(next) === 0x0001) next += 4 + view.getUint8(next + 2) + view.getUint8(next + 3) + 9;
  if (d.end - next >= 8 && view.getUint16(next) === 0x0000) next += 8;
  if (d.end - next < 40 || view.getUint8(next) >>> 4 !== 6) return LAYER_DONE;
  if (next + 40 + view.getUint16(next + 4) !== d.wireEnd) return LAYER_DONE;
  return inner(d, next, ENCAP_TEREDO, LAYER_IPV6);
}
