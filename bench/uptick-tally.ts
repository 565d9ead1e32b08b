/** Sums of verdicts: what `bench:uptick` prints a line of. */
import type { LabSeries } from "../src/lab/series/series-families.ts";
import type { SeriesEvent } from "../src/lab/series/series-event.ts";
import type { ToldEvent } from "./uptick-alarms.ts";
import { judge, type FalseEvent, type Finding } from "./uptick-verdict.ts";

/** A verdict with the series that it is about. */
interface Judged {
  readonly series: LabSeries;
  readonly findings: readonly Finding[];
  readonly falseEvents: readonly FalseEvent[];
  readonly years: number;
}

/** The true event's own name over all series: what two methods found in common is told by it. */
export function keyOf(series: LabSeries, { start, kind }: SeriesEvent): string {
  return `${series.name} ${kind} ${start}`;
}

/** Verdicts on many series by one method. */
export class Tally {
  readonly judged: Judged[] = [];

  add(series: LabSeries, events: readonly ToldEvent[]): void {
    this.judged.push({ series, ...judge(series, events) });
  }

  /** The same verdicts, on these series alone. */
  only(names: ReadonlySet<string>): Tally {
    const part = new Tally();
    part.judged.push(...this.judged.filter(({ series }) => names.has(series.name)));
    return part;
  }

  /** Of events that the condition picks: how many there are, and how many were found. */
  found(pick: (finding: Finding, series: LabSeries) => boolean): { readonly of: number; readonly found: number } {
    const picked = this.judged.flatMap(({ series, findings }) => findings.filter((finding) => pick(finding, series)));
    return { of: picked.length, found: picked.filter(({ told }) => told > 0).length };
  }

  /** Keys of the events that were found. */
  foundKeys(): Set<string> {
    return new Set(
      this.judged.flatMap(({ series, findings }) => findings.filter(({ told }) => told > 0).map(({ event }) => keyOf(series, event))),
    );
  }

  /** Those of `keys` that were found here too, surges only. */
  foundOf(keys: ReadonlySet<string>): { readonly of: number; readonly found: number } {
    return this.found(({ event }, series) => event.kind === "surge" && keys.has(keyOf(series, event)));
  }

  /** Surges missed although `keys` has them. */
  missedOf(keys: ReadonlySet<string>): { readonly series: LabSeries; readonly event: SeriesEvent }[] {
    return this.judged.flatMap(({ series, findings }) =>
      findings.filter(({ event, told }) => told === 0 && keys.has(keyOf(series, event))).map(({ event }) => ({ series, event })),
    );
  }

  /** Delays in buckets of all surges found, rising. */
  delays(): number[] {
    const delays = this.judged.flatMap(({ findings }) =>
      findings.flatMap(({ event, delay }) => (event.kind === "surge" && delay !== null ? [delay] : [])),
    );
    return delays.sort((a, b) => a - b);
  }

  /** False events a series-year, over series that the condition picks; NaN without any. */
  falseRate(pick: (series: LabSeries) => boolean): number {
    const picked = this.judged.filter(({ series }) => pick(series));
    const years = picked.reduce((sum, one) => sum + one.years, 0);
    return picked.reduce((sum, one) => sum + one.falseEvents.length, 0) / years;
  }

  /** Events told for each surge that was found. */
  eventsPerSurge(): number {
    const told = this.judged.flatMap(({ findings }) => findings.filter((one) => one.event.kind === "surge" && one.told > 0));
    return told.reduce((sum, one) => sum + one.told, 0) / told.length;
  }

  /** Shifts found, and those of them told exactly once. */
  shifts(): { readonly of: number; readonly once: number } {
    const shifts = this.judged.flatMap(({ findings }) => findings.filter(({ event }) => event.kind === "shift"));
    return { of: shifts.length, once: shifts.filter(({ told }) => told === 1).length };
  }
}
