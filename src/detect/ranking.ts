/** The heaviest of many, without keeping many: findings are bounded however hostile the input. */

/** Findings kept of each sort: more than anyone reads, and a few megabytes. */
export const MAXIMUM_FINDINGS = 10_000;
/** Candidates are collected to this multiple before they are cut, so that a cut costs little a candidate. */
const SLACK = 2;

export interface Ranked {
  readonly weight: number;
  /** Breaks ties, so that order never depends on how the input was split. */
  readonly tie: number;
}

/** Keeps the heaviest `limit` of what is offered and counts all. */
export class Ranking<T extends Ranked> {
  total = 0;
  #floor = Number.NEGATIVE_INFINITY;
  #floorTie = Number.POSITIVE_INFINITY;
  readonly #held: T[] = [];
  readonly #limit: number;

  constructor(limit: number = MAXIMUM_FINDINGS) {
    this.#limit = limit;
  }

  /** Counts one (or those that it stands for), and tells whether it is heavy enough to be worth making and offering. */
  admits(weight: number, tie: number, standsFor = 1): boolean {
    this.total += standsFor;
    return this.couldAdmit(weight, tie);
  }

  /** Whether one of at most this weight could still be kept. */
  couldAdmit(weight: number, tie: number): boolean {
    return weight > this.#floor || (weight === this.#floor && tie < this.#floorTie);
  }

  offer(item: T): void {
    this.#held.push(item);
    if (this.#held.length >= SLACK * this.#limit) this.#cut();
  }

  /** The heaviest, heaviest first. */
  take(): T[] {
    this.#cut();
    return this.#held;
  }

  #cut(): void {
    this.#held.sort((a, b) => b.weight - a.weight || a.tie - b.tie);
    this.#held.length = Math.min(this.#held.length, this.#limit);
    const last = this.#held.at(-1);
    if (this.#held.length < this.#limit || last === undefined) return;
    this.#floor = last.weight;
    this.#floorTie = last.tie;
  }
}

/** Order of words that is the same everywhere: by code unit, not by locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
