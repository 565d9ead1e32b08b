/**
 * Many feeds into one table. Networks of all feeds are sorted, widest first where they begin together; since CIDR networks nest or are
 * disjoint, one pass with a stack of open ones knows at each place which feeds cover it (a sweep line).
 *
 * Memory is proportional to the entries: 8 octets an IPv4 network to sort and about 8 of table, about 25 an IPv6 network of each.
 */
import { IntelError } from "../../model/errors.ts";
import { OverlapCounts } from "./agreement.ts";
import { type EntryColumns, maskOf } from "./entry-columns.ts";
import { EMPTY_SET, LENGTH_BITS, SetInterner } from "./set-interner.ts";
import { sortNetworks6 } from "./sort-networks.ts";
import { encodeTable, MAX_INDEX_BITS_4, MIN_INDEX_BITS_4 } from "./table-file.ts";
import type { TableFeed } from "./table-feed.ts";

/** Feeds in one table: their number has ten bits in the keys that are sorted. */
export const MAX_FEEDS = 1024;
/** Networks in one table, copies included. */
export const MAX_TABLE_NETWORKS = 64 * 1024 * 1024;

export interface FeedNetworks {
  readonly feed: TableFeed;
  readonly networks: EntryColumns;
}

/**
 * The octets of a table of all feeds; the same for the same feeds in the same order.
 * @throws IntelError E_INTEL_TABLE where there are more feeds or networks than a table takes
 */
export function compileTable(feeds: readonly FeedNetworks[]): Uint8Array {
  const total = feeds.reduce((sum, { networks }) => sum + networks.count, 0);
  if (feeds.length > MAX_FEEDS) throw new IntelError("E_INTEL_TABLE", "table", `${feeds.length} feeds, and a table takes ${MAX_FEEDS}`);
  if (total > MAX_TABLE_NETWORKS)
    throw new IntelError("E_INTEL_TABLE", "table", `${total} networks, and a table takes ${MAX_TABLE_NETWORKS}`);
  const sets = new SetInterner();
  const counts = new OverlapCounts(feeds.length);
  const four = sweep4(feeds, sets, counts);
  const six = sweep6(feeds, sets, counts);
  const ids = feeds.map(({ feed }) => feed.feed);
  const made = feeds
    .flatMap(({ feed }, i) => feed.madeOf.map((part) => [i, ids.indexOf(part)] as const))
    .filter(([i, j]) => j >= 0 && i !== j);
  const meta = { feeds: feeds.map(({ feed }) => feed), overlaps: counts.overlaps(ids), copies: [...counts.copies(), ...made] };
  return encodeTable(four, six, sets, meta);
}

/**
 * IPv4 as stretches that no block of the index parts, each with its set: the place of its first address in the block in the upper 16 bits, that
 * of its last in the lower.
 */
export interface Stretches4 {
  /** Leading bits of an address that number its block: 16 to 20. */
  readonly indexBits: number;
  /** Stretches of each block: `pairs[index[block]…index[block + 1])`. */
  readonly index: Uint32Array;
  readonly pairs: Uint32Array;
  readonly sets: Uint32Array;
}

/** IPv6 as distinct networks in order, each with the set of all that cover it, and the next wider network around it. */
export interface Networks6 {
  readonly words: Uint32Array;
  readonly bits: Uint8Array;
  /** Number of the network around it plus one; 0 where there is none. */
  readonly parents: Uint32Array;
  readonly sets: Uint32Array;
}

const FEEDS = MAX_FEEDS;
const LENGTHS = 64;
/** Binary logarithm of the stretches of a block that are aimed at: half a cache line of pairs. */
const BLOCK_BITS = 3;

function sweep4(feeds: readonly FeedNetworks[], sets: SetInterner, counts: OverlapCounts): Stretches4 {
  const keys = new Float64Array(feeds.reduce((sum, { networks }) => sum + networks.count4, 0));
  let filled = 0;
  for (const [feed, { networks }] of feeds.entries()) {
    const { words4, bits4, count4 } = networks;
    for (let i = 0; i < count4; i++) keys[filled++] = (words4[i]! * LENGTHS + bits4[i]!) * FEEDS + feed;
  }
  keys.sort();
  const out = new StretchWriter(keys.length);
  const ends = new Float64Array(34);
  const open = new Uint32Array(34);
  const own = new Uint32Array(FEEDS);
  let depth = 0;
  let cursor = 0;
  /** The stretch up to the end of an open network that nothing in it has taken. */
  const close = (network: number): void => {
    const end = ends[network]!;
    if (cursor <= end) out.add(cursor, end, open[network]!);
    cursor = end + 1;
  };
  for (let i = 0; i < keys.length;) {
    const network = Math.floor(keys[i]! / FEEDS);
    const bits = network % LENGTHS;
    const first = (network - bits) / LENGTHS;
    for (; depth > 0 && ends[depth - 1]! < first; depth--) close(depth - 1);
    let set = depth === 0 ? EMPTY_SET : open[depth - 1]!;
    if (depth > 0 && cursor < first) out.add(cursor, first - 1, set);
    cursor = first;
    let names = 0;
    for (let feed = -1; i < keys.length && Math.floor(keys[i]! / FEEDS) === network; i++) {
      if (keys[i]! % FEEDS === feed) continue;
      feed = keys[i]! % FEEDS;
      set = sets.add(set, feed, bits);
      own[names++] = feed;
    }
    tally(counts, sets, set, own, names);
    ends[depth] = first + 2 ** (32 - bits) - 1;
    open[depth++] = set;
  }
  for (; depth > 0; depth--) close(depth - 1);
  return out.finish();
}

