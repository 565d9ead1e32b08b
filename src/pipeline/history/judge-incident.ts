/**
 * A judgement on an incident, from what the store holds of it: who sent most of the series that rose, with which techniques and to which
 * ports, and how many sensors saw it. Less than a capture tells: no outcomes and no names of targets; tools' marks and completed
 * exchanges of the top sources only, where a watch has looked at their packets.
 */
import { type Manners, NO_MANNERS } from "../../model/manners.ts";
import { announcedSpaceOf } from "../labelling.ts";
import { assess } from "../../assess/index.ts";
import { type PortZeroActivity, TOOLS, type Transport } from "../../model/activity.ts";
import { formatNetwork, type Network } from "../../model/address.ts";
import type { Advice, Assessment } from "../../model/assessment.ts";
import type { Backscatter, Detection, Scan, Technique } from "../../model/finding.ts";
import type { Incident, IncidentManners, IncidentSource } from "../../model/incident.ts";
import { type AddressLabels, NO_LABELS } from "../../model/label.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP } from "../../model/protocol.ts";
import { seriesNumber } from "../../model/series.ts";
import type { SourceActivity, SourceTotal, Store, TimeRange } from "../../store/store.ts";
import type { OpenedIntel } from "../kept-intel.ts";
import { pastOf } from "./past-of-input.ts";

/** Sources that are looked at, and those of which it is asked what they did: a question takes some 10 ms. */
const MOST_SOURCES = 500;
const MOST_ASKED = 60;
/** An incident that goes on is judged by its first day: what it began with is what it is. */
const LONGEST = 86_400;
/** Targets from which a source scans, as darknets count it: fewer may be a stray. */
const SCAN_TARGETS = 3;
const LISTED_PORTS = 100;
/** Sources that are told with what is known of them. */
const TOLD_SOURCES = 20;
/** Packets from which a victim of a flood qualifies (RSDoS, Moore et al.). */
const RSDOS_PACKETS = 25;

const TECHNIQUES: Readonly<Record<string, Technique>> = {
  "tcp-syn": "syn",
  "tcp-fin": "fin",
  "tcp-null": "null",
  "tcp-xmas": "xmas",
  "tcp-ack": "ack",
  "tcp-unknown": "tcp-unknown",
  udp: "udp",
  icmp: "icmp",
};
/** Flags that no stack sends. */
const ODD_TECHNIQUES: ReadonlySet<string> = new Set(["tcp-null", "tcp-xmas", "tcp-fin", "tcp-odd"]);

export type AskedStore = Pick<Store, "topSources" | "activityOf" | "sensors" | "incidents" | "judged">;

/** What else is known when an incident is judged. */
export interface IncidentContext extends OpenedIntel {
  /** The defended networks: never blocked. */
  readonly home: readonly Network[];
  /** How sources behave, where somebody looks at their packets; null of those that nobody looks at. */
  readonly mannersOf?: (address: string) => Manners | null;
}

export interface JudgedIncident {
  readonly assessment: Assessment;
  readonly advice: readonly Advice[];
  /** Those that sent most, with what is known of them. */
  readonly sources: readonly IncidentSource[];
  /** Seconds since 1970: the end of what was judged. */
  readonly until: number;
}

/** One source with what it did; empty where it was not asked. */
interface Sender {
  readonly total: SourceTotal;
  readonly rows: readonly SourceActivity[];
}

/** Why {@link judgeIncident} has no judgement on an incident. */
export function whyNotJudged({ leading: { series } }: Incident): string {
  return seriesNumber(series) === null
    ? `not judged: history keeps no sources of ${series}`
    : `not judged: the store has no source of ${series} in its time, or has forgotten them`;
}

/** Null where the store has no source of it any more (retention), or cannot tell the sources of such a series. @throws StoreError */
export async function judgeIncident(
  store: AskedStore,
  incident: Incident,
  { intel, feeds, home, mannersOf = () => null }: IncidentContext,
): Promise<JudgedIncident | null> {
  const range = rangeOf(incident);
  const series = seriesNumber(incident.leading.series);
  if (series === null) return null;
  const totals = await store.topSources(range, series, MOST_SOURCES);
  if (totals.length === 0) return null;
  const senders: Sender[] = [];
  for (const [rank, total] of totals.entries())
    senders.push({ total, rows: rank < MOST_ASKED ? await store.activityOf(total.source, range, 300) : [] });
  const manners = mannersIn(incident, totals, mannersOf);
  const labels = new Map<string, AddressLabels>(
    totals.map(({ source }) => [source, intel.label(source, () => manners.get(source) ?? NO_MANNERS)]),
  );
  const packets = totals.reduce((sum, total) => sum + total.packets, 0);
  const transport = transportOf(incident.leading.series);
  const past = await pastOf(store, range.from, range.to - 1);
  const detection = detectionOf(senders, incident, transport, manners);
  const { assessment, advice } = assess({
    detection: { ...detection, home: { networks: home.map(formatNetwork), guessed: false } },
    portZero: portZeroOf(senders, incident),
    totals: new Map([[transport, packets]]),
    firstSeen: range.from,
    lastSeen: range.to,
    labels,
    announced: announcedSpaceOf(intel, labels),
    forgotten: { sources: 0, contacts: 0, flows: 0 },
    records: packets,
    skipped: new Map(),
    keeping: { sampledRecords: 0, samplingFactor: 1, sampling: 1, lost: 0, showsOutcomes: false, foreign: 0 },
    past: past === null ? null : { ...past, isJudged: true, incidents: [incident] },
    feeds,
  });
  const told = totals.slice(0, TOLD_SOURCES).map(({ source, packets: sent, targets, sensors }): IncidentSource => ({
    address: source,
    packets: sent,
    targets,
    sensors,
    labels: labels.get(source) ?? NO_LABELS,
    manners: plainManners(manners.get(source)),
  }));
  return { assessment, advice, sources: told, until: range.to };
}

