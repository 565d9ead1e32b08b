/** A batch as the octets of one file: a JSON head that says where which column is, the columns as they are in memory, and a checksum. */
import { endianness } from "node:os";
import { crc32 } from "node:zlib";
import type { ActivityColumns, HistoryBatch, LivenessRow, Members } from "../model/history.ts";

export interface SpooledBatch {
  readonly token: string;
  /** Where the sources stood when the batch was made; theirs to understand. */
  readonly positions: unknown;
  readonly batch: HistoryBatch;
}

/** "PSB" and the version of the layout; other byte orders do not read each other's files. */
const MAGIC = endianness() === "LE" ? 0x0142_5350 : 0x5053_4201;
/** Magic, checksum of all that follows, length of the head. */
const PREFIX_OCTETS = 12;
/** Columns begin at multiples of this, as typed arrays need. */
const ALIGNMENT = 8;

type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;
const KINDS = { Uint8Array, Uint16Array, Uint32Array, Int32Array, Float64Array } as const;
type Kind = keyof typeof KINDS;

interface Head {
  readonly token: string;
  readonly positions: unknown;
  readonly sensor: string;
  readonly activityRows: number;
  readonly seriesRows: number;
  readonly targetGroups: readonly {
    readonly interval: number;
    readonly group: string;
    readonly series: number;
    readonly packets: number;
  }[];
  readonly liveness: readonly LivenessRow[];
  /** In the order of `columnsOf`. */
  readonly columns: readonly { readonly kind: Kind; readonly length: number }[];
}

export function encodeBatch({ token, positions, batch }: SpooledBatch): Uint8Array {
  const columns = columnsOf(batch);
  const head: Head = {
    token,
    positions,
    sensor: batch.sensor,
    activityRows: batch.activity.length,
    seriesRows: batch.series.length,
    targetGroups: batch.targetGroups.map(({ interval, group, series, packets }) => ({ interval, group, series, packets })),
    liveness: batch.liveness,
    columns: columns.map((column) => ({ kind: column.constructor.name as Kind, length: column.length })),
  };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const size = columns.reduce((at, column) => aligned(at) + column.byteLength, PREFIX_OCTETS + text.length);
  const octets = new Uint8Array(size);
  const view = new DataView(octets.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(8, text.length, true);
  octets.set(text, PREFIX_OCTETS);
  let at = PREFIX_OCTETS + text.length;
  for (const column of columns) {
    at = aligned(at);
    octets.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  view.setUint32(4, crc32(octets.subarray(8)), true);
  return octets;
}

/** Null where the octets are not such a file, or are damaged. */
export function decodeBatch(file: Uint8Array): SpooledBatch | null {
  // At the start of its memory, so that columns are aligned
  const octets = file.byteOffset % ALIGNMENT === 0 ? file : Uint8Array.from(file);
  if (octets.length < PREFIX_OCTETS) return null;
  const view = new DataView(octets.buffer, octets.byteOffset);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== crc32(octets.subarray(8))) return null;
  const headEnd = PREFIX_OCTETS + view.getUint32(8, true);
  // Written by this program, and whole, as the checksum says
  const head = JSON.parse(new TextDecoder().decode(octets.subarray(PREFIX_OCTETS, headEnd))) as Head;
  let at = headEnd;
  const columns = head.columns.map(({ kind, length }) => {
    at = aligned(at);
    const column = new KINDS[kind](octets.buffer as ArrayBuffer, octets.byteOffset + at, length);
    at += column.byteLength;
    return column;
  });
  return { token: head.token, positions: head.positions, batch: batchOf(head, columns) };
}

function columnsOf({ activity, series, targetGroups }: HistoryBatch): Column[] {
  const { sources, networks, asns, targets } = series.members;
  return [
    ...ACTIVITY_COLUMNS.map((name) => activity[name]),
    series.interval,
    series.series,
    series.packets,
    ...[sources, networks, asns, targets].flatMap(({ offsets, values }) => [offsets, values]),
    ...targetGroups.flatMap((row) => [row.sources, row.targets]),
  ];
}

const ACTIVITY_COLUMNS = [
  "interval",
  "source",
  "asn",
  "transport",
  "port",
  "technique",
  "packets",
  "sourcePortZero",
  "targets",
] as const satisfies readonly (keyof ActivityColumns)[];

function batchOf(head: Head, columns: readonly Column[]): HistoryBatch {
  let next = 0;
  const octets = (): Uint8Array => columns[next++] as Uint8Array;
  const shorts = (): Uint16Array => columns[next++] as Uint16Array;
  const words = (): Uint32Array => columns[next++] as Uint32Array;
  const signed = (): Int32Array => columns[next++] as Int32Array;
  const numbers = (): Float64Array => columns[next++] as Float64Array;
  const members = (): Members => ({ offsets: words(), values: words() });
  return {
    sensor: head.sensor,
    activity: {
      length: head.activityRows,
      interval: words(),
      source: octets(),
      asn: words(),
      transport: shorts(),
      port: signed(),
      technique: octets(),
      packets: numbers(),
      sourcePortZero: numbers(),
      targets: words(),
    },
    series: {
      length: head.seriesRows,
      interval: words(),
      series: words(),
      packets: numbers(),
      members: { sources: members(), networks: members(), asns: members(), targets: members() },
    },
    targetGroups: head.targetGroups.map((row) => ({ ...row, sources: words(), targets: words() })),
    liveness: head.liveness,
  };
}

function aligned(at: number): number {
  return Math.ceil(at / ALIGNMENT) * ALIGNMENT;
}
