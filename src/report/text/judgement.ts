/** The readings with their evidence, what to do about them, and what the report cannot tell. */
import type { Advice, Hypothesis } from "../../model/assessment.ts";
import type { Report } from "../../model/report.ts";
import { limits } from "../limits.ts";
import { portZeroWords } from "../port-zero-words.ts";
import { refsBySentence } from "../note-words.ts";
import { count, percent } from "../quantity.ts";
import { HYPOTHESIS_TITLES } from "../wording.ts";
import { wrap } from "./display-width.ts";
import type { Screen } from "./screen.ts";

/** Readings shown in full: the leading ones that are more than a remote chance. */
const LEADING = 3;
const WORTH_SHOWING = 0.15;
const WORTH_NAMING = 0.02;
const BAR_COLUMNS = 20;
/** A piece of evidence: a sentence of some length, never cut in its middle where it can be helped. */
const EVIDENCE_LINES = 3;
/** Columns before the text of a piece of advice. */
const ADVICE_INDENT = 5;
/** A table of nft rules is copied whole or not at all. */
const RULE_LINES = 16;
/** "Forgotten", the longest topic of the footer. */
const TOPIC_COLUMNS = 9;

export function writeReadings(screen: Screen, report: Report): void {
  const { hypotheses } = report.assessment;
  const [first] = hypotheses;
  if (first === undefined || report.input.firstSeen === null) return;
  if (isQuiet(report)) {
    screen.heading("Readings", `${HYPOTHESIS_TITLES[first.id]}, ${first.words} (${percent(first.probability)})`);
    writeMissing(screen, first, 2);
    return;
  }
  const leading = hypotheses.filter((hypothesis, index) => index === 0 || (index < LEADING && hypothesis.probability >= WORTH_SHOWING));
  screen.heading("Readings", "what it may mean, most probable first");
  const told = new Set<string>();
  const refs = refsBySentence(report.assessment);
  const hasNote = report.assessment.note.length > 0;
  for (const [rank, hypothesis] of leading.entries()) {
    const numbered = (lines: readonly string[]): string[] => lines.map((line) => (refs.has(line) ? `${refs.get(line)}: ${line}` : line));
    writeHypothesis(screen, { ...hypothesis, for: numbered(hypothesis.for), against: numbered(hypothesis.against) }, told);
    if (rank === 0 && !hasNote) writeMissing(screen, hypothesis, 9);
  }
  const rest = hypotheses.slice(leading.length).filter((hypothesis) => hypothesis.probability >= WORTH_NAMING);
  if (rest.length === 0) return;
  const words = rest.map((hypothesis) => `${HYPOTHESIS_TITLES[hypothesis.id]} ${percent(hypothesis.probability)}`);
  screen.pieces(words, { mark: { text: "Also weighed:", style: "dim" }, style: "dim" });
}

export function writeAdvice(screen: Screen, report: Report): void {
  if (report.advice.length === 0) return;
  screen.heading("What to do now", "");
  for (const [index, advice] of report.advice.entries()) {
    const mark = { text: `${index + 1}.`, style: "bold" } as const;
    const lead = { text: advice.action, style: "bold" } as const;
    screen.paragraph(reasonThatFits(screen, advice), { mark, lead, style: "dim", maxLines: 4 });
    for (const rule of advice.rules.slice(0, RULE_LINES)) screen.verbatim(rule, 5, "cyan");
    const more = advice.rules.length - RULE_LINES;
    if (more > 0) screen.paragraph(`… and ${count(more)} more lines; --format md or html has them all`, { indent: 5, style: "dim" });
  }
}

export function writeLimits(screen: Screen, report: Report): void {
  screen.blank();
  const quiet = isQuiet(report);
  for (const { topic, words, serious } of limits(report, { brief: true })) {
    // Where no address is named, no list was needed.
    if (quiet && topic === "Lists") continue;
    const mark = { text: topic.padEnd(TOPIC_COLUMNS), style: serious ? ("yellow" as const) : ("dim" as const) };
    screen.paragraph(words, { indent: 0, mark, style: serious ? "yellow" : "dim", maxLines: 4 });
  }
}

/** As many clauses of the reason as end on the second line; the other formats have all of it. */
function reasonThatFits(screen: Screen, { action, reason }: Advice): string {
  const clauses = reason.split(/(?<=[.;:]) /);
  const text = (taken: number): string => clauses.slice(0, taken).join(" ").replace(/[;:]$/, ".");
  let taken = clauses.length;
  while (taken > 0 && wrap(`${screen.clean(action)} ${screen.clean(text(taken))}`, screen.width - ADVICE_INDENT).length > 2) taken--;
  return text(taken);
}

/** Nothing was found: then the report is short. */
function isQuiet(report: Report): boolean {
  const { verdict } = portZeroWords(report.portZero);
  const found = report.scansTotal + report.backscatterTotal > 0 || (verdict !== "absent" && verdict !== "artefact");
  return !found && report.assessment.hypotheses[0]?.id === "ordinary";
}

function writeHypothesis(screen: Screen, hypothesis: Hypothesis, told: Set<string>): void {
  const { probability } = hypothesis;
  const fraction = Number.isFinite(probability) ? Math.min(1, Math.max(0, probability)) : 0;
  const filled = Math.round(fraction * BAR_COLUMNS);
  screen.line(
    [
      { text: `  ${percent(probability).padStart(5)}  ` },
      { text: HYPOTHESIS_TITLES[hypothesis.id], style: "bold" },
      { text: `, ${hypothesis.words}` },
    ],
    [
      { text: "█".repeat(filled), style: "cyan" },
      { text: "░".repeat(BAR_COLUMNS - filled), style: "dim" },
    ],
  );
  writeEvidence(screen, hypothesis.for, { text: "for", style: "green" }, told);
  writeEvidence(screen, hypothesis.against, { text: "against", style: "red" }, told);
}

function writeMissing(screen: Screen, hypothesis: Hypothesis, indent: number): void {
  const [most, ...more] = hypothesis.missing;
  if (most === undefined) return;
  screen.paragraph(counting(most, more.length), { indent, mark: { text: "missing", style: "dim" }, maxLines: EVIDENCE_LINES });
}

/** The strongest evidence that was not told yet, the rest counted; or, where all was told, the strongest again in one line. */
function writeEvidence(
  screen: Screen,
  evidence: readonly string[],
  mark: { text: string; style: "green" | "red" },
  told: Set<string>,
): void {
  const fresh = evidence.find((sentence) => !told.has(sentence));
  const sentence = fresh ?? evidence[0];
  if (sentence === undefined) return;
  const words = counting(sentence, evidence.length - 1);
  screen.paragraph(fresh === undefined ? `as above: ${words}` : words, {
    indent: 9,
    mark: { ...mark, text: mark.text.padEnd(7) },
    maxLines: fresh === undefined ? 1 : EVIDENCE_LINES,
  });
  told.add(sentence);
}

function counting(sentence: string, more: number): string {
  return more > 0 ? `${sentence} (+${count(more)})` : sentence;
}
