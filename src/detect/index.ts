/** Detection: activity in, scans and backscatter out. One pass over the sources judges every one cheaply; then the heaviest are looked up again and made into scans. */
import {
  CLASS_ARP_REQUEST,
  CLASS_CONVERSED,
  CLASS_RST_SENT,
  CLASS_SERVED,
  CLASS_STRAY,
  CLASS_UDP,
  LAST_PROBE_CLASS,
} from "../model/activity.ts";
import type { Activity, SourceView } from "../model/activity.ts";
import type { Asset } from "../model/asset.ts";
import { type Network, parseNetwork } from "../model/address.ts";
import type { Detection, Flood, Scan } from "../model/finding.ts";
import { CampaignFinder } from "./campaign/campaigns.ts";
import { BackscatterFinder, meetsRsdos } from "./backscatter.ts";
import { byProductReason, isExplainedSweep } from "./by-product.ts";
import type { SourceFacts } from "./by-product.ts";
import { joinDecoys } from "./decoy.ts";
import { DistributedScans } from "./distributed.ts";
import { SCAN_POINTS } from "./fan-out.ts";
import { FloodFinder } from "./flood.ts";
import { AddressSpace } from "./focus/address-space.ts";
import { findFocus } from "./focus/find-focus.ts";
import { LiveHosts } from "./focus/live-hosts.ts";
import { TargetVotes } from "./focus/target-votes.ts";
import { findHome } from "./home.ts";
import type { HomeNetworks } from "./home.ts";
import { isWorthLoading, judge, mayJoin } from "./judge.ts";
import { joinMixedFlags } from "./mixed-flags.ts";
import { LoneProbeCounter } from "./lone-probes.ts";
import { PersistenceFinder } from "./persistence.ts";
import { ProbeSet } from "./probe-set.ts";
import { compareText, MAXIMUM_FINDINGS, Ranking } from "./ranking.ts";
import { ReflectionFinder } from "./reflection.ts";
import { draftScan, finishScan, NO_CONTACTS, scanWeight } from "./scan-draft.ts";
import type { ScanDraft } from "./scan-draft.ts";
import { Signatures } from "./signatures.ts";
import { judgeSpoofing } from "./spoofing/spoofing.ts";
import { classOf, familyOfKey, keyOf, sourceClass, sourceKey, wordOfKey } from "./source-class.ts";
import { TargetCounter } from "./targets.ts";
import { toolOf } from "./tool.ts";
import { UdpFloods } from "./udp-flood.ts";

export { explainAddress } from "./explain.ts";
export { mannersOf } from "./manners.ts";
export { MAXIMUM_FINDINGS } from "./ranking.ts";

export interface DetectOptions {
  /** The defended networks; empty to have them guessed. */
  readonly home: readonly Network[];
  /** What the defended networks hold, where the owner says. */
  readonly assets?: readonly Asset[];
  /** One packet of so many was looked at to make the records, and each stands for that many; 1 where all were. */
  readonly sampling?: number;
  /** The same of the records that stand for most packets, where only some were sampled. */
  readonly greatestSampling?: number;
  /** Whether the records can show that a probe was answered; without it nothing is said of silence and darkness. */
  readonly showsOutcomes?: boolean;
  /** The heaviest scans get their evidence and the texts of their targets; so many of them, where not all. */
  readonly detailed?: number;
  /** An address that is named among the members of its campaign, however many are more active. */
  readonly asked?: string | null;
}

/** Sources whose stealth packets are added up over techniques: bounds memory under a flood. */
const MAXIMUM_JOINERS = 16_384;

/** Classes of probes are below 16, so that a bit each fits a word. */
const ARP_BIT = 1 << CLASS_ARP_REQUEST;

