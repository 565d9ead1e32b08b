/** What the detector says, in numbers of series: names are the caller's. */
import type { UptickKind, UptickRecord } from "../../model/incident.ts";

export interface UptickVerdict {
  readonly phase: "opened" | "closed";
  readonly event: DetectedUptick;
}

/** An event as it stands. Times are seconds since 1970. */
export interface DetectedUptick {
  readonly series: number;
  readonly kind: UptickKind;
  readonly start: number;
  /** End of its last bucket, or null while it goes on. */
  readonly end: number | null;
  readonly peakTime: number;
  readonly peak: number;
  readonly expected: number;
  readonly pValue: number;
  readonly record: UptickRecord | null;
  /** Length of the window that found it, seconds. */
  readonly windowSeconds: number;
  /** DShield's trend over the last day against a month, with this one value in place of its two; null where history is short. */
  readonly trend: number | null;
}

/** What is ordinary for a bucket: its expectation, and the values that one of a thousand ordinary buckets each is below and above. */
export interface Band {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/** All values of one interval. */
export interface IntervalValues {
  readonly length: number;
  readonly series: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}
