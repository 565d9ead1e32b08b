/** A set of pairs of words: which things (sources, targets, networks) were seen in which row of a table. Bounded; cleared in one go. */
import { mixPair } from "../../sketch/hash.ts";

const INITIAL_PLACES = 1 << 12;

export class PairSet {
  size = 0;
  /** In order of arrival, valid up to `size`. */
  rows: Uint32Array<ArrayBuffer>;
  values: Uint32Array<ArrayBuffer>;
  /** Index + 1 of a pair, 0 where empty. */
  #places: Int32Array<ArrayBuffer>;

  constructor() {
    this.rows = new Uint32Array(INITIAL_PLACES >>> 1);
    this.values = new Uint32Array(INITIAL_PLACES >>> 1);
    this.#places = new Int32Array(INITIAL_PLACES);
  }

  /** Adds a pair; true where it is new. */
  add(row: number, value: number): boolean {
    const places = this.#places;
    const mask = places.length - 1;
    for (let place = mixPair(row, value) & mask; ; place = (place + 1) & mask) {
      const at = places[place]! - 1;
      if (at < 0) {
        this.rows[this.size] = row;
        this.values[this.size] = value;
        places[place] = ++this.size;
        if (this.size === this.rows.length) this.#grow();
        return true;
      }
      if (this.rows[at] === row && this.values[at] === value) return false;
    }
  }

  /** Empties the set; memory is kept where it is small. */
  clear(): void {
    this.size = 0;
    if (this.#places.length > KEPT_PLACES) {
      this.rows = new Uint32Array(KEPT_PLACES >>> 1);
      this.values = new Uint32Array(KEPT_PLACES >>> 1);
      this.#places = new Int32Array(KEPT_PLACES);
    } else this.#places.fill(0);
  }

  #grow(): void {
    this.rows = doubled(this.rows);
    this.values = doubled(this.values);
    const places = new Int32Array(2 * this.#places.length);
    const mask = places.length - 1;
    for (let at = 0; at < this.size; at++) {
      let place = mixPair(this.rows[at]!, this.values[at]!) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = at + 1;
    }
    this.#places = places;
  }
}

/** What is kept from one interval to the next: 12 octets a place. */
const KEPT_PLACES = 1 << 20;

/** The same words with as much room again. */
export function doubled(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * words.length);
  larger.set(words);
  return larger;
}
