/**
 * The series of history: how much unsolicited traffic had one port in one role, interval by interval. 2 transports × 2 roles × 65,536
 * ports and a few groups, each known by a number, so that tables of all of them are typed arrays.
 */

/** History is kept in intervals of five minutes, seconds: as CERT Polska counted port zero in 2011, and what most darknets use. */
export const INTERVAL_SECONDS = 300;

export const SERIES_TRANSPORTS = ["tcp", "udp"] as const;
export type SeriesTransport = (typeof SERIES_TRANSPORTS)[number];
/** The end of the packet that the port is of. */
export const SERIES_ROLES = ["source", "destination"] as const;
export type SeriesRole = (typeof SERIES_ROLES)[number];
/**
 * Groups of ports, over both transports: packets whose header has port zero (UDP source zero left out: RFC 768 allows it), those to
 * ports that IANA has assigned to nobody, those to ports below 1024; and all that counts, what has no port too.
 */
export const SERIES_GROUPS = ["port-zero", "unassigned", "privileged", "all"] as const;
export type SeriesGroup = (typeof SERIES_GROUPS)[number];

const PORTS = 65_536;
/** Series of single ports; groups have the numbers that follow. */
export const PORT_SERIES_COUNT = SERIES_TRANSPORTS.length * SERIES_ROLES.length * PORTS;
export const SERIES_COUNT = PORT_SERIES_COUNT + SERIES_GROUPS.length;

export type Series =
  | { readonly kind: "port"; readonly transport: SeriesTransport; readonly role: SeriesRole; readonly port: number }
  | { readonly kind: "group"; readonly group: SeriesGroup };

/** The series' number, 0 to SERIES_COUNT − 1. */
export function portSeriesNumber(transport: SeriesTransport, role: SeriesRole, port: number): number {
  return (SERIES_TRANSPORTS.indexOf(transport) * SERIES_ROLES.length + SERIES_ROLES.indexOf(role)) * PORTS + port;
}

export function groupSeriesNumber(group: SeriesGroup): number {
  return PORT_SERIES_COUNT + SERIES_GROUPS.indexOf(group);
}

/** @throws RangeError for a number that no series has. */
export function seriesOf(number: number): Series {
  const group = SERIES_GROUPS[number - PORT_SERIES_COUNT];
  if (group !== undefined) return { kind: "group", group };
  const table = Math.floor(number / PORTS);
  const transport = SERIES_TRANSPORTS[table >> 1];
  const role = SERIES_ROLES[table & 1];
  if (transport === undefined || role === undefined || !Number.isInteger(number))
    throw new RangeError(`no series has the number ${number}`);
  return { kind: "port", transport, role, port: number % PORTS };
}

/** `tcp/source/0`, `udp/destination/53`, `group/port-zero`. */
export function seriesName(number: number): string {
  const series = seriesOf(number);
  return series.kind === "group" ? `group/${series.group}` : `${series.transport}/${series.role}/${series.port}`;
}

/** The number of the series of that name, or null where no series has it. */
export function seriesNumber(name: string): number | null {
  const [first, second, third, ...rest] = name.split("/");
  const group = SERIES_GROUPS.find((one) => one === second);
  if (first === "group" && group !== undefined && third === undefined) return groupSeriesNumber(group);
  const transport = SERIES_TRANSPORTS.find((one) => one === first);
  const role = SERIES_ROLES.find((one) => one === second);
  if (transport === undefined || role === undefined || third === undefined || rest.length > 0) return null;
  return /^\d{1,5}$/.test(third) && Number(third) < PORTS ? portSeriesNumber(transport, role, Number(third)) : null;
}

/** What is counted of a series in an interval. All but packets are distinct counts: exact while small, sketches beyond. */
export const SERIES_MEASURES = ["packets", "sources", "networks", "asns", "targets", "sensors"] as const;
export type SeriesMeasure = (typeof SERIES_MEASURES)[number];

/** One interval (or hour, or day) of one series, all asked sensors merged. */
export interface SeriesPoint {
  /** Seconds since 1970 at which the interval starts. */
  readonly time: number;
  readonly packets: number;
  readonly sources: number;
  /** Distinct /24 (IPv6: /48) of the sources, and their autonomous systems. */
  readonly networks: number;
  readonly asns: number;
  readonly targets: number;
  /** Sensors that saw the series, and those that were alive: 0 alive is a gap, not a zero. */
  readonly sensors: number;
  readonly alive: number;
}

/** All series of one interval, as columns: those absent had nothing. */
export interface SeriesSnapshot {
  readonly time: number;
  readonly length: number;
  /** Ascending. */
  readonly series: Uint32Array;
  readonly packets: Float64Array;
  readonly sources: Float64Array;
  readonly networks: Float64Array;
  readonly asns: Float64Array;
  readonly targets: Float64Array;
  readonly sensors: Float64Array;
}
