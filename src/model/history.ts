/** What observing makes for history: rows of one sensor, in columns, interval by interval. Written by `observe`, kept by `store`. */
import type { SeriesMeasure } from "./series.ts";

/** The sensor of observations whose user named none. */
export const DEFAULT_SENSOR = "default";

/** How unsolicited traffic was sent; the number is what the store keeps. */
export const ACTIVITY_TECHNIQUES = [
  "tcp-syn",
  "tcp-fin",
  "tcp-null",
  "tcp-xmas",
  "tcp-ack",
  "tcp-odd",
  "tcp-unknown",
  "udp",
  "icmp",
  "other",
  "backscatter",
  "folded",
] as const;
export type ActivityTechnique = (typeof ACTIVITY_TECHNIQUES)[number];

/** Activity: interval × source × transport × port × technique. Columns of `length` rows. */
export interface ActivityColumns {
  readonly length: number;
  /** Start of the interval, seconds since 1970. */
  readonly interval: Uint32Array;
  /** Sixteen octets an address, IPv4 as ::ffff:a.b.c.d. All zero in rows of technique "folded": sources that were too many to keep. */
  readonly source: Uint8Array;
  /** Autonomous system of the source, 0 where none is known. */
  readonly asn: Uint32Array;
  /** IP protocol. */
  readonly transport: Uint16Array;
  /** Destination port (ICMP: type); NO_PORT where there is none. */
  readonly port: Int32Array;
  /** Index in ACTIVITY_TECHNIQUES. */
  readonly technique: Uint8Array;
  readonly packets: Float64Array;
  /** Of these packets, those with a confirmed source port zero. */
  readonly sourcePortZero: Float64Array;
  /** Distinct targets since the source's last row of the interval: their sum is an upper bound. */
  readonly targets: Uint32Array;
}

/** The distinct things of every row of a table: those of row `r` are `values[offsets[r]]` up to `values[offsets[r + 1] − 1]`. */
export interface Members {
  readonly offsets: Uint32Array;
  readonly values: Uint32Array;
}

/**
 * Series and target groups: interval × series (or target group × series), with the distinct things seen, so that sensors, processes and
 * parts of an interval merge exactly. Things are 32-bit: IPv4 addresses, hashes of IPv6 addresses, networks, AS numbers.
 */
export interface SeriesColumns {
  readonly length: number;
  readonly interval: Uint32Array;
  readonly series: Uint32Array;
  readonly packets: Float64Array;
  readonly members: Readonly<Record<Exclude<SeriesMeasure, "packets" | "sensors">, Members>>;
}

/** Target groups: the user's own names of networks. Few and per interval. */
export interface TargetGroupRow {
  readonly interval: number;
  readonly group: string;
  readonly series: number;
  readonly packets: number;
  readonly sources: Uint32Array;
  readonly targets: Uint32Array;
}

/** That the sensor was alive in the interval, and how well it saw. One row an interval and batch, be there observations or not. */
export interface LivenessRow {
  readonly interval: number;
  readonly observations: number;
  /** Records, datagrams, packets known to be lost. */
  readonly lost: number;
  /** Sources folded into one row because the table was full. */
  readonly folded: number;
}

/** All that one sensor adds to history at once. */
export interface HistoryBatch {
  readonly sensor: string;
  readonly activity: ActivityColumns;
  readonly series: SeriesColumns;
  readonly targetGroups: readonly TargetGroupRow[];
  readonly liveness: readonly LivenessRow[];
}
