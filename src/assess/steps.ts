/** How a judgement came about, step by step; and what would have turned it. */
import type { Flip, HypothesisId, JudgementStep, Probabilities } from "../model/assessment.ts";
import { type Counted, leadingOf, type Observed, posteriorOf } from "./likelihood.ts";

/** How much one piece moves the leading reading against the others: log odds with it, less those without. */
interface Ranked {
  readonly item: Counted;
  readonly moves: number;
  readonly without: Probabilities;
}

export interface Reasoning {
  readonly probabilities: Probabilities;
  readonly steps: readonly JudgementStep[];
  /** References ("E1") of the items that count, by id. */
  readonly refs: ReadonlyMap<string, string>;
  /** Strongest for the leading reading first. */
  readonly counted: readonly Counted[];
  readonly strongestAgainst: { readonly ref: string; readonly sentence: string } | null;
  readonly flip: Flip | null;
}

export interface Tempering {
  readonly exponent: number;
  readonly reason: string;
}

/** Moves of log odds below this are not worth calling evidence against. */
const WORTH_TELLING = Math.log(1.1);

/** @param observed all that held, also what does not count. */
export function reasonOf(priors: Probabilities, observed: readonly Observed[], counted: readonly Counted[], temper: Tempering): Reasoning {
  const probabilities = posteriorOf(priors, counted, temper.exponent);
  const leading = leadingOf(probabilities);
  const ranked = counted
    .map((item): Ranked => {
      const without = posteriorOf(
        priors,
        counted.filter((other) => other !== item),
        temper.exponent,
      );
      return { item, moves: logOdds(probabilities[leading]) - logOdds(without[leading]), without };
    })
    .toSorted((a, b) => b.moves - a.moves);
  const refs = new Map(ranked.map(({ item }, index) => [item.id, `E${index + 1}`]));
  const last = ranked.at(-1);
  return {
    probabilities,
    steps: stepsOf(priors, observed, ranked, refs, temper, probabilities),
    refs,
    counted: ranked.map(({ item }) => item),
    strongestAgainst:
      last !== undefined && last.moves < -WORTH_TELLING ? { ref: refs.get(last.item.id) ?? "", sentence: last.item.sentence } : null,
    flip: flipOf(ranked, leading, refs),
  };
}

function stepsOf(
  priors: Probabilities,
  observed: readonly Observed[],
  ranked: readonly Ranked[],
  refs: ReadonlyMap<string, string>,
  { exponent, reason }: Tempering,
  result: Probabilities,
): JudgementStep[] {
  const steps: JudgementStep[] = [{ kind: "prior", probabilities: priors }];
  const applied: Counted[] = [];
  for (const { item } of ranked) {
    applied.push(item);
    const { id, group, source, sentence, strength, keeps, overlaps, ratios } = item;
    const ref = refs.get(id) ?? "";
    steps.push({
      kind: "evidence",
      ref,
      id,
      group,
      source,
      sentence,
      strength,
      keeps,
      overlaps,
      ratios,
      probabilities: posteriorOf(priors, applied),
    });
  }
  for (const { id, group, sentence } of observed) {
    if (refs.has(id)) continue;
    const because = applied.find((other) => other.group === group);
    if (because !== undefined) steps.push({ kind: "set-aside", id, group, sentence, because: refs.get(because.id) ?? "" });
  }
  steps.push({ kind: "tempering", exponent, reason, probabilities: result });
  return steps;
}

/** Of the pieces without which another reading leads, the one that makes the other lead furthest. */
function flipOf(ranked: readonly Ranked[], leading: HypothesisId, refs: ReadonlyMap<string, string>): Flip | null {
  let best: Flip | null = null;
  for (const { item, without } of ranked) {
    const to = leadingOf(without);
    if (to === leading || (best !== null && without[to] <= best.probability)) continue;
    best = { ref: refs.get(item.id) ?? "", sentence: item.sentence, to, probability: without[to] };
  }
  return best;
}

/** Finite for 0 and 1 too. */
function logOdds(probability: number): number {
  const held = Math.min(1 - 1e-15, Math.max(1e-15, probability));
  return Math.log(held / (1 - held));
}
