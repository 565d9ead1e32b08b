/** A scan in the making: its facts from one source × class, before scans are compared with one another. */
import {
  CLASS_ARP_REQUEST,
  CLASS_ICMP_REQUEST,
  CLASS_IP_PROTOCOL,
  CLASS_OS_DETECTION,
  CLASS_SCTP_INIT,
  CLASS_SYN,
} from "../model/activity.ts";
import type { Activity, SourceView } from "../model/activity.ts";
import type { Outcomes, Scan } from "../model/finding.ts";
import { scanEvidence } from "./evidence.ts";
import type { Verdict } from "./judge.ts";
import { kindOf } from "./kind.ts";
import { MET_ANSWER, MET_HALF_OPEN, MET_REFUSAL, MET_SILENCE, MET_SUCCESS, MET_UNREACHABLE } from "./met.ts";
import type { ProbeSet } from "./probe-set.ts";
import { isSlow } from "./slow.ts";
import { isFragmented, techniqueOf, transportOf } from "./technique.ts";
import { toolOf } from "./tool.ts";

/** Ports and targets listed with a scan. */
const LISTED_PORTS = 100;
const LISTED_TARGETS = 10;

/** Shared: ten thousand drafts have several empty lists each. */
const NONE: readonly never[] = [];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Target and port of every contact that is kept, each standing for `scale`. */
export interface DraftContacts {
  readonly targets: Uint32Array;
  readonly ports: Uint16Array;
  readonly scale: number;
  /** Registers of a HyperLogLog of the hashes (mix32) of all targets of the class: one a class whose contacts are a sample. */
  readonly registers: readonly Uint8Array[];
}
export const NO_CONTACTS: DraftContacts = { targets: new Uint32Array(0), ports: new Uint16Array(0), scale: 1, registers: [] };

export interface ScanDraft {
  readonly family: 4 | 6;
  readonly word: number;
  readonly trafficClass: number;
  /** Without targets and evidence, which {@link finishScan} puts in. */
  readonly scan: Mutable<Scan>;
  /** Targets listed with the scan. */
  readonly listed: readonly number[];
  /** Number of its signature, or -1 where nobody compares it. */
  signature: number;
  /** Fan-out points, and the log-likelihood ratio of the threshold random walk. */
  readonly points: number;
  readonly ratio: number | null;
  /** Numbers of OS-detection tests. */
  readonly tests: readonly number[];
  /** Let go once they are counted: ten thousand drafts are held at once. */
  contacts: DraftContacts;
  /** The classes joined into this scan, where its flags are at random. */
  readonly mixed: readonly { readonly trafficClass: number; readonly packets: number }[];
  /** Whether the source reset connections that it was offered, as a true one does and a forged one that is not in use cannot. */
  resets: boolean;
  readonly halfOpen: number;
  readonly ordinary: number;
  readonly sampled: boolean;
  /** One packet of so many was looked at. */
  readonly sampling: number;
  /** Whether an answer would have been seen. */
  readonly tellsSilence: boolean;
  readonly portZeroPackets: number;
  readonly outbound: boolean;
}

/** What a scan weighs: its contacts, and those with dark space again. */
export function scanWeight(set: ProbeSet, verdict: Verdict): number {
  return set.contactCount + verdict.fan.dark;
}

