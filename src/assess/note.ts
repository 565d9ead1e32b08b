/**
 * The note, as a good analyst writes it (ICD 203: bottom line first, sources and assumptions after): what it is, why, what comes next, what
 * to do. Short sentences, each with what it leads to: references of evidence, or sections of the report.
 */
import type { Advice, Hypothesis, HypothesisId, Missing, NoteSentence, Outlook, ReportSection, Severity } from "../model/assessment.ts";
import { asideOf, bottomLine, capital, readingOf } from "./bottom-line.ts";
import { areForged, type ConfidenceReason } from "./confidence.ts";
import type { EvidenceId } from "./evidence-table.ts";
import type { Facts } from "./facts.ts";
import type { AssessInput } from "./input.ts";
import type { Reasoning } from "./steps.ts";
import { agree, count, date, duration, listed, percent, plural, seriesWords } from "./words.ts";

/** Advice told in the note; all of it stands below it. */
const TOLD_ADVICE = 2;
const REMOTE = 0.05;
/** Expected information of an answer, in bits, below which nobody need wait for it: with two readings it moves 95 % to 96 %. */
const TELLS_LITTLE = 0.05;
/** Share of sources registered in one country from which somebody would make something of it. */
const COUNTRY_SHARE = 0.3;

export interface NoteInput {
  readonly input: AssessInput;
  readonly facts: Facts;
  /** Most probable first. */
  readonly hypotheses: readonly Hypothesis[];
  readonly severity: Severity;
  readonly tooEarly: boolean;
  readonly confidence: ConfidenceReason;
  readonly reasoning: Reasoning;
  readonly missing: readonly Missing[];
  readonly outlook: readonly Outlook[];
  readonly advice: readonly Advice[];
}

/** All sentences in the order in which to read them. */
export function noteOf(note: NoteInput): NoteSentence[] {
  const { facts, hypotheses, severity, tooEarly, advice } = note;
  const cite = citer(note.reasoning.refs);
  const line = bottomLine(facts, hypotheses, severity, tooEarly);
  const sections = sectionsOf(facts, hypotheses[0]?.id ?? "ordinary");
  const told: NoteSentence[] = [{ part: "bottom-line", text: line, leadsTo: [...strongest(note), ...sections] }];
  if (facts.packets === 0 && facts.portZero.unconfirmed === 0) return told;
  const why = (text: string, ids: readonly EvidenceId[], ...others: readonly ReportSection[]): void => {
    if (text !== "") told.push({ part: "why", text, leadsTo: [...cite(ids), ...others] });
  };
  if (!tooEarly) {
    const isInside = facts.scans.sources > 0 && facts.scans.internalSources === facts.scans.sources;
    const isProbed = (facts.scans.count > 0 || facts.portZero.strong > 0) && !isInside;
    why(pastSentence(facts), ["history-record", "history-uptick", "history-quiet"], "past");
    why(sensorsSentence(facts), ["sensors-many", "sensors-one"], "past");
    if (isProbed) {
      why(researchSentence(facts), ["acknowledged-none", "acknowledged-confirmed", "acknowledged-claimed"], "scans");
      why(sectorSentence(note), ["sectors-spread", "group-meant"], "focus");
      why(reputationSentence(facts), ["reputation-hostile", "reputation-clean"], "scans");
      why(notFloodSentence(note), ["no-flood"], "readings");
      // Of a survey it is known who is behind, as far as the names go.
      if (hypotheses[0]?.id !== "research") why(attributionSentence(facts), [], "spoofing", "scans");
    }
    why(asideOf(facts, hypotheses[0]?.id ?? "ordinary"), [], "readings");
    why(confidenceSentence(note), [], "limits");
    why(againstSentence(note), note.reasoning.strongestAgainst === null ? [] : againstIds(note), "readings");
    why(missingSentence(note), [], "readings");
    for (const { text } of nextSentences(note.outlook)) told.push({ part: "next", text, leadsTo: ["outlook"] });
  }
  for (const { action } of advice.slice(0, TOLD_ADVICE)) told.push({ part: "do", text: action, leadsTo: ["advice"] });
  return told;
}

/** What stands in for the note where one sentence must do: the bottom line, its place in history, and what weakens it. */
export function summaryOf(note: NoteInput): string {
  const { facts, hypotheses, severity, tooEarly } = note;
  const line = bottomLine(facts, hypotheses, severity, tooEarly);
  if (tooEarly || (facts.packets === 0 && facts.portZero.unconfirmed === 0)) return line;
  const rank = facts.past?.uptick === null ? "" : pastSentence(facts);
  return [line, rank, asideOf(facts, hypotheses[0]?.id ?? "ordinary"), confidenceSentence(note)].filter((text) => text !== "").join(" ");
}

