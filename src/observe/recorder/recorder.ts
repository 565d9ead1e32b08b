/**
 * Observations to history: what nobody asked for, counted in intervals of five minutes, one sensor's. Distinct things are kept as sets
 * until they are taken, so that intervals cut in parts, sensors and processes merge exactly wherever the sets are joined.
 */
import type { HistoryBatch } from "../../model/history.ts";
import type { ObservationBatch } from "../../model/observation.ts";
import { PROTOCOL_TCP } from "../../model/protocol.ts";
import { groupSeriesNumber, INTERVAL_SECONDS, portSeriesNumber } from "../../model/series.ts";
import { HyperLogLog } from "../../sketch/hyperloglog.ts";
import { mix32 } from "../../sketch/hash.ts";
import { AskedPairs } from "./asked-pairs.ts";
import { ActivityRows, seriesColumns, SeriesRows, targetGroupRows } from "./columns.ts";
import { SourceAddresses } from "./source-addresses.ts";
import { isConfirmed, ORDINARY, TECHNIQUE_BACKSCATTER, TECHNIQUE_UDP, techniqueOf, unsolicitedPackets } from "./unsolicited.ts";

export interface RecorderOptions {
  readonly sensor: string;
  /** Whether IANA has assigned a port, a bit each: TCP's 65,536, then UDP's. */
  readonly assigned: Uint8Array;
  /** Whether traffic between the addresses is the user's own doing: sent from his networks to others. Null: nothing is. */
  readonly isOwn: ((batch: ObservationBatch, row: number) => boolean) | null;
  /** Index of the user's target group that the destination is in, or −1. Null: there are none. */
  readonly targetGroupOf: ((batch: ObservationBatch, row: number) => number) | null;
  /** Names of target groups, at most 62. */
  readonly targetGroups: readonly string[];
  readonly limits?: Partial<RecorderLimits>;
}

export interface RecorderLimits {
  /** Distinct things held before the recorder is full: 24 octets each. */
  readonly members: number;
  /** Rows of activity that an interval may have. Beyond, sources are folded into one row and estimated. */
  readonly activityRows: number;
  /** Intervals held at once. */
  readonly intervals: number;
}

/** 2 million members (48 MiB), 262,144 rows an interval, 28 days of intervals. */
const DEFAULT_LIMITS: RecorderLimits = { members: 1 << 21, activityRows: 1 << 18, intervals: 8064 };
/** Intervals whose count of rows is remembered after they were taken: a day. */
const REMEMBERED_INTERVALS = 288;
const PORT_ZERO = groupSeriesNumber("port-zero");
const UNASSIGNED = groupSeriesNumber("unassigned");
const PRIVILEGED = groupSeriesNumber("privileged");
const ALL = groupSeriesNumber("all");
const UDP_PORTS = 65_536;
const TRANSPORT_SERIES = 2 * UDP_PORTS;
const TCP_SOURCE = portSeriesNumber("tcp", "source", 0);
const TCP_DESTINATION = portSeriesNumber("tcp", "destination", 0);
const PRIVILEGED_PORTS = 1024;
/** HyperLogLog of folded sources: 1.6 % off. */
const FOLDED_PRECISION = 12;

interface Interval {
  readonly start: number;
  observations: number;
  lost: number;
  /** Rows of activity since the interval began, those already taken with them. */
  activityRows: number;
  folded: HyperLogLog | null;
  /** Whether it is among what was observed since the last take. */
  isTouched: boolean;
}

/** What `take` needs of other rooms: the autonomous system of an address in sixteen octets, 0 where none is known. */
export type AsnLookup = (address: Uint8Array) => number;

export class IntervalRecorder {
  /** Rows with port zero whose record cannot prove it: in no series. */
  unconfirmedPortZero = 0;
  /** Rows whose time is no time that history could have. */
  implausibleTimes = 0;
  readonly #options: RecorderOptions;
  readonly #limits: RecorderLimits;
  readonly #intervals = new Map<number, Interval>();
  readonly #asked = new AskedPairs();
  readonly #sources = new SourceAddresses();
  readonly #activity = new ActivityRows();
  readonly #series = new SeriesRows();
  #current: Interval | null = null;
  #touched = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  /** Whether there is so much that it should be taken now. One more batch always fits. */
  get isFull(): boolean {
    return this.#series.members + this.#activity.members >= this.#limits.members || this.#touched >= this.#limits.intervals;
  }

  get isEmpty(): boolean {
    return this.#touched === 0;
  }

  /** Counts the rows of a batch, which it leaves as they are. */
  observe(batch: ObservationBatch): void {
    const { length, time } = batch;
    for (let row = 0; row < length; row++) {
      const at = time[row]!;
      if (!(at >= 0 && at < 2 ** 32)) {
        this.implausibleTimes++;
        continue;
      }
      const start = at - (at % INTERVAL_SECONDS);
      let interval = this.#current;
      if (interval === null || interval.start !== start) interval = this.touch(start);
      interval.observations++;
      this.#record(batch, row, interval);
    }
  }

  /** Notes that the sensor was alive in the interval that holds `time`, be there observations or not. */
  touch(time: number): Interval {
    const start = time - (time % INTERVAL_SECONDS);
    let interval = this.#intervals.get(start);
    if (interval === undefined) {
      interval = { start, observations: 0, lost: 0, activityRows: 0, folded: null, isTouched: false };
      this.#intervals.set(start, interval);
    }
    if (!interval.isTouched) {
      interval.isTouched = true;
      this.#touched++;
    }
    this.#current = interval;
    return interval;
  }

