/** `precursor.report/1`: the report for programs. docs/report.md tells the fields, schema.ts is their schema. */
import type { Flood, Persistence } from "../model/finding.ts";
import type { z } from "zod";
import type { Assessment } from "../model/assessment.ts";
import { formatIPv4 } from "../model/address.ts";
import type { LabelledBackscatter, LabelledScan, Report } from "../model/report.ts";
import { campaignJson, spoofingJson } from "./campaign-json.ts";
import { escapeJson } from "./escape.ts";
import type { RenderOptions } from "./options.ts";
import { portZeroWords } from "./port-zero-words.ts";
import { isoTime } from "./quantity.ts";
import { copy, labelsJson } from "./labels-json.ts";
import { feedStateJson } from "./reputation-json.ts";
import type { reportShape } from "./schema.ts";

const DEFAULT_LIMIT = 1000;

type ReportJson = z.infer<typeof reportShape>;

/** Indented JSON with a newline at the end; safe to print on a terminal. Lists are cut at `options.limit`, their whole number stands beside. */
export function renderJson(report: Report, options: RenderOptions = {}): string {
  return `${escapeJson(JSON.stringify(reportJson(report, options.limit ?? DEFAULT_LIMIT), null, 2))}\n`;
}

/** The report as a plain value. */
export function reportJson(report: Report, limit: number): ReportJson {
  const { assessment, input, portZero } = report;
  return {
    schema: "precursor.report/1",
    generator: { name: "precursor", version: report.version },
    madeAt: isoTime(report.madeAt),
    input: {
      sources: input.sources.map((source) => ({
        name: source.name,
        format: source.format,
        records: source.records,
        bytes: source.bytes,
        damage: source.damage,
        foreign: source.foreign,
        unparsed: source.unparsed,
        faults: source.faults.map((fault) => ({ ...fault })),
        anonymised: source.anonymised,
        looksLike: source.looksLike,
        proves: { ...source.proves },
        sampled: source.sampled === null ? null : { ...source.sampled },
      })),
      records: input.records,
      skipped: { ...input.skipped },
      encapsulations: { ...input.encapsulations },
      lost: { ...input.lost },
      live: input.live.map((source) => ({ ...source, unrecognised: { ...source.unrecognised } })),
      totals: { ...input.totals },
      unreadable: [...input.unreadable],
      passedOver: [...input.passedOver],
      troubles: [...input.troubles],
      firstSeen: maybeTime(input.firstSeen),
      lastSeen: maybeTime(input.lastSeen),
    },
    home: { networks: [...report.home.networks], guessed: report.home.guessed },
    portZero: portZeroJson(report),
    scansTotal: report.scansTotal,
    scans: report.scans.slice(0, limit).map(scanJson),
    scansTotalExact: report.scansTotalExact,
    floods: report.floods.slice(0, limit).map(floodJson),
    backscatterTotal: report.backscatterTotal,
    backscatter: report.backscatter.slice(0, limit).map(backscatterJson),
    persistenceTotal: report.persistenceTotal,
    persistence: report.persistence.slice(0, limit).map(persistenceJson),
    loneProbes: { ...report.loneProbes, services: [...report.loneProbes.services] },
    campaignsTotal: report.campaignsTotal,
    campaigns: report.campaigns.slice(0, limit).map(campaignJson),
    spoofing: report.spoofing.map(spoofingJson),
    targets: {
      count: report.targets.count,
      dark: report.targets.dark,
      networksTotal: report.targets.networks.length,
      networks: report.targets.networks.slice(0, limit).map(([word, contacts]) => ({ network: `${formatIPv4(word)}/24`, contacts })),
    },
    focus: report.focus === null ? null : { ...report.focus, tests: report.focus.tests.map((test) => ({ ...test })) },
    timeline: {
      start: portZero.firstSeen === null && input.firstSeen === null ? null : isoTime(report.timeline.start),
      binSeconds: report.timeline.binSeconds,
      series: Object.fromEntries([...report.timeline.series].map(([name, bins]) => [name, bins.map(finite)])),
    },
    ports: report.ports.map(({ transport, port, packets, start, binSeconds, bins }) => ({
      transport,
      port,
      packets,
      start: isoTime(start),
      binSeconds,
      bins: bins.map(finite),
    })),
    senders: report.senderCount,
    forgotten: { ...report.forgotten },
    assessment: assessmentJson(assessment),
    past: pastJson(report),
    advice: report.advice.map(({ action, reason, rules }) => ({ action, reason, rules: [...rules] })),
    names: report.names === undefined || report.names === null ? null : { ...report.names, servers: [...report.names.servers] },
    lists: report.lists.map(({ list, date, licence }) => ({ list, date, licence })),
    feeds: report.feeds.map(feedStateJson),
  };
}

