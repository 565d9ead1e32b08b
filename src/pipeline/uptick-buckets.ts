/** Rows of series in the order of time, bucket by bucket: what the detector takes in. */
import type { SeriesRows } from "../formats/series/series-decoder.ts";
import type { IntervalValues } from "../detect/uptick/verdict.ts";

/** Differences that are looked at to find the bucket. */
const MOST_DIFFERENCES = 1_000_000;
/** A table of one time only says nothing of its bucket: an hour. */
const DEFAULT_BUCKET = 3600;

/** Positions of the rows by time, and how many came after a later one of their series. */
export function inTimeOrder({ length, series, times }: SeriesRows, seriesCount: number): { order: Uint32Array; outOfOrder: number } {
  const last = new Float64Array(seriesCount).fill(-Infinity);
  let outOfOrder = 0;
  let isSorted = true;
  for (let i = 0; i < length; i++) {
    const time = times[i]!;
    if (time < last[series[i]!]!) outOfOrder++;
    else last[series[i]!] = time;
    if (i > 0 && time < times[i - 1]!) isSorted = false;
  }
  const order = new Uint32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  if (!isSorted) order.sort((a, b) => times[a]! - times[b]! || a - b);
  return { order, outOfOrder };
}

/** The most common difference between neighbouring times of a series, whole seconds and at least one. */
export function bucketOf({ series, times }: SeriesRows, order: Uint32Array, seriesCount: number): number {
  const last = new Float64Array(seriesCount).fill(Number.NaN);
  const counts = new Map<number, number>();
  for (let i = 0; i < Math.min(order.length, MOST_DIFFERENCES); i++) {
    const row = order[i]!;
    const difference = Math.round(times[row]! - last[series[row]!]!);
    last[series[row]!] = times[row]!;
    if (difference >= 1) counts.set(difference, (counts.get(difference) ?? 0) + 1);
  }
  let best = DEFAULT_BUCKET;
  let most = 0;
  for (const [difference, count] of counts) {
    if (count > most || (count === most && difference < best)) [best, most] = [difference, count];
  }
  return best;
}

/** Seconds by which all rows stand off the start of their buckets: daily rows at six o'clock. 0 where they do not agree. */
export function offsetOf({ length, times }: SeriesRows, bucket: number): number {
  const offset = length === 0 ? 0 : times[0]! % bucket;
  for (let i = 1; i < length; i++) if (times[i]! % bucket !== offset) return 0;
  return offset;
}

/**
 * Hands out each bucket in which there was something, in order; rows of one series in it are added up. With `fillZero` also those in
 * which there was nothing, and zeros for all series that had begun.
 */
export function eachBucket(
  { series, times, values }: SeriesRows,
  order: Uint32Array,
  { bucket, offset, seriesCount, fillZero }: { bucket: number; offset: number; seriesCount: number; fillZero: boolean },
  visit: (time: number, interval: IntervalValues) => void,
): void {
  const present = new Int32Array(seriesCount);
  const sums = new Float64Array(seriesCount);
  const isPresent = new Uint8Array(seriesCount);
  const begun: number[] = [];
  const hasBegun = new Uint8Array(seriesCount);
  const out = new Float64Array(seriesCount);
  let count = 0;
  const flush = (at: number): void => {
    for (let i = 0; i < count; i++) {
      const one = present[i]!;
      out[i] = sums[one]!;
      isPresent[one] = 0;
      if (hasBegun[one] === 0) begun.push(one);
      hasBegun[one] = 1;
    }
    let length = count;
    if (fillZero && begun.length > count) {
      const reported = new Set(present.subarray(0, count));
      for (const one of begun) {
        if (reported.has(one)) continue;
        present[length] = one;
        out[length++] = 0;
      }
    }
    if (length > 0) visit(at * bucket, { length, series: present, values: out });
    count = 0;
  };
  let current = Number.NaN;
  for (const row of order) {
    if (Number.isNaN(values[row]!)) continue;
    const at = Math.floor((times[row]! - offset) / bucket);
    if (at !== current) {
      if (!Number.isNaN(current)) {
        flush(current);
        if (fillZero) for (let empty = current + 1; empty < at; empty++) flush(empty);
      }
      current = at;
    }
    const one = series[row]!;
    if (isPresent[one] === 0) {
      isPresent[one] = 1;
      sums[one] = 0;
      present[count++] = one;
    }
    sums[one]! += values[row]!;
  }
  if (!Number.isNaN(current)) flush(current);
}
