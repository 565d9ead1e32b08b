/** The tables that a recorder fills, and the columns that they become. */
import type { ActivityColumns, Members, SeriesColumns, TargetGroupRow } from "../../model/history.ts";
import { NO_PORT } from "../../model/observation.ts";
import { PORT_SERIES_COUNT } from "../../model/series.ts";
import { KeyTable } from "./key-table.ts";
import { PairSet } from "./pair-set.ts";
import type { SourceAddresses } from "./source-addresses.ts";
import { TECHNIQUE_FOLDED } from "./unsolicited.ts";

const INITIAL_ROWS = 1 << 9;
const PRIVILEGED_PORTS = 1024;
const PORTS = 65_536;
/** A source port from 1024 on that a single source used is what every client picks at random: such rows are left out. */
const LEAST_SOURCES_OF_A_SOURCE_PORT = 2;

/** interval × source × protocol × port × technique. */
export class ActivityRows {
  /** Rows are found by interval, source, and the rest in one word. */
  readonly #table = new KeyTable();
  readonly #targets = new PairSet();
  #packets = new Float64Array(INITIAL_ROWS);
  #portZero = new Float64Array(INITIAL_ROWS);
  /** Packets of sources that were too many, by interval. */
  readonly #folded = new Map<number, number>();

  get length(): number {
    return this.#table.size;
  }

  get members(): number {
    return this.#targets.size;
  }

  row(interval: number, source: number, protocol: number, port: number, technique: number): number {
    return this.#table.row(interval, source, packed(protocol, port, technique));
  }

  has(interval: number, source: number, protocol: number, port: number, technique: number): boolean {
    return this.#table.has(interval, source, packed(protocol, port, technique));
  }

  /** Adds packets to a row; true where they are its first. */
  add(row: number, packets: number, isSourcePortZero: boolean): boolean {
    if (row >= this.#packets.length) {
      this.#packets = enlarged(this.#packets);
      this.#portZero = enlarged(this.#portZero);
    }
    const before = this.#packets[row]!;
    this.#packets[row] = before + packets;
    if (isSourcePortZero) this.#portZero[row] = this.#portZero[row]! + packets;
    return before === 0;
  }

  addTarget(row: number, target: number): boolean {
    return this.#targets.add(row, target);
  }

  fold(interval: number, packets: number): void {
    this.#folded.set(interval, (this.#folded.get(interval) ?? 0) + packets);
  }

  clear(): void {
    this.#packets.fill(0, 0, this.length);
    this.#portZero.fill(0, 0, this.length);
    this.#table.clear();
    this.#targets.clear();
    this.#folded.clear();
  }

  columns(sources: SourceAddresses, asns: ReadonlyMap<number, number>): ActivityColumns {
    const kept = this.length;
    const length = kept + this.#folded.size;
    const columns = {
      length,
      interval: new Uint32Array(length),
      source: new Uint8Array(16 * length),
      asn: new Uint32Array(length),
      transport: new Uint16Array(length),
      port: new Int32Array(length),
      technique: new Uint8Array(length),
      packets: new Float64Array(length),
      sourcePortZero: new Float64Array(length),
      targets: new Uint32Array(length),
    };
    for (let at = 0; at < this.#targets.size; at++) {
      const row = this.#targets.rows[at]!;
      columns.targets[row] = columns.targets[row]! + 1;
    }
    const { keys } = this.#table;
    for (let row = 0; row < kept; row++) {
      const number = keys[3 * row + 1]!;
      const rest = keys[3 * row + 2]!;
      columns.interval[row] = keys[3 * row]!;
      sources.write(number, columns.source, 16 * row);
      columns.asn[row] = asns.get(sources.network(number)) ?? 0;
      columns.transport[row] = (rest >>> 17) & 0x7ff;
      columns.port[row] = (rest & PORT_KNOWN) === 0 ? NO_PORT : rest & 0xffff;
      columns.technique[row] = rest >>> 28;
      columns.packets[row] = this.#packets[row]!;
      columns.sourcePortZero[row] = this.#portZero[row]!;
    }
    for (const [index, [interval, packets]] of [...this.#folded].entries()) {
      columns.interval[kept + index] = interval;
      columns.port[kept + index] = NO_PORT;
      columns.technique[kept + index] = TECHNIQUE_FOLDED;
      columns.packets[kept + index] = packets;
    }
    return columns;
  }
}

const PORT_KNOWN = 0x10000;

/** Technique in the upper four bits, protocol in eleven, whether there is a port, the port. */
function packed(protocol: number, port: number, technique: number): number {
  return ((technique << 28) | (protocol << 17) | (port === NO_PORT ? 0 : PORT_KNOWN | port)) >>> 0;
}

/** interval × (target group × series, or series). */
export class SeriesRows {
  readonly table = new KeyTable();
  readonly sources = new PairSet();
  readonly networks = new PairSet();
  readonly targets = new PairSet();
  packets = new Float64Array(INITIAL_ROWS);

