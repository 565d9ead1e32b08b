/** Rows found by a key of three words: a table that numbers what it has not seen before. What is known of a row is in columns of its user. */
import { mixPair } from "../../sketch/hash.ts";
import { doubled } from "./pair-set.ts";

const INITIAL_PLACES = 1 << 10;

export class KeyTable {
  size = 0;
  /** The three words of every row's key, three after three. */
  keys: Uint32Array<ArrayBuffer>;
  #places: Int32Array<ArrayBuffer>;

  constructor() {
    this.keys = new Uint32Array(3 * (INITIAL_PLACES >>> 1));
    this.#places = new Int32Array(INITIAL_PLACES);
  }

  /** The row of a key; a new one where there is none, whose number is then the former `size`. */
  row(a: number, b: number, c: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    const { keys } = this;
    for (let place = hash(a, b, c) & mask; ; place = (place + 1) & mask) {
      const row = places[place]! - 1;
      if (row < 0) {
        const made = this.size++;
        keys[3 * made] = a;
        keys[3 * made + 1] = b;
        keys[3 * made + 2] = c;
        places[place] = this.size;
        if (2 * this.size >= places.length) this.#grow();
        return made;
      }
      if (keys[3 * row] === a && keys[3 * row + 1] === b && keys[3 * row + 2] === c) return row;
    }
  }

  /** Whether a key has a row. */
  has(a: number, b: number, c: number): boolean {
    const mask = this.#places.length - 1;
    for (let place = hash(a, b, c) & mask; ; place = (place + 1) & mask) {
      const row = this.#places[place]! - 1;
      if (row < 0) return false;
      if (this.keys[3 * row] === a && this.keys[3 * row + 1] === b && this.keys[3 * row + 2] === c) return true;
    }
  }

  clear(): void {
    this.size = 0;
    this.#places.fill(0);
  }

  #grow(): void {
    this.keys = doubled(this.keys);
    const places = new Int32Array(2 * this.#places.length);
    const mask = places.length - 1;
    for (let row = 0; row < this.size; row++) {
      let place = hash(this.keys[3 * row]!, this.keys[3 * row + 1]!, this.keys[3 * row + 2]!) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = row + 1;
    }
    this.#places = places;
  }
}

function hash(a: number, b: number, c: number): number {
  return mixPair(mixPair(a, b), c);
}
