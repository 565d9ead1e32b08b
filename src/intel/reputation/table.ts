/**
 * An immutable table of which feeds cover an address. IPv4: a binary search among the stretches of the address's block. IPv6: the last network
 * that begins at or before the address, and from it outwards to the first that holds it. Lookups allocate nothing.
 */
import { maskOf } from "./entry-columns.ts";
import { EMPTY_SET, LENGTH_BITS } from "./set-interner.ts";
import { bucketOf, decodeTable, type TableColumns, type TableMeta } from "./table-file.ts";

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

  /** @throws IntelError E_INTEL_TABLE; `place` names the file in it. */
  constructor(file: Uint8Array, place: string) {
    this.#columns = decodeTable(file, place);
    this.meta = this.#columns.meta;
    this.#shift4 = 32 - this.#columns.indexBits4;
    this.#index4 = this.#columns.index4;
    this.#pairs4 = this.#columns.pairs4;
    this.#sets4 = this.#columns.sets4;
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
    const { index6, words6, bits6, parents6, sets6, indexBits } = this.#columns;
    const bucket = bucketOf(a, indexBits);
    let low = index6[bucket]!;
    let high = index6[bucket + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = 4 * middle;
      const order = words6[at]! - a || words6[at + 1]! - b || words6[at + 2]! - c || words6[at + 3]! - d;
      if (order <= 0) low = middle + 1;
      else high = middle;
    }
    for (let number = low; number > 0; number = parents6[number - 1]!) {
      const at = 4 * (number - 1);
      const bits = bits6[number - 1]!;
      if (
        ((words6[at]! ^ a) & maskOf(bits)) === 0 &&
        ((words6[at + 1]! ^ b) & maskOf(bits - 32)) === 0 &&
        ((words6[at + 2]! ^ c) & maskOf(bits - 64)) === 0 &&
        ((words6[at + 3]! ^ d) & maskOf(bits - 96)) === 0
      )
        return sets6[number - 1]!;
    }
    return EMPTY_SET;
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
    const { pairs4, bits6, offsets } = this.#columns;
    return { stretches4: pairs4.length, networks6: bits6.length, sets: offsets.length - 1 };
  }
}
