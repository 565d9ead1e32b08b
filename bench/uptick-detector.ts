/** Our own detector for `bench:uptick`, fed bucket by bucket as if it were live, with what it takes by default. */
import { UptickDetector } from "../src/detect/uptick/detector.ts";
import type { MadeSeries } from "../src/lab/series/make-series.ts";
import type { ToldEvent } from "./uptick-alarms.ts";

/** Events of one series, by when they were told; one that goes on ends with the series. */
export function detectUpticks({ plan, times, values }: MadeSeries): ToldEvent[] {
  const detector = new UptickDetector({ bucketSeconds: plan.bucket, seriesCount: 1 });
  const opened = new Map<number, number>();
  const events: ToldEvent[] = [];
  const put = (start: number, end: number): void => void events.push({ start, end, told: opened.get(start) ?? start + plan.bucket });
  values.forEach((value, at) => {
    if (Number.isNaN(value)) return;
    const time = times[at]!;
    for (const { phase, event } of detector.observe(time, { length: 1, series: [0], values: [value] }, "gap")) {
      if (phase === "opened") opened.set(event.start, time + plan.bucket);
      else put(event.start, event.end ?? time + plan.bucket);
    }
  });
  for (const { start } of detector.open()) put(start, (times.at(-1) ?? plan.start) + plan.bucket);
  return events.sort((a, b) => a.told - b.told);
}
