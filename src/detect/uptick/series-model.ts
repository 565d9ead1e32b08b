/**
 * What is expected of one series and what is learned from it: level × season, dispersion by window, daily levels. Judging happens with
 * every bucket, learning with every block (hour) and day, so that a surge is compared with what was known before it.
 */
import type { Calendar, Moment } from "./calendar.ts";
import { Dispersion } from "./dispersion.ts";
import { Level } from "./level.ts";
import { Ramp, type Rise } from "./ramp.ts";
import { type BlockRatio, Season } from "./season.ts";
import { LEVELS } from "./layout.ts";
import type { SeriesTable } from "./series-table.ts";
import { LEAST_COVERED, sumsFor, Windows, type WindowSums } from "./windows.ts";

/** What is beyond so many standard deviations is learned as if it were there. */
const MOST_DEVIATIONS = 3;
/** Days of which less than this share was seen have no level, and teach no hours. */
const LEAST_DAY_SEEN = 0.5;
/** Passes over a day to find a level that its outliers do not move. */
const DAY_PASSES = 3;
/** A weekday is measured by the week around it, three days later: a mean over a whole week that a steady rise does not bend. */
const WEEK = 7;
const HALF_WEEK = 3;
/** A fall is the new level once most of so many days have it; until then so much of the level before is still expected. */
const USUAL_DAYS = 7;
const LEAST_USUAL_DAYS = 4;
const USUAL_SHARE = 0.8;
/** Days of DShield's trend. */
const MONTH = 30;
/** Fractions have no counting noise; this share of their level stands for it (a step of a quarter per cent). */
const FRACTION_UNIT = 1 / 400;
const DAY = 86_400;
/** The spread of jumps from day to day is followed as that of slow rises (ramp.ts): a third are beyond one standard deviation. */
const JUMP_STEP = 0.02;
const FIRST_STEP = 0.5;
const FIRST_DAYS = 5;
const BEYOND = 0.317;
const FIRST_JUMP = 0.1;
const LEAST_JUMP = 0.02;
/** Time in which doubt becomes usual, seconds, and the gain of a block at most. */
const DOUBT_SECONDS = 10 * DAY;
const MOST_DOUBT_GAIN = 0.1;

export class SeriesModel {
  readonly season: Season;
  readonly level: Level;
  readonly dispersion: Dispersion;
  readonly windows: Windows;
  readonly ramp: Ramp;
  readonly #table: SeriesTable;
  readonly #calendar: Calendar;
  readonly #doubtGain: number;
  readonly #sums: WindowSums;

  constructor(table: SeriesTable, calendar: Calendar) {
    this.#table = table;
    this.#calendar = calendar;
    this.#sums = sumsFor(calendar);
    this.#doubtGain = Math.min(MOST_DOUBT_GAIN, calendar.blockSeconds / DOUBT_SECONDS);
    this.season = new Season(table, calendar);
    this.level = new Level(table, calendar);
    this.dispersion = new Dispersion(table, calendar);
    this.windows = new Windows(table, calendar);
    this.ramp = new Ramp(table);
  }

  /** Begins a row at a level known with so much information. */
  start(row: number, bucket: number, { first, level, info }: { first: number; level: number; info: number }): void {
    const { floats, doubles, layout } = this.#table;
    const at = row * layout.floats;
    this.season.start(row);
    this.ramp.start(row);
    this.level.start(row, level, info);
    floats[at + layout.unit] = 1;
    floats[at + layout.seen] = bucket - first;
    doubles[row * layout.doubles + layout.lastBucket] = bucket - 1;
    doubles[row * layout.doubles + layout.firstBucket] = first;
  }

  /** What is expected of a bucket. */
  expected(row: number, moment: Moment): number {
    const { floats, layout } = this.#table;
    return floats[row * layout.floats + layout.level]! * this.season.factor(row, moment) * this.lift(row);
  }

  /** Times the level that is expected: after a fall no less than most of what was usual until then, or the end of a holiday would be a surge. */
  lift(row: number): number {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const level = floats[at + layout.level]!;
    return level > 0 ? Math.max(1, (USUAL_SHARE * floats[at + layout.usual]!) / level) : 1;
  }

  /** Relative variance of the expectation: what is not known yet. */
  doubt(row: number, moment: Moment): number {
    const { floats, layout } = this.#table;
    return floats[row * layout.floats + layout.levelVariance]! + this.season.variance(row, moment);
  }

  /** How much larger the doubt is than it used to be: the usual one is in the dispersion, which is learned from errors. */
  newDoubt(row: number, moment: Moment): number {
    const { floats, layout } = this.#table;
    return Math.max(0, this.doubt(row, moment) - floats[row * layout.floats + layout.usualDoubt]!);
  }

