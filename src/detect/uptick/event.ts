/** One surge from its first bucket to its end: it opens, grows, peaks, ebbs and closes, and what belongs together stays together. */
import type { UptickRecord } from "../../model/incident.ts";
import type { Calendar } from "./calendar.ts";

/** A bucket belongs to the event where it is above the middle between ordinary and risen, but no more than half again the ordinary. */
const MOST_HOT_RATIO = 1.5;
/** A single bucket so many deviations above the ordinary belongs to it in any case. */
const HOT_DEVIATIONS = 3;
/** Quiet for so long closes it, seconds and buckets: shorter dips are part of it. */
const QUIET_SECONDS = 3600;
const QUIET_BUCKETS = 8;
const QUIET_LONG_BUCKETS = 2;
const LONG_BUCKET = 6 * 3600;
/** Long events, and those found by long windows only, may be quiet for longer: for this share of their own length or of the window, up to so many seconds. */
const QUIET_SHARE = 1;
const QUIET_WINDOW_SHARE = 1;
const MOST_QUIET_SECONDS = 12 * 3600;
/** After so long it is no surge but the new level; and at least so many buckets. */
const SHIFT_SECONDS = 48 * 3600;
const SHIFT_BUCKETS = 5;

/** What an open event remembers; plain, so that it can be kept in a snapshot. */
export interface OpenEvent {
  readonly series: number;
  /** It comes at this time every day or week: followed, and not told. */
  isHabit: boolean;
  /** Buckets. `hot` is the last that belongs to it. */
  readonly start: number;
  hot: number;
  /** Buckets of the shortest window that found it. */
  readonly window: number;
  /** Times the expected, as found. */
  ratio: number;
  /** Excess over the hot line, summed, and the highest that it has been. */
  sum: number;
  top: number;
  peak: number;
  peakBucket: number;
  expected: number;
  logP: number;
  record: UptickRecord | null;
  /** Sums of all values since the start, and of their expectations. */
  total: number;
  totalExpected: number;
  /** The same of its first day. */
  firstDay: number;
  firstDayExpected: number;
  /** DShield's trend as it was at the start. */
  trend: number | null;
}

export type EventStep = "goes-on" | "ended" | "stays";

/** Takes in one bucket. "ended": quiet for long enough; "stays": it has become the level. */
export function followEvent(
  event: OpenEvent,
  { bucket, value, expected, deviation }: { bucket: number; value: number; expected: number; deviation: number },
  calendar: Calendar,
): EventStep {
  const { bucketSeconds } = calendar;
  event.total += value;
  event.totalExpected += expected;
  if ((bucket - event.start) * bucketSeconds < calendar.daySeconds) {
    event.firstDay += value;
    event.firstDayExpected += expected;
  }
  const line = expected * Math.min(MOST_HOT_RATIO, (1 + event.ratio) / 2);
  event.sum += value - line;
  if (event.sum >= event.top || (value > line && value > expected + HOT_DEVIATIONS * deviation)) {
    if (value > line) event.hot = bucket;
    event.top = Math.max(event.top, event.sum);
  }
  if (bucket - event.hot >= quietBuckets(event, bucketSeconds)) return "ended";
  const age = bucket - event.start + 1;
  return age * bucketSeconds >= SHIFT_SECONDS && age >= SHIFT_BUCKETS ? "stays" : "goes-on";
}

function quietBuckets(event: OpenEvent, bucketSeconds: number): number {
  const least = bucketSeconds >= LONG_BUCKET ? QUIET_LONG_BUCKETS : Math.max(QUIET_BUCKETS, QUIET_SECONDS / bucketSeconds);
  const long = Math.max(QUIET_SHARE * (event.hot - event.start), QUIET_WINDOW_SHARE * event.window);
  return Math.max(least, Math.min(long, MOST_QUIET_SECONDS / bucketSeconds));
}
