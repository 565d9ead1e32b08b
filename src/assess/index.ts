/**
 * The judgement: findings and labels to competing readings with the evidence for and against each, severity, confidence and advice.
 * Pure: the same input gives the same answer; nothing is read or sent.
 */
import type { Advice, Assessment, Hypothesis } from "../model/assessment.ts";
import { adviceFor } from "./advice.ts";
import { confidenceOf, isTooEarly } from "./confidence.ts";
import { observe } from "./evidence.ts";
import { factsOf } from "./facts.ts";
import { HYPOTHESES } from "./hypotheses.ts";
import type { AssessInput } from "./input.ts";
import { logRatio, type Observed, posterior, strongestOfGroups } from "./likelihood.ts";
import { severityOf } from "./severity.ts";
import { summaryOf } from "./summary.ts";
import { estimativeWords } from "./words.ts";

export type { AssessInput } from "./input.ts";
export { type Keeping, keepingOf } from "./keeping.ts";

/** Weight of evidence: groups are not wholly independent of one another, so that their full product would claim too much. */
const TEMPER = 0.8;
/** Weight that evidence keeps where it is too early to tell: readings stay near their priors. */
const THIN_INPUT_TEMPER = 0.5;
/** Ratios nearer to 1 than this are not worth a line. */
const WORTH_TELLING = Math.log(1.2);

/** Judges one input. */
export function assess(input: AssessInput): { assessment: Assessment; advice: Advice[] } {
  const facts = factsOf(input);
  const tooEarly = isTooEarly(facts);
  const counted = strongestOfGroups(observe(facts));
  const hypotheses = weigh(input, counted, tooEarly ? THIN_INPUT_TEMPER : TEMPER);
  const severity = severityOf(facts, hypotheses, tooEarly);
  const confidence = confidenceOf(facts, hypotheses, tooEarly);
  return {
    assessment: {
      severity,
      confidence: confidence.confidence,
      summary: summaryOf(facts, hypotheses, severity, tooEarly, confidence),
      tooEarly,
      hypotheses,
    },
    advice: adviceFor(input, facts, hypotheses, severity, tooEarly),
  };
}

function weigh(input: AssessInput, counted: readonly Observed[], temper: number): Hypothesis[] {
  const kinds = HYPOTHESES.map((kind) => ({ ...kind, prior: input.priors?.[kind.id] ?? kind.prior }));
  const probabilities = posterior(kinds, counted, temper);
  return kinds
    .map(({ id, missing }, index): Hypothesis => {
      const probability = probabilities[index] ?? 0;
      const weighed = counted
        .map((item) => ({ sentence: item.sentence, weight: logRatio(item, id) }))
        .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
      return {
        id,
        probability,
        words: estimativeWords(probability),
        for: weighed.filter(({ weight }) => weight > WORTH_TELLING).map(({ sentence }) => sentence),
        against: weighed.filter(({ weight }) => weight < -WORTH_TELLING).map(({ sentence }) => sentence),
        missing,
      };
    })
    .toSorted((a, b) => b.probability - a.probability);
}
