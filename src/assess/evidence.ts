/**
 * Evidence as data: what speaks for and against each reading, how strongly, and on whose word. The ratios are odds that a careful analyst
 * would accept; sources with a section sign are ours (docs), the rest literature. Where nobody has measured it stands "stated judgement".
 */
import type { HypothesisId } from "../model/assessment.ts";
import { type Facts, FEW_TARGETS, MANY_PORTS } from "./facts.ts";
import { foundThings, fragmentFlood, fragmentShare, hasFinding, ramp } from "./found.ts";
import type { Observed } from "./likelihood.ts";
import { agree, count, duration, listed, percent, plural } from "./words.ts";

interface EvidenceItem {
  readonly id: string;
  readonly group: string;
  readonly source: string;
  readonly ratios: Readonly<Partial<Record<HypothesisId, number>>>;
  /** 0 where it does not hold, up to 1 where it holds fully. */
  readonly strength: (facts: Facts) => number;
  readonly sentence: (facts: Facts) => string;
}

const STATED = "stated judgement";
const CISCO_2013 = "Cisco TRAC 2013, Massive Increase in Reconnaissance Activity";
const CERT_POLSKA = "CERT Polska 2011, unusual traffic to port 0/TCP";
const PAM_2021 = "Maghsoudlou, Gasser, Feldmann, PAM 2021 (port 0 traffic is mostly fragments)";
const DURUMERIC = "Durumeric, Bailey, Halderman, USENIX Security 2014 (an Internet-wide view of scanning)";
const MOORE = "Moore et al. 2006, Inferring Internet denial-of-service activity";
const ROSSOW = "Rossow, NDSS 2014, Amplification Hell";
const ANTONAKAKIS = "Antonakakis et al., USENIX Security 2017, Understanding the Mirai Botnet";
const NMAP = "Nmap Network Scanning, ch. 5 and 8";
const PROBING: readonly HypothesisId[] = [
  "research",
  "vulnerability-search",
  "worm-or-botnet",
  "fingerprinting",
  "targeted-reconnaissance",
];

/** Services through which worms and bots of the past twenty years spread by themselves. */
const WORM_SERVICES: ReadonlySet<string> = new Set([
  "TCP/22",
  "TCP/23",
  "TCP/135",
  "TCP/139",
  "TCP/445",
  "TCP/1433",
  "TCP/2323",
  "TCP/5555",
  "TCP/7547",
  "TCP/37215",
  "TCP/52869",
  "UDP/1434",
]);

