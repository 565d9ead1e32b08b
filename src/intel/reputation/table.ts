/**
 * An immutable table of which feeds cover an address. IPv4: a binary search among the stretches of the address's block. IPv6: the last network
 * that begins at or before the address, and from it outwards to the first that holds it. Lookups allocate nothing.
 */
import { EMPTY_SET, LENGTH_BITS } from "./set-interner.ts";
import { lastUpTo, type SortedGroups } from "./sorted-groups.ts";
import { blockOf6, decodeTable, type TableColumns, type TableMeta } from "./table-file.ts";

/** A feed that covers an address: its number in the table, and the length of its most specific network there. */
export interface TableHit {
  readonly feed: number;
  readonly bits: number;
}

export class ReputationTable {
  readonly meta: TableMeta;
  readonly #columns: TableColumns;
  // Held here one by one: a lookup that goes through an object of them takes a third longer
  readonly #shift4: number;
  readonly #index4: Uint32Array;
  readonly #pairs4: Uint32Array;
  readonly #sets4: Uint32Array;
  readonly #blocks6: SortedGroups;
  readonly #firsts6: Uint32Array;
  readonly #groups6: SortedGroups;
  readonly #seconds6: Uint32Array;
  readonly #rest6: Uint32Array;
  readonly #lengths6: Uint16Array;

  /** @throws IntelError E_INTEL_TABLE; `place` names the file in it. */
  constructor(file: Uint8Array, place: string) {
    this.#columns = decodeTable(file, place);
    this.meta = this.#columns.meta;
    this.#shift4 = 32 - this.#columns.indexBits4;
    this.#index4 = this.#columns.index4;
    this.#pairs4 = this.#columns.pairs4;
    this.#sets4 = this.#columns.sets4;
    this.#blocks6 = this.#columns.blocks6;
    this.#firsts6 = this.#columns.firsts6;
    this.#groups6 = this.#columns.groups6;
    this.#seconds6 = this.#columns.seconds6;
    this.#rest6 = this.#columns.rest6;
    this.#lengths6 = this.#columns.lengths6;
  }

  /** The set of feeds that cover an IPv4 address, as a number for {@link hits}; 0 where none does. */
  lookup4(word: number): number {
    const pairs = this.#pairs4;
    const block = word >>> this.#shift4;
    const place = word & ((1 << this.#shift4) - 1);
    const start = this.#index4[block]!;
    let low = start;
    let high = this.#index4[block + 1]!;
    // Above all pairs that begin at or before the address
    const key = ((place << 16) | 0xffff) >>> 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (pairs[middle]! <= key) low = middle + 1;
      else high = middle;
    }
    return low > start && (pairs[low - 1]! & 0xffff) >= place ? this.#sets4[low - 1]! : EMPTY_SET;
  }

  /** The same of an IPv6 address, as four words. */
  lookup6(a: number, b: number, c: number, d: number): number {
    const firsts = this.#firsts6;
    const groups = this.#groups6.rows;
    const first = lastUpTo(firsts, this.#blocks6, blockOf6(a), a);
    if (first < 0) return EMPTY_SET;
    let network = groups[(first << 2) + 1]! - 1;
    let common = Math.clz32(firsts[first]! ^ a);
    if (common === 32) {
      const start = groups[first << 2]!;
      network = lastUpTo(this.#seconds6, this.#groups6, first, b);
      if (network >= start && this.#seconds6[network] === b) network = this.#before(start, network, b, c, d);
      if (network < 0) return EMPTY_SET;
      common = network < start ? Math.clz32(firsts[first - 1]! ^ a) : 32 + this.#commonBits(network, b, c, d);
    }
    // All around a network share its bits up to their length: those hold the address that are no longer than what it has in common
    const rest = this.#rest6;
    const lengths = this.#lengths6;
    if (lengths[network]! >>> 8 > common) return EMPTY_SET;
    while ((lengths[network]! & 0xff) > common) network = rest[(network << 2) + 3]! - 1;
    return rest[(network << 2) + 2]!;
  }

  /** The last network from `start` to `last`, whose second word is `b`, that begins at or before the address. */
  #before(start: number, last: number, b: number, c: number, d: number): number {
    // Mostly it is the only one with its second word
    if (this.#isUpTo(last, c, d)) return last;
    let low = start;
    let high = last;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#seconds6[middle] !== b || this.#isUpTo(middle, c, d)) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #isUpTo(network: number, c: number, d: number): boolean {
    const third = this.#rest6[network << 2]!;
    return third < c || (third === c && this.#rest6[(network << 2) + 1]! <= d);
  }

  /** Leading bits after the first word that a network's first address has in common with these words. */
  #commonBits(network: number, b: number, c: number, d: number): number {
    const second = this.#seconds6[network]! ^ b;
    if (second !== 0) return Math.clz32(second);
    const third = this.#rest6[network << 2]! ^ c;
    return third !== 0 ? 32 + Math.clz32(third) : 64 + Math.clz32(this.#rest6[(network << 2) + 1]! ^ d);
  }

  /** What a set holds, by the number of the feed. */
  hits(set: number): readonly TableHit[] {
    const { offsets, members } = this.#columns;
    return Array.from(members.subarray(offsets[set] ?? 0, offsets[set + 1] ?? 0), (member) => ({
      feed: member >>> LENGTH_BITS,
      bits: member & ((1 << LENGTH_BITS) - 1),
    }));
  }

  /** Stretches of IPv4, networks of IPv6, and different sets: how large the table is. */
  get size(): { readonly stretches4: number; readonly networks6: number; readonly sets: number } {
    const { pairs4, seconds6, offsets } = this.#columns;
    return { stretches4: pairs4.length, networks6: seconds6.length, sets: offsets.length - 1 };
  }
}
