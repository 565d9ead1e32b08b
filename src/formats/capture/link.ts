/**
 * Link layers: what stands before the IP header in a capture of a given link type, and the tags and labels that Ethernet carries.
 * Sources: the LINKTYPE_ registry of tcpdump.org; IEEE 802.1Q; RFC 3032 (MPLS), RFC 4448 (pseudo-wires), RFC 2516 (PPPoE), RFC 1661 (PPP).
 */
import {
  ENCAP_DOT1Q,
  ENCAP_LLC,
  ENCAP_MPLS,
  ENCAP_PPP,
  ENCAP_PPPOE,
  ENCAP_QINQ,
  LAYER_ARP,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_FAILED,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LLC,
  LAYER_PPP,
  SKIP_APPLETALK,
  SKIP_CDP,
  SKIP_CFM,
  SKIP_CUT_LINK,
  SKIP_EAPOL,
  SKIP_ETHERTYPE,
  SKIP_FAMILY,
  SKIP_HOMEPLUG,
  SKIP_IEEE1905,
  SKIP_IPX,
  SKIP_ISO,
  SKIP_LINK_TYPE,
  SKIP_LLC,
  SKIP_LLDP,
  SKIP_LOOPBACK,
  SKIP_MACSEC,
  SKIP_MAC_CONTROL,
  SKIP_MPLS,
  SKIP_NETBIOS,
  SKIP_NO_PAYLOAD,
  SKIP_PPP,
  SKIP_PPPOE_DISCOVERY,
  SKIP_PROFINET,
  SKIP_PTP,
  SKIP_RARP,
  SKIP_SLOW,
  SKIP_STORAGE,
  SKIP_STP,
  SKIP_WAKE,
  type Dissection,
} from "./dissection.ts";
import { enterPflog } from "./pflog.ts";

export const LINK_NULL = 0;
export const LINK_ETHERNET = 1;
export const LINK_PPP = 9;
export const LINK_FDDI = 10;
export const LINK_PPP_SERIAL = 50;
export const LINK_ATM_LLC = 100;
export const LINK_RAW_IP = 101;
export const LINK_MPLS = 219;
export const LINK_IPV4 = 228;
export const LINK_IPV6 = 229;
/** Values from 1536 up are EtherTypes, those up to 1500 are lengths (IEEE 802.3 clause 3.2.6). */
const ETHERTYPE_MIN = 0x600;
/** Labels in one MPLS stack that are followed; real stacks have under ten. */
const MAX_LABELS = 32;

/** Why a frame with an EtherType that carries no IP is skipped. */
const ETHERTYPE_REASONS: ReadonlyMap<number, number> = new Map([
  [0x0842, SKIP_WAKE],
  [0x2000, SKIP_CDP],
  [0x2004, SKIP_CDP],
  [0x6002, SKIP_LOOPBACK],
  [0x8035, SKIP_RARP],
  [0x809b, SKIP_APPLETALK],
  [0x80f3, SKIP_APPLETALK],
  [0x8137, SKIP_IPX],
  [0x8138, SKIP_IPX],
  [0x8808, SKIP_MAC_CONTROL],
  [0x8809, SKIP_SLOW],
  [0x8863, SKIP_PPPOE_DISCOVERY],
  [0x887b, SKIP_HOMEPLUG],
  [0x888e, SKIP_EAPOL],
  [0x8892, SKIP_PROFINET],
  [0x88a2, SKIP_STORAGE],
  [0x88a4, SKIP_PROFINET],
  [0x88b8, SKIP_PROFINET],
  [0x88ba, SKIP_PROFINET],
  [0x88cc, SKIP_LLDP],
  [0x88e1, SKIP_HOMEPLUG],
  [0x88e5, SKIP_MACSEC],
  [0x88f7, SKIP_PTP],
  [0x8902, SKIP_CFM],
  [0x8906, SKIP_STORAGE],
  [0x8914, SKIP_STORAGE],
  [0x893a, SKIP_IEEE1905],
  [0x9000, SKIP_LOOPBACK],
]);

