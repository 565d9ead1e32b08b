/** The probabilities before any evidence: those of the table, or what somebody put in their place. */
import type { HypothesisId, Probabilities } from "../model/assessment.ts";
import { PRIORS } from "./evidence-table.ts";

/**
 * All priors, which add up to 1. Those given stand as they are, and the others share what is left in the proportions of the table; where
 * those given leave nothing, or all are given, they are weights.
 */
export function priorsOf(given: Partial<Probabilities> = {}): Probabilities {
  const ids = Object.keys(PRIORS) as HypothesisId[];
  const taken = ids.reduce((sum, id) => sum + (given[id] ?? 0), 0);
  const rest = ids.reduce((sum, id) => sum + (given[id] === undefined ? PRIORS[id] : 0), 0);
  const left = rest > 0 && taken < 1 ? (1 - taken) / rest : 1;
  const weights = ids.map((id) => given[id] ?? PRIORS[id] * left);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Object.fromEntries(ids.map((id, index) => [id, (weights[index] ?? 0) / total])) as Record<HypothesisId, number>;
}