function citer(refs: ReadonlyMap<string, string>): (ids: readonly EvidenceId[]) => string[] {
  return (ids) => ids.flatMap((id) => refs.get(id) ?? []);
}

/** The two pieces that speak most for it. */
function strongest({ reasoning }: NoteInput): string[] {
  return reasoning.counted.slice(0, 2).flatMap(({ id }) => reasoning.refs.get(id) ?? []);
}

function sectionsOf({ portZero, scans, floods }: Facts, leading: HypothesisId): ReportSection[] {
  if (leading === "backscatter") return ["backscatter"];
  if (leading === "ddos") return floods === null ? ["backscatter"] : ["floods"];
  if (leading === "artefact" || (portZero.strong > 0 && portZero.strong >= scans.packets / 10)) return ["port-zero"];
  return scans.count > 0 ? ["scans"] : ["readings"];
}

/** "It is the highest in 365 days of history: 98 sources in five minutes, where 19 are usual." */
function pastSentence({ past }: Facts): string {
  if (past === null) return "";
  const days = plural(past.days, "day");
  if (past.uptick === null) {
    return past.isJudged
      ? `In ${days} of history nothing of this was out of the ordinary.`
      : past.judgedUntil === null
        ? `History of ${days} was not judged yet, so that it says nothing of this (precursor replay --save judges it).`
        : `History was judged up to ${date(past.judgedUntil)} only, so that it says nothing of this (precursor replay --save judges the rest).`;
  }
  const { record, peak, expected, series } = past.uptick;
  const rank =
    record === null || record.rank > 1
      ? `It is out of the ordinary in ${days} of history`
      : record.ofAll
        ? `It is the highest in all ${days} of history`
        : `It is the highest since ${date(record.since)}`;
  return `${rank}: ${plural(peak, "source")} ${seriesWords(series)} in five minutes, where ${count(expected)} ${agree(expected, "is", "are")} usual.`;
}

function sensorsSentence({ past }: Facts): string {
  const incident = past?.incident ?? null;
  if (past === null || incident === null || !past.isSpecific) return "";
  return incident.sensorsAlive < 2
    ? "Only one sensor was alive, so that nobody knows whether others see it."
    : incident.sensors >= incident.sensorsAlive
      ? `All ${count(incident.sensorsAlive)} sensors see it.`
      : `${count(incident.sensors)} of ${plural(incident.sensorsAlive, "sensor")} ${agree(incident.sensors, "sees", "see")} it.`;
}

function researchSentence({ scans }: Facts): string {
  if (scans.sources === 0) return "";
  if (scans.organisations.length === 0) return "No research scanner explains it.";
  const known = scans.confirmedSources + scans.claimedSources;
  return known >= scans.sources / 2
    ? ""
    : `Research scanners (${listed(scans.organisations.slice(0, 3))}) explain ${count(known)} of ${plural(scans.sources, "source")}.`;
}

function sectorSentence({ input, facts, hypotheses }: NoteInput): string {
  const { focus } = input.detection;
  const test = focus?.tests.find(({ aspect }) => aspect === "sector");
  if (focus !== null && focus.sectors >= 2 && test !== undefined && test.verdict !== "cannot-tell") {
    const numbers = `${count(test.observed)} of ${plural(test.of, test.unit.slice(0, -1))} in ${test.group}, where ${percent(test.expectedShare)} is its share, p ${test.pValue < 0.001 ? "below 0.001" : `= ${test.pValue.toPrecision(2)}`}`;
    return test.verdict === "spread"
      ? `No sector is singled out of ${count(focus.sectors)} (${numbers}).`
      : `One sector is singled out of ${count(focus.sectors)}: ${numbers}.`;
  }
  // Of what prepares nothing, nobody asks.
  if (facts.hostileSources === 0 || ["backscatter", "ddos", "artefact", "ordinary"].includes(hypotheses[0]?.id ?? "")) return "";
  if (focus?.sectors === 1) return "Whether a sector is meant cannot be known: all assets are of one.";
  if (focus !== null && focus.sectors >= 2 && focus.ipv6Targets > 0 && test?.of === 0)
    return "Whether a sector is meant cannot be known: all targets are IPv6 addresses, which are counted and not placed.";
  return focus !== null && focus.sectors >= 2
    ? "Too few targets are in named sectors to tell whether one is meant."
    : "Whether a sector is meant cannot be known: no sectors are given.";
}

