/** Upper tail of the binomial distribution through the regularised incomplete beta function (Lentz's continued fraction; Numerical Recipes, §6.4). */
import { logGamma } from "./log-gamma.ts";

const MAX_ITERATIONS = 500;
const EPSILON = 1e-14;
/** Stands in for zero denominators in Lentz's method. */
const TINY = 1e-300;

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

/** I_x(a, b). */
function regularisedBeta(x: number, a: number, b: number): number {
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast only on one side of the mean; the other follows by symmetry.
  const value = x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
  return Math.min(1, Math.max(0, value));
}

function betaFraction(x: number, a: number, b: number): number {
  const away = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m <= MAX_ITERATIONS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < EPSILON) break;
  }
  return h;
}
