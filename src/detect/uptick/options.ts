/** What may be chosen about the detector, and what it takes where nothing is. docs/upticks.md explains each. */

export interface UptickOptions {
  /** Seconds of a bucket: one call of `observe` is one bucket. */
  readonly bucketSeconds: number;
  /** Series are numbers from 0 to this − 1. */
  readonly seriesCount: number;
  /** False events that are put up with, a series and year: surges, shifts and ramps together. */
  readonly falseEventsAYear: number;
  /** The same over all series together, a year; null for no bound but that of each. */
  readonly falseEventsAYearInAll: number | null;
  /** Series that a share of the false events is kept for: a few that are looked at first (weighted p-values: Genovese, Roeder, Wasserman 2006). */
  readonly favoured: readonly number[];
  /** Fewer in a window are no event, whatever was expected: EARS and Farrington-flexible ask for 5 (Noufaily 2013). */
  readonly minCount: number;
  /** A rise to less than this many times the expected is no event: no model of a series is better than that. */
  readonly minRatio: number;
  /** Series followed closely at once, about 1.9 kB each; beyond it, further ones are counted and refused. */
  readonly mostActive: number;
}

/** Of the false events that are put up with, those kept for ramps: the rest is for the windows. Their statistic is coarse, so that a larger share finds few more. */
export const RAMP_SHARE = 0.2;

export const UPTICK_DEFAULTS: Omit<UptickOptions, "bucketSeconds" | "seriesCount"> = {
  falseEventsAYear: 0.5,
  falseEventsAYearInAll: null,
  favoured: [],
  minCount: 5,
  minRatio: 1.5,
  mostActive: 262_148,
};
