/** Looks at one series over all windows at once, and learns how they vary: the most surprising window speaks for the series. */
import type { Calendar, Moment } from "./calendar.ts";
import type { UptickOptions } from "./options.ts";
import type { SeriesModel } from "./series-model.ts";
import type { SeriesTable } from "./series-table.ts";
import { LEAST_COVERED, type WindowSums } from "./windows.ts";

/** No verdicts on less than this: EARS needs 7 points, and a quarter of a day has a shape of its own. */
const LEAST_BUCKETS = 7;
const LEAST_SECONDS = 6 * 3600;
/** Overlapping windows of one length are about two independent looks a length (declumping: Aldous 1989). */
const LOOKS_A_WINDOW = 2;
/**
 * Windows of all lengths see much the same. Exact p-values would make as many false events as three that were independent; what is added
 * for doubt and heavy tails leaves as many as two.
 */
const SHARES = 2;
/** Sums closer to the expected than this are not looked at further: p is above 0.02 for every law that comes into question. */
const LEAST_DEVIATIONS = 1.8;

/** A series that may be out of the ordinary, before all of the interval are weighed against one another. */
export interface Candidate {
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

export class WindowJudge {
  readonly #table: SeriesTable;
  readonly #calendar: Calendar;
  readonly #model: SeriesModel;
  readonly #options: UptickOptions;
  readonly #sums: WindowSums;
  /** Windows of buckets. */
  readonly #fine: number;

  /** @param sums room for sums. */
  constructor(table: SeriesTable, calendar: Calendar, model: SeriesModel, options: UptickOptions, sums: WindowSums) {
    this.#table = table;
    this.#calendar = calendar;
    this.#model = model;
    this.#options = options;
    this.#sums = sums;
    this.#fine = calendar.windows.filter(({ fine }) => fine).length;
  }

  /**
   * Looks at all windows that end with this bucket, and learns how they vary. A bucket in which nothing came opens nothing: no sum has
   * risen in it.
   */
  judge(row: number, series: number, bucket: number, value: number, expected: number, moment: Moment): Candidate | null {
    const { floats, layout } = this.#table;
    const { windows, bucketSeconds } = this.#calendar;
    const at = row * layout.floats;
    const { dispersion } = this.#model;
    const unit = floats[at + layout.unit]!;
    const seen = floats[at + layout.seen]!;
    const mayOpen = value > 0 && seen > LEAST_BUCKETS && seen * bucketSeconds >= LEAST_SECONDS;
    const doubt = mayOpen ? this.#model.newDoubt(row, moment) + this.#model.jump(row) : 0;
    const lessons = this.#calendar.lessonsAt(bucket);
    const looks = mayOpen ? windows.length : lessons.windows;
    this.#model.windows.sums(row, bucket, this.#sums, looks);
    // While a fall is not believed yet, what is below the expected tells nothing of how it varies.
    const teaches = this.#model.lift(row) === 1;
    let best: Candidate | null = null;
    for (let window = 0; window < looks; window++) {
      const lesson = teaches ? lessons.buckets[window]! : 0;
      if (lesson === 0 && !mayOpen) continue;
      const sum = this.#sums.values[window]!;
      const mean = this.#sums.means[window]!;
      // What is mostly gap varies as a shorter window does.
      if (this.#sums.counts[window]! < LEAST_COVERED * windows[window]!.buckets) continue;
      let log = 0;
      if (this.#isHigh(row, window, sum, mean, unit)) {
        log = dispersion.logTail(row, window, sum, mean, unit, 0);
        const isLarge = sum >= this.#options.minRatio * mean && (unit !== 1 || sum >= this.#options.minCount);
        if (mayOpen && isLarge) {
          const doubted = doubt > 0 ? dispersion.logTail(row, window, sum, mean, unit, doubt) : log;
          const logP = dispersion.corrected(row, window, doubted);
          const { buckets } = windows[window]!;
          const logWeighed = logP + Math.log(SHARES * (buckets > 1 ? LOOKS_A_WINDOW / buckets : 1));
          if (best === null || logWeighed < best.logWeighed)
            best = { row, series, logP, logWeighed, window, ratio: sum / mean, value, expected };
        }
      }
      if (lesson === 0) continue;
      dispersion.learnTail(row, window, log, lesson);
      dispersion.learn(row, window, sum, mean, unit, lesson);
    }
    if (lessons.isBlockEnd) this.#model.learnDoubt(row, moment);
    return best;
  }
  /** What the buckets after `last` up to `bucket` teach, all of one block, in which nothing came: as one. */
  learnSilence(row: number, last: number, bucket: number): void {
    const { floats, layout } = this.#table;
    const { windows } = this.#calendar;
    const { dispersion } = this.#model;
    const { isBlockEnd } = this.#calendar.lessonsAt(bucket);
    if (isBlockEnd) this.#model.learnDoubt(row, this.#calendar.momentOf(bucket));
    if (this.#model.lift(row) !== 1) return;
    const looks = isBlockEnd ? windows.length : this.#fine;
    this.#model.windows.sums(row, bucket, this.#sums, looks);
    const unit = floats[row * layout.floats + layout.unit]!;
    for (let window = 0; window < looks; window++) {
      const { buckets, lesson } = windows[window]!;
      const due = (Math.floor((bucket + 1) / lesson) - Math.floor((last + 1) / lesson)) * lesson;
      if (due === 0 || this.#sums.counts[window]! < LEAST_COVERED * buckets) continue;
      const sum = this.#sums.values[window]!;
      const mean = this.#sums.means[window]!;
      const log = this.#isHigh(row, window, sum, mean, unit) ? dispersion.logTail(row, window, sum, mean, unit, 0) : 0;
      dispersion.learnTail(row, window, log, due);
      dispersion.learn(row, window, sum, mean, unit, due);
    }
  }

  /** Whether a sum is so far above the expected that its p-value may be small. */
  #isHigh(row: number, window: number, sum: number, mean: number, unit: number): boolean {
    if (sum <= mean) return false;
    return (sum - mean) ** 2 > LEAST_DEVIATIONS ** 2 * (unit * mean + this.#model.dispersion.of(row, window) * mean * mean);
  }
}
