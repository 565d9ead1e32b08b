/** Numbers about port zero and about answers without questions; the companion of facts.ts, which has those about scans. */
import type { PortZeroCounts } from "../model/activity.ts";
import { AMPLIFICATION_PORTS } from "../model/amplification.ts";
import type { Backscatter } from "../model/finding.ts";
import type { AssessInput } from "./input.ts";

/** Share of port-zero packets from which answers are all that there is. */
const ANSWERS_ONLY_SHARE = 0.8;
/** Targets up to which many amplifiers that send to them are a flood on them, rather than each a victim. */
const FLOOD_TARGETS = 3;
/** Targets of a reflection flood that are named. */
const MOST_TARGETS = 3;

export interface PortZeroFacts {
  /** Packets with a real header, answers included. */
  readonly confirmed: number;
  /** Probes, answers left out: TCP, and UDP to port zero. UDP with only its source zero is legal (RFC 768) and apart. */
  readonly strong: number;
  readonly udpSourceOnly: number;
  readonly tcpSourceOnly: number;
  readonly toZero: number;
  /** TCP answers from or to port zero, and whether they are nearly all there is: then somebody forged our addresses. */
  readonly replies: number;
  readonly answersOnly: boolean;
  readonly unconfirmed: number;
  /** Share of the unconfirmed whose record tells TCP flags: no later fragments. */
  readonly flaggedShare: number;
  /** Share of the unconfirmed that have another port at one end: neither a later fragment nor a placeholder has one. */
  readonly oneSidedShare: number;
  readonly excludedFragments: number;
  readonly excluded: number;
  readonly sources: number;
  readonly targets: number;
  /** Share of TCP probes with an impossible header length or impossible flags. */
  readonly malformedShare: number;
  /** The real port most met beside port zero, and its share of probes. */
  readonly otherPort: { readonly name: string; readonly share: number } | null;
  /** Addresses that sent strong port zero, the most active. */
  readonly strongSources: readonly string[];
}

export interface BackscatterFacts {
  /** Victims proper: those that answer to many of our addresses. */
  readonly victims: number;
  readonly qualifying: number;
  readonly packets: number;
  readonly peers: number;
  /** The most active victim. */
  readonly leading: string | null;
  /** Amplifiers that send to one or few addresses: a reflection flood on those. */
  readonly reflectors: number;
  readonly reflectedPackets: number;
  readonly reflectedPorts: readonly number[];
  /** The addresses that most of them aim at, at most three; empty where none is known. */
  readonly reflectedAt: readonly string[];
  /** Share of all suspicious packets (scans, port zero, answers) that are victims' answers. */
  readonly share: number;
}

export function portZeroFacts(input: AssessInput): PortZeroFacts {
  const { portZero } = input;
  const tcp = probesOf(input);
  const udp = portZero.udp;
  const tcpProbes = total(tcp);
  const strong = tcpProbes + udp.destination + udp.both;
  const probes = tcpProbes + total(udp);
  const confirmed = total(portZero.tcp) + total(udp);
  const [other] = portZero.otherPorts.filter(({ port }) => port > 0);
  return {
    confirmed,
    strong,
    udpSourceOnly: udp.source,
    tcpSourceOnly: tcp.source,
    toZero: tcp.destination + tcp.both + udp.destination + udp.both,
    replies: portZero.replies,
    answersOnly: portZero.replies >= ANSWERS_ONLY_SHARE * confirmed && portZero.replies > 0,
    unconfirmed: total(portZero.unconfirmed.tcp) + total(portZero.unconfirmed.udp),
    flaggedShare: portZero.unconfirmed.flagged / Math.max(1, total(portZero.unconfirmed.tcp) + total(portZero.unconfirmed.udp)),
    oneSidedShare: oneSidedShare(portZero.unconfirmed.tcp, portZero.unconfirmed.udp),
    excludedFragments: portZero.excluded.fragments,
    excluded: portZero.excluded.fragments + portZero.excluded.icmp + portZero.excluded.placeholder,
    sources: portZero.sources,
    targets: portZero.targets,
    malformedShare: tcpProbes === 0 ? 0 : Math.min(1, Math.max(portZero.badHeaderLength, portZero.oddFlags) / tcpProbes),
    otherPort:
      other === undefined || probes === 0
        ? null
        : { name: `${tcpProbes >= total(udp) ? "TCP" : "UDP"}/${other.port}`, share: Math.min(1, other.packets / probes) },
    strongSources: portZero.topSources.filter((source) => source.tcpPackets > 0 || strong > tcpProbes).map((source) => source.address),
  };
}

