/**
 * The shape of the week of one series: a factor for the hour of day, one for the day of week, and what an hour of the week has beyond
 * both. All start at 1 and move with what was seen, by the weight of that against a prior (multiplicative Bayesian shrinkage), so that
 * a short history gives a flat shape and not a wild one.
 */
import type { Calendar, Moment } from "./calendar.ts";
import { DAYS_A_WEEK } from "./layout.ts";
import type { SeriesTable } from "./series-table.ts";

/** Prior information, 1 / variance of a factor's logarithm before anything was seen: hours differ by half, weekdays by a third. */
const HOUR_PRIOR = 4;
const WEEKDAY_PRIOR = 10;
/** An hour of one weekday differs by a fifth from what hour and weekday say. */
const WEEK_HOUR_PRIOR = 25;
/** Hours of single weekdays are learned from the third week on, when hours and weekdays are known. */
const WEEK_HOUR_AFTER_DAYS = 14;
/** Days in which what was learned of hours and of weekdays loses half its weight: a weekday comes but once a week. */
const HOUR_HALF_LIFE_DAYS = 42;
const WEEKDAY_HALF_LIFE_DAYS = 182;
const FORGET_HOUR = 0.5 ** (1 / HOUR_HALF_LIFE_DAYS);
const FORGET_WEEK = 0.5 ** (DAYS_A_WEEK / WEEKDAY_HALF_LIFE_DAYS);
/**
 * One day moves a factor by no more than thrice, or by so many standard deviations where a single count is more than thrice what is
 * expected: cut lower, the factor of a sparse hour would sink below the truth, for its empty days count in full.
 */
const MOST_RATIO = 3;
const MOST_DEVIATIONS = 4;
/** Steps of the 16-bit factors: 0.0001, from −3 to 3 around 1. */
const STEP = 1 / 8192;
const MOST_STEPS = 24_576;
const LEAST_FACTOR = 0.02;
/**
 * Neighbouring hours are alike: each is expected on a parabola through the seven around it (Savitzky, Golay 1964), but for what stands out
 * of that beyond chance.
 */
const PARABOLA: readonly number[] = [-2 / 21, 3 / 21, 6 / 21, 7 / 21];
/** Share of the variance of single hours that is left on the parabola, and days of fewer hours have none. */
const SMOOTH_VARIANCE = 1 / 3;
const LEAST_SLOTS = 12;
/** What stands out by less than the root of so many variances is chance (shrinkage of single coefficients: James, Stein 1961; Gao 1998, "nonnegative garrote"). */
const CHANCE_HOUR = 3;
const CHANCE_WEEKDAY = 1;
const CHANCE_WEEK_HOUR = 3;

/** One block of a finished day, for learning: ratio to the day's level, and the information in it. */
export interface BlockRatio {
  readonly slot: number;
  readonly ratio: number;
  readonly info: number;
}

export class Season {
  readonly #table: SeriesTable;
  readonly #slots: number;

  constructor(table: SeriesTable, calendar: Calendar) {
    this.#table = table;
    this.#slots = calendar.dayBlocks;
  }

