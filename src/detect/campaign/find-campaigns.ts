/**
 * Campaigns: sources that act as one. Groups that agree in a key are searched for members that began together against the density of all
 * starts, that shared out their targets, or that keep one list; what ties them is weighed against everybody else in the capture, so that
 * all of Mirai's bots, or all who look for port 23, are no campaign by that alone.
 */
import { affiliatesOf } from "./affiliates.ts";
import { FEWEST_MEMBERS, groupsUnder, KEYS } from "./grouping.ts";
import type { KeyName } from "./grouping.ts";
import { Population } from "./population.ts";
import { startWindows, WIDTHS } from "./start-windows.ts";
import type { StartWindow } from "./start-windows.ts";
import { KEPT_TARGETS, type Suspects } from "./suspects.ts";
import { sameTargets, sharedOut } from "./target-ties.ts";
import type { SameTargets, SharedOut } from "./target-ties.ts";
import { tiesOf } from "./ties.ts";
import type { CampaignTie } from "../../model/campaign.ts";

/** Chance that one campaign of a whole input is none, as log10: what a thousandth of the inputs may show. */
const LOG_ALARM = -3;
/** Share of strangers that may be among the members. */
const MOST_STRANGERS = 0.15;
/** Standard deviations that show sharing out by itself, and the share of meetings that strangers among the members would leave. */
const SHARED_SIGMA = 6;
const MOST_MEETINGS = 0.2;
/** Ties that must join a common start, or a common network, in all. */
const LEAST_OTHER_WEIGHT = 0.7;
/** Weight of all ties, at the least: a member is a thousand times likelier in the campaign than outside. */
const LEAST_WEIGHT = 3;
/** Distinct targets (or ports, of one host) of a campaign: upon one service of one host a crowd is a flood, or its clients. */
const FEWEST_TARGETS = 3;
const FEWEST_PORTS = 3;
/** The same of operating systems' own connections, and where nothing tells of headers: a crowd upon fewer is clients of what is gone. */
const FEWEST_TARGETS_OF_CLIENTS = 10;
/** Contacts a member, on average. */
const CONTACTS_PER_MEMBER = 2;
/** Groups that are weighed: the unlikeliest. */
const MOST_CANDIDATES = 512;

/** A group whose members act as one: indices of suspects. */
export interface Found {
  readonly members: readonly number[];
  readonly ties: readonly CampaignTie[];
  readonly weight: number;
}

interface Group {
  readonly members: number[];
  readonly best: Candidate;
  readonly ties: readonly CampaignTie[];
}

interface Candidate {
  readonly members: readonly number[];
  readonly window: StartWindow | null;
  readonly shared: SharedOut | null;
  readonly same: SameTargets | null;
  /** log10 of the chance of the group, times the groups looked at. */
  readonly logChance: number;
}

/** Finds the groups among settled suspects, heaviest first; no suspect is in two. Times are seconds since 1970. */
export function findGroups(suspects: Suspects, start: number, end: number, isExplained: (members: readonly number[]) => boolean): Found[] {
  if (suspects.length < FEWEST_MEMBERS) return [];
  const population = new Population(suspects, start, end);
  const candidates = KEYS.flatMap((key) => groupsUnder(key, suspects).flatMap((group) => candidatesIn(key, group, population)))
    .toSorted((a, b) => a.logChance - b.logChance || b.members.length - a.members.length || a.members[0]! - b.members[0]!)
    .slice(0, MOST_CANDIDATES);
  return choose(candidates, population, isExplained);
}

function candidatesIn(key: KeyName, group: Uint32Array, population: Population): Candidate[] {
  const looks = Math.log10(population.suspects.length * WIDTHS.length * KEYS.length);
  const found: Candidate[] = [];
  const offer = (members: readonly number[], window: StartWindow | null): void => {
    if (!isManifold(members, population.suspects)) return;
    const shared = sharedOut(members, population);
    const same = sameTargets(members, population);
    const chances = [0];
    if (window !== null && window.expected <= MOST_STRANGERS * window.members.length) chances.push(window.logChance);
    if (shared !== null && shared.sigma >= SHARED_SIGMA && shared.meetings <= MOST_MEETINGS)
      chances.push((-(shared.sigma ** 2) / 2) * Math.LOG10E);
    // Strangers with the same list, among all that there are.
    if (same !== null) chances.push(Math.min(0, same.logChance + Math.log10(population.suspects.length)) * (same.members.length - 1));
    const logChance = Math.min(...chances) + looks;
    const neighbours = key === "network" && window === null;
    if (logChance <= LOG_ALARM || neighbours) found.push({ members, window, shared, same, logChance: Math.min(logChance, LOG_ALARM) });
  };
  for (const window of startWindows(group, population)) offer(window.members, window);
  if (key !== "service" && key !== "maker" && key !== "port-zero") offer([...group], null);
  return found;
}

