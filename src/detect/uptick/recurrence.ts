/**
 * Peaks that come back: a surge at the same time of day, or of the week, that was told before already is part of the series, not news:
 * the weekly scan of a research project, a nightly job. Told the first times, then known for as long as it keeps coming.
 */

const HOUR = 3600;
const DAY = 86_400;
const PERIODS: readonly number[] = [DAY, 7 * DAY];
/** Twice is chance; a third time is a habit. */
const TIMES_TO_KNOW = 2;
/** It may come a little early or late, seconds, and be left out: once while it is getting known, then more often, for a peak that has become part of what is expected is no surge any more, but for the high ones. */
const TOLERANCE = HOUR;
const MOST_LEFT_OUT = 1;
const MOST_LEFT_OUT_KNOWN = 8;
/** More than this many times its highest so far is news in any case. */
const MOST_GROWTH = 2;
/** Habits kept of a series: the latest. */
const MOST_KEPT = 8;

/** A surge that may come back; plain, so that it can be kept in a snapshot. */
export interface Habit {
  /** Seconds since 1970 of its last start. */
  last: number;
  /** Seconds, 0 where it came but once. */
  period: number;
  times: number;
  /** Highest value and ratio so far. */
  peak: number;
}

/** Whether a surge that starts now is one that is known to come now. */
export function isHabit(habits: readonly Habit[], start: number, peak: number): boolean {
  return habits.some((habit) => habit.times >= TIMES_TO_KNOW && peak <= MOST_GROWTH * habit.peak && returns(habit, habit.period, start));
}

/** Remembers a surge that is over, as one of a habit or as the first of one. */
export function noteSurge(habits: Habit[], start: number, peak: number): void {
  for (const habit of habits) {
    const period = (habit.period === 0 ? PERIODS : [habit.period]).find((one) => returns(habit, one, start));
    if (period === undefined) continue;
    habit.period = period;
    habit.times++;
    habit.last = start;
    habit.peak = Math.max(habit.peak, peak);
    return;
  }
  habits.push({ last: start, period: 0, times: 1, peak });
  if (habits.length > MOST_KEPT) habits.shift();
}

function returns(habit: Habit, period: number, start: number): boolean {
  const periods = Math.round((start - habit.last) / period);
  return (
    periods >= 1 &&
    periods <= 1 + (habit.times >= TIMES_TO_KNOW ? MOST_LEFT_OUT_KNOWN : MOST_LEFT_OUT) &&
    Math.abs(start - habit.last - periods * period) <= TOLERANCE
  );
}
