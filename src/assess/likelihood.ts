/**
 * From evidence to probabilities: Bayes' rule over competing hypotheses with likelihood ratios (Good, Probability and the Weighing of
 * Evidence, 1950). Dependent items share a group, and only the strongest of a group counts; groups that overlap keep a part of their weight.
 */
import type { HypothesisId, Probabilities } from "../model/assessment.ts";
import { softmax } from "../stats/softmax.ts";

/** One thing that was found, or found absent. */
export interface Observed {
  readonly id: string;
  /** Items of a group come from the same cause, so that all of them together say no more than the strongest. */
  readonly group: string;
  /** P(this | hypothesis) over P(this | an average hypothesis); 1 where it is left out. Raised to `strength`. */
  readonly ratios: Readonly<Partial<Record<HypothesisId, number>>>;
  /** Between 0 and 1: how fully it was observed. */
  readonly strength: number;
  readonly sentence: string;
  /** Where the ratios come from. */
  readonly source: string;
}

/** An item that counts. */
export interface Counted extends Observed {
  /** Between 0 and 1: the part of its weight that it keeps beside the group named; 1 and null where none overlaps. */
  readonly keeps: number;
  readonly overlaps: string | null;
}

export interface Overlap {
  readonly group: string;
  readonly with: string;
  readonly keeps: number;
}

/** Logarithm (base e) of an item's ratio for a hypothesis, as it is applied. */
export function logRatio(item: Observed & { readonly keeps?: number }, id: HypothesisId): number {
  return item.strength * (item.keeps ?? 1) * Math.log(item.ratios[id] ?? 1);
}

/** The items that count: of each group the one whose ratios reach furthest from 1. Order is kept. */
export function strongestOfGroups(items: readonly Observed[]): Observed[] {
  const best = new Map<string, Observed>();
  for (const item of items) {
    if (item.strength <= 0) continue;
    const other = best.get(item.group);
    if (other === undefined || reach(item) > reach(other)) best.set(item.group, item);
  }
  return items.filter((item) => best.get(item.group) === item);
}

/** The strongest of each group, those of overlapping groups with the part of their weight that they keep. */
export function countedOf(items: readonly Observed[], overlaps: readonly Overlap[]): Counted[] {
  const strongest = strongestOfGroups(items);
  const groups = new Set(strongest.map(({ group }) => group));
  return strongest.map((item) => {
    const [least] = overlaps.filter((one) => one.group === item.group && groups.has(one.with)).toSorted((a, b) => a.keeps - b.keeps);
    return { ...item, keeps: least?.keeps ?? 1, overlaps: least?.with ?? null };
  });
}

/**
 * Posterior probabilities in the order of `hypotheses`; they add up to 1.
 * @param temper 1 for full weight; less shrinks all evidence towards the priors, for thin input.
 */
export function posterior(
  hypotheses: readonly { readonly id: HypothesisId; readonly prior: number }[],
  counted: readonly (Observed & { readonly keeps?: number })[],
  temper = 1,
): number[] {
  return softmax(
    hypotheses.map(
      ({ id, prior }) => Math.log(Math.max(prior, 1e-12)) + temper * counted.reduce((sum, item) => sum + logRatio(item, id), 0),
    ),
  );
}

/** The same by name. */
export function posteriorOf(
  priors: Probabilities,
  counted: readonly (Observed & { readonly keeps?: number })[],
  temper = 1,
): Probabilities {
  const ids = Object.keys(priors) as HypothesisId[];
  const values = posterior(
    ids.map((id) => ({ id, prior: priors[id] })),
    counted,
    temper,
  );
  return Object.fromEntries(ids.map((id, index) => [id, values[index] ?? 0])) as Record<HypothesisId, number>;
}

/** The most probable; of equals the first. */
export function leadingOf(probabilities: Probabilities): HypothesisId {
  const entries = Object.entries(probabilities) as [HypothesisId, number][];
  return entries.reduce((best, one) => (one[1] > best[1] ? one : best), entries[0]!)[0];
}

function reach(item: Observed): number {
  return item.strength * Object.values(item.ratios).reduce((most, ratio) => Math.max(most, Math.abs(Math.log(ratio))), 0);
}
