/** The cells of series as columns, with their members: those of groups are the unions of their ports'. */
import type { SeriesColumns, TargetGroupRow } from "../../model/history.ts";
import {
  groupSeriesNumber,
  PORT_SERIES_COUNT,
  portSeriesNumber,
  SERIES_COUNT,
  SERIES_GROUPS,
  type SeriesGroup,
} from "../../model/series.ts";
import { WordCounts } from "../../sketch/word-counts.ts";
import type { AddressNames } from "../address-names.ts";
import { type AsnOf, asnOfSource, networkOf } from "./history-columns.ts";
import type { Intervals } from "./intervals.ts";
import { type CellLists, listsOf, MemberList } from "./members.ts";
import type { PairSet } from "./pair-set.ts";
import type { SeriesCells } from "./series-cells.ts";

/** Ports of either transport that IANA has assigned to nobody: 1 for those, by port. */
export interface UnassignedPorts {
  readonly tcp: Uint8Array;
  readonly udp: Uint8Array;
}

/** Source ports from here on are what stacks pick by chance: their series have no targets. */
export const PRIVILEGED_PORTS = 1024;
/** What counts and has no series of a port: it is in the group of all alone. */
export const PORTLESS_SERIES = SERIES_COUNT;
const CHOSEN_BY_CHANCE = 65_536 - PRIVILEGED_PORTS;
/** Pairs of such a port and a source, an interval and transport, up to which members are kept of all. */
const FEW_PAIRS = 4096;
/** Standard deviations above the mean at which a port has more sources than chance gives: 32 in a million ports of a Poisson have. */
const DEVIATIONS = 4;

/** TCP packets with port zero at both ends, which two series hold and the group counts once. */
export const BOTH_ZERO_SERIES = SERIES_COUNT + 1;
/** A cell's series may be that of a scope: of all targets (0), or of a group of the user's (its place + 1), in the bits above the series'. */
export const SCOPE = 2 ** 19;
/** Scopes that there may be: all, and the groups. */
const SCOPES = 64;
const RANGE = SCOPES * SCOPE;
/** Groups of targets that one sensor may have. */
export const MOST_TARGET_GROUPS = SCOPES - 1;
const TCP_SOURCE_ZERO = portSeriesNumber("tcp", "source", 0);
const TCP_ZERO = portSeriesNumber("tcp", "destination", 0);
const UDP_ZERO = portSeriesNumber("udp", "destination", 0);
const DESTINATION = 0x1_0000;
const UDP = 0x2_0000;

export interface SeriesTables {
  readonly cells: SeriesCells;
  readonly intervals: Intervals;
  readonly pairs: PairSet;
  readonly names: AddressNames;
  readonly unassigned: UnassignedPorts;
  readonly targetGroups: readonly string[];
  readonly asnOf: AsnOf;
}

/** Columns by interval, then by series, and the rows of target groups. */
export function seriesColumns(tables: SeriesTables): { series: SeriesColumns; targetGroups: TargetGroupRow[] } {
  return new SeriesWriter(tables).write();
}

class SeriesWriter {
  readonly #tables: SeriesTables;
  readonly #lists: { sources4: CellLists; sources6: CellLists; targets: CellLists };
  /** Cells by interval and series. */
  readonly #order: Uint32Array;
  readonly #sources: MemberList;
  readonly #networks: MemberList;
  readonly #asns: MemberList;
  readonly #targets: MemberList;
  readonly #interval: Uint32Array;
  readonly #series: Uint32Array;
  readonly #packets: Float64Array;
  #length = 0;
  readonly #targetGroups: TargetGroupRow[] = [];
  readonly #networksOfRow = new WordCounts();
  readonly #asnsOfRow = new WordCounts();
  readonly #union4 = new WordCounts();
  readonly #union6 = new WordCounts();
  readonly #unionTargets = new WordCounts();

  constructor(tables: SeriesTables) {
    const { cells, intervals, pairs } = tables;
    this.#tables = tables;
    this.#lists = listsOf(pairs, cells.length - 1);
    this.#order = cellOrder(cells, intervals);
    const rows = this.#order.length + SERIES_GROUPS.length * intervals.length;
    this.#sources = new MemberList(rows);
    this.#networks = new MemberList(rows);
    this.#asns = new MemberList(rows);
    this.#targets = new MemberList(rows);
    this.#interval = new Uint32Array(rows);
    this.#series = new Uint32Array(rows);
    this.#packets = new Float64Array(rows);
  }

