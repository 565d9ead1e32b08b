/**
 * The recent past of one series, from which sums over all windows are taken: the last hour by buckets and the last day by blocks. Each
 * value stands beside what was expected of it before it came, so that no surge can raise what it is compared with.
 */
import type { Calendar } from "./calendar.ts";
import { ringLengths } from "./layout.ts";
import type { SeriesTable } from "./series-table.ts";

/** Windows of which less than this share was seen are not looked at; the block that goes on is only begun. */
export const LEAST_COVERED = 0.6;

/** One block of the ring, with what a level can be learned from. */
export interface Block {
  readonly value: number;
  readonly mean: number;
  /** Sum of the seasonal factors of its buckets; 0 where there is nothing to learn from. */
  readonly exposure: number;
}

/** A number a window. */
export interface WindowSums {
  readonly values: Float64Array;
  readonly means: Float64Array;
  readonly counts: Float64Array;
}

export function sumsFor({ windows: { length } }: Calendar): WindowSums {
  return { values: new Float64Array(length), means: new Float64Array(length), counts: new Float64Array(length) };
}

export class Windows {
  readonly #table: SeriesTable;
  readonly #calendar: Calendar;
  readonly #fine: number;
  readonly #coarse: number;

  constructor(table: SeriesTable, calendar: Calendar) {
    this.#table = table;
    this.#calendar = calendar;
    const { fine, coarse } = ringLengths(table.layout);
    this.#fine = fine;
    this.#coarse = coarse;
  }

  /** Empties the places of buckets after `last` up to and with `bucket`: of those between nothing is known. */
  advance(row: number, last: number, bucket: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    for (let one = Math.max(last + 1, bucket - this.#fine + 1); one <= bucket; one++) {
      floats[at + layout.fineValue + modulo(one, this.#fine)] = 0;
      floats[at + layout.fineMean + modulo(one, this.#fine)] = 0;
    }
    const block = this.#calendar.blockOf(bucket);
    for (let one = Math.max(this.#calendar.blockOf(last) + 1, block - this.#coarse + 1); one <= block; one++) {
      const place = modulo(one, this.#coarse);
      floats[at + layout.coarseValue + place] = 0;
      floats[at + layout.coarseMean + place] = 0;
      floats[at + layout.coarseExposure + place] = 0;
      floats[at + layout.coarseCount + place] = 0;
    }
  }

  put(row: number, bucket: number, value: number, mean: number, factor: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    const fine = modulo(bucket, this.#fine);
    floats[at + layout.fineValue + fine] = value;
    floats[at + layout.fineMean + fine] = mean;
    const coarse = modulo(this.#calendar.blockOf(bucket), this.#coarse);
    floats[at + layout.coarseValue + coarse]! += value;
    floats[at + layout.coarseMean + coarse]! += mean;
    floats[at + layout.coarseExposure + coarse]! += factor;
    floats[at + layout.coarseCount + coarse]!++;
  }

  /** Writes sum, expectation and number of buckets known of the first `length` windows that end with `bucket`: those of buckets, then those of blocks. */
  sums(row: number, bucket: number, sums: WindowSums, length: number = this.#calendar.windows.length): void {
    const { floats, layout } = this.#table;
    const { windows } = this.#calendar;
    const at = row * layout.floats;
    let [value, mean, count, taken, window] = [0, 0, 0, 0, 0];
    let place = modulo(bucket, this.#fine);
    for (; window < length && windows[window]!.fine; window++) {
      for (const { length: most } = windows[window]!; taken < most; taken++) {
        const expected = floats[at + layout.fineMean + place]!;
        value += floats[at + layout.fineValue + place]!;
        mean += expected;
        if (expected > 0) count++;
        place = (place === 0 ? this.#fine : place) - 1;
      }
      put(sums, window, value, mean, count);
    }
    if (window === length) return;
    [value, mean, count, taken] = [0, 0, 0, 0];
    place = modulo(this.#calendar.blockOf(bucket), this.#coarse);
    for (; window < length; window++) {
      for (const { length: most } = windows[window]!; taken < most; taken++) {
        value += floats[at + layout.coarseValue + place]!;
        mean += floats[at + layout.coarseMean + place]!;
        count += floats[at + layout.coarseCount + place]!;
        place = (place === 0 ? this.#coarse : place) - 1;
      }
      put(sums, window, value, mean, count);
    }
  }

  /** A block among the last so many that the ring holds. */
  block(row: number, block: number): Block {
    const { floats, layout } = this.#table;
    const place = row * layout.floats + modulo(block, this.#coarse);
    return {
      value: floats[place + layout.coarseValue]!,
      mean: floats[place + layout.coarseMean]!,
      exposure: floats[place + layout.coarseExposure]!,
    };
  }

  /** Nobody learns from this block: it belongs to an event. */
  taint(row: number, block: number): void {
    const { floats, layout } = this.#table;
    floats[row * layout.floats + layout.coarseExposure + modulo(block, this.#coarse)] = 0;
  }

  /** Forgets all sums: what an event has left in them would be found again. */
  clear(row: number): void {
    const { floats, layout } = this.#table;
    const at = row * layout.floats;
    floats.fill(0, at + layout.fineValue, at + layout.coarseCount + this.#coarse);
  }
}

function put({ values, means, counts }: WindowSums, window: number, value: number, mean: number, count: number): void {
  values[window] = value;
  means[window] = mean;
  counts[window] = count;
}

function modulo(number: number, length: number): number {
  const rest = number % length;
  return rest < 0 ? rest + length : rest;
}
