/** What the detector is given of an interval: distinct sources by series, as all sensors that levels are of would have seen them. */
import type { UptickDetector } from "../../detect/uptick/detector.ts";
import type { IntervalValues } from "../../detect/uptick/verdict.ts";
import type { SeriesSnapshot } from "../../model/series.ts";
import type { SensorRatio } from "./sensor-ratio.ts";

/** Where sensors see less than this share of a series, they say nothing of it: it is a gap. */
const LEAST_SHARE = 0.1;

/** @param ratio of the sensors that were alive to those that levels are of; null where they are the same. */
export function intervalValues(snapshot: SeriesSnapshot, ratio: SensorRatio | null, detector: UptickDetector): IntervalValues {
  if (ratio === null) return { length: snapshot.length, series: snapshot.series, values: snapshot.sources };
  const series: number[] = [];
  const values: number[] = [];
  const put = (one: number, seen: number): void => {
    const share = ratio.of(one);
    if (share < LEAST_SHARE) return;
    const expected = detector.baseline(one, snapshot.time)?.expected ?? 0;
    // The mean is that of all sensors, and so is the noise of counting: what few see must not look surer than it is
    series.push(one);
    values.push(Math.max(0, Math.round(expected + (seen / share - expected) * Math.min(1, Math.sqrt(share)))));
  };
  const had = new Set<number>();
  for (let row = 0; row < snapshot.length; row++) {
    had.add(snapshot.series[row]!);
    put(snapshot.series[row]!, snapshot.sources[row]!);
  }
  // Those that had nothing are told so: what is absent from a part of the sensors is a gap otherwise
  for (const owner of detector.table.owners) if (owner >= 0 && !had.has(owner)) put(owner, 0);
  return { length: series.length, series, values };
}
