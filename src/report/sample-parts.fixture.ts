/** The parts of the sample report of 2 November 2013: port zero, scans, victims, target networks, ports. Made up, after the published accounts. */
import type { Assessment, Probabilities } from "../model/assessment.ts";
import type { PortActivity, PortZeroActivity, PortZeroCounts } from "../model/activity.ts";
import { parseIPv4 } from "../model/address.ts";
import type { Campaign } from "../model/campaign.ts";
import { NO_LABELS, type NetworkLabel } from "../model/label.ts";
import type { LabelledBackscatter, LabelledScan } from "../model/report.ts";
import type { Spoofing } from "../model/spoofing.ts";

/** Seconds since 1970. */
export const START = Date.UTC(2013, 10, 2, 0, 30) / 1000;
/** Bins of a minute each. */
export const BINS = 240;
export const LIST = { list: "geo-whois-asn-country", date: "2026-06-17" } as const;
export const ECATEL: NetworkLabel = { asn: 29073, name: "Ecatel Network", country: "NL", kind: "hosting", ...LIST };
const NOTHING: PortZeroCounts = { source: 0, destination: 0, both: 0 };

export function noPortZero(): PortZeroActivity {
  return {
    tcp: NOTHING,
    udp: NOTHING,
    unconfirmed: { tcp: NOTHING, udp: NOTHING, flagged: 0 },
    excluded: { fragments: 0, icmp: 0, placeholder: 0 },
    sources: 0,
    targets: 0,
    replies: 0,
    badHeaderLength: 0,
    oddFlags: 0,
    otherPorts: [],
    topSources: [],
    firstSeen: null,
    lastSeen: null,
  };
}

export function novemberPortZero(): PortZeroActivity {
  const other: [number, number][] = [
    [445, 17_954],
    [3389, 2_276],
    [22, 1_770],
    [1433, 1_264],
    [80, 1_011],
    [23, 504],
    [0, 305],
    [8080, 203],
  ];
  return {
    ...noPortZero(),
    tcp: { source: 24_871, destination: 111, both: 305 },
    udp: { source: 42, destination: 3, both: 0 },
    excluded: { fragments: 14_212, icmp: 33, placeholder: 0 },
    sources: 118,
    targets: 4_021,
    replies: 204,
    badHeaderLength: 1_113,
    oddFlags: 171,
    otherPorts: other.map(([port, packets]) => ({ port, packets })),
    topSources: ["93.174.93.175", "80.82.65.237", "94.102.63.22", "89.248.168.215", "203.0.113.77"].map((address, i) => ({
      address,
      packets: 9_000 >> i,
      tcpPackets: (9_000 >> i) - i,
      targets: 4_012 >> i,
      firstSeen: START + 1800 + i * 61,
      lastSeen: START + 12_600 - i * 127,
    })),
    firstSeen: START + 1800,
    lastSeen: START + 12_600,
  };
}

export function scanOf(
  source: string,
  { ports, portCount, targetCount, packets }: { ports: readonly number[]; portCount: number; targetCount: number; packets: number },
): LabelledScan {
  const contactCount = targetCount * portCount;
  const answered = Math.floor(contactCount / 340);
  return {
    source,
    kind: "horizontal",
    technique: "syn",
    transport: "tcp",
    ports,
    portCount,
    targets: ["198.18.0.1", "198.18.0.2", "198.18.0.3"],
    targetCount,
    contactCount,
    darkTargetCount: Math.floor(targetCount * 0.97),
    packets,
    firstSeen: START + 1800,
    lastSeen: START + 12_600,
    tool: null,
    slow: false,
    fragmented: false,
    spoofable: true,
    outcomes: { answered, refused: answered * 2, unreachable: 0, silent: contactCount - answered * 3 },
    decoys: [],
    members: [],
    memberCount: 1,
    portZero: false,
    evidence: [
      `Sent TCP SYN to ${targetCount} hosts on ${portCount === 1 ? `port ${ports[0]}` : `${portCount} ports`}; 97 % of the hosts were never seen sending.`,
      "TRW: likelihood ratio 4.1e+12 after 25 first contacts, 24 of them failed.",
    ],
    labels: NO_LABELS,
  };
}

