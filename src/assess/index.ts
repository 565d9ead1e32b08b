/**
 * The judgement: findings and labels to competing readings with the evidence for and against each, severity, confidence and advice.
 * Pure: the same input gives the same answer; nothing is read or sent.
 */
import type { Advice, Assessment, Hypothesis } from "../model/assessment.ts";
import { adviceFor } from "./advice.ts";
import { confidenceOf, isTooEarly } from "./confidence.ts";
import { observe } from "./evidence.ts";
import { OVERLAPS } from "./evidence-table.ts";
import { type Facts, factsOf } from "./facts.ts";
import { HYPOTHESES } from "./hypotheses.ts";
import type { AssessInput } from "./input.ts";
import { countedOf, logRatio } from "./likelihood.ts";
import { missingOf, openQuestions } from "./missing.ts";
import { type NoteInput, noteOf, summaryOf } from "./note.ts";
import { outlookOf } from "./outlook.ts";
import { priorsOf } from "./priors.ts";
import { QUESTIONS } from "./questions.ts";
import { severityOf } from "./severity.ts";
import { type Reasoning, reasonOf, type Tempering } from "./steps.ts";
import { estimativeWords } from "./words.ts";

export type { AssessInput } from "./input.ts";
export { type Keeping, keepingOf } from "./keeping.ts";

/** Weight of evidence: groups are not wholly independent of one another, so that their full product would claim too much. */
const TEMPER: Tempering = { exponent: 0.8, reason: "groups are not wholly independent of one another" };
/** Weight that evidence keeps where it is too early to tell. */
const THIN_INPUT_TEMPER: Tempering = { exponent: 0.5, reason: "too little was seen: readings stay near their priors" };
/** Ratios nearer to 1 than this are not worth a line. */
const WORTH_TELLING = Math.log(1.2);

/** Judges one input. */
export function assess(input: AssessInput): { assessment: Assessment; advice: Advice[] } {
  const facts = factsOf(input);
  const tooEarly = isTooEarly(facts);
  const priors = priorsOf(input.priors);
  const observed = observe(facts);
  const counted = countedOf(observed, OVERLAPS);
  const temper = tooEarly ? THIN_INPUT_TEMPER : TEMPER;
  const reasoning = reasonOf(priors, observed, counted, temper);
  const missing = missingOf(facts, priors, counted, temper.exponent);
  const hypotheses = hypothesesOf(facts, reasoning);
  const severity = severityOf(facts, hypotheses, tooEarly);
  const confidence = confidenceOf(facts, hypotheses, tooEarly);
  const outlook = outlookOf(facts, hypotheses, severity, tooEarly);
  const advice = adviceFor(input, facts, hypotheses, severity, tooEarly);
  const note: NoteInput = { input, facts, hypotheses, severity, tooEarly, confidence, reasoning, missing, outlook, advice };
  return {
    assessment: {
      severity,
      confidence: confidence.confidence,
      limits: confidence.limits,
      summary: summaryOf(note),
      note: noteOf(note),
      tooEarly,
      hypotheses,
      steps: reasoning.steps,
      strongestAgainst: reasoning.strongestAgainst,
      flip: reasoning.flip,
      missing,
      outlook,
    },
    advice,
  };
}

function hypothesesOf(facts: Facts, { probabilities, counted }: Reasoning): Hypothesis[] {
  const open = new Set(openQuestions(facts));
  return HYPOTHESES.map(({ id, asks, missing }): Hypothesis => {
    const probability = probabilities[id];
    const weighed = counted
      .map((item) => ({ sentence: item.sentence, weight: logRatio(item, id) }))
      .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    return {
      id,
      probability,
      words: estimativeWords(probability),
      for: weighed.filter(({ weight }) => weight > WORTH_TELLING).map(({ sentence }) => sentence),
      against: weighed.filter(({ weight }) => weight < -WORTH_TELLING).map(({ sentence }) => sentence),
      missing: [...asks.filter((ask) => open.has(ask)).map((ask) => QUESTIONS[ask].asks), ...missing],
    };
  }).toSorted((a, b) => b.probability - a.probability);
}
