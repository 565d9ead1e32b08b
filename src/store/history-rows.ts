/** A batch as blocks for the tables that take it, cut where it is large. */
import type { ActivityColumns, HistoryBatch, LivenessRow, SeriesColumns, TargetGroupRow } from "../model/history.ts";
import type { NativeBlock } from "./engine.ts";
import { NativeBlockBuilder } from "./native-block.ts";

/** Rows a block: the engine's memory for one insert is some hundred octets a row and view. */
export const BLOCK_ROWS = 131_072;
/** Members a block, all kinds together: 4 octets each here, more in the engine's hash tables. */
export const BLOCK_MEMBERS = 2_097_152;

export interface TableBlock {
  readonly table: string;
  readonly block: NativeBlock;
}

/** All blocks of a batch, always the same for the same batch, one at a time. Liveness is last: an interval is there when all of it is. */
export function* blocksOf(batch: HistoryBatch): Generator<TableBlock> {
  yield* activityBlocks(batch.sensor, batch.activity);
  yield* targetGroupBlocks(batch.sensor, batch.targetGroups);
  yield* seriesBlocks(batch.sensor, batch.series);
  if (batch.liveness.length > 0) yield { table: "liveness", block: livenessBlock(batch.sensor, batch.liveness) };
}

function* activityBlocks(sensor: string, activity: ActivityColumns): Generator<TableBlock> {
  for (let from = 0; from < activity.length; from += BLOCK_ROWS) {
    const to = Math.min(activity.length, from + BLOCK_ROWS);
    const block = new NativeBlockBuilder(to - from)
      .fixed("time", TIME, activity.interval.subarray(from, to))
      .sameText("sensor", sensor)
      .fixed("source", "IPv6", activity.source.subarray(16 * from, 16 * to))
      .fixed("asn", "UInt32", activity.asn.subarray(from, to))
      .fixed("transport", "UInt16", activity.transport.subarray(from, to))
      .fixed("port", "Int32", activity.port.subarray(from, to))
      .fixed("technique", "UInt8", activity.technique.subarray(from, to))
      .fixed("packets", "Float64", activity.packets.subarray(from, to))
      .fixed("source_port_zero", "Float64", activity.sourcePortZero.subarray(from, to))
      .fixed("targets", "UInt32", activity.targets.subarray(from, to))
      .build();
    yield { table: "activity_in", block };
  }
}

function* seriesBlocks(sensor: string, series: SeriesColumns): Generator<TableBlock> {
  const { sources, networks, asns, targets } = series.members;
  const all = [sources, networks, asns, targets];
  for (let from = 0; from < series.length;) {
    let to = from;
    for (let members = 0; to < series.length && to - from < BLOCK_ROWS; to++) {
      for (const { offsets } of all) members += (offsets[to + 1] ?? 0) - (offsets[to] ?? 0);
      // A row cannot be cut: one that is beyond the bound goes alone
      if (members > BLOCK_MEMBERS && to > from) break;
    }
    const block = new NativeBlockBuilder(to - from)
      .fixed("time", TIME, series.interval.subarray(from, to))
      .sameText("sensor", sensor)
      .fixed("series", "UInt32", series.series.subarray(from, to))
      .fixed("packets", "Float64", series.packets.subarray(from, to))
      .members("sources", sources, from)
      .members("networks", networks, from)
      .members("asns", asns, from)
      .members("targets", targets, from)
      .build();
    yield { table: "series_in", block };
    from = to;
  }
}

function* targetGroupBlocks(sensor: string, all: readonly TargetGroupRow[]): Generator<TableBlock> {
  for (let from = 0; from < all.length;) {
    let to = from;
    for (let members = 0; to < all.length && to - from < BLOCK_ROWS; to++) {
      members += (all[to]?.sources.length ?? 0) + (all[to]?.targets.length ?? 0);
      if (members > BLOCK_MEMBERS && to > from) break;
    }
    const rows = all.slice(from, to);
    const block = new NativeBlockBuilder(rows.length)
      .fixed(
        "time",
        TIME,
        Uint32Array.from(rows, (row) => row.interval),
      )
      .sameText("sensor", sensor)
      .texts(
        "target_group",
        rows.map((row) => row.group),
      )
      .fixed(
        "series",
        "UInt32",
        Uint32Array.from(rows, (row) => row.series),
      )
      .fixed(
        "packets",
        "Float64",
        Float64Array.from(rows, (row) => row.packets),
      )
      .members("sources", membersOf(rows.map((row) => row.sources)), 0)
      .members("targets", membersOf(rows.map((row) => row.targets)), 0)
      .build();
    yield { table: "target_groups_in", block };
    from = to;
  }
}

function livenessBlock(sensor: string, rows: readonly LivenessRow[]): NativeBlock {
  return new NativeBlockBuilder(rows.length)
    .fixed(
      "time",
      TIME,
      Uint32Array.from(rows, (row) => row.interval),
    )
    .sameText("sensor", sensor)
    .fixed(
      "observations",
      "Float64",
      Float64Array.from(rows, (row) => row.observations),
    )
    .fixed(
      "lost",
      "Float64",
      Float64Array.from(rows, (row) => row.lost),
    )
    .fixed(
      "folded",
      "Float64",
      Float64Array.from(rows, (row) => row.folded),
    )
    .build();
}

function membersOf(sets: readonly Uint32Array[]): { readonly offsets: Uint32Array; readonly values: Uint32Array } {
  const offsets = new Uint32Array(sets.length + 1);
  for (const [row, set] of sets.entries()) offsets[row + 1] = (offsets[row] ?? 0) + set.length;
  const values = new Uint32Array(offsets[sets.length] ?? 0);
  for (const [row, set] of sets.entries()) values.set(set, offsets[row] ?? 0);
  return { offsets, values };
}

const TIME = "DateTime('UTC')";
