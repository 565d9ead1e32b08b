/** Detection: activity in, scans and backscatter out. Two passes over the sources: the first judges every one cheaply, the second makes the heaviest scans. */
import { CLASS_ARP_REQUEST, CLASS_CONVERSED, CLASS_RST_SENT, CLASS_SERVED, CLASS_STRAY, LAST_PROBE_CLASS } from "../model/activity.ts";
import type { Activity, SourceView } from "../model/activity.ts";
import type { Network } from "../model/address.ts";
import type { Detection, Scan } from "../model/finding.ts";
import { mix32 } from "../sketch/hash.ts";
import { BackscatterFinder, meetsRsdos } from "./backscatter.ts";
import { byProductReason, isExplainedSweep } from "./by-product.ts";
import type { SourceFacts } from "./by-product.ts";
import { joinDecoys } from "./decoy.ts";
import { DistributedScans } from "./distributed.ts";
import { SCAN_POINTS } from "./fan-out.ts";
import { FloodFinder } from "./flood.ts";
import { findHome } from "./home.ts";
import type { HomeNetworks } from "./home.ts";
import { isWorthLoading, judge, mayJoin } from "./judge.ts";
import { joinMixedFlags } from "./mixed-flags.ts";
import { ProbeSet } from "./probe-set.ts";
import { compareText, MAXIMUM_FINDINGS, Ranking } from "./ranking.ts";
import { ReflectionFinder } from "./reflection.ts";
import { draftScan, finishScan, scanWeight } from "./scan-draft.ts";
import type { ScanDraft } from "./scan-draft.ts";
import { TargetCounter } from "./targets.ts";
import { toolOf } from "./tool.ts";

export { withoutDarkness } from "./darkness.ts";
export { explainAddress } from "./explain.ts";
export { MAXIMUM_FINDINGS } from "./ranking.ts";

export interface DetectOptions {
  /** The defended networks; empty to have them guessed. */
  readonly home: readonly Network[];
  /** One packet of so many was looked at to make the records, and each stands for that many; 1 where all were. */
  readonly sampling?: number;
}

/** Sources whose stealth packets are added up over techniques: bounds memory under a flood. */
const MAXIMUM_JOINERS = 16_384;

/** A source × class that is a scan, found in the first pass. */
interface Candidate {
  readonly weight: number;
  readonly tie: number;
  readonly key: number;
  readonly trafficClass: number;
}

/** Everything detected in an activity. Deterministic: the same activity gives the same lists, however its tables are laid out. */
export function detect(activity: Activity, options: DetectOptions): Detection {
  const sampling = options.sampling ?? 1;
  const { home, networks } = findHome(activity, options.home);
  const distributed = new DistributedScans();
  const backscatter = new BackscatterFinder(sampling);
  const floods = new FloodFinder();
  const reflection = new ReflectionFinder();
  const candidates = judgeAll(activity, networks, { distributed, backscatter, floods, reflection }, sampling);
  const { drafts, targets, dropped } = makeScans(activity, networks, candidates.take(), sampling);
  const scans: Scan[] = [...joinDecoys(drafts).map(finishScan), ...distributed.find(activity)];
  // Each distributed scan counts once; so does a scan with its decoys.
  const scansTotal = candidates.total - dropped - drafts.length + scans.length;
  scans.sort((a, b) => weightOf(b) - weightOf(a) || compareText(a.source, b.source) || compareText(a.technique, b.technique));
  const reflected = reflection.find(activity, meetsRsdos);
  const reflectors = new Set(reflected.found.map(({ victim }) => victim));
  const answers = backscatter.find(activity).filter(({ victim, transport }) => transport !== "udp" || !reflectors.has(victim));
  const allAnswers = [...answers, ...reflected.found].toSorted((a, b) => b.packets - a.packets || compareText(a.victim, b.victim));
  return {
    scans: scans.slice(0, MAXIMUM_FINDINGS),
    scansTotal: Math.max(scans.length, scansTotal),
    scansTotalExact: candidates.isExact,
    floods: floods.find(activity).slice(0, MAXIMUM_FINDINGS),
    backscatter: allAnswers.slice(0, MAXIMUM_FINDINGS),
    backscatterTotal: answers.length + reflected.total,
    targets: targets.summary(),
    home,
  };
}

/** The detectors that look at many sources together. */
interface Crowds {
  readonly distributed: DistributedScans;
  readonly backscatter: BackscatterFinder;
  readonly floods: FloodFinder;
  readonly reflection: ReflectionFinder;
}

