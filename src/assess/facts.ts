/** The numbers that evidence is taken from: one pass over findings and labels, so that evidence items stay one line each. */
import { type ToolName, TRANSPORTS } from "../model/activity.ts";
import { containsIPv4, containsIPv6, type Network, parseIPv4, parseIPv6, parseNetwork } from "../model/address.ts";
import type { TargetFocus } from "../model/asset.ts";
import type { Persistence, Scan, Technique } from "../model/finding.ts";
import type { Spoofing } from "../model/spoofing.ts";
import {
  campaignFacts,
  type CampaignFacts,
  countryFacts,
  type CountryFacts,
  pastFacts,
  type PastFacts,
  reputationFacts,
  type ReputationFacts,
  spoofingOf,
} from "./beyond-facts.ts";
import { type Concentration, concentrationOf } from "./concentration.ts";
import type { AssessInput } from "./input.ts";
import type { Keeping } from "./keeping.ts";
import { backscatterFacts, type BackscatterFacts, portZeroFacts, type PortZeroFacts } from "./other-facts.ts";

/** Ports that a source must try on a target before it counts as asking what the target is rather than for one service. */
export const MANY_PORTS = 20;
/** Targets up to which a source counts as having chosen them. */
export const FEW_TARGETS = 5;
/** Sources up to which those that ask the same targets may share the ports out. */
const FEW_SOURCES = 5;
/** Ports of a scan that have a part of its vote. */
const VOTED_PORTS = 10;
/** Sources inside that advice names. */
const NAMED_INSIDERS = 5;
/** Packets that one forged address sends at most, on average: it is drawn anew for nearly every packet. Stated judgement. */
const FORGED_PACKETS = 10;
/** Senders from port zero from which they are looked at apart from other scanners. */
const EVENT_SOURCES = 5;

export interface ScanFacts {
  readonly count: number;
  /** Distinct sources, members of distributed scans included. */
  readonly sources: number;
  /** Those that no organisation acknowledges, or whose acknowledgement is disputed. */
  readonly hostileSources: number;
  readonly confirmedSources: number;
  readonly claimedSources: number;
  readonly disputedSources: number;
  readonly organisations: readonly string[];
  readonly spoofableSources: number;
  readonly internalSources: number;
  /** A few of them. */
  readonly insiders: readonly string[];
  readonly packets: number;
  readonly contacts: number;
  readonly targets: number;
  readonly darkTargets: number;
  /** Of the median source. */
  readonly targetsPerSource: number;
  /** Of the median source; of few sources together. */
  readonly portsPerTarget: number;
  /** Contacts answered (SYN-ACK, reply), and contacts whose outcome was seen at all, of hostile sources and of all. */
  readonly hostileAnswered: number;
  readonly outcomesSeen: number;
  readonly slowSources: number;
  readonly fragmented: number;
  readonly decoyed: number;
  /** Where most sources went, and the share of sources that did. */
  readonly leadingPort: { readonly name: string; readonly share: number } | null;
  readonly tool: { readonly name: ToolName; readonly sources: number } | null;
  readonly toolSources: ReadonlyMap<ToolName, number>;
  readonly techniqueSources: ReadonlyMap<Technique, number>;
}

/** Probes that are in no scan. */
export interface LoneFacts {
  readonly sources: number;
  readonly packets: number;
  /** Of all packets. */
  readonly share: number;
  readonly miraiSources: number;
  /** What most of the sources ask for, and the share of them that do. */
  readonly leading: { readonly name: string; readonly share: number } | null;
}

/** Floods on one host each: never scans. */
export interface FloodFacts {
  readonly count: number;
  /** Of the largest. */
  readonly sources: number;
  readonly packets: number;
  readonly target: string;
  /** "TCP/80", "ICMP", or "many ports". */
  readonly service: string;
  /** So many sources with so few packets each that most addresses must be forged. */
  readonly isForged: boolean;
}

