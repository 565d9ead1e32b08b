/**
 * A growing set of pairs of an id and a 32-bit thing: which sources a series has, which targets. Pairs come in lists, so that the misses of
 * many looks into memory overlap (group prefetching: Chen, Ailamaki, Gibbons, Mowry 2004).
 */
import { mixPair } from "../../sketch/hash.ts";

const INITIAL_PLACES = 1 << 12;
/** Two thirds: above it, looks become long. */
const LOAD = 2 / 3;
/** Places from which a set goes to its full size at once: below, it grows fourfold. */
const LAST_STEP = 1 << 18;

export class PairSet {
  /** Pairs held. */
  size = 0;
  readonly #seed: number;
  readonly #mostPlaces: number;
  /** Id, thing: ids are above 0, so that 0 is an empty place. */
  #words = new Uint32Array(2 * INITIAL_PLACES);
  #mask = INITIAL_PLACES - 1;
  readonly #places: Uint32Array;

  /** @param places at most, a power of two: 8 octets each. @param most pairs asked about at once. */
  constructor(places: number, most: number, seed: number) {
    this.#mostPlaces = places;
    this.#seed = seed;
    this.#places = new Uint32Array(most);
  }

  /** Pairs that a set of so many places holds. */
  static roomOf(places: number): number {
    return Math.floor(places * LOAD);
  }

  /** Adds pairs (ids above 0), and marks in `isNew` with 1 those that were not there, with 0 the others. @throws RangeError where full. */
  addAll(ids: Uint32Array, things: Uint32Array, length: number, isNew: Uint8Array): void {
    this.#makeRoom(length);
    this.#touch(ids, things, length);
    const words = this.#words;
    const mask = this.#mask;
    const places = this.#places;
    for (let i = 0; i < length; i++) {
      const id = ids[i]!;
      const thing = things[i]!;
      let place = places[i]!;
      for (;;) {
        const there = words[2 * place]!;
        if (there === 0) {
          words[2 * place] = id;
          words[2 * place + 1] = thing;
          this.size++;
          isNew[i] = 1;
          break;
        }
        if (there === id && words[2 * place + 1] === thing) {
          isNew[i] = 0;
          break;
        }
        place = (place + 1) & mask;
      }
    }
  }

  /** Calls back with every pair, in no order. */
  each(visitor: (id: number, thing: number) => void): void {
    const words = this.#words;
    for (let at = 0; at < words.length; at += 2) if (words[at] !== 0) visitor(words[at]!, words[at + 1]!);
  }

  clear(): void {
    this.size = 0;
    this.#words.fill(0);
  }

  /** Finds where each look begins, and reads there. The sum keeps the reads alive. */
  #touch(ids: Uint32Array, things: Uint32Array, length: number): number {
    const words = this.#words;
    const mask = this.#mask;
    const places = this.#places;
    const seed = this.#seed;
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const place = mixPair(things[i]! ^ seed, ids[i]!) & mask;
      places[i] = place;
      sum ^= words[2 * place]!;
    }
    return sum;
  }

  #makeRoom(more: number): void {
    while (this.size + more > PairSet.roomOf(this.#mask + 1)) {
      if (this.#mask + 1 >= this.#mostPlaces) throw new RangeError("the set of pairs is full: take what is there first");
      this.#grow();
    }
  }

  #grow(): void {
    const old = this.#words;
    const places = this.#mask + 1 >= LAST_STEP ? this.#mostPlaces : Math.min(this.#mostPlaces, 4 * (this.#mask + 1));
    this.#mask = places - 1;
    this.#words = new Uint32Array(2 * places);
    const words = this.#words;
    for (let from = 0; from < old.length; from += 2) {
      const id = old[from]!;
      if (id === 0) continue;
      let place = mixPair(old[from + 1]! ^ this.#seed, id) & this.#mask;
      while (words[2 * place] !== 0) place = (place + 1) & this.#mask;
      words[2 * place] = id;
      words[2 * place + 1] = old[from + 1]!;
    }
  }
}
