/**
 * Threshold random walk (Jung, Paxson, Berger, Balakrishnan 2004): whether the outcomes of a source's first contacts are a scanner's.
 * The walk itself is sequential; our contacts are a set, so the likelihood ratio of the whole set is taken, which does not depend on order.
 */
import { MET_ANSWER, MET_SILENCE, MET_SUCCESS } from "./met.ts";
import type { ProbeSet } from "./probe-set.ts";

/** Probability that a contact succeeds for an ordinary source, and for a scanner (Jung 2004, table 2). */
const THETA_ORDINARY = 0.8;
const THETA_SCANNER = 0.2;
/** Probability of detection and of false alarm asked for (Jung 2004 §5). */
const DETECTION = 0.99;
const FALSE_ALARM = 0.01;

const FAILURE_STEP = Math.log((1 - THETA_SCANNER) / (1 - THETA_ORDINARY));
const SUCCESS_STEP = Math.log(THETA_SCANNER / THETA_ORDINARY);
/** Wald's upper bound: from here on it is a scanner. */
export const SCANNER_BOUND = Math.log(DETECTION / FALSE_ALARM);

/** Log-likelihood ratio of scanner to ordinary source. An answer from which nothing more can be read moves it neither way. */
export function logLikelihoodRatio(set: ProbeSet): number {
  let ratio = 0;
  for (let i = 0; i < set.length; i++) {
    const met = set.met[i]!;
    if (met === MET_SUCCESS) ratio += SUCCESS_STEP;
    else if (met !== MET_ANSWER) ratio += FAILURE_STEP;
  }
  return ratio * set.scale;
}

/** Whether outcomes were captured for the source at all; without them the walk says nothing (darknets, drop logs). */
export function hasOutcomes(set: ProbeSet): boolean {
  return set.successes > 0 || set.metCounts[MET_SILENCE]! < set.length;
}