/** Why an LLC frame with this destination service access point is skipped. */
const LLC_REASONS: ReadonlyMap<number, number> = new Map([
  [0x42, SKIP_STP],
  [0xe0, SKIP_IPX],
  [0xff, SKIP_IPX],
  [0xf0, SKIP_NETBIOS],
  [0xfe, SKIP_ISO],
]);

/**
 * Peels the header that the capture's link type puts first, and returns the layer behind it.
 * @param linkType a LINKTYPE_ number, class and FCS bits masked off.
 */
export function peelLink(d: Dissection, linkType: number): number {
  switch (linkType) {
    case LINK_ETHERNET:
      return LAYER_ETHERNET;
    case LINK_NULL:
    case 108: // LOOP: the same in network byte order
      return peelAddressFamily(d);
    case LINK_PPP:
      return LAYER_PPP;
    case LINK_FDDI: // frame control, two MAC addresses, LLC
      return skip(d, 13, LAYER_LLC);
    case 12:
    case 14:
    case LINK_RAW_IP:
      return LAYER_IP;
    case LINK_IPV4:
      return LAYER_IPV4;
    case LINK_IPV6:
      return LAYER_IPV6;
    case LINK_PPP_SERIAL:
      return peelPppSerial(d);
    case 51:
      return peelPppoe(d);
    case LINK_ATM_LLC: // RFC 1483 bridged or routed with LLC
    case 106: // classical IP over ATM
      return LAYER_LLC;
    case 104:
      return peelCiscoHdlc(d);
    case 109: // OpenBSD enc: family in the host's order, SPI, flags
      return peelFamilyHeader(d, 12);
    case 113:
      return peelLinuxCooked(d, 16, 14, 2);
    case 117: {
      const family = enterPflog(d);
      return family < 0 ? LAYER_FAILED : addressFamily(d, family);
    }
    case LINK_MPLS:
      return peelMpls(d);
    case 204: // a direction octet before PPP
      return skip(d, 1, LAYER_PPP);
    case 239:
      return peelNflog(d);
    case 276:
      return peelLinuxCooked(d, 20, 0, 8);
    default:
      return d.fail(SKIP_LINK_TYPE);
  }
}

/** Ethernet II, or IEEE 802.3 with LLC behind a length. */
export function peelEthernet(d: Dissection): number {
  if (d.end - d.at < 14) return d.fail(SKIP_CUT_LINK);
  const type = d.view.getUint16(d.at + 12);
  d.at += 14;
  return typeOrLength(d, type);
}

/** Dispatches on `d.type`, peeling one tag, label stack or session header. */
export function peelEtherType(d: Dissection): number {
  switch (d.type) {
    case 0x0800:
      return LAYER_IPV4;
    case 0x86dd:
      return LAYER_IPV6;
    case 0x0806:
      return LAYER_ARP;
    case 0x8100:
      return peelTag(d, ENCAP_DOT1Q);
    case 0x88a8:
    case 0x9100:
    case 0x9200:
      return peelTag(d, ENCAP_QINQ);
    case 0x8847:
    case 0x8848:
      return peelMpls(d);
    case 0x8864:
      return peelPppoe(d);
    case 0x880b:
      return LAYER_PPP;
    case 0x6558:
      return LAYER_ETHERNET;
    case 0x8870: // jumbo frames with LLC
      return LAYER_LLC;
    default:
      return d.fail(ETHERTYPE_REASONS.get(d.type) ?? SKIP_ETHERTYPE);
  }
}