/** A judgement as a plain value. */
export function assessmentJson(assessment: Assessment): ReportJson["assessment"] {
  return {
    severity: assessment.severity,
    confidence: assessment.confidence,
    limits: [...assessment.limits],
    summary: assessment.summary,
    note: assessment.note.map(({ part, text, leadsTo }) => ({ part, text, leadsTo: [...leadsTo] })),
    tooEarly: assessment.tooEarly,
    hypotheses: assessment.hypotheses.map((hypothesis) => ({
      id: hypothesis.id,
      probability: Math.min(1, Math.max(0, finite(hypothesis.probability))),
      words: hypothesis.words,
      for: [...hypothesis.for],
      against: [...hypothesis.against],
      missing: [...hypothesis.missing],
    })),
    strongestAgainst: copy(assessment.strongestAgainst),
    flip: copy(assessment.flip),
    missing: assessment.missing.map((one) => ({ ...one })),
    outlook: assessment.outlook.map((one) => ({ ...one, probability: copy(one.probability) })),
    steps: assessment.steps.map((step) => ({ ...step })),
  };
}

function pastJson({ past }: Report): ReportJson["past"] {
  if (past === null) return null;
  return {
    since: isoTime(past.since),
    until: isoTime(past.until),
    sensorsAlive: past.sensorsAlive,
    isJudged: past.isJudged,
    judged: past.judged === null ? null : { since: isoTime(past.judged.since), until: isoTime(past.judged.until) },
    incidents: past.incidents.map(({ id, phase, openedAt, leading, others, sources, networks, sensors, sensorsAlive }) => ({
      id,
      phase,
      openedAt: isoTime(openedAt),
      series: [leading, ...others].map(({ series, peak, expected, record }) => ({
        series,
        peak,
        expected,
        record: record === null ? null : { ...record, since: isoTime(record.since) },
      })),
      sources,
      networks,
      sensors,
      sensorsAlive,
    })),
  };
}

function portZeroJson(report: Report): ReportJson["portZero"] {
  const { portZero } = report;
  return {
    tcp: { ...portZero.tcp },
    udp: { ...portZero.udp },
    unconfirmed: { tcp: { ...portZero.unconfirmed.tcp }, udp: { ...portZero.unconfirmed.udp }, flagged: portZero.unconfirmed.flagged },
    excluded: { ...portZero.excluded },
    sources: portZero.sources,
    targets: portZero.targets,
    verdict: portZeroWords(portZero).verdict,
    replies: portZero.replies,
    badHeaderLength: portZero.badHeaderLength,
    oddFlags: portZero.oddFlags,
    firstSeen: maybeTime(portZero.firstSeen),
    lastSeen: maybeTime(portZero.lastSeen),
    otherPorts: portZero.otherPorts.map(({ port, packets }) => ({ port, packets })),
    topSources: portZero.topSources.map((source) => ({
      address: source.address,
      packets: source.packets,
      tcpPackets: source.tcpPackets,
      targets: source.targets,
      firstSeen: isoTime(source.firstSeen),
      lastSeen: isoTime(source.lastSeen),
      ...labelsJson(report.portZeroLabels.get(source.address)),
    })),
  };
}

function scanJson(scan: LabelledScan): ReportJson["scans"][number] {
  return {
    source: scan.source,
    kind: scan.kind,
    technique: scan.technique,
    transport: scan.transport,
    ports: [...scan.ports],
    portCount: scan.portCount,
    targets: [...scan.targets],
    targetCount: scan.targetCount,
    contactCount: scan.contactCount,
    darkTargetCount: scan.darkTargetCount,
    packets: scan.packets,
    firstSeen: isoTime(scan.firstSeen),
    lastSeen: isoTime(scan.lastSeen),
    tool: scan.tool === null ? null : { name: scan.tool.name, packets: scan.tool.packets },
    ...labelsJson(scan.labels),
    slow: scan.slow,
    fragmented: scan.fragmented,
    spoofable: scan.spoofable,
    portZero: scan.portZero,
    outcomes: { ...scan.outcomes },
    decoys: [...scan.decoys],
    members: [...scan.members],
    memberCount: scan.memberCount,
    evidence: [...scan.evidence],
  };
}

function floodJson(flood: Flood): ReportJson["floods"][number] {
  return {
    ...flood,
    ports: [...flood.ports],
    firstSeen: isoTime(flood.firstSeen),
    lastSeen: isoTime(flood.lastSeen),
    evidence: [...flood.evidence],
  };
}

function persistenceJson(one: Persistence): ReportJson["persistence"][number] {
  return {
    ...one,
    targets: [...one.targets],
    ports: [...one.ports],
    firstSeen: isoTime(one.firstSeen),
    lastSeen: isoTime(one.lastSeen),
    evidence: [...one.evidence],
  };
}

function backscatterJson(entry: LabelledBackscatter): ReportJson["backscatter"][number] {
  return {
    victim: entry.victim,
    transport: entry.transport,
    ports: [...entry.ports],
    packets: entry.packets,
    peers: entry.peers,
    firstSeen: isoTime(entry.firstSeen),
    lastSeen: isoTime(entry.lastSeen),
    qualifies: entry.qualifies,
    isReflector: entry.isReflector,
    targets: [...entry.targets],
    portZero: entry.portZero,
    evidence: [...entry.evidence],
    ...labelsJson(entry.labels),
  };
}

function maybeTime(seconds: number | null): string | null {
  return seconds === null ? null : isoTime(seconds);
}

/** JSON has no NaN or infinity: a hostile one counts as nothing. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
