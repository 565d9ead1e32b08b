/** Why an address was labelled as it was, or was not: every class of its traffic with its numbers, and each rule's word on it. */
import {
  CLASS_ARP_REQUEST,
  CLASS_CONVERSED,
  CLASS_NAMES,
  CLASS_RST_SENT,
  CLASS_SERVED,
  CLASS_STRAY,
  CLASS_SYN,
  FLAGS_UNTOLD_NAME,
  LAST_PROBE_CLASS,
  OUTCOME_ANSWERED,
  OUTCOME_REFUSED,
  OUTCOME_UNREACHABLE,
  TOOLS,
} from "../model/activity.ts";
import type { Activity, Contacts, SourceView } from "../model/activity.ts";
import { parseNetwork } from "../model/address.ts";
import type { ExplainedClass, Explanation } from "../model/explanation.ts";
import type { Campaign } from "../model/campaign.ts";
import type { Detection, Flood, Outcomes, Scan } from "../model/finding.ts";
import type { AddressLabels } from "../model/label.ts";
import { BackscatterFinder } from "./backscatter.ts";
import { byProductReason } from "./by-product.ts";
import type { SourceFacts } from "./by-product.ts";
import { number, plural } from "./evidence.ts";
import { SCAN_POINTS } from "./fan-out.ts";
import { findHome } from "./home.ts";
import { judge, mayJoin } from "./judge.ts";
import { joinMixedFlags } from "./mixed-flags.ts";
import { ProbeSet } from "./probe-set.ts";
import { draftScan } from "./scan-draft.ts";
import type { ScanDraft } from "./scan-draft.ts";
import { techniqueOfClass, tellsNoFlags } from "./technique.ts";
import { toolOf } from "./tool.ts";

const SHOWN_PORTS = 20;
const SHOWN_TARGETS = 5;

/** Explains one address, as `detect` saw it with the same `sampling`; `classes` is empty where it was never seen. */
export function explainAddress(
  activity: Activity,
  detection: Detection,
  address: string,
  labels: AddressLabels,
  sampling: number = 1,
): Explanation {
  const classes: ExplainedClass[] = [];
  const own = detection.scans.filter((scan) => isIn(scan, address));
  const verdicts = own.map((scan) => scanVerdict(scan, address));
  for (const campaign of detection.campaigns) if (campaign.members.includes(address)) verdicts.push(campaignVerdict(campaign));
  for (const found of detection.backscatter) {
    if (found.victim !== address) continue;
    const what = found.isReflector
      ? "Abused as an amplifier"
      : `${found.transport === "udp" && found.peers <= 3 ? "Abused as an amplifier, or a victim" : "Victim"} of forged traffic elsewhere`;
    verdicts.push(`${what}: ${found.evidence.join("; ")}.`);
  }
  for (const flood of detection.floods) {
    if (flood.target === address) verdicts.push(`Target of a flood: ${flood.evidence.join("; ")}.`);
    else if (takesPart(activity, flood, address))
      verdicts.push(
        `One of ${plural(flood.sources, "source")} of the flood on ${flood.target}, and no scanner for that; the address may be forged.`,
      );
  }
  const given = detection.home.guessed ? [] : detection.home.networks.flatMap((text) => parseNetwork(text) ?? []);
  const { networks } = findHome(activity, given);
  const backscatter = new BackscatterFinder(sampling, sampling, given.length === 0 ? 0 : networks.sizeIPv4);
  const facts: SourceFacts = { strays: 0, conversations: 0, resets: 0 };
  const drafts: ScanDraft[] = [];
  const joiners: { draft: ScanDraft; points: number; reason: string }[] = [];
  const set = new ProbeSet(sampling);
  activity.visitAddress(address, (view) => {
    classes.push(explainClass(activity, view));
    backscatter.collect(view);
    noteFacts(facts, view);
    if (view.trafficClass > LAST_PROBE_CLASS) return;
    set.load(activity, networks, view);
    const verdict = judge(set, toolOf(view) !== null);
    if (verdict.isScan) drafts.push(draftScan(activity, view, set, verdict, true));
    else if (mayJoin(set))
      joiners.push({ draft: draftScan(activity, view, set, verdict, true), points: verdict.fan.points, reason: verdict.reason ?? "" });
    else if (verdict.reason !== null)
      verdicts.push(`${nameOf(view.trafficClass, tellsNoFlags(view.contacts()))}: no scan of its own: ${verdict.reason}.`);
  });
  const together = joiners.reduce((sum, joiner) => sum + joiner.points, 0) >= SCAN_POINTS;
  if (together) drafts.push(...joiners.map((joiner) => joiner.draft));
  else
    for (const { draft, reason } of joiners)
      verdicts.push(`${nameOfDraft(draft)}: no scan of its own: ${byProductReason(draft, drafts, facts) ?? reason}.`);
  verdicts.push(...dropVerdicts(detection, own, drafts, facts));
  verdicts.push(...answerVerdicts(activity, detection, backscatter, address));
  if (classes.length === 0) verdicts.push("The address was not seen, neither sending nor answered.");
  else if (verdicts.length === 0) verdicts.push("Nothing it sent opens a conversation: it only answered, or was only answered.");
  return { address, labels, classes, verdicts };
}

