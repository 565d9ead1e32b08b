/**
 * The oracle of `bench:uptick` for ramps: it knows everything about a series but the path of its drift, which a slow rise hides in. It
 * follows the drift by Bayes' rule on a grid (a hidden Markov model's filter: Rabiner 1989) and asks how much likelier the days are if a
 * ramp of ×3 over ten days began one to ten days ago (Shiryaev 1963). That is the best test there is: what it misses, nobody can find
 * at the asked rate of false events.
 */
import { makeSeries, type MadeSeries } from "../src/lab/series/make-series.ts";
import { Random } from "../src/lab/random.ts";
import { logGamma } from "../src/stats/log-gamma.ts";
import { sparse, type Scores, type ScoringMethod } from "./uptick-alarms.ts";

const DAY = 86_400;
/** The ramp that it looks for. */
const RAMP_DAYS = 10;
const RAMP_FACTOR = 3;
/** Steps of the grid, and how far it reaches, in standard deviations of the drift. */
const STEPS = 31;
const REACH = 3.5;
const LEAST_DRIFT = 0.005;
/** ln of a likelihood ratio: what is less is no alarm. */
const LEAST_SCORE = 2;

export const DRIFT_ORACLE: ScoringMethod = {
  name: "oracle, drift unknown",
  rule: "likelihood ratio of a ramp, by days, with the true shape, dispersion and law of the drift",
  threshold: null,
  scores: driftOracleScores,
};

/** Counts of whole days with their mean but for the drift, and their dispersion; −1 where nobody looked or something else happened. */
interface Days {
  readonly counts: number[];
  readonly means: number[];
  readonly dispersions: number[];
}

/** A ramp that may have begun: what is believed of the drift if so, and ln of how much likelier that is. */
interface Hypothesis {
  belief: Float64Array;
  logRatio: number;
  age: number;
}

function driftOracleScores(series: MadeSeries): Scores {
  const { counts, means, dispersions } = daysOf(series);
  const grid = new DriftGrid(series.plan);
  let belief = grid.stationary();
  let ramps: Hypothesis[] = [];
  const scores = new Float64Array(counts.length);
  counts.forEach((count, day) => {
    const before = grid.advance(belief);
    if (count < 0) {
      belief = before;
      ramps = [];
      return;
    }
    const [mean, dispersion] = [means[day]!, dispersions[day]!];
    const plain = grid.learn(before, count, mean, dispersion);
    for (const ramp of ramps) ramp.belief = grid.advance(ramp.belief);
    ramps.push({ belief: before, logRatio: 0, age: 0 });
    for (const ramp of ramps) {
      const risen = mean * (1 + ((RAMP_FACTOR - 1) * (ramp.age + 0.5)) / RAMP_DAYS);
      const seen = grid.learn(ramp.belief, count, risen, dispersion);
      ramp.belief = seen.belief;
      ramp.logRatio += seen.logLikelihood - plain.logLikelihood;
      ramp.age++;
    }
    scores[day] = Math.log(ramps.reduce((sum, { logRatio }) => sum + Math.exp(logRatio), 0));
    ramps = ramps.filter(({ age }) => age < RAMP_DAYS);
    belief = plain.belief;
  });
  const told = Float64Array.from(counts, (_, day) => series.plan.start + (day + 1) * DAY);
  return sparse(told, scores, new Float64Array(counts.length).fill(DAY), DAY, LEAST_SCORE);
}

function daysOf({ plan, values, times }: MadeSeries): Days {
  const buckets = DAY / plan.bucket;
  // The same series had it not drifted: nothing of it is left to luck
  const ordinary = makeSeries({ ...plan, drift: 0 }, new Random(1)).expected;
  const disturbed = plan.events.filter(({ kind }) => kind === "surge" || kind === "glitch" || kind === "shift");
  const days: Days = { counts: [], means: [], dispersions: [] };
  for (let from = 0; from + buckets <= values.length; from += buckets) {
    const [start, end] = [times[from]!, times[from]! + DAY];
    let [count, mean, squares] = [0, 0, 0];
    for (let at = from; at < from + buckets; at++) {
      if (Number.isNaN(values[at]!)) continue;
      count += values[at]!;
      mean += ordinary[at]!;
      squares += ordinary[at]! ** 2;
    }
    const isSeen = mean > 0 && !disturbed.some((event) => event.start < end && event.end > start);
    days.counts.push(isSeen ? count : -1);
    days.means.push(mean);
    days.dispersions.push(squares / (plan.size * mean * mean));
  }
  return days;
}

/** The logarithm of the drift on a grid: an Ornstein-Uhlenbeck process, one step a day. */
class DriftGrid {
  readonly #values: Float64Array;
  /** Relative variance within a step of the grid: no day is told more exactly. */
  readonly #blur: number;
  readonly #stationary: Float64Array;
  /** Row by row: chances to come from one place to each. */
  readonly #moves: readonly Float64Array[];

  constructor({ drift, driftDays }: MadeSeries["plan"]) {
    const deviation = Math.max(LEAST_DRIFT, drift);
    const middle = -(deviation ** 2) / 2;
    const width = (2 * REACH * deviation) / (STEPS - 1);
    this.#blur = width ** 2 / 12;
    const kept = Math.exp(-1 / driftDays);
    // A step no smaller than the grid can show
    const step = Math.max(width / 2, deviation * Math.sqrt(1 - kept * kept));
    this.#values = Float64Array.from({ length: STEPS }, (_, at) => middle + (at - (STEPS - 1) / 2) * width);
    const normal = (mean: number, sd: number): Float64Array =>
      normalised(this.#values.map((value) => Math.exp(-0.5 * ((value - mean) / sd) ** 2)));
    this.#stationary = normal(middle, deviation);
    this.#moves = Array.from(this.#values, (value) => normal(middle + kept * (value - middle), step));
  }

  stationary(): Float64Array {
    return this.#stationary;
  }

  advance(belief: Float64Array): Float64Array {
    const next = new Float64Array(STEPS);
    for (let from = 0; from < STEPS; from++) {
      const moves = this.#moves[from]!;
      for (let to = 0; to < STEPS; to++) next[to]! += belief[from]! * moves[to]!;
    }
    return next;
  }

  /** Bayes' rule for one count, and ln of how likely it was. */
  learn(belief: Float64Array, count: number, mean: number, dispersion: number): { belief: Float64Array; logLikelihood: number } {
    const logs = this.#values.map((value) => logChance(count, mean * Math.exp(value), dispersion + this.#blur));
    const most = logs.reduce((a, b) => Math.max(a, b), -Infinity);
    const weights = logs.map((log, at) => belief[at]! * Math.exp(log - most));
    const sum = weights.reduce((a, b) => a + b, 0);
    return { belief: normalised(weights), logLikelihood: Math.log(sum) + most };
  }
}

/** ln of the negative binomial's probability, without what depends on the count alone. */
function logChance(count: number, mean: number, dispersion: number): number {
  const shape = 1 / Math.max(dispersion, 1e-6);
  return logGamma(count + shape) - logGamma(shape) + count * Math.log(mean / (mean + shape)) - shape * Math.log1p(mean / shape);
}

function normalised(weights: Float64Array): Float64Array {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
