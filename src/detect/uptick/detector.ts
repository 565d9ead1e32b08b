/**
 * The uptick detector: all values of one interval in, events out. Each series has its own model of what is ordinary; over all series of
 * an interval the false discovery rate is held (Benjamini, Hochberg 1995). Nothing that comes later changes a verdict.
 */
import { logDiscoveryThreshold } from "../../stats/benjamini-hochberg.ts";
import { Calendar, type Moment, YEAR } from "./calendar.ts";
import { followEvent, type OpenEvent } from "./event.ts";
import { layoutOf } from "./layout.ts";
import { RAMP_SHARE, UPTICK_DEFAULTS, type UptickOptions } from "./options.ts";
import { QuietSeries } from "./quiet-series.ts";
import { RampWatch } from "./ramp-watch.ts";
import { Records } from "./record.ts";
import { SurgeMemory } from "./recurrence.ts";
import { SeriesModel } from "./series-model.ts";
import { SeriesTable } from "./series-table.ts";
import type { OpenRamp } from "./slow-rises.ts";
import { detectedEvent, detectedRamp } from "./detected.ts";
import { type Candidate, WindowJudge } from "./window-judge.ts";
import { sumsFor, type WindowSums } from "./windows.ts";
import type { Band, DetectedUptick, IntervalValues, UptickVerdict } from "./verdict.ts";

/** Days after which hours and weekdays are known well enough not to speak of learning. */
const LEARNED_DAYS = 14;
/** A series with less than this a day, over two weeks, is quiet again; with less than one where many are followed. */
const QUIET_A_DAY = 0.3;
const QUIET_A_DAY_CROWDED = 1;
/** With more series than this, the sparse ones are not followed: of the 131,072 source ports of a network most get one or two packets a day, and five in a day are looked at all the same. */
const CROWDED = 4096;
/** Deviations of the band: one bucket of a thousand is above. */
const BAND_DEVIATIONS = 3.09;
const GROWN_RATIO = 1.25;

/** Of the false events that are put up with, those kept for the favoured series. */
const FAVOURED_SHARE = 0.2;

export class UptickDetector {
  readonly options: UptickOptions;
  readonly calendar: Calendar;
  readonly table: SeriesTable;
  readonly quiet: QuietSeries;
  /** Row + 1 of series that are followed, −(place + 1) of quiet ones, 0 of unknown ones. */
  readonly places: Int32Array<ArrayBuffer>;
  readonly events = new Map<number, OpenEvent>();
  readonly surges: SurgeMemory;
  /** First bucket of all, and the last. */
  first = Number.NaN;
  last = Number.NaN;
  /** Whether the last interval told all series: rows that are behind it had nothing since. */
  mayWait = false;
  /** Series that were to be followed when no more could be. */
  refused = 0;
  readonly #model: SeriesModel;
  readonly #records: Records;
  readonly #ramps: RampWatch;
  readonly #judge: WindowJudge;
  readonly #sums: WindowSums;

