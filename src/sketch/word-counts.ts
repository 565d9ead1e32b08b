/**
 * Counts by 32-bit word (an address, a port) without allocating: an open table whose slots tell what belongs to an earlier count, so that
 * clearing costs nothing. A million sources pass through one instance.
 */
import { mix32 } from "./hash.ts";

const INITIAL_SLOTS = 1 << 12;
/** From here on the base starts again: the indices of a count come on top of it, within 31 bits. */
const LAST_BASE = 2 ** 30;
/** Lists up to this length are kept sorted by insertion. */
const SHORT_LIST = 256;
/** Indices of such a list in the making. */
const BEST = new Uint32Array(SHORT_LIST);

export class WordCounts {
  /** Distinct words. */
  size = 0;
  /** The distinct words in the order in which they came, valid up to `size`. */
  words: Uint32Array;
  /** How often each came, in the same order. */
  counts: Float64Array;
  /** Indices, plus a base that rises with every clearing: what is below it is of an earlier count. */
  #slots: Int32Array;
  #base = 1;

  /** @param slots to begin with, a power of two: 10 octets each. */
  constructor(slots: number = INITIAL_SLOTS) {
    this.words = new Uint32Array(slots >>> 1);
    this.counts = new Float64Array(slots >>> 1);
    this.#slots = new Int32Array(slots);
  }

  clear(): void {
    this.#base += this.size;
    this.size = 0;
    if (this.#base < LAST_BASE) return;
    this.#slots.fill(0);
    this.#base = 1;
  }

  /** Counts a word; true where it is new. */
  add(word: number, by = 1): boolean {
    const slots = this.#slots;
    const base = this.#base;
    const mask = slots.length - 1;
    let slot = mix32(word) & mask;
    for (;;) {
      const at = slots[slot]! - base;
      if (at < 0) break;
      if (this.words[at] === word) {
        this.counts[at] = this.counts[at]! + by;
        return false;
      }
      slot = (slot + 1) & mask;
    }
    const at = this.size++;
    slots[slot] = base + at;
    this.words[at] = word;
    this.counts[at] = by;
    if (this.size === this.words.length) this.#grow();
    return true;
  }

  /** How often a word came. */
  get(word: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = mix32(word) & mask; ; slot = (slot + 1) & mask) {
      const at = this.#slots[slot]! - this.#base;
      if (at < 0) return 0;
      if (this.words[at] === word) return this.counts[at]!;
    }
  }

  /** Counts the words of a column, from the beginning, and returns how many distinct ones there are. */
  countAll(values: Uint32Array | Uint16Array, length: number): number {
    this.clear();
    for (let i = 0; i < length; i++) this.add(values[i]!);
    return this.size;
  }

  /** The words that came most often with their counts, most first, the smaller word first among equals. */
  top(limit: number): [word: number, count: number][] {
    if (limit > SHORT_LIST) return this.#sorted().slice(0, limit);
    const length = this.#findBest(limit);
    const top: [number, number][] = [];
    for (let rank = 0; rank < length; rank++) top.push([this.words[BEST[rank]!]!, this.counts[BEST[rank]!]!]);
    return top;
  }

  /** The same words without their counts, at most SHORT_LIST. */
  topWords(limit: number): number[] {
    const length = this.#findBest(Math.min(limit, SHORT_LIST));
    const top: number[] = [];
    for (let rank = 0; rank < length; rank++) top.push(this.words[BEST[rank]!]!);
    // A copy has no room to spare: ten thousand such lists are held at once.
    return top.slice();
  }

  /** Puts the indices of the words that came most often into BEST, and returns how many. */
  #findBest(limit: number): number {
    const best = BEST;
    let length = 0;
    for (let at = 0; at < this.size; at++) {
      if (length === limit && !this.#isBefore(at, best[length - 1]!)) continue;
      let low = 0;
      for (let high = length; low < high;) {
        const middle = (low + high) >>> 1;
        if (this.#isBefore(best[middle]!, at)) low = middle + 1;
        else high = middle;
      }
      if (length < limit) length++;
      for (let rank = length - 1; rank > low; rank--) best[rank] = best[rank - 1]!;
      best[low] = at;
    }
    return length;
  }

  /** The word that came most often, the smallest among equals; null where there is none. */
  get commonest(): number | null {
    let best = 0;
    for (let at = 1; at < this.size; at++) if (this.#isBefore(at, best)) best = at;
    return this.size === 0 ? null : this.words[best]!;
  }

  /** The most that any word came; 0 where there is none. */
  get most(): number {
    let most = 0;
    for (let at = 0; at < this.size; at++) if (this.counts[at]! > most) most = this.counts[at]!;
    return most;
  }

  /** Order of lists: by count, then by word. */
  #isBefore(a: number, b: number): boolean {
    const difference = this.counts[a]! - this.counts[b]!;
    return difference > 0 || (difference === 0 && this.words[a]! < this.words[b]!);
  }

  #sorted(): [word: number, count: number][] {
    const all = Array.from({ length: this.size }, (_, at): [number, number] => [this.words[at]!, this.counts[at]!]);
    return all.sort(([a, x], [b, y]) => y - x || a - b);
  }

  #grow(): void {
    const words = new Uint32Array(2 * this.words.length);
    words.set(this.words);
    this.words = words;
    const counts = new Float64Array(2 * this.counts.length);
    counts.set(this.counts);
    this.counts = counts;
    this.#slots = new Int32Array(2 * this.#slots.length);
    this.#base = 1;
    const mask = this.#slots.length - 1;
    for (let at = 0; at < this.size; at++) {
      let slot = mix32(words[at]!) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = at + 1;
    }
  }
}
