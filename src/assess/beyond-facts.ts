/** Numbers from beyond the input itself: history, other sensors, reputation feeds, campaigns, countries; the companion of facts.ts. */
import type { Spoofing } from "../model/spoofing.ts";
import type { Campaign } from "../model/campaign.ts";
import type { Incident, Uptick } from "../model/incident.ts";
import type { AssessInput } from "./input.ts";

const DAY = 86_400;
/** Independent feeds from which a reputation is evidence, not a hint. */
const AGREEING_FEEDS = 2;

export interface PastFacts {
  /** How long history is before the input's end, days. */
  readonly days: number;
  readonly since: number;
  /** Whether somebody has judged history (watch, replay), so that the silence of its incidents says something. */
  readonly isJudged: boolean;
  /** How far, seconds since 1970; null where it never was. */
  readonly judgedUntil: number | null;
  readonly sensorsAlive: number;
  /** The incident of the same time that is about what was found here, with the series that shows it; null where there is none. */
  readonly incident: Incident | null;
  readonly uptick: Uptick | null;
  /** Whether that series is of the very ports found here, not of a group. */
  readonly isSpecific: boolean;
}

export interface ReputationFacts {
  /** Feeds in use that speak against addresses. */
  readonly feeds: number;
  /** Unacknowledged sources that were looked up, on at least one feed, and on at least two independent ones. */
  readonly asked: number;
  readonly named: number;
  readonly agreed: number;
}

/** Sources that act as one. */
export interface CampaignFacts {
  readonly count: number;
  readonly largest: Campaign;
  /** Members of all campaigns, and of those whose members stay under every threshold. */
  readonly members: number;
  readonly hiddenMembers: number;
}

/** Where most unacknowledged sources are registered, for people only: never weighed. */
export interface CountryFacts {
  readonly country: string;
  readonly sources: number;
  readonly placed: number;
}

/** @param ports series of what was found: "tcp/source/0", most telling first. */
export function pastFacts({ past }: AssessInput, ports: readonly string[]): PastFacts | null {
  if (past === null) return null;
  const found = relevant(past.incidents, ports);
  return {
    days: Math.max(0, (past.until - past.since) / DAY),
    since: past.since,
    isJudged: past.isJudged,
    judgedUntil: past.judged?.until ?? null,
    sensorsAlive: past.sensorsAlive,
    incident: found?.incident ?? null,
    uptick: found?.uptick ?? null,
    isSpecific: found !== null && !found.uptick.series.startsWith("group/"),
  };
}

/** An uptick of telnet says nothing of who asks for port 445: only series of what was found count, single ports before groups. */
function relevant(incidents: readonly Incident[], ports: readonly string[]): { incident: Incident; uptick: Uptick } | null {
  for (const wanted of ports) {
    for (const incident of incidents) {
      const uptick = [incident.leading, ...incident.others].find(({ series }) => series === wanted);
      if (uptick !== undefined) return { incident, uptick };
    }
  }
  return null;
}

export function reputationFacts({ feeds, labels }: AssessInput, sources: Iterable<string>): ReputationFacts {
  const used = feeds.filter(
    ({ kind, condition, entries }) =>
      kind !== "acknowledged" && kind !== "resolver" && entries > 0 && condition !== "refused" && condition !== "absent",
  );
  let [asked, named, agreed] = [0, 0, 0];
  for (const source of sources) {
    const label = labels.get(source);
    if (label === undefined || label.reserved !== null) continue;
    asked++;
    const independent = label.reputation?.independent ?? 0;
    if (independent >= 1) named++;
    if (independent >= AGREEING_FEEDS) agreed++;
  }
  return { feeds: used.length, asked, named, agreed };
}

export function campaignFacts({ detection: { campaigns, campaignsTotal } }: AssessInput): CampaignFacts | null {
  const [largest] = campaigns.toSorted((a, b) => b.memberCount - a.memberCount);
  if (largest === undefined) return null;
  const members = (those: readonly Campaign[]): number => those.reduce((sum, { memberCount }) => sum + memberCount, 0);
  return {
    count: Math.max(campaignsTotal, campaigns.length),
    largest,
    members: members(campaigns),
    hiddenMembers: members(campaigns.filter(({ isHidden }) => isHidden)),
  };
}

export function countryFacts({ labels }: AssessInput, sources: Iterable<string>): CountryFacts | null {
  const counts = new Map<string, number>();
  let placed = 0;
  for (const source of sources) {
    const country = labels.get(source)?.network?.country ?? null;
    if (country === null) continue;
    placed++;
    counts.set(country, (counts.get(country) ?? 0) + 1);
  }
  const [first] = [...counts].toSorted((a, b) => b[1] - a[1]);
  return first === undefined ? null : { country: first[0], sources: first[1], placed };
}

/** The verdict on what matters here: senders of port zero where there are any, else scanners. */
export function spoofingOf({ detection }: AssessInput, isPortZero: boolean): Spoofing | null {
  const of = (subject: Spoofing["subject"]): Spoofing | null => detection.spoofing.find((one) => one.subject === subject) ?? null;
  return (isPortZero ? of("port-zero") : null) ?? of("scans");
}
