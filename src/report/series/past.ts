/** The past of series in text, for programs (`precursor.history/1`) and for spreadsheets. */
import type { SeriesPoint } from "../../model/series.ts";
import { SERIES_MEASURES } from "../../model/series.ts";
import { escapeJson } from "../escape.ts";
import { count, counted, isoTime, per } from "../quantity.ts";
import type { SeriesPlot } from "./series-plot.ts";
import { terminalChart, type TerminalChartOptions } from "./terminal-chart.ts";
import { eventJson, type UptickList } from "./uptick-list.ts";
import { uptickSentence } from "./uptick-words.ts";

interface PastOfSeries extends SeriesPlot {
  readonly measured: readonly SeriesPoint[];
  readonly upticks: UptickList["events"];
}

/** A chart a series, and below it a line for each time that it was out of the ordinary. */
export function renderPastText(pasts: readonly PastOfSeries[], options: TerminalChartOptions): string {
  const blocks = pasts.map((past) => {
    if (past.points.length === 0) return `${past.name}: no sensor was alive in that time.`;
    const packets = past.measured.reduce((sum, point) => sum + point.packets, 0);
    const read = `${counted(past.points.length, "value")} by the ${per(past.bucketSeconds)}`;
    if (packets === 0) return `${past.name}: nothing in that time (${read}).`;
    const highest = Math.max(...past.points.map(({ value }) => value));
    const lines = [...terminalChart(past, options), "", `${read}, highest ${count(highest)}; ${counted(packets, "packet")} in all.`];
    if (past.upticks.length === 0) lines.push("Never out of the ordinary in that time.");
    return [...lines, ...past.upticks.map(uptickSentence)].join("\n");
  });
  return `${blocks.join("\n\n")}\n`;
}

export function renderPastJson(pasts: readonly PastOfSeries[]): string {
  const value = {
    schema: "precursor.history/1",
    series: pasts.map(({ name, unit, bucketSeconds, points, measured, upticks }) => ({
      series: name,
      measure: unit,
      bucketSeconds,
      points: measured.map(({ time, ...measures }, index) => {
        const { expected = null, low = null, high = null } = points[index] ?? {};
        return { time: isoTime(time), ...measures, expected, low, high };
      }),
      events: upticks.map(eventJson),
    })),
  };
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`;
}

/** RFC 4180, a line a point. */
export function renderPastCsv(pasts: readonly PastOfSeries[]): string {
  const lines = pasts.flatMap(({ name, points, measured }) =>
    measured.map((point, index) => {
      const { expected, low, high } = points[index] ?? { expected: null, low: null, high: null };
      const band = [expected, low, high].map((bound) => (bound === null ? "" : Number(bound.toPrecision(6))));
      return [isoTime(point.time), name, ...SERIES_MEASURES.map((measure) => point[measure]), point.alive, ...band].join(",");
    }),
  );
  return `${[["time", "series", ...SERIES_MEASURES, "alive", "expected", "low", "high"].join(","), ...lines].join("\n")}\n`;
}
