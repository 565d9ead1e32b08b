/** How far the judgement can be relied on: amount and quality of evidence (ICD 203 keeps this apart from likelihood), and when it is too early to tell. */
import type { Confidence, Hypothesis } from "../model/assessment.ts";
import type { Facts } from "./facts.ts";
import { hasFinding } from "./found.ts";
import { count } from "./words.ts";

/** Distinct contacts, port-zero targets and answers below which nothing can be told of a purpose. Stated judgement. */
const ENOUGH_CONTACTS = 10;
/** A burst needs more contacts than a longer watch. */
const SHORT_SPAN_SECONDS = 5;
const ENOUGH_IN_SHORT_SPAN = 30;
/** Packets without findings below which its silence means nothing. */
const ENOUGH_PACKETS = 20;
/** Share of records unread from which they may hide anything. */
const MUCH_SKIPPED = 0.1;
/** Share of records lost between exporter and collector from which counts mean less. */
const MUCH_LOST = 0.02;

/** Distinct things that speak: contacts of scans, packets of port zero and answers up to their targets, a flood's sources. */
export function evidenceAmount(facts: Facts): number {
  const { scans, portZero, backscatter, floods } = facts;
  const zero = portZero.strong > 0 ? Math.min(portZero.strong, Math.max(portZero.sources, portZero.targets, 1)) : 0;
  // Repetition says something of answers, of malformed headers and of a lone sender, less of everything else.
  const answers = Math.min(backscatter.packets, backscatter.peers * 2 + backscatter.victims * 10);
  const repeated = portZero.malformedShare > 0 || portZero.sources <= 2 ? Math.min(portZero.strong, 100) : 0;
  // Patience is in the repetition.
  const patience = Math.min(facts.persistence?.packets ?? 0, 100);
  // Who floods alone speaks by the number of packets.
  const flood = floods === null ? 0 : Math.max(floods.sources, Math.min(floods.packets, 100));
  return Math.max(scans.contacts, zero, repeated, patience) + answers + backscatter.reflectors + flood;
}

/** Whether the input is too short or too thin to judge what was found, or that nothing was. */
export function isTooEarly(facts: Facts): boolean {
  const { portZero } = facts;
  if (!hasFinding(facts)) return facts.packets + portZero.unconfirmed + portZero.excluded < ENOUGH_PACKETS;
  const amount = evidenceAmount(facts);
  return amount < ENOUGH_CONTACTS || (facts.span < SHORT_SPAN_SECONDS && amount < ENOUGH_IN_SHORT_SPAN);
}

/** Whether most sources may be somebody else: as judged where it was, else where none ever showed that it gets answers. */
export function areForged({ scans, spoofing }: Facts): boolean {
  if (spoofing !== null && spoofing.verdict !== "cannot-tell") return spoofing.verdict !== "real";
  return scans.count > 0 && scans.spoofableSources > scans.sources / 2;
}

export interface ConfidenceReason {
  readonly confidence: Confidence;
  /** What weakens it, a phrase each. */
  readonly limits: readonly string[];
}

/** @param hypotheses most probable first. */
export function confidenceOf(facts: Facts, hypotheses: readonly Hypothesis[], tooEarly: boolean): ConfidenceReason {
  const { scans } = facts;
  const limits: string[] = [];
  const first = hypotheses[0]?.probability ?? 0;
  const margin = first - (hypotheses[1]?.probability ?? 0);
  // Who a forged source is, nobody can tell with high confidence.
  const forged = areForged(facts);
  let points = 0;
  const amount = evidenceAmount(facts);
  if (amount >= 100) points++;
  if (first >= 0.8) points++;
  if (margin < 0.2) {
    points--;
    limits.push("two readings are close");
  }
  if (scans.count > 0) {
    if (scans.outcomesSeen > 0) points++;
    else if (!facts.keeping.showsOutcomes) limits.push("such records cannot show whether a probe was answered");
    else limits.push("no probe's outcome was seen (a one-way or dark view)");
    if (forged) limits.push("most sources may be forged");
    else points++;
    if (facts.homeGuessed) limits.push("the defended networks are guessed");
    else points++;
  } else {
    // Without scans there is less to be wrong about.
    points += facts.packets >= 1000 ? 2 : 1;
  }
  // What others saw at the same time is ground of its own, apart from this input.
  if (facts.past?.isJudged === true && (facts.past.uptick !== null || scans.count > 0)) points++;
  if (facts.reputation.feeds > 0 && facts.reputation.agreed >= facts.reputation.asked / 2 && facts.reputation.asked > 0) points++;
  if (facts.portZero.unconfirmed > facts.portZero.confirmed) {
    points--;
    limits.push("the records cannot prove their ports");
  }
  if (facts.skippedShare > MUCH_SKIPPED) {
    points--;
    limits.push("many records could not be read");
  }
  if (facts.keeping.samplingFactor > 1) {
    points--;
    limits.push(`counts are scaled up from a sample of 1 in ${count(facts.keeping.samplingFactor)}`);
  }
  if (facts.lostShare > MUCH_LOST) {
    points--;
    limits.push("many records were lost on their way from the exporter");
  }
  if (facts.forgotten > 0) {
    points--;
    limits.push("tables were full, so counts are lower bounds");
  }
  if (tooEarly) limits.unshift("too little was seen");
  const confidence = tooEarly || points <= 1 ? "low" : points >= 4 && !forged ? "high" : "moderate";
  return { confidence, limits };
}
