/** Count-min sketch (Cormode & Muthukrishnan 2005): how often a key was counted, never too low, in fixed memory; merges exactly until it decays. */
import { mix32 } from "./hash.ts";

const ROWS = 4;
const ROW_SEEDS = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];

/** Four rows of one-octet counters. When the mean of a row passes a quarter of the counter's range, all are halved, so that it forgets slowly. */
export class CountMin {
  readonly #width: number;
  readonly #counters: Uint8Array;
  #added = 0;

  /** @param bits log2 of the counters in a row: 22 takes 16 MiB. */
  constructor(bits: number) {
    this.#width = 1 << bits;
    this.#counters = new Uint8Array(ROWS * this.#width);
  }

  /** Mean of a counter: what a key that was never added may read, give or take its square root. */
  get noise(): number {
    return this.#added / this.#width;
  }

  add(hash: number, count: number): void {
    for (let row = 0; row < ROWS; row++) {
      const at = row * this.#width + (mix32(hash ^ ROW_SEEDS[row]!) & (this.#width - 1));
      this.#counters[at] = Math.min(255, this.#counters[at]! + count);
    }
    this.#added += count;
    if (this.noise > 64) this.#halve();
  }

  estimate(hash: number): number {
    let least = 255;
    for (let row = 0; row < ROWS; row++) {
      const at = row * this.#width + (mix32(hash ^ ROW_SEEDS[row]!) & (this.#width - 1));
      least = Math.min(least, this.#counters[at]!);
    }
    return least;
  }

  merge(other: CountMin): void {
    for (let i = 0; i < this.#counters.length; i++) this.#counters[i] = Math.min(255, this.#counters[i]! + other.#counters[i]!);
    this.#added += other.#added;
    if (this.noise > 64) this.#halve();
  }

  #halve(): void {
    for (let i = 0; i < this.#counters.length; i++) this.#counters[i] = this.#counters[i]! >>> 1;
    this.#added /= 2;
  }
}