  write(): { series: SeriesColumns; targetGroups: TargetGroupRow[] } {
    const { cells } = this.#tables;
    const order = this.#order;
    for (let from = 0; from < order.length;) {
      const interval = cells.interval[order[from]!]!;
      const scope = scopeOf(cells.series[order[from]!]!);
      let to = from;
      while (to < order.length && cells.interval[order[to]!] === interval && scopeOf(cells.series[order[to]!]!) === scope) to++;
      if (scope === 0) this.#writeInterval(interval, from, to);
      else this.#writeTargetGroup(interval, this.#tables.targetGroups[scope - 1] ?? "", from, to);
      from = to;
    }
    const length = this.#length;
    const series: SeriesColumns = {
      length,
      interval: this.#interval.subarray(0, length),
      series: this.#series.subarray(0, length),
      packets: this.#packets.subarray(0, length),
      members: {
        sources: this.#sources.finish(),
        networks: this.#networks.finish(),
        asns: this.#asns.finish(),
        targets: this.#targets.finish(),
      },
    };
    return { series, targetGroups: this.#targetGroups };
  }

  #writeInterval(interval: number, from: number, to: number): void {
    const { cells } = this.#tables;
    const { sources4, sources6, targets } = this.#lists;
    const floors = [this.#floor(0, from, to), this.#floor(UDP, from, to)];
    for (let at = from; at < to; at++) {
      const cell = this.#order[at]!;
      const series = cells.series[cell]!;
      if (series >= PORT_SERIES_COUNT) continue;
      this.#startRow(interval, series, cells.packets[cell]!);
      if (!isChance(series) || sourcesOf(this.#lists, cell) > floors[series >>> 17]!) {
        this.#addSources(sources4.things, sources4.starts[cell]!, sources4.starts[cell + 1]!, false);
        this.#addSources(sources6.things, sources6.starts[cell]!, sources6.starts[cell + 1]!, true);
        this.#targets.add(targets.things, targets.starts[cell]!, targets.starts[cell + 1]!);
      }
      this.#endRow();
    }
    for (const group of SERIES_GROUPS) {
      const packets = this.#unite(group, from, to);
      if (packets === 0) continue;
      this.#startRow(interval, groupSeriesNumber(group), packets);
      this.#addSources(this.#union4.words, 0, this.#union4.size, false);
      this.#addSources(this.#union6.words, 0, this.#union6.size, true);
      this.#targets.add(this.#unionTargets.words, 0, this.#unionTargets.size);
      this.#endRow();
    }
  }

  #writeTargetGroup(number: number, group: string, from: number, to: number): void {
    const { cells, intervals } = this.#tables;
    const { sources4, sources6, targets } = this.#lists;
    const interval = intervals.start[number]!;
    for (let at = from; at < to; at++) {
      const cell = this.#order[at]!;
      const series = cells.series[cell]! % SCOPE;
      if (series >= PORT_SERIES_COUNT) continue;
      const sources = joined(thingsOf(sources4, cell), thingsOf(sources6, cell));
      this.#targetGroups.push({ interval, group, series, packets: cells.packets[cell]!, sources, targets: thingsOf(targets, cell) });
    }
    for (const seriesGroup of SERIES_GROUPS) {
      const packets = this.#unite(seriesGroup, from, to);
      if (packets === 0) continue;
      const sources = joined(wordsOf(this.#union4), wordsOf(this.#union6));
      const series = groupSeriesNumber(seriesGroup);
      this.#targetGroups.push({ interval, group, series, packets, sources, targets: wordsOf(this.#unionTargets).slice() });
    }
  }

  /** Sources above which a source port chosen by chance stands out, in an interval and transport; 0 where they are few in all. */
  #floor(transport: number, from: number, to: number): number {
    const { series } = this.#tables.cells;
    let pairs = 0;
    for (let at = from; at < to; at++) {
      const cell = this.#order[at]!;
      const number = series[cell]!;
      if (isChance(number) && (number & UDP) === transport) pairs += sourcesOf(this.#lists, cell);
    }
    const mean = pairs / CHOSEN_BY_CHANCE;
    return pairs <= FEW_PAIRS ? 0 : mean + DEVIATIONS * Math.sqrt(mean);
  }

  /** Unites the members of a group's cells, and returns its packets. */
  #unite(group: SeriesGroup, from: number, to: number): number {
    const { cells } = this.#tables;
    const { sources4, sources6, targets } = this.#lists;
    let packets = 0;
    this.#union4.clear();
    this.#union6.clear();
    this.#unionTargets.clear();
    for (let at = from; at < to; at++) {
      const cell = this.#order[at]!;
      const series = cells.series[cell]! % SCOPE;
      if (group === "port-zero" && series === BOTH_ZERO_SERIES) packets -= cells.packets[cell]!;
      if (!this.#isOf(group, series)) continue;
      packets += cells.packets[cell]!;
      addAll(this.#union4, sources4, cell);
      addAll(this.#union6, sources6, cell);
      addAll(this.#unionTargets, targets, cell);
    }
    return packets;
  }

  #isOf(group: SeriesGroup, series: number): boolean {
    if (group === "port-zero") return series === TCP_SOURCE_ZERO || series === TCP_ZERO || series === UDP_ZERO;
    if (series >= PORT_SERIES_COUNT) return group === "all" && series === PORTLESS_SERIES;
    if ((series & DESTINATION) === 0) return false;
    const port = series & 0xffff;
    if (group === "privileged") return port < PRIVILEGED_PORTS;
    const { tcp, udp } = this.#tables.unassigned;
    return group === "all" || ((series & UDP) === 0 ? tcp : udp)[port] === 1;
  }

  #startRow(interval: number, series: number, packets: number): void {
    this.#interval[this.#length] = this.#tables.intervals.start[interval]!;
    this.#series[this.#length] = series;
    this.#packets[this.#length] = packets;
    this.#networksOfRow.clear();
    this.#asnsOfRow.clear();
  }

  #addSources(things: Uint32Array, from: number, to: number, isSix: boolean): void {
    const { names, asnOf } = this.#tables;
    this.#sources.add(things, from, to);
    for (let i = from; i < to; i++) {
      this.#networksOfRow.add(networkOf(things[i]!, isSix, names));
      const asn = asnOfSource(things[i]!, isSix, names, asnOf);
      if (asn !== 0) this.#asnsOfRow.add(asn);
    }
  }

  #endRow(): void {
    this.#networks.add(this.#networksOfRow.words, 0, this.#networksOfRow.size);
    this.#asns.add(this.#asnsOfRow.words, 0, this.#asnsOfRow.size);
    for (const list of [this.#sources, this.#networks, this.#asns, this.#targets]) list.endRow();
    this.#length++;
  }
}

/** Whether a series is of a source port that stacks pick by chance. */
function isChance(series: number): boolean {
  return series < PORT_SERIES_COUNT && (series & DESTINATION) === 0 && (series & 0xffff) >= PRIVILEGED_PORTS;
}

function sourcesOf({ sources4, sources6 }: { sources4: CellLists; sources6: CellLists }, cell: number): number {
  return sources4.starts[cell + 1]! - sources4.starts[cell]! + sources6.starts[cell + 1]! - sources6.starts[cell]!;
}

function scopeOf(series: number): number {
  return Math.floor(series / SCOPE);
}

function thingsOf({ starts, things }: CellLists, cell: number): Uint32Array {
  return things.subarray(starts[cell], starts[cell + 1]);
}

function wordsOf({ words, size }: WordCounts): Uint32Array {
  return words.subarray(0, size);
}

/** A copy of both. */
function joined(first: Uint32Array, second: Uint32Array): Uint32Array {
  const both = new Uint32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function addAll(to: WordCounts, { starts, things }: CellLists, cell: number): void {
  for (let at = starts[cell]!; at < starts[cell + 1]!; at++) to.add(things[at]!);
}

/** All cells by start of their interval, then by scope, then by series. */
function cellOrder(cells: SeriesCells, intervals: Intervals): Uint32Array {
  const byStart = Array.from({ length: intervals.length }, (_, number) => number).sort((a, b) => intervals.start[a]! - intervals.start[b]!);
  const rank = new Uint32Array(intervals.length);
  for (const [place, number] of byStart.entries()) rank[number] = place;
  const keys = new Float64Array(cells.length - 1);
  for (let cell = 1; cell < cells.length; cell++) keys[cell - 1] = rank[cells.interval[cell]!]! * RANGE + cells.series[cell]!;
  keys.sort();
  return Uint32Array.from(keys, (key) => cells.find(byStart[Math.floor(key / RANGE)]!, key % RANGE));
}
