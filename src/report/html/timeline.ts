/** The timeline: packets by kind stacked over time, and port zero in a panel of its own below, where it cannot vanish under the rest. */
import type { Report } from "../../model/report.ts";
import { count, dateTime, duration, per, short } from "../quantity.ts";
import { coarsen, SERIES_NAMES, STACKED_SERIES, usedBins } from "../timeline-bins.ts";
import { countTicks, timeTicks } from "../axis.ts";
import { html, type Html } from "./markup.ts";
import { drawing, figure, PLOT_SIZES, type PlotSize, scrollTable } from "./plot.ts";

const MOST_BINS = { wide: 160, narrow: 64 } as const;
const TABLE_BINS = 48;
const MAIN = 220;
const PANEL = 64;
const LEFT = 52;
const RIGHT = 8;
const TOP = 22;
const BETWEEN = 34;
const BOTTOM = 24;

/** Null where there is nothing to draw: no packets, or times that cannot be. */
export function timelineFigure(report: Report): Html | null {
  const { timeline } = report;
  const used = usedBins(timeline);
  if (used < 2 || !Number.isFinite(timeline.start) || !(timeline.binSeconds > 0)) return null;
  const shown = STACKED_SERIES.filter((name) => (timeline.series.get(name) ?? []).some((packets) => packets > 0));
  return figure({
    id: "timeline",
    title: "Packets over time",
    caption: hasPortZero(report)
      ? "Each kind of packet stacked on the last; port zero apart, on its own scale. Times are UTC."
      : "Each kind of packet stacked on the last; port zero was not among them. Times are UTC.",
    plots: PLOT_SIZES.map((size) => plot(report, size, shown)),
    legend: html`<ul class="legend" aria-label="Series">
      ${[...shown, ...(hasPortZero(report) ? (["port-zero"] as const) : [])].map(
        (name) =>
          html`<li>
            <svg viewBox="0 0 12 12" aria-hidden="true"><rect class="s-${name}" width="12" height="12" rx="2" /></svg>${SERIES_NAMES[name]}
          </li>`,
      )}
    </ul>`,
    table: tableOf(report, shown),
  });
}