  /** Notes that records of the interval that holds `time` are known to be lost. */
  lose(time: number, records: number): void {
    this.touch(time).lost += records;
  }

  /** All since the last time, and forgets it. */
  take(asnOf: AsnLookup): HistoryBatch {
    const asns = new Map<number, number>();
    this.#sources.eachNetwork((word, address) => asns.set(word, asnOf(address)));
    const taken: HistoryBatch = {
      sensor: this.#options.sensor,
      activity: this.#activity.columns(this.#sources, asns),
      series: seriesColumns(this.#series, asns),
      targetGroups: targetGroupRows(this.#series, this.#options.targetGroups),
      liveness: [...this.#intervals.values()]
        .filter(({ isTouched }) => isTouched)
        .map(({ start, observations, lost, folded }) => ({
          interval: start,
          observations,
          lost,
          folded: folded === null ? 0 : Math.round(folded.estimate()),
        }))
        .sort((a, b) => a.interval - b.interval),
    };
    this.#activity.clear();
    this.#series.clear();
    this.#sources.clear();
    this.#forget();
    return taken;
  }

  #forget(): void {
    const starts = [...this.#intervals.keys()].sort((a, b) => b - a);
    for (const [rank, start] of starts.entries()) {
      if (rank >= REMEMBERED_INTERVALS) this.#intervals.delete(start);
      else Object.assign(this.#intervals.get(start)!, { observations: 0, lost: 0, folded: null, isTouched: false });
    }
    this.#current = null;
    this.#touched = 0;
  }

  #record(batch: ObservationBatch, row: number, interval: Interval): void {
    const sourcePort = batch.sourcePort[row]!;
    const destinationPort = batch.destinationPort[row]!;
    const isPortZero = sourcePort === 0 || destinationPort === 0;
    const confirmed = isConfirmed(batch, row);
    if (isPortZero && !confirmed) this.unconfirmedPortZero++;
    const technique = techniqueOf(batch, row);
    if (technique === ORDINARY) return;
    // To or from port zero nothing is known but that a record says so: the other port is no better.
    if (destinationPort === 0 && !confirmed) return;
    const { isOwn } = this.#options;
    if (isOwn !== null && isOwn(batch, row)) return;
    const source = batch.source[row]!;
    const target = batch.destination[row]!;
    if (technique === TECHNIQUE_UDP && !isPortZero && this.#asked.isAnswer(source, target, sourcePort, destinationPort)) return;

    const packets = unsolicitedPackets(batch, row);
    const activity = this.#activityRow(batch, row, interval, technique, destinationPort);
    let isNewSource = true;
    let isNewTarget = true;
    if (activity >= 0) {
      isNewSource = this.#activity.add(activity, packets, sourcePort === 0 && confirmed);
      isNewTarget = this.#activity.addTarget(activity, target);
    }
    const protocol = batch.protocol[row]!;
    const isTcp = protocol === PROTOCOL_TCP;
    if (technique === TECHNIQUE_BACKSCATTER || (!isTcp && technique !== TECHNIQUE_UDP)) return;

    const number = this.#sources.number(batch, row);
    const network = this.#sources.network(number);
    const group = this.#options.targetGroupOf?.(batch, row) ?? -1;
    const first = isTcp ? 0 : TRANSPORT_SERIES;
    const start = interval.start;
    // In these a source of a new row of activity may be new, and others are not.
    const count = (series: number, isKnown: boolean): void => {
      const at = this.#series.row(start, 0, series);
      this.#series.add(at, packets);
      if (!isKnown || isNewSource) this.#series.addSource(at, source, network);
      if (!isKnown || isNewTarget) this.#series.addTarget(at, target);
      if (group < 0) return;
      const inGroup = this.#series.row(start, group + 1, series);
      this.#series.add(inGroup, packets);
      this.#series.addSource(inGroup, source, network);
      this.#series.addTarget(inGroup, target);
    };
    count(first + TCP_DESTINATION + destinationPort, true);
    count(ALL, true);
    if (destinationPort < PRIVILEGED_PORTS) count(PRIVILEGED, true);
    const assigned = destinationPort + (isTcp ? 0 : UDP_PORTS);
    if (((this.#options.assigned[assigned >>> 3]! >>> (assigned & 7)) & 1) === 0) count(UNASSIGNED, true);
    if (sourcePort !== 0 || confirmed) count(first + TCP_SOURCE + sourcePort, false);
    if (isPortZero && confirmed && (isTcp || destinationPort === 0)) count(PORT_ZERO, false);
  }

  /** The row of activity, or −1 where the interval has no room for another: then the source is folded. */
  #activityRow(batch: ObservationBatch, row: number, interval: Interval, technique: number, port: number): number {
    const number = this.#sources.number(batch, row);
    const what = batch.protocol[row]! === 1 || batch.protocol[row]! === 58 ? batch.icmpType[row]! : port;
    const before = this.#activity.length;
    if (
      interval.activityRows >= this.#limits.activityRows &&
      !this.#activity.has(interval.start, number, batch.protocol[row]!, what, technique)
    ) {
      interval.folded ??= new HyperLogLog(FOLDED_PRECISION);
      interval.folded.add(mix32(batch.source[row]!));
      this.#activity.fold(interval.start, unsolicitedPackets(batch, row));
      return -1;
    }
    const at = this.#activity.row(interval.start, number, batch.protocol[row]!, what, technique);
    if (this.#activity.length > before) interval.activityRows++;
    return at;
  }
}
