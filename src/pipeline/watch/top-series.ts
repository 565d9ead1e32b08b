/** The series that people look at: the groups, and those with the most sources of late, with their last intervals. */
import { groupSeriesNumber, SERIES_GROUPS, seriesName, type SeriesSnapshot } from "../../model/series.ts";
import type { WatchedSeries } from "../../model/watch-event.ts";
import type { Judge } from "../history/judge.ts";

/** Single series shown, those that are kept so that they have a past when they are, and intervals of each. */
const SHOWN = 12;
const KEPT = 256;
const INTERVALS = 48;
const GROUPS: readonly number[] = SERIES_GROUPS.map(groupSeriesNumber);

export class TopSeries {
  /** Values of the last intervals, the latest last. */
  readonly #recent = new Map<number, (number | null)[]>();

  add({ length, series, sources }: SeriesSnapshot, isSeen: boolean): void {
    const rows = Array.from({ length }, (_, row) => row).sort((a, b) => sources[b]! - sources[a]!);
    const now = new Map<number, number>();
    for (const row of rows.slice(0, KEPT)) now.set(series[row]!, sources[row]!);
    for (const group of GROUPS) now.set(group, now.get(group) ?? 0);
    for (const one of new Set([...this.#recent.keys(), ...now.keys()])) {
      const recent = this.#recent.get(one) ?? [];
      recent.push(isSeen ? (now.get(one) ?? 0) : null);
      if (recent.length > INTERVALS) recent.shift();
      this.#recent.set(one, recent);
    }
    if (this.#recent.size <= KEPT + GROUPS.length) return;
    const least = [...this.#recent].filter(([one]) => !GROUPS.includes(one)).sort(([, a], [, b]) => weightOf(a) - weightOf(b));
    for (const [one] of least.slice(0, this.#recent.size - KEPT - GROUPS.length)) this.#recent.delete(one);
  }

  view(judge: Judge, time: number): WatchedSeries[] {
    const single = [...this.#recent].filter(([one]) => !GROUPS.includes(one)).sort(([, a], [, b]) => (b.at(-1) ?? 0) - (a.at(-1) ?? 0));
    return [...GROUPS, ...single.slice(0, SHOWN).map(([one]) => one)].map((one) => {
      const band = judge.baseline(one, time);
      return {
        name: seriesName(one),
        recent: [...(this.#recent.get(one) ?? [])],
        expected: band?.expected ?? null,
        high: band?.high ?? null,
        isLearning: judge.isLearning(one),
      };
    });
  }
}

function weightOf(recent: readonly (number | null)[]): number {
  return Math.max(0, ...recent.map((value) => value ?? 0));
}
