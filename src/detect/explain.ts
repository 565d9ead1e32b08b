/** Why an address was labelled as it was, or was not: every class of its traffic with its numbers, and each rule's word on it. */
import { CLASS_NAMES, LAST_PROBE_CLASS, OUTCOME_ANSWERED, OUTCOME_REFUSED, OUTCOME_UNREACHABLE, TOOLS } from "../model/activity.ts";
import type { Activity, Contacts, SourceView } from "../model/activity.ts";
import { parseNetwork } from "../model/address.ts";
import type { ExplainedClass, Explanation } from "../model/explanation.ts";
import type { Detection, Outcomes, Scan } from "../model/finding.ts";
import type { AddressLabels } from "../model/label.ts";
import { findHome } from "./home.ts";
import { judge } from "./judge.ts";
import { ProbeSet } from "./probe-set.ts";
import { toolOf } from "./tool.ts";

const SHOWN_PORTS = 20;
const SHOWN_TARGETS = 5;

/** Explains one address; `classes` is empty where it was never seen. */
export function explainAddress(activity: Activity, detection: Detection, address: string, labels: AddressLabels): Explanation {
  const classes: ExplainedClass[] = [];
  const verdicts = detection.scans.filter((scan) => isIn(scan, address)).map(scanVerdict);
  for (const found of detection.backscatter) {
    if (found.victim === address) verdicts.push(`Victim of forged traffic elsewhere: ${found.evidence.join("; ")}.`);
  }
  const given = detection.home.guessed ? [] : detection.home.networks.flatMap((text) => parseNetwork(text) ?? []);
  const { networks } = findHome(activity, given);
  const set = new ProbeSet();
  activity.visitAddress(address, (view) => {
    classes.push(explainClass(activity, view));
    if (view.trafficClass > LAST_PROBE_CLASS) return;
    set.load(activity, networks, view);
    const { isScan, reason } = judge(set, toolOf(view) !== null);
    if (!isScan && reason !== null) verdicts.push(`${CLASS_NAMES.get(view.trafficClass) ?? "Other"}: no scan of its own: ${reason}.`);
  });
  if (classes.length === 0) verdicts.push("The address was not seen, neither sending nor answered.");
  else if (verdicts.length === 0) verdicts.push("Nothing it sent opens a conversation: it only answered, or was only answered.");
  return { address, labels, classes, verdicts };
}

function isIn(scan: Scan, address: string): boolean {
  return scan.source === address || scan.members.includes(address) || scan.decoys.includes(address);
}

function scanVerdict(scan: Scan): string {
  const what = `${scan.kind} scan, technique ${scan.technique}${scan.tool === null ? "" : `, tool ${scan.tool.name}`}`;
  return `${what}: ${scan.evidence.join("; ")}.`;
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
    name: CLASS_NAMES.get(view.trafficClass) ?? `class ${view.trafficClass}`,
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
