/**
 * The state that the layers of one frame hand to each other: where the next header stands, how far the capture reaches, what was
 * stripped on the way. Layers are peeled in a loop and never call one another, so nesting is bounded and a bad inner packet falls
 * back to the outer one.
 */
import { ACTION_UNKNOWN, type ObservationBatch } from "../../model/observation.ts";

/** What stands at `at`. */
export const LAYER_DONE = 0;
export const LAYER_ETHERNET = 1;
/** A payload whose EtherType is `type`. */
export const LAYER_ETHERTYPE = 2;
/** IPv4 or IPv6, told by the first nibble. */
export const LAYER_IP = 3;
export const LAYER_IPV4 = 4;
export const LAYER_IPV6 = 5;
export const LAYER_ARP = 6;
export const LAYER_LLC = 7;
export const LAYER_PPP = 8;
/** Not to be observed; the reason is `reason`. */
export const LAYER_FAILED = 9;

/** Why a frame gave no observation: index into {@link SKIP_REASONS}. */
export const SKIP_LINK_TYPE = 0;
export const SKIP_CUT_LINK = 1;
export const SKIP_CUT_IP = 2;
export const SKIP_BAD_IP_VERSION = 3;
export const SKIP_BAD_IPV4_HEADER = 4;
export const SKIP_CUT_ARP = 5;
export const SKIP_ARP_OTHER = 6;
export const SKIP_ETHERTYPE = 7;
export const SKIP_LLC = 8;
export const SKIP_PPP = 9;
export const SKIP_FAMILY = 10;
export const SKIP_NO_PAYLOAD = 11;
export const SKIP_MPLS = 12;
export const SKIP_TOO_DEEP = 13;
export const SKIP_PPPOE_DISCOVERY = 14;
export const SKIP_LLDP = 15;
export const SKIP_EAPOL = 16;
export const SKIP_STP = 17;
export const SKIP_IPX = 18;
export const SKIP_NETBIOS = 19;
export const SKIP_LOOPBACK = 20;
export const SKIP_SLOW = 21;
export const SKIP_MAC_CONTROL = 22;
export const SKIP_PTP = 23;
export const SKIP_MACSEC = 24;
export const SKIP_RARP = 25;
export const SKIP_APPLETALK = 26;
export const SKIP_CDP = 27;
export const SKIP_PROFINET = 28;
export const SKIP_STORAGE = 29;
export const SKIP_CFM = 30;
export const SKIP_HOMEPLUG = 31;
export const SKIP_IEEE1905 = 32;
export const SKIP_ISO = 33;
export const SKIP_WAKE = 34;
export const SKIP_PFLOG = 35;

/** Words for people, in the order of the numbers above. */
export const SKIP_REASONS: readonly string[] = [
  "link type not decoded",
  "cut before the IP header",
  "cut inside the IP header",
  "neither IPv4 nor IPv6",
  "malformed IPv4 header",
  "cut inside ARP",
  "ARP not for IPv4",
  "not IP (other EtherType)",
  "not IP (other LLC)",
  "not IP (PPP control)",
  "not IP (other address family)",
  "no packet in the record",
  "not IP (MPLS payload)",
  "nested too deeply",
  "not IP (PPPoE discovery)",
  "not IP (LLDP)",
  "not IP (EAPOL)",
  "not IP (spanning tree)",
  "not IP (IPX)",
  "not IP (NetBIOS)",
  "not IP (loopback test)",
  "not IP (LACP and slow protocols)",
  "not IP (MAC control)",
  "not IP (PTP)",
  "not IP (MACsec)",
  "not IP (RARP)",
  "not IP (AppleTalk)",
  "not IP (CDP and Cisco control)",
  "not IP (industrial Ethernet)",
  "not IP (storage)",
  "not IP (CFM)",
  "not IP (HomePlug)",
  "not IP (IEEE 1905)",
  "not IP (ISO routing)",
  "not IP (wake on LAN)",
  "malformed pf log header",
];

/** What was stripped: index into {@link ENCAPSULATIONS}. */
export const ENCAP_DOT1Q = 0;
export const ENCAP_QINQ = 1;
export const ENCAP_MPLS = 2;
export const ENCAP_PPPOE = 3;
export const ENCAP_PPP = 4;
export const ENCAP_LLC = 5;
export const ENCAP_GRE = 6;
export const ENCAP_PPTP = 7;
export const ENCAP_IPIP = 8;
export const ENCAP_6IN4 = 9;
export const ENCAP_VXLAN = 10;
export const ENCAP_GENEVE = 11;
export const ENCAP_GTPU = 12;
export const ENCAP_ERSPAN1 = 13;
export const ENCAP_ERSPAN2 = 14;
export const ENCAP_ERSPAN3 = 15;
export const ENCAP_TEREDO = 16;
export const ENCAP_ETHERIP = 17;
export const ENCAP_VXLAN_GPE = 18;

/** Words for people, in the order of the numbers above. */
export const ENCAPSULATIONS: readonly string[] = [
  "802.1Q",
  "QinQ",
  "MPLS",
  "PPPoE",
  "PPP",
  "LLC",
  "GRE",
  "PPTP",
  "IP-in-IP",
  "IPv6-in-IP",
  "VXLAN",
  "Geneve",
  "GTP-U",
  "ERSPAN I",
  "ERSPAN II",
  "ERSPAN III",
  "Teredo",
  "EtherIP",
  "VXLAN-GPE",
];

/** Headers peeled from one frame at most: 8 tunnels of a link, a tag and an IP header each, with room to spare. */
export const MAX_LAYERS = 64;
/** Tunnels inside one another that are followed. */
export const MAX_TUNNELS = 8;

/** Mutable state for the frame in hand; one object a decoder, reused. All positions are octets from the start of `view`. */
export class Dissection {
  view: DataView = new DataView(new ArrayBuffer(0));
  batch: ObservationBatch;
  /** Start of the header in hand, and the end of what the capture holds of its layer. */
  at = 0;
  end = 0;
  /** Where this layer ended on the wire; beyond `end` where the capture was cut. */
  wireEnd = 0;
  /** EtherType for LAYER_ETHERTYPE. */
  type = 0;
  reason = 0;
  tunnels = 0;
  /** What the device that captured did with the packet, where the link header tells (pflog). */
  action: number = ACTION_UNKNOWN;
  /** Set behind a UDP tunnel header, which anybody may send: the inner packet must fit its lengths exactly enough to be believed. */
  strict = false;
  /** Encapsulations stripped so far, and how many. */
  readonly path: Uint8Array = new Uint8Array(MAX_LAYERS + 1);
  pathLength = 0;
  /** What follows an IP header: filled by `enterIPv4` and `enterIPv6`. */
  protocol = 0;
  transportAt = 0;

  constructor(batch: ObservationBatch) {
    this.batch = batch;
  }

  /** Notes a stripped encapsulation. */
  strip(encapsulation: number): void {
    if (this.pathLength <= MAX_LAYERS) this.path[this.pathLength++] = encapsulation;
  }

  /** Gives up the frame (or the inner packet) for `reason`. */
  fail(reason: number): number {
    this.reason = reason;
    return LAYER_FAILED;
  }
}
