/** Upper tail of the binomial distribution through the regularised incomplete beta function (Numerical Recipes, §6.4). */
import { regularisedBeta } from "./regularised-beta.ts";

/**
 * P(X >= k) for X ~ Binomial(n, p): how surprising it is that at least `k` of `n` independent things have a property of base rate `p`.
 * Between 0 and 1; out-of-range arguments give the limit that they approach.
 */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  return regularisedBeta(p, k, n - k + 1);
}