export function novemberScans(random: () => number): LabelledScan[] {
  const scans: LabelledScan[] = [
    {
      ...scanOf("93.174.93.175", { ports: [445], portCount: 1, targetCount: 4_012, packets: 12_345 }),
      kind: "distributed",
      portZero: true,
      members: ["93.174.93.175", "80.82.65.237", "94.102.63.22"],
      memberCount: 96,
      labels: { ...NO_LABELS, network: ECATEL },
    },
    {
      ...scanOf("89.248.168.215", { ports: [445], portCount: 1, targetCount: 3_021, packets: 6_042 }),
      tool: { name: "masscan", packets: 6_042 },
      portZero: true,
      labels: { ...NO_LABELS, network: ECATEL },
    },
    {
      ...scanOf("203.0.113.77", { ports: [22, 80, 443, 3389, 8080], portCount: 1_000, targetCount: 1, packets: 1_994 }),
      kind: "vertical",
      tool: { name: "nmap", packets: 1_000 },
      spoofable: false,
      decoys: ["203.0.113.5", "203.0.113.9"],
    },
    {
      ...scanOf("192.0.2.44", { ports: [443, 80, 22], portCount: 3, targetCount: 812, packets: 2_436 }),
      kind: "block",
      tool: { name: "zmap", packets: 2_436 },
      spoofable: false,
      labels: {
        network: { asn: 64_500, name: "Example University Research and Education Network", country: "US", kind: "education", ...LIST },
        acknowledged: {
          organisation: "Example University",
          status: "confirmed",
          reason: "the address is on the list and completed handshakes",
          list: "precursor acknowledged scanners",
          date: "2026-11-01",
        },
        reserved: null,
        reputation: null,
      },
    },
    { ...scanOf("198.51.100.9", { ports: [0], portCount: 1, targetCount: 77, packets: 80 }), technique: "null", portZero: true },
    {
      ...scanOf("2001:db8:85a3:8d3:1319:8a2e:370:7348", { ports: [53], portCount: 1, targetCount: 64, packets: 64 }),
      technique: "udp",
      transport: "udp",
    },
    { ...scanOf("100.64.3.2", { ports: [8], portCount: 1, targetCount: 254, packets: 254 }), technique: "icmp", transport: "icmp" },
  ];
  for (let i = scans.length; i < 128; i++) {
    const targetCount = 300 - 2 * i + Math.floor(random() * 9);
    const port = [23, 2323, 5555, 1433, 3389, 6379, 37_215][i % 7] ?? 23;
    scans.push({
      ...scanOf(`${60 + (i % 90)}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.${1 + Math.floor(random() * 254)}`, {
        ports: [port],
        portCount: 1,
        targetCount,
        packets: targetCount + Math.floor(random() * 40),
      }),
      tool: port === 23 ? { name: "mirai", packets: targetCount } : null,
      firstSeen: START + Math.floor(random() * 3600),
      labels: {
        ...NO_LABELS,
        network: {
          asn: 64_496 + (i % 16),
          name: `Example Telecom ${i % 16}`,
          country: ["BR", "CN", "VN", "US"][i % 4] ?? "US",
          kind: null,
          ...LIST,
        },
      },
    });
  }
  return scans;
}

export function novemberCampaign(): Campaign {
  return {
    id: "C1",
    members: ["93.174.93.175", "80.82.65.237", "94.102.63.22", "89.248.168.215", "94.102.63.40"],
    memberCount: 96,
    transport: "tcp",
    ports: [445, 3389, 22],
    portCount: 9,
    targetCount: 4_021,
    packets: 24_102,
    firstSeen: START + 1_800,
    lastSeen: START + 12_600,
    tool: null,
    portZero: true,
    isHidden: false,
    ties: [
      {
        kind: "start-and-stop",
        weight: 2.9,
        sentence: "88 of 96 began within 4 min and ended within 11 min, where 0.05 was to be expected",
      },
      { kind: "header", weight: 2.1, sentence: "all 96 send from or to port zero; 0.8 % of the others like them have" },
    ],
  };
}

export function novemberSpoofing(): Spoofing {
  return {
    subject: "port-zero",
    sources: 118,
    verdict: "real",
    evidence: [
      {
        kind: "ttl-spread",
        leans: "real",
        weight: 2.5,
        sentence: "112 of 118 sources keep a TTL of their own, and the sources' differ: a path each",
      },
    ],
  };
}

export function novemberVictims(): LabelledBackscatter[] {
  const victim = {
    victim: "202.229.120.98",
    transport: "tcp",
    ports: [80],
    packets: 3_496,
    peers: 203,
    firstSeen: START + 60,
    lastSeen: START + 14_000,
    qualifies: true,
    isReflector: false,
    targets: [],
    portZero: false,
    evidence: ["3,431 SYN-ACK and 65 RST from port 80 to 203 addresses that never asked."],
    labels: { ...NO_LABELS, network: { asn: 2914, name: "NTT", country: "JP", kind: null, ...LIST } },
  } as const satisfies LabelledBackscatter;
  return [
    victim,
    { ...victim, victim: "198.51.100.200", ports: [25_565, 53], packets: 21, peers: 14, qualifies: false, labels: NO_LABELS },
  ];
}

export function novemberNetworks(random: () => number): [number, number][] {
  const base = (parseIPv4("198.18.0.0") ?? 0) >>> 0;
  const networks: [number, number][] = [];
  for (let i = 0; i < 256; i++) {
    if (random() < 0.55) networks.push([base + i * 256, Math.ceil(Math.exp(random() * 7) * (i > 128 && i < 170 ? 4 : 0.4))]);
  }
  return networks.sort((a, b) => b[1] - a[1]);
}