function isIn(scan: Scan, address: string): boolean {
  return scan.source === address || scan.members.includes(address) || scan.decoys.includes(address);
}

function scanVerdict(scan: Scan, address: string): string {
  const what = `${scan.kind} scan, technique ${scan.technique}${scan.tool === null ? "" : `, tool ${scan.tool.name}`}`;
  const why = scan.evidence.join("; ");
  if (scan.decoys.includes(address))
    return `Decoy or true source of a scan listed under ${scan.source}, with ${plural(scan.decoys.length, "companion")}: all sent the same probes at the same time, and one of them is true. ${what}: ${why}.`;
  if (scan.kind === "distributed")
    return `One of ${plural(scan.memberCount, "member")} of a distributed scan: too quiet by itself, but part of a whole. ${what}: ${why}.`;
  return `${what}: ${why}.`;
}

function campaignVerdict({ id, memberCount, isHidden, ties }: Campaign): string {
  const hidden = isHidden ? ", each too quiet to be a scan by itself" : "";
  return `Member of campaign ${id}, ${plural(memberCount, "source")} that act as one${hidden}: ${ties.map(({ sentence }) => sentence).join("; ")}.`;
}

/** A light sender to the flooded host, with the flood's kind of packet. */
function takesPart(activity: Activity, flood: Flood, address: string): boolean {
  let found = false;
  activity.visitAddress(address, (view) => {
    if (found || view.trafficClass > LAST_PROBE_CLASS || !mayBe(view.trafficClass, flood.technique)) return;
    if (view.contactCount > SHOWN_TARGETS) return;
    const contacts = view.contacts();
    for (let i = 0; i < contacts.length; i++) if (activity.addressText(view.family, contacts.target[i]!) === flood.target) found = true;
  });
  return found;
}

/** Whether packets of a class may have made a flood of that technique: some of its records may have told flags, most not. */
function mayBe(trafficClass: number, technique: Flood["technique"]): boolean {
  return techniqueOfClass(trafficClass, false, false) === technique || techniqueOfClass(trafficClass, false, true) === technique;
}

function noteFacts(facts: SourceFacts, view: SourceView): void {
  if (view.trafficClass === CLASS_STRAY) facts.strays += view.contactCount;
  else if (view.trafficClass === CLASS_RST_SENT) facts.resets += view.contactCount;
  else if (view.trafficClass === CLASS_CONVERSED || view.trafficClass === CLASS_SERVED) facts.conversations += view.contactCount;
}

