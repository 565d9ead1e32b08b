/** What to expect next: the entries of the table that fit the leading reading and these facts. */
import type { Hypothesis, Outlook, Severity } from "../model/assessment.ts";
import { SEVERITIES } from "../model/assessment.ts";
import type { Facts } from "./facts.ts";
import { OUTLOOK_TABLE, type OutlookEntry } from "./outlook-table.ts";

type OutlookId = (typeof OUTLOOK_TABLE)[number]["id"];

/** Entries that hold only where more is known than the reading. */
const CONDITIONS: Partial<Readonly<Record<OutlookId, (facts: Facts, severity: Severity) => boolean>>> = {
  // Measured of spikes: not of the noise that every address gets.
  "new-vulnerability-soon": isSpike,
  "new-vulnerability": isSpike,
  "attack-by-others": ({ scans }) => scans.hostileAnswered > 0,
  "search-goes-on": (facts, severity) => facts.scans.count > 0 && !isSpike(facts, severity),
  "outbreak-doubles": ({ past, scans }) => scans.sources > 1 && (past === null || !past.isJudged || past.uptick !== null),
};

/** Nothing where it is too early to tell. @param hypotheses most probable first. */
export function outlookOf(facts: Facts, hypotheses: readonly Hypothesis[], severity: Severity, tooEarly: boolean): Outlook[] {
  const leading = hypotheses[0]?.id;
  if (tooEarly || leading === undefined || facts.packets === 0) return [];
  const entries: readonly (OutlookEntry & { readonly id: OutlookId })[] = OUTLOOK_TABLE;
  return entries
    .filter(({ id, readings }) => readings.includes(leading) && (CONDITIONS[id]?.(facts, severity) ?? true))
    .map(({ what, horizonSeconds, probability, baseRate, source }) => ({ what, horizonSeconds, probability, baseRate, source }));
}

/** A rise that history shows, or, without history, one that is grave by itself. */
function isSpike({ past }: Facts, severity: Severity): boolean {
  if (past !== null && past.isJudged) return past.uptick !== null;
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf("high");
}
