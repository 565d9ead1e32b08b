/** Findings made by hand for the tests of this room: each event of the domain in a few lines, with what an analyst would say of it. */
import type { PortZeroActivity, PortZeroSource } from "../model/activity.ts";
import { formatIPv4 } from "../model/address.ts";
import type { Backscatter, Detection, Scan } from "../model/finding.ts";
import type { AcknowledgedLabel, AddressLabels } from "../model/label.ts";
import type { AssessInput } from "./input.ts";
import { WHOLE_KEEPING } from "./keeping.ts";

/** 2 November 2013, 01:00 UTC. */
export const START = 1_383_354_000;

export function scan(overrides: Partial<Scan> = {}): Scan {
  const contactCount = overrides.contactCount ?? (overrides.targetCount ?? 50) * (overrides.portCount ?? 1);
  return {
    source: "198.18.0.1",
    kind: "horizontal",
    technique: "syn",
    transport: "tcp",
    ports: [445],
    portCount: 1,
    targets: [],
    targetCount: 50,
    contactCount,
    darkTargetCount: 40,
    packets: contactCount,
    firstSeen: START,
    lastSeen: START + 3600,
    tool: null,
    slow: false,
    fragmented: false,
    spoofable: true,
    outcomes: { answered: 0, refused: 0, unreachable: 0, silent: contactCount },
    decoys: [],
    members: [],
    memberCount: 1,
    portZero: false,
    evidence: [],
    ...overrides,
  };
}

export function victim(overrides: Partial<Backscatter> = {}): Backscatter {
  return {
    victim: "9.9.9.9",
    transport: "tcp",
    ports: [80],
    packets: 3400,
    peers: 200,
    firstSeen: START,
    lastSeen: START + 3600,
    qualifies: true,
    isReflector: false,
    targets: [],
    portZero: false,
    evidence: [],
    ...overrides,
  };
}

export function detection(scans: readonly Scan[], backscatter: readonly Backscatter[] = []): Detection {
  return {
    scans,
    scansTotal: scans.length,
    scansTotalExact: true,
    floods: [],
    backscatter,
    backscatterTotal: backscatter.length,
    targets: {
      count: Math.max(0, ...scans.map((one) => one.targetCount)),
      dark: Math.max(0, ...scans.map((one) => one.darkTargetCount)),
      networks: [],
    },
    persistence: [],
    persistenceTotal: 0,
    loneProbes: { sources: 0, packets: 0, miraiSources: 0, services: [] },
    campaigns: [],
    campaignsTotal: 0,
    spoofing: [],
    focus: null,
    home: { networks: ["192.88.98.0/24"], guessed: false },
  };
}

export function portZero(overrides: Partial<PortZeroActivity> = {}): PortZeroActivity {
  const none = { source: 0, destination: 0, both: 0 };
  return {
    tcp: none,
    udp: none,
    unconfirmed: { tcp: none, udp: none, flagged: 0 },
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
    ...overrides,
  };
}

export function input(overrides: Partial<AssessInput> = {}): AssessInput {
  return {
    detection: detection([]),
    portZero: portZero(),
    totals: new Map([["tcp", 5000]]),
    firstSeen: START,
    lastSeen: START + 3600,
    labels: new Map(),
    forgotten: { sources: 0, contacts: 0, flows: 0 },
    records: 5000,
    skipped: new Map(),
    keeping: WHOLE_KEEPING,
    past: null,
    feeds: [],
    ...overrides,
  };
}

export function labelled(asn: number, name: string, status: AcknowledgedLabel["status"] | null = null): AddressLabels {
  return {
    network: { list: "test", date: null, asn, name, country: "NL", kind: null },
    acknowledged: status === null ? null : { list: "test", date: null, organisation: name, status, reason: "" },
    reserved: null,
    reputation: null,
  };
}

/** Distinct addresses: `spread` /24 networks apart. */
export function addresses(length: number, spread: number, first = 0x05_00_00_01): string[] {
  return Array.from({ length }, (_, index) => formatIPv4(first + (spread === 0 ? index : index * 256 * spread)));
}

function zeroSource(address: string, packets: number): PortZeroSource {
  return { address, packets, tcpPackets: packets, targets: 50, firstSeen: START, lastSeen: START + 10_000 };
}

/** 2 November 2013: `sources` hosts, nine of ten in one hosting network, TCP from port zero, mostly to 445. */
export function november2013(sources = 412): AssessInput {
  const inside = addresses(Math.round(sources * 0.9), 0, 0x5d_ae_5d_01);
  const outside = addresses(sources - inside.length, 7);
  const all = [...inside, ...outside];
  return input({
    detection: detection(all.map((source) => scan({ source, portZero: true, targetCount: 58, packets: 58 }))),
    portZero: portZero({
      tcp: { source: sources * 58, destination: 0, both: 0 },
      sources,
      targets: 256,
      otherPorts: [
        { port: 445, packets: sources * 50 },
        { port: 80, packets: sources * 8 },
      ],
      topSources: all.slice(0, 100).map((address) => zeroSource(address, 58)),
      firstSeen: START,
      lastSeen: START + 10_800,
    }),
    totals: new Map([["tcp", sources * 58 + 1000]]),
    records: sources * 58 + 1000,
    lastSeen: START + 10_800,
    labels: new Map(
      all.map((address, index) => [address, index < inside.length ? labelled(29073, "Ecatel") : labelled(64_512 + index, "Elsewhere")]),
    ),
  });
}

