/** Times of a broken clock, put among the others: one packet of 1970 must not stretch a span over fifty years, nor open an interval of its own. */
import type { ObservationBatch } from "../model/observation.ts";

/** A time this far from the others of its batch is a broken clock's, seconds: five years. Such packets are observed, at the middle of the others. */
const PLAUSIBLE_SECONDS = 5 * 366 * 86_400;

/** Puts implausible times at the middle time of their batch, which is one input's, and returns how many there were. */
export function settleTimes(batch: ObservationBatch): number {
  const { length, time } = batch;
  const [first, last] = timeExtremes(batch);
  if (!(last - first >= PLAUSIBLE_SECONDS)) return 0;
  const middle = time.slice(0, length).toSorted()[length >>> 1]!;
  let settled = 0;
  for (let row = 0; row < length; row++) {
    if (Math.abs(time[row]! - middle) < PLAUSIBLE_SECONDS) continue;
    settled++;
    time[row] = middle;
  }
  return settled;
}

/** First and last time of a batch. */
export function timeExtremes({ length, time }: ObservationBatch): [number, number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < length; row++) {
    const at = time[row]!;
    if (at < first) first = at;
    if (at > last) last = at;
  }
  return [first, last];
}
