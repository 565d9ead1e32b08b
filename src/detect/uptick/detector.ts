/**
 * The uptick detector: all values of one interval in, events out. Each series has its own model of what is ordinary; over all series of
 * an interval the false discovery rate is held (Benjamini, Hochberg 1995). Nothing that comes later changes a verdict.
 */
import { logDiscoveryThreshold } from "../../stats/benjamini-hochberg.ts";
import { Calendar, type Moment, YEAR } from "./calendar.ts";
import { followEvent, type OpenEvent } from "./event.ts";
import { layoutOf } from "./layout.ts";
import { UPTICK_DEFAULTS, type UptickOptions } from "./options.ts";
import { QuietSeries } from "./quiet-series.ts";
import { LEAST_RISE } from "./ramp.ts";
import { Records } from "./record.ts";
import { type Habit, isHabit, noteSurge } from "./recurrence.ts";
import { SeriesModel } from "./series-model.ts";
import { SeriesTable } from "./series-table.ts";
import { FLAT_DAYS, followRamp, type OpenRamp, RAMP_REST_DAYS } from "./slow-rises.ts";
import { detectedEvent, detectedRamp } from "./detected.ts";
import { LEAST_COVERED, type WindowSums } from "./windows.ts";
import type { Band, DetectedUptick, IntervalValues, UptickVerdict } from "./verdict.ts";

/** No verdicts on less than this: EARS needs 7 points, and a quarter of a day has a shape of its own. */
const LEAST_BUCKETS = 7;
const LEAST_SECONDS = 6 * 3600;
/** Days after which hours and weekdays are known well enough not to speak of learning. */
const LEARNED_DAYS = 14;
/** Overlapping windows of one length are about two independent looks a length (declumping: Aldous 1989). */
const LOOKS_A_WINDOW = 2;
/** Windows of all lengths see much the same: as many false events as two that were independent. */
const SHARES = 2;
/** Sums closer to the expected than this are not looked at further: p is above 0.02 for every law that comes into question. */
const LEAST_DEVIATIONS = 1.8;
/** A series with less than this a day, over two weeks, is quiet again. */
const QUIET_A_DAY = 0.3;
/** Independent looks at the slow rise: two a day, for each number of days over which it is looked at. */
const RAMP_LOOKS = 2 * 365 * 3;
/** Deviations of the band: one bucket of a thousand is above. */
const BAND_DEVIATIONS = 3.09;
const GROWN_RATIO = 1.25;

interface Candidate {
  readonly row: number;
  readonly series: number;
  /** ln of the p-value, and the same weighed by the length of the window. */
  readonly logP: number;
  readonly logWeighed: number;
  readonly window: number;
  readonly ratio: number;
  readonly value: number;
  readonly expected: number;
}

export class UptickDetector {
  readonly options: UptickOptions;
  readonly calendar: Calendar;
  readonly table: SeriesTable;
  readonly quiet: QuietSeries;
  /** Row + 1 of series that are followed, −(place + 1) of quiet ones, 0 of unknown ones. */
  readonly places: Int32Array<ArrayBuffer>;
  readonly events = new Map<number, OpenEvent>();
  readonly ramps = new Map<number, OpenRamp>();
  readonly habits = new Map<number, Habit[]>();
  /** First bucket of all, and the last. */
  first = Number.NaN;
  last = Number.NaN;
  /** Series that were to be followed when no more could be. */
  refused = 0;
  readonly #model: SeriesModel;
  readonly #records: Records;
  readonly #sums: WindowSums;

  constructor(options: Partial<UptickOptions> & Pick<UptickOptions, "bucketSeconds" | "seriesCount">) {
    this.options = { ...UPTICK_DEFAULTS, ...options };
    this.calendar = new Calendar(this.options.bucketSeconds);
    this.table = new SeriesTable(layoutOf(this.calendar));
    this.quiet = new QuietSeries(this.options.bucketSeconds);
    this.places = new Int32Array(this.options.seriesCount);
    this.#model = new SeriesModel(this.table, this.calendar);
    this.#records = new Records(this.table, this.options.bucketSeconds);
    const { length } = this.calendar.windows;
    this.#sums = { values: new Float64Array(length), means: new Float64Array(length), counts: new Float64Array(length) };
  }

