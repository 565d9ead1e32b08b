/** Counts in bins of time whose width doubles as the span grows: a fixed number of bins, the same result in whatever order times come. */

/** log2 of the finest bin, in seconds: 1/1024 s. Powers of two are exact in floating point, so bins of all widths line up. */
const FINEST = -10;

/** Where bins start and how wide they are. Counters are kept by the owner, indexed by `indexOf`, and folded when `fit` says so. */
export class TimeBins {
  readonly count: number;
  /** Seconds. */
  width = 2 ** FINEST;
  /** Number, counted from 1970 in widths, of the first bin; NaN before the first time. */
  base = Number.NaN;
  #low = Number.NaN;
  #high = Number.NaN;
  // The extremes that were fitted: bins are never wider than these need.
  #firstTime = Number.POSITIVE_INFINITY;
  #lastTime = Number.NEGATIVE_INFINITY;

  constructor(count: number) {
    this.count = count;
  }

  /** Whether `time` has a bin as things are. */
  holds(time: number): boolean {
    return time >= this.#low && time < this.#high;
  }

  /** The bin of a time that `holds`. */
  indexOf(time: number): number {
    return Math.floor(time / this.width) - this.base;
  }

  /**
   * Makes room for `time`, and returns how the bins there were move: bin `i` becomes bin `(i + offset) >> shift`.
   * Null where nothing has to move.
   */
  fit(time: number): { offset: number; shift: number } | null {
    if (time < this.#firstTime) this.#firstTime = time;
    if (time > this.#lastTime) this.#lastTime = time;
    if (Number.isNaN(this.base)) {
      this.base = Math.floor(time / this.width);
      this.#setBounds();
      return null;
    }
    if (this.holds(time)) return null;
    const oldBase = this.base;
    const oldWidth = this.width;
    const first = this.#firstTime;
    const last = this.#lastTime;
    let shift = 0;
    let width = oldWidth;
    while (Math.floor(last / width) - Math.floor(first / width) >= this.count) {
      width *= 2;
      shift++;
    }
    this.width = width;
    this.base = Math.floor(first / width);
    this.#setBounds();
    const offset = oldBase - this.base * 2 ** shift;
    return offset === 0 && shift === 0 ? null : { offset, shift };
  }

  #setBounds(): void {
    this.#low = this.base * this.width;
    this.#high = (this.base + this.count) * this.width;
  }
}

/** Moves counters as `fit` told: `rows` rows of `count` bins each, bins adjacent. */
export function foldBins(counts: Float64Array, rows: number, count: number, move: { offset: number; shift: number }): void {
  const row = new Float64Array(count);
  for (let r = 0; r < rows; r++) {
    row.fill(0);
    for (let i = 0; i < count; i++) {
      const value = counts[r * count + i]!;
      if (value === 0) continue;
      const to = Math.floor((i + move.offset) / 2 ** move.shift);
      row[to] = row[to]! + value;
    }
    counts.set(row, r * count);
  }
}
