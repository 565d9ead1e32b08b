/** Regularised incomplete beta function by Lentz's continued fraction (Numerical Recipes, §6.4), and its logarithm for tails that underflow. */
import { logGamma } from "./log-gamma.ts";

/** The fraction needs about the square root of the larger parameter: enough for sums of a million. */
const MAX_ITERATIONS = 5000;
const EPSILON = 1e-14;
/** Stands in for zero denominators in Lentz's method. */
const TINY = 1e-300;

/** I_x(a, b) for a, b > 0 and 0 < x < 1; between 0 and 1. */
export function regularisedBeta(x: number, a: number, b: number): number {
  const value = onFastSide(x, a, b) ? Math.exp(logSide(x, a, b)) : 1 - Math.exp(logSide(1 - x, b, a));
  return Math.min(1, Math.max(0, value));
}

/** ln I_x(a, b): exact to far below the smallest number; at most 0. */
export function logRegularisedBeta(x: number, a: number, b: number): number {
  if (onFastSide(x, a, b)) return Math.min(0, logSide(x, a, b));
  const rest = Math.exp(logSide(1 - x, b, a));
  return rest >= 1 ? -Infinity : Math.log1p(-rest);
}

/** The fraction converges fast only on one side of the mean; the other follows by symmetry. */
function onFastSide(x: number, a: number, b: number): boolean {
  return x < (a + 1) / (a + b + 2);
}

function logSide(x: number, a: number, b: number): number {
  return logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x) + Math.log(betaFraction(x, a, b) / a);
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
