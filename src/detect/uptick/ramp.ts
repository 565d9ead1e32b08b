/**
 * Slow rises: the days of which a ramp would consist, weighted as it would have risen in them (a matched filter: Turin 1960), against the
 * weeks before its first day, for several lengths at once (generalised likelihood ratio over the start of a change: Willsky, Jones 1976).
 * A baseline that ends where the ramp begins is neither dragged along by it nor so old that the series has drifted since.
 */
import { logNegativeBinomialTail } from "../../stats/negative-binomial-tail.ts";
import { DAYS_KEPT } from "./layout.ts";
import type { SeriesTable } from "./series-table.ts";

/** Days that a ramp has gone on for, longest first: three find steep ones at once, ten those of noisy series. */
const RISE_DAYS: readonly number[] = [10, 7, 5, 3];
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
const STEADY_SHARE = 0.2;
/** Likeness of neighbouring days below this is chance, and above that nothing could be told. */
const LEAST_PERSISTENCE = 0.15;
const MOST_PERSISTENCE = 0.9;
const LEAST_INDEPENDENT = 2;

export interface Rise {
  /** ln of the chance of the length that tells most where nothing is wrong, as if in one day; 0 where none has risen enough. */
  readonly logP: number;
  /** Level of the baseline of that length, and the last day's in times that of the longest. */
  readonly baseline: number;
  readonly ratio: number;
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
   * The rise of the level over what it was before, or null where history is too short.
   * @param day the day at hand, `level` that of the last 24 hours; `unit` what one count is.
   */
  rise(row: number, day: number, level: number, bucketsADay: number, unit: number): Rise | null {
    const longest = this.#baseline(row, day, RISE_DAYS[0]!, bucketsADay, unit);
    if (longest === null) return null;
    const ratio = level / longest.mean;
    let logP = 0;
    let baseline = longest.mean;
    // What has not risen over the oldest days is no ramp: so it is with nearly all series at nearly all times.
    if (ratio < LEAST_RISE) return { logP, baseline, ratio };
    for (let i = 0; i < RISE_DAYS.length; i++) {
      const days = RISE_DAYS[i]!;
      const past = i === 0 ? longest : this.#baseline(row, day, days, bucketsADay, unit);
      if (past === null) continue;
      const log = this.#logChance(row, day, level, days, past, bucketsADay, unit);
      if (log >= logP) continue;
      logP = log;
      baseline = past.mean;
    }
    return { logP, baseline, ratio };
  }

  /** What the days before a ramp of so many days tell: mean, relative variance of a day beyond counting, and how alike neighbours are. */
  #baseline(row: number, day: number, days: number, bucketsADay: number, unit: number): Baseline | null {
    const known: number[] = [];
    for (let one = day - DAYS_KEPT; one < day - days; one++) {
      const past = this.levelOf(row, one);
      if (past !== null) known.push(past);
    }
    if (known.length < LEAST_DAYS) return null;
    const { mean, variance, persistence } = robustMoments(known);
    // Half a count in all, so that a baseline of nothing can be risen from.
    const least = Math.max(mean, (0.5 * unit) / (bucketsADay * known.length));
    const beyond = Math.max(variance / least ** 2 - unit / (least * bucketsADay), 0);
    return { mean: least, beyond, persistence, days: known.length };
  }

  /** ln of the chance that days of nothing but noise look so much like a ramp of so many days; 0 where they do not rise enough. */
  #logChance(row: number, day: number, level: number, days: number, past: Baseline, bucketsADay: number, unit: number): number {
    const before = this.meanOf(row, day - 2, STEADY_DAYS, 1);
    if (level < LEAST_RISE * past.mean || before === null || before - past.mean <= STEADY_SHARE * (level - past.mean)) return 0;
    // The last 24 hours are of two days: the days before both follow.
    let weights = days - 0.5;
    let squares = weights * weights;
    let sum = weights * level;
    let known = 1;
    for (let ago = 1; ago < days; ago++) {
      const one = this.levelOf(row, day - 1 - ago);
      if (one === null) continue;
      const weight = days - ago - 0.5;
      weights += weight;
      squares += weight * weight;
      sum += weight * one;
      known++;
    }
    const ratio = sum / weights / past.mean;
    if (known < days / 2 || ratio < LEAST_RISE) return 0;
    // Days that follow one another are alike: they tell as much as so many that do not, and their means vary more.
    const likeness = (1 + past.persistence) / (1 - past.persistence);
    const independent = Math.max(LEAST_INDEPENDENT, past.days / likeness);
    const variance = past.beyond * (1 + FEW_DAYS / past.days) * (independent / (independent - 1));
    // Weighted days tell as much as so many equal ones.
    const equal = (weights * weights) / squares;
    const counting = unit / (past.mean * bucketsADay);
    const dispersion = variance * Math.min(1, likeness / equal) + variance / independent + counting / past.days;
    const counts = equal / counting;
    // Short ramps give more independent looks a year than long ones.
    return logNegativeBinomialTail(ratio * counts, counts, dispersion) - Math.log(days);
  }

  /** Lifts all days: what the level has come to is ordinary from now on. */
  rebase(row: number, factor: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats + layout.days;
    for (let i = at; i < at + DAYS_KEPT; i++) if (floats[i]! > 0) floats[i]! *= factor;
  }
}

interface Baseline {
  readonly mean: number;
  readonly beyond: number;
  readonly persistence: number;
  /** Days of which there is a level. */
  readonly days: number;
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
