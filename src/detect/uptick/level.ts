/**
 * The level of one series without its season: four moving averages, of hours, days, weeks and months, each weighted by what it foretold well
 * (exponentially weighted forecasters: Cesa-Bianchi, Lugosi 2006, §2). Series that wander follow the fast one, steady ones the slow.
 */
import type { Calendar } from "./calendar.ts";
import { LEVELS } from "./layout.ts";
import type { SeriesTable } from "./series-table.ts";

/** Half-lives, seconds, and at least so many blocks. */
const HALF_LIVES: readonly (readonly [seconds: number, blocks: number])[] = [
  [6 * 3600, 2],
  [2 * 86_400, 6],
  [10 * 86_400, 16],
  [42 * 86_400, 42],
];
/** Half-life of the memory of who foretold well, seconds. */
const SCORE_HALF_LIFE = 30 * 86_400;
/** Nobody is forgotten so far that he could not soon be trusted again (fixed share: Herbster, Warmuth 1998). */
const LEAST_SCORE = -7;
/** A faster level leans on the next slower one as on so much information: after gaps it has little of its own. */
const LEAN = 2;

export class Level {
  readonly #table: SeriesTable;
  readonly #keep: readonly number[];
  readonly #keepScore: number;

  constructor(table: SeriesTable, { blockSeconds }: Calendar) {
    this.#table = table;
    this.#keep = HALF_LIVES.map(([seconds, blocks]) => 0.5 ** (1 / Math.max(seconds / blockSeconds, blocks)));
    this.#keepScore = 0.5 ** (1 / Math.max(SCORE_HALF_LIFE / blockSeconds, 40));
  }

  /** Begins at a mean known with so much information (about the count it is from). */
  start(row: number, mean: number, info: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    for (let k = 0; k < LEVELS; k++) {
      floats[at + layout.levelMean + k] = mean;
      floats[at + layout.levelInfo + k] = k === LEVELS - 1 ? info : Math.min(info, LEAN);
    }
    this.#mix(row);
  }

  /**
   * Learns from a block. @param value what came, outliers cut; `exposure` the sum of seasonal factors; `noise` the variance of the value
   * by its mean.
   */
  learn(row: number, value: number, exposure: number, noise: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const seen = value / exposure;
    const info = Math.max((floats[at + layout.level]! * exposure) / noise, 1e-6);
    let best = -Infinity;
    for (let k = 0; k < LEVELS; k++) {
      const mean = Math.max(this.#leaned(at, k), 1e-12);
      // Quasi-likelihood of a count (Wedderburn 1974).
      const gain = (value * Math.log(mean) - mean * exposure) / noise;
      floats[at + layout.levelScore + k] = floats[at + layout.levelScore + k]! * this.#keepScore + gain;
      best = Math.max(best, floats[at + layout.levelScore + k]!);
    }
    for (let k = 0; k < LEVELS; k++) {
      floats[at + layout.levelScore + k] = Math.max(LEAST_SCORE, floats[at + layout.levelScore + k]! - best);
      const known = floats[at + layout.levelInfo + k]! * this.#keep[k]! + info;
      floats[at + layout.levelInfo + k] = known;
      floats[at + layout.levelMean + k]! += (info / known) * (seen - floats[at + layout.levelMean + k]!);
    }
    this.#mix(row);
  }

  /** Lets so many blocks pass of which nothing is known. */
  pass(row: number, blocks: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    for (let k = 0; k < LEVELS; k++) floats[at + layout.levelInfo + k]! *= this.#keep[k]! ** blocks;
    this.#mix(row);
  }

  /** Multiplies the level: after a shift, and to make up for a season made normal. */
  scale(row: number, factor: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    for (let k = 0; k < LEVELS; k++) floats[at + layout.levelMean + k]! *= factor;
    this.#mix(row);
  }

  #leaned(at: number, k: number): number {
    const { floats, layout } = this.#table;
    let mean = floats[at + layout.levelMean + LEVELS - 1]!;
    for (let faster = LEVELS - 2; faster >= k; faster--) {
      const info = floats[at + layout.levelInfo + faster]!;
      mean = (info * floats[at + layout.levelMean + faster]! + LEAN * mean) / (info + LEAN);
    }
    return mean;
  }

  #mix(row: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    let sum = 0;
    let mean = 0;
    let variance = 0;
    for (let k = 0; k < LEVELS; k++) {
      const weight = Math.exp(floats[at + layout.levelScore + k]!);
      sum += weight;
      mean += weight * this.#leaned(at, k);
      variance += weight / (floats[at + layout.levelInfo + k]! + (k < LEVELS - 1 ? LEAN : 0));
    }
    floats[at + layout.level] = mean / sum;
    floats[at + layout.levelVariance] = Math.min(4, variance / sum);
  }
}
