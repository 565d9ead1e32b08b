/** A series as a figure of a page: the band of the ordinary, the values as steps on it, and when it was left. */
import type { Uptick } from "../../model/incident.ts";
import { countTicks, timeTicks } from "../axis.ts";
import { html, type Html } from "../html/markup.ts";
import { drawing, figure, PLOT_SIZES, type PlotSize, scrollTable } from "../html/plot.ts";
import { count, counted, dateTime, per, short } from "../quantity.ts";
import { type PlotColumn, type PlotColumns, plotColumns, type SeriesPlot } from "./series-plot.ts";

/** Columns of the drawing: a step of two units is the narrowest that is seen. */
const MOST_COLUMNS = { wide: 470, narrow: 180 } as const;
const TABLE_COLUMNS = 48;
const HEIGHT = 220;
const LEFT = 52;
const RIGHT = 8;
const TOP = 22;
const BOTTOM = 24;

/** `id` is unique on the page. Null where the series has no point. */
export function seriesFigure(plot: SeriesPlot, id: string): Html | null {
  const table = plotColumns(plot, TABLE_COLUMNS);
  if (table === null) return null;
  return figure({
    id,
    title: plot.name,
    caption: `${capital(plot.unit)} per ${per(plot.bucketSeconds)}. The band is what was to be expected, from what came before alone; where there is none, it was still being learned. Times are UTC.`,
    plots: PLOT_SIZES.flatMap((size) => {
      const drawn = plotColumns(plot, MOST_COLUMNS[size.name]);
      return drawn === null ? [] : [draw(plot, drawn, size, id)];
    }),
    legend: html`<ul class="legend" aria-label="Series">
      <li>${swatch("s-tcp-probes")}as counted</li>
      <li>${swatch("s-port-zero")}out of the ordinary</li>
      <li>${swatch("band")}ordinary</li>
    </ul>`,
    table: scrollTable(
      `${plot.name} over time`,
      [
        { text: "From" },
        { text: `${plot.unit}, highest`, number: true },
        { text: "Expected", number: true },
        { text: "Ordinary up to", number: true },
      ],
      table.columns.map((column, index) => [
        dateTime(table.start + index * table.columnSeconds),
        column === null ? "no data" : count(column.value),
        column === null ? "–" : number(column.expected),
        column === null ? "–" : number(column.high),
      ]),
    ),
  });
}

function draw(plot: SeriesPlot, { start, columnSeconds, columns, most }: PlotColumns, size: PlotSize, id: string): Html {
  const inner = size.width - LEFT - RIGHT;
  const x = (column: number): number => round(LEFT + (inner * column) / columns.length);
  const ticks = countTicks(most, 4);
  const top = ticks.at(-1) ?? most;
  const y = (value: number): number => round(TOP + HEIGHT * (1 - Math.min(1, value / top)));
  const end = start + columns.length * columnSeconds;
  const peaks = plot.upticks.map(describe).slice(0, 3).join("; ");
  const description = `${dateTime(start)} to ${dateTime(end)} UTC, highest ${count(most)}. ${peaks === "" ? "Nothing out of the ordinary." : `Out of the ordinary: ${peaks}.`}`;
  return drawing(id, size.name, [size.width, TOP + HEIGHT + BOTTOM], plot.name, description, [
    ticks.map(
      (tick) =>
        html`<path class="grid" d="M${LEFT} ${y(tick)}H${size.width - RIGHT}" /><text
            class="tick"
            x="${LEFT - 8}"
            y="${y(tick) + 4}"
            text-anchor="end"
            >${short(tick)}</text
          >`,
    ),
    timeTicks(start, end, Math.floor(size.width / 95)).map(({ at, label }) => {
      const place = round(LEFT + (inner * (at - start)) / (end - start));
      const anchor = place > size.width - 30 ? "end" : "middle";
      return html`<text class="tick" x="${place}" y="${TOP + HEIGHT + 18}" text-anchor="${anchor}">${label}</text>`;
    }),
    html`<path class="band" d="${bandPath(columns, x, y)}" />`,
    html`<path class="s-tcp-probes" d="${stepPath(columns, (column) => !column.isUptick, x, y)}" />`,
    html`<path class="s-port-zero" d="${stepPath(columns, (column) => column.isUptick, x, y)}" />`,
    html`<text class="axis" x="${LEFT}" y="12">${plot.unit} per ${per(plot.bucketSeconds)}</text>`,
  ]);
}

/** Bars of the chosen columns, joined where they touch. */
function stepPath(
  columns: PlotColumns["columns"],
  isChosen: (column: PlotColumn) => boolean,
  x: (column: number) => number,
  y: (value: number) => number,
): string {
  let path = "";
  for (const [index, column] of columns.entries()) {
    if (column === null || !isChosen(column) || !(column.value > 0)) continue;
    path += `M${x(index)} ${y(0)}V${y(column.value)}H${x(index + 1)}V${y(0)}Z`;
  }
  return path;
}

function bandPath(columns: PlotColumns["columns"], x: (column: number) => number, y: (value: number) => number): string {
  let path = "";
  for (const [index, column] of columns.entries()) {
    if (column === null || column.low === null || column.high === null) continue;
    path += `M${x(index)} ${y(column.low)}V${y(column.high)}H${x(index + 1)}V${y(column.low)}Z`;
  }
  return path;
}

function describe({ kind, start, end, peak, expected }: Uptick): string {
  const until = end === null ? "and still going on" : `until ${dateTime(end)}`;
  return `a ${kind} from ${dateTime(start)} ${until}, ${count(peak)} where ${number(expected)} were expected`;
}

/** Small expectations keep a digit: 0.3 a bucket is not nothing. */
function number(value: number | null): string {
  if (value === null) return "–";
  return value < 10 ? String(Math.round(value * 10) / 10) : count(value);
}

function swatch(name: string): Html {
  return html`<svg viewBox="0 0 12 12" aria-hidden="true"><rect class="${name}" width="12" height="12" rx="2" /></svg>`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** "12 upticks of 3 series". */
export function upticksInWords(plots: readonly SeriesPlot[]): string {
  const upticks = plots.reduce((sum, plot) => sum + plot.upticks.length, 0);
  return `${counted(upticks, "uptick")} of ${counted(plots.length, "series", "series")}`;
}
