/**
 * Sources of ports that stacks pick by chance: a list of cells and sources as they come, and no set. Nearly all of it is thrown away when
 * it is read, and a look into a large set for each packet of a scan would cost more than all else. Doubles go when the list is full.
 */
import type { WordCounts } from "../../sketch/word-counts.ts";

const INITIAL = 1 << 12;

export class ChanceSources {
  /** Entries, doubles among them. */
  length = 0;
  readonly #most: number;
  #owners = new Uint32Array(INITIAL);
  #sources = new Uint32Array(INITIAL);
  /** Entries that the last search for doubles left. */
  #distinct = 0;

  /** @param most entries, a power of two: 8 octets each. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether there may be no room for as many more. */
  lacks(more: number): boolean {
    return this.length + more > this.#most;
  }

  add(cell: number, isSix: boolean, source: number): void {
    this.#put((cell << 1) | (isSix ? 1 : 0), source);
  }

  /** Drops doubles where there would be no room for as many more, and enough came since the last time for that to pay. */
  makeRoom(more: number, cells: number): void {
    if (!this.lacks(more) || this.#distinct > this.#most / 2) return;
    const { starts, sources } = this.byOwner(cells);
    this.length = 0;
    for (let owner = 0; owner + 1 < starts.length; owner++) {
      const things = sources.subarray(starts[owner], starts[owner + 1]).sort();
      for (let i = 0; i < things.length; i++) if (i === 0 || things[i] !== things[i - 1]) this.#put(owner, things[i]!);
    }
    this.#distinct = this.length;
  }

  /** Sorted by cell and family: sources of cell `c` begin at `starts[2 * c]`, those of IPv6 at `starts[2 * c + 1]`. */
  byOwner(cells: number): ChanceLists {
    const starts = new Uint32Array(2 * cells + 4);
    const owners = this.#owners;
    for (let i = 0; i < this.length; i++) {
      const after = owners[i]! + 1;
      starts[after] = starts[after]! + 1;
    }
    for (let owner = 1; owner < starts.length; owner++) starts[owner] = starts[owner]! + starts[owner - 1]!;
    const ends = starts.slice();
    const sources = new Uint32Array(this.length);
    for (let i = 0; i < this.length; i++) {
      const at = ends[owners[i]!]!;
      sources[at] = this.#sources[i]!;
      ends[owners[i]!] = at + 1;
    }
    return { starts, sources };
  }

  clear(): void {
    this.length = 0;
    this.#distinct = 0;
  }

  #put(owner: number, source: number): void {
    if (this.length === this.#owners.length) this.#grow();
    this.#owners[this.length] = owner;
    this.#sources[this.length++] = source;
  }

  #grow(): void {
    const owners = new Uint32Array(2 * this.length);
    owners.set(this.#owners);
    this.#owners = owners;
    const sources = new Uint32Array(2 * this.length);
    sources.set(this.#sources);
    this.#sources = sources;
  }
}

/** Sources by cell and family, doubles among them. */
export interface ChanceLists {
  readonly starts: Uint32Array;
  readonly sources: Uint32Array;
}

/** Fills `into` with the distinct sources of a cell and family, and returns how many they are. */
export function distinctSources({ starts, sources }: ChanceLists, cell: number, isSix: boolean, into: WordCounts): number {
  const owner = (cell << 1) | (isSix ? 1 : 0);
  into.clear();
  for (let at = starts[owner]!; at < starts[owner + 1]!; at++) into.add(sources[at]!);
  return into.size;
}
