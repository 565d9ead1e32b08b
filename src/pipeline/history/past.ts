/** The past of one series: what the store has of it, judged interval by interval as if it were live, to be drawn. */
import { UptickDetector } from "../../detect/uptick/detector.ts";
import type { DetectedUptick } from "../../detect/uptick/verdict.ts";
import { type SeriesMeasure, type SeriesPoint, seriesName } from "../../model/series.ts";
import type { SeriesPlot, SeriesPlotPoint } from "../../report/series/series-plot.ts";
import type { FoundUptick } from "../uptick.ts";
import type { Resolution, SensorChoice, Store, TimeRange } from "../../store/store.ts";

const HOUR = 3600;
const DAY = 86_400;
/** Longer ranges are drawn by the hour, and still longer ones by the day: some thousands of points tell all that a screen shows. */
const LONGEST_FINE = 4 * DAY;
const LONGEST_HOURLY = 400 * DAY;
/** Without a day of it, there is no band to draw. */
const LEAST_LEARNED = DAY;
/** How much of what came before the range is judged too, so that what was expected in it is known, and records are. */
const LEAD: Readonly<Record<Resolution, number>> = { 300: 60 * DAY, 3600: 800 * DAY, 86_400: 8000 * DAY };

export interface PastQuestion {
  readonly series: number;
  readonly range: TimeRange;
  readonly measure: SeriesMeasure;
  readonly resolution: Resolution;
  readonly sensors: SensorChoice;
}

export interface Past extends SeriesPlot {
  /** What the store has, all measures. */
  readonly measured: readonly SeriesPoint[];
  readonly upticks: readonly FoundUptick[];
}

/** The finest resolution at which a range is worth looking at. */
export function resolutionOf({ from, to }: TimeRange): Resolution {
  const length = to - from;
  if (length <= LONGEST_FINE) return 300;
  return length <= LONGEST_HOURLY ? HOUR : DAY;
}

/** What is told is of the range alone, but judged with what came before it. @throws StoreError */
export async function readPast(store: Store, { series, range, measure, resolution, sensors }: PastQuestion): Promise<Past> {
  const judged = await store.series(series, { from: Math.max(0, range.from - LEAD[resolution]), to: range.to }, resolution, sensors);
  const measured = judged.filter(({ time }) => time >= range.from);
  const name = seriesName(series);
  const detector = new UptickDetector({ bucketSeconds: resolution, seriesCount: 1 });
  const found: DetectedUptick[] = [];
  const points: SeriesPlotPoint[] = [];
  const first = judged[0]?.time ?? 0;
  for (const point of judged) {
    const { time } = point;
    const value = point[measure];
    const band = time - first >= LEAST_LEARNED ? detector.baseline(0, time) : null;
    if (time >= range.from)
      points.push({ time, value, expected: band?.expected ?? null, low: band?.low ?? null, high: band?.high ?? null });
    const verdicts = detector.observe(time, { length: 1, series: ONLY, values: [value] }, "gap");
    for (const { phase, event } of verdicts) if (phase === "closed") found.push(event);
  }
  found.push(...detector.open());
  const upticks = found.filter(({ end }) => end === null || end > range.from).map((event) => ({ ...event, series: name }));
  return { name, unit: measure, bucketSeconds: resolution, points, upticks: upticks.sort((a, b) => a.start - b.start), measured };
}

const ONLY = [0];
