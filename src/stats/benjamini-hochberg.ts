/** Control of the false discovery rate (Benjamini, Hochberg 1995, J. R. Stat. Soc. B 57:289). */

/**
 * The largest logarithm of a p-value that is rejected at rate `level` among `tests` tests, or -Infinity where none is. `logs` are those
 * of the smallest p-values, in any order: tests that are left out count as p = 1. All at or below the answer are discoveries.
 */
export function logDiscoveryThreshold(logs: readonly number[], tests: number, level: number): number {
  const sorted = [...logs].sort((a, b) => a - b);
  const logLevel = Math.log(level / Math.max(tests, sorted.length));
  for (let rank = sorted.length; rank >= 1; rank--) {
    const log = sorted[rank - 1]!;
    if (log <= logLevel + Math.log(rank)) return log;
  }
  return -Infinity;
}