/** The draft of a loaded and judged set. Its contacts are those of the set: they are copied where the set is to be loaded again before they were used. */
export function draftScan(activity: Activity, view: SourceView, set: ProbeSet, verdict: Verdict, copies: boolean): ScanDraft {
  const portCounts = set.portCounts;
  const targetCounts = set.targetCounts;
  const ports = portCounts.topWords(LISTED_PORTS);
  const contactCount = set.contactCount;
  const darkShare =
    targetCounts.size === 0 || !set.tellsSilence ? 0 : activity.findDark(targetCounts.words, targetCounts.size, null) / targetCounts.size;
  const tool = toolOf(view);
  const tests = set.trafficClass === CLASS_OS_DETECTION;
  const portless = set.trafficClass === CLASS_ARP_REQUEST || tests;
  const portCount = portless ? 0 : Math.max(set.portCount, portCounts.size);
  const targetCount = Math.max(set.targetCount, targetCounts.size);
  const { outcomes, halfOpen, proven } = tally(set, contactCount);
  const registers = set.scale > 1 ? view.targetRegisters : null;
  const singlePort = portless || set.trafficClass === CLASS_ICMP_REQUEST;
  return {
    family: set.family,
    word: set.word,
    trafficClass: set.trafficClass,
    scan: {
      source: view.address,
      kind: kindOf({
        targets: targetCount,
        ports: singlePort ? 1 : portCount,
        contacts: contactCount,
        largestPort: portCounts.most * set.scale,
        largestTarget: targetCounts.most * set.scale,
      }),
      // Every tool with a mark sends its SYNs raw.
      technique: set.trafficClass === CLASS_SYN && tool !== null ? "syn" : techniqueOf(set),
      transport: transportOf(set.trafficClass),
      ports: portless ? NONE : ports,
      portCount,
      targets: NONE,
      targetCount,
      contactCount,
      darkTargetCount: Math.round(darkShare * targetCount),
      packets: set.packets,
      firstSeen: set.firstSeen,
      lastSeen: set.lastSeen,
      // The tests are Nmap's own: they are its mark.
      tool: tests ? { name: "nmap", packets: set.packets } : tool,
      slow: isSlow(contactCount, set.firstSeen, set.lastSeen),
      fragmented: isFragmented(set.trafficClass),
      spoofable: !proven,
      outcomes,
      decoys: NONE,
      members: NONE,
      memberCount: 1,
      portZero: set.portZeroPackets > 0 && hasPorts(set.trafficClass),
      evidence: NONE,
    },
    listed: targetCounts.topWords(LISTED_TARGETS),
    signature: -1,
    contacts: {
      targets: copies ? set.target.slice(0, set.length) : set.target.subarray(0, set.length),
      ports: copies ? set.port.slice(0, set.length) : set.port.subarray(0, set.length),
      scale: set.scale,
      registers: registers === null ? [] : [registers],
    },
    mixed: NONE,
    resets: false,
    points: verdict.fan.points,
    ratio: verdict.ratio,
    tests: tests ? ports.toSorted((a, b) => a - b) : NONE,
    halfOpen,
    ordinary: set.ordinary,
    sampled: set.scale > 1,
    sampling: set.sampling,
    tellsSilence: set.tellsSilence,
    portZeroPackets: hasPorts(set.trafficClass) ? set.portZeroPackets : 0,
    outbound: set.outbound,
  };
}

/** The draft's scan, from now on with the texts of its targets and its evidence, where they are asked for. */
export function finishScan(activity: Activity, draft: ScanDraft, isDetailed: boolean): Scan {
  const { scan, family, listed } = draft;
  if (!isDetailed) return scan;
  scan.targets = listed.map((target) => activity.addressText(family, target));
  scan.evidence = scanEvidence(draft);
  return scan;
}

/** Outcomes that add up to the contacts, and whether the source showed that it gets answers. */
function tally(set: ProbeSet, contactCount: number): { outcomes: Outcomes; halfOpen: number; proven: boolean } {
  const met = set.metCounts;
  const of = (...kinds: number[]): number =>
    Math.round(kinds.reduce((sum, kind) => sum + met[kind]!, 0) * (set.length === 0 ? 0 : contactCount / set.length));
  const silent = of(MET_SILENCE);
  const refused = of(MET_REFUSAL);
  const unreachable = Math.min(of(MET_UNREACHABLE), contactCount - silent - refused);
  const answered = Math.max(0, contactCount - silent - refused - unreachable);
  const walked = set.trafficClass === CLASS_SYN || set.trafficClass === CLASS_SCTP_INIT;
  const proven = walked && met[MET_ANSWER]! + met[MET_SUCCESS]! > 0;
  return { outcomes: { answered, refused, unreachable, silent }, halfOpen: of(MET_HALF_OPEN), proven };
}

function hasPorts(trafficClass: number): boolean {
  return (
    trafficClass !== CLASS_ARP_REQUEST &&
    trafficClass !== CLASS_ICMP_REQUEST &&
    trafficClass !== CLASS_IP_PROTOCOL &&
    trafficClass !== CLASS_OS_DETECTION
  );
}
