/** A seeded random generator, so that every lab event is the same for the same seed: xoshiro128** (Blackman and Vigna 2018), seeded by splitmix32. */

/** Uniform, integer and skewed draws from one stream. Equal seeds give equal streams on every platform. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param seed any number; its low 32 bits count. */
  constructor(seed: number) {
    let state = seed >>> 0;
    const next = (): number => {
      state = (state + 0x9e3779b9) >>> 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next();
  }

  /** 32 random bits, unsigned. */
  word(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** In [0, 1), 32 bits fine. */
  uniform(): number {
    return this.word() / 4294967296;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** One of the items; throws RangeError on an empty list. */
  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.uniform() * items.length)];
    if (item === undefined) throw new RangeError("cannot pick from an empty list");
    return item;
  }

  /** One of the keys by its weight; throws RangeError when no weight is positive. */
  weighted<T>(items: readonly (readonly [T, number])[]): T {
    let total = 0;
    for (const [, weight] of items) total += weight;
    let left = this.uniform() * total;
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    throw new RangeError("cannot pick where no weight is positive");
  }

  /** The items in random order (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const result = items.slice();
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.integer(0, last);
      const held = result[last] as T;
      result[last] = result[other] as T;
      result[other] = held;
    }
    return result;
  }

  /** Exponential with the given mean: gaps of a Poisson process. */
  exponential(mean: number): number {
    return -Math.log(1 - this.uniform()) * mean;
  }

  /** Pareto: at least `minimum`, tail exponent `shape`. */
  pareto(minimum: number, shape: number): number {
    return minimum / (1 - this.uniform()) ** (1 / shape);
  }

  /** A rank from 0 to `count - 1`, drawn as 1/(rank + 1)^exponent by inverting the continuous law: close to Zipf, in constant time. */
  zipf(count: number, exponent: number): number {
    const u = this.uniform();
    const rank = Math.abs(exponent - 1) < 1e-9 ? (count + 1) ** u : (1 + u * ((count + 1) ** (1 - exponent) - 1)) ** (1 / (1 - exponent));
    return Math.min(count - 1, Math.floor(rank) - 1);
  }

  /** Standard normal (polar method of Marsaglia). */
  normal(): number {
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
    }
  }

  /** Gamma with mean `shape * scale` (Marsaglia and Tsang 2000). */
  gamma(shape: number, scale: number): number {
    if (shape < 1) return this.gamma(shape + 1, scale) * this.uniform() ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v * scale;
    }
  }

  /** Poisson: by multiplication while the mean is small, by a rounded normal beyond 500. */
  poisson(mean: number): number {
    if (mean > 500) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let count = -1;
    let product = 1;
    do {
      count++;
      product *= 1 - this.uniform();
    } while (product > limit);
    return count;
  }

  /** Negative binomial as a gamma mixture of Poissons: variance is mean + mean² / size. */
  negativeBinomial(mean: number, size: number): number {
    return this.poisson(this.gamma(size, mean / size));
  }

  /** A generator of its own for a part of an event, so that parts do not disturb one another's draws. */
  fork(): Random {
    return new Random(this.word());
  }
}