/** Everything detected in an activity. Deterministic: the same activity gives the same lists, however its tables are laid out. */
export function detect(activity: Activity, options: DetectOptions): Detection {
  const sampling = options.sampling ?? 1;
  const { home, networks } = findHome(activity, options.home);
  const set = new ProbeSet(sampling, options.showsOutcomes);
  const distributed = new DistributedScans(set.tellsSilence);
  const backscatter = new BackscatterFinder(sampling, options.greatestSampling, home.guessed ? 0 : networks.sizeIPv4);
  const floods = new FloodFinder(sampling, options.greatestSampling);
  const loneProbes = new LoneProbeCounter();
  const udpFloods = new UdpFloods(options.greatestSampling ?? sampling);
  const reflection = new ReflectionFinder();
  const campaigns = new CampaignFinder();
  const persistence = new PersistenceFinder(sampling, options.showsOutcomes === false);
  const space = new AddressSpace(
    home.networks.flatMap((text) => parseNetwork(text) ?? []),
    options.assets ?? [],
  );
  const liveHosts = new LiveHosts(space);
  const crowds = { distributed, loneProbes, backscatter, floods, udpFloods, reflection, campaigns, persistence, liveHosts };
  const candidates = judgeAll(activity, networks, crowds, set);
  const byBots = udpFloods.find(activity);
  const names = candidates.take();
  const hosts = liveHosts.find(activity, new Set(Array.from(names, keyOf)));
  const votes = new TargetVotes(
    space,
    (target, stretch) => {
      const said = space.exposureOf(stretch);
      return said === null ? hosts.has(target) : said === "live";
    },
    space.size,
  );
  const { drafts, signatures, targets, dropped } = makeScans(activity, networks, names, set, votes, udpFloods);
  const shared = distributed.find(activity, votes);
  const found: { scan: Scan; draft: ScanDraft | null }[] = [
    ...joinDecoys(drafts, signatures).map((draft) => ({ scan: draft.scan, draft })),
    ...shared.map((scan) => ({ scan, draft: null })),
  ];
  // Each distributed scan counts once; so does a scan with its decoys.
  const scansTotal = candidates.total - dropped - drafts.length + found.length;
  const summary = targets.summary();
  // Estimates differ: no scan has more targets than all of them together.
  for (const { scan } of drafts) if (scan.targetCount > summary.count) limitTargets(scan, summary.count);
  const scans = found
    .sort((a, b) => compareScans(a.scan, b.scan))
    .slice(0, MAXIMUM_FINDINGS)
    .map(({ scan, draft }, rank) => (draft === null ? scan : finishScan(activity, draft, rank < (options.detailed ?? MAXIMUM_FINDINGS))));
  const flooded = joinFloods(floods.find(activity), byBots);
  const together = campaigns.find(activity, flooded, scans, options.asked ?? null);
  const reflected = reflection.find(activity, networks, meetsRsdos);
  const reflectors = new Set(reflected.found.map(({ victim }) => victim));
  const answers = backscatter.find(activity).filter(({ victim, transport }) => transport !== "udp" || !reflectors.has(victim));
  const allAnswers = [...answers, ...reflected.found].toSorted((a, b) => b.packets - a.packets || compareText(a.victim, b.victim));
  return {
    scans,
    scansTotal: Math.max(found.length, scansTotal),
    scansTotalExact: candidates.isExact,
    floods: flooded.slice(0, MAXIMUM_FINDINGS),
    backscatter: allAnswers.slice(0, MAXIMUM_FINDINGS),
    backscatterTotal: answers.length + reflected.total,
    persistence: persistence.find(activity),
    persistenceTotal: persistence.total,
    loneProbes: loneProbes.find(shared, flooded),
    targets: summary,
    campaigns: together.slice(0, MAXIMUM_FINDINGS),
    campaignsTotal: together.length,
    spoofing: judgeSpoofing(activity, scans, flooded, home),
    focus: findFocus({ space, votes, hosts, isHomeGuessed: home.guessed, tellsSilence: set.tellsSilence, scans }),
    home,
  };
}

/** The detectors that look at many sources together. */
interface Crowds {
  readonly distributed: DistributedScans;
  readonly loneProbes: LoneProbeCounter;
  readonly backscatter: BackscatterFinder;
  readonly floods: FloodFinder;
  readonly udpFloods: UdpFloods;
  readonly reflection: ReflectionFinder;
  readonly campaigns: CampaignFinder;
  readonly persistence: PersistenceFinder;
  readonly liveHosts: LiveHosts;
}

