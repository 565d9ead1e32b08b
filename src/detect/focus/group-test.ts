/**
 * Whether one group of addresses got more of the targets than its exposure explains. Each source chose; a source's share of targets in a
 * group is its vote, weighed by how many choices it made, and by no more than the middle source's, so that one that asks
 * everything decides nothing. How far sources differ among themselves gives the effective number of choices (Kish 1965, Survey Sampling,
 * §5.4; the variance is that of a ratio of cluster totals, Cochran 1977, §11.12); the tail is the exact binomial's at that number, corrected
 * for the number of groups (Bonferroni), and the bound above is that of Clopper and Pearson (1934).
 */
import { binomialTail } from "../../stats/binomial-tail.ts";

/** A focus is rarer than this by chance, over all groups of a test. Stated judgement. */
const SIGNIFICANCE = 0.01;
/**
 * How large a focus must be besides: with a hundred thousand targets any trifle is significant. Twice the group's share and a tenth of all;
 * a group that has nearly half or more must leave the others a quarter of theirs. Stated judgement.
 */
const LEAST_RATIO = 2;
export const LEAST_SHARE = 0.1;
const LEFT_TO_OTHERS = 0.25;
/** Ratios are told of groups with this share of exposure or more; those of smaller ones need more targets than there are. */
const TOLD_SHARE = 0.05;
const BISECTIONS = 30;
/** A focus stands on so many choices at least: two sources with a target each are no body of evidence. Stated judgement. */
const FEWEST_CHOICES = 5;

export interface Choices {
  /** Independent choices that each source made, at least 1. */
  readonly weights: Float64Array;
  /** Calls back with the groups of a source and its share of targets in each; shares of a source add up to at most 1. */
  readonly eachShare: (source: number, visit: (group: number, share: number) => void) => void;
  /** By group; adds up to 1. */
  readonly expected: Float64Array;
  /** Share of all targets that a focus has at least. */
  readonly leastShare: number;
  /** Only the first so many groups may be a focus; all where left out. */
  readonly candidates?: number;
}

export interface GroupResult {
  /** The group furthest beyond its exposure. */
  readonly group: number;
  readonly share: number;
  readonly ratio: number;
  readonly pValue: number;
  /** Choices, after the sources' differences. */
  readonly choices: number;
  readonly verdict: "focused" | "spread" | "cannot-tell";
  /** No group with a twentieth of the exposure or more got more than so many times its share, at 99 %; null where there is no such group. */
  readonly ratioBound: number | null;
  /** No group got more than this share, at 99 %. */
  readonly shareBound: number;
}

/** The share of targets from which on a group of an exposure is a focus. */
export function focusShare(expected: number, leastShare: number): number {
  return Math.min(Math.max(LEAST_RATIO * expected, leastShare), 1 - LEFT_TO_OTHERS * (1 - expected));
}

/** Tests at least two groups and one source. */
export function testGroups({ weights, eachShare, expected, leastShare, candidates = expected.length }: Choices): GroupResult {
  const groups = expected.length;
  const capped = capWeights(weights);
  const total = capped.reduce((sum, weight) => sum + weight, 0);
  const first = new Float64Array(groups);
  const weighted = new Float64Array(groups);
  const squared = new Float64Array(groups);
  for (let source = 0; source < capped.length; source++) {
    const weight = capped[source]!;
    eachShare(source, (group, share) => {
      first[group] = first[group]! + weight * share;
      weighted[group] = weighted[group]! + weight * weight * share;
      squared[group] = squared[group]! + weight * weight * share * share;
    });
  }
  const ofSquares = capped.reduce((sum, weight) => sum + weight * weight, 0);
  const level = SIGNIFICANCE / groups;
  const judged: Judged = { sources: capped.length, total, ofSquares };
  let best: Pick<GroupResult, "group" | "share" | "ratio" | "pValue" | "choices"> | null = null;
  let isSpread = true;
  let ratioBound: number | null = null;
  let shareBound = 0;
  let smallest = { share: -1, choices: 0 };
  for (let group = 0; group < groups; group++) {
    const share = Math.min(1, first[group]! / total);
    const choices = effectiveChoices(judged, share, weighted[group]!, squared[group]!);
    const exposure = expected[group]!;
    if (group < candidates) {
      // A tail costs more than all else: only that of a group large enough to be a focus is asked for.
      const pValue = share >= focusShare(exposure, leastShare) ? tailOf(share, choices, exposure, groups) : 1;
      const found = { group, share, ratio: share / exposure, pValue, choices };
      if (best === null || isFurther(found, best)) best = found;
      // Bounds of small groups rise with the share alone: the largest of them stands for all.
      if (exposure >= TOLD_SHARE) {
        const bound = upperBound(share, choices, level);
        if (bound >= focusShare(exposure, leastShare)) isSpread = false;
        ratioBound = Math.max(ratioBound ?? 0, bound / exposure);
        shareBound = Math.max(shareBound, bound);
      } else if (share > smallest.share) smallest = { share, choices };
    }
  }
  if (smallest.share >= 0) {
    const bound = upperBound(smallest.share, smallest.choices, level);
    if (bound >= leastShare) isSpread = false;
    shareBound = Math.max(shareBound, bound);
  }
  const found = { ...best!, pValue: tailOf(best!.share, best!.choices, expected[best!.group]!, groups) };
  const isFocused = total >= FEWEST_CHOICES && found.pValue < SIGNIFICANCE && found.share >= focusShare(expected[found.group]!, leastShare);
  return { ...found, verdict: isFocused ? "focused" : isSpread ? "spread" : "cannot-tell", ratioBound, shareBound };
}

/** P(at least so many | chance), times the number of groups. */
function tailOf(share: number, choices: number, exposure: number, groups: number): number {
  return Math.min(1, groups * binomialTail(Math.floor(share * choices + 1e-9), Math.max(1, Math.round(choices)), exposure));
}

interface Judged {
  readonly sources: number;
  readonly total: number;
  readonly ofSquares: number;
}

/** No source counts more than the middle one. */
function capWeights(weights: Float64Array): Float64Array {
  const middle = weights.toSorted()[(weights.length - 1) >>> 1]!;
  return weights.map((weight) => Math.min(weight, middle));
}

/** The choices over the design effect: the variance among sources over that of independent choices, at least 1. */
function effectiveChoices({ sources, total, ofSquares }: Judged, share: number, weighted: number, squared: number): number {
  const binomial = (share * (1 - share)) / total;
  if (sources < 2 || binomial <= 0) return total;
  const among = ((squared - 2 * share * weighted + share * share * ofSquares) / (total * total)) * (sources / (sources - 1));
  return total / Math.max(1, among / binomial);
}

type Found = Pick<GroupResult, "share" | "ratio" | "pValue">;

/** Rarer first; of those that are beyond numbers the larger ratio; of none that are rare the one with most beyond its share. */
function isFurther(a: Found, b: Found): boolean {
  if (a.pValue !== b.pValue && Math.min(a.pValue, b.pValue) < SIGNIFICANCE) return a.pValue < b.pValue;
  return a.share - a.share / a.ratio > b.share - b.share / b.ratio;
}

/** The share at which so few would be as rare as `level`. */
function upperBound(share: number, choices: number, level: number): number {
  const whole = Math.max(1, Math.round(choices));
  const seen = Math.min(whole, Math.ceil(share * choices - 1e-9));
  if (seen >= whole) return 1;
  let low = share;
  let high = 1;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (1 - binomialTail(seen + 1, whole, middle) > level) low = middle;
    else high = middle;
  }
  return high;
}
