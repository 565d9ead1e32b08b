/** The readings with their evidence, what to do about them, and what the report cannot tell. */
import type { Hypothesis } from "../../model/assessment.ts";
import type { Report } from "../../model/report.ts";
import { limits } from "../limits.ts";
import { count, percent } from "../quantity.ts";
import { HYPOTHESIS_TITLES } from "../wording.ts";
import type { Screen } from "./screen.ts";

/** Readings shown in full: the leading ones that are not almost ruled out. */
const LEADING = 3;
const WORTH_SHOWING = 0.08;
const WORTH_NAMING = 0.01;
const BAR_COLUMNS = 20;
/** A table of nft rules is copied whole or not at all. */
const RULE_LINES = 16;
/** "Forgotten", the longest topic of the footer. */
const TOPIC_COLUMNS = 9;

export function writeReadings(screen: Screen, report: Report): void {
  const { hypotheses } = report.assessment;
  if (hypotheses.length === 0) return;
  const leading = hypotheses.filter((hypothesis, index) => index === 0 || (index < LEADING && hypothesis.probability >= WORTH_SHOWING));
  screen.heading("Readings", "what it may mean, most probable first");
  for (const [rank, hypothesis] of leading.entries()) writeHypothesis(screen, hypothesis, rank === 0);
  const rest = hypotheses.slice(leading.length).filter((hypothesis) => hypothesis.probability >= WORTH_NAMING);
  if (rest.length === 0) return;
  const words = rest.map((hypothesis) => `${HYPOTHESIS_TITLES[hypothesis.id]} ${percent(hypothesis.probability)}`);
  screen.paragraph(`Also weighed: ${words.join(" · ")}`, { style: "dim", maxLines: 2 });
}

export function writeAdvice(screen: Screen, report: Report): void {
  if (report.advice.length === 0) return;
  screen.heading("What to do now", "");
  for (const [index, advice] of report.advice.entries()) {
    screen.paragraph(advice.action, { mark: { text: `${index + 1}.`, style: "bold" }, style: "bold", maxLines: 2 });
    screen.paragraph(advice.reason, { indent: 5, style: "dim", maxLines: 2 });
    for (const rule of advice.rules.slice(0, RULE_LINES)) screen.verbatim(rule, 5, "cyan");
    const more = advice.rules.length - RULE_LINES;
    if (more > 0) screen.paragraph(`… and ${count(more)} more lines; --format md or html has them all`, { indent: 5, style: "dim" });
  }
}

export function writeLimits(screen: Screen, report: Report): void {
  screen.blank();
  for (const { topic, words, serious } of limits(report)) {
    const mark = { text: topic.padEnd(TOPIC_COLUMNS), style: serious ? ("yellow" as const) : ("dim" as const) };
    screen.paragraph(words, { indent: 0, mark, style: serious ? "yellow" : "dim", maxLines: 3 });
  }
}

function writeHypothesis(screen: Screen, hypothesis: Hypothesis, withMissing: boolean): void {
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
  writeEvidence(screen, hypothesis.for, { text: "for", style: "green" });
  writeEvidence(screen, hypothesis.against, { text: "against", style: "red" });
  if (withMissing) writeEvidence(screen, hypothesis.missing, { text: "missing", style: "dim" });
}

function writeEvidence(screen: Screen, evidence: readonly string[], mark: { text: string; style: "green" | "red" | "dim" }): void {
  const [strongest, ...more] = evidence;
  if (strongest === undefined) return;
  const words = more.length > 0 ? `${strongest} (+${more.length})` : strongest;
  screen.paragraph(words, { indent: 9, mark: { ...mark, text: mark.text.padEnd(7) }, maxLines: 1 });
}