/** First pass: which source × class is a scan; what is none goes to the detectors that look at many sources together. */
function judgeAll(
  activity: Activity,
  home: HomeNetworks,
  { distributed, loneProbes, backscatter, floods, udpFloods, reflection, campaigns, persistence, liveHosts }: Crowds,
  set: ProbeSet,
): Ranking {
  const candidates = new Ranking();
  const joiners = new Map<number, { points: number; weights: number[]; names: number[] }>();
  activity.visit(1, (view) => {
    const { trafficClass } = view;
    liveHosts.collect(view);
    if (trafficClass > LAST_PROBE_CLASS) {
      if (trafficClass === CLASS_SERVED || trafficClass === CLASS_CONVERSED) {
        floods.noteTalk();
        udpFloods.noteTalk();
        persistence.noteTalk();
      }
      backscatter.collect(view);
      return;
    }
    floods.collect(view);
    udpFloods.collect(activity, home, view);
    reflection.collect(view);
    persistence.collect(view);
    const worth = isWorthLoading(view);
    const maySuspect = campaigns.mayTake(view);
    if (!worth && !maySuspect && !distributed.hasRoom) return;
    set.load(activity, home, view);
    const tool = toolOf(view);
    const verdict = worth ? judge(set, tool !== null) : null;
    const key = sourceKey(view);
    const name = sourceClass(key, trafficClass);
    if (maySuspect) campaigns.collect(set, view, tool, verdict?.isScan === true);
    if (verdict?.isScan === true) {
      candidates.offer(scanWeight(set, verdict), name);
      return;
    }
    if (verdict !== null && mayJoin(set) && (joiners.has(key) || joiners.size < MAXIMUM_JOINERS)) {
      const joiner = joiners.get(key) ?? { points: 0, weights: [], names: [] };
      joiner.points += verdict.fan.points;
      joiner.weights.push(scanWeight(set, verdict));
      joiner.names.push(name);
      joiners.set(key, joiner);
    }
    backscatter.collect(view);
    distributed.collect(set, tool);
    // Amplifiers answer, whatever port they are aimed at.
    if (2 * view.amplifierPackets < view.packets) loneProbes.collect(activity, home, set, tool);
  });
  for (const joiner of joiners.values()) {
    if (joiner.points < SCAN_POINTS) continue;
    for (const [at, name] of joiner.names.entries()) candidates.offer(joiner.weights[at]!, name);
  }
  return candidates;
}

/** Looks up the sources of the candidates, and makes their scans, with what else is known of them. */
function makeScans(
  activity: Activity,
  home: HomeNetworks,
  candidates: Float64Array,
  set: ProbeSet,
  votes: TargetVotes,
  floods: UdpFloods,
): { drafts: ScanDraft[]; signatures: Signatures; targets: TargetCounter; dropped: number } {
  /** By source, a bit a class. */
  const wanted = new Map<number, number>();
  for (const name of candidates) wanted.set(keyOf(name), (wanted.get(keyOf(name)) ?? 0) | (1 << classOf(name)));
  const targets = new TargetCounter();
  const isDark = (target: number): boolean => set.tellsSilence && !activity.isLive(target);
  const drafts: ScanDraft[] = [];
  const keep = (draft: ScanDraft, facts: SourceFacts): void => {
    if (isPartOfFlood(draft, floods)) return;
    if (facts.conversations > 0) draft.scan.spoofable = false;
    draft.resets = facts.resets > 0;
    targets.add(draft, isDark);
    // Who asks by ARP is on the link itself, and can ask nowhere else.
    if (draft.trafficClass !== CLASS_ARP_REQUEST) votes.add(sourceKey(draft), draft.family, draft.contacts.targets, draft.contacts.scale);
    draft.contacts = NO_CONTACTS;
    drafts.push(draft);
  };
  // ARP sweeps are drafted twice.
  const signatures = new Signatures(2 * candidates.length);
  const draftsOf = (key: number, classes: number): Drafts => draftSource(activity, home, set, signatures, key, classes);
  for (const [key, classes] of wanted) {
    const { drafts: ofSource, facts } = draftsOf(key, classes & ~ARP_BIT);
    for (const draft of joinMixedFlags(ofSource)) if (byProductReason(draft, ofSource, facts) === null) keep(draft, facts);
  }
  // Whom the other scans meant must be known before an ARP sweep is told from a router's look-ups for them.
  const sweeps = [...wanted].flatMap(([key, classes]) => ((classes & ARP_BIT) === 0 ? [] : key));
  const own = sweeps.filter((key) => {
    const [sweep] = draftsOf(key, ARP_BIT).drafts;
    return sweep !== undefined && !isExplainedSweep(sweep, (target) => targets.has(sweep.family, target));
  });
  for (const key of own) {
    const { drafts: ofSource, facts } = draftsOf(key, ARP_BIT);
    for (const sweep of ofSource) keep(sweep, facts);
  }
  return { drafts, signatures, targets, dropped: candidates.length - drafts.length };
}

