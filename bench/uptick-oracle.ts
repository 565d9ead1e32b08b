/**
 * The oracle of `bench:uptick`: it knows the true mean and dispersion of every bucket and asks, over the same windows as a detector may,
 * how likely so high a count is. What it cannot find at the asked rate of false events, nobody can; so others are measured by it.
 */
import type { MadeSeries } from "../src/lab/series/make-series.ts";
import { logNegativeBinomialTail } from "../src/stats/negative-binomial-tail.ts";
import { sparse, type Scores, type ScoringMethod } from "./uptick-alarms.ts";

const HOUR = 3600;
const DAY = 86_400;
/** Windows, seconds: five minutes to a day, as detectors of surges have them; and days, in which a ramp adds up. */
const SURGE_WINDOWS: readonly number[] = [300, 900, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY];
const RAMP_WINDOWS: readonly number[] = [DAY, 3 * DAY, 5 * DAY, 7 * DAY];
/** Below mean + 2 sd nothing is an alarm: the tail need not be computed. */
const WORTH_A_LOOK = 2;
/** -log10 of a tail: more often than one bucket in a hundred is no alarm. */
const LEAST_SCORE = 2;

export const ORACLE: ScoringMethod = {
  name: "oracle",
  rule: "exact negative binomial tail with the true mean and dispersion, 5 min to 24 h",
  threshold: null,
  scores: (series) => oracleScores(series, SURGE_WINDOWS),
};

/** The same over days: which ramps can be found at all. */
export const RAMP_ORACLE: ScoringMethod = {
  name: "oracle, days",
  rule: "the same over 1 to 7 days",
  threshold: null,
  scores: (series) => oracleScores(series, RAMP_WINDOWS),
};

/** Scores are -log10 of the smallest tail over all windows that end with the bucket. */
function oracleScores({ plan, times, values, expected }: MadeSeries, seconds: readonly number[]): Scores {
  const { bucket, size } = plan;
  const windows = seconds.filter((window) => window >= bucket).map((window) => window / bucket);
  const length = values.length;
  const best = new Float64Array(length);
  const spans = new Float64Array(length).fill(bucket);
  const seen = values.map((value) => (Number.isNaN(value) ? 0 : value));
  const counts = runningSum(seen);
  const means = runningSum(expected.map((mean, at) => (Number.isNaN(values[at]!) ? 0 : mean)));
  const squares = runningSum(expected.map((mean, at) => (Number.isNaN(values[at]!) ? 0 : mean * mean)));
  for (const window of windows) {
    for (let at = window - 1; at < length; at++) {
      if (Number.isNaN(values[at]!)) continue;
      const from = at + 1 - window;
      const count = counts[at + 1]! - counts[from]!;
      const mean = means[at + 1]! - means[from]!;
      const square = squares[at + 1]! - squares[from]!;
      if (count <= mean + WORTH_A_LOOK * Math.sqrt(mean + square / size)) continue;
      // A sum of unequal means is taken as negative binomial of the same mean and variance: exact where they are equal
      const score = -logNegativeBinomialTail(count, mean, square / (size * mean * mean)) / Math.LN10;
      if (score > best[at]!) {
        best[at] = score;
        spans[at] = window * bucket;
      }
    }
  }
  return sparse(
    times.map((time) => time + bucket),
    best,
    spans,
    bucket,
    LEAST_SCORE,
  );
}

function runningSum(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let at = 0; at < values.length; at++) sums[at + 1] = sums[at]! + values[at]!;
  return sums;
}
