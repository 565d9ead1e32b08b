/**
 * Peaks that come back: a surge at the same time of day, or of the week, as those before it is part of the series, not news: the weekly scan
 * of a research project, a nightly job. Told the first times, then known for as long as it keeps coming. Surges that have nothing to do with
 * one another meet too, so those at the same phase are weighed against random times: each earlier surge would be there with the share of the
 * period that is within the tolerance, and how many would be is a sum of such draws (Poisson's binomial distribution).
 */

const HOUR = 3600;
const DAY = 86_400;
const PERIODS: readonly number[] = [DAY, 7 * DAY];
/** Of surges at random times, at most this share is taken for one that comes back; shared evenly by the periods. */
export const FALSE_HABITS = 0.01;
/** It may come a little early or late, seconds. */
const TOLERANCE = HOUR;
/** It may be left out: once while it is getting known, then more often, for a peak that has become part of what is expected is no surge any more, but for the high ones. */
const TIMES_TO_KNOW = 2;
const MOST_LEFT_OUT = 1;
const MOST_LEFT_OUT_KNOWN = 8;
/** More than this many times the highest of its kind so far is news in any case. */
const MOST_GROWTH = 2;
/** Surges kept of a series: the latest. */
const MOST_KEPT = 16;

/** Surges of a series that are over, the latest last: start (seconds since 1970) and peak of each in turn. */
export type PastSurges = readonly number[];

/** How a surge comes back. */
export interface Recurrence {
  /** Seconds from one to the next. */
  readonly period: number;
  /** How often it came before. */
  readonly times: number;
  /** How likely so many, or more, are by chance. */
  readonly chance: number;
}

/** The surges of all series that are over. */
export class SurgeMemory {
  /** By number of the series; plain, so that it can be kept in a snapshot. */
  readonly past = new Map<number, PastSurges>();
  private readonly bucketSeconds: number;

  constructor(bucketSeconds: number) {
    this.bucketSeconds = bucketSeconds;
  }

  note(series: number, start: number, peak: number): void {
    this.past.set(series, [...(this.past.get(series) ?? []), start, peak].slice(-2 * MOST_KEPT));
  }

  /** Whether a surge that starts now and has come to `peak` is one more of those that come now. */
  isHabit(series: number, start: number, peak: number): boolean {
    const past = this.past.get(series);
    return past !== undefined && recurrenceOf(past, start, peak, this.bucketSeconds) !== null;
  }
}

/** What a surge that starts now and has come to `peak` is one more of; null where it is news. */
export function recurrenceOf(past: PastSurges, start: number, peak: number, bucketSeconds: number): Recurrence | null {
  for (const period of PERIODS) {
    const { times, highest, chances } = earlier(past, start, period, bucketSeconds);
    if (times === 0 || peak > MOST_GROWTH * highest) continue;
    const chance = chanceOfAtLeast(times, chances);
    if (chance <= FALSE_HABITS / PERIODS.length) return { period, times, chance };
  }
  return null;
}

interface Earlier {
  /** Periods in a row, but for what may be left out, that had a surge at this phase. */
  readonly times: number;
  readonly highest: number;
  /** Of each period that had any surge: how likely one of them is at this phase by chance. */
  readonly chances: readonly number[];
}

function earlier(past: PastSurges, start: number, period: number, bucketSeconds: number): Earlier {
  // Starts are whole buckets apart
  const near = Math.min(1, ((2 * Math.floor(TOLERANCE / bucketSeconds) + 1) * bucketSeconds) / period);
  const chances: number[] = [];
  let [times, highest, lastWithAny, last] = [0, 0, 0, 0];
  const mayFollow = (periods: number): boolean => periods <= 1 + (times >= TIMES_TO_KNOW ? MOST_LEFT_OUT_KNOWN : MOST_LEFT_OUT);
  for (let at = 0; at < past.length; at += 2) {
    const since = start - past[at]!;
    const periods = Math.round(since / period);
    if (periods < 1) break;
    const apart = periods === lastWithAny ? chances.pop()! : 0;
    chances.push(apart + (1 - apart) * near);
    lastWithAny = periods;
    if (Math.abs(since - periods * period) > TOLERANCE) continue;
    if (times > 0 && !mayFollow(last - periods)) [times, highest] = [0, 0];
    if (times === 0 || periods !== last) times++;
    highest = Math.max(highest, past[at + 1]!);
    last = periods;
  }
  return times > 0 && mayFollow(last) ? { times, highest, chances } : { times: 0, highest: 0, chances };
}

/** Of independent events with these chances, how likely it is that so many happen, or more. */
function chanceOfAtLeast(times: number, chances: readonly number[]): number {
  // How likely 0, 1, … of those so far are, up to the one before `times`
  const fewer = new Float64Array(times);
  fewer[0] = 1;
  for (const chance of chances) {
    for (let count = times - 1; count >= 0; count--) {
      fewer[count] = fewer[count]! * (1 - chance) + (count === 0 ? 0 : fewer[count - 1]! * chance);
    }
  }
  return Math.max(0, 1 - fewer.reduce((sum, one) => sum + one, 0));
}
