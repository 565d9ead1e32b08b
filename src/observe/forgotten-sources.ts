/** What a full table remembers of the sources that it had to forget: how many they were, and who was among them. */
import { CountMin } from "../sketch/count-min.ts";
import { mixPair } from "../sketch/hash.ts";
import { HyperLogLog } from "../sketch/hyperloglog.ts";

/** Precision of the counter of forgotten sources: 16 KiB, 0.8 %. */
const PRECISION = 14;
/** log2 of the counters in a row of the memory of who they were: 16 MiB in four rows. */
const MEMORY_BITS = 22;
/** How far above the noise of the memory a count must be to be believed: standard deviations, and counts. */
const NOISE_DEVIATIONS = 4;
const NOISE_COUNTS = 2;

/** Counts and remembers forgotten address × class. Merges as its sketches do. */
export class ForgottenSources {
  readonly #distinct = new HyperLogLog(PRECISION);
  readonly #memory = new CountMin(MEMORY_BITS);

  /** Distinct sources forgotten (estimated). */
  get count(): number {
    return Math.round(this.#distinct.estimate());
  }

  add(word: number, kind: number): void {
    const hash = mixPair(word, kind);
    this.#distinct.add(hash);
    this.#memory.add(hash, 1);
  }

  /** Whether the source was surely forgotten before, more often than chance would have it. */
  knows(word: number, kind: number): boolean {
    const usual = this.#memory.noise;
    return this.#memory.estimate(mixPair(word, kind)) > usual + NOISE_DEVIATIONS * Math.sqrt(usual) + NOISE_COUNTS;
  }

  merge(other: ForgottenSources): void {
    this.#distinct.merge(other.#distinct);
    this.#memory.merge(other.#memory);
  }
}
