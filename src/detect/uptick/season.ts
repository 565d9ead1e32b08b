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
/** Days in which what was learned loses half its weight: the shape of a day changes with the seasons. */
const HALF_LIFE_DAYS = 28;
const FORGET = 0.5 ** (1 / HALF_LIFE_DAYS);
/** One day moves a factor by no more than thrice. */
const MOST_RATIO = 3;
/** Steps of the 16-bit factors: 0.0001, from −3 to 3 around 1. */
const STEP = 1 / 8192;
const MOST_STEPS = 24_576;
const LEAST_FACTOR = 0.02;

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
    floats.fill(1, at + layout.weekday, at + layout.weekday + DAYS_A_WEEK);
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
    for (let slot = 0; slot < this.#slots; slot++) floats[at + layout.hourInfo + slot]! *= FORGET;
    if (this.#slots === 1) return;
    for (const { slot, ratio, info } of blocks) {
      const known = floats[at + layout.hourInfo + slot]!;
      const capped = Math.min(MOST_RATIO, ratio);
      const factor = 1 + (info / (HOUR_PRIOR + known + info)) * (capped - 1);
      floats[at + layout.hour + slot] = Math.max(LEAST_FACTOR, floats[at + layout.hour + slot]! * factor);
      floats[at + layout.hourInfo + slot] = known + info;
      if (!knowsDays) continue;
      const place = row * layout.weekHours + day * this.#slots + slot;
      const before = 1 + shorts[place]! * STEP;
      const after = before * (1 + (info / (WEEK_HOUR_PRIOR + known / DAYS_A_WEEK + info)) * (capped / factor - 1));
      shorts[place] = Math.max(-MOST_STEPS / 4, Math.min(MOST_STEPS, Math.round((after - 1) / STEP)));
    }
  }

  /** Learns from one weekday. @param ratio its level to that of the week around it, `info` what is in it. */
  learnWeekday(row: number, day: number, ratio: number, info: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const place = at + layout.weekdayInfo + day;
    // A weekday comes once a week.
    const known = floats[place]! * FORGET ** DAYS_A_WEEK;
    const capped = Math.max(1 / MOST_RATIO, Math.min(MOST_RATIO, ratio));
    floats[at + layout.weekday + day]! *= 1 + (info / (WEEKDAY_PRIOR + known + info)) * (capped - 1);
    floats[place] = known + info;
  }

  /** Makes hours and weekdays 1 on average; the answer is what the level has to be multiplied with to make up for it. */
  normalise(row: number): number {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    return scaleToOne(floats, at + layout.hour, this.#slots) * scaleToOne(floats, at + layout.weekday, DAYS_A_WEEK);
  }

  #factorAt(row: number, slot: number, day: number): number {
    const { floats, shorts, layout } = this.#table;
    const at = row * layout.floats;
    const both = floats[at + layout.hour + slot]! * floats[at + layout.weekday + day]!;
    return layout.weekHours === 0 ? both : both * (1 + shorts[row * layout.weekHours + day * this.#slots + slot]! * STEP);
  }
}

function scaleToOne(floats: Float32Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += floats[i]!;
  const mean = sum / count;
  if (!(mean > 0)) return 1;
  for (let i = from; i < from + count; i++) floats[i]! /= mean;
  return mean;
}
