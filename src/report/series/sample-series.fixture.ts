/** Series to draw: a week by the hour, with a daily shape, a gap, and an uptick. */
import { Random } from "../../lab/random.ts";
import type { SeriesPlot, SeriesPlotPoint } from "./series-plot.ts";

export const WEEK_START = Date.UTC(2013, 9, 28) / 1000;
const HOUR = 3600;
const UPTICK_AT = 121;

export function sampleSeries(name: string = "tcp/source/0"): SeriesPlot {
  const random = new Random(7);
  const points: SeriesPlotPoint[] = [];
  for (let hour = 0; hour < 168; hour++) {
    if (hour >= 40 && hour < 46) continue;
    const expected = 20 + 10 * Math.sin((hour / 24) * 2 * Math.PI);
    const isUptick = hour >= UPTICK_AT && hour < UPTICK_AT + 3;
    const value = Math.round((expected + random.uniform() * 6) * (isUptick ? 5 : 1));
    points.push({
      time: WEEK_START + hour * HOUR,
      value,
      expected: hour < 24 ? null : expected,
      low: hour < 24 ? null : expected * 0.6,
      high: hour < 24 ? null : expected * 1.6,
    });
  }
  const start = WEEK_START + UPTICK_AT * HOUR;
  return {
    name,
    unit: "sources",
    bucketSeconds: HOUR,
    points,
    upticks: [
      {
        series: name,
        kind: "surge",
        start,
        end: start + 3 * HOUR,
        peakTime: start + HOUR,
        peak: 130,
        expected: 25.2,
        pValue: 3e-12,
        record: { rank: 1, since: Date.UTC(2012, 8, 16) / 1000, ofAll: true },
      },
    ],
  };
}