/** The candidates whose ties are heavy enough, joined where they share members. */
function choose(candidates: readonly Candidate[], population: Population, isExplained: (members: readonly number[]) => boolean): Found[] {
  const campaignOf = new Int32Array(population.suspects.length).fill(-1);
  const groups: Group[] = [];
  for (const candidate of candidates) {
    const free = candidate.members.filter((at) => campaignOf[at] === -1);
    // What was found already needs no second weighing.
    if (free.length === 0 || isExplained(candidate.members)) continue;
    const whole = tiesOf(candidate, population);
    if (!isHeavy(whole)) continue;
    const joined = groupOfMost(candidate.members, campaignOf);
    if (joined !== null) {
      for (const at of free) campaignOf[at] = joined;
      groups[joined]!.members.push(...free);
    } else if (free.length >= FEWEST_MEMBERS) {
      for (const at of free) campaignOf[at] = groups.length;
      groups.push({ members: free, best: candidate, ties: whole });
    }
  }
  return joinAffiliates(groups, campaignOf, population)
    .map(({ members, best, ties }): Found => {
      const isWhole = members.length === best.members.length;
      const said = isWhole
        ? ties
        : tiesOf(
            { members, window: best.window, shared: sharedOut(members, population), same: sameTargets(members, population) },
            population,
          );
      return { members, ties: said, weight: weightOf(said) };
    })
    .toSorted((a, b) => b.weight * b.members.length - a.weight * a.members.length || a.members[0]! - b.members[0]!);
}

/** Takes in who came at another time: single suspects, and groups of which most belong to a heavier one. */
function joinAffiliates(groups: readonly Group[], campaignOf: Int32Array, { suspects }: Population): Group[] {
  const isGone = new Set<number>();
  for (const [number, group] of groups.entries()) {
    if (isGone.has(number)) continue;
    const affiliates = affiliatesOf(group.members, suspects);
    const perGroup = new Map<number, number>();
    for (const at of affiliates) perGroup.set(campaignOf[at]!, (perGroup.get(campaignOf[at]!) ?? 0) + 1);
    for (const at of affiliates) {
      if (campaignOf[at] !== -1) continue;
      campaignOf[at] = number;
      group.members.push(at);
    }
    for (const [other, count] of perGroup) {
      if (other <= number || isGone.has(other) || 2 * count < groups[other]!.members.length) continue;
      isGone.add(other);
      for (const at of groups[other]!.members) campaignOf[at] = number;
      group.members.push(...groups[other]!.members);
    }
  }
  return groups.filter((_, number) => !isGone.has(number));
}

/** A moment or a network alone ties nobody, and neither does likeness alone. */
function isHeavy(ties: readonly CampaignTie[]): boolean {
  const weight = (kinds: readonly CampaignTie["kind"][]): number =>
    ties.reduce((sum, tie) => (kinds.includes(tie.kind) ? sum + tie.weight : sum), 0);
  const likeness = weight(["ports", "tool", "header"]);
  const targets = weight(["targets-shared-out", "same-targets"]);
  const start = weight(["start-and-stop"]);
  const rhythm = weight(["rhythm"]);
  const network = weight(["network"]);
  if (weightOf(ties) < LEAST_WEIGHT) return false;
  if (start > 0 && likeness + targets + rhythm + network >= LEAST_OTHER_WEIGHT) return true;
  if (targets > 0 && likeness + rhythm + network >= LEAST_OTHER_WEIGHT) return true;
  return network > 0 && likeness >= LEAST_OTHER_WEIGHT && rhythm >= LEAST_OTHER_WEIGHT;
}

function weightOf(ties: readonly CampaignTie[]): number {
  return ties.reduce((sum, tie) => sum + tie.weight, 0);
}

/** The group that holds at least half of the members, or null. */
function groupOfMost(members: readonly number[], campaignOf: Int32Array): number | null {
  const counts = new Map<number, number>();
  for (const at of members) if (campaignOf[at]! >= 0) counts.set(campaignOf[at]!, (counts.get(campaignOf[at]!) ?? 0) + 1);
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]);
  return most !== undefined && 2 * most[1] >= members.length ? most[0] : null;
}

/** Whether several things were asked for, and more than once by each. */
function isManifold(members: readonly number[], suspects: Suspects): boolean {
  const { contacts, kept, targets, mainPort, portCount, header } = suspects;
  let sum = 0;
  let clients = 0;
  const distinct = new Set<number>();
  const ports = new Set<number>();
  let most = 0;
  for (const at of members) {
    sum += contacts[at]!;
    if (suspects.hasStack(at) || header[at] === 0) clients++;
    most = Math.max(most, portCount[at]!);
    ports.add(mainPort[at]!);
    for (let i = 0; i < kept[at]! && distinct.size < FEWEST_TARGETS_OF_CLIENTS; i++) distinct.add(targets[at * KEPT_TARGETS + i]!);
  }
  if (sum < CONTACTS_PER_MEMBER * members.length) return false;
  const fewest = 2 * clients > members.length ? FEWEST_TARGETS_OF_CLIENTS : FEWEST_TARGETS;
  return distinct.size >= fewest || most >= FEWEST_PORTS || ports.size >= FEWEST_PORTS;
}