/** TCP packets without answers. Whoever probes port zero is answered from it, whoever probes from it is answered to it: the scans tell which. */
function probesOf(input: AssessInput): PortZeroCounts {
  const { tcp, replies } = input.portZero;
  const zeroProbed = input.detection.scans.some((scan) => scan.portZero && scan.ports.includes(0));
  const first = Math.min(replies, zeroProbed ? tcp.source : tcp.destination);
  const second = Math.min(replies - first, zeroProbed ? tcp.destination : tcp.source);
  const both = Math.min(replies - first - second, tcp.both);
  return {
    source: tcp.source - (zeroProbed ? first : second),
    destination: tcp.destination - (zeroProbed ? second : first),
    both: tcp.both - both,
  };
}

export function backscatterFacts(input: AssessInput): BackscatterFacts {
  const { backscatter, scans } = input.detection;
  const reflected = backscatter.filter(
    (one) =>
      // Detection reports UDP answers to so few only from a service's port, and does not always know which.
      one.isReflector ||
      (one.transport === "udp" &&
        one.peers <= FLOOD_TARGETS &&
        (one.ports.length === 0 || one.ports.some((port) => AMPLIFICATION_PORTS.has(port)))),
  );
  // One resolver's stray answers are no flood.
  const flood = reflected.length >= 3;
  const beyondList = Math.max(0, input.detection.backscatterTotal - backscatter.length);
  const victims = flood ? backscatter.filter((one) => !reflected.includes(one)) : backscatter;
  const packets = victims.reduce((sum, one) => sum + one.packets, 0);
  const probes = scans.reduce((sum, scan) => sum + scan.packets, 0);
  const zero = Math.max(0, total(input.portZero.tcp) + total(input.portZero.udp) - input.portZero.replies);
  return {
    victims: victims.length + (flood ? 0 : beyondList),
    qualifying: victims.filter((one) => one.qualifies).length,
    packets,
    peers: victims.reduce((most, one) => Math.max(most, one.peers), 0),
    leading: victims[0]?.victim ?? null,
    reflectors: flood ? reflected.length + beyondList : 0,
    reflectedPackets: flood ? reflected.reduce((sum, one) => sum + one.packets, 0) : 0,
    reflectedPorts: flood
      ? [...new Set(reflected.flatMap((one) => one.ports.filter((port) => AMPLIFICATION_PORTS.has(port))))].slice(0, 5)
      : [],
    reflectedAt: flood ? aimedAt(reflected) : [],
    share: packets === 0 ? 0 : packets / (packets + probes + zero),
  };
}

/** Targets of at least a tenth of the amplifiers, by how many aim at each. */
function aimedAt(reflected: readonly Backscatter[]): string[] {
  const amplifiers = new Map<string, number>();
  for (const target of reflected.flatMap(({ targets }) => targets)) amplifiers.set(target, (amplifiers.get(target) ?? 0) + 1);
  const many = [...amplifiers].filter(([, count]) => count >= reflected.length / 10).toSorted(([, a], [, b]) => b - a);
  return many.slice(0, MOST_TARGETS).map(([target]) => target);
}

function oneSidedShare(tcp: PortZeroCounts, udp: PortZeroCounts): number {
  return 1 - (tcp.both + udp.both) / Math.max(1, total(tcp) + total(udp));
}

function total(counts: PortZeroCounts): number {
  return counts.source + counts.destination + counts.both;
}
