/** `--explain-judgement` as text: the judgement replayed from the priors to the result, a row a step, in the terms of its ratios. */
import type { Assessment, HypothesisId, JudgementStep, Probabilities } from "../model/assessment.ts";
import type { RenderOptions } from "./options.ts";
import { percent } from "./quantity.ts";
import { type Column, Screen } from "./text/screen.ts";
import { HYPOTHESIS_TITLES } from "./wording.ts";

/** Names that fit a column of eight. */
const SHORT_NAMES: Readonly<Record<HypothesisId, string>> = {
  ordinary: "ordinary",
  "vulnerability-search": "search",
  research: "research",
  "worm-or-botnet": "worm",
  backscatter: "backsc.",
  misconfiguration: "misconf.",
  ddos: "DDoS",
  artefact: "artefact",
  fingerprinting: "fingerp.",
  "targeted-reconnaissance": "targeted",
};

/** Lines of at most `options.width` columns (100), but for narrow screens, where rows are cut. */
export function renderJudgement(assessment: Assessment, options: RenderOptions = {}): string {
  const screen = new Screen(options);
  const ids = assessment.hypotheses.map(({ id }) => id);
  const columns: Column[] = [{ title: "" }, ...ids.map((id): Column => ({ title: SHORT_NAMES[id], align: "right" }))];
  screen.paragraph(assessment.summary, { indent: 0, style: "bold" });
  const { steps } = assessment;
  screen.heading("Probabilities", "per cent, after each step at full weight; tempering makes the result");
  screen.table(
    columns,
    steps.flatMap((step) => ("probabilities" in step ? [[nameOf(step), ...ids.map((id) => hundredths(step.probabilities, id))]] : [])),
  );
  screen.heading("Priors", "before any evidence; --priors replaces them");
  const [prior] = steps;
  if (prior?.kind === "prior") {
    const parts = ids.map((id) => `${HYPOTHESIS_TITLES[id]} ${percent(prior.probabilities[id])}`);
    screen.paragraph(parts.join(" · "), { style: "dim" });
  }
  screen.heading("Evidence", "that counts, with its likelihood ratios (1 where none is given)");
  for (const step of steps) if (step.kind === "evidence") writeEvidence(screen, step);
  const aside = steps.filter((step) => step.kind === "set-aside");
  if (aside.length > 0) {
    screen.heading("Set aside", "as dependent: it has the same cause as a stronger piece");
    for (const { id, sentence, because } of aside) screen.paragraph(`${id}, as ${because}: ${sentence}`, { mark: { text: "·" } });
  }
  screen.heading("Tempering", "");
  for (const step of steps)
    if (step.kind === "tempering") screen.paragraph(`All ratios to the power ${step.exponent}, because ${step.reason}.`);
  writeTurns(screen, assessment);
  return screen.toString();
}

function writeEvidence(screen: Screen, step: Extract<JudgementStep, { kind: "evidence" }>): void {
  const { ref, id, group, sentence, source, strength, keeps, overlaps, ratios } = step;
  screen.paragraph(sentence, { mark: { text: ref.padEnd(3), style: "bold" } });
  const odds = Object.entries(ratios)
    .toSorted((a, b) => b[1] - a[1])
    .map(([hypothesis, ratio]) => `${SHORT_NAMES[hypothesis as HypothesisId]} ×${plainNumber(ratio)}`);
  const weight = [
    strength < 1 ? `holds by ${percent(strength)}` : "",
    keeps < 1 ? `keeps ${percent(keeps)} of its weight beside ${overlaps ?? "another group"}` : "",
  ].filter((text) => text !== "");
  screen.paragraph(`${odds.join(" ")}${weight.length === 0 ? "" : ` · ${weight.join(", ")}`}`, { indent: 6 });
  screen.paragraph(`${id} (group ${group}), on the word of: ${source}`, { indent: 6, style: "dim" });
}

function writeTurns(screen: Screen, { strongestAgainst, flip, missing }: Assessment): void {
  screen.heading("What turns it", "");
  screen.paragraph(strongestAgainst === null ? "Nothing seen speaks against it." : `Strongest against: ${strongestAgainst.ref}.`);
  screen.paragraph(
    flip === null
      ? "No single piece of evidence turns it."
      : `Without ${flip.ref}, ${HYPOTHESIS_TITLES[flip.to]} leads (${percent(flip.probability)}).`,
  );
  for (const { what, bits, couldLead } of missing)
    screen.paragraph(
      `Missing: ${what} (${bits < 0.01 ? "under 0.01" : bits.toFixed(2)} bit expected${couldLead === null ? "" : `; may bring ${HYPOTHESIS_TITLES[couldLead]} ahead`}).`,
    );
}

function nameOf(step: JudgementStep): string {
  if (step.kind === "evidence") return step.ref;
  return step.kind === "prior" ? "prior" : "result";
}

function hundredths(probabilities: Probabilities, id: HypothesisId): string {
  const value = 100 * probabilities[id];
  return value > 0 && value < 0.1 ? "<0.1" : value.toFixed(1);
}

function plainNumber(ratio: number): string {
  return String(Number(ratio.toPrecision(2)));
}