/** First pass: which source × class is a scan; what is none goes to the detectors that look at many sources together. */
function judgeAll(
  activity: Activity,
  home: HomeNetworks,
  { distributed, backscatter, floods, reflection }: Crowds,
  sampling: number,
): Ranking<Candidate> {
  const candidates = new Ranking<Candidate>();
  const set = new ProbeSet(sampling);
  const joiners = new Map<number, { points: number; candidates: Candidate[] }>();
  activity.visit(1, (view) => {
    const { trafficClass } = view;
    if (trafficClass > LAST_PROBE_CLASS) {
      backscatter.collect(view);
      return;
    }
    floods.collect(activity, view);
    reflection.collect(view);
    const worth = isWorthLoading(view);
    if (!worth && !distributed.hasRoom) return;
    const key = sourceKey(view);
    const tie = key * 64 + trafficClass;
    set.load(activity, home, view);
    const tool = toolOf(view);
    const verdict = worth ? judge(set, tool !== null) : null;
    if (verdict?.isScan === true) {
      const weight = scanWeight(set, verdict);
      if (candidates.admits(weight, tie)) candidates.offer({ weight, tie, key, trafficClass });
      return;
    }
    if (verdict !== null && mayJoin(set) && (joiners.has(key) || joiners.size < MAXIMUM_JOINERS)) {
      const joiner = joiners.get(key) ?? { points: 0, candidates: [] };
      joiner.points += verdict.fan.points;
      joiner.candidates.push({ weight: scanWeight(set, verdict), tie, key, trafficClass });
      joiners.set(key, joiner);
    }
    backscatter.collect(view);
    distributed.collect(view, set, tool);
  });
  for (const joiner of joiners.values()) {
    if (joiner.points < SCAN_POINTS) continue;
    for (const candidate of joiner.candidates) if (candidates.admits(candidate.weight, candidate.tie)) candidates.offer(candidate);
  }
  return candidates;
}

interface Wanted {
  readonly classes: Set<number>;
  readonly drafts: ScanDraft[];
  readonly facts: SourceFacts;
}

/** Second pass: the scans themselves, with what else is known of their sources. */
function makeScans(
  activity: Activity,
  home: HomeNetworks,
  candidates: readonly Candidate[],
  sampling: number,
): { drafts: ScanDraft[]; targets: TargetCounter; dropped: number } {
  const wanted = new Map<number, Wanted>();
  for (const { key, trafficClass } of candidates) {
    const entry = wanted.get(key) ?? { classes: new Set(), drafts: [], facts: { strays: 0, conversations: 0, resets: 0 } };
    entry.classes.add(trafficClass);
    wanted.set(key, entry);
  }
  const set = new ProbeSet(sampling);
  // A table of 64 KiB answers for most of a million sources that they are not wanted, where the map would miss the cache.
  const mayBeWanted = new Uint8Array(65_536);
  for (const key of wanted.keys()) mayBeWanted[mix32(key >>> 0) & 0xffff] = 1;
  if (wanted.size > 0)
    activity.visit(1, (view) => {
      if (mayBeWanted[mix32(view.word) & 0xffff] === 0) return;
      const entry = wanted.get(sourceKey(view));
      if (entry === undefined) return;
      noteFacts(entry.facts, view);
      if (!entry.classes.has(view.trafficClass)) return;
      set.load(activity, home, view);
      entry.drafts.push(draftScan(activity, view, set, judge(set, toolOf(view) !== null)));
    });
  const targets = new TargetCounter();
  const isDark = (target: number): boolean => !activity.isLive(target);
  const sweeps: { draft: ScanDraft; entry: Wanted }[] = [];
  const drafts: ScanDraft[] = [];
  const keep = (draft: ScanDraft, { facts }: Wanted): void => {
    if (facts.conversations > 0) draft.scan.spoofable = false;
    draft.resets = facts.resets > 0;
    targets.add(draft, isDark);
    drafts.push(draft);
  };
  for (const entry of wanted.values()) {
    for (const draft of joinMixedFlags(entry.drafts)) {
      if (draft.trafficClass === CLASS_ARP_REQUEST) sweeps.push({ draft, entry });
      else if (byProductReason(draft, entry.drafts, entry.facts) === null) keep(draft, entry);
    }
  }
  // Whom the other scans meant must be known before an ARP sweep is told from a router's look-ups for them.
  const swept = sweeps.filter(({ draft }) => !isExplainedSweep(draft, (target) => targets.has(draft.family, target)));
  for (const { draft, entry } of swept) keep(draft, entry);
  return { drafts, targets, dropped: candidates.length - drafts.length };
}

function noteFacts(facts: SourceFacts, view: SourceView): void {
  if (view.trafficClass === CLASS_STRAY) facts.strays += view.contactCount;
  else if (view.trafficClass === CLASS_RST_SENT) facts.resets += view.contactCount;
  else if (view.trafficClass === CLASS_CONVERSED || view.trafficClass === CLASS_SERVED) facts.conversations += view.contactCount;
}

/** Distinct for every address as far as its word is. */
function sourceKey(view: SourceView): number {
  return view.family === 6 ? view.word + 2 ** 32 : view.word;
}

/** Contacts, and those with dark space again. */
function weightOf(scan: Scan): number {
  return scan.contactCount + (scan.targetCount === 0 ? 0 : (scan.contactCount * scan.darkTargetCount) / scan.targetCount);
}
