/** The heaviest of many, without keeping many: findings are bounded however hostile the input. */

/** Findings kept of each sort: more than anyone reads, and a few megabytes. */
export const MAXIMUM_FINDINGS = 10_000;
/** Candidates are collected to this multiple before they are cut, so that a cut costs little a candidate. */
const SLACK = 2;

/** Keeps the heaviest `limit` of what is offered and counts all. What is offered is a number that names it, and breaks ties. */
export class Ranking {
  total = 0;
  /** Whether all that was counted was held: once something was left out, what makes no finding after all can no longer be told. */
  isExact = true;
  #floor = Number.NEGATIVE_INFINITY;
  #floorName = Number.POSITIVE_INFINITY;
  #length = 0;
  readonly #limit: number;
  readonly #weights: Float64Array;
  /** Distinct numbers that name what is held: order by them never depends on how the input was split. */
  readonly #names: Float64Array;

  constructor(limit: number = MAXIMUM_FINDINGS) {
    this.#limit = limit;
    this.#weights = new Float64Array(SLACK * limit);
    this.#names = new Float64Array(SLACK * limit);
  }

  /** Counts one, and keeps it while it is among the heaviest. */
  offer(weight: number, name: number): void {
    this.total++;
    if (weight < this.#floor || (weight === this.#floor && name >= this.#floorName)) {
      this.isExact = false;
      return;
    }
    this.#weights[this.#length] = weight;
    this.#names[this.#length] = name;
    if (++this.#length === this.#names.length) this.#cut();
  }

  /** Names of the heaviest, heaviest first. */
  take(): Float64Array {
    if (this.#length > this.#limit) this.#cut();
    const weights = this.#weights;
    const names = this.#names.slice(0, this.#length);
    const order = Uint32Array.from(names, (_, at) => at).sort((a, b) => weights[b]! - weights[a]! || names[a]! - names[b]!);
    return Float64Array.from(order, (at) => names[at]!);
  }

  /** Leaves the heaviest `limit`, in no order: sorts of bare numbers are ten times as fast as those that compare pairs. */
  #cut(): void {
    const limit = this.#limit;
    const weights = this.#weights.slice(0, this.#length);
    const names = this.#names.slice(0, this.#length);
    const floor = weights.toSorted()[this.#length - limit]!;
    const atFloor = names.filter((_, at) => weights[at] === floor).sort();
    const heavier = weights.reduce((count, weight) => (weight > floor ? count + 1 : count), 0);
    const floorName = atFloor[limit - heavier - 1]!;
    let length = 0;
    for (let at = 0; at < names.length; at++) {
      if (weights[at]! < floor || (weights[at] === floor && names[at]! > floorName)) continue;
      this.#weights[length] = weights[at]!;
      this.#names[length] = names[at]!;
      length++;
    }
    this.#length = length;
    this.#floor = floor;
    this.#floorName = floorName;
    this.isExact = false;
  }
}

/** Order of words that is the same everywhere: by code unit, not by locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
