/**
 * Slow rises: the level of the last days against a baseline of the weeks before them that ends so long ago that no ramp of ten days can
 * drag it along (the lagged baseline of EARS C2, stretched from days to weeks: Hutwagner et al. 2003).
 */
import { logNegativeBinomialTail } from "../../stats/negative-binomial-tail.ts";
import { DAYS_KEPT } from "./layout.ts";
import type { SeriesTable } from "./series-table.ts";

/** Days over which the level is taken: one finds steep ramps at once, more find those of noisy series. */
export const RISE_DAYS: readonly number[] = [1, 3, 6];
/** The baseline ends so many days ago. */
const LAG_DAYS = 8;
/** Days with a level that a baseline needs: EARS takes 7. */
const LEAST_DAYS = 8;
/** Variance is larger by this share of a day for each day of it: Student's t against the normal law. */
const FEW_DAYS = 4;
/** A slow rise of less than this many times is drift: series of scanning grow and shrink by half within a month. */
export const LEAST_RISE = 1.7;
/** Outlying days of a baseline count as no more than so many deviations. */
const MOST_DEVIATIONS = 3;
/** It goes on: the days before the last have risen to this share already, or it is a surge of a day. */
const STEADY_DAYS = 3;
const STEADY_SHARE = 0.4;
/**
 * The spread of slow rises is followed by the share of days beyond it (a quantile by stochastic approximation: Robbins, Monro 1951), which
 * a ramp moves by little: a sixth of all days are beyond one standard deviation above.
 */
const SPREAD_STEP = 0.03;
const BEYOND = 0.159;
/** What is further out than so many spreads may be a ramp that nobody has told: it does not teach. */
const SUSPICIOUS = 3;
const LEAST_SPREAD = 0.01;
/** Days after which the spread that was followed is trusted as much as that of the baseline's days. */
const OWN_DAYS = 60;
/** The step is larger at first: half by the number of days, and these more. */
const FIRST_STEP = 0.5;
const FIRST_DAYS = 5;
/** Likeness of neighbouring days below this is chance, and above that nothing could be told. */
const LEAST_PERSISTENCE = 0.15;
const MOST_PERSISTENCE = 0.9;
const LEAST_INDEPENDENT = 2;

export interface Rise {
  /** Times the baseline, for the number of days that tells most; ln of the chance of that where nothing is wrong, as if in one day. */
  readonly ratio: number;
  readonly logP: number;
  /** Level of the baseline. */
  readonly baseline: number;
  /** For each of RISE_DAYS: times the baseline (NaN where days are missing), and its spread as far as daily levels tell. */
  readonly ratios: readonly number[];
  readonly deviations: readonly number[];
}

export class Ramp {
  readonly #table: SeriesTable;

  constructor(table: SeriesTable) {
    this.#table = table;
  }

  start(row: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats + layout.days;
    floats.fill(-1, at, at + DAYS_KEPT);
  }

  /** Keeps the level of a finished day; null where too little of it was seen. */
  put(row: number, day: number, level: number | null): void {
    const { floats, layout } = this.#table;
    floats[row * layout.floats + layout.days + modulo(day)] = level ?? -1;
  }

  /** The level of a day among the last DAYS_KEPT, or null. */
  levelOf(row: number, day: number): number | null {
    const { floats, layout } = this.#table;
    const level = floats[row * layout.floats + layout.days + modulo(day)]!;
    return level < 0 ? null : level;
  }

  /** The mean level of so many days up to and with `day`, or null where fewer than `least` are known. */
  meanOf(row: number, day: number, days: number, least: number = days / 2): number | null {
    let sum = 0;
    let known = 0;
    for (let one = day - days + 1; one <= day; one++) {
      const level = this.levelOf(row, one);
      if (level === null) continue;
      sum += level;
      known++;
    }
    return known >= least && known > 0 ? sum / known : null;
  }

  /** The median level of so many days up to and with `day`, or null where fewer than `least` are known. */
  medianOf(row: number, day: number, days: number, least: number): number | null {
    const levels: number[] = [];
    for (let one = day - days + 1; one <= day; one++) {
      const level = this.levelOf(row, one);
      if (level !== null) levels.push(level);
    }
    if (levels.length < least) return null;
    levels.sort((a, b) => a - b);
    return levels[levels.length >> 1]!;
  }

