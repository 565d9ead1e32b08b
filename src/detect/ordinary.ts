/** What is not a scan though it has many contacts: explicit rules, each with its reason. A real scan probes what nobody offered. */
import { CLASS_ARP_REQUEST, CLASS_ICMP_REQUEST, CLASS_SYN, CLASS_UDP } from "../model/activity.ts";
import { MET_SUCCESS } from "./met.ts";
import type { ProbeSet } from "./probe-set.ts";

/** A port whose contacts succeed in this share is used, not probed: a client or mail server with some dead peers. TRW's theta0 and theta1 meet here. */
export const SERVICE_SUCCESS_SHARE = 0.5;
/** Packets that open a contact, on average, beyond which it is a monitor's check: scanners send one and repeat it two or three times. */
export const REPEATED_CHECK_PACKETS = 5;

/** Name service, datagram, SSDP, WS-Discovery, mDNS, LLMNR, DHCP: announcements inside a network (IANA service names). */
const CHATTER_PORTS = new Set([67, 68, 137, 138, 546, 547, 1900, 3702, 5353, 5355]);

/** Van Jacobson's traceroute starts at 33434 and adds one a probe: 3 × 64 hops, and room for parallel runs. */
const TRACEROUTE_FIRST_PORT = 33_434;
const TRACEROUTE_LAST_PORT = 33_434 + 3 * 64 + 64;
/** TTL at which only a traceroute's packets are seen next to their sender; and the spread that its rising TTL leaves. */
const TRACEROUTE_TTL = 5;
const TRACEROUTE_TTL_SPREAD = 3;

/** Ports of peer-to-peer networks, whose clients call long lists of peers, most of them gone: Gnutella, eDonkey, Kad, BitTorrent, FastTrack, Direct Connect, Bitcoin, Ethereum, libp2p. */
const PEER_PORTS = new Set([
  411, 412, 1214, 4001, 4661, 4662, 4665, 4672, 6346, 6347, 6348, 6349, 6699, 8333, 8444, 9735, 18333, 18444, 30303, 51413,
]);
const BITTORRENT_FIRST_PORT = 6881;
const BITTORRENT_LAST_PORT = 6999;
/** Share of contacts that must agree with a rule about all of them. */
const MOST = 0.8;
/** Distinct /16 networks per target: lists of peers are scattered over the Internet, scans keep to a network. */
const SCATTER = 0.4;
/** No focus: this share of contacts has a target of its own, and, peers' usual ports aside, a port of its own. */
const NO_FOCUS = 0.7;
/** Ports that peers choose for themselves are seldom below 1024. */
const PRIVILEGED_SHARE = 0.2;
/** Beyond this many contacts, many packets to some of them do not excuse the rest. */
const FEW_PEERS = 100;
/** Share of packets from a service's port that shows a server's answers whose questions are not recorded. */
export const ANSWERING_SHARE = 0.8;

/** Whether an IPv4 address is no single host's: multicast, reserved, broadcast. */
export function isNobody(target: number): boolean {
  return target >= 0xe0000000 || target === 0;
}

/** Whether one contact is ordinary by itself: groups, broadcasts, announcements inside a network, own address. IPv4 only. */
export function isChatter(trafficClass: number, source: number, target: number, port: number): boolean {
  if (isNobody(target)) return true;
  if (trafficClass === CLASS_ARP_REQUEST) return target === source || source === 0; // announcements and address conflict probes
  if (trafficClass !== CLASS_UDP || !CHATTER_PORTS.has(port)) return false;
  // Within a /16 announcements go to neighbours and to directed broadcasts; from further away they are probes.
  return (target & 255) === 255 || ((target ^ source) >>> 16 === 0 && port !== 1900);
}

