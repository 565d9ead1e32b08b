/** Scans that are only the shadow of another: neighbour look-ups for targets that are scanned anyway, odd packets that belong to OS detection. */
import { CLASS_NULL, CLASS_OS_DETECTION, CLASS_SYN, CLASS_TCP_ODD, CLASS_XMAS, CLASS_ICMP_REQUEST, CLASS_UDP } from "../model/activity.ts";
import type { ScanDraft } from "./scan-draft.ts";

/** Share of an ARP sweep's addresses that other scans must explain. */
const EXPLAINED_SHARE = 0.8;
/** Nmap's OS detection sends a host at most so many contacts of one class. */
const OS_CONTACTS_PER_TARGET = 3;

/** What else is known of a source: contacts of its conversations of which one side was seen, and of those it held. */
export interface SourceFacts {
  strays: number;
  conversations: number;
  resets: number;
}

/** Whether an ARP sweep is the look-ups of a router or scanner for hosts that are scanned: `isTarget` tells the targets of other scans. */
export function isExplainedSweep(draft: ScanDraft, isTarget: (target: number) => boolean): boolean {
  let explained = 0;
  const { targets } = draft.contacts;
  for (const target of targets) if (isTarget(target)) explained++;
  return explained >= EXPLAINED_SHARE * targets.length;
}

/** Why a draft is no scan of its own, or null. */
export function byProductReason(draft: ScanDraft, ofSource: readonly ScanDraft[], facts: SourceFacts): string | null {
  const { trafficClass, scan } = draft;
  const osScan = ofSource.find((other) => other.trafficClass === CLASS_OS_DETECTION);
  const osClass =
    trafficClass === CLASS_NULL ||
    trafficClass === CLASS_XMAS ||
    trafficClass === CLASS_TCP_ODD ||
    trafficClass === CLASS_ICMP_REQUEST ||
    trafficClass === CLASS_UDP;
  if (osScan !== undefined && osClass && scan.contactCount <= OS_CONTACTS_PER_TARGET * osScan.scan.targetCount)
    return "packets of the OS detection";
  const unanswered = scan.outcomes.silent === scan.contactCount;
  if (trafficClass === CLASS_SYN && scan.tool === null && unanswered && facts.strays >= scan.contactCount / 2)
    return "conversations of which only this side is recorded";
  // A sampler leaves of some conversations the SYN, of most another packet; a scan has nothing else.
  const talks = facts.strays + facts.conversations;
  if (trafficClass === CLASS_SYN && scan.tool === null && draft.sampling > 1 && talks >= scan.contactCount / 2)
    return "conversations of which the sampler took other packets";
  return null;
}