  start(row: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    floats.fill(1, at + layout.hour, at + layout.hour + this.#slots);
    floats.fill(1, at + layout.hourShown, at + layout.hourShown + this.#slots);
    floats.fill(1, at + layout.weekday, at + layout.weekday + DAYS_A_WEEK);
    floats.fill(1, at + layout.weekdayShown, at + layout.weekdayShown + DAYS_A_WEEK);
  }

  /** The factor of a bucket: between the middles of two hours in a straight line. */
  factor(row: number, moment: Moment): number {
    const here = this.#factorAt(row, moment.slot, moment.day);
    if (moment.fraction === 0 || this.#slots === 1) return here;
    return here + moment.fraction * (this.#factorAt(row, moment.nextSlot, moment.nextDay) - here);
  }

  /** Relative variance of the factor: what is not known of it yet. */
  variance(row: number, moment: Moment): number {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const hour = this.#slots === 1 ? 0 : 1 / (HOUR_PRIOR + floats[at + layout.hourInfo + moment.slot]!);
    return hour + 1 / (WEEKDAY_PRIOR + floats[at + layout.weekdayInfo + moment.day]!);
  }

  /** Learns from the hours of a whole day. */
  learnHours(row: number, day: number, blocks: readonly BlockRatio[]): void {
    const { floats, shorts, layout } = this.#table;
    const at = row * layout.floats;
    const knowsDays = floats[at + layout.daysLearned]! >= WEEK_HOUR_AFTER_DAYS;
    for (let slot = 0; slot < this.#slots; slot++) floats[at + layout.hourInfo + slot]! *= FORGET_HOUR;
    if (this.#slots === 1) return;
    for (const { slot, ratio, info } of blocks) {
      const known = floats[at + layout.hourInfo + slot]!;
      const before = floats[at + layout.hour + slot]!;
      const shown = floats[at + layout.hourShown + slot]!;
      const capped = Math.min(mostRatio(info), ratio);
      const weekHour = layout.weekHours === 0 ? 1 : 1 + this.#weekHour(row, day, slot);
      // An hour of the week that is known to be another is no news of the hour of day.
      const seen = capped * shown;
      const after = Math.max(LEAST_FACTOR, before + (info / (HOUR_PRIOR + known + info)) * (seen - before));
      floats[at + layout.hour + slot] = after;
      floats[at + layout.hourInfo + slot] = known + info;
      if (!knowsDays) continue;
      const place = row * layout.weekHours + day * this.#slots + slot;
      const special = 1 + shorts[place]! * STEP;
      const gain = info / (WEEK_HOUR_PRIOR + known / DAYS_A_WEEK + info);
      const next = special + gain * ((seen * weekHour) / after - special);
      shorts[place] = Math.max(-MOST_STEPS / 4, Math.min(MOST_STEPS, Math.round((next - 1) / STEP)));
    }
    this.#smooth(at);
  }

  /** Learns from one weekday. @param ratio its level to that of the week around it, `info` what is in it. */
  learnWeekday(row: number, day: number, ratio: number, info: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const place = at + layout.weekdayInfo + day;
    const known = floats[place]! * FORGET_WEEK;
    const capped = Math.max(leastRatio(info), Math.min(mostRatio(info), ratio));
    const before = floats[at + layout.weekday + day]!;
    const after = before + (info / (WEEKDAY_PRIOR + known + info)) * (capped * floats[at + layout.weekdayShown + day]! - before);
    floats[at + layout.weekday + day] = after;
    floats[place] = known + info;
    floats[at + layout.weekdayShown + day] = 1 + kept(after - 1, CHANCE_WEEKDAY / (WEEKDAY_PRIOR + known + info));
  }

  /** Makes hours and weekdays 1 on average; the answer is what the level has to be multiplied with to make up for it. */
  normalise(row: number): number {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const hours = scaleToOne(floats, at + layout.hourShown, at + layout.hour, this.#slots);
    return hours * scaleToOne(floats, at + layout.weekdayShown, at + layout.weekday, DAYS_A_WEEK);
  }

  /** Shows each hour on the parabola of its neighbours, and what stands out of that beyond chance. */
  #smooth(at: number): void {
    const { floats, layout } = this.#table;
    const slots = this.#slots;
    for (let slot = 0; slot < slots; slot++) {
      const own = floats[at + layout.hour + slot]!;
      if (slots < LEAST_SLOTS) {
        floats[at + layout.hourShown + slot] = own;
        continue;
      }
      let smooth = 0;
      for (let k = -3; k <= 3; k++) smooth += PARABOLA[3 - Math.abs(k)]! * floats[at + layout.hour + ((slot + k + slots) % slots)]!;
      const variance = ((1 - SMOOTH_VARIANCE) * Math.max(own, smooth) ** 2) / (HOUR_PRIOR + floats[at + layout.hourInfo + slot]!);
      floats[at + layout.hourShown + slot] = Math.max(LEAST_FACTOR, smooth + kept(own - smooth, CHANCE_HOUR * variance));
    }
  }

  /** What an hour of the week has beyond hour and weekday, where that is beyond chance. */
  #weekHour(row: number, day: number, slot: number): number {
    const { floats, shorts, layout } = this.#table;
    const steps = shorts[row * layout.weekHours + day * this.#slots + slot]!;
    if (steps === 0) return 0;
    const known = floats[row * layout.floats + layout.hourInfo + slot]! / DAYS_A_WEEK;
    return kept(steps * STEP, CHANCE_WEEK_HOUR / (WEEK_HOUR_PRIOR + known));
  }

  #factorAt(row: number, slot: number, day: number): number {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const both = floats[at + layout.hourShown + slot]! * floats[at + layout.weekdayShown + day]!;
    return layout.weekHours === 0 ? both : both * (1 + this.#weekHour(row, day, slot));
  }
}

/** What a ratio may be at most, by the information in it (1 / its relative variance). */
function mostRatio(info: number): number {
  return Math.max(MOST_RATIO, 1 + MOST_DEVIATIONS / Math.sqrt(info));
}

/** And at least. */
function leastRatio(info: number): number {
  return Math.max(0, Math.min(1 / MOST_RATIO, 1 - MOST_DEVIATIONS / Math.sqrt(info)));
}

/** A deviation without what chance makes of nothing. @param chance square of what is chance. */
function kept(deviation: number, chance: number): number {
  const square = deviation * deviation;
  return square <= chance ? 0 : deviation * (1 - chance / square);
}

/** Makes the mean of what is shown 1, and scales what is behind it by the same. */
function scaleToOne(floats: Float32Array, shown: number, behind: number, count: number): number {
  let sum = 0;
  for (let i = shown; i < shown + count; i++) sum += floats[i]!;
  const mean = sum / count;
  if (!(mean > 0)) return 1;
  for (let i = 0; i < count; i++) {
    floats[shown + i]! /= mean;
    floats[behind + i]! /= mean;
  }
  return mean;
}
