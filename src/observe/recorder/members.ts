/** The distinct things of series: as pairs in a set while they are gathered, as lists by cell when they are handed out. */
import type { Members } from "../../model/history.ts";
import type { PairSet } from "./pair-set.ts";

/** What a pair says: source of a cell (IPv4, IPv6), target of a cell, target of an activity row, source that was folded into one. */
export const SOURCE_4 = 0;
export const SOURCE_6 = 1;
export const TARGET = 2;
export const CONTACT = 3;
export const FOLDED_SOURCE = 4;
const KINDS = 5;
const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;

/** Id of a pair: never 0, since cells and rows are numbered from 1. */
export function pairId(owner: number, kind: number): number {
  return ((owner << KIND_BITS) | kind) >>> 0;
}

/** The cell or row that a pair is of. */
export function ownerOf(id: number): number {
  return id >>> KIND_BITS;
}

/** Things of one kind by cell: those of cell `c` are `things[starts[c]]` up to `things[starts[c + 1] − 1]`, in no order. */
export interface CellLists {
  readonly starts: Uint32Array;
  readonly things: Uint32Array;
}

/** The pairs of cells, sorted into lists (counting sort). */
export function listsOf(pairs: PairSet, cells: number): { sources4: CellLists; sources6: CellLists; targets: CellLists } {
  const starts = Array.from({ length: KINDS }, (_, kind) => new Uint32Array(kind <= TARGET ? cells + 2 : 0));
  pairs.each((id) => {
    const kind = id & KIND_MASK;
    if (kind > TARGET) return;
    const counts = starts[kind]!;
    counts[ownerOf(id) + 1] = counts[ownerOf(id) + 1]! + 1;
  });
  for (const counts of starts) for (let cell = 1; cell < counts.length; cell++) counts[cell] = counts[cell]! + counts[cell - 1]!;
  const things = starts.map((counts) => new Uint32Array(counts.at(-1) ?? 0));
  const ends = starts.map((counts) => counts.slice());
  pairs.each((id, thing) => {
    const kind = id & KIND_MASK;
    if (kind > TARGET) return;
    const end = ends[kind]!;
    const at = end[ownerOf(id)]!;
    things[kind]![at] = thing;
    end[ownerOf(id)] = at + 1;
  });
  const list = (kind: number): CellLists => ({ starts: starts[kind]!, things: things[kind]! });
  return { sources4: list(SOURCE_4), sources6: list(SOURCE_6), targets: list(TARGET) };
}

/** A column of members in the making. */
export class MemberList {
  #values = new Uint32Array(1 << 10);
  #length = 0;
  readonly #offsets: Uint32Array;
  #rows = 0;

  constructor(rows: number) {
    this.#offsets = new Uint32Array(rows + 1);
  }

  /** Adds things to the row in hand. */
  add(things: Uint32Array, from: number, to: number): void {
    const length = this.#length + to - from;
    if (length > this.#values.length) {
      const values = new Uint32Array(Math.max(length, 2 * this.#values.length));
      values.set(this.#values.subarray(0, this.#length));
      this.#values = values;
    }
    for (let i = from; i < to; i++) this.#values[this.#length++] = things[i]!;
  }

  endRow(): void {
    this.#offsets[++this.#rows] = this.#length;
  }

  finish(): Members {
    return { offsets: this.#offsets.subarray(0, this.#rows + 1), values: this.#values.subarray(0, this.#length) };
  }
}