  constructor(options: Partial<UptickOptions> & Pick<UptickOptions, "bucketSeconds" | "seriesCount">) {
    this.options = { ...UPTICK_DEFAULTS, ...options };
    this.calendar = new Calendar(this.options.bucketSeconds);
    this.table = new SeriesTable(layoutOf(this.calendar));
    this.quiet = new QuietSeries(this.options.bucketSeconds);
    this.surges = new SurgeMemory(this.options.bucketSeconds);
    this.places = new Int32Array(this.options.seriesCount);
    this.#model = new SeriesModel(this.table, this.calendar);
    this.#records = new Records(this.table, this.options.bucketSeconds);
    this.#sums = sumsFor(this.calendar);
    this.#ramps = new RampWatch(this.table, this.calendar, this.#model, this.#records, this.options);
    this.#judge = new WindowJudge(this.table, this.calendar, this.#model, this.options, this.#sums);
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
    if (absent === "gap" || bucket > this.last + 1) this.settle();
    this.last = bucket;
    const moment = this.calendar.momentOf(bucket);
    const verdicts: UptickVerdict[] = [];
    const candidates: Candidate[] = [];
    const silent: number[] = [];
    for (let i = 0; i < length; i++) {
      const row = this.#rowOf(series[i]!, bucket, values[i]!, absent);
      if (row < 0) continue;
      this.#catchUp(row, bucket - 1, silent);
      const candidate = this.#step(row, bucket, moment, values[i]!, verdicts, silent);
      if (candidate !== null) candidates.push(candidate);
    }
    if (absent === "zero") {
      for (const row of this.#rowsDue(bucket)) {
        if (this.#lastBucket(row) === bucket) continue;
        this.#catchUp(row, bucket - 1, silent);
        this.#step(row, bucket, moment, 0, verdicts, silent);
      }
    }
    this.mayWait = absent === "zero";
    this.#open(candidates, absent === "zero" ? this.options.seriesCount : length, bucket, verdicts);
    for (const row of silent) this.#silence(row, bucket);
    return verdicts;
  }

  /** Puts the silence in which they waited into all rows. */
  settle(): void {
    for (let row = 0; row < this.table.rows; row++) if (this.table.owners[row]! >= 0) this.#catchUp(row, this.last, []);
    this.mayWait = false;
  }

  /** Ramps that are open, by number of the series. */
  get ramps(): Map<number, OpenRamp> {
    return this.#ramps.open;
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
    this.#catchUp(row, this.last, []);
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
    if (!this.quiet.put(quietPlace, bucket, value, this.#isCrowded)) return -1;
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

  #lastBucket(row: number): number {
    return this.table.doubles[row * this.table.layout.doubles + this.table.layout.lastBucket]!;
  }

  /** Rows that a silent bucket is put into at once: those of events, and of the others each in its turn, so that none waits longer than a day. */
  *#rowsDue(bucket: number): Generator<number> {
    const { owners, rows } = this.table;
    const turns = this.mayWait ? this.calendar.dayBuckets : 1;
    for (let row = bucket % turns; row < rows; row += turns) if (owners[row]! >= 0) yield row;
    if (!this.mayWait) return;
    for (const series of this.events.keys()) yield this.places[series]! - 1;
    for (const series of this.ramps.keys()) yield this.places[series]! - 1;
  }

  /** Puts the silence in which a row waited into it. Nothing opens in it, and nothing was open, or it had not waited. */
  #catchUp(row: number, until: number, silent: number[]): void {
    if (!this.mayWait) return;
    const { calendar } = this;
    for (let last = this.#lastBucket(row); last < until; last = this.#lastBucket(row)) {
      const block = calendar.blockOf(last + 1);
      if (block !== calendar.blockOf(last)) {
        this.#step(row, last + 1, calendar.momentOf(last + 1), 0, [], silent);
      } else {
        const end = Math.min(until, calendar.firstBucketOf(block + 1) - 1);
        this.#model.passSilence(row, end);
        this.#judge.learnSilence(row, last, end);
      }
    }
  }

  /** One bucket of one series: learns from the past, judges, remembers. */
  #step(row: number, bucket: number, moment: Moment, value: number, verdicts: UptickVerdict[], silent: number[]): Candidate | null {
    const { layout, owners } = this.table;
    const model = this.#model;
    const series = owners[row]!;
    model.roll(row, bucket, (day) => {
      this.#ramps.endDay(row, series, day, bucket, verdicts);
      if (this.#isSilent(row, day)) silent.push(row);
    });
    const { floats } = this.table;
    const at = row * layout.floats;
    if (!Number.isInteger(value) && floats[at + layout.unit] === 1) model.setFractional(row);
    const factor = model.season.factor(row, moment);
    const expected = floats[at + layout.level]! * factor * this.#model.lift(row);
    model.windows.put(row, bucket, value, expected, factor);
    floats[at + layout.seen]!++;
    const event = this.events.get(series);
    if (event !== undefined) {
      this.#continue(event, row, bucket, value, expected, verdicts);
      return null;
    }
    if (value > 0 && model.windows.isFirstOfBlock(row, bucket, value)) this.#ramps.look(row, series, bucket, value, factor, verdicts);
    this.#ramps.grow(row, series, bucket, value, factor);
    const candidate = this.#judge.judge(row, series, bucket, value, expected, moment);
    if (candidate === null) this.#records.add(row, bucket, value);
    return candidate;
  }

  /** Opens what is beyond chance over all series of the interval. */
  #open(candidates: readonly Candidate[], tests: number, bucket: number, verdicts: UptickVerdict[]): void {
    if (candidates.length === 0) return;
    const { falseEventsAYear, falseEventsAYearInAll, bucketSeconds } = this.options;
    const aYear = Math.min(falseEventsAYear * tests, falseEventsAYearInAll ?? Infinity);
    const level = Math.min(0.5, ((1 - RAMP_SHARE) * aYear * bucketSeconds) / YEAR);
    const threshold = logDiscoveryThreshold(
      candidates.map((candidate) => this.#logFavoured(candidate, tests)),
      tests,
      level,
    );
    for (const candidate of candidates) {
      const { row, series, value, expected, logP, ratio } = candidate;
      if (this.#logFavoured(candidate, tests) > threshold) {
        this.#records.add(row, bucket, value);
        continue;
      }
      const start = this.calendar.timeOf(bucket);
      const event: OpenEvent = {
        series,
        isHabit: this.surges.isHabit(series, start, value),
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
        trend: this.#model.trend(row, bucket),
      };
      this.events.set(series, event);
      this.#ramps.withdraw(series, bucket, verdicts);
      this.#model.unlearnTails(row, bucket);
      this.#model.windows.taint(row, this.calendar.blockOf(bucket));
      if (!event.isHabit) verdicts.push({ phase: "opened", event: detectedEvent(this.calendar, event, "surge", null) });
    }
  }

  /** ln of the candidate's p-value by the weight of its series; weights are 1 on average. */
  #logFavoured({ logWeighed, series }: Candidate, tests: number): number {
    const { favoured } = this.options;
    if (favoured.length === 0 || favoured.length >= tests) return logWeighed;
    const weight = favoured.includes(series) ? (FAVOURED_SHARE * tests) / favoured.length : 1 - FAVOURED_SHARE;
    return logWeighed - Math.log(weight);
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
    if (event.isHabit && !this.surges.isHabit(event.series, calendar.timeOf(event.start), event.peak)) {
      event.isHabit = false;
      verdicts.push({ phase: "opened", event: detectedEvent(calendar, event, "surge", null) });
    }
    const step = followEvent(event, { bucket, value, expected, deviation }, calendar);
    if (step === "goes-on") return;
    if (step === "ended") {
      this.#close(event, row, bucket, detectedEvent(this.calendar, event, "surge", event.hot + 1), verdicts);
      return;
    }
    const within = calendar.windows.findLastIndex(({ buckets }) => buckets <= bucket - event.start);
    const risen = this.#sums.values[within]! / this.#sums.means[within]!;
    const atFirst = event.firstDay / event.firstDayExpected;
    if (risen > 0 && Number.isFinite(risen)) model.rebase(row, risen);
    this.#close(
      event,
      row,
      bucket,
      detectedEvent(this.calendar, event, risen > GROWN_RATIO * atFirst ? "ramp" : "shift", bucket + 1),
      verdicts,
    );
  }

  #close(event: OpenEvent, row: number, bucket: number, closed: DetectedUptick, verdicts: UptickVerdict[]): void {
    this.events.delete(event.series);
    this.surges.note(event.series, this.calendar.timeOf(event.start), event.peak);
    this.#records.add(row, event.peakBucket, event.peak);
    this.#model.windows.clear(row);
    this.#ramps.restAfter(row, event, bucket);
    if (!event.isHabit) verdicts.push({ phase: "closed", event: closed });
  }

  get #isCrowded(): boolean {
    return this.table.used > CROWDED;
  }

  #isSilent(row: number, day: number): boolean {
    const perDay = this.calendar.dayBuckets;
    const { floats, layout } = this.table;
    if (floats[row * layout.floats + layout.unit] !== 1) return false;
    if (this.#isCrowded) {
      const mean = this.#model.ramp.meanOf(row, day, LEARNED_DAYS, LEARNED_DAYS);
      return mean !== null && mean * perDay < QUIET_A_DAY_CROWDED;
    }
    for (let one = day; one > day - LEARNED_DAYS; one--) {
      const level = this.#model.ramp.levelOf(row, one);
      if (level === null || level * perDay > 1) return false;
    }
    return floats[row * layout.floats + layout.level]! * perDay < QUIET_A_DAY;
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
