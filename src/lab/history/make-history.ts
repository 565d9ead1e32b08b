/** A darknet's history as batches for a store, interval by interval and sensor by sensor, and what a store should say of it. */
import type { ActivityColumns, HistoryBatch, Members, SeriesColumns } from "../../model/history.ts";
import { INTERVAL_SECONDS, SERIES_COUNT } from "../../model/series.ts";
import { addressOf, SCANNERS, senderAt, systemOf } from "./darknet-senders.ts";
import { DARKNET, emptyPackets, packetsOf } from "./darknet-year.ts";
import { IntervalColumns, MEMBER_KINDS, type MemberKind } from "./interval-columns.ts";

export interface HistoryPlan {
  readonly seed: number;
  /** Seconds since 1970, from the start of an interval up to that of another. */
  readonly from: number;
  readonly to: number;
  /** Every so many intervals one is made: 1 is all of them. */
  readonly every: number;
  /** Intervals a batch: one as a watcher writes, more as an import does. */
  readonly intervalsPerBatch: number;
}

/** What all batches given so far come to. */
export interface HistoryTruth {
  intervals: number;
  observations: number;
  activityRows: number;
  seriesRows: number;
  /** Packets by number of series. */
  readonly packets: Float64Array;
  /** Packets of the senders that the busiest places had, by address. */
  readonly packetsOfBusiest: Map<number, number>;
}

/** Sensors: a half and two quarters of the darknet, by the first and last of their targets. */
const SENSORS: readonly { readonly name: string; readonly first: number; readonly last: number }[] = [
  { name: "darknet-north", first: DARKNET, last: DARKNET + 0x7fff },
  { name: "darknet-east", first: DARKNET + 0x8000, last: DARKNET + 0xbfff },
  { name: "darknet-west", first: DARKNET + 0xc000, last: DARKNET + 0xffff },
];
export const DARKNET_SENSORS: readonly string[] = SENSORS.map(({ name }) => name);
/** Of scanners, those that the truth follows. */
const FOLLOWED_PLACES = 12;

export function emptyTruth(): HistoryTruth {
  return {
    intervals: 0,
    observations: 0,
    activityRows: 0,
    seriesRows: 0,
    packets: new Float64Array(SERIES_COUNT),
    packetsOfBusiest: new Map(),
  };
}

/** All batches in order of time, three for the same intervals; the same plan gives the same. `truth` is added to before a batch is given. */
export function* historyBatches(plan: HistoryPlan, truth: HistoryTruth): Generator<HistoryBatch> {
  const packets = emptyPackets();
  const tables = new IntervalColumns();
  const step = plan.every * INTERVAL_SECONDS;
  for (let start = plan.from; start < plan.to; start += plan.intervalsPerBatch * step) {
    const parts = SENSORS.map((): HistoryBatch[] => []);
    for (let time = start; time < Math.min(plan.to, start + plan.intervalsPerBatch * step); time += step) {
      packetsOf(plan.seed, time, packets);
      const followed = new Set(
        Array.from({ length: FOLLOWED_PLACES }, (_, place) => addressOf(SCANNERS, senderAt(plan.seed, SCANNERS, place, time))),
      );
      for (let at = 0; at < packets.length; at++) {
        const source = packets.source[at]!;
        if (followed.has(source)) truth.packetsOfBusiest.set(source, (truth.packetsOfBusiest.get(source) ?? 0) + 1);
      }
      truth.intervals++;
      truth.observations += packets.length;
      for (const [index, { name, first, last }] of SENSORS.entries()) {
        tables.count(packets, first, last);
        parts[index]!.push(batchOf(name, time, tables, truth));
        tables.clear();
      }
    }
    for (const all of parts) yield joined(all);
  }
}

function batchOf(sensor: string, time: number, tables: IntervalColumns, truth: HistoryTruth): HistoryBatch {
  const kept = tables.keptSeries();
  const activity = activityOf(time, tables);
  truth.activityRows += activity.length;
  truth.seriesRows += kept.length;
  const series = new Uint32Array(kept.length);
  const packets = new Float64Array(kept.length);
  for (let at = 0; at < kept.length; at++) {
    const row = kept[at]!;
    series[at] = tables.series[row]!;
    packets[at] = tables.seriesPackets[row]!;
    truth.packets[series[at]!] = truth.packets[series[at]!]! + packets[at]!;
  }
  let observations = 0;
  for (let row = 0; row < activity.length; row++) observations += activity.packets[row]!;
  return {
    sensor,
    activity,
    series: {
      length: kept.length,
      interval: new Uint32Array(kept.length).fill(time),
      series,
      packets,
      members: membersOf((kind) => membersOfRows(tables, kind, kept)),
    },
    targetGroups: [],
    liveness: [{ interval: time, observations, lost: 0, folded: 0 }],
  };
}

