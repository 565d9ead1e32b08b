/** A growing set of 32-bit words (addresses), four octets a place: one look into memory a question. */
import { mix32 } from "./hash.ts";

const INITIAL_PLACES = 1 << 10;

export class WordSet {
  /** Words held. */
  size = 0;
  /** Zero is an empty place; whether the word 0 is held is told apart. */
  #places = new Uint32Array(INITIAL_PLACES);
  #hasZero = false;

  /** Adds a word; true where it is new. */
  add(word: number): boolean {
    if (word === 0) {
      if (this.#hasZero) return false;
      this.#hasZero = true;
      this.size++;
      return true;
    }
    const places = this.#places;
    const at = placeOf(places, word);
    if (places[at] === word) return false;
    places[at] = word;
    this.size++;
    if (2 * this.size >= places.length) this.#grow();
    return true;
  }

  has(word: number): boolean {
    return word === 0 ? this.#hasZero : this.#places[placeOf(this.#places, word)] === word;
  }

  /** Calls back with every word, in no order. */
  each(visitor: (word: number) => void): void {
    if (this.#hasZero) visitor(0);
    for (let at = 0; at < this.#places.length; at++) if (this.#places[at] !== 0) visitor(this.#places[at]!);
  }

  #grow(): void {
    const places = new Uint32Array(4 * this.#places.length);
    for (let at = 0; at < this.#places.length; at++) {
      const word = this.#places[at]!;
      if (word !== 0) places[placeOf(places, word)] = word;
    }
    this.#places = places;
  }
}

/** Where a word is, or would be put. */
function placeOf(places: Uint32Array, word: number): number {
  const mask = places.length - 1;
  let at = mix32(word) & mask;
  while (places[at] !== 0 && places[at] !== word) at = (at + 1) & mask;
  return at;
}