/** Of the sources told: as they are seen now, else as a watch saw them. */
function mannersIn(
  { judgement }: Incident,
  totals: readonly SourceTotal[],
  mannersOf: (address: string) => Manners | null,
): ReadonlyMap<string, Manners> {
  const kept = new Map((judgement?.sources ?? []).map(({ address, manners }) => [address, manners]));
  return new Map(
    totals.slice(0, TOLD_SOURCES).flatMap(({ source }): [string, Manners][] => {
      const seen = mannersOf(source) ?? mannersFrom(kept.get(source) ?? null);
      return seen === null ? [] : [[source, seen]];
    }),
  );
}

function plainManners(manners: Manners | undefined): IncidentManners | null {
  return manners === undefined ? null : { ...manners, tools: Object.fromEntries(manners.tools) };
}

function mannersFrom(kept: IncidentManners | null): Manners | null {
  if (kept === null) return null;
  return { ...kept, tools: new Map(TOOLS.flatMap((tool) => (kept.tools[tool] === undefined ? [] : [[tool, kept.tools[tool]] as const]))) };
}

function rangeOf({ openedAt, updatedAt, closedAt }: Incident): TimeRange {
  const end = Math.max(openedAt, closedAt ?? updatedAt) + 300;
  return { from: openedAt, to: Math.min(end, openedAt + LONGEST) };
}

function detectionOf(
  senders: readonly Sender[],
  incident: Incident,
  transport: Transport,
  manners: ReadonlyMap<string, Manners>,
): Detection {
  const scans: Scan[] = [];
  const backscatter: Backscatter[] = [];
  for (const sender of senders) {
    if (isVictim(sender)) backscatter.push(victimOf(sender, transport));
    else if (sender.total.targets >= SCAN_TARGETS)
      scans.push(scanOf(sender, incident, transport, manners.get(sender.total.source) ?? NO_MANNERS));
  }
  return {
    scans,
    scansTotal: scans.length,
    scansTotalExact: true,
    floods: [],
    backscatter,
    backscatterTotal: backscatter.length,
    targets: { count: Math.max(incident.targets, ...scans.map(({ targetCount }) => targetCount), 0), dark: 0, networks: [] },
    persistence: [],
    persistenceTotal: 0,
    loneProbes: { sources: 0, packets: 0, miraiSources: 0, services: [] },
    campaigns: [],
    campaignsTotal: 0,
    spoofing: [],
    focus: null,
    home: { networks: [], guessed: false },
  };
}

function isVictim({ rows }: Sender): boolean {
  const answers = rows.reduce((sum, { technique, packets }) => sum + (technique === "backscatter" ? packets : 0), 0);
  return rows.length > 0 && answers > rows.reduce((sum, { packets }) => sum + packets, 0) / 2;
}

function victimOf({ total: { source, packets, targets, firstSeen, lastSeen } }: Sender, transport: Transport): Backscatter {
  const peers = Math.max(1, targets);
  const kind = transport === "udp" || transport === "icmp" ? transport : "tcp";
  const qualifies = packets >= RSDOS_PACKETS;
  return {
    victim: source,
    transport: kind,
    ports: [],
    packets,
    peers,
    firstSeen,
    lastSeen,
    qualifies,
    isReflector: false,
    targets: [],
    portZero: false,
    evidence: [],
  };
}

