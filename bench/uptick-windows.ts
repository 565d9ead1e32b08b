/** What the methods of `bench:uptick` look back on: trailing means and deviations, ranks among all that came before, days. */
import type { MadeSeries } from "../src/lab/series/make-series.ts";

const DAY = 86_400;

/** Mean and sample standard deviation of the last `length` values that were not missing. */
export class TrailingMoments {
  readonly #ring: Float64Array;
  #count = 0;
  #next = 0;
  #sum = 0;
  #squares = 0;

  constructor(length: number) {
    this.#ring = new Float64Array(length);
  }

  push(value: number): void {
    if (Number.isNaN(value)) return;
    if (this.#count === this.#ring.length) {
      const old = this.#ring[this.#next]!;
      this.#sum -= old;
      this.#squares -= old * old;
    } else this.#count++;
    this.#ring[this.#next] = value;
    this.#next = (this.#next + 1) % this.#ring.length;
    this.#sum += value;
    this.#squares += value * value;
  }

  get count(): number {
    return this.#count;
  }

  get mean(): number {
    return this.#sum / this.#count;
  }

  get deviation(): number {
    return this.#count < 2 ? Number.NaN : Math.sqrt(Math.max(0, (this.#squares - this.#sum * this.mean) / (this.#count - 1)));
  }
}

/** Quantiles of everything pushed, out of a known set of values: a Fenwick tree over their ranks. */
export class GrowingQuantiles {
  readonly #levels: Float64Array;
  readonly #tree: Uint32Array;
  #count = 0;

  constructor(values: Float64Array) {
    this.#levels = Float64Array.from(new Set(values.filter((value) => !Number.isNaN(value)))).sort();
    this.#tree = new Uint32Array(this.#levels.length + 1);
  }

  push(value: number): void {
    if (Number.isNaN(value)) return;
    this.#count++;
    for (let at = this.#rank(value) + 1; at < this.#tree.length; at += at & -at) this.#tree[at]!++;
  }

  get count(): number {
    return this.#count;
  }

  /** Interpolated between neighbours (type 7 of Hyndman and Fan, as R and NumPy do by default). */
  quantile(part: number): number {
    const place = part * (this.#count - 1);
    const low = Math.floor(place);
    const lower = this.#smallest(low + 1);
    return low === place ? lower : lower + (place - low) * (this.#smallest(low + 2) - lower);
  }

  #rank(value: number): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#levels[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The `k`-th smallest, from 1. */
  #smallest(k: number): number {
    let at = 0;
    let left = k;
    for (let step = 1 << (31 - Math.clz32(this.#tree.length)); step > 0; step >>= 1) {
      const next = at + step;
      if (next < this.#tree.length && this.#tree[next]! < left) {
        at = next;
        left -= this.#tree[next]!;
      }
    }
    return this.#levels[at] ?? Number.NaN;
  }
}

/** A series as a method looks at it: its own buckets, or whole UTC days. */
export interface Steps {
  /** Seconds a step. */
  readonly step: number;
  /** Seconds since 1970 at which each step ends: only then is it known. */
  readonly ends: Float64Array;
  readonly values: Float64Array;
}

export function bucketSteps({ plan, times, values }: MadeSeries): Steps {
  return { step: plan.bucket, ends: times.map((time) => time + plan.bucket), values };
}

/** Days, scaled up for buckets that are missing; missing where more than half of them are. */
export function daySteps({ plan, values }: MadeSeries): Steps {
  const perDay = DAY / plan.bucket;
  const days = Math.floor(values.length / perDay);
  const ends = Float64Array.from({ length: days }, (_, day) => plan.start + (day + 1) * DAY);
  const sums = Float64Array.from({ length: days }, (_, day) => {
    const seen = values.subarray(day * perDay, (day + 1) * perDay).filter((value) => !Number.isNaN(value));
    return seen.length * 2 < perDay ? Number.NaN : (seen.reduce((sum, value) => sum + value, 0) * perDay) / seen.length;
  });
  return { step: DAY, ends, values: sums };
}
