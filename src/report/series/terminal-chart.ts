/** A series in a terminal: bars of block characters, the band of the ordinary behind them, marks below where it was left. */
import { styleText } from "node:util";
import { escapeControls } from "../escape.ts";
import { countTicks, timeTicks } from "../axis.ts";
import { isoTime, per, short } from "../quantity.ts";
import { plotColumns, type SeriesPlot } from "./series-plot.ts";

export interface TerminalChartOptions {
  /** Columns of the terminal, axis included. */
  readonly width: number;
  /** Lines of the drawing itself. */
  readonly height: number;
  readonly colour: boolean;
  readonly ascii: boolean;
}

const AXIS = 8;
/** Eighths of a character cell, from below (Unicode block elements). */
const EIGHTHS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
/** A label of a time needs about so many columns. */
const LABEL = 14;

/** Lines of the chart, without line ends: a heading, the drawing, marks, the times. Empty where there is nothing to draw. */
export function terminalChart(plot: SeriesPlot, { width, height, colour, ascii }: TerminalChartOptions): string[] {
  const drawn = plotColumns(plot, Math.max(10, width - AXIS - 1));
  if (drawn === null) return [];
  const { start, columnSeconds, columns, most: top } = drawn;
  // Few buckets are drawn as wide as there is room.
  const wide = Math.max(1, Math.floor((width - AXIS - 1) / columns.length));
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    colour && text.trim() !== "" ? styleText(style, text, { validateStream: false }) : text;
  const ticks = countTicks(top, Math.max(2, Math.floor(height / 3))).filter((tick) => tick <= top);
  const labels = new Map(ticks.map((tick) => [Math.min(height - 1, Math.round((tick / top) * height)), short(tick)]));

  const lines = [paint("bold", escapeControls(`${plot.name}: ${plot.unit} per ${per(plot.bucketSeconds)}`))];
  for (let row = height - 1; row >= 0; row--) {
    const cells = columns.map((column) => {
      if (column === null) return " ".repeat(wide);
      const filled = (column.value / top) * height - row;
      const bar = ascii ? (filled >= 0.5 ? "#" : " ") : EIGHTHS[Math.max(0, Math.min(8, Math.round(8 * filled)))]!;
      if (bar !== " ") return paint(column.isUptick ? ["red", "bold"] : "cyan", bar.repeat(wide));
      const { low, high } = column;
      const isBand = low !== null && high !== null && row >= Math.floor((low / top) * height) && row < (high / top) * height;
      return isBand ? paint("dim", (ascii ? "." : "·").repeat(wide)) : " ".repeat(wide);
    });
    lines.push(`${paint("dim", (labels.get(row) ?? "").padStart(AXIS - 1))} ${paint("dim", ascii ? "|" : "│")}${cells.join("")}`.trimEnd());
  }
  const marks = columns.map((column) => {
    if (column === null) return "?".repeat(wide);
    return column.isUptick ? paint(["red", "bold"], (ascii ? "^" : "▲").repeat(wide)) : (ascii ? "-" : "─").repeat(wide);
  });
  lines.push(`${" ".repeat(AXIS)}${paint("dim", ascii ? "+" : "└")}${marks.join("")}`);
  lines.push(paint("dim", timeLine({ start, columnSeconds: columnSeconds / wide, count: columns.length * wide })));
  return lines;
}

/** The labels of the time axis, set where they belong; the first carries the whole date. */
function timeLine({ start, columnSeconds, count }: { start: number; columnSeconds: number; count: number }): string {
  const from = isoTime(start).slice(0, 16).replace("T", " ");
  let line = " ".repeat(AXIS + 1) + from;
  for (const { at, label } of timeTicks(start, start + count * columnSeconds, Math.floor(count / LABEL))) {
    const place = AXIS + 1 + Math.round((at - start) / columnSeconds);
    if (place >= line.length + 2 && place + label.length <= AXIS + 1 + count) line = line.padEnd(place) + label;
  }
  return line;
}
