/**
 * Slow rises: the level of the last day against a baseline of the weeks before it that ends so long ago that no ramp of ten days can
 * drag it along (the lagged baseline of EARS C2, stretched from days to weeks: Hutwagner et al. 2003).
 */
import { logNormalTail } from "../../stats/normal-tail.ts";
import type { Calendar } from "./calendar.ts";
import { DAYS_KEPT } from "./layout.ts";
import type { SeriesTable } from "./series-table.ts";

/** The baseline ends so many days ago. */
const LAG_DAYS = 8;
/** Days with a level that a baseline needs: EARS takes 7. */
const LEAST_DAYS = 8;
/** Half a standard error more for each of few days: Student's t against the normal law. */
const FEW_DAYS = 4;
/** A slow rise of less than this many times is drift: series of scanning grow and shrink by half within a month. */
const LEAST_RATIO = 1.8;
/** Standard deviations of the daily level: one in 1,500 independent looks, of which a year has about 100. */
const DEVIATIONS = 3.2;
/** Outlying days count as no more than so many deviations. */
const MOST_DEVIATIONS = 3;
/**
 * The spread of slow rises is followed by the share of days beyond it (a quantile by stochastic approximation: Robbins, Monro 1951), which
 * a ramp moves by little: a third of all days are beyond one standard deviation.
 */
const SPREAD_STEP = 0.03;
const BEYOND = 0.317;
const MAD_TO_SD = 1.4826;

export interface Rise {
  /** ln of today's level by the baseline's. */
  readonly log: number;
  /** The level of the baseline. */
  readonly baseline: number;
  readonly threshold: number;
  /** Spread of daily levels, of ln. */
  readonly deviation: number;
  readonly logP: number;
}

export class Ramp {
  readonly #table: SeriesTable;

  constructor(table: SeriesTable, _calendar: Calendar) {
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

  /**
   * The rise of a level over its lagged baseline, or null where history is too short.
   * @param day the day that the level is of, `count` about how many were counted for it.
   */
  rise(row: number, day: number, level: number, bucketsADay: number, unit: number): Rise | null {
    const logs: number[] = [];
    // Half a count more, so that empty days have a logarithm.
    const logOf = (value: number): number => Math.log(value * bucketsADay + 0.5 * unit);
    for (let one = day - DAYS_KEPT + 1; one <= day - LAG_DAYS; one++) {
      const known = this.levelOf(row, one);
      if (known !== null) logs.push(logOf(known));
    }
    if (logs.length < LEAST_DAYS) return null;
    logs.sort((a, b) => a - b);
    const median = medianOf(logs);
    const deviation = MAD_TO_SD * medianOf(logs.map((log) => Math.abs(log - median)).sort((a, b) => a - b));
    const most = (MOST_DEVIATIONS * Math.max(deviation, 0.02)) ** 2;
    const variance = logs.reduce((sum, log) => sum + Math.min(most, (log - median) ** 2), 0) / (logs.length - 1);
    const counting = unit / Math.max(Math.exp(median), unit);
    const { floats, layout } = this.#table;
    const spread = floats[row * layout.floats + layout.rampSpread]! ** 2;
    const deviationOfAll = Math.sqrt(Math.max(variance, spread, counting) * (1 + FEW_DAYS / logs.length));
    const log = logOf(level) - median;
    return {
      log,
      baseline: Math.exp(median) / bucketsADay,
      threshold: Math.max(Math.log(LEAST_RATIO), DEVIATIONS * deviationOfAll),
      deviation: Math.sqrt(Math.max(variance, counting)),
      logP: logNormalTail(log / deviationOfAll),
    };
  }

  /** Learns how far the level strays from its lagged baseline where nothing is wrong. */
  learn(row: number, rise: Rise): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats + layout.rampSpread;
    const spread = floats[at]! > 0 ? floats[at]! : rise.deviation;
    floats[at] = spread * (1 + SPREAD_STEP * ((Math.abs(rise.log) > spread ? 1 : 0) - BEYOND));
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

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
