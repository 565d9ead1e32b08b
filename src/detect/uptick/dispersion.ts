/**
 * How much a window's sum varies around its expectation: variance = unit · mean + dispersion · mean², estimated for each length of
 * window from its own past errors, so that errors of level and season and their correlation in time are in it; and how its tail really
 * falls (peaks over a threshold, as SPOT does: Siffer et al. 2017), by which every p-value is corrected.
 */
import { logNegativeBinomialTail } from "../../stats/negative-binomial-tail.ts";
import type { Calendar } from "./calendar.ts";
import type { SeriesTable } from "./series-table.ts";

/** Relative variance before anything was seen: over-dispersed counts of networks have 0.05 to 0.5 in a bucket, which sums average out, and the level errs by a tenth. */
const PRIOR_BUCKET = 0.14;
const PRIOR_LEVEL = 0.01;
/** Windows (not buckets) that the prior weighs. */
const PRIOR_WINDOWS = 4;
/** Errors count as no larger than this many standard deviations, so that incidents do not teach the noise. */
const MOST_DEVIATIONS = 4;
/** Half-life of what was learned of the variance, seconds. */
const HALF_LIFE = 42 * 86_400;
/** The same of the tail, which shows itself in few values: in six weeks hourly counts exceed its threshold by chance twenty times, in a year often enough to tell a heavy one. */
const TAIL_HALF_LIFE = 365 * 86_400;
/**
 * Errors of a series that had just begun are those of an expectation that knew neither level nor hours: of n buckets each loses this part
 * of n, so that an error weighs by the fourth power of the age at which it was made (a gain that falls with time: Robbins, Monro 1951).
 */
const FORGET_YOUNG = 5;
const YOUNG_BUCKETS = 10;
/** Tail probability from which on the tail's true fall is learned. */
const TAIL = 0.02;
const LOG_TAIL = Math.log(TAIL);
/** Independent exceedances that the prior (p-values are right) weighs, and how far one may count. */
const PRIOR_EXCEEDANCES = 40;
const MOST_EXCESS = 6;
/** Mean of an exponential variable of mean 1 that counts as no more than that. */
const MEAN_EXCESS = 1 - Math.exp(-MOST_EXCESS);
/** Neighbouring windows overlap, so their exceedances come in runs of about a third of their length. */
const RUN_SHARE = 1 / 3;

export class Dispersion {
  readonly #table: SeriesTable;
  readonly #lengths: readonly number[];
  readonly #keep: number;
  readonly #keepTail: number;

  constructor(table: SeriesTable, calendar: Calendar) {
    this.#table = table;
    this.#lengths = calendar.windows.map(({ buckets }) => buckets);
    this.#keep = keepFor(HALF_LIFE, calendar);
    this.#keepTail = keepFor(TAIL_HALF_LIFE, calendar);
  }

  /** Relative variance of the sum of a window beyond its counting noise. */
  of(row: number, window: number): number {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const top = floats[at + layout.dispersionTop + window]!;
    const bottom = floats[at + layout.dispersionBottom + window]!;
    const prior = PRIOR_LEVEL + PRIOR_BUCKET / this.#lengths[window]!;
    return Math.max(0, (top + PRIOR_WINDOWS * prior) / (bottom + PRIOR_WINDOWS));
  }

  /** Learns from one window's sum and expectation, for so many buckets since it was last learned from. */
  learn(row: number, window: number, sum: number, mean: number, unit: number, buckets: number): void {
    if (!(mean > 0)) return;
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const dispersion = this.of(row, window);
    const variance = unit * mean + dispersion * mean * mean;
    const square = Math.min((sum - mean) ** 2, MOST_DEVIATIONS ** 2 * variance);
    // Weighted by the inverse of its own variance (2 · variance²), in windows' worth.
    const relative = (mean * mean) / variance;
    const weight = (Math.min(1, relative * dispersion + 1e-9) ** 2 * buckets) / this.#lengths[window]!;
    const top = at + layout.dispersionTop + window;
    const bottom = at + layout.dispersionBottom + window;
    const seen = floats[at + layout.seen]! + YOUNG_BUCKETS;
    const keep = Math.min(buckets === 1 ? this.#keep : this.#keep ** buckets, Math.max(0, 1 - buckets / seen) ** FORGET_YOUNG);
    floats[top] = floats[top]! * keep + (weight * (square - unit * mean)) / (mean * mean);
    floats[bottom] = floats[bottom]! * keep + weight;
  }

  /** ln P of a sum as high, as the model has it; `extra` is relative variance of what is not known of level and season. */
  logTail(row: number, window: number, sum: number, mean: number, unit: number, extra: number): number {
    return logNegativeBinomialTail(sum / unit, mean / unit, this.of(row, window) + extra);
  }

  /** The same, corrected by how often and how far the model's tail was exceeded before. */
  corrected(row: number, window: number, log: number): number {
    if (log >= LOG_TAIL) return log;
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const prior = PRIOR_EXCEEDANCES * Math.max(1, this.#lengths[window]! * RUN_SHARE);
    const count = floats[at + layout.tailCount + window]!;
    const rate = (count + prior) / (floats[at + layout.tailTests + window]! + prior / TAIL);
    const excess = (floats[at + layout.tailExcess + window]! / MEAN_EXCESS + prior) / (count + prior);
    return Math.log(Math.max(TAIL, rate)) + (log - LOG_TAIL) / Math.max(1, excess);
  }

  /**
   * Learns how the tail falls. @param log of the model's p-value, 0 where nobody computed it because it was large; `buckets` since it was
   * last learned from.
   */
  learnTail(row: number, window: number, log: number, buckets: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const exceeded = log < LOG_TAIL;
    const keep = buckets === 1 ? this.#keepTail : this.#keepTail ** buckets;
    const tests = at + layout.tailTests + window;
    floats[tests] = floats[tests]! * keep + buckets;
    const count = at + layout.tailCount + window;
    floats[count] = floats[count]! * keep + (exceeded ? buckets : 0);
    const excess = at + layout.tailExcess + window;
    floats[excess] = floats[excess]! * keep + (exceeded ? buckets * Math.min(MOST_EXCESS, LOG_TAIL - log) : 0);
  }

  /** Takes back what was learned last. */
  unlearnTail(row: number, window: number, log: number, buckets: number): void {
    if (log >= LOG_TAIL) return;
    const { floats, layout } = this.#table;
    const at = row * layout.floats + window;
    floats[at + layout.tailCount] = Math.max(0, floats[at + layout.tailCount]! - buckets);
    floats[at + layout.tailExcess] = Math.max(0, floats[at + layout.tailExcess]! - buckets * Math.min(MOST_EXCESS, LOG_TAIL - log));
  }
}

/** What is left after a bucket; no less than 60 buckets are remembered. */
function keepFor(halfLife: number, { bucketSeconds }: Calendar): number {
  return 0.5 ** (bucketSeconds / Math.max(halfLife, 60 * bucketSeconds));
}
