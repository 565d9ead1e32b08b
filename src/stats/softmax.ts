/** From log weights to probabilities, without overflow (the log-sum-exp trick). */

/** Probabilities in the order of `logWeights`; they add up to 1. Empty in, empty out. -Infinity gives 0. */
export function softmax(logWeights: readonly number[]): number[] {
  const top = logWeights.reduce((best, weight) => Math.max(best, weight), -Infinity);
  if (top === -Infinity) return logWeights.map(() => 1 / logWeights.length);
  const weights = logWeights.map((weight) => Math.exp(weight - top));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