function activityOf(time: number, tables: IntervalColumns): ActivityColumns {
  const { size: length, first, second } = tables.activity;
  const source = new Uint8Array(16 * length);
  const view = new DataView(source.buffer);
  const asn = new Uint32Array(length);
  const transport = new Uint16Array(length);
  const port = new Int32Array(length);
  const technique = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    const word = second[row]!;
    view.setUint16(16 * row + 10, 0xffff);
    view.setUint32(16 * row + 12, first[row]!);
    asn[row] = systemOf(first[row]!);
    transport[row] = (word >>> 16) & 0xff;
    port[row] = word & 0xffff;
    technique[row] = word >>> 28;
  }
  return {
    length,
    interval: new Uint32Array(length).fill(time),
    source,
    asn,
    transport,
    port,
    technique,
    packets: tables.packets.slice(0, length),
    sourcePortZero: tables.portZero.slice(0, length),
    targets: tables.targets.slice(0, length),
  };
}

/** The things of the kept rows, in their order (counting sort). */
function membersOfRows(tables: IntervalColumns, kind: MemberKind, kept: Uint32Array): Members {
  const { first, second, size } = tables.members[kind];
  const counts = new Uint32Array(tables.rows);
  for (let at = 0; at < size; at++) counts[first[at]!] = counts[first[at]!]! + 1;
  const offsets = new Uint32Array(kept.length + 1);
  const next = new Int32Array(tables.rows).fill(-1);
  let total = 0;
  for (let at = 0; at < kept.length; at++) {
    const row = kept[at]!;
    next[row] = total;
    total += counts[row]!;
    offsets[at + 1] = total;
  }
  const values = new Uint32Array(total);
  for (let at = 0; at < size; at++) {
    const row = first[at]!;
    const place = next[row]!;
    if (place < 0) continue;
    values[place] = second[at]!;
    next[row] = place + 1;
  }
  return { offsets, values };
}

function membersOf(of: (kind: MemberKind) => Members): SeriesColumns["members"] {
  const [sources, networks, asns, targets] = MEMBER_KINDS.map(of);
  return { sources: sources!, networks: networks!, asns: asns!, targets: targets! };
}

/** Batches of one sensor as one. */
function joined(parts: readonly HistoryBatch[]): HistoryBatch {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const activity = parts.map((part) => part.activity);
  const series = parts.map((part) => part.series);
  return {
    sensor: only!.sensor,
    activity: {
      length: activity.reduce((sum, { length }) => sum + length, 0),
      interval: inOne(
        Uint32Array,
        activity.map(({ interval }) => interval),
      ),
      source: inOne(
        Uint8Array,
        activity.map(({ source }) => source),
      ),
      asn: inOne(
        Uint32Array,
        activity.map(({ asn }) => asn),
      ),
      transport: inOne(
        Uint16Array,
        activity.map(({ transport }) => transport),
      ),
      port: inOne(
        Int32Array,
        activity.map(({ port }) => port),
      ),
      technique: inOne(
        Uint8Array,
        activity.map(({ technique }) => technique),
      ),
      packets: inOne(
        Float64Array,
        activity.map(({ packets }) => packets),
      ),
      sourcePortZero: inOne(
        Float64Array,
        activity.map(({ sourcePortZero }) => sourcePortZero),
      ),
      targets: inOne(
        Uint32Array,
        activity.map(({ targets }) => targets),
      ),
    },
    series: {
      length: series.reduce((sum, { length }) => sum + length, 0),
      interval: inOne(
        Uint32Array,
        series.map(({ interval }) => interval),
      ),
      series: inOne(
        Uint32Array,
        series.map((one) => one.series),
      ),
      packets: inOne(
        Float64Array,
        series.map(({ packets }) => packets),
      ),
      members: membersOf((kind) => joinedMembers(series.map(({ members }) => members[kind]))),
    },
    targetGroups: [],
    liveness: parts.flatMap(({ liveness }) => liveness),
  };
}

interface Columns {
  readonly length: number;
  set(values: ArrayLike<number>, at: number): void;
}

function inOne<Column extends Columns & ArrayLike<number>>(Kind: new (length: number) => Column, parts: readonly Column[]): Column {
  const whole = new Kind(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function joinedMembers(parts: readonly Members[]): Members {
  const offsets = new Uint32Array(1 + parts.reduce((sum, part) => sum + part.offsets.length - 1, 0));
  let at = 1;
  let base = 0;
  for (const part of parts) {
    for (let row = 1; row < part.offsets.length; row++) offsets[at++] = base + part.offsets[row]!;
    base += part.values.length;
  }
  return {
    offsets,
    values: inOne(
      Uint32Array,
      parts.map(({ values }) => values),
    ),
  };
}