/** Counts the entries of the feeds in `own` that other feeds of the set hold, too. */
function tally(counts: OverlapCounts, sets: SetInterner, set: number, own: Uint32Array, names: number): void {
  const start = sets.offsets[set]!;
  const end = sets.offsets[set + 1]!;
  for (let i = 0; i < names; i++) {
    const feed = own[i]!;
    counts.entries[feed] = counts.entries[feed]! + 1;
    if (end - start === 1) continue;
    for (let at = start; at < end; at++) {
      const other = sets.pool[at]! >>> LENGTH_BITS;
      if (other !== feed) counts.addInside(feed, other);
    }
  }
}

class StretchWriter {
  #pairs: Uint32Array;
  #sets: Uint32Array;
  readonly #indexBits: number;
  readonly #block: number;
  readonly #index: Uint32Array;
  #count = 0;
  #top = 0;

  constructor(networks: number) {
    this.#indexBits = Math.min(MAX_INDEX_BITS_4, Math.max(MIN_INDEX_BITS_4, Math.ceil(Math.log2(networks + 1)) - BLOCK_BITS));
    this.#block = 2 ** (32 - this.#indexBits);
    this.#index = new Uint32Array(2 ** this.#indexBits + 1);
    this.#pairs = new Uint32Array(networks + 1024);
    this.#sets = new Uint32Array(networks + 1024);
  }

  /** A stretch behind all before it, cut where a block ends; joined to the one before where both have one set. */
  add(first: number, last: number, set: number): void {
    for (let at = first; at <= last;) {
      const block = this.#block;
      const top = Math.floor(at / block);
      const end = Math.min(last, top * block + block - 1);
      while (this.#top < top) this.#index[++this.#top] = this.#count;
      const low = at % block;
      const before = this.#count - 1;
      if (this.#count > this.#index[top]! && this.#sets[before] === set && (this.#pairs[before]! & 0xffff) === low - 1)
        this.#pairs[before] = (this.#pairs[before]! & 0xffff0000) | (end % block);
      else this.#push((low << 16) | (end % block), set);
      at = end + 1;
    }
  }

  finish(): Stretches4 {
    while (this.#top < this.#index.length - 1) this.#index[++this.#top] = this.#count;
    return {
      indexBits: this.#indexBits,
      index: this.#index,
      pairs: this.#pairs.subarray(0, this.#count),
      sets: this.#sets.subarray(0, this.#count),
    };
  }

  #push(pair: number, set: number): void {
    if (this.#count === this.#pairs.length) {
      const [pairs, sets] = [new Uint32Array(2 * this.#count), new Uint32Array(2 * this.#count)];
      pairs.set(this.#pairs);
      sets.set(this.#sets);
      [this.#pairs, this.#sets] = [pairs, sets];
    }
    this.#pairs[this.#count] = pair;
    this.#sets[this.#count++] = set;
  }
}

function sweep6(feeds: readonly FeedNetworks[], sets: SetInterner, counts: OverlapCounts): Networks6 {
  const total = feeds.reduce((sum, { networks }) => sum + networks.count6, 0);
  const words = new Uint32Array(4 * total);
  const bits = new Uint8Array(total);
  const from = new Uint16Array(total);
  let filled = 0;
  for (const [feed, { networks }] of feeds.entries()) {
    words.set(networks.words6.subarray(0, 4 * networks.count6), 4 * filled);
    bits.set(networks.bits6.subarray(0, networks.count6), filled);
    from.fill(feed, filled, filled + networks.count6);
    filled += networks.count6;
  }
  const order = sortNetworks6(words, bits);
  const out = {
    words: new Uint32Array(4 * total),
    bits: new Uint8Array(total),
    parents: new Uint32Array(total),
    sets: new Uint32Array(total),
  };
  const open = new Uint32Array(130);
  const own = new Uint32Array(FEEDS);
  let depth = 0;
  let count = 0;
  for (let i = 0; i < total;) {
    const at = order[i]!;
    const length = bits[at]!;
    while (depth > 0 && !covers6(out.words, out.bits, open[depth - 1]!, words, at)) depth--;
    const parent = depth === 0 ? -1 : open[depth - 1]!;
    let set = parent < 0 ? EMPTY_SET : out.sets[parent]!;
    let names = 0;
    for (let feed = -1; i < total && isSame6(words, bits, order[i]!, at); i++) {
      if (from[order[i]!] === feed) continue;
      feed = from[order[i]!]!;
      set = sets.add(set, feed, length);
      own[names++] = feed;
    }
    tally(counts, sets, set, own, names);
    for (let word = 0; word < 4; word++) out.words[4 * count + word] = words[4 * at + word]!;
    out.bits[count] = length;
    out.parents[count] = parent + 1;
    out.sets[count] = set;
    open[depth++] = count++;
  }
  return {
    words: out.words.subarray(0, 4 * count),
    bits: out.bits.subarray(0, count),
    parents: out.parents.subarray(0, count),
    sets: out.sets.subarray(0, count),
  };
}

function isSame6(words: Uint32Array, bits: Uint8Array, i: number, j: number): boolean {
  return (
    bits[i] === bits[j] &&
    words[4 * i] === words[4 * j] &&
    words[4 * i + 1] === words[4 * j + 1] &&
    words[4 * i + 2] === words[4 * j + 2] &&
    words[4 * i + 3] === words[4 * j + 3]
  );
}

/** Whether network `i` of the table holds the first address of network `j` of the entries. */
function covers6(ours: Uint32Array, lengths: Uint8Array, i: number, theirs: Uint32Array, j: number): boolean {
  const bits = lengths[i]!;
  for (let word = 0; word < 4; word++) {
    if (((ours[4 * i + word]! ^ theirs[4 * j + word]!) & maskOf(bits - 32 * word)) !== 0) return false;
  }
  return true;
}