  /**
   * Takes in one interval.
   * @param time seconds since 1970 within the interval, later than any before; `absent` what a series without a value had.
   * @throws RangeError where time does not advance.
   */
  observe(time: number, { length, series, values }: IntervalValues, absent: "zero" | "gap"): UptickVerdict[] {
    const bucket = this.calendar.bucketAt(time);
    if (bucket <= this.last) throw new RangeError(`interval ${time} is not after the last`);
    if (Number.isNaN(this.first)) this.first = bucket;
    this.last = bucket;
    const moment = this.calendar.momentOf(bucket);
    const verdicts: UptickVerdict[] = [];
    const candidates: Candidate[] = [];
    const silent: number[] = [];
    const judge = (row: number, value: number): void => {
      const candidate = this.#step(row, bucket, moment, value, verdicts, silent);
      if (candidate !== null) candidates.push(candidate);
    };
    for (let i = 0; i < length; i++) {
      const row = this.#rowOf(series[i]!, bucket, values[i]!, absent);
      if (row >= 0) judge(row, values[i]!);
    }
    const { doubles, layout, owners, rows } = this.table;
    if (absent === "zero") {
      for (let row = 0; row < rows; row++) {
        if (owners[row]! >= 0 && doubles[row * layout.doubles + layout.lastBucket] !== bucket) judge(row, 0);
      }
    }
    this.#open(candidates, absent === "zero" ? this.options.seriesCount : length, bucket, verdicts);
    for (const row of silent) this.#silence(row, bucket);
    return verdicts;
  }

  /** Events that go on, as they stand. */
  open(): DetectedUptick[] {
    return [
      ...[...this.events.values()].filter(({ isHabit }) => !isHabit).map((event) => detectedEvent(this.calendar, event, "surge", null)),
      ...Array.from(this.ramps.values(), (ramp) => detectedRamp(this.calendar, ramp, null)),
    ];
  }

  /** What is ordinary for a series at a time, as far as is known; null for series that are quiet or unknown. */
  baseline(series: number, time: number): Band | null {
    const row = (this.places[series] ?? 0) - 1;
    if (row < 0) return null;
    const moment = this.calendar.momentOf(this.calendar.bucketAt(time));
    return this.#band(row, this.#model.expected(row, moment), this.#model.doubt(row, moment));
  }

  /** Whether so little of a series is known that only the plainest events are told. */
  isLearning(series: number): boolean {
    const row = (this.places[series] ?? 0) - 1;
    if (row < 0) return true;
    const { floats, layout } = this.table;
    return floats[row * layout.floats + layout.daysLearned]! < LEARNED_DAYS;
  }

  /** Finds where each series stands, after the tables were restored. */
  findPlaces(): void {
    const { owners, rows } = this.table;
    for (let row = 0; row < rows; row++) if (owners[row]! >= 0) this.places[owners[row]!] = row + 1;
    for (let place = 0; place < this.quiet.length; place++) this.places[this.quiet.owners[place]!] = -(place + 1);
  }