/** Why the contacts of a source are ordinary use, or null where no rule says so. */
export function ordinaryReason(set: ProbeSet): string | null {
  if (set.length === 0) return "only ordinary contacts";
  if (isTraceroute(set)) return "traceroute: rising ports from 33434, or rising TTL, towards one target";
  if (isAnswering(set)) return "answers from a service's port, whose questions are not recorded";
  if (set.outbound || set.successes > 0) {
    if (callsPeers(set)) return "peer-to-peer: one port of a peer-to-peer network on scattered hosts, asked for again and again";
    if (hasNoFocus(set)) return "peer-to-peer: neither a port, nor a host, nor a network is asked for more than once";
  }
  if (talks(set)) return "conversations without answers: many packets to each of a few peers";
  if (isMonitor(set)) return "monitoring: the same hosts are asked again and again, and answer";
  return null;
}

function isTraceroute(set: ProbeSet): boolean {
  if (set.trafficClass === CLASS_ICMP_REQUEST) return false; // one contact a target: never many
  if (set.targetCount > 4) return false;
  if (set.trafficClass === CLASS_UDP) {
    let inRange = 0;
    for (let i = 0; i < set.length; i++) {
      const port = set.port[i]!;
      if (port >= TRACEROUTE_FIRST_PORT && port <= TRACEROUTE_LAST_PORT) inRange++;
    }
    if (inRange >= MOST * set.length) return true;
  }
  return set.trafficClass === CLASS_UDP && set.ttlMin <= TRACEROUTE_TTL && set.ttlMax - set.ttlMin >= TRACEROUTE_TTL_SPREAD;
}

/** DNS, NTP and other servers seen from one side: their own port is a service's, the other one any. */
function isAnswering(set: ProbeSet): boolean {
  return set.trafficClass === CLASS_UDP && set.servicePortPackets >= ANSWERING_SHARE * set.packets;
}

function callsPeers(set: ProbeSet): boolean {
  let onPeerPorts = 0;
  for (let i = 0; i < set.length; i++) if (isPeerPort(set.port[i]!)) onPeerPorts++;
  return onPeerPorts >= MOST * set.length && isScattered(set);
}

/** Ports are counted among the contacts at hand: among thousands of peers many share one, and no port is a focus for that. */
function hasNoFocus(set: ProbeSet): boolean {
  if (set.targetCount < NO_FOCUS * set.contactCount) return false;
  const ports = new Set<number>();
  let chosen = 0;
  let privileged = 0;
  for (let i = 0; i < set.length; i++) {
    const port = set.port[i]!;
    if (isPeerPort(port)) continue; // a peer that chose no port has its network's
    chosen++;
    ports.add(port);
    if (port < 1024) privileged++;
  }
  return ports.size >= NO_FOCUS * chosen && privileged <= PRIVILEGED_SHARE * chosen && isScattered(set);
}

/** Whether file sharing and the like listen there by default. */
export function isPeerPort(port: number): boolean {
  return PEER_PORTS.has(port) || (port >= BITTORRENT_FIRST_PORT && port <= BITTORRENT_LAST_PORT);
}

function isScattered(set: ProbeSet): boolean {
  if (set.family === 6) return true; // the hash of an IPv6 address does not tell its network
  const networks = new Set<number>();
  for (let i = 0; i < set.length; i++) networks.add(set.target[i]! >>> 16);
  return networks.size >= SCATTER * Math.min(set.length, set.targetCount);
}

/** UDP to few peers, over and over: telephony, games, tunnels of which one side is recorded. A scanner asks two or three times. */
function talks(set: ProbeSet): boolean {
  return set.trafficClass === CLASS_UDP && set.wholeLength < FEW_PEERS && set.seenPackets >= REPEATED_CHECK_PACKETS * set.wholeLength;
}

function isMonitor(set: ProbeSet): boolean {
  if (set.trafficClass !== CLASS_SYN && set.trafficClass !== CLASS_ICMP_REQUEST) return false;
  return set.metCounts[MET_SUCCESS]! >= MOST * set.length;
}