function plot(report: Report, size: PlotSize, shown: readonly (typeof STACKED_SERIES)[number][]): Html {
  const { timeline } = report;
  const used = usedBins(timeline);
  const most = MOST_BINS[size.name];
  const course = (name: (typeof STACKED_SERIES)[number]): { bins: number[]; factor: number } =>
    coarsen((timeline.series.get(name) ?? []).slice(0, used), most);
  const columns = Math.ceil(used / Math.max(1, Math.ceil(used / most)));
  const binSeconds = timeline.binSeconds * Math.max(1, Math.ceil(used / most));
  const stacked = shown.map((name) => ({ name, bins: course(name).bins }));
  const totals = Array.from({ length: columns }, (_, column) => stacked.reduce((all, { bins }) => all + positive(bins[column]), 0));
  const zero = course("port-zero").bins.map(positive);
  const inner = size.width - LEFT - RIGHT;
  const x = (column: number): number => round(LEFT + (inner * column) / columns);

  const ticks = countTicks(Math.max(1, ...totals), 4);
  const top = ticks.at(-1) ?? 1;
  const y = (packets: number): number => round(TOP + MAIN * (1 - packets / top));
  const base = new Array<number>(columns).fill(0);
  const layers = stacked.map(({ name, bins }) => {
    const lower = [...base];
    for (let column = 0; column < columns; column++) base[column] = (base[column] ?? 0) + positive(bins[column]);
    return html`<path class="s-${name}" d="${stepPath(base, lower, x, y)}" />`;
  });

  const panelTop = TOP + MAIN + BETWEEN;
  const zeroTicks = countTicks(Math.max(1, ...zero), 1);
  const zeroMost = zeroTicks.at(-1) ?? 1;
  const zeroY = (packets: number): number => round(panelTop + PANEL * (1 - packets / zeroMost));
  const withZero = hasPortZero(report);
  const end = withZero ? panelTop + PANEL : TOP + MAIN;
  const from = timeline.start;
  const to = timeline.start + used * timeline.binSeconds;
  const times = timeTicks(from, to, Math.floor(size.width / 95)).map(({ at, label }) => {
    const position = round(LEFT + (inner * (at - from)) / (to - from));
    const anchor = position > size.width - 30 ? "end" : "middle";
    return html`<path class="grid" d="M${position} ${TOP}V${end + 4}" /><text
        class="tick"
        x="${position}"
        y="${end + 18}"
        text-anchor="${anchor}"
        >${label}</text
      >`;
  });
  const unit = `packets per ${per(binSeconds)}`;
  const peak = totals.indexOf(Math.max(...totals));
  const description = `${dateTime(from)} to ${dateTime(to)} UTC. Highest at ${dateTime(from + peak * binSeconds)}: ${count(totals[peak] ?? 0)} ${unit}.${withZero ? ` Port zero at most ${count(Math.max(0, ...zero))} ${unit}.` : ""}`;
  return drawing("timeline", size.name, [size.width, end + BOTTOM], "Packets over time", description, [
    ticks.map(
      (packets) =>
        html`<path class="grid" d="M${LEFT} ${y(packets)}H${size.width - RIGHT}" /><text
            class="tick"
            x="${LEFT - 8}"
            y="${y(packets) + 4}"
            text-anchor="end"
            >${short(packets)}</text
          >`,
    ),
    times,
    layers,
    html`<text class="axis" x="${LEFT}" y="12">${unit}</text>`,
    withZero
      ? [
          html`<text class="axis" x="${LEFT}" y="${panelTop - 10}">port zero, ${unit}</text>`,
          zeroTicks.map(
            (packets) =>
              html`<path class="grid" d="M${LEFT} ${zeroY(packets)}H${size.width - RIGHT}" /><text
                  class="tick"
                  x="${LEFT - 8}"
                  y="${zeroY(packets) + 4}"
                  text-anchor="end"
                  >${short(packets)}</text
                >`,
          ),
          html`<path class="s-port-zero" d="${stepPath(zero, new Array<number>(columns).fill(0), x, zeroY)}" />`,
        ]
      : null,
  ]);
}

function hasPortZero(report: Report): boolean {
  return (report.timeline.series.get("port-zero") ?? []).some((packets) => packets > 0);
}

function tableOf(report: Report, shown: readonly (typeof STACKED_SERIES)[number][]): Html {
  const { timeline } = report;
  const used = usedBins(timeline);
  const names = [...shown, "port-zero" as const];
  const series = names.map((name) => coarsen((timeline.series.get(name) ?? []).slice(0, used), TABLE_BINS).bins);
  const binSeconds = timeline.binSeconds * Math.max(1, Math.ceil(used / TABLE_BINS));
  const rows = Array.from({ length: Math.ceil(used / Math.max(1, Math.ceil(used / TABLE_BINS))) }, (_, row) => [
    dateTime(timeline.start + row * binSeconds),
    ...series.map((bins) => count(positive(bins[row]))),
  ]);
  const titles = [
    { text: `From (UTC), ${duration(binSeconds)} each` },
    ...names.map((name) => ({ text: SERIES_NAMES[name], number: true })),
  ];
  return scrollTable("Packets over time", titles, rows);
}

/** The outline between two stepped courses, left to right above and back below. */
function stepPath(upper: readonly number[], lower: readonly number[], x: (column: number) => number, y: (value: number) => number): string {
  let path = `M${x(0)} ${y(lower[0] ?? 0)}`;
  for (const [column, value] of upper.entries()) path += `V${y(value)}H${x(column + 1)}`;
  for (let column = upper.length - 1; column >= 0; column--) path += `V${y(lower[column] ?? 0)}H${x(column)}`;
  return `${path}Z`;
}

function positive(value: number | undefined): number {
  return value !== undefined && value > 0 && Number.isFinite(value) ? value : 0;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