/** What became of scans of one class each: joined, a by-product of another, a companion of somebody else's, or cut from the list. */
function dropVerdicts(detection: Detection, own: readonly Scan[], drafts: readonly ScanDraft[], facts: SourceFacts): string[] {
  return joinMixedFlags(drafts).flatMap((draft) => {
    const name = nameOfDraft(draft);
    if (draft.mixed.length > 0) {
      const parts = draft.mixed.map((part) => `${number(part.packets)} ${nameOf(part.trafficClass, false)}`).join(", ");
      return [`Packets with flags at random are one scan, not one a technique: ${parts}.`];
    }
    const reason = byProductReason(draft, drafts, facts);
    if (reason !== null) return [`${name}: no scan of its own: ${reason}.`];
    if (
      own.some(
        (scan) => scan.transport === draft.scan.transport && (scan.technique === draft.scan.technique || scan.kind === "distributed"),
      )
    )
      return [];
    if (draft.trafficClass === CLASS_ARP_REQUEST) return [`${name}: no scan of its own: look-ups for hosts that other scans mean anyway.`];
    return detection.scansTotal > detection.scans.length
      ? [`${name}: a scan, lighter than the ${number(detection.scans.length)} that are listed.`]
      : [];
  });
}

/** Why its answers make it no victim, where they do not. */
function answerVerdicts(activity: Activity, detection: Detection, backscatter: BackscatterFinder, address: string): string[] {
  const listed = new Set(detection.backscatter.filter(({ victim }) => victim === address).map(({ transport }) => transport));
  return backscatter
    .explain(activity)
    .filter(({ transport }) => !listed.has(transport))
    .map(({ transport, reason }) => `Its ${transport.toUpperCase()} answers are no backscatter: ${reason}.`);
}

function nameOf(trafficClass: number, flagsUntold: boolean): string {
  if (trafficClass === CLASS_SYN && flagsUntold) return FLAGS_UNTOLD_NAME;
  return CLASS_NAMES.get(trafficClass) ?? `class ${trafficClass}`;
}

function nameOfDraft({ trafficClass, scan }: ScanDraft): string {
  return nameOf(trafficClass, scan.technique === "tcp-unknown");
}

function explainClass(activity: Activity, view: SourceView): ExplainedClass {
  const contacts = view.contacts();
  const byPort = new Map<number, number>();
  const targets = new Set<number>();
  for (let i = 0; i < contacts.length; i++) {
    const port = contacts.port[i]!;
    byPort.set(port, (byPort.get(port) ?? 0) + 1);
    if (targets.size < SHOWN_TARGETS) targets.add(contacts.target[i]!);
  }
  const topPorts = [...byPort].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, SHOWN_PORTS);
  const tools = TOOLS.flatMap((name, index) => (view.toolPackets(index) > 0 ? [[name, view.toolPackets(index)] as const] : []));
  return {
    name: nameOf(view.trafficClass, tellsNoFlags(view.contacts())),
    packets: view.packets,
    // Estimates where there are many: never more than the packets that made them.
    contacts: Math.min(view.contactCount, view.packets),
    targets: Math.min(view.targetCount, view.contactCount, view.packets),
    ports: view.portCount,
    firstSeen: view.firstSeen,
    lastSeen: view.lastSeen,
    tools: Object.fromEntries(tools),
    outcomes: outcomesOf(contacts),
    topPorts: topPorts.map(([port]) => port),
    sampleTargets: [...targets].map((word) => activity.addressText(view.family, word)),
  };
}

/** An answer outweighs a refusal, and that an error, where a contact was met in several ways. */
function outcomesOf(contacts: Contacts): Outcomes {
  const outcomes = { answered: 0, refused: 0, unreachable: 0, silent: 0 };
  for (let i = 0; i < contacts.length; i++) {
    const bits = contacts.outcome[i]!;
    if ((bits & OUTCOME_ANSWERED) !== 0) outcomes.answered += contacts.scale;
    else if ((bits & OUTCOME_REFUSED) !== 0) outcomes.refused += contacts.scale;
    else if ((bits & OUTCOME_UNREACHABLE) !== 0) outcomes.unreachable += contacts.scale;
    else outcomes.silent += contacts.scale;
  }
  return outcomes;
}
