/** The cells of history that were touched: interval × series (in a scope), each with a number above 0 and its packets. */
import { mixPair } from "../../sketch/hash.ts";

const INITIAL_CELLS = 1 << 10;
/** Words of a place: number of the cell, series, interval, and one to spare. One look into memory a question. */
const WORDS = 4;
/** Stands for no series. */
export const NO_SERIES = 0xffff_ffff;

export class SeriesCells {
  /** Cells, and one more: numbers start at 1. */
  length = 1;
  /** Number of the interval, and of the series, by cell. */
  interval = new Uint32Array(INITIAL_CELLS);
  series = new Uint32Array(INITIAL_CELLS);
  packets = new Float64Array(INITIAL_CELLS);
  #places = new Uint32Array(2 * WORDS * INITIAL_CELLS);
  #mask = 2 * INITIAL_CELLS - 1;
  readonly #from: Uint32Array;
  readonly #seed: number;

  /** @param most series counted at once. */
  constructor(most: number, seed: number) {
    this.#from = new Uint32Array(most);
    this.#seed = seed;
  }

  /** The cell's number, or 0 where it was not touched. */
  find(interval: number, series: number): number {
    return this.#places[WORDS * this.#seek(this.#placeOf(interval, series), interval, series)]!;
  }

  /** Adds packets to cells, and writes their numbers to `cells`: 0 for NO_SERIES. */
  countAll(interval: Uint32Array, series: Uint32Array, packets: Float64Array, length: number, cells: Uint32Array): void {
    while (this.length + length > this.interval.length) this.#grow();
    this.#touch(interval, series, length);
    for (let i = 0; i < length; i++) {
      const number = series[i]!;
      if (number === NO_SERIES) {
        cells[i] = 0;
        continue;
      }
      const place = this.#seek(this.#from[i]!, interval[i]!, number);
      const cell = this.#places[WORDS * place]!;
      cells[i] = cell === 0 ? this.#add(place, interval[i]!, number) : cell;
    }
    const sums = this.packets;
    for (let i = 0; i < length; i++) sums[cells[i]!] = sums[cells[i]!]! + packets[i]!;
  }

  /** Adds packets to one cell, and returns its number. */
  count(interval: number, series: number, packets: number): number {
    if (this.length === this.interval.length) this.#grow();
    const place = this.#seek(this.#placeOf(interval, series), interval, series);
    const there = this.#places[WORDS * place]!;
    const cell = there === 0 ? this.#add(place, interval, series) : there;
    this.packets[cell] = this.packets[cell]! + packets;
    return cell;
  }

  clear(): void {
    this.length = 1;
    this.#places.fill(0);
  }

  /** Finds where each look begins, and reads there, so that the misses overlap. The sum keeps the reads alive. */
  #touch(interval: Uint32Array, series: Uint32Array, length: number): number {
    const places = this.#places;
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const place = this.#placeOf(interval[i]!, series[i]!);
      this.#from[i] = place;
      sum ^= places[WORDS * place]!;
    }
    return sum;
  }

  #add(place: number, interval: number, series: number): number {
    const cell = this.length++;
    this.interval[cell] = interval;
    this.series[cell] = series;
    this.packets[cell] = 0;
    this.#put(place, cell);
    return cell;
  }

  #put(place: number, cell: number): void {
    const at = WORDS * place;
    this.#places[at] = cell;
    this.#places[at + 1] = this.series[cell]!;
    this.#places[at + 2] = this.interval[cell]!;
  }

  #placeOf(interval: number, series: number): number {
    return mixPair(series ^ this.#seed, interval) & this.#mask;
  }

  /** Where a cell is, or would be put. */
  #seek(from: number, interval: number, series: number): number {
    const places = this.#places;
    for (let place = from; ; place = (place + 1) & this.#mask) {
      const at = WORDS * place;
      if (places[at] === 0 || (places[at + 1] === series && places[at + 2] === interval)) return place;
    }
  }

  #grow(): void {
    const { interval, series, packets } = this;
    const length = 2 * interval.length;
    (this.interval = new Uint32Array(length)).set(interval);
    (this.series = new Uint32Array(length)).set(series);
    (this.packets = new Float64Array(length)).set(packets);
    this.#mask = 2 * length - 1;
    this.#places = new Uint32Array(2 * WORDS * length);
    for (let cell = 1; cell < this.length; cell++) {
      this.#put(this.#seek(this.#placeOf(interval[cell]!, series[cell]!), interval[cell]!, series[cell]!), cell);
    }
  }
}