  /** Distinct things held. */
  get members(): number {
    return this.sources.size + this.networks.size + this.targets.size;
  }

  /** @param group 0: of no target group; otherwise its index + 1. */
  row(interval: number, group: number, series: number): number {
    return this.table.row(interval, group, series);
  }

  add(row: number, packets: number): void {
    if (row >= this.packets.length) this.packets = enlarged(this.packets);
    this.packets[row] = this.packets[row]! + packets;
  }

  addSource(row: number, source: number, network: number): void {
    if (this.sources.add(row, source)) this.networks.add(row, network);
  }

  addTarget(row: number, target: number): void {
    this.targets.add(row, target);
  }

  clear(): void {
    this.packets.fill(0, 0, this.table.size);
    this.table.clear();
    this.sources.clear();
    this.networks.clear();
    this.targets.clear();
  }
}

/** Rows in order of interval and series, without those of target groups. */
export function seriesColumns(rows: SeriesRows, asns: ReadonlyMap<number, number>): SeriesColumns {
  const { keys, size } = rows.table;
  const sourceCounts = countsOf(rows.sources, size);
  const kept: number[] = [];
  for (let row = 0; row < size; row++) {
    if (keys[3 * row + 1] === 0 && (!isEphemeral(keys[3 * row + 2]!) || sourceCounts[row]! >= LEAST_SOURCES_OF_A_SOURCE_PORT))
      kept.push(row);
  }
  kept.sort((a, b) => keys[3 * a]! - keys[3 * b]! || keys[3 * a + 2]! - keys[3 * b + 2]!);
  const networks = membersOf(rows.networks, kept, size);
  return {
    length: kept.length,
    interval: Uint32Array.from(kept, (row) => keys[3 * row]!),
    series: Uint32Array.from(kept, (row) => keys[3 * row + 2]!),
    packets: Float64Array.from(kept, (row) => rows.packets[row]!),
    members: {
      sources: membersOf(rows.sources, kept, size),
      networks,
      asns: ownersOf(networks, asns),
      targets: membersOf(rows.targets, kept, size),
    },
  };
}

export function targetGroupRows(rows: SeriesRows, names: readonly string[]): TargetGroupRow[] {
  if (names.length === 0) return [];
  const { keys, size } = rows.table;
  const kept: number[] = [];
  for (let row = 0; row < size; row++) if (keys[3 * row + 1] !== 0 && !isEphemeral(keys[3 * row + 2]!)) kept.push(row);
  const sources = membersOf(rows.sources, kept, size);
  const targets = membersOf(rows.targets, kept, size);
  return kept.map((row, index) => ({
    interval: keys[3 * row]!,
    group: names[keys[3 * row + 1]! - 1] ?? "",
    series: keys[3 * row + 2]!,
    packets: rows.packets[row]!,
    sources: sources.values.subarray(sources.offsets[index], sources.offsets[index + 1]),
    targets: targets.values.subarray(targets.offsets[index], targets.offsets[index + 1]),
  }));
}

/** Source ports that clients pick at random. */
function isEphemeral(series: number): boolean {
  return series < PORT_SERIES_COUNT && Math.floor(series / PORTS) % 2 === 0 && series % PORTS >= PRIVILEGED_PORTS;
}

function countsOf({ rows, size }: PairSet, length: number): Uint32Array {
  const counts = new Uint32Array(length);
  for (let at = 0; at < size; at++) counts[rows[at]!] = counts[rows[at]!]! + 1;
  return counts;
}

/** The members of the kept rows, in their order (counting sort). */
function membersOf(pairs: PairSet, kept: readonly number[], length: number): Members {
  const counts = countsOf(pairs, length);
  const offsets = new Uint32Array(kept.length + 1);
  const next = new Int32Array(length).fill(-1);
  let total = 0;
  for (const [index, row] of kept.entries()) {
    next[row] = total;
    total += counts[row]!;
    offsets[index + 1] = total;
  }
  const values = new Uint32Array(total);
  for (let at = 0; at < pairs.size; at++) {
    const row = pairs.rows[at]!;
    const place = next[row]!;
    if (place < 0) continue;
    values[place] = pairs.values[at]!;
    next[row] = place + 1;
  }
  return { offsets, values };
}

/** The distinct autonomous systems of networks, unknown ones left out. */
function ownersOf({ offsets, values }: Members, asns: ReadonlyMap<number, number>): Members {
  const owners = new Uint32Array(values.length);
  const starts = new Uint32Array(offsets.length);
  const seen = new Set<number>();
  let total = 0;
  for (let row = 0; row + 1 < offsets.length; row++) {
    seen.clear();
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) {
      const asn = asns.get(values[at]!) ?? 0;
      if (asn === 0 || seen.has(asn)) continue;
      seen.add(asn);
      owners[total++] = asn;
    }
    starts[row + 1] = total;
  }
  return { offsets: starts, values: owners.slice(0, total) };
}

function enlarged(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}
