/** Rows of activity in the making: interval × source × transport × port × technique. Each has a number above 0. */
import { mix32, mixPair } from "../../sketch/hash.ts";
import { FOLDED } from "./traffic-sorter.ts";
import { NO_PORT } from "../../model/observation.ts";

const INITIAL_ROWS = 1 << 9;
const INITIAL_PLACES = 1 << 11;
/** Places from which the table goes to its full size at once. */
const LAST_STEP = 1 << 16;
/** Words of a place: number of the row, source, key of the rest, interval. One look into memory a question. */
const WORDS = 4;

/** Transport (8 bits), port + 1 (17 bits), technique (4 bits), IPv6 (1 bit): the key of a row but for interval and source. Never 0. */
export function activityKey(transport: number, port: number, technique: number, isSix: boolean): number {
  return ((((transport & 0xff) << 17) | (port + 1)) << 5) | (technique << 1) | (isSix ? 1 : 0);
}

export class ActivityRows {
  /** Rows, and one more: numbers start at 1. */
  length = 1;
  interval = new Uint32Array(INITIAL_ROWS);
  source = new Uint32Array(INITIAL_ROWS);
  key = new Uint32Array(INITIAL_ROWS);
  packets = new Float64Array(INITIAL_ROWS);
  sourcePortZero = new Float64Array(INITIAL_ROWS);
  targets = new Uint32Array(INITIAL_ROWS);
  readonly #most: number;
  readonly #seed: number;
  #places = new Uint32Array(WORDS * INITIAL_PLACES);
  #mask = INITIAL_PLACES - 1;
  #from: Uint32Array;

  /** @param most rows, a power of two. @param asked rows asked about at once. */
  constructor(most: number, asked: number, seed: number) {
    this.#most = most;
    this.#seed = seed;
    this.#from = new Uint32Array(asked);
  }

  /** Rows that still fit. */
  get room(): number {
    return this.#most - this.length + 1;
  }

  /** Makes room for as many new rows, and reads where each look begins, so that the misses overlap. The sum keeps the reads alive. */
  touch(interval: Uint32Array, source: Uint32Array, key: Uint32Array, length: number): number {
    while (2 * (this.length + length) > this.#mask + 1) this.#grow();
    while (this.length + length > this.interval.length) this.#enlarge();
    const places = this.#places;
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const place = this.#placeOf(interval[i]!, source[i]!, key[i]!);
      this.#from[i] = place;
      sum ^= places[WORDS * place]!;
    }
    return sum;
  }

  /** The number of the row that was touched as the `i`th, or 0 where there is none yet. */
  find(i: number, interval: number, source: number, key: number): number {
    const places = this.#places;
    let place = this.#from[i]!;
    for (;;) {
      const at = WORDS * place;
      const row = places[at]!;
      if (row === 0 || (places[at + 1] === source && places[at + 2] === key && places[at + 3] === interval)) return row;
      place = (place + 1) & this.#mask;
    }
  }

  /** Adds a row that is not there. */
  add(interval: number, source: number, key: number): number {
    const row = this.length++;
    this.interval[row] = interval;
    this.source[row] = source;
    this.key[row] = key;
    this.packets[row] = 0;
    this.sourcePortZero[row] = 0;
    this.targets[row] = 0;
    this.#put(row);
    return row;
  }

  /** The row of what was folded in an interval and transport. */
  folded(interval: number, transport: number): number {
    const key = activityKey(transport, NO_PORT, FOLDED, false);
    for (let place = this.#placeOf(interval, 0, key); ; place = (place + 1) & this.#mask) {
      const at = WORDS * place;
      const row = this.#places[at]!;
      if (row === 0) return this.add(interval, 0, key);
      if (this.#places[at + 1] === 0 && this.#places[at + 2] === key && this.#places[at + 3] === interval) return row;
    }
  }

  /** The technique of a row. */
  technique(row: number): number {
    return (this.key[row]! >>> 1) & 15;
  }

  clear(): void {
    this.length = 1;
    this.#places.fill(0);
  }

  #placeOf(interval: number, source: number, key: number): number {
    return mixPair(source ^ this.#seed, key ^ mix32(interval)) & this.#mask;
  }

  #put(row: number): void {
    const places = this.#places;
    let place = this.#placeOf(this.interval[row]!, this.source[row]!, this.key[row]!);
    while (places[WORDS * place] !== 0) place = (place + 1) & this.#mask;
    const at = WORDS * place;
    places[at] = row;
    places[at + 1] = this.source[row]!;
    places[at + 2] = this.key[row]!;
    places[at + 3] = this.interval[row]!;
  }

  #enlarge(): void {
    const { interval, source, key, packets, sourcePortZero, targets } = this;
    const rows = 2 * interval.length;
    (this.interval = new Uint32Array(rows)).set(interval);
    (this.source = new Uint32Array(rows)).set(source);
    (this.key = new Uint32Array(rows)).set(key);
    (this.packets = new Float64Array(rows)).set(packets);
    (this.sourcePortZero = new Float64Array(rows)).set(sourcePortZero);
    (this.targets = new Uint32Array(rows)).set(targets);
  }

  #grow(): void {
    const places = this.#mask + 1 >= LAST_STEP ? 4 * this.#most : 4 * (this.#mask + 1);
    this.#mask = places - 1;
    this.#places = new Uint32Array(WORDS * places);
    for (let row = 1; row < this.length; row++) this.#put(row);
  }
}