function scanOf({ total, rows }: Sender, incident: Incident, transport: Transport, { spoofable, tools }: Manners): Scan {
  const ports = portsOf(rows, transport, incident.leading.series);
  const [technique] = mostPackets(rows, (row) => row.technique);
  const contacts = Math.max(total.targets, ...[...ports.values()].slice(0, 1));
  return {
    source: total.source,
    kind: ports.size > 1 ? "strobe" : "horizontal",
    technique: TECHNIQUES[technique ?? ""] ?? (transport === "udp" ? "udp" : "other"),
    transport,
    ports: [...ports.keys()].slice(0, LISTED_PORTS),
    portCount: Math.max(1, ports.size),
    targets: [],
    targetCount: total.targets,
    contactCount: contacts,
    darkTargetCount: 0,
    packets: total.packets,
    firstSeen: total.firstSeen,
    lastSeen: total.lastSeen,
    tool: toolIn(tools),
    slow: false,
    fragmented: false,
    spoofable,
    outcomes: { answered: 0, refused: 0, unreachable: 0, silent: contacts },
    decoys: [],
    members: [],
    memberCount: 1,
    portZero: incident.leading.series === "tcp/source/0" || incident.leading.series === "group/port-zero",
    evidence: [],
  };
}

/** The tool whose mark most packets carry. */
function toolIn(tools: Manners["tools"]): Scan["tool"] {
  const [first] = [...tools].toSorted((a, b) => b[1] - a[1]);
  return first === undefined ? null : { name: first[0], packets: first[1] };
}

/** Destination ports by targets, most first; where nothing is known of the source, the port of the series. */
function portsOf(rows: readonly SourceActivity[], transport: Transport, series: string): Map<number, number> {
  const protocol = transport === "udp" ? PROTOCOL_UDP : PROTOCOL_TCP;
  const ports = new Map<number, number>();
  for (const row of rows)
    if (row.transport === protocol && row.port >= 0) ports.set(row.port, (ports.get(row.port) ?? 0) + Math.max(1, row.targets));
  const own = /\/destination\/(\d+)$/.exec(series)?.[1];
  if (ports.size === 0 && own !== undefined) ports.set(Number(own), 1);
  return new Map([...ports].toSorted((a, b) => b[1] - a[1]));
}

/** Port zero as its series counts it; whatever else these sources sent is not in it, but for the ports, which activity keeps together. */
function portZeroOf(senders: readonly Sender[], incident: Incident): PortZeroActivity {
  const none = { source: 0, destination: 0, both: 0 };
  const { series } = incident.leading;
  const isSource = series === "tcp/source/0" || series === "group/port-zero";
  const isTarget = series === "tcp/destination/0" || series === "udp/destination/0";
  const packets = senders.reduce((sum, { total }) => sum + total.packets, 0);
  const rows = senders.flatMap((sender) => sender.rows);
  const isZero = isSource || isTarget;
  const asked = rows.filter(({ transport }) => transport === PROTOCOL_TCP);
  const odd = asked.reduce((sum, row) => sum + (ODD_TECHNIQUES.has(row.technique) ? row.packets : 0), 0);
  const whole = Math.max(
    1,
    asked.reduce((sum, row) => sum + row.packets, 0),
  );
  const counts = { ...none, source: isSource ? packets : 0, destination: isTarget ? packets : 0 };
  const isUdp = series === "udp/destination/0";
  return {
    tcp: isUdp ? none : counts,
    udp: isUdp ? counts : none,
    unconfirmed: { tcp: none, udp: none, flagged: 0 },
    excluded: { fragments: 0, icmp: 0, placeholder: 0 },
    sources: isZero ? Math.max(incident.sources, senders.length) : 0,
    targets: isZero ? incident.targets : 0,
    replies: 0,
    badHeaderLength: 0,
    oddFlags: isZero ? Math.round((packets * odd) / whole) : 0,
    otherPorts: isZero ? otherPorts(asked, packets / whole) : [],
    topSources: isZero
      ? senders.slice(0, 100).map(({ total }) => ({
          address: total.source,
          packets: total.packets,
          tcpPackets: isUdp ? 0 : total.packets,
          targets: total.targets,
          firstSeen: total.firstSeen,
          lastSeen: total.lastSeen,
        }))
      : [],
    firstSeen: isZero ? incident.openedAt : null,
    lastSeen: isZero ? (incident.closedAt ?? incident.updatedAt) : null,
  };
}

function otherPorts(rows: readonly SourceActivity[], scale: number): { port: number; packets: number }[] {
  const ports = new Map<number, number>();
  for (const { port, packets } of rows) if (port >= 0) ports.set(port, (ports.get(port) ?? 0) + packets);
  return [...ports]
    .map(([port, packets]) => ({ port, packets: Math.round(packets * scale) }))
    .toSorted((a, b) => b.packets - a.packets)
    .slice(0, LISTED_PORTS);
}

function mostPackets(rows: readonly SourceActivity[], keyOf: (row: SourceActivity) => string): string[] {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(keyOf(row), (sums.get(keyOf(row)) ?? 0) + row.packets);
  return [...sums].toSorted((a, b) => b[1] - a[1]).map(([key]) => key);
}

function transportOf(series: string): Transport {
  return series.startsWith("udp/") ? "udp" : "tcp";
}