  /**
   * The rise of the level over its lagged baseline, or null where history is too short.
   * @param day the day at hand, `level` that of the last 24 hours; `unit` what one count is.
   */
  rise(row: number, day: number, level: number, bucketsADay: number, unit: number): Rise | null {
    const known: number[] = [];
    for (let one = day - DAYS_KEPT + 1; one <= day - LAG_DAYS; one++) {
      const past = this.levelOf(row, one);
      if (past !== null) known.push(past);
    }
    if (known.length < LEAST_DAYS) return null;
    const { mean, variance, persistence } = robustMoments(known);
    // Half a count in all, so that a baseline of nothing can be risen from.
    const baseline = Math.max(mean, (0.5 * unit) / (bucketsADay * known.length));
    const counting = unit / (baseline * bucketsADay);
    // Days that follow one another are alike: they tell as much as so many that do not, and their means vary more.
    const likeness = (1 + persistence) / (1 - persistence);
    const independent = Math.max(LEAST_INDEPENDENT, known.length / likeness);
    const relative = Math.max(variance / baseline ** 2 - counting, 0) * (1 + FEW_DAYS / known.length) * (independent / (independent - 1));
    const before = this.meanOf(row, day - 2, STEADY_DAYS, 2);
    const isSteady = before !== null && before - baseline > STEADY_SHARE * (level - baseline);
    const { floats, layout } = this.#table;
    const learned = floats[row * layout.floats + layout.daysLearned]!;
    const trust = learned / (learned + OWN_DAYS);
    const ratios: number[] = [];
    const deviations: number[] = [];
    let best = { ratio: 0, logP: 0 };
    RISE_DAYS.forEach((days, index) => {
      // The last 24 hours are of two days: the mean goes on with the day before both.
      const rest = days === 1 ? 0 : this.meanOf(row, day - 2, days - 1);
      const ratio = rest === null ? Number.NaN : (level + (days - 1) * rest) / days / baseline;
      const own = relative * Math.min(1, likeness / days) + relative / independent + counting / known.length;
      const spread = floats[row * layout.floats + layout.rampSpread + index]!;
      // What the baseline's days tell of their spread, and what was seen of it over a long time, each as far as it can be trusted
      const long = Math.max(0, spread ** 2 - counting / days);
      const dispersion = own + trust * (long - own);
      ratios.push(ratio);
      deviations.push(Math.sqrt(own + counting / days));
      if (Number.isNaN(ratio) || ratio < 1 || !isSteady) return;
      const counts = (baseline * bucketsADay * days) / unit;
      // Means of few days give more independent looks a year than those of many.
      const logP = logNegativeBinomialTail(ratio * counts, counts, dispersion) - Math.log(days);
      if (logP < best.logP) best = { ratio, logP };
    });
    return { ...best, baseline, ratios, deviations };
  }

  /** Learns how far the level strays from its lagged baseline where nothing is wrong. */
  learn(row: number, { ratios, deviations }: Rise): void {
    const { floats, layout } = this.#table;
    const step = Math.max(SPREAD_STEP, FIRST_STEP / (floats[row * layout.floats + layout.daysLearned]! + FIRST_DAYS));
    ratios.forEach((ratio, index) => {
      if (Number.isNaN(ratio)) return;
      const at = row * layout.floats + layout.rampSpread + index;
      const spread = floats[at]! > 0 ? floats[at]! : deviations[index]!;
      floats[at] = Math.max(LEAST_SPREAD, spread * (1 + step * ((ratio - 1 > spread && ratio - 1 < SUSPICIOUS * spread ? 1 : 0) - BEYOND)));
    });
  }

  /** Lifts all days: what the level has come to is ordinary from now on. */
  rebase(row: number, factor: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats + layout.days;
    for (let i = at; i < at + DAYS_KEPT; i++) if (floats[i]! > 0) floats[i]! *= factor;
  }
}

function modulo(day: number): number {
  const rest = day % DAYS_KEPT;
  return rest < 0 ? rest + DAYS_KEPT : rest;
}

/** Mean and variance with outliers above drawn in to MOST_DEVIATIONS, found twice; and how alike neighbours are. */
function robustMoments(values: readonly number[]): { mean: number; variance: number; persistence: number } {
  let limit = Infinity;
  let mean = 0;
  let variance = 0;
  for (let pass = 0; pass < 3; pass++) {
    let sum = 0;
    let squares = 0;
    for (const value of values) {
      const cut = Math.min(value, limit);
      sum += cut;
      squares += cut * cut;
    }
    mean = sum / values.length;
    variance = Math.max(0, (squares - sum * mean) / (values.length - 1));
    limit = mean + MOST_DEVIATIONS * Math.sqrt(variance);
  }
  let products = 0;
  for (let i = 1; i < values.length; i++) products += (Math.min(values[i]!, limit) - mean) * (Math.min(values[i - 1]!, limit) - mean);
  const persistence = variance > 0 ? products / ((values.length - 1) * variance) : 0;
  return { mean, variance, persistence: persistence < LEAST_PERSISTENCE ? 0 : Math.min(MOST_PERSISTENCE, persistence) };
}
