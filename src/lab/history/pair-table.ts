/** Pairs of words, numbered in order of arrival: rows of a table, or which thing was seen in which row. Emptied in one go. */
import { mixPair } from "../../sketch/hash.ts";

const INITIAL_PAIRS = 1 << 12;

export class PairTable {
  size = 0;
  /** Both words of the pairs, valid up to `size`. */
  first = new Uint32Array(INITIAL_PAIRS);
  second = new Uint32Array(INITIAL_PAIRS);
  /** Number + 1 of a pair, 0 where empty: four places a pair. */
  #places = new Int32Array(4 * INITIAL_PAIRS);

  /** The number of a pair; a new one is numbered with the former `size`. */
  number(first: number, second: number): number {
    const mask = this.#places.length - 1;
    for (let place = mixPair(first, second) & mask; ; place = (place + 1) & mask) {
      const known = this.#places[place]! - 1;
      if (known < 0) return this.#add(first, second, place);
      if (this.first[known] === first && this.second[known] === second) return known;
    }
  }

  clear(): void {
    this.size = 0;
    this.#places.fill(0);
  }

  #add(first: number, second: number, place: number): number {
    const number = this.size++;
    this.first[number] = first;
    this.second[number] = second;
    this.#places[place] = this.size;
    if (this.size === this.first.length) this.#grow();
    return number;
  }

  #grow(): void {
    this.first = doubled(this.first);
    this.second = doubled(this.second);
    this.#places = new Int32Array(2 * this.#places.length);
    const mask = this.#places.length - 1;
    for (let number = 0; number < this.size; number++) {
      let place = mixPair(this.first[number]!, this.second[number]!) & mask;
      while (this.#places[place] !== 0) place = (place + 1) & mask;
      this.#places[place] = number + 1;
    }
  }
}

function doubled(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * words.length);
  larger.set(words);
  return larger;
}
