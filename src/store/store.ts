/** What a store of history does, whatever engine it runs on. One conformance suite holds for all. */
import type { HistoryBatch } from "../model/history.ts";
import type { Incident, IncidentEntry } from "../model/incident.ts";
import type { SeriesPoint, SeriesSnapshot } from "../model/series.ts";

/** Rows of activity in an answer: a network that is asked for may have any number. */
export const MOST_ACTIVITY_ROWS = 100_000;

/** Seconds a point: five minutes, an hour, a day. */
export type Resolution = 300 | 3600 | 86_400;

/** From `from`, up to but without `to`: seconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Who was alive in an interval: sensors by name, and the observations of each beside them (a sensor may be up and see nothing). */
export interface AliveInterval {
  readonly interval: number;
  readonly sensors: readonly string[];
  readonly observations: readonly number[];
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

/** What one source, or one network, did in an interval, all together. */
export interface ActivityPoint {
  readonly time: number;
  readonly packets: number;
  readonly targets: number;
  /** Distinct ports, by transport; beyond some 1,000 within 0.8 %. */
  readonly ports: number;
  readonly sensors: number;
}

/** What one source, or one network, did to one port, in one way. */
export interface PortActivity {
  readonly transport: number;
  readonly port: number;
  readonly technique: string;
  readonly packets: number;
  readonly targets: number;
  /** Starts of the first and last interval, of the rollup that the range asks for. */
  readonly firstSeen: number;
  readonly lastSeen: number;
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

/** How much one source network did. */
export interface NetworkTotal {
  /** CIDR text: a /24, or a /48 of IPv6. */
  readonly network: string;
  readonly asn: number;
  readonly packets: number;
  readonly sources: number;
  readonly ports: number;
  readonly targets: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** What is known of an address, kept beside history: `body` is JSON, one a kind and list. */
export interface AddressRecord {
  readonly address: string;
  readonly kind: string;
  readonly list: string;
  readonly body: string;
}

/** A series beside its own past: the last `range` against the mean of as long a time before. */
export interface Mover {
  readonly series: number;
  readonly sources: number;
  readonly sourcesBefore: number;
  readonly packets: number;
}

/** What is amiss with a store that answers all the same. */
export interface StoreHealth {
  /** Why counts of hours and days that are over could not be made the last time, in the process that writes; null where they were. */
  readonly countsTrouble: string | null;
}

export interface StoreInfo extends StoreHealth {
  readonly engine: string;
  readonly schemaVersion: number;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[];
  readonly firstInterval: number | null;
  readonly lastInterval: number | null;
  readonly sensors: readonly SensorLiveness[];
  /** Hours and days that were over a day ago and have no counts: long ranges that have them are answered from sketches. */
  readonly uncounted: { readonly hours: number; readonly days: number };
}

/** Sensors to count, or null for all. */
export type SensorChoice = readonly string[] | null;

export interface Store {
  /** Where it is, for people: a folder, or a URL without its password. */
  readonly place: string;
  /** Adds a batch. The same token a second time adds nothing. Durable when it resolves. @throws StoreError */
  write(batch: HistoryBatch, token: string): Promise<void>;
  /**
   * Adds a batch as `write` does, and knows its token for as long as history is kept: also after 10,000 other writes, and in a backup that
   * was restored. False where it was known, and nothing was added. @throws StoreError
   */
  importBatch(batch: HistoryBatch, token: string): Promise<boolean>;
  /** Tokens of imports, and what else was noted, that begin so. */
  importTokens(prefix: string): Promise<readonly string[]>;
  /** Notes more of imports, known for as long as their tokens. @throws StoreError */
  noteImports(tokens: readonly string[]): Promise<void>;
  /** All series of one interval. */
  snapshot(interval: number, sensors: SensorChoice): Promise<SeriesSnapshot>;
  /** All series of every interval of the range that has any, ascending; an hour is read at a time. */
  snapshots(range: TimeRange, sensors: SensorChoice): AsyncIterable<SeriesSnapshot>;
  /** Intervals of the range in which a chosen sensor was alive, ascending, with the sensors. */
  aliveIntervals(range: TimeRange): Promise<readonly AliveInterval[]>;
  /** One series, a point an interval in which a chosen sensor was alive; the resolution says which rollup is read. */
  series(series: number, range: TimeRange, resolution: Resolution, sensors: SensorChoice): Promise<readonly SeriesPoint[]>;
  /** Of the sources that `first` had in the interval, how many `second` had too: 0 to 1 of the smaller of the two. */
  sharedSources(first: number, second: number, range: TimeRange): Promise<number>;
  /** Series that rose most in sources, of those with most packets (within six hours) or whose sources an interval rose most. */
  topSeries(range: TimeRange, limit: number): Promise<readonly Mover[]>;
  /**
   * Sources that sent most packets. Over more than six hours, without a series and up to 85 of them, they are found by a summary that counts
   * whoever sent more than 1/768 of all packets; their numbers are exact.
   */
  topSources(range: TimeRange, series: number | null, limit: number): Promise<readonly SourceTotal[]>;
  /** `network`: CIDR text of a source or a network. At most 100,000 rows, those of the latest times; ascending. */
  activityOf(network: string, range: TimeRange, resolution: Resolution): Promise<readonly SourceActivity[]>;
  /** The same, a point an interval that has any: for a picture of a source over a year. */
  activityOverTime(network: string, range: TimeRange, resolution: Resolution): Promise<readonly ActivityPoint[]>;
  /** The same, by port and technique, those with most packets first. */
  activityByPort(network: string, range: TimeRange, limit: number): Promise<readonly PortActivity[]>;
  /** Networks (/24, IPv6 /48) that sent most packets; found as sources are. */
  topNetworks(range: TimeRange, limit: number): Promise<readonly NetworkTotal[]>;
  /** A series towards one of the user's target groups; `networks` and `asns` are not kept there and 0. */
  targetGroupSeries(
    group: string,
    series: number,
    range: TimeRange,
    resolution: Resolution,
    sensors: SensorChoice,
  ): Promise<readonly SeriesPoint[]>;
  /** Target groups that had anything in the range, by name. */
  targetGroups(range: TimeRange): Promise<readonly string[]>;
  sensors(range: TimeRange): Promise<readonly SensorLiveness[]>;
  /** Adds or replaces. Acknowledgements and notes of others stay. */
  saveIncident(incident: Incident): Promise<void>;
  /** Adds a note or an acknowledgement, whoever else has the incident in hand. @throws StoreError where no incident has that id. */
  annotateIncident(id: string, entry: IncidentEntry): Promise<void>;
  incident(id: string): Promise<Incident | null>;
  /** Newest first. */
  incidents(range: TimeRange | null, limit: number): Promise<readonly Incident[]>;
  /** Says that a judge has gone through a time, with all its incidents saved; from the same `from` on, the latest `to` holds. */
  markJudged(range: TimeRange): Promise<void>;
  /** Times that judges have gone through, ascending, those that touch joined. */
  judged(): Promise<readonly TimeRange[]>;
  saveLabels(labels: readonly AddressRecord[]): Promise<void>;
  /** Labels of a source, or of all sources of a network, by address. */
  labels(network: string): Promise<readonly AddressRecord[]>;
  info(): Promise<StoreInfo>;
  health(): Promise<StoreHealth>;
  /** Makes counts of hours and days that lack, merges what can be merged, and drops what is over its time. */
  compact(): Promise<void>;
  /** Everything into a new or empty folder, whole or not at all. @throws StoreError E_STORE_BACKUP */
  backup(folder: string): Promise<void>;
  /** A backup into this store, which has to be empty, whole or not at all. @throws StoreError E_STORE_BACKUP */
  restore(folder: string): Promise<void>;
  close(): Promise<void>;
}
