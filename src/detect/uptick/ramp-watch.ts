/** Watches all series for slow rises: opens a ramp, lets it grow, and closes it. */
import type { Calendar } from "./calendar.ts";
import { detectedRamp } from "./detected.ts";
import { RAMP_SHARE, type UptickOptions } from "./options.ts";
import type { Records } from "./record.ts";
import type { SeriesModel } from "./series-model.ts";
import type { SeriesTable } from "./series-table.ts";
import { FLAT_DAYS, followRamp, type OpenRamp, RAMP_REST_DAYS } from "./slow-rises.ts";
import type { UptickVerdict } from "./verdict.ts";

/** Looks a year as if all were independent and p-values exact: so many leave the false ramps that are put up with, on series that drift. */
const RAMP_LOOKS = 30_000;

export class RampWatch {
  /** By number of the series. */
  readonly open: Map<number, OpenRamp> = new Map();
  readonly #table: SeriesTable;
  readonly #calendar: Calendar;
  readonly #model: SeriesModel;
  readonly #records: Records;
  readonly #options: UptickOptions;

  constructor(table: SeriesTable, calendar: Calendar, model: SeriesModel, records: Records, options: UptickOptions) {
    this.#table = table;
    this.#calendar = calendar;
    this.#model = model;
    this.#records = records;
    this.#options = options;
  }

  /** Whether a ramp opens: asked once a block, with the first that came in it. @param factor the season's of the bucket. */
  look(row: number, series: number, bucket: number, value: number, factor: number, verdicts: UptickVerdict[]): void {
    const { floats, layout } = this.#table;
    const today = this.#calendar.dayOfBlock(this.#calendar.blockOf(bucket));
    if (this.open.has(series) || today < floats[row * layout.floats + layout.rampFrom]!) return;
    const rise = this.#model.rise(row, bucket + 1);
    if (rise === null || rise.logP === 0) return;
    const { falseEventsAYear, falseEventsAYearInAll, seriesCount } = this.#options;
    const aYear = Math.min(falseEventsAYear, (falseEventsAYearInAll ?? Infinity) / seriesCount);
    if (rise.logP > Math.log((RAMP_SHARE * aYear) / RAMP_LOOKS)) return;
    const count = this.#model.lastDay(row, bucket + 1)! * this.#calendar.blockBuckets * this.#calendar.dayBlocks;
    if (count < this.#options.minCount) return;
    const ramp: OpenRamp = {
      series,
      start: bucket,
      startDay: today,
      peak: value,
      peakBucket: bucket,
      expected: rise.baseline * factor,
      logP: rise.logP,
      baseline: rise.baseline,
      record: this.#records.rank(row, value),
      trend: this.#model.trend(row, bucket),
    };
    this.open.set(series, ramp);
    verdicts.push({ phase: "opened", event: detectedRamp(this.#calendar, ramp, null) });
  }

  /** Takes back a ramp that opened with this bucket: a surge that opened with it as well tells the same rise. */
  withdraw(series: number, bucket: number, verdicts: UptickVerdict[]): void {
    if (this.open.get(series)?.start !== bucket) return;
    this.open.delete(series);
    verdicts.splice(
      verdicts.findIndex(({ event }) => event.series === series && event.kind === "ramp"),
      1,
    );
  }

  /** Takes in one bucket of a ramp that is open, if one is. */
  grow(row: number, series: number, bucket: number, value: number, factor: number): void {
    const ramp = this.open.get(series);
    if (ramp === undefined || value <= ramp.peak) return;
    ramp.peak = value;
    ramp.peakBucket = bucket;
    ramp.expected = ramp.baseline * factor;
    ramp.record = this.#records.rank(row, value);
  }

  /** At the end of a day: goes an open ramp on? */
  endDay(row: number, series: number, day: number, bucket: number, verdicts: UptickVerdict[]): void {
    const { ramp: days } = this.#model;
    const ramp = this.open.get(series);
    if (ramp === undefined) return;
    const rise = this.#model.rise(row, bucket);
    if (rise !== null) ramp.logP = Math.min(ramp.logP, rise.logP);
    const step = followRamp(ramp, day, rise, days.meanOf(row, day, FLAT_DAYS), days.meanOf(row, day - FLAT_DAYS, FLAT_DAYS));
    if (step === "goes-on") return;
    if (step === "stays" && rise !== null) days.rebase(row, rise.ratio);
    const { floats, layout } = this.#table;
    floats[row * layout.floats + layout.rampFrom] = day + RAMP_REST_DAYS;
    this.open.delete(series);
    verdicts.push({ phase: "closed", event: detectedRamp(this.#calendar, ramp, bucket) });
  }

  /** What a surge of a day or a shift leaves in the means of days is no ramp. @param start bucket of its start, `bucket` that of its close. */
  restAfter(row: number, { start }: { readonly start: number }, bucket: number): void {
    if ((bucket - start) * this.#calendar.bucketSeconds < this.#calendar.daySeconds) return;
    const { floats, layout } = this.#table;
    floats[row * layout.floats + layout.rampFrom] = this.#calendar.dayOfBlock(this.#calendar.blockOf(bucket)) + RAMP_REST_DAYS;
  }
}
