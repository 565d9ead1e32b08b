/**
 * Counts by 32-bit word (an address, a port) without allocating: an open table whose slots carry the number of the count that they belong
 * to, so that clearing costs nothing. A million sources pass through one instance.
 */
import { mix32 } from "../sketch/hash.ts";

const INITIAL_SLOTS = 1 << 12;
/** Lists up to this length are kept sorted by insertion. */
const SHORT_LIST = 256;

export class WordCounts {
  /** Distinct words. */
  size = 0;
  /** The distinct words in the order in which they came, valid up to `size`. */
  words = new Uint32Array(INITIAL_SLOTS >>> 1);
  /** How often each came, in the same order. */
  counts = new Float64Array(INITIAL_SLOTS >>> 1);
  #slots = new Uint32Array(INITIAL_SLOTS);
  #round = new Uint32Array(INITIAL_SLOTS);
  #current = 1;

  clear(): void {
    this.size = 0;
    if (++this.#current === 0xffffffff) {
      this.#round.fill(0);
      this.#current = 1;
    }
  }

  /** Counts a word; true where it is new. */
  add(word: number, by = 1): boolean {
    const mask = this.#slots.length - 1;
    let slot = mix32(word) & mask;
    while (this.#round[slot] === this.#current) {
      const at = this.#slots[slot]!;
      if (this.words[at] === word) {
        this.counts[at] = this.counts[at]! + by;
        return false;
      }
      slot = (slot + 1) & mask;
    }
    const at = this.size++;
    this.#round[slot] = this.#current;
    this.#slots[slot] = at;
    this.words[at] = word;
    this.counts[at] = by;
    if (this.size === this.words.length) this.#grow();
    return true;
  }

  /** How often a word came. */
  get(word: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = mix32(word) & mask; this.#round[slot] === this.#current; slot = (slot + 1) & mask) {
      const at = this.#slots[slot]!;
      if (this.words[at] === word) return this.counts[at]!;
    }
    return 0;
  }

  /** Counts the words of a column, from the beginning. */
  countAll(values: Uint32Array | Uint16Array, length: number): void {
    this.clear();
    for (let i = 0; i < length; i++) this.add(values[i]!);
  }

  /** The words that came most often, most first, the smaller word first among equals. */
  top(limit: number): [word: number, count: number][] {
    if (limit > SHORT_LIST) return this.#sorted().slice(0, limit);
    const best: [number, number][] = [];
    for (let at = 0; at < this.size; at++) {
      const word = this.words[at]!;
      const count = this.counts[at]!;
      const last = best.length === limit ? best[limit - 1]! : null;
      if (last !== null && (count < last[1] || (count === last[1] && word > last[0]))) continue;
      let low = 0;
      for (let high = best.length; low < high;) {
        const middle = (low + high) >>> 1;
        const [otherWord, otherCount] = best[middle]!;
        if (otherCount > count || (otherCount === count && otherWord < word)) low = middle + 1;
        else high = middle;
      }
      best.splice(low, 0, [word, count]);
      if (best.length > limit) best.pop();
    }
    return best;
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
    this.#slots = new Uint32Array(2 * this.#slots.length);
    this.#round = new Uint32Array(this.#slots.length);
    this.#current = 1;
    const mask = this.#slots.length - 1;
    for (let at = 0; at < this.size; at++) {
      let slot = mix32(words[at]!) & mask;
      while (this.#round[slot] === 1) slot = (slot + 1) & mask;
      this.#round[slot] = 1;
      this.#slots[slot] = at;
    }
  }
}