export interface Facts {
  /** Seconds. */
  readonly span: number;
  readonly packets: number;
  readonly fragments: number;
  readonly scans: ScanFacts;
  readonly portZero: PortZeroFacts;
  readonly backscatter: BackscatterFacts;
  readonly floods: FloodFacts | null;
  /** Of those who send from port zero, where they are enough; they would drown in the noise. Else of all hostile sources. */
  readonly concentration: Concentration;
  /** Distinct hostile sources of scans and of confirmed TCP or destination port zero. */
  readonly hostileSources: number;
  readonly homeGuessed: boolean;
  readonly forgotten: number;
  /** Share of records that gave no observation, those that spoke of something else left out. */
  readonly skippedShare: number;
  readonly keeping: Keeping;
  readonly focus: TargetFocus | null;
  /** Share of the records that the exporters' sequence numbers say were lost. */
  readonly lostShare: number;
  /** Clients that ask one host in vain, and the share of all packets that are theirs; null where there are none. */
  readonly persistence: {
    readonly sources: number;
    readonly packets: number;
    readonly share: number;
    readonly leading: Persistence;
  } | null;
  /** Lone probes; null where there are none, or where a flood or answers may be what is taken for them. */
  readonly lone: LoneFacts | null;
  readonly past: PastFacts | null;
  readonly reputation: ReputationFacts;
  readonly campaigns: CampaignFacts | null;
  readonly country: CountryFacts | null;
  /** Whether the sources are who they seem to be; null where nobody judged it. */
  readonly spoofing: Spoofing | null;
}

/** Reads the input once. */
export function factsOf(input: AssessInput): Facts {
  const { detection, totals, labels } = input;
  const home = detection.home.networks.map(parseNetwork).filter((network) => network !== null);
  const members = new Map<string, Scan>();
  for (const scan of detection.scans)
    for (const source of [scan.source, ...scan.members]) if (!members.has(source)) members.set(source, scan);
  const portZero = portZeroFacts(input);
  const hostile = new Set<string>();
  for (const source of members.keys()) if (isHostile(input, source)) hostile.add(source);
  for (const source of portZero.strongSources) if (isHostile(input, source)) hostile.add(source);
  const scans = scanFacts(input, members, home);
  const zeroSources = new Set(portZero.strongSources);
  for (const [source, scan] of members) if (scan.portZero) zeroSources.add(source);
  const zeroSenders = [...zeroSources];
  const portZeroEvent = portZero.tcpSourceOnly > portZero.toZero && zeroSenders.length >= EVENT_SOURCES;
  const concentrated = portZeroEvent ? zeroSenders.filter((source) => hostile.has(source)) : hostile;
  const skipped = [...input.skipped.values()].reduce((sum, records) => sum + records, 0);
  const packets = ["tcp", "udp", "icmp", "arp", "sctp", "other"].reduce((sum, key) => sum + (totals.get(key) ?? 0), 0);
  return {
    span: input.firstSeen === null || input.lastSeen === null ? 0 : Math.max(0, input.lastSeen - input.firstSeen),
    packets,
    fragments: totals.get("fragments") ?? 0,
    scans,
    portZero,
    backscatter: backscatterFacts(input),
    floods: floodFacts(input),
    concentration: concentrationOf(concentrated, labels, input.announced),
    // Lists are cut; the counts beside them are whole. The count of port zero also holds senders of UDP source zero: used where those are few.
    hostileSources: Math.max(
      hostile.size,
      scans.hostileSources,
      hostile.size > 0 && portZero.strong > portZero.confirmed / 2 ? portZero.sources : 0,
    ),
    homeGuessed: detection.home.guessed,
    forgotten: input.forgotten.sources + input.forgotten.contacts + input.forgotten.flows,
    skippedShare: input.records === 0 ? 0 : Math.min(1, Math.max(0, skipped - input.keeping.foreign) / input.records),
    keeping: input.keeping,
    focus: detection.focus,
    lostShare: input.keeping.lost / Math.max(1, input.keeping.lost + input.records),
    persistence: persistenceFacts(input, packets),
    lone: loneFacts(input, packets),
    past: pastFacts(input, seriesFound(portZero, scans, input)),
    reputation: reputationFacts(input, concentrated),
    campaigns: campaignFacts(input),
    country: countryFacts(input, concentrated),
    spoofing: spoofingOf(input, portZero.strong > 0),
  };
}