export function novemberPorts(random: () => number, spike: (bin: number) => number): PortActivity[] {
  const shapes: [number, number, boolean][] = [
    [445, 1_900, true],
    [23, 610, false],
    [3389, 300, true],
    [22, 240, false],
    [1433, 150, false],
    [80, 120, false],
    [8080, 80, false],
    [2323, 60, false],
    [5555, 44, false],
    [0, 30, true],
    [443, 22, false],
    [6379, 12, false],
    [37_215, 7, false],
    [25, 3, false],
  ];
  return shapes.map(([port, scale, spiky]) => {
    const bins = Array.from({ length: BINS }, (_, bin) => Math.floor(scale * (spiky ? spike(bin) : 0.7) * (0.6 + 0.8 * random())));
    return {
      transport: "tcp" as const,
      port,
      start: START,
      binSeconds: 60,
      packets: bins.reduce((all, packets) => all + packets, 0),
      bins,
    };
  });
}

/** Deterministic numbers in [0, 1): the linear congruential generator of Numerical Recipes. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

const PRIOR: Probabilities = {
  ordinary: 0.25,
  "vulnerability-search": 0.22,
  research: 0.12,
  "worm-or-botnet": 0.12,
  backscatter: 0.07,
  misconfiguration: 0.06,
  ddos: 0.05,
  artefact: 0.05,
  fingerprinting: 0.03,
  "targeted-reconnaissance": 0.03,
};

/** How the judgement of 2 November 2013 came about, in two steps, with a note. */
export function novemberReasoning(): Omit<Assessment, "severity" | "confidence" | "summary" | "tooEarly" | "hypotheses"> {
  const first = "Source port zero with one concentrated destination: 71 % of 25,287 packets went to 445/tcp.";
  const second = "96 of 118 sources are in one network, AS29073.";
  return {
    limits: ["most sources may be forged"],
    note: [
      {
        part: "bottom-line",
        text: "Likely reconnaissance for an attack on TCP/445: 118 sources, most of them in one hosting network, sent 25,287 TCP packets from port 0 to 4,021 hosts.",
        leadsTo: ["E1", "E2", "port-zero"],
      },
      { part: "why", text: "No research scanner explains it.", leadsTo: ["scans"] },
      { part: "why", text: "It is not DDoS (almost no chance).", leadsTo: ["readings"] },
      { part: "why", text: "Confidence is moderate: most sources may be forged.", leadsTo: ["limits"] },
      {
        part: "next",
        text: "A new vulnerability of the product that was asked for is published: 50 % within 21 days, 80 % within 42 days (of 216 spikes).",
        leadsTo: ["outlook"],
      },
      { part: "do", text: "Drop TCP from and to port 0 at the border.", leadsTo: ["advice"] },
    ],
    steps: [
      { kind: "prior", probabilities: PRIOR },
      {
        kind: "evidence",
        ref: "E1",
        id: "tcp-source-zero-one-service",
        group: "port-zero-kind",
        source: "Cisco TRAC 2013",
        sentence: first,
        strength: 1,
        keeps: 1,
        overlaps: null,
        ratios: { "vulnerability-search": 8, research: 0.3 },
        probabilities: PRIOR,
      },
      {
        kind: "evidence",
        ref: "E2",
        id: "one-network",
        group: "network",
        source: "stated judgement",
        sentence: second,
        strength: 0.5,
        keeps: 0.6,
        overlaps: "tool",
        ratios: { "worm-or-botnet": 0.3 },
        probabilities: PRIOR,
      },
      { kind: "set-aside", id: "many-networks", group: "network", sentence: "118 sources sit in 12 different networks.", because: "E2" },
      { kind: "tempering", exponent: 0.8, reason: "groups are not wholly independent of one another", probabilities: PRIOR },
    ],
    strongestAgainst: { ref: "E2", sentence: second },
    flip: { ref: "E1", sentence: first, to: "worm-or-botnet", probability: 0.41 },
    missing: [
      { what: "history: whether this is more than on other days", bits: 0.12, couldLead: null },
      { what: "the reputation of the sources", bits: 0.05, couldLead: "worm-or-botnet" },
    ],
    outlook: [
      {
        what: "A new vulnerability of the product that was asked for is published",
        horizonSeconds: 1_814_400,
        probability: { low: 0.5, high: 0.5 },
        baseRate: "of 216 spikes",
        source: "GreyNoise 2025",
      },
      {
        what: "Attacks on what answered come",
        horizonSeconds: null,
        probability: null,
        baseRate: "of 760 addresses 4 % had scanned",
        source: "DSN 2005",
      },
    ],
  };
}
