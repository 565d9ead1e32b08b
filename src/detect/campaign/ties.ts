/**
 * What members have in common, each as a likelihood ratio for one member: how much likelier it is in a campaign than in an unrelated source
 * of the same transport. Ports, tool and header depend on one another (all of Mirai's bots ask for 23), so each is held against those who
 * share the ones before: nothing counts twice.
 */
import type { CampaignTie } from "../../model/campaign.ts";
import { duration, number, plural } from "../evidence.ts";
import { techniqueOfClass, transportOf } from "../technique.ts";
import type { Population } from "./population.ts";
import type { StartWindow } from "./start-windows.ts";
import type { SameTargets, SharedOut } from "./target-ties.ts";

/** Share of members that must have a thing for it to tie them. */
const MOST = 0.8;
/** Least weight that is worth a sentence: twice as likely. */
export const LEAST_WEIGHT = 0.3;
/** No single tie is worth more: what seems likelier by more than a million is a null that does not fit. */
const GREATEST_WEIGHT = 6;
/** Weight of a common network: neighbours share owners, but infections too. */
const GREATEST_NETWORK_WEIGHT = 3;
/** Strangers added to those who share the earlier ties, in the proportions of all. */
const PRIOR_STRANGERS = 10;
/** Members whose pace lies between this quantile and its counterpart describe the rhythm. */
const PACE_QUANTILE = 0.1;

const ZERO_WORDS = "send from or to port zero";

export interface TieInput {
  readonly members: readonly number[];
  readonly window: StartWindow | null;
  readonly shared: SharedOut | null;
  readonly same: SameTargets | null;
}

/** The ties, heaviest first. */
export function tiesOf(input: TieInput, population: Population): CampaignTie[] {
  return [
    ...likenessTies(input.members, population),
    startTie(input),
    rhythmTie(input.members, population),
    networkTie(input.members, population),
    sharedTie(input),
    sameTie(input),
  ]
    .filter((tie) => tie !== null)
    .filter(({ weight }) => weight >= LEAST_WEIGHT)
    .toSorted((a, b) => b.weight - a.weight || (a.kind < b.kind ? -1 : 1));
}

/** Ports, tool and header, each among the suspects that share those before. */
function likenessTies(members: readonly number[], { suspects }: Population): CampaignTie[] {
  const [first] = members;
  const trafficClass = suspects.trafficClass[first!]!;
  const isMember = new Set(members);
  let strangers: number[] = [];
  for (let at = 0; at < suspects.length; at++) if (suspects.trafficClass[at] === trafficClass && !isMember.has(at)) strangers.push(at);
  const all = strangers;
  const ties: CampaignTie[] = [];
  const ask = (kind: "ports" | "tool" | "header", valueOf: (at: number) => number, words: (value: number) => string): void => {
    const [value, count] = modeOf(members, valueOf);
    if (count < MOST * members.length) return;
    const same = strangers.filter((at) => valueOf(at) === value);
    const overall = (all.filter((at) => valueOf(at) === value).length + 0.5) / (all.length + 1);
    const share = (same.length + overall * PRIOR_STRANGERS) / (strangers.length + PRIOR_STRANGERS);
    const weight = bounded(count / members.length / share, GREATEST_WEIGHT);
    const others = strangers === all ? "the other sources" : "the others like them";
    const common = strangers.length === 0 ? "" : `; ${percent(same.length / strangers.length)} of ${others} do`;
    // Most sources have no tool's mark: that ties nobody, and neither does a header of which nothing is known.
    if (value !== 0 || kind === "ports") ties.push({ kind, weight, sentence: `${among(count, members.length)} ${words(value)}${common}` });
    strangers = same;
  };
  ask(
    "ports",
    (at) => suspects.ports[at]!,
    () => portWords(suspects.mainPort[first!]!, suspects.portCount[first!]!, trafficClass),
  );
  if (!ties.some(({ kind }) => kind === "ports"))
    ask(
      "ports",
      (at) => suspects.mainPort[at]!,
      (port) => `${portWords(port, 1, trafficClass)} more than any other`,
    );
  ask(
    "tool",
    (at) => suspects.toolCode(at),
    () => `carry the mark of ${suspects.tool(members.find((at) => suspects.tool(at) !== null) ?? first!) ?? "no tool"}`,
  );
  ask(
    "header",
    (at) => suspects.headerCode(at),
    (code) =>
      code === 1 ? ZERO_WORDS : `have TCP headers made alike (window, options, first TTL${(code & 1) === 1 ? "), with port zero" : ")"}`,
  );
  if (!ties.some(({ kind }) => kind === "header"))
    ask(
      "header",
      (at) => (suspects.probesPortZero(at) ? 1 : 0),
      () => ZERO_WORDS,
    );
  return ties;
}