/** Series of history that show what was found, most telling first; groups of ports only after single ones. */
function seriesFound(portZero: PortZeroFacts, { leadingPort }: ScanFacts, { detection }: AssessInput): string[] {
  const service = (name: string): string => name.toLowerCase().replace("/", "/destination/");
  return [
    ...(portZero.tcpSourceOnly > 0 && portZero.tcpSourceOnly >= portZero.toZero ? ["tcp/source/0"] : []),
    ...(portZero.toZero > 0 ? ["tcp/destination/0", "udp/destination/0"] : []),
    ...(portZero.strong > 0 ? ["group/port-zero"] : []),
    ...(leadingPort === null ? [] : [service(leadingPort.name)]),
    ...(portZero.otherPort === null ? [] : [service(portZero.otherPort.name)]),
    ...(detection.scans.length > 0 ? ["group/privileged", "group/unassigned", "group/all"] : []),
  ];
}

function floodFacts({ detection: { floods }, keeping }: AssessInput): FloodFacts | null {
  const [largest] = floods;
  if (largest === undefined) return null;
  const transport = largest.transport.toUpperCase();
  return {
    count: floods.length,
    sources: largest.sources,
    packets: largest.packets,
    isForged: largest.sources > 1 && largest.packets <= FORGED_PACKETS * keeping.samplingFactor * largest.sources,
    target: largest.target,
    service:
      largest.ports.length === 0 ? transport : largest.ports.length === 1 ? `${transport}/${largest.ports[0]}` : `many ${transport} ports`,
  };
}

function persistenceFacts({ detection: { persistence, persistenceTotal } }: AssessInput, all: number): Facts["persistence"] {
  const [leading] = persistence;
  if (leading === undefined) return null;
  const packets = sum(persistence.map((one) => one.packets));
  return { sources: Math.max(persistenceTotal, persistence.length), packets, share: Math.min(1, packets / Math.max(1, all)), leading };
}

function loneFacts({ detection: { loneProbes, floods } }: AssessInput, all: number): LoneFacts | null {
  const { sources, packets, miraiSources, services } = loneProbes;
  if (sources === 0 || floods.length > 0) return null;
  const [first] = services;
  const leading =
    first === undefined ? null : { name: `${first.transport.toUpperCase()}/${first.port}`, share: Math.min(1, first.sources / sources) };
  return { sources, packets, share: Math.min(1, packets / Math.max(1, all)), miraiSources, leading };
}

function isHostile(input: AssessInput, source: string): boolean {
  const label = input.labels.get(source)?.acknowledged ?? null;
  return label === null || label.status === "disputed";
}