const EVIDENCE: readonly EvidenceItem[] = [
  // What is there at all. The absence of what a reading needs is the strongest evidence against it.
  {
    id: "nothing-unusual",
    group: "presence",
    source: STATED,
    ratios: { ordinary: 3 },
    strength: (f) =>
      hasFinding(f) || f.portZero.unconfirmed > 0 || f.portZero.udpSourceOnly > 0
        ? 0
        : ramp(f.packets, 20, 1000) * (1 - ramp(fragmentShare(f), 0.1, 0.5)),
    sentence: (f) => `${plural(f.packets, "packet")} ${agree(f.packets, "holds", "hold")} no scan, no backscatter and no port zero.`,
  },
  {
    id: "something-unusual",
    group: "presence",
    source: STATED,
    ratios: { ordinary: 0.005 },
    strength: (f) =>
      hasFinding(f)
        ? Math.max(
            ramp(f.scans.count, 0, 1),
            ramp(f.backscatter.packets, 0, 25),
            ramp(f.backscatter.reflectors, 0, 3),
            0.2 + ramp(f.portZero.strong, 1, 10),
          )
        : 0,
    sentence: (f) => `Ordinary traffic does not hold ${listed(foundThings(f))}.`,
  },
  {
    id: "no-probing",
    group: "no-probing",
    source: STATED,
    ratios: { ...Object.fromEntries(PROBING.map((id) => [id, 0.01])), misconfiguration: 0.3 },
    strength: (f) => (f.scans.count === 0 ? (f.portZero.strong === 0 ? 1 : 0.2) : 0),
    sentence: (f) =>
      f.portZero.strong === 0
        ? "Nobody probes: there is no scan and no port zero."
        : "No source reaches the number of targets or ports that makes a scan.",
  },
  {
    id: "no-backscatter",
    group: "no-backscatter",
    source: STATED,
    ratios: { backscatter: 0.01 },
    strength: (f) => (f.backscatter.victims === 0 && !f.portZero.answersOnly ? 1 : 0),
    sentence: () => "No answers come in that nobody here asked for.",
  },
  {
    id: "no-flood",
    group: "no-flood",
    source: STATED,
    ratios: { ddos: 0.02 },
    strength: (f) => (f.backscatter.reflectors === 0 && f.scans.floodSources < 50 ? 1 - fragmentFlood(f) : 0),
    sentence: () => "Neither amplifiers, nor many sources on one target, nor a flood of fragments are there.",
  },
  {
    id: "nothing-false",
    group: "false-port-zero",
    source: PAM_2021,
    ratios: { artefact: 0.02 },
    strength: (f) => (f.portZero.unconfirmed + f.portZero.excluded > 0 ? (f.portZero.strong > f.portZero.unconfirmed ? 0.9 : 0) : 1),
    sentence: (f) =>
      f.portZero.confirmed > 0
        ? `All ${plural(f.portZero.confirmed, "packet")} with port zero have a real transport header.`
        : "No record shows a port zero that was not on the wire.",
  },

  // Port zero: real, false, and of which kind.
  {
    id: "unconfirmed-only",
    group: "false-port-zero",
    source: PAM_2021,
    ratios: { artefact: 80, "vulnerability-search": 0.3, fingerprinting: 0.3 },
    strength: (f) => (f.portZero.unconfirmed > 0 && f.portZero.confirmed === 0 ? 0.5 + ramp(f.portZero.unconfirmed, 1, 20) / 2 : 0),
    sentence: (f) =>
      `${plural(f.portZero.unconfirmed, "record")} ${agree(f.portZero.unconfirmed, "says", "say")} port zero and none can prove it; most such records are later fragments, ICMP or placeholders.`,
  },
  {
    id: "fragments-only",
    group: "false-port-zero",
    source: PAM_2021,
    // Nobody claims port zero here; only other records of the same traffic would.
    ratios: { artefact: 4 },
    strength: (f) => (f.portZero.confirmed === 0 && f.portZero.unconfirmed === 0 ? ramp(fragmentShare(f), 0.05, 0.6) : 0),
    sentence: (f) =>
      `${plural(f.portZero.excludedFragments, "later fragment")} ${agree(f.portZero.excludedFragments, "has", "have")} no transport header: flow exporters write them down as port zero, and there is none.`,
  },
  {
    id: "tcp-source-zero-one-service",
    group: "port-zero-kind",
    source: CISCO_2013,
    ratios: {
      "vulnerability-search": 8,
      "worm-or-botnet": 5,
      "targeted-reconnaissance": 1.5,
      research: 0.3,
      fingerprinting: 0.3,
      misconfiguration: 0.3,
      ordinary: 0.2,
    },
    strength: (f) =>
      f.portZero.tcpSourceOnly > f.portZero.toZero && f.portZero.otherPort !== null && !f.portZero.answersOnly
        ? ramp(f.portZero.otherPort.share, 0.1, 0.5) * ramp(f.portZero.targets, 2, 50)
        : 0,
    sentence: (f) =>
      `${plural(f.portZero.tcpSourceOnly, "TCP packet")} from source port zero ${agree(f.portZero.tcpSourceOnly, "goes", "go")} to ${plural(f.portZero.targets, "target")}, ${percent(f.portZero.otherPort?.share ?? 0)} of port zero's packets to ${f.portZero.otherPort?.name ?? "one port"}: a real service is meant.`,
  },
  {
    id: "destination-zero-malformed",
    group: "port-zero-kind",
    source: CERT_POLSKA,
    ratios: { fingerprinting: 40, misconfiguration: 5, "vulnerability-search": 0.15, "worm-or-botnet": 0.2, research: 0.2, ordinary: 0.1 },
    strength: (f) =>
      f.portZero.toZero > 0 && f.portZero.toZero >= f.portZero.tcpSourceOnly
        ? ramp(f.portZero.malformedShare, 0.05, 0.4) * ramp(f.portZero.toZero, 1, 20)
        : 0,
    sentence: (f) =>
      `${plural(f.portZero.toZero, "packet")} ${agree(f.portZero.toZero, "goes", "go")} to port zero, ${percent(f.portZero.malformedShare)} of TCP's with an impossible header length or flags no stack sends.`,
  },
  {
    id: "destination-zero",
    group: "port-zero-kind",
    source: `${STATED}, after ${CERT_POLSKA}`,
    ratios: { fingerprinting: 5, misconfiguration: 2, "vulnerability-search": 0.4, "worm-or-botnet": 0.3, research: 0.7 },
    strength: (f) => (f.portZero.toZero > f.portZero.tcpSourceOnly && !f.portZero.answersOnly ? ramp(f.portZero.toZero, 1, 20) : 0),
    sentence: (f) =>
      `${plural(f.portZero.toZero, "packet")} ${agree(f.portZero.toZero, "goes", "go")} to port zero, where no service listens: only the way it is refused can be of interest.`,
  },
  {
    id: "udp-source-zero",
    group: "port-zero-kind",
    source: "RFC 768 (a UDP source port is optional)",
    ratios: { ordinary: 2, misconfiguration: 1.5 },
    strength: (f) => (f.portZero.strong === 0 ? ramp(f.portZero.udpSourceOnly, 0, 3) : 0),
    sentence: (f) =>
      `${plural(f.portZero.udpSourceOnly, "UDP packet")} with source port zero ${agree(f.portZero.udpSourceOnly, "is", "are")} legal and weak evidence.`,
  },
  {
    id: "port-zero-few-hosts",
    group: "few-hosts",
    source: PAM_2021,
    ratios: { misconfiguration: 10, "vulnerability-search": 0.3, "worm-or-botnet": 0.2, research: 0.5 },
    strength: (f) => (f.scans.count === 0 && f.portZero.strong > 2 && f.portZero.sources <= 2 && f.portZero.targets <= 2 ? 1 : 0),
    sentence: (f) =>
      `Port zero comes from ${plural(f.portZero.sources, "source")} to ${plural(f.portZero.targets, "target")} again and again, as from one broken sender.`,
  },

  // Who.
  {
    id: "acknowledged-confirmed",
    group: "acknowledged",
    source: `${DURUMERIC}; acknowledged scanners' own lists`,
    ratios: {
      research: 60,
      "vulnerability-search": 0.1,
      "worm-or-botnet": 0.05,
      "targeted-reconnaissance": 0.05,
      misconfiguration: 0.1,
      fingerprinting: 0.3,
    },
    strength: (f) => (f.scans.sources === 0 ? 0 : ramp(f.scans.confirmedSources / f.scans.sources, 0.2, 0.9)),
    sentence: (f) =>
      `${count(f.scans.confirmedSources)} of ${plural(f.scans.sources, "source")} belong to ${listed(f.scans.organisations.slice(0, 4))} and completed exchanges.`,
  },
  {
    id: "acknowledged-claimed",
    group: "acknowledged",
    source: "CAIDA corsaro3 (spoofable sources kept apart); acknowledged scanners' own lists",
    ratios: {
      research: 25,
      "vulnerability-search": 0.2,
      "worm-or-botnet": 0.1,
      "targeted-reconnaissance": 0.1,
      misconfiguration: 0.1,
      fingerprinting: 0.4,
    },
    strength: (f) => (f.scans.sources === 0 ? 0 : ramp((f.scans.claimedSources + f.scans.confirmedSources) / f.scans.sources, 0.2, 0.9)),
    sentence: (f) =>
      `${count(f.scans.claimedSources + f.scans.confirmedSources)} of ${plural(f.scans.sources, "source")} are addresses of ${listed(f.scans.organisations.slice(0, 4))}; ${count(f.scans.claimedSources)} of them may be forged.`,
  },
  {
    id: "acknowledged-none",
    group: "acknowledged",
    source: STATED,
    ratios: { research: 0.2 },
    strength: (f) => (f.scans.sources > 0 && f.scans.confirmedSources + f.scans.claimedSources === 0 ? 1 : 0),
    sentence: (f) => `No acknowledged scanner explains any of ${plural(f.scans.sources, "source")}.`,
  },
  {
    id: "acknowledged-disputed",
    group: "acknowledged-disputed",
    source: STATED,
    ratios: { research: 0.1 },
    strength: (f) => (f.scans.disputedSources > 0 ? Math.min(1, f.scans.disputedSources / Math.max(1, f.scans.sources)) : 0),
    sentence: (f) => `${plural(f.scans.disputedSources, "source")} in acknowledged networks did more than scan.`,
  },
  {
    id: "one-network",
    group: "network",
    source: CISCO_2013,
    ratios: { "vulnerability-search": 2, research: 1.5, "worm-or-botnet": 0.3, ddos: 0.6 },
    strength: (f) => (f.concentration.placed >= 5 ? ramp(-Math.log10(Math.max(f.concentration.chance, 1e-12)), 2, 8) : 0),
    sentence: (f) =>
      `${count(f.concentration.largest?.sources ?? 0)} of ${plural(f.concentration.placed, "source")} are in one network (${f.concentration.largest?.name ?? ""}); bots are spread over many.`,
  },
  {
    id: "many-networks",
    group: "network",
    source: ANTONAKAKIS,
    ratios: { "worm-or-botnet": 5, ddos: 2, research: 0.3, "targeted-reconnaissance": 0.3, misconfiguration: 0.1 },
    // Without scans, spread may as well be forged sources.
    strength: (f) => (f.concentration.chance > 1e-3 ? ramp(f.concentration.networks, 5, 25) * (f.scans.count > 0 ? 1 : 0.3) : 0),
    sentence: (f) =>
      `${plural(f.concentration.placed, "source")} ${agree(f.concentration.placed, "sits", "sit")} in ${plural(f.concentration.networks, "different network")}.`,
  },
  {
    id: "many-sources",
    group: "sources",
    source: STATED,
    ratios: { "targeted-reconnaissance": 0.2, misconfiguration: 0.1, fingerprinting: 0.6, research: 0.7 },
    strength: (f) => ramp(f.hostileSources, 5, 40),
    sentence: (f) => `${plural(f.hostileSources, "unacknowledged source")} ${agree(f.hostileSources, "takes", "take")} part.`,
  },
  {
    id: "single-source",
    group: "sources",
    source: STATED,
    ratios: { "worm-or-botnet": 0.5, ddos: 0.5 },
    strength: (f) => (f.scans.sources === 1 ? 1 : 0),
    sentence: () => "A single source does it.",
  },
  {
    id: "internal-source",
    group: "internal",
    source: STATED,
    ratios: { misconfiguration: 4, "targeted-reconnaissance": 2, "worm-or-botnet": 1.5, research: 0.03, "vulnerability-search": 0.5 },
    strength: (f) => (f.scans.sources === 0 ? 0 : f.scans.internalSources / f.scans.sources),
    sentence: (f) =>
      `${plural(f.scans.internalSources, "source")} ${agree(f.scans.internalSources, "is", "are")} inside: an inventory scan of one's own, or a host that somebody else controls.`,
  },

  {
    id: "arp",
    group: "internal",
    source: "RFC 826 (ARP does not leave its link); ATT&CK T1018",
    ratios: { "targeted-reconnaissance": 8, misconfiguration: 4, "worm-or-botnet": 1.5, research: 0.01, "vulnerability-search": 0.1 },
    strength: (f) => ramp(arpShare(f), 0.1, 0.6),
    sentence: (f) =>
      `${plural(f.scans.techniqueSources.get("arp") ?? 0, "source")} ${agree(f.scans.techniqueSources.get("arp") ?? 0, "asks", "ask")} by ARP who is on this link, so it is on it: an inventory, or a host in other hands.`,
  },

  // How.
  {
    id: "mirai",
    group: "tool",
    source: ANTONAKAKIS,
    ratios: { "worm-or-botnet": 60, research: 0.05, "targeted-reconnaissance": 0.05, fingerprinting: 0.05, misconfiguration: 0.02 },
    strength: (f) => ramp((f.scans.toolSources.get("mirai") ?? 0) / Math.max(1, f.scans.sources), 0.05, 0.5),
    sentence: (f) =>
      `${plural(f.scans.toolSources.get("mirai") ?? 0, "source")} ${agree(f.scans.toolSources.get("mirai") ?? 0, "sends", "send")} Mirai's mark: the sequence number is the target's address.`,
  },
  {
    id: "internet-wide-tool",
    group: "tool",
    source: DURUMERIC,
    ratios: { "vulnerability-search": 2, research: 2, "targeted-reconnaissance": 0.5, misconfiguration: 0.2, fingerprinting: 0.5 },
    strength: (f) => ramp(toolSum(f, ["zmap", "masscan", "unicornscan"]) / Math.max(1, f.scans.sources), 0.1, 0.6),
    sentence: (f) =>
      `${plural(toolSum(f, ["zmap", "masscan", "unicornscan"]), "source")} ${agree(toolSum(f, ["zmap", "masscan", "unicornscan"]), "uses", "use")} a tool made for scanning the whole Internet.`,
  },
  {
    id: "nmap",
    group: "tool",
    source: NMAP,
    ratios: { "targeted-reconnaissance": 2.5, fingerprinting: 1.5, "worm-or-botnet": 0.1, research: 0.3 },
    strength: (f) => ramp(toolSum(f, ["nmap"]) / Math.max(1, f.scans.sources), 0.1, 0.6),
    sentence: (f) => `${plural(toolSum(f, ["nmap"]), "source")} ${agree(toolSum(f, ["nmap"]), "uses", "use")} Nmap, a person's tool.`,
  },
  {
    id: "os-detection",
    group: "technique",
    source: NMAP,
    ratios: {
      fingerprinting: 40,
      "targeted-reconnaissance": 4,
      "vulnerability-search": 0.5,
      "worm-or-botnet": 0.02,
      research: 0.2,
      misconfiguration: 0.3,
    },
    strength: (f) =>
      f.scans.techniqueSources.has("os-detection")
        ? ramp((f.scans.techniqueSources.get("os-detection") ?? 0) / Math.max(1, f.scans.count), 0, 0.2)
        : 0,
    sentence: (f) => `${plural(f.scans.techniqueSources.get("os-detection") ?? 0, "source")} ran Nmap's operating-system detection.`,
  },
  {
    id: "odd-flags",
    group: "technique",
    source: NMAP,
    ratios: {
      fingerprinting: 12,
      "targeted-reconnaissance": 3,
      "worm-or-botnet": 0.1,
      research: 0.3,
      "vulnerability-search": 0.7,
      misconfiguration: 0.7,
    },
    strength: (f) => ramp(stealthSources(f) / Math.max(1, f.scans.sources), 0.1, 0.7),
    sentence: (f) =>
      `${plural(stealthSources(f), "source")} ${agree(stealthSources(f), "scans", "scan")} with flags that only test how a stack or firewall reacts (FIN, NULL, Xmas, Maimon, ACK).`,
  },
  {
    id: "few-targets-many-ports",
    group: "breadth",
    source: STATED,
    ratios: { "targeted-reconnaissance": 8, fingerprinting: 1.5, "vulnerability-search": 0.6, "worm-or-botnet": 0.05, research: 0.5 },
    strength: (f) =>
      f.scans.sources > 0 && f.scans.targets <= FEW_TARGETS * 2
        ? ramp(f.scans.portsPerTarget, MANY_PORTS / 4, MANY_PORTS) * (1 - ramp(f.scans.targets, FEW_TARGETS, FEW_TARGETS * 2) / 2)
        : 0,
    sentence: (f) =>
      `Only ${plural(f.scans.targets, "target")} ${agree(f.scans.targets, "is", "are")} asked, each on ${plural(f.scans.portsPerTarget, "port")}.`,
  },
  {
    id: "many-targets-many-ports",
    group: "breadth",
    source: STATED,
    ratios: { "targeted-reconnaissance": 12, misconfiguration: 3, "vulnerability-search": 0.35, "worm-or-botnet": 0.05, research: 0.4 },
    strength: (f) =>
      f.scans.targets > FEW_TARGETS * 2 ? ramp(f.scans.portsPerTarget, MANY_PORTS / 4, MANY_PORTS) * (1 - ramp(f.scans.sources, 3, 20)) : 0,
    sentence: (f) =>
      `${plural(f.scans.targets, "target")} are asked on ${plural(f.scans.portsPerTarget, "port")} each: more than a search of the Internet can afford.`,
  },
  {
    id: "many-targets-one-service",
    group: "breadth",
    source: DURUMERIC,
    ratios: { "vulnerability-search": 3, "worm-or-botnet": 3, research: 2, "targeted-reconnaissance": 0.3, misconfiguration: 0.3 },
    strength: (f) =>
      f.scans.portsPerTarget < 5 && arpShare(f) < 0.5
        ? ramp(Math.max(f.scans.targetsPerSource, f.scans.targets / 10), 4, 30) * (0.5 + (f.scans.leadingPort?.share ?? 0) / 2)
        : 0,
    sentence: (f) =>
      `${plural(f.scans.targets, "target")} ${agree(f.scans.targets, "is", "are")} asked for few services${f.scans.leadingPort === null ? "" : `, most for ${f.scans.leadingPort.name}`}.`,
  },
  {
    id: "worm-service",
    group: "service",
    source: `${ANTONAKAKIS}; Conficker, Sasser and Blaster before it`,
    ratios: { "worm-or-botnet": 2.5, research: 0.7, "targeted-reconnaissance": 0.7 },
    strength: (f) =>
      f.concentration.chance > 1e-3 && WORM_SERVICES.has(f.scans.leadingPort?.name ?? "") ? ramp(f.hostileSources, 5, 40) : 0,
    sentence: (f) => `${f.scans.leadingPort?.name ?? ""} is a service that worms have spread by, and the sources are scattered.`,
  },
  {
    id: "dark-targets",
    group: "darkness",
    source: "Jung et al. 2004 (TRW); Durumeric et al. 2014",
    ratios: { "vulnerability-search": 2, "worm-or-botnet": 2, research: 2, "targeted-reconnaissance": 0.2, misconfiguration: 0.5 },
    strength: (f) => (f.scans.targets >= 10 ? ramp(f.scans.darkTargets / f.scans.targets, 0.4, 0.9) : 0),
    sentence: (f) =>
      `${count(f.scans.darkTargets)} of ${plural(f.scans.targets, "target")} never sent a packet: the sources do not know what is there.`,
  },
  {
    id: "live-targets",
    group: "darkness",
    source: STATED,
    ratios: { "targeted-reconnaissance": 4, misconfiguration: 1.5, "vulnerability-search": 0.6, "worm-or-botnet": 0.5, research: 0.6 },
    strength: (f) => (f.scans.targets >= 3 && f.scans.outcomesSeen > 0 ? 1 - ramp(f.scans.darkTargets / f.scans.targets, 0.02, 0.2) : 0),
    sentence: (f) =>
      `${count(f.scans.targets - f.scans.darkTargets)} of ${plural(f.scans.targets, "target")} ${agree(f.scans.targets - f.scans.darkTargets, "is", "are")} live: whoever asks knew where to ask, or was lucky.`,
  },
  {
    id: "slow",
    group: "pace",
    source: STATED,
    ratios: { "targeted-reconnaissance": 4, research: 1.3, "worm-or-botnet": 0.3, ddos: 0.05 },
    // Of many sources, each may well be slow without meaning to be.
    strength: (f) => ramp(f.scans.slowSources / Math.max(1, f.scans.sources), 0.1, 0.8) * (1 - ramp(f.scans.sources, 3, 20)),
    sentence: (f) =>
      `${plural(f.scans.slowSources, "source")} ${agree(f.scans.slowSources, "leaves", "leave")} minutes to hours between probes, as one does to stay unseen.`,
  },
  {
    id: "evasive",
    group: "evasion",
    source: NMAP,
    ratios: { "targeted-reconnaissance": 3, fingerprinting: 1.5, research: 0.1, "worm-or-botnet": 0.2 },
    strength: (f) => ramp((f.scans.decoyed + f.scans.fragmented) / Math.max(1, f.scans.count), 0, 0.3),
    sentence: (f) =>
      `${plural(f.scans.decoyed + f.scans.fragmented, "scan")} ${agree(f.scans.decoyed + f.scans.fragmented, "hides", "hide")} behind decoys or fragments.`,
  },

  // Answers and floods.
  {
    id: "victim-answers",
    group: "backscatter",
    source: MOORE,
    ratios: { backscatter: 100, ordinary: 0.3, misconfiguration: 0.2, "targeted-reconnaissance": 0.3, fingerprinting: 0.3, research: 0.3 },
    strength: (f) =>
      ramp(f.backscatter.share, 0.2, 0.8) * (f.backscatter.qualifying > 0 ? 1 : 0.4 + ramp(f.backscatter.packets, 5, 50) * 0.4),
    sentence: (f) =>
      `${plural(f.backscatter.victims, "address", "addresses")} ${agree(f.backscatter.victims, "answers", "answer")} questions that nobody asked: ${plural(f.backscatter.packets, "packet")}, the widest to ${plural(f.backscatter.peers, "address", "addresses")} here.`,
  },
  {
    id: "port-zero-answers",
    group: "backscatter",
    source: MOORE,
    ratios: { backscatter: 30, "vulnerability-search": 0.1, "worm-or-botnet": 0.1, fingerprinting: 0.2, research: 0.1 },
    strength: (f) => (f.portZero.answersOnly ? ramp(f.portZero.replies, 1, 20) : 0),
    sentence: (f) =>
      `${count(f.portZero.replies)} of ${plural(f.portZero.confirmed, "packet")} with port zero are answers (SYN-ACK, RST): somebody forged our addresses with source port zero.`,
  },
  {
    id: "reflection",
    group: "flood",
    source: ROSSOW,
    ratios: { ddos: 120, ordinary: 0.2, artefact: 1.5, backscatter: 0.2 },
    strength: (f) => (f.backscatter.reflectors > 0 ? 0.4 + 0.6 * ramp(f.backscatter.reflectors, 3, 20) : 0),
    sentence: (f) =>
      `${plural(f.backscatter.reflectors, "amplifier")} on UDP/${f.backscatter.reflectedPorts.join(", ")} send ${plural(f.backscatter.reflectedPackets, "packet")} to a few addresses that did not ask.`,
  },
  {
    id: "many-on-one",
    group: "flood",
    source: STATED,
    ratios: { ddos: 60, "worm-or-botnet": 0.3, "vulnerability-search": 0.1, research: 0.1, "targeted-reconnaissance": 0.3 },
    strength: (f) => ramp(f.scans.floodSources, 50, 500),
    sentence: (f) => `${plural(f.scans.floodSources, "source")} send to one service of one or two targets: that searches nothing.`,
  },
  {
    id: "flood-fragments",
    group: "flood-fragments",
    source: "NANOG, DDoS using port 0 and 53",
    ratios: { ddos: 10, artefact: 2, ordinary: 0.5 },
    strength: (f) =>
      Math.max(fragmentFlood(f), f.backscatter.reflectors > 0 || f.portZero.unconfirmed > 0 ? ramp(fragmentShare(f), 0.05, 0.4) / 2 : 0),
    sentence: (f) =>
      `${plural(f.portZero.excludedFragments, "later fragment")} in ${duration(f.span)}, ${percent(fragmentShare(f))} of packets: large answers cut up, as amplifiers send them.`,
  },
];

/** Every item with its strength in these facts, strongest groups not yet chosen; items that do not hold are left out. */
export function observe(facts: Facts): Observed[] {
  return EVIDENCE.flatMap(({ id, group, source, ratios, strength, sentence }) => {
    const held = Math.min(1, Math.max(0, strength(facts)));
    return held > 0 ? [{ id, group, source, ratios, strength: held, sentence: sentence(facts) }] : [];
  });
}

function arpShare(facts: Facts): number {
  return (facts.scans.techniqueSources.get("arp") ?? 0) / Math.max(1, facts.scans.sources);
}

function toolSum(facts: Facts, names: readonly ("mirai" | "masscan" | "zmap" | "nmap" | "unicornscan" | "hping")[]): number {
  return names.reduce((sum, name) => sum + (facts.scans.toolSources.get(name) ?? 0), 0);
}

function stealthSources(facts: Facts): number {
  return (["fin", "null", "xmas", "maimon", "ack", "window"] as const).reduce(
    (sum, name) => sum + (facts.scans.techniqueSources.get(name) ?? 0),
    0,
  );
}
