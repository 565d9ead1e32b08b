/** Drops the rows of a batch that a filter or a time window leaves out, in place, column by column. */
import type { ObservationBatch } from "../../model/observation.ts";
import type { RowFilter } from "./compile.ts";

/** Rows that stay, by index, rising; grows to the largest batch seen and is then reused, so that a call allocates nothing. */
let kept = new Uint32Array(0);

/**
 * Keeps the rows that match `filter` (null: all) with a time in [since, until), in seconds since 1970 (null: unbounded), and moves
 * them to the front of every column in their order. Returns how many there are, which is then `batch.length`.
 */
export function keepRows(batch: ObservationBatch, filter: RowFilter | null, since: number | null, until: number | null): number {
  const { length, time } = batch;
  if (kept.length < length) kept = new Uint32Array(batch.capacity);
  let count = 0;
  for (let row = 0; row < length; row++) {
    const at = time[row]!;
    if (since !== null && !(at >= since)) continue;
    if (until !== null && !(at < until)) continue;
    if (filter === null || filter.matches(batch, row)) kept[count++] = row;
  }
  if (count < length) compact(batch, count);
  batch.length = count;
  return count;
}

/** One loop for each kind of array keeps the loops monomorphic. */
function compact(batch: ObservationBatch, count: number): void {
  // Rows before the first dropped one are in place.
  let first = 0;
  while (first < count && kept[first] === first) first++;
  if (first === count) return;

  moveFloat64(batch.time, first, count);
  moveFloat32(batch.duration, first, count);
  moveUint32(batch.source, first, count);
  moveUint32(batch.destination, first, count);
  moveUint32(batch.sequence, first, count);
  moveUint32(batch.acknowledgement, first, count);
  moveUint32(batch.optionsHash, first, count);
  moveUint32(batch.bytes, first, count);
  moveUint32(batch.payload, first, count);
  moveUint32(batch.packets, first, count);
  moveUint32(batch.quotedDestination, first, count);
  moveInt32(batch.sourcePort, first, count);
  moveInt32(batch.destinationPort, first, count);
  moveInt32(batch.quotedSourcePort, first, count);
  moveInt32(batch.quotedDestinationPort, first, count);
  moveQuads(batch.source6, first, count);
  moveQuads(batch.destination6, first, count);
  moveQuads(batch.quotedDestination6, first, count);
  moveUint16(batch.protocol, first, count);
  moveUint16(batch.tcpFlags, first, count);
  moveUint16(batch.window, first, count);
  moveUint16(batch.mss, first, count);
  moveUint16(batch.ipId, first, count);
  moveUint16(batch.quirks, first, count);
  moveUint16(batch.urgent, first, count);
  moveUint8(batch.family, first, count);
  moveUint8(batch.fragment, first, count);
  moveUint8(batch.grade, first, count);
  moveUint8(batch.ttl, first, count);
  moveUint8(batch.options, first, count);
  moveUint8(batch.icmpType, first, count);
  moveUint8(batch.icmpCode, first, count);
  moveUint8(batch.quotedProtocol, first, count);
  moveUint8(batch.tunnels, first, count);
  moveUint8(batch.tos, first, count);
  moveUint8(batch.record, first, count);
  moveUint8(batch.action, first, count);
}

function moveFloat64(column: Float64Array, first: number, count: number): void {
  for (let i = first; i < count; i++) column[i] = column[kept[i]!]!;
}

function moveFloat32(column: Float32Array, first: number, count: number): void {
  for (let i = first; i < count; i++) column[i] = column[kept[i]!]!;
}

function moveUint32(column: Uint32Array, first: number, count: number): void {
  for (let i = first; i < count; i++) column[i] = column[kept[i]!]!;
}

function moveInt32(column: Int32Array, first: number, count: number): void {
  for (let i = first; i < count; i++) column[i] = column[kept[i]!]!;
}

function moveUint16(column: Uint16Array, first: number, count: number): void {
  for (let i = first; i < count; i++) column[i] = column[kept[i]!]!;
}

function moveUint8(column: Uint8Array, first: number, count: number): void {
  for (let i = first; i < count; i++) column[i] = column[kept[i]!]!;
}

/** Four words a row. */
function moveQuads(column: Uint32Array, first: number, count: number): void {
  for (let i = first; i < count; i++) {
    const from = 4 * kept[i]!;
    column[4 * i] = column[from]!;
    column[4 * i + 1] = column[from + 1]!;
    column[4 * i + 2] = column[from + 2]!;
    column[4 * i + 3] = column[from + 3]!;
  }
}
