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
  /** Whether all that was counted was held: once something was left out, what makes no finding after all can no longer be told. */
  isExact = true;
  #floor = Number.NEGATIVE_INFINITY;
  #floorTie = Number.POSITIVE_INFINITY;
  readonly #held: T[] = [];
  readonly #limit: number;

  constructor(limit: number = MAXIMUM_FINDINGS) {
    this.#limit = limit;
  }

  /** Counts one, and tells whether it is heavy enough to be worth making and offering. */
  admits(weight: number, tie: number): boolean {
    this.total++;
    const heavy = this.couldAdmit(weight, tie);
    if (!heavy) this.isExact = false;
    return heavy;
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
    if (this.#held.length > this.#limit) {
      this.#held.length = this.#limit;
      this.isExact = false;
    }
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