function reputationSentence({ reputation: { feeds, asked, named, agreed } }: Facts): string {
  if (feeds === 0 || asked === 0) return "";
  if (named === 0) return `None of ${plural(asked, "source")} is on any of ${plural(feeds, "reputation feed")}.`;
  return `${count(agreed)} of ${plural(asked, "source")} ${agree(agreed, "is", "are")} on at least two independent reputation feeds, ${count(named)} on one or more.`;
}

/** Said where somebody might take it for one: port zero, or many sources. */
function notFloodSentence({ facts, hypotheses }: NoteInput): string {
  const flood = hypotheses.find(({ id }) => id === "ddos")?.probability ?? 0;
  const mistakable = facts.portZero.strong > 0 || facts.hostileSources >= 50;
  return mistakable && flood < REMOTE && hypotheses[0]?.id !== "ordinary"
    ? `It is not DDoS (${hypotheses.find(({ id }) => id === "ddos")?.words}).`
    : "";
}

function attributionSentence(facts: Facts): string {
  const { country, spoofing, hostileSources, scans } = facts;
  if (hostileSources === 0 || scans.internalSources === scans.sources) return "";
  const where =
    country !== null && country.placed >= 3 && country.sources / country.placed >= COUNTRY_SHARE
      ? ` (${country.country} ${percent(country.sources / country.placed)})`
      : "";
  const little = `where they are registered${where} says little about who is behind`;
  if (spoofing?.verdict === "spoofed") return `The addresses are forged: nothing follows from whose they are.`;
  if (spoofing?.verdict === "partly-spoofed")
    return `A part of the addresses is forged, and the others are likely compromised hosts: ${little}.`;
  return areForged(facts)
    ? `The addresses may be forged, and real ones are likely compromised or rented hosts: ${little}.`
    : `The sources are likely compromised or rented hosts: ${little}.`;
}

function confidenceSentence({ facts, hypotheses, confidence: { confidence, limits } }: NoteInput): string {
  const why = limits.length === 0 ? "" : `: ${listed(limits)}`;
  const alone =
    facts.past === null && (facts.scans.count > 0 || facts.portZero.strong > 0)
      ? `${limits.length === 0 ? ", though" : ";"} there is no history and no other sensor to compare with`
      : "";
  return hypotheses[0]?.id === "ordinary" && why === "" ? "" : `Confidence is ${confidence}${why}${alone}.`;
}

function againstIds({ reasoning }: NoteInput): EvidenceId[] {
  return reasoning.counted.filter(({ id }) => reasoning.refs.get(id) === reasoning.strongestAgainst?.ref).map(({ id }) => id as EvidenceId);
}

function againstSentence({ hypotheses, reasoning: { strongestAgainst, flip } }: NoteInput): string {
  if (hypotheses[0]?.id === "ordinary" || hypotheses[0] === undefined) return "";
  const none = hypotheses[0].against.length === 0 ? "Nothing seen speaks against it" : "Little speaks against it";
  const against = strongestAgainst === null ? none : `Strongest against it: ${withoutStop(strongestAgainst.sentence)}`;
  const turn = flip === null ? "no single piece of evidence turns it" : `without ${flip.ref} it would be ${readingOf(flip.to)}`;
  return `${against}; ${turn}.`;
}

function missingSentence({ missing, hypotheses }: NoteInput): string {
  const [first, ...others] = missing;
  if (first === undefined || hypotheses[0]?.id === "ordinary") return "";
  if (first.couldLead === null && first.bits < TELLS_LITTLE) return "Nothing that could still be asked would change it much.";
  const turns = first.couldLead === null ? "" : `, which may make it ${readingOf(first.couldLead)}`;
  const more = others.length === 0 ? "" : `; then ${others[0]!.what.split(":")[0]}`;
  return `What would help most: ${first.what}${turns}${more}.`;
}

/** Entries of the same thing over different times are one sentence. */
function nextSentences(outlook: readonly Outlook[]): { readonly text: string }[] {
  return [...Map.groupBy(outlook, ({ what }) => what)].map(([what, entries]) => {
    const chances = entries.map(({ horizonSeconds, probability }) => {
      const within = horizonSeconds === null ? "" : `within ${duration(horizonSeconds)}`;
      return [probability === null ? "" : chance(probability), within].filter((text) => text !== "").join(" ");
    });
    const said = chances.filter((text) => text !== "").join(", ");
    return { text: `${capital(what)}${said === "" ? "" : `: ${said}`} (${entries[0]?.baseRate ?? ""}).` };
  });
}

function chance({ low, high }: NonNullable<Outlook["probability"]>): string {
  return low === high ? percent(low) : `${percent(low).replace(" %", "")} to ${percent(high)}`;
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
