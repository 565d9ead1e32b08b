/** The intervals that are open: any number of them at once, since rows come late and files in no order. Each has a number while it is. */
import { INTERVAL_SECONDS } from "../../model/series.ts";

/** Intervals from which the recorder calls itself full: five months of a log that has one row an interval. */
const MANY = 1 << 15;
/** Intervals whose activity rows are remembered after they were taken. */
const REMEMBERED = 4096;
/** The last interval that 32 bits hold. */
const LAST_START = Math.floor(0xffff_ffff / INTERVAL_SECONDS) * INTERVAL_SECONDS;

export class Intervals {
  length = 0;
  /** Seconds since 1970, by number. */
  start = new Uint32Array(16);
  observations = new Float64Array(16);
  /** Sources that were folded. */
  folded = new Float64Array(16);
  /** Records known to be lost. */
  lost = new Float64Array(16);
  /** Activity rows since the interval began, those that were taken before with them. */
  rows = new Uint32Array(16);
  readonly #numbers = new Map<number, number>();
  readonly #taken = new Map<number, number>();
  #last = -1;
  #lastStart = -1;

  get isFull(): boolean {
    return this.length >= MANY;
  }

  /** The number of the interval around a time; -1 where the time is none that history can hold. */
  numberAt(time: number): number {
    const start = Math.floor(time / INTERVAL_SECONDS) * INTERVAL_SECONDS;
    if (start === this.#lastStart) return this.#last;
    if (!(start >= 0 && start <= LAST_START)) return -1;
    const number = this.#numbers.get(start) ?? this.#add(start);
    this.#last = number;
    this.#lastStart = start;
    return number;
  }

  /** All intervals were taken: how many rows each had is kept, for as long as there is room. */
  clear(): void {
    for (let number = 0; number < this.length; number++) {
      const start = this.start[number]!;
      this.#taken.delete(start);
      this.#taken.set(start, this.rows[number]!);
    }
    for (const oldest of this.#taken.keys()) {
      if (this.#taken.size <= REMEMBERED) break;
      this.#taken.delete(oldest);
    }
    this.#numbers.clear();
    this.length = 0;
    this.#last = -1;
    this.#lastStart = -1;
  }

  #add(start: number): number {
    const number = this.length++;
    if (number === this.start.length) this.#grow();
    this.#numbers.set(start, number);
    this.start[number] = start;
    this.observations[number] = 0;
    this.folded[number] = 0;
    this.lost[number] = 0;
    this.rows[number] = this.#taken.get(start) ?? 0;
    return number;
  }

  #grow(): void {
    const length = 2 * this.start.length;
    const { start, observations, folded, lost, rows } = this;
    (this.start = new Uint32Array(length)).set(start);
    (this.observations = new Float64Array(length)).set(observations);
    (this.folded = new Float64Array(length)).set(folded);
    (this.lost = new Float64Array(length)).set(lost);
    (this.rows = new Uint32Array(length)).set(rows);
  }
}
