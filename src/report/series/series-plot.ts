/** What is drawn of one series: its values, what was expected, and when it was out of the ordinary. */
import type { Uptick } from "../../model/incident.ts";

export interface SeriesPlot {
  /** `tcp/source/0`. */
  readonly name: string;
  /** What is counted: "sources", or "value" where nobody knows. */
  readonly unit: string;
  /** Seconds a point stands for. */
  readonly bucketSeconds: number;
  /** Ascending by time. Buckets without a point are gaps, which are no zeros. */
  readonly points: readonly SeriesPlotPoint[];
  readonly upticks: readonly Uptick[];
}

export interface SeriesPlotPoint {
  /** Start of the bucket, seconds since 1970. */
  readonly time: number;
  readonly value: number;
  /** What was to be expected before the value was known, and the band within which it is ordinary; null while still learning. */
  readonly expected: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** One column of a drawing: so many buckets as share it. Null in the middle of a gap. */
export interface PlotColumn {
  /** The highest value, what was expected and the upper end of the band at that time. */
  readonly value: number;
  readonly expected: number | null;
  readonly high: number | null;
  readonly low: number | null;
  /** Whether the series was out of the ordinary somewhere in the column. */
  readonly isUptick: boolean;
}

export interface PlotColumns {
  /** Seconds since 1970 at which the first column starts, and seconds a column lasts. */
  readonly start: number;
  readonly columnSeconds: number;
  readonly columns: readonly (PlotColumn | null)[];
  /** Highest of all that is drawn, at least 1. */
  readonly most: number;
}

/** The points in at most `width` columns of whole buckets; a peak is never averaged away. Null where there is no point. */
export function plotColumns({ points, bucketSeconds, upticks }: SeriesPlot, width: number): PlotColumns | null {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || !(bucketSeconds > 0)) return null;
  const buckets = Math.round((last.time - first.time) / bucketSeconds) + 1;
  const bucketsAColumn = Math.max(1, Math.ceil(buckets / width));
  const columnSeconds = bucketsAColumn * bucketSeconds;
  const columns: (PlotColumn | null)[] = new Array<PlotColumn | null>(Math.ceil(buckets / bucketsAColumn)).fill(null);
  let most = 1;
  for (const { time, value, expected, low, high } of points) {
    const index = Math.floor(Math.round((time - first.time) / bucketSeconds) / bucketsAColumn);
    const before = columns[index] ?? null;
    if (before === null || value > before.value) columns[index] = { value, expected, low, high, isUptick: before?.isUptick ?? false };
    if (value > most) most = value;
    // A band far above all values would press them to the ground.
    if (high !== null && high > most && high < 4 * value) most = high;
  }
  for (const { start, end } of upticks) {
    const from = Math.max(0, Math.floor((start - first.time) / columnSeconds));
    const to = end === null ? columns.length - 1 : Math.ceil((end - first.time) / columnSeconds) - 1;
    for (let index = from; index <= Math.min(columns.length - 1, Math.max(from, to)); index++) {
      const column = columns[index];
      if (column !== undefined && column !== null) columns[index] = { ...column, isUptick: true };
    }
  }
  return { start: first.time, columnSeconds, columns, most };
}