  #rowOf(series: number, bucket: number, value: number, absent: "zero" | "gap"): number {
    const place = this.places[series];
    if (place === undefined) throw new RangeError(`series ${series} is none of ${this.options.seriesCount}`);
    if (place > 0) return place - 1;
    if (place === 0 && value === 0 && absent === "zero") return -1;
    let quietPlace = -place - 1;
    if (place === 0) {
      const first = absent === "zero" ? this.first : bucket;
      quietPlace = this.quiet.add(series, { first, total: 0, highest: 0, highestBucket: bucket }, bucket);
      this.places[series] = -(quietPlace + 1);
    }
    if (!this.quiet.put(quietPlace, bucket, value)) return -1;
    if (this.table.used >= this.options.mostActive) {
      this.refused++;
      return -1;
    }
    return this.#follow(series, quietPlace, bucket, value);
  }

  /** From now on the series has a row. */
  #follow(series: number, quietPlace: number, bucket: number, value: number): number {
    const past = this.quiet.past(quietPlace);
    const moved = this.quiet.remove(quietPlace);
    if (moved >= 0) this.places[moved] = -(quietPlace + 1);
    const row = this.table.take(series);
    this.places[series] = row + 1;
    const age = bucket - past.first;
    const known = age === 0 ? { level: value, info: 0 } : { level: (past.total + 0.5) / (age + 1), info: past.total + 0.5 };
    this.#model.start(row, bucket, { first: past.first, ...known });
    this.#records.add(row, past.highestBucket, past.highest);
    return row;
  }

  #silence(row: number, bucket: number): void {
    const { floats, doubles, owners, layout } = this.table;
    const series = owners[row]!;
    if (this.events.has(series) || this.ramps.has(series)) return;
    const first = doubles[row * layout.doubles + layout.firstBucket]!;
    const place = this.quiet.add(
      series,
      {
        first,
        total: floats[row * layout.floats + layout.level]! * (bucket - first),
        highest: doubles[row * layout.doubles + layout.highest]!,
        highestBucket: doubles[row * layout.doubles + layout.highest + 1]!,
      },
      bucket,
    );
    this.places[series] = -(place + 1);
    this.table.give(row);
  }

  /** One bucket of one series: learns from the past, judges, remembers. */
  #step(row: number, bucket: number, moment: Moment, value: number, verdicts: UptickVerdict[], silent: number[]): Candidate | null {
    const { layout, owners } = this.table;
    const model = this.#model;
    const series = owners[row]!;
    const isNewBlock =
      this.calendar.blockOf(bucket) !== this.calendar.blockOf(this.table.doubles[row * layout.doubles + layout.lastBucket]!);
    model.roll(row, bucket, (day) => {
      this.#followRamp(row, series, day, bucket, verdicts);
      if (this.#isSilent(row, day)) silent.push(row);
    });
    const { floats } = this.table;
    const at = row * layout.floats;
    if (!Number.isInteger(value) && floats[at + layout.unit] === 1) model.setFractional(row);
    const factor = model.season.factor(row, moment);
    const expected = floats[at + layout.level]! * factor;
    model.windows.put(row, bucket, value, expected, factor);
    floats[at + layout.seen]!++;
    const event = this.events.get(series);
    if (event !== undefined) {
      this.#continue(event, row, bucket, value, expected, verdicts);
      return null;
    }
    if (isNewBlock) this.#lookForRamp(row, series, bucket, value, expected, verdicts);
    const ramp = this.ramps.get(series);
    if (ramp !== undefined) this.#growRamp(ramp, row, bucket, value, factor);
    const candidate = this.#judge(row, series, bucket, value, expected, moment);
    if (candidate === null) this.#records.add(row, bucket, value);
    return candidate;
  }

  /** Looks at all windows that end with this bucket, and learns how they vary. */
  #judge(row: number, series: number, bucket: number, value: number, expected: number, moment: Moment): Candidate | null {
    const { floats, layout } = this.table;
    const { windows, bucketSeconds } = this.calendar;
    const at = row * layout.floats;
    const { dispersion } = this.#model;
    const unit = floats[at + layout.unit]!;
    const seen = floats[at + layout.seen]!;
    const mayJudge = seen > LEAST_BUCKETS && seen * bucketSeconds >= LEAST_SECONDS;
    const doubt = this.#model.newDoubt(row, moment) + this.#model.jump(row);
    this.#model.windows.sums(row, bucket, this.#sums);
    let best: Candidate | null = null;
    for (let window = 0; window < windows.length; window++) {
      const sum = this.#sums.values[window]!;
      const mean = this.#sums.means[window]!;
      // What is mostly gap varies as a shorter window does.
      if (this.#sums.counts[window]! < LEAST_COVERED * windows[window]!.buckets) continue;
      const variance = unit * mean + dispersion.of(row, window) * mean * mean;
      let log = 0;
      if ((sum - mean) ** 2 > LEAST_DEVIATIONS ** 2 * variance && sum > mean) {
        log = dispersion.logTail(row, window, sum, mean, unit, 0);
        const isLarge = sum >= this.options.minRatio * mean && (unit !== 1 || sum >= this.options.minCount);
        if (mayJudge && isLarge) {
          const doubted = doubt > 0 ? dispersion.logTail(row, window, sum, mean, unit, doubt) : log;
          const logP = dispersion.corrected(row, window, doubted);
          const { buckets } = windows[window]!;
          const logWeighed = logP + Math.log(SHARES * (buckets > 1 ? LOOKS_A_WINDOW / buckets : 1));
          if (best === null || logWeighed < best.logWeighed)
            best = { row, series, logP, logWeighed, window, ratio: sum / mean, value, expected };
        }
      }
      dispersion.learnTail(row, window, log);
      dispersion.learn(row, window, sum, mean, unit);
    }
    return best;
  }

  /** Opens what is beyond chance over all series of the interval. */
  #open(candidates: readonly Candidate[], tests: number, bucket: number, verdicts: UptickVerdict[]): void {
    if (candidates.length === 0) return;
    const { falseEventsAYear, falseEventsAYearInAll, bucketSeconds } = this.options;
    const aYear = Math.min(falseEventsAYear * tests, falseEventsAYearInAll ?? Infinity);
    const level = Math.min(0.5, (aYear * bucketSeconds) / YEAR);
    const threshold = logDiscoveryThreshold(
      candidates.map(({ logWeighed }) => logWeighed),
      tests,
      level,
    );
    for (const candidate of candidates) {
      const { row, series, value, expected, logP, ratio } = candidate;
      if (candidate.logWeighed > threshold) {
        this.#records.add(row, bucket, value);
        continue;
      }
      const start = this.calendar.timeOf(bucket);
      const event: OpenEvent = {
        series,
        isHabit: isHabit(this.habits.get(series) ?? [], start, value),
        start: bucket,
        hot: bucket,
        window: this.calendar.windows[candidate.window]!.buckets,
        ratio,
        sum: 0,
        top: 0,
        peak: value,
        peakBucket: bucket,
        expected,
        logP,
        record: this.#records.rank(row, value),
        total: value,
        totalExpected: expected,
        firstDay: value,
        firstDayExpected: expected,
        trend: this.#trend(row, bucket),
      };
      this.events.set(series, event);
      this.#model.unlearnTails(row, this.#sums, bucket);
      this.#model.windows.taint(row, this.calendar.blockOf(bucket));
      if (!event.isHabit) verdicts.push({ phase: "opened", event: detectedEvent(this.calendar, event, "surge", null) });
    }
  }

  #continue(event: OpenEvent, row: number, bucket: number, value: number, expected: number, verdicts: UptickVerdict[]): void {
    const { floats, layout } = this.table;
    const { calendar } = this;
    const model = this.#model;
    const unit = floats[row * layout.floats + layout.unit]!;
    model.windows.taint(row, calendar.blockOf(bucket));
    const deviation = Math.sqrt(unit * expected + model.dispersion.of(row, 0) * expected * expected);
    if (value > event.peak) {
      event.peak = value;
      event.peakBucket = bucket;
      event.expected = expected;
      event.record = this.#records.rank(row, value);
    }
    // Only the windows that lie within it tell how unlikely it is.
    model.windows.sums(row, bucket, this.#sums);
    calendar.windows.forEach(({ buckets }, window) => {
      if (buckets > bucket - event.start + 1 && buckets > event.window) return;
      const sum = this.#sums.values[window]!;
      const mean = this.#sums.means[window]!;
      if (sum < this.options.minRatio * mean) return;
      const log = model.dispersion.logTail(row, window, sum, mean, unit, model.jump(row));
      event.logP = Math.min(event.logP, model.dispersion.corrected(row, window, log));
      if (buckets === event.window) event.ratio = Math.max(event.ratio, sum / mean);
    });
    const habits = this.habits.get(event.series) ?? [];
    if (event.isHabit && !isHabit(habits, calendar.timeOf(event.start), event.peak)) {
      event.isHabit = false;
      verdicts.push({ phase: "opened", event: detectedEvent(calendar, event, "surge", null) });
    }
    const step = followEvent(event, { bucket, value, expected, deviation }, calendar);
    if (step === "goes-on") return;
    if (step === "ended") {
      this.#close(event, row, detectedEvent(this.calendar, event, "surge", event.hot + 1), verdicts);
      return;
    }
    const day = calendar.windows.length - 1;
    const risen = this.#sums.values[day]! / this.#sums.means[day]!;
    const atFirst = event.firstDay / event.firstDayExpected;
    if (risen > 0 && Number.isFinite(risen)) model.rebase(row, risen);
    this.#close(event, row, detectedEvent(this.calendar, event, risen > GROWN_RATIO * atFirst ? "ramp" : "shift", bucket + 1), verdicts);
  }

  #close(event: OpenEvent, row: number, closed: DetectedUptick, verdicts: UptickVerdict[]): void {
    this.events.delete(event.series);
    const habits = this.habits.get(event.series) ?? [];
    noteSurge(habits, this.calendar.timeOf(event.start), event.peak);
    this.habits.set(event.series, habits);
    this.#records.add(row, event.peakBucket, event.peak);
    this.#model.windows.clear(row);
    if (!event.isHabit) verdicts.push({ phase: "closed", event: closed });
  }

  #lookForRamp(row: number, series: number, bucket: number, value: number, expected: number, verdicts: UptickVerdict[]): void {
    const { floats, layout } = this.table;
    const today = this.calendar.dayOfBlock(this.calendar.blockOf(bucket));
    if (this.ramps.has(series) || today < floats[row * layout.floats + layout.rampFrom]!) return;
    const rise = this.#model.rise(row, bucket);
    if (rise === null || rise.ratio < LEAST_RISE || rise.ratios[0]! < LEAST_RISE) return;
    const { falseEventsAYear, falseEventsAYearInAll, seriesCount } = this.options;
    const aYear = Math.min(falseEventsAYear, (falseEventsAYearInAll ?? Infinity) / seriesCount);
    if (rise.logP > Math.log(aYear / RAMP_LOOKS)) return;
    const count = this.#model.lastDay(row, bucket)! * this.calendar.blockBuckets * this.calendar.dayBlocks;
    if (count < this.options.minCount) return;
    const ramp: OpenRamp = {
      series,
      start: bucket,
      startDay: today,
      peak: value,
      peakBucket: bucket,
      expected,
      logP: rise.logP,
      baseline: rise.baseline,
      record: this.#records.rank(row, value),
      trend: this.#trend(row, bucket),
    };
    this.ramps.set(series, ramp);
    verdicts.push({ phase: "opened", event: detectedRamp(this.calendar, ramp, null) });
  }

  #growRamp(ramp: OpenRamp, row: number, bucket: number, value: number, factor: number): void {
    if (value <= ramp.peak) return;
    const record = this.#records.rank(row, value);
    ramp.peak = value;
    ramp.peakBucket = bucket;
    ramp.expected = ramp.baseline * factor;
    ramp.record = record;
  }

  /** At the end of a day: goes an open ramp on; and how far does the level stray where there is none. */
  #followRamp(row: number, series: number, day: number, bucket: number, verdicts: UptickVerdict[]): void {
    const { ramp: days } = this.#model;
    const rise = this.#model.rise(row, bucket);
    const ramp = this.ramps.get(series);
    if (ramp === undefined) {
      if (rise !== null) days.learn(row, rise);
      return;
    }
    if (rise !== null) ramp.logP = Math.min(ramp.logP, rise.logP);
    const step = followRamp(ramp, day, rise, days.meanOf(row, day, FLAT_DAYS), days.meanOf(row, day - FLAT_DAYS, FLAT_DAYS));
    if (step === "goes-on") return;
    if (step === "stays" && rise !== null) days.rebase(row, rise.ratios[0]!);
    const { floats, layout } = this.table;
    floats[row * layout.floats + layout.rampFrom] = day + RAMP_REST_DAYS;
    this.ramps.delete(series);
    verdicts.push({ phase: "closed", event: detectedRamp(this.calendar, ramp, bucket) });
  }

  #isSilent(row: number, day: number): boolean {
    const perDay = this.calendar.blockBuckets * this.calendar.dayBlocks;
    const { floats, layout } = this.table;
    if (floats[row * layout.floats + layout.unit] !== 1) return false;
    for (let one = day; one > day - LEARNED_DAYS; one--) {
      const level = this.#model.ramp.levelOf(row, one);
      if (level === null || level * perDay > 1) return false;
    }
    return floats[row * layout.floats + layout.level]! * perDay < QUIET_A_DAY;
  }

  /** DShield's trend of one value: (S − s) / √s with S of the last day and s the mean of a month of days. */
  #trend(row: number, bucket: number): number | null {
    const perDay = this.calendar.blockBuckets * this.calendar.dayBlocks;
    const day = this.calendar.dayOfBlock(this.calendar.blockOf(bucket));
    const level = this.#model.ramp.meanOf(row, day - 1, 30);
    if (level === null || !(level > 0)) return null;
    const usual = level * perDay;
    return this.#sums.values[this.calendar.dayWindow]! > 0
      ? (this.#sums.values[this.calendar.dayWindow]! - usual) / Math.sqrt(usual)
      : null;
  }

  /** Quantiles by Wilson and Hilferty's cube root (1931). */
  #band(row: number, expected: number, doubt: number): Band {
    const { floats, layout } = this.table;
    const unit = floats[row * layout.floats + layout.unit]!;
    const variance = unit * expected + (this.#model.dispersion.of(row, 0) + doubt) * expected * expected;
    if (!(variance > 0)) return { expected, low: 0, high: 0 };
    const shape = (expected * expected) / variance;
    const quantile = (z: number): number => expected * Math.max(0, 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3;
    return { expected, low: quantile(-BAND_DEVIATIONS), high: quantile(BAND_DEVIATIONS) };
  }
}
