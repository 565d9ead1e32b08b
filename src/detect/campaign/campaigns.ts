/** From groups of suspects to campaigns as they are reported. One instance gathers while sources are judged; then it is asked once. */
import type { Activity, SourceView } from "../../model/activity.ts";
import { hashIPv6, parseIPv4, parseIPv6 } from "../../model/address.ts";
import type { Campaign } from "../../model/campaign.ts";
import type { Flood, Scan } from "../../model/finding.ts";
import { WordCounts } from "../../sketch/word-counts.ts";
import type { ProbeSet } from "../probe-set.ts";
import { compareText } from "../ranking.ts";
import { transportOf } from "../technique.ts";
import { findGroups, type Found } from "./find-campaigns.ts";
import { KEPT_TARGETS, Suspects } from "./suspects.ts";

const LISTED = 100;
/** Share of the members that may be scans by themselves where the campaign is hidden: strangers. */
const SCANS_IN_HIDDEN = 0.1;
/** Share of members that floods or decoys explain. */
const EXPLAINED_SHARE = 0.5;

export class CampaignFinder {
  readonly #suspects = new Suspects();

  mayTake(view: SourceView): boolean {
    return this.#suspects.mayTake(view);
  }

  /** Takes a loaded source. */
  collect(set: ProbeSet, view: SourceView, tool: Scan["tool"], isScan: boolean): void {
    this.#suspects.add(set, view.headerMarks, tool, isScan);
  }

  /**
   * The campaigns, heaviest first. Sources of floods and decoys around one scanner also act as one, and are told apart.
   * @param asked an address that is listed among the members of its campaign, however many are more active; null for none
   */
  find(activity: Activity, floods: readonly Flood[], scans: readonly Scan[], asked: string | null): Campaign[] {
    const suspects = this.#suspects;
    suspects.settle();
    const flooded = new Set(floods.map(({ target }) => wordOf(target)));
    const decoys = new Set(
      scans.flatMap(({ source, decoys: companions }) => (companions.length === 0 ? [] : [source, ...companions].map(wordOf))),
    );
    const isExplained = (members: readonly number[]): boolean => {
      let explained = 0;
      for (const at of members) if (decoys.has(suspects.word[at]!) || isFlooding(suspects, at, flooded)) explained++;
      return explained >= EXPLAINED_SHARE * members.length;
    };
    const groups = findGroups(suspects, activity.firstSeen ?? 0, activity.lastSeen ?? 0, isExplained);
    return withoutTwins(groups, suspects).map((found, rank) => describe(activity, suspects, found, `C${rank + 1}`, asked));
  }
}

function isFlooding(suspects: Suspects, at: number, flooded: ReadonlySet<number>): boolean {
  if (flooded.size === 0) return false;
  for (let i = 0; i < suspects.kept[at]!; i++) if (!flooded.has(suspects.targets[at * KEPT_TARGETS + i]!)) return false;
  return true;
}

/** One address has a suspect a class: of two campaigns with mostly the same addresses the heavier stands. */
function withoutTwins(groups: readonly Found[], suspects: Suspects): Found[] {
  const claimed = new Set<number>();
  return groups.filter(({ members }) => {
    const key = (at: number): number => suspects.word[at]! * 2 + (suspects.family(at) === 6 ? 1 : 0);
    const twins = members.filter((at) => claimed.has(key(at))).length;
    if (twins >= EXPLAINED_SHARE * members.length) return false;
    for (const at of members) claimed.add(key(at));
    return true;
  });
}

function describe(activity: Activity, suspects: Suspects, { members, ties }: Found, id: string, asked: string | null): Campaign {
  const { trafficClass, packets, first, last, contacts, targets, kept } = suspects;
  const addressOf = (at: number): string => activity.addressText(suspects.family(at), suspects.word[at]!);
  const named = members
    .map((at) => ({ contacts: contacts[at]!, address: addressOf(at) }))
    .toSorted((a, b) => b.contacts - a.contacts || compareText(a.address, b.address))
    .map(({ address }) => address);
  const listed = named.slice(0, LISTED);
  if (asked !== null && named.includes(asked) && !listed.includes(asked)) listed.push(asked);
  const ports = new WordCounts(64);
  const asksFor = new WordCounts(64);
  let most = 0;
  let listing = 0;
  for (const at of members) {
    most = Math.max(most, suspects.targetCount[at]!);
    for (let i = 0; i < kept[at]!; i++) asksFor.add(targets[at * KEPT_TARGETS + i]!);
    // Ports are read again of some: a member's are few, or as many as it has.
    if (listing++ >= LISTED) continue;
    activity.visitWord(suspects.family(at), suspects.word[at]!, (view) => {
      if (view.trafficClass !== trafficClass[at]) return;
      const { length, port } = view.contacts();
      for (let i = 0; i < length; i++) ports.add(port[i]!);
    });
  }
  const tools = new WordCounts(64);
  for (const at of members) tools.add(suspects.toolCode(at));
  const [commonest] = tools.top(1);
  const isShared = commonest !== undefined && 2 * commonest[1] > members.length;
  const user = isShared ? members.find((at) => suspects.toolCode(at) === commonest[0]) : undefined;
  return {
    id,
    members: listed,
    memberCount: members.length,
    transport: transportOf(trafficClass[members[0]!]!),
    ports: ports.topWords(LISTED),
    portCount: ports.size,
    targetCount: Math.max(asksFor.size, most),
    packets: members.reduce((sum, at) => sum + packets[at]!, 0),
    firstSeen: members.reduce((least, at) => Math.min(least, first[at]!), Number.POSITIVE_INFINITY),
    lastSeen: members.reduce((greatest, at) => Math.max(greatest, last[at]!), Number.NEGATIVE_INFINITY),
    tool: user === undefined ? null : suspects.tool(user),
    portZero: members.some((at) => suspects.probesPortZero(at)),
    isHidden: members.filter((at) => suspects.isScan(at)).length <= SCANS_IN_HIDDEN * members.length,
    ties,
  };
}

/** The word that activity knows an address by. */
function wordOf(address: string): number {
  const word = parseIPv4(address);
  if (word !== null) return word;
  const words = parseIPv6(address);
  return words === null ? -1 : hashIPv6(...words);
}
