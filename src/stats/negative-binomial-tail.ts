/**
 * Upper tail of the negative binomial distribution, the usual law of over-dispersed counts: P(X >= k) = I_p(k, r) with r = 1 / dispersion
 * and p = mean / (mean + r) (Johnson, Kotz, Kemp, Univariate Discrete Distributions, §5.6).
 */
import { logRegularisedBeta } from "./regularised-beta.ts";

/** Below this the law is Poisson's to every digit that matters, and the beta function's parameters stay where it is exact. */
const LEAST_DISPERSION = 1e-6;
/** Anything is at least nothing. */
const LEAST_COUNT = 1e-9;

/**
 * ln P(X >= k) for X of mean `mean` and variance mean + dispersion · mean²; `k` need not be whole. At most 0; -Infinity where the mean
 * is 0 and k is not.
 */
export function logNegativeBinomialTail(k: number, mean: number, dispersion: number): number {
  if (k < LEAST_COUNT) return 0;
  if (!(mean > 0)) return -Infinity;
  const shape = 1 / Math.max(dispersion, LEAST_DISPERSION);
  return logRegularisedBeta(mean / (mean + shape), k, shape);
}