/** LLC with or without SNAP (IEEE 802.2, RFC 1042). */
export function peelLlc(d: Dissection): number {
  if (d.end - d.at < 3) return d.fail(SKIP_CUT_LINK);
  const sap = d.view.getUint8(d.at);
  if (sap === 0x06 && d.view.getUint8(d.at + 1) === 0x06) {
    d.strip(ENCAP_LLC);
    return skip(d, 3, LAYER_IP);
  }
  if (sap === 0xfe && d.end - d.at >= 4) {
    const nlpid = d.view.getUint8(d.at + 3);
    if (nlpid !== 0xcc && nlpid !== 0x8e) return d.fail(SKIP_ISO);
    d.strip(ENCAP_LLC);
    return skip(d, 4, LAYER_IP);
  }
  if (sap !== 0xaa) return d.fail(LLC_REASONS.get(sap) ?? SKIP_LLC);
  if (d.end - d.at < 8) return d.fail(SKIP_CUT_LINK);
  const organisation = d.view.getUint32(d.at + 3) >>> 8;
  const type = d.view.getUint16(d.at + 6);
  if (organisation === 0x00000c) return d.fail(SKIP_CDP);
  d.at += 8;
  d.strip(ENCAP_LLC);
  if (organisation === 0x0080c2) {
    // RFC 2684 bridged Ethernet: two octets of padding, with (1) or without (7) its checksum.
    return type === 1 || type === 7 ? skip(d, 2, LAYER_ETHERNET) : d.fail(SKIP_LLC);
  }
  if (organisation !== 0 && organisation !== 0x0000f8) return d.fail(SKIP_LLC);
  d.type = type;
  return LAYER_ETHERTYPE;
}

/** PPP with or without its address and control octets, and with a protocol field of one or two octets. */
export function peelPpp(d: Dissection): number {
  if (d.end - d.at >= 2 && d.view.getUint16(d.at) === 0xff03) d.at += 2;
  if (d.end - d.at < 2) return d.fail(SKIP_CUT_LINK);
  const first = d.view.getUint8(d.at);
  let protocol = first;
  if ((first & 1) === 0) {
    protocol = d.view.getUint16(d.at);
    d.at += 2;
  } else d.at += 1;
  switch (protocol) {
    case 0x0021:
      d.strip(ENCAP_PPP);
      return LAYER_IPV4;
    case 0x0057:
      d.strip(ENCAP_PPP);
      return LAYER_IPV6;
    case 0x0281:
    case 0x0283:
      return peelMpls(d);
    default:
      return d.fail(SKIP_PPP);
  }
}

/**
 * An MPLS label stack; behind the bottom label stands IP, told by its nibble, or a pseudo-wire's Ethernet frame, with a control word
 * (nibble 0) or without.
 */
export function peelMpls(d: Dissection): number {
  for (let labels = 0; labels < MAX_LABELS; labels++) {
    if (d.end - d.at < 4) return d.fail(SKIP_CUT_LINK);
    const bottom = (d.view.getUint8(d.at + 2) & 1) === 1;
    d.at += 4;
    if (!bottom) continue;
    if (d.at >= d.end) return d.fail(SKIP_CUT_LINK);
    d.strip(ENCAP_MPLS);
    const nibble = d.view.getUint8(d.at) >>> 4;
    // A MAC address may begin with 4 or 6 as well: it is IP unless an Ethernet frame fits better.
    if ((nibble === 4 || nibble === 6) && !looksLikeEthernet(d, d.at)) return LAYER_IP;
    if (nibble === 0 && looksLikeEthernet(d, d.at + 4)) return skip(d, 4, LAYER_ETHERNET);
    if (looksLikeEthernet(d, d.at)) return LAYER_ETHERNET;
    return d.fail(SKIP_MPLS);
  }
  return d.fail(SKIP_MPLS);
}

function skip(d: Dissection, octets: number, layer: number): number {
  if (d.end - d.at < octets) return d.fail(SKIP_CUT_LINK);
  d.at += octets;
  return layer;
}

function typeOrLength(d: Dissection, type: number): number {
  if (type >= ETHERTYPE_MIN) {
    d.type = type;
    return LAYER_ETHERTYPE;
  }
  const frameEnd = d.at + type;
  if (frameEnd < d.end) d.end = frameEnd; // what follows is padding
  return LAYER_LLC;
}

function peelTag(d: Dissection, encapsulation: number): number {
  if (d.end - d.at < 4) return d.fail(SKIP_CUT_LINK);
  const type = d.view.getUint16(d.at + 2);
  d.at += 4;
  d.strip(encapsulation);
  return typeOrLength(d, type);
}

