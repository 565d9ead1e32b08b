/** Batches of history with known contents, and a plain model of what a store should say of them. */
import {
  ACTIVITY_TECHNIQUES,
  type ActivityColumns,
  type HistoryBatch,
  type LivenessRow,
  type Members,
  type TargetGroupRow,
} from "../model/history.ts";

export interface SeriesRow {
  readonly interval: number;
  readonly series: number;
  readonly packets: number;
  readonly sources: readonly number[];
  readonly networks: readonly number[];
  readonly asns: readonly number[];
  readonly targets: readonly number[];
}

export interface ActivityRow {
  readonly interval: number;
  /** IPv4. */
  readonly source: number;
  readonly asn: number;
  readonly transport: number;
  readonly port: number;
  readonly technique: (typeof ACTIVITY_TECHNIQUES)[number];
  readonly packets: number;
  readonly sourcePortZero: number;
  readonly targets: number;
}

export function batchOf(
  sensor: string,
  series: readonly SeriesRow[],
  activity: readonly ActivityRow[] = [],
  liveness: readonly LivenessRow[] = [...new Set(series.map(({ interval }) => interval))].map(aliveRow),
  targetGroups: readonly TargetGroupRow[] = [],
): HistoryBatch {
  return {
    sensor,
    activity: activityColumns(activity),
    series: {
      length: series.length,
      interval: Uint32Array.from(series, (row) => row.interval),
      series: Uint32Array.from(series, (row) => row.series),
      packets: Float64Array.from(series, (row) => row.packets),
      members: {
        sources: membersOf(series.map((row) => row.sources)),
        networks: membersOf(series.map((row) => row.networks)),
        asns: membersOf(series.map((row) => row.asns)),
        targets: membersOf(series.map((row) => row.targets)),
      },
    },
    targetGroups,
    liveness,
  };
}

export function aliveRow(interval: number): LivenessRow {
  return { interval, observations: 1, lost: 0, folded: 0 };
}

function activityColumns(rows: readonly ActivityRow[]): ActivityColumns {
  const source = new Uint8Array(16 * rows.length);
  const view = new DataView(source.buffer);
  for (const [row, one] of rows.entries()) {
    if (one.technique === "folded") continue;
    view.setUint16(16 * row + 10, 0xffff);
    view.setUint32(16 * row + 12, one.source);
  }
  return {
    length: rows.length,
    interval: Uint32Array.from(rows, (row) => row.interval),
    source,
    asn: Uint32Array.from(rows, (row) => row.asn),
    transport: Uint16Array.from(rows, (row) => row.transport),
    port: Int32Array.from(rows, (row) => row.port),
    technique: Uint8Array.from(rows, (row) => ACTIVITY_TECHNIQUES.indexOf(row.technique)),
    packets: Float64Array.from(rows, (row) => row.packets),
    sourcePortZero: Float64Array.from(rows, (row) => row.sourcePortZero),
    targets: Uint32Array.from(rows, (row) => row.targets),
  };
}

function membersOf(sets: readonly (readonly number[])[]): Members {
  const offsets = new Uint32Array(sets.length + 1);
  for (const [row, set] of sets.entries()) offsets[row + 1] = (offsets[row] ?? 0) + set.length;
  return { offsets, values: Uint32Array.from(sets.flat()) };
}