/** Who only takes part in a flood of one host's ports scans nothing. */
function isPartOfFlood({ trafficClass, family, contacts: { targets } }: ScanDraft, floods: UdpFloods): boolean {
  return trafficClass === CLASS_UDP && targets.length > 0 && targets.every((target) => floods.isUpon(family, target));
}

/** Of two floods of UDP upon one host, that of more packets, which holds the other. */
function joinFloods(found: readonly Flood[], byBots: readonly Flood[]): Flood[] {
  const isSame = (a: Flood, b: Flood): boolean => a.target === b.target && a.transport === b.transport;
  const heavier = (a: Flood, others: readonly Flood[]): boolean => !others.some((b) => isSame(a, b) && b.packets > a.packets);
  const bots = byBots.filter((one) => heavier(one, found));
  return [...found.filter((one) => !bots.some((other) => isSame(one, other))), ...bots].toSorted(
    (a, b) => b.sources - a.sources || b.packets - a.packets || compareText(a.target, b.target),
  );
}

interface Drafts {
  readonly drafts: ScanDraft[];
  readonly facts: SourceFacts;
}

/** Drafts of the classes of one source, and what is known of it besides. A lone draft's contacts are those of `set`, until it is loaded again. */
function draftSource(activity: Activity, home: HomeNetworks, set: ProbeSet, signatures: Signatures, key: number, classes: number): Drafts {
  const drafts: ScanDraft[] = [];
  const facts: SourceFacts = { strays: 0, conversations: 0, resets: 0 };
  const isAlone = (classes & (classes - 1)) === 0;
  activity.visitWord(familyOfKey(key), wordOfKey(key), (view) => {
    noteFacts(facts, view);
    if ((classes & (1 << view.trafficClass)) === 0 || view.trafficClass > LAST_PROBE_CLASS) return;
    set.load(activity, home, view);
    const draft = draftScan(activity, view, set, judge(set, toolOf(view) !== null), !isAlone);
    draft.signature = signatures.add(set);
    drafts.push(draft);
  });
  return { drafts, facts };
}

function noteFacts(facts: SourceFacts, view: SourceView): void {
  if (view.trafficClass === CLASS_STRAY) facts.strays += view.contactCount;
  else if (view.trafficClass === CLASS_RST_SENT) facts.resets += view.contactCount;
  else if (view.trafficClass === CLASS_CONVERSED || view.trafficClass === CLASS_SERVED) facts.conversations += view.contactCount;
}

/** Cuts the targets of a scan, and the dark ones with them. */
function limitTargets(scan: ScanDraft["scan"], most: number): void {
  scan.darkTargetCount = Math.round((scan.darkTargetCount * most) / scan.targetCount);
  scan.targetCount = most;
}

/** Heaviest first. */
function compareScans(a: Scan, b: Scan): number {
  return weightOf(b) - weightOf(a) || compareText(a.source, b.source) || compareText(a.technique, b.technique);
}

/** Contacts, and those with dark space again. */
function weightOf(scan: Scan): number {
  return scan.contactCount + (scan.targetCount === 0 ? 0 : (scan.contactCount * scan.darkTargetCount) / scan.targetCount);
}