  /** Learns what doubt is usual, once a block. */
  learnDoubt(row: number, moment: Moment): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats + layout.usualDoubt;
    floats[at]! += this.#doubtGain * (this.doubt(row, moment) - floats[at]!);
  }

  /**
   * Learns from the blocks and days that ended before `bucket`.
   * @param onDay called after each day, with its number.
   */
  roll(row: number, bucket: number, onDay: (day: number) => void): void {
    const { doubles, layout } = this.#table;
    const calendar = this.#calendar;
    const last = doubles[row * layout.doubles + layout.lastBucket]!;
    const from = calendar.blockOf(last);
    const to = calendar.blockOf(bucket);
    if (to > from) {
      this.#learnBlock(row, from);
      if (to - from > 1) this.level.pass(row, to - from - 1);
      const day = calendar.dayOfBlock(from);
      const today = calendar.dayOfBlock(to);
      if (today > day) {
        this.#learnDay(row, day);
        onDay(day);
        // A gap of years is no longer than what is kept.
        for (let missed = Math.max(day + 1, today - 64); missed < today; missed++) this.ramp.put(row, missed, null);
      }
    }
    this.windows.advance(row, last, bucket);
    doubles[row * layout.doubles + layout.lastBucket] = bucket;
  }

  /** Puts silence into the buckets after the row's last one up to `bucket`, all of one block. */
  passSilence(row: number, bucket: number): void {
    const { floats, doubles, layout } = this.#table;
    const at = row * layout.floats;
    const last = doubles[row * layout.doubles + layout.lastBucket]!;
    const level = floats[at + layout.level]! * this.lift(row);
    this.windows.advance(row, last, bucket);
    for (let one = last + 1; one <= bucket; one++) {
      const factor = this.season.factor(row, this.#calendar.momentOf(one));
      this.windows.put(row, one, 0, level * factor, factor);
    }
    floats[at + layout.seen]! += bucket - last;
    doubles[row * layout.doubles + layout.lastBucket] = bucket;
  }

  /** The level of the last day, by blocks that have ended, or null where too little of it was seen. */
  lastDay(row: number, bucket: number): number | null {
    const block = this.#calendar.blockOf(bucket);
    let [value, exposure, seen] = [0, 0, 0];
    for (let one = block - this.#calendar.dayBlocks; one < block; one++) {
      const known = this.windows.block(row, one);
      if (known.exposure <= 0) continue;
      value += this.#cut(row, known.value, known.mean);
      exposure += known.exposure;
      seen++;
    }
    return seen < LEAST_DAY_SEEN * this.#calendar.dayBlocks || exposure <= 0 ? null : value / exposure;
  }

  /** How far the last day's level has risen over that of weeks ago. */
  rise(row: number, bucket: number): Rise | null {
    const level = this.lastDay(row, bucket);
    if (level === null) return null;
    const { floats, layout } = this.#table;
    const { blockBuckets, dayBlocks } = this.#calendar;
    const day = this.#calendar.dayOfBlock(this.#calendar.blockOf(bucket));
    return this.ramp.rise(row, day, level, blockBuckets * dayBlocks, floats[row * layout.floats + layout.unit]!);
  }

  /** DShield's trend of one value: (S − s) / √s with S of the last day and s the mean of a month of days; null where history is short. */
  trend(row: number, bucket: number): number | null {
    const day = this.#calendar.dayOfBlock(this.#calendar.blockOf(bucket));
    const level = this.ramp.meanOf(row, day - 1, MONTH);
    if (level === null || !(level > 0)) return null;
    const usual = level * this.#calendar.blockBuckets * this.#calendar.dayBlocks;
    this.windows.sums(row, bucket, this.#sums);
    return (this.#sums.values[this.#calendar.dayWindow]! - usual) / Math.sqrt(usual);
  }

  /** What opened an event is no part of the ordinary tail: takes back what this bucket has taught. */
  unlearnTails(row: number, bucket: number): void {
    const { floats, layout } = this.#table;
    const sums = this.#sums;
    const unit = floats[row * layout.floats + layout.unit]!;
    this.windows.sums(row, bucket, sums);
    const lessons = this.#calendar.lessonsAt(bucket);
    this.#calendar.windows.forEach(({ buckets }, window) => {
      const lesson = lessons.buckets[window]!;
      if (lesson === 0 || sums.counts[window]! < LEAST_COVERED * buckets) return;
      const log = this.dispersion.logTail(row, window, sums.values[window]!, sums.means[window]!, unit, 0);
      this.dispersion.unlearnTail(row, window, log, lesson);
    });
  }

  /** Makes what the level has come to the ordinary one. */
  rebase(row: number, factor: number): void {
    this.level.scale(row, factor);
    this.ramp.rebase(row, factor);
    const { floats, layout } = this.#table;
    floats[row * layout.floats + layout.usual]! *= factor;
  }

  /** A value with a fraction: its noise is none of counting. */
  setFractional(row: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    floats[at + layout.unit] = Math.max(1e-9, floats[at + layout.level]! * FRACTION_UNIT);
  }

  #learnBlock(row: number, block: number): void {
    const { value, exposure } = this.windows.block(row, block);
    if (exposure <= 0) return;
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const level = floats[at + layout.level]!;
    const unit = floats[at + layout.unit]!;
    // Not what was expected of the block, which a fall does not lower at once: that is what the level has to learn.
    const mean = level * exposure;
    const dispersion = this.dispersion.of(row, this.#calendar.blockWindow);
    const first = floats[at + layout.levelInfo + LEVELS - 1]! <= 0;
    this.level.learn(row, first ? value : this.#cut(row, value, mean), exposure, unit + dispersion * Math.max(mean, unit * 0.1));
  }

  /** A block's value, drawn in to where it is ordinary. */
  #cut(row: number, value: number, mean: number): number {
    const { floats, layout } = this.#table;
    const unit = floats[row * layout.floats + layout.unit]!;
    const dispersion = this.dispersion.of(row, this.#calendar.blockWindow) + floats[row * layout.floats + layout.levelVariance]!;
    const most = MOST_DEVIATIONS * Math.sqrt(unit * mean + dispersion * mean * mean) + unit;
    return Math.max(mean - most, Math.min(mean + most, value));
  }

  #learnDay(row: number, day: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const { dayBlocks } = this.#calendar;
    const unit = floats[at + layout.unit]!;
    const firstBlock = Math.ceil((day * this.#calendar.daySeconds) / this.#calendar.blockSeconds);
    const blocks = [];
    for (let block = firstBlock; block < firstBlock + dayBlocks; block++) {
      const known = this.windows.block(row, block);
      if (known.exposure > 0) blocks.push({ ...known, slot: this.#calendar.slotOfBlock(block) });
    }
    if (blocks.length < LEAST_DAY_SEEN * dayBlocks || blocks.length === 0) {
      this.ramp.put(row, day, null);
      return;
    }
    const dispersion = this.dispersion.of(row, this.#calendar.blockWindow);
    const cut = (value: number, mean: number): number => {
      const most = MOST_DEVIATIONS * Math.sqrt(unit * mean + dispersion * mean * mean) + unit;
      return Math.max(mean - most, Math.min(mean + most, value));
    };
    const exposure = blocks.reduce((sum, block) => sum + block.exposure, 0);
    let level = blocks.reduce((sum, block) => sum + this.#cut(row, block.value, block.mean), 0) / exposure;
    for (let pass = 1; pass < DAY_PASSES; pass++) {
      level = blocks.reduce((sum, block) => sum + cut(block.value, level * block.exposure), 0) / exposure;
    }
    this.ramp.put(row, day, level);
    if (level > 0) {
      const ratios: BlockRatio[] = blocks.map(({ value, exposure: seen, slot }) => {
        const mean = level * seen;
        return { slot, ratio: cut(value, mean) / mean, info: mean / (unit + dispersion * mean) };
      });
      this.season.learnHours(row, this.#calendar.dayOfWeek(day), ratios);
      this.#learnWeekday(row, day - HALF_WEEK);
      this.#learnJump(row, level, dispersion / blocks.length + unit / (level * exposure));
      const scale = this.season.normalise(row);
      if (scale !== 1) this.rebase(row, scale);
    }
    floats[at + layout.usual] = this.ramp.medianOf(row, day, USUAL_DAYS, LEAST_USUAL_DAYS) ?? 0;
    floats[at + layout.dayStart] = floats[at + layout.level]!;
    floats[at + layout.daysLearned]!++;
    if (unit !== 1) this.setFractional(row);
  }

  /** How far a day's level is from what it was as the day began: by that much it may be off at any time. */
  #learnJump(row: number, level: number, noise: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const before = floats[at + layout.dayStart]!;
    if (!(before > 0)) return;
    const jump = level / before - 1;
    const spread = floats[at + layout.daySpread]! > 0 ? floats[at + layout.daySpread]! : FIRST_JUMP;
    const step = Math.max(JUMP_STEP, FIRST_STEP / (floats[at + layout.daysLearned]! + FIRST_DAYS));
    floats[at + layout.daySpread] = Math.max(LEAST_JUMP, spread * (1 + step * ((jump ** 2 - noise > spread ** 2 ? 1 : 0) - BEYOND)));
  }

  /** Relative variance of the level from one day to the next, beyond what counting explains. */
  jump(row: number): number {
    const { floats, layout } = this.#table;
    const spread = floats[row * layout.floats + layout.daySpread]!;
    return spread > LEAST_JUMP ? spread ** 2 : 0;
  }

  #learnWeekday(row: number, day: number): void {
    const level = this.ramp.levelOf(row, day);
    const week = this.ramp.meanOf(row, day + HALF_WEEK, WEEK, WEEK);
    if (level === null || week === null || !(week > 0) || this.#calendar.daySeconds !== DAY) return;
    const { floats, layout } = this.#table;
    const unit = floats[row * layout.floats + layout.unit]!;
    const count = week * this.#calendar.blockBuckets * this.#calendar.dayBlocks;
    const info = count / (unit + this.dispersion.of(row, this.#calendar.dayWindow) * count);
    this.season.learnWeekday(row, this.#calendar.dayOfWeek(day), level / week, info);
  }
}