/** CERT Polska, November 2011: to port zero, header lengths impossible, flags at random. */
export function certPolska(packets = 15_000): AssessInput {
  const sources = addresses(60, 11);
  return input({
    portZero: portZero({
      tcp: { source: 0, destination: Math.round(packets * 0.05), both: Math.round(packets * 0.95) },
      sources: sources.length,
      targets: 400,
      badHeaderLength: Math.round(packets * 0.35),
      oddFlags: Math.round(packets * 0.6),
      otherPorts: [{ port: 0, packets: Math.round(packets * 0.95) }],
      topSources: sources.map((address) => zeroSource(address, packets / sources.length)),
    }),
    totals: new Map([["tcp", packets]]),
  });
}

/** Acknowledged scanners only. */
export function research(status: AcknowledgedLabel["status"]): AssessInput {
  const sources = addresses(6, 0, 0xa2_8e_7d_01);
  return input({
    detection: detection(
      sources.map((source) =>
        scan({
          source,
          spoofable: status === "claimed",
          tool: { name: "zmap", packets: 50 },
          ports: [22, 80, 443],
          portCount: 3,
          outcomes: { answered: 6, refused: 0, unreachable: 0, silent: 144 },
        }),
      ),
    ),
    labels: new Map(sources.map((source) => [source, labelled(398_324, "Censys", status)])),
  });
}

/** A Mirai-like worm: many hosts in many networks, telnet. */
export function mirai(sources = 120): AssessInput {
  const all = addresses(sources, 13);
  return input({
    detection: detection(
      all.map((source) =>
        scan({ source, ports: [23, 2323], portCount: 2, targetCount: 20, darkTargetCount: 18, tool: { name: "mirai", packets: 20 } }),
      ),
    ),
    labels: new Map(all.map((source, index) => [source, labelled(1000 + index, "Access")])),
  });
}

/** The same without a mark: one unknown tool in many new sources. */
export function unmarkedBotnet(sources = 120): AssessInput {
  const made = mirai(sources);
  return { ...made, detection: detection(made.detection.scans.map((one) => ({ ...one, tool: null }))) };
}

/** One address asks two live hosts for everything, over a day. */
export function targeted(): AssessInput {
  return input({
    detection: detection([
      scan({
        source: "5.5.5.5",
        kind: "vertical",
        ports: [21, 22, 25, 80, 443],
        portCount: 200,
        targetCount: 3,
        contactCount: 500,
        darkTargetCount: 0,
        slow: true,
        spoofable: false,
        tool: { name: "nmap", packets: 400 },
        outcomes: { answered: 9, refused: 400, unreachable: 0, silent: 91 },
      }),
    ]),
    lastSeen: START + 86_400,
    labels: new Map([["5.5.5.5", labelled(64_500, "Somewhere")]]),
  });
}

/** Nmap's operating-system detection besides a port scan of one host. */
export function osDetection(): AssessInput {
  const made = targeted();
  const [first] = made.detection.scans;
  const base = { ...scan(first), slow: false, targetCount: 1, contactCount: 200 };
  return {
    ...made,
    detection: detection([
      base,
      { ...base, technique: "os-detection", contactCount: 10, ports: [], portCount: 10 },
      { ...base, technique: "xmas" },
    ]),
  };
}

/** A DNS and CLDAP amplification attack, with the fragments of its large answers. */
export function reflection(amplifiers = 40): AssessInput {
  return input({
    detection: detection(
      [],
      addresses(amplifiers, 3).map((address, index) =>
        victim({ victim: address, transport: "udp", ports: [index % 2 === 0 ? 53 : 389], packets: 500, peers: 1, qualifies: true }),
      ),
    ),
    portZero: portZero({ excluded: { fragments: amplifiers * 400, icmp: 0, placeholder: 0 } }),
    totals: new Map([
      ["udp", amplifiers * 900],
      ["fragments", amplifiers * 800],
    ]),
  });
}

/** Answers of one victim, as in bro-simple-scan's capture. */
export function backscatter(): AssessInput {
  return input({ detection: detection([], [victim()]) });
}

/** Flow records that say 0 where later fragments had nothing to say. */
export function artefact(records = 500): AssessInput {
  return input({
    portZero: portZero({
      unconfirmed: { tcp: { source: 0, destination: 0, both: 0 }, udp: { source: 0, destination: 0, both: records }, flagged: 0 },
    }),
  });
}

/** A device that sends its keep-alives from and to port zero. */
export function brokenDevice(): AssessInput {
  return input({
    portZero: portZero({
      tcp: { source: 300, destination: 0, both: 0 },
      sources: 1,
      targets: 1,
      otherPorts: [{ port: 8443, packets: 300 }],
      topSources: [zeroSource("6.6.6.6", 300)],
    }),
  });
}

/** The usual noise: some sources, each at one service of the whole network. */
export function vulnerabilitySearch(sources = 8): AssessInput {
  const all = addresses(sources, 17);
  return input({
    detection: detection(
      all.map((source, index) =>
        scan({
          source,
          targetCount: 256,
          darkTargetCount: 240,
          ports: [[22, 445, 3389, 8080][index % 4] ?? 22],
          tool: { name: "masscan", packets: 256 },
        }),
      ),
    ),
    labels: new Map(all.map((source, index) => [source, labelled(2000 + index, "Hosting")])),
  });
}

/** Two clients that ask one host for a service that is gone, all day; little else. */
export function clientsInVain(packets = 2000): AssessInput {
  const one = {
    transport: "tcp" as const,
    targets: ["192.88.98.9"],
    ports: [9100],
    firstSeen: START,
    lastSeen: START + 36_000,
    wasRefused: false,
    evidence: [],
  };
  const persistence = ["5.5.5.5", "6.6.6.6"].map((source) => ({ ...one, source, packets }));
  return input({
    detection: { ...detection([]), persistence, persistenceTotal: 2 },
    totals: new Map([["tcp", 2 * packets + 500]]),
    lastSeen: START + 36_000,
  });
}
