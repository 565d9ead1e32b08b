/** History as lists: what moved most and who was most active, and what one source or network did. */
import type { Incident } from "../../model/incident.ts";
import { seriesName } from "../../model/series.ts";
import { escapeJson } from "../escape.ts";
import { incidentJson } from "../incident/incident-json.ts";
import type { RenderOptions } from "../options.ts";
import { count, counted, dateTime, isoTime, timeSpan } from "../quantity.ts";
import { Screen } from "../text/screen.ts";

interface Range {
  readonly from: number;
  readonly to: number;
}

/** As the store answers; times are seconds since 1970. */
export interface HistoryOverview {
  readonly range: Range;
  readonly movers: readonly {
    readonly series: number;
    readonly sources: number;
    readonly sourcesBefore: number;
    readonly packets: number;
  }[];
  readonly sources: readonly {
    readonly source: string;
    readonly asn: number;
    readonly packets: number;
    readonly targets: number;
    readonly sensors: number;
    readonly firstSeen: number;
    readonly lastSeen: number;
  }[];
  readonly sensors: readonly {
    readonly sensor: string;
    readonly firstSeen: number;
    readonly lastSeen: number;
    readonly intervals: number;
    readonly observations: number;
    readonly lost: number;
  }[];
  readonly incidents: readonly Incident[];
}

export interface NetworkActivity {
  readonly network: string;
  readonly range: Range;
  /** All of it, added up by interval, and by port with most packets first. */
  readonly points: readonly {
    readonly time: number;
    readonly packets: number;
    readonly targets: number;
    readonly ports: number;
    readonly sensors: number;
  }[];
  readonly ports: readonly {
    readonly transport: number;
    readonly port: number;
    readonly technique: string;
    readonly packets: number;
    readonly targets: number;
    readonly firstSeen: number;
    readonly lastSeen: number;
  }[];
  /** Rows of the latest times, ascending; not all where `isCut`. */
  readonly isCut: boolean;
  readonly activity: readonly {
    readonly time: number;
    readonly sensor: string;
    readonly transport: number;
    readonly port: number;
    readonly technique: string;
    readonly packets: number;
    readonly targets: number;
  }[];
}

export function renderOverviewText({ range, movers, sources, sensors, incidents }: HistoryOverview, options: RenderOptions = {}): string {
  const screen = new Screen(options);
  screen.heading("history", sensors.length === 0 ? "nothing was recorded in that time" : timeSpan(range.from, range.to));
  if (sensors.length > 0) {
    screen.table(
      [
        { title: "sensor" },
        { title: "first seen (UTC)" },
        { title: "last seen" },
        { title: "intervals", align: "right" },
        { title: "observations", align: "right" },
        { title: "lost", align: "right" },
      ],
      sensors.map((one) => [
        one.sensor,
        dateTime(one.firstSeen),
        dateTime(one.lastSeen),
        count(one.intervals),
        count(one.observations),
        count(one.lost),
      ]),
    );
  }
  if (incidents.length > 0) {
    screen.heading("incidents", counted(incidents.length, "incident"));
    for (const { id, phase } of incidents) screen.paragraph(`${id}  ${phase}`);
  }
  if (movers.length > 0) {
    screen.heading("moved most", "sources, beside as long a time before");
    screen.table(
      [
        { title: "series" },
        { title: "sources", align: "right" },
        { title: "before", align: "right" },
        { title: "times", align: "right" },
        { title: "packets", align: "right" },
      ],
      movers.map((one) => [
        seriesName(one.series),
        count(one.sources),
        count(one.sourcesBefore),
        one.sourcesBefore > 0 ? (one.sources / one.sourcesBefore).toFixed(1) : "new",
        count(one.packets),
      ]),
    );
  }
  if (sources.length > 0) {
    screen.heading("most active", counted(sources.length, "source"));
    screen.table(
      [
        { title: "source" },
        { title: "AS", align: "right" },
        { title: "packets", align: "right" },
        { title: "targets", align: "right" },
        { title: "sensors", align: "right" },
        { title: "first seen (UTC)" },
        { title: "last seen" },
      ],
      sources.map((one) => [
        one.source,
        one.asn === 0 ? "–" : String(one.asn),
        count(one.packets),
        count(one.targets),
        count(one.sensors),
        dateTime(one.firstSeen),
        dateTime(one.lastSeen),
      ]),
    );
  }
  return screen.toString();
}

export function renderOverviewJson({ range, movers, sources, sensors, incidents }: HistoryOverview): string {
  return json({
    schema: "precursor.history-overview/1",
    from: isoTime(range.from),
    to: isoTime(range.to),
    sensors: sensors.map(seen),
    incidents: incidents.map(incidentJson),
    movers: movers.map(({ series, ...rest }) => ({ series: seriesName(series), ...rest })),
    sources: sources.map(seen),
  });
}

const DEFAULT_ROWS = 20;

export function renderActivityText(
  { network, range, points, ports, isCut, activity }: NetworkActivity,
  options: RenderOptions = {},
): string {
  const screen = new Screen(options);
  if (activity.length === 0) {
    screen.line([{ text: `${network}: nothing in that time (${timeSpan(range.from, range.to)}).` }]);
    return screen.toString();
  }
  const packets = points.reduce((sum, point) => sum + point.packets, 0);
  screen.heading(network, `${counted(packets, "packet")}, ${timeSpan(range.from, range.to)}`);
  screen.table(
    [
      { title: "technique" },
      { title: "port", align: "right" },
      { title: "packets", align: "right" },
      { title: "targets", align: "right" },
      { title: "first seen (UTC)" },
      { title: "last seen" },
    ],
    ports.map((row) => [
      row.technique,
      row.port < 0 ? "–" : String(row.port),
      count(row.packets),
      count(row.targets),
      dateTime(row.firstSeen),
      dateTime(row.lastSeen),
    ]),
  );
  screen.heading("latest", isCut ? `of the latest ${count(activity.length)} rows; a shorter time (--last) has fewer` : "");
  const shown = activity.toSorted((a, b) => b.time - a.time || b.packets - a.packets).slice(0, options.limit ?? DEFAULT_ROWS);
  screen.table(
    [
      { title: "from (UTC)" },
      { title: "technique" },
      { title: "port", align: "right" },
      { title: "packets", align: "right" },
      { title: "targets", align: "right" },
      { title: "sensor" },
    ],
    shown.map((row) => [
      dateTime(row.time),
      row.technique,
      row.port < 0 ? "–" : String(row.port),
      count(row.packets),
      count(row.targets),
      row.sensor,
    ]),
  );
  if (activity.length > shown.length) screen.paragraph(`and ${count(activity.length - shown.length)} more rows (--limit)`);
  return screen.toString();
}

export function renderActivityJson({ network, range, points, ports, isCut, activity }: NetworkActivity): string {
  return json({
    schema: "precursor.history-activity/1",
    network,
    from: isoTime(range.from),
    to: isoTime(range.to),
    points: points.map(({ time, ...rest }) => ({ time: isoTime(time), ...rest })),
    ports: ports.map(seen),
    isCut,
    activity: activity.map(({ time, ...rest }) => ({ time: isoTime(time), ...rest })),
  });
}

function seen(one: { readonly firstSeen: number; readonly lastSeen: number }): object {
  return { ...one, firstSeen: isoTime(one.firstSeen), lastSeen: isoTime(one.lastSeen) };
}

function json(value: object): string {
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`;
}
