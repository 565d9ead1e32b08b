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
import { WordCounts } from "./word-counts.ts";

/** Ports and targets listed with a scan. */
const LISTED_PORTS = 100;
const LISTED_TARGETS = 10;
/** Minima in a signature: 16 agree by chance at one in 2^16 for sets that share half. */
export const SIGNATURE_LENGTH = 16;

/** Filled again for every draft. */
const PORTS = new WordCounts();
const TARGETS = new WordCounts();

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface ScanDraft {
  readonly family: 4 | 6;
  readonly word: number;
  readonly trafficClass: number;
  readonly weight: number;
  readonly scan: Mutable<Omit<Scan, "evidence">>;
  /** Min-wise hashes of the contacts: two sets agree in as many as they share (Broder 1997). */
  readonly signature: Uint32Array;
  readonly verdict: Verdict;
  /** Numbers of OS-detection tests. */
  readonly tests: readonly number[];
  /** Target and port of every contact, each standing for `scale`. */
  readonly targets: Uint32Array;
  readonly contactPorts: Uint16Array;
  /** The classes joined into this scan, where its flags are at random. */
  readonly mixed: readonly { readonly trafficClass: number; readonly packets: number }[];
  readonly scale: number;
  /** Whether the source reset connections that it was offered, as a true one does and a forged one that is not in use cannot. */
  resets: boolean;
  readonly halfOpen: number;
  readonly ordinary: number;
  readonly sampled: boolean;
  readonly portZeroPackets: number;
  readonly outbound: boolean;
}

/** What a scan weighs: its contacts, and those with dark space again. */
export function scanWeight(set: ProbeSet, verdict: Verdict): number {
  return set.contactCount + verdict.fan.dark;
}

/** The draft of a loaded and judged set. */
export function draftScan(activity: Activity, view: SourceView, set: ProbeSet, verdict: Verdict): ScanDraft {
  PORTS.countAll(set.port, set.length);
  TARGETS.countAll(set.target, set.length);
  const ports = PORTS.top(LISTED_PORTS);
  const targets = TARGETS.top(LISTED_TARGETS);
  const contactCount = set.contactCount;
  let darkTargets = 0;
  for (let i = 0; i < TARGETS.size; i++) if (!activity.isLive(TARGETS.words[i]!)) darkTargets++;
  const darkShare = TARGETS.size === 0 ? 0 : darkTargets / TARGETS.size;
  const tool = toolOf(view);
  const tests = set.trafficClass === CLASS_OS_DETECTION;
  const portless = set.trafficClass === CLASS_ARP_REQUEST || tests;
  const portCount = portless ? 0 : Math.max(set.portCount, PORTS.size);
  const targetCount = Math.max(set.targetCount, TARGETS.size);
  const { outcomes, halfOpen, proven } = tally(set, contactCount);
  const singlePort = portless || set.trafficClass === CLASS_ICMP_REQUEST;
  return {
    family: set.family,
    word: set.word,
    trafficClass: set.trafficClass,
    weight: scanWeight(set, verdict),
    scan: {
      source: view.address,
      kind: kindOf({
        targets: targetCount,
        ports: singlePort ? 1 : portCount,
        contacts: contactCount,
        largestPort: (ports[0]?.[1] ?? 0) * set.scale,
        largestTarget: (targets[0]?.[1] ?? 0) * set.scale,
      }),
      // Every tool with a mark sends its SYNs raw.
      technique: set.trafficClass === CLASS_SYN && tool !== null ? "syn" : techniqueOf(set),
      transport: transportOf(set.trafficClass),
      ports: portless ? [] : ports.map(([port]) => port),
      portCount,
      targets: targets.map(([target]) => activity.addressText(set.family, target)),
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
      decoys: [],
      members: [],
      memberCount: 1,
      portZero: set.portZeroPackets > 0 && hasPorts(set.trafficClass),
    },
    signature: signatureOf(set),
    targets: set.target.slice(0, set.length),
    contactPorts: set.port.slice(0, set.length),
    mixed: [],
    scale: set.scale,
    resets: false,
    verdict,
    tests: tests ? ports.map(([test]) => test).toSorted((a, b) => a - b) : [],
    halfOpen,
    ordinary: set.ordinary,
    sampled: set.scale > 1,
    portZeroPackets: hasPorts(set.trafficClass) ? set.portZeroPackets : 0,
    outbound: set.outbound,
  };
}

/** The scan with its evidence. */
export function finishScan(draft: ScanDraft): Scan {
  const { scan, trafficClass, verdict, tests, mixed, halfOpen, ordinary, sampled, portZeroPackets, outbound } = draft;
  const evidence = scanEvidence({
    scan,
    trafficClass,
    points: verdict.fan.points,
    ratio: verdict.ratio,
    tests,
    mixed,
    halfOpen,
    ordinary,
    sampled,
    portZeroPackets,
    outbound,
  });
  return { ...scan, evidence };
}

/** Outcomes that add up to the contacts, and whether the source showed that it gets answers. */
function tally(set: ProbeSet, contactCount: number): { outcomes: Outcomes; halfOpen: number; proven: boolean } {
  const met = new Array<number>(6).fill(0);
  for (let i = 0; i < set.length; i++) met[set.met[i]!]!++;
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

function signatureOf(set: ProbeSet): Uint32Array {
  const signature = new Uint32Array(SIGNATURE_LENGTH).fill(0xffffffff);
  for (let i = 0; i < set.length; i++) {
    let hash = Math.imul(set.target[i]! ^ Math.imul(set.port[i]! + 1, 0x9e3779b1), 0x85ebca6b);
    hash ^= hash >>> 15;
    for (let k = 0; k < SIGNATURE_LENGTH; k++) {
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) + 0x9e3779b9;
      const value = (hash ^ (hash >>> 16)) >>> 0;
      if (value < signature[k]!) signature[k] = value;
    }
  }
  return signature;
}

function hasPorts(trafficClass: number): boolean {
  return (
    trafficClass !== CLASS_ARP_REQUEST &&
    trafficClass !== CLASS_ICMP_REQUEST &&
    trafficClass !== CLASS_IP_PROTOCOL &&
    trafficClass !== CLASS_OS_DETECTION
  );
}
