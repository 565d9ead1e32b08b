/**
 * What is remembered of one series, as places in three tables with a row a series: 32-bit numbers, 64-bit ones where values must stay
 * exact, 16-bit ones for the week. The size does not depend on the length of history.
 */
import type { Calendar } from "./calendar.ts";

/** Speeds of the level: hours, days, weeks, months. */
export const LEVELS = 4;
/** Daily levels kept: five weeks and a day, for a baseline that no ramp of ten days can drag along. */
export const DAYS_KEPT = 36;
/** Values kept for the exact record: falling values that nothing later exceeded, and the highest of all, apart in time. */
export const FALLING = 12;
export const HIGHEST = 6;
export const DAYS_A_WEEK = 7;

/** Offsets in the row of a series. */
export interface Layout {
  /** Ring of the last hour's buckets: values, expectations. */
  readonly fineValue: number;
  readonly fineMean: number;
  /** Ring of the last day's blocks: values, expectations, seasonal exposures (0: not to learn from), buckets seen. */
  readonly coarseValue: number;
  readonly coarseMean: number;
  readonly coarseExposure: number;
  readonly coarseCount: number;
  /** Hour of day, day of week: factor as learned, as expected (without what is chance), and information. */
  readonly hour: number;
  readonly hourShown: number;
  readonly hourInfo: number;
  readonly weekday: number;
  readonly weekdayShown: number;
  readonly weekdayInfo: number;
  /** LEVELS times mean, information, score. */
  readonly levelMean: number;
  readonly levelInfo: number;
  readonly levelScore: number;
  /** A window each: sums from which its dispersion is estimated; how often and how far its tail was exceeded. */
  readonly dispersionTop: number;
  readonly dispersionBottom: number;
  readonly tailTests: number;
  readonly tailCount: number;
  readonly tailExcess: number;
  /** Daily levels, DAYS_KEPT; −1 where a day has none. */
  readonly days: number;
  /** The level now, its relative variance, the unit of a count (1 but for fractions), days learned, day from which a ramp may open. */
  readonly level: number;
  readonly levelVariance: number;
  readonly unit: number;
  readonly daysLearned: number;
  readonly rampFrom: number;
  /** Buckets seen; the usual doubt about level and season; level as the day began, and how far days stray from that. */
  readonly seen: number;
  readonly usualDoubt: number;
  readonly dayStart: number;
  readonly daySpread: number;
  /** Median level of the last week's days, 0 where too few are known. */
  readonly usual: number;
  readonly floats: number;

  /** In the table of 64-bit numbers: last and first bucket, then pairs of value and bucket. */
  readonly lastBucket: number;
  readonly firstBucket: number;
  readonly falling: number;
  readonly fallingLost: number;
  readonly highest: number;
  readonly doubles: number;

  /** In the table of 16-bit numbers: hours of the week. */
  readonly weekHours: number;
}

export function layoutOf(calendar: Calendar): Layout {
  const { blockBuckets, dayBlocks, windows } = calendar;
  const coarse = Math.max(...windows.filter(({ fine }) => !fine).map(({ length }) => length), dayBlocks);
  let floats = 0;
  const take = (count: number): number => (floats += count) - count;
  let doubles = 0;
  const takeDoubles = (count: number): number => (doubles += count) - count;
  const fine = blockBuckets > 1 ? blockBuckets : 1;
  const places = {
    fineValue: take(fine),
    fineMean: take(fine),
    coarseValue: take(coarse),
    coarseMean: take(coarse),
    coarseExposure: take(coarse),
    coarseCount: take(coarse),
    hour: take(dayBlocks),
    hourShown: take(dayBlocks),
    hourInfo: take(dayBlocks),
    weekday: take(DAYS_A_WEEK),
    weekdayShown: take(DAYS_A_WEEK),
    weekdayInfo: take(DAYS_A_WEEK),
    levelMean: take(LEVELS),
    levelInfo: take(LEVELS),
    levelScore: take(LEVELS),
    dispersionTop: take(windows.length),
    dispersionBottom: take(windows.length),
    tailTests: take(windows.length),
    tailCount: take(windows.length),
    tailExcess: take(windows.length),
    days: take(DAYS_KEPT),
    level: take(1),
    levelVariance: take(1),
    unit: take(1),
    daysLearned: take(1),
    rampFrom: take(1),
    seen: take(1),
    usualDoubt: take(1),
    dayStart: take(1),
    daySpread: take(1),
    usual: take(1),
    lastBucket: takeDoubles(1),
    firstBucket: takeDoubles(1),
    falling: takeDoubles(2 * FALLING),
    fallingLost: takeDoubles(1),
    highest: takeDoubles(2 * HIGHEST),
    weekHours: dayBlocks > 1 ? dayBlocks * DAYS_A_WEEK : 0,
  };
  return { ...places, floats, doubles };
}

/** Lengths of the rings. */
export function ringLengths(layout: Layout): { fine: number; coarse: number } {
  return { fine: layout.fineMean - layout.fineValue, coarse: layout.coarseMean - layout.coarseValue };
}