function scanFacts(input: AssessInput, members: ReadonlyMap<string, Scan>, home: readonly Network[]): ScanFacts {
  const { scans, targets, scansTotal } = input.detection;
  // Members beyond those listed are counted, not named.
  const unnamed = scans.reduce((sum, scan) => sum + Math.max(0, scan.memberCount - Math.max(1, scan.members.length)), 0);
  const beyondList = Math.max(0, scansTotal - scans.length);
  const statuses = { confirmed: 0, claimed: 0, disputed: 0 };
  const organisations = new Set<string>();
  let internalSources = 0;
  const insiders: string[] = [];
  let spoofableSources = 0;
  let slowSources = 0;
  for (const [source, scan] of members) {
    const label = input.labels.get(source)?.acknowledged ?? null;
    if (label !== null) {
      statuses[label.status]++;
      organisations.add(label.organisation);
    }
    if (isInternal(input, source, home) && ++internalSources <= NAMED_INSIDERS) insiders.push(source);
    if (scan.spoofable) spoofableSources++;
    if (scan.slow) slowSources++;
  }
  const sources = members.size + unnamed + beyondList;
  const toolSources = new Map<ToolName, number>();
  const techniqueSources = new Map<Technique, number>();
  for (const scan of scans) {
    if (scan.tool !== null) toolSources.set(scan.tool.name, (toolSources.get(scan.tool.name) ?? 0) + scan.memberCount);
    techniqueSources.set(scan.technique, (techniqueSources.get(scan.technique) ?? 0) + scan.memberCount);
  }
  const [tool] = [...toolSources].toSorted((a, b) => b[1] - a[1]);
  const seen = scans.map((scan) => scan.outcomes.answered + scan.outcomes.refused + scan.outcomes.unreachable);
  return {
    count: Math.max(scansTotal, scans.length),
    sources,
    hostileSources: Math.max(0, sources - statuses.confirmed - statuses.claimed),
    confirmedSources: statuses.confirmed,
    claimedSources: statuses.claimed,
    disputedSources: statuses.disputed,
    organisations: [...organisations],
    spoofableSources,
    internalSources,
    insiders,
    packets: sum(scans.map((scan) => scan.packets)),
    contacts: sum(scans.map((scan) => scan.contactCount)),
    targets: scans.reduce((most, scan) => Math.max(most, scan.targetCount), targets.count),
    darkTargets: targets.dark,
    targetsPerSource: median(scans.map((scan) => scan.targetCount)),
    portsPerTarget: portsPerTarget(scans, sources, targets.count),
    hostileAnswered: sum(scans.filter((scan) => isHostile(input, scan.source)).map((scan) => scan.outcomes.answered)),
    outcomesSeen: sum(seen),
    slowSources,
    fragmented: scans.filter((scan) => scan.fragmented).length,
    decoyed: scans.filter((scan) => scan.decoys.length > 0).length,
    leadingPort: leadingPort(scans),
    tool: tool === undefined ? null : { name: tool[0], sources: tool[1] },
    toolSources,
    techniqueSources,
  };
}

/** Of the median source; where few take part they may share the ports out, so that what a target is asked for by all of them counts. */
function portsPerTarget(scans: readonly Scan[], sources: number, targets: number): number {
  const each = median(scans.map((scan) => scan.contactCount / Math.max(1, scan.targetCount)));
  if (sources > FEW_SOURCES || targets === 0) return each;
  const ports = new Set(scans.flatMap((scan) => scan.ports.map((port) => `${scan.transport}/${port}`))).size;
  return Math.max(each, Math.min(ports, sum(scans.map((scan) => scan.contactCount)) / targets));
}

/** Inside the defended networks, or in space that does not come over the Internet. */
function isInternal(input: AssessInput, source: string, home: readonly Network[]): boolean {
  const reserved = input.labels.get(source)?.reserved ?? null;
  if (reserved !== null && !reserved.globallyReachable && ["private-use", "unique-local", "link-local"].includes(reserved.name))
    return true;
  const word = parseIPv4(source);
  if (word !== null) return home.some((network) => containsIPv4(network, word));
  const words = parseIPv6(source);
  return words !== null && home.some((network) => containsIPv6(network, ...words));
}

/** Each source has one vote, split over the ports it tried. */
function leadingPort(scans: readonly Scan[]): ScanFacts["leadingPort"] {
  // By a number each: ten names of each of ten thousand scans would be a hundred thousand strings.
  const votes = new Map<number, number>();
  let all = 0;
  for (const scan of scans) {
    if (scan.transport === "icmp" || scan.transport === "arp" || scan.transport === "ip") continue;
    all += scan.memberCount;
    const transport = TRANSPORTS.indexOf(scan.transport);
    for (let at = 0; at < Math.min(scan.ports.length, VOTED_PORTS); at++) {
      const service = transport * 65_536 + scan.ports[at]!;
      votes.set(service, (votes.get(service) ?? 0) + scan.memberCount / Math.max(1, scan.portCount));
    }
  }
  const [first] = [...votes].toSorted((a, b) => b[1] - a[1]);
  if (first === undefined || all === 0) return null;
  const transport = TRANSPORTS[Math.floor(first[0] / 65_536)] ?? "other";
  return { name: `${transport.toUpperCase()}/${first[0] % 65_536}`, share: Math.min(1, first[1] / all) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The middle value (upper of two), 0 of none. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >>> 1] ?? 0;
}
