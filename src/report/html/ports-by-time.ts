/** Ports by time: one row a destination port, darker where more packets came; what was steady and what was a burst is seen at once. */
import type { PortActivity } from "../../model/activity.ts";
import type { Report } from "../../model/report.ts";
import { portLabel, portName } from "../port-name.ts";
import { count, dateTime, duration, per, share, short } from "../quantity.ts";
import { timeTicks } from "../axis.ts";
import { html, type Html } from "./markup.ts";
import { drawing, figure, HEAT_CLASSES, heatClass, heatLegend, PLOT_SIZES, type PlotSize, scrollTable } from "./plot.ts";

const ROWS = 14;
/** The same on wide and narrow screens, so that one legend holds for both. */
const COLUMNS = 80;
const ROW_HEIGHT = 22;
const TOP = 4;
const BOTTOM = 24;
const RIGHT = 56;
const LABEL = { wide: 176, narrow: 84 } as const;

interface Grid {
  readonly from: number;
  readonly to: number;
  readonly columnSeconds: number;
  readonly cells: readonly (readonly number[])[];
  readonly most: number;
}

/** Null where no port was probed over a stretch of time. */
export function portsByTimeFigure(report: Report): Html | null {
  const ports = report.ports.filter((port) => Number.isFinite(port.start) && port.binSeconds > 0 && port.bins.length > 0).slice(0, ROWS);
  const grid = gridOf(ports, COLUMNS);
  if (grid === null) return null;
  return figure({
    id: "ports",
    title: "Ports by time",
    caption: `The ${ports.length} most probed destination ports. Colour is packets per ${per(grid.columnSeconds)}, on a logarithmic scale.`,
    plots: PLOT_SIZES.map((size) => plot(ports, grid, size)),
    legend: heatLegend(grid.most, `packets per ${per(grid.columnSeconds)}`),
    table: tableOf(report, ports),
  });
}

function plot(ports: readonly PortActivity[], grid: Grid, size: PlotSize): Html {
  const label = LABEL[size.name];
  const columns = grid.cells[0]?.length ?? 0;
  const inner = size.width - label - RIGHT;
  const x = (column: number): number => Math.round((label + (inner * column) / columns) * 10) / 10;
  const paths = new Array<string>(HEAT_CLASSES + 1).fill("");
  for (const [row, cells] of grid.cells.entries()) {
    for (const [column, packets] of cells.entries()) {
      const heat = heatClass(packets, grid.most);
      paths[heat] = `${paths[heat] ?? ""}M${x(column)} ${TOP + row * ROW_HEIGHT}H${x(column + 1)}v${ROW_HEIGHT - 3}H${x(column)}z`;
    }
  }
  const end = TOP + grid.cells.length * ROW_HEIGHT;
  const times = timeTicks(grid.from, grid.to, Math.floor(inner / 95)).map(({ at, label: text }) => {
    const position = Math.round(label + (inner * (at - grid.from)) / (grid.to - grid.from));
    return html`<path class="grid" d="M${position} ${end}v5" /><text class="tick" x="${position}" y="${end + 18}" text-anchor="middle"
        >${text}</text
      >`;
  });
  const rows = ports.map(({ port, transport, packets }, row) => {
    const middle = TOP + row * ROW_HEIGHT + 14;
    const name = portName(port, transport);
    const text = `${port}/${transport}`;
    return html`<text class="label" x="${label - 10}" y="${middle}" text-anchor="end"
        >${size.name === "wide" && name !== null ? html`<tspan class="quiet">${name.slice(0, 15)} </tspan>` : null}${text}</text
      ><text class="tick" x="${size.width}" y="${middle}" text-anchor="end">${short(packets)}</text>`;
  });
  const [busiest] = ports;
  const description =
    busiest === undefined ? "" : `Most packets went to ${portLabel(busiest.port, busiest.transport)}: ${count(busiest.packets)}.`;
  return drawing("ports", size.name, [size.width, end + BOTTOM], "Packets by destination port and time", description, [
    paths.map((path, heat) => (path === "" ? null : html`<path class="h${heat}" d="${path}" />`)),
    rows,
    times,
  ]);
}

function tableOf(report: Report, ports: readonly PortActivity[]): Html {
  const whole = report.ports.reduce((all, port) => all + port.packets, 0);
  const rows = ports.map((port) => {
    const peak = Math.max(0, ...port.bins);
    const when = port.start + port.bins.indexOf(peak) * port.binSeconds;
    return [
      `${portLabel(port.port, port.transport)} ${port.transport.toUpperCase()}`,
      count(port.packets),
      share(port.packets, whole),
      peak > 0 ? `${count(peak)} in ${duration(port.binSeconds)}` : "–",
      peak > 0 ? dateTime(when) : "–",
    ];
  });
  const number = true;
  return scrollTable(
    "Ports by time",
    [{ text: "Port" }, { text: "Packets", number }, { text: "Share", number }, { text: "Peak", number }, { text: "Peak at (UTC)", number }],
    rows,
  );
}

/** All ports on one axis of time, whatever bins each was counted in; a column is never narrower than the coarsest bin. */
function gridOf(ports: readonly PortActivity[], mostColumns: number): Grid | null {
  if (ports.length === 0) return null;
  const from = Math.min(...ports.map((port) => port.start));
  const to = Math.max(...ports.map((port) => port.start + usedLength(port.bins) * port.binSeconds));
  const coarsest = Math.max(...ports.map((port) => port.binSeconds));
  const columnSeconds = coarsest * Math.max(1, Math.ceil((to - from) / coarsest / mostColumns));
  const columns = Math.ceil((to - from) / columnSeconds);
  if (!(columns >= 2)) return null;
  const cells = ports.map((port) => {
    const row = new Array<number>(columns).fill(0);
    for (const [index, packets] of port.bins.entries()) {
      const column = Math.floor((port.start + index * port.binSeconds - from) / columnSeconds);
      if (packets > 0 && Number.isFinite(packets) && column < columns) row[column] = (row[column] ?? 0) + packets;
    }
    return row;
  });
  return { from, to: from + columns * columnSeconds, columnSeconds, cells, most: Math.max(1, ...cells.flat()) };
}

function usedLength(bins: readonly number[]): number {
  let used = bins.length;
  while (used > 0 && !((bins[used - 1] ?? 0) > 0)) used--;
  return used;
}