function portWords(port: number, count: number, trafficClass: number): string {
  const transport = transportOf(trafficClass);
  const technique = techniqueOfClass(trafficClass, false, false);
  if (transport === "icmp") return "send ICMP requests of one type";
  if (transport === "ip") return "ask for the same IP protocols";
  const service = count === 1 ? `port ${port}` : `the same ${number(count)} ports (${port} among them)`;
  return `ask for ${transport.toUpperCase()} ${service}${transport === "tcp" && technique !== "syn" ? ` with ${technique} packets` : ""}`;
}

function startTie({ window, members }: TieInput): CampaignTie | null {
  if (window === null) return null;
  const { of, expected, from, to, stop, members: together } = window;
  // Of those that agree in the key, so many of the strangers began (and ended) in the same moments.
  const weight = bounded(of / Math.max(Number.MIN_VALUE, expected), GREATEST_WEIGHT);
  const who = stop === null || stop.members === together.length ? "" : `${number(stop.members)} of them `;
  const stopped = stop === null ? "" : ` and ${who}ended within ${duration(stop.to - stop.from)}`;
  return {
    kind: "start-and-stop",
    weight,
    sentence: `${together.length < members.length ? `${number(together.length)} of ${number(members.length)}` : plural(together.length, "member")} began within ${duration(to - from)}${stopped}, where ${few(expected)} ${expected < 2 ? "was" : "were"} to be expected`,
  };
}

function rhythmTie(members: readonly number[], population: Population): CampaignTie | null {
  const paces = members
    .map((at) => population.paceOf(at))
    .filter((pace) => pace !== null)
    .toSorted((a, b) => a - b);
  if (paces.length < MOST * members.length || paces.length < 3) return null;
  const from = paces[Math.floor(PACE_QUANTILE * paces.length)]!;
  const to = paces[Math.ceil((1 - PACE_QUANTILE) * paces.length) - 1]!;
  const share = population.paceShare(from, to, paces.length);
  return {
    kind: "rhythm",
    weight: bounded((1 - 2 * PACE_QUANTILE) / share, GREATEST_WEIGHT),
    sentence: `one packet every ${gap(1 / to)}${gap(1 / to) === gap(1 / from) ? "" : ` to ${gap(1 / from)}`} each; ${percent(share)} of the others keep that pace`,
  };
}

function networkTie(members: readonly number[], { suspects }: Population): CampaignTie | null {
  if (suspects.family(members[0]!) === 6) return null;
  const [network, count] = modeOf(members, (at) => suspects.word[at]! >>> 8);
  if (count < MOST * members.length) return null;
  let same = 0;
  for (let at = 0; at < suspects.length; at++) if (suspects.word[at]! >>> 8 === network) same++;
  const share = (Math.max(0, same - count) + 1) / Math.max(1, suspects.length - count + 1);
  return {
    kind: "network",
    weight: bounded(count / members.length / share, GREATEST_NETWORK_WEIGHT),
    sentence: `${among(count, members.length)} lie in one /24 network, where ${number(same - count)} of the others do`,
  };
}

function sharedTie({ shared }: TieInput): CampaignTie | null {
  if (shared === null || shared.sigma <= 0) return null;
  return {
    kind: "targets-shared-out",
    // A normal tail, for all members together.
    weight: Math.min(GREATEST_WEIGHT, (shared.sigma ** 2 / 2) * Math.LOG10E),
    sentence: `${number(shared.distinct)} of ${plural(shared.contacts, "contact")} went to different targets; independent sources would have met in more of them (${number(shared.expected)} to be expected, ${shared.sigma.toFixed(1)} standard deviations)`,
  };
}

function sameTie({ same, members }: TieInput): CampaignTie | null {
  if (same === null) return null;
  return {
    kind: "same-targets",
    weight: Math.min(GREATEST_WEIGHT, -same.logChance),
    sentence: `${among(same.members.length, members.length)} ask for the same ${plural(same.targets.length, "target")}${same.targets.length >= 32 ? " and more" : ""}, which others do not ask for together`,
  };
}

/** The commonest value, the smaller among equals, and how many have it. */
function modeOf(members: readonly number[], valueOf: (at: number) => number): [value: number, count: number] {
  const counts = new Map<number, number>();
  for (const at of members) counts.set(valueOf(at), (counts.get(valueOf(at)) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [0, 0];
}

function bounded(ratio: number, most: number): number {
  return Math.min(most, Math.log10(Math.max(Number.MIN_VALUE, ratio)));
}

function among(count: number, all: number): string {
  return count === all ? `all ${number(all)}` : `${number(count)} of ${number(all)}`;
}

function percent(share: number): string {
  if (share === 0) return "none";
  return share < 0.001 ? "under 0.1 %" : `${share < 0.1 ? (100 * share).toFixed(1) : Math.round(100 * share)} %`;
}

function few(expected: number): string {
  return expected < 0.01 ? "hardly one" : expected < 10 ? expected.toFixed(expected < 1 ? 2 : 1) : number(expected);
}

function gap(seconds: number): string {
  return seconds < 10 ? `${Number(seconds.toPrecision(2))} s` : duration(seconds);
}
