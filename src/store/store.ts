/** What a store of history does, whatever engine it runs on. One conformance suite holds for all. */
import type { HistoryBatch } from "../model/history.ts";
import type { Incident } from "../model/incident.ts";
import type { SeriesPoint, SeriesSnapshot } from "../model/series.ts";

/** Seconds a point: five minutes, an hour, a day. */
export type Resolution = 300 | 3600 | 86_400;

/** From `from`, up to but without `to`: seconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface SensorLiveness {
  readonly sensor: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Intervals in which it was alive. */
  readonly intervals: number;
  readonly observations: number;
  readonly lost: number;
}

/** How much one source, or one network, did; by technique and port. */
export interface SourceActivity {
  readonly time: number;
  readonly sensor: string;
  readonly transport: number;
  readonly port: number;
  readonly technique: string;
  readonly packets: number;
  readonly targets: number;
}

export interface SourceTotal {
  readonly source: string;
  readonly asn: number;
  readonly packets: number;
  readonly targets: number;
  readonly sensors: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** A series beside its own past: the last `range` against the mean of as long a time before. */
export interface Mover {
  readonly series: number;
  readonly sources: number;
  readonly sourcesBefore: number;
  readonly packets: number;
}

export interface StoreInfo {
  readonly engine: string;
  readonly schemaVersion: number;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[];
  readonly firstInterval: number | null;
  readonly lastInterval: number | null;
  readonly sensors: readonly SensorLiveness[];
}

/** Sensors to count, or null for all. */
export type SensorChoice = readonly string[] | null;

export interface Store {
  /** Where it is, for people: a folder, or a URL without its password. */
  readonly place: string;
  /** Adds a batch. The same token a second time adds nothing. Durable when it resolves. @throws StoreError */
  write(batch: HistoryBatch, token: string): Promise<void>;
  /** All series of one interval. */
  snapshot(interval: number, sensors: SensorChoice): Promise<SeriesSnapshot>;
  /** Intervals of the range in which a chosen sensor was alive, ascending, with the sensors. */
  aliveIntervals(range: TimeRange): Promise<readonly { readonly interval: number; readonly sensors: readonly string[] }[]>;
  /** One series, a point an interval in which a chosen sensor was alive; the resolution says which rollup is read. */
  series(series: number, range: TimeRange, resolution: Resolution, sensors: SensorChoice): Promise<readonly SeriesPoint[]>;
  /** Of the sources that `first` had in the interval, how many `second` had too: 0 to 1 of the smaller of the two. */
  sharedSources(first: number, second: number, range: TimeRange): Promise<number>;
  topSeries(range: TimeRange, limit: number): Promise<readonly Mover[]>;
  topSources(range: TimeRange, series: number | null, limit: number): Promise<readonly SourceTotal[]>;
  /** `network`: CIDR text of a source or a network. */
  activityOf(network: string, range: TimeRange, resolution: Resolution): Promise<readonly SourceActivity[]>;
  sensors(range: TimeRange): Promise<readonly SensorLiveness[]>;
  saveIncident(incident: Incident): Promise<void>;
  incident(id: string): Promise<Incident | null>;
  /** Newest first. */
  incidents(range: TimeRange | null, limit: number): Promise<readonly Incident[]>;
  info(): Promise<StoreInfo>;
  compact(): Promise<void>;
  backup(folder: string): Promise<void>;
  close(): Promise<void>;
}