/** Whether an Ethernet header at `at` carries IP behind at most two tags, with the version nibble in its place. */
function looksLikeEthernet(d: Dissection, at: number): boolean {
  at += 12;
  for (let tags = 0; tags < 3; tags++) {
    if (d.end - at < 3) return false;
    const type = d.view.getUint16(at);
    if (type === 0x8100 || type === 0x88a8) {
      at += 4;
      continue;
    }
    if (type === 0x0806) return true;
    const nibble = d.view.getUint8(at + 2) >>> 4;
    return (type === 0x0800 && nibble === 4) || (type === 0x86dd && nibble === 6);
  }
  return false;
}

function peelPppoe(d: Dissection): number {
  if (d.end - d.at < 8) return d.fail(SKIP_CUT_LINK);
  if (d.view.getUint16(d.at) !== 0x1100) return d.fail(SKIP_PPPOE_DISCOVERY); // version 1, type 1, code 0: session data
  d.at += 6;
  d.strip(ENCAP_PPPOE);
  return LAYER_PPP;
}

function peelPppSerial(d: Dissection): number {
  if (d.end - d.at < 4) return d.fail(SKIP_CUT_LINK);
  const address = d.view.getUint8(d.at);
  return address === 0x0f || address === 0x8f ? peelCiscoHdlc(d) : LAYER_PPP;
}

function peelCiscoHdlc(d: Dissection): number {
  if (d.end - d.at < 4) return d.fail(SKIP_CUT_LINK);
  const type = d.view.getUint16(d.at + 2);
  if (type < ETHERTYPE_MIN) return d.fail(SKIP_CDP);
  d.type = type;
  d.at += 4;
  return LAYER_ETHERTYPE;
}

/** BSD loopback: an address family in the byte order of the machine that captured. */
function peelAddressFamily(d: Dissection): number {
  return peelFamilyHeader(d, 4);
}

function peelFamilyHeader(d: Dissection, octets: number): number {
  if (d.end - d.at < octets) return d.fail(SKIP_CUT_LINK);
  const big = d.view.getUint32(d.at);
  const family = big > 0xffff ? d.view.getUint32(d.at, true) : big;
  d.at += octets;
  return addressFamily(d, family);
}

/** AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 23 on Windows, 24, 28 and 30 on the BSDs. */
function addressFamily(d: Dissection, family: number): number {
  if (family === 2) return LAYER_IPV4;
  if (family === 10 || family === 23 || family === 24 || family === 28 || family === 30) return LAYER_IPV6;
  return d.fail(SKIP_FAMILY);
}

/** Linux cooked capture: `protocolAt` and `hardwareAt` are where its EtherType and its ARPHRD_ type stand. */
function peelLinuxCooked(d: Dissection, octets: number, protocolAt: number, hardwareAt: number): number {
  if (d.end - d.at < octets) return d.fail(SKIP_CUT_LINK);
  const type = d.view.getUint16(d.at + protocolAt);
  const hardware = d.view.getUint16(d.at + hardwareAt);
  d.at += octets;
  if (hardware === 824) return d.fail(SKIP_FAMILY); // ARPHRD_NETLINK
  if (type === 4) return LAYER_LLC;
  if (type < ETHERTYPE_MIN) return d.fail(SKIP_LLC);
  d.type = type;
  return LAYER_ETHERTYPE;
}

/** Linux netfilter log: attributes in the byte order of the machine that captured; number 9 is the packet. */
function peelNflog(d: Dissection): number {
  if (d.end - d.at < 4) return d.fail(SKIP_CUT_LINK);
  const start = d.at + 4;
  for (const little of [true, false]) {
    let at = start;
    while (d.end - at >= 4) {
      const length = d.view.getUint16(at, little);
      const kind = d.view.getUint16(at + 2, little) & 0x7fff;
      if (length < 4) break;
      if (kind === 9) {
        if (at + length < d.end) d.end = at + length;
        d.at = at + 4;
        return LAYER_IP;
      }
      at += (length + 3) & ~3;
    }
  }
  return d.fail(SKIP_NO_PAYLOAD);
}
