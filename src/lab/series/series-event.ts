/** What happens to a lab series, and what a detector should make of it: the truth that `precursor uptick` and its peers are measured by. */
import type { Random } from "../random.ts";

/** How a surge runs: at full height throughout; up in a quarter and then away; on and off, with the same mean as the square one. */
export const SURGE_SHAPES = ["square", "rise-and-decay", "bursty"] as const;
export type SurgeShape = (typeof SURGE_SHAPES)[number];

/** A rise that a detector has to find. Times are seconds since 1970, `end` is the first moment after it. */
type RisingEvent =
  | { readonly kind: "surge"; readonly start: number; readonly end: number; readonly factor: number; readonly shape: SurgeShape }
  /** Rises evenly from 1 to `factor`; then stays there for good (`plateau`) or is over at once. */
  | { readonly kind: "ramp"; readonly start: number; readonly end: number; readonly factor: number; readonly plateau: boolean }
  /** A new level for good. To be told until `end`, by which it is nothing new. */
  | { readonly kind: "shift"; readonly start: number; readonly end: number; readonly factor: number };

/** What a detector should keep quiet about. */
type OtherEvent =
  /** A lower level for good, a day with less, a clock put forward by an hour for good, a peak that comes at the same time every week or month. */
  | { readonly kind: "fall" | "holiday" | "peak"; readonly start: number; readonly end: number; readonly factor: number }
  | { readonly kind: "clock-change"; readonly start: number; readonly end: number; readonly factor: 1 }
  /** Nobody looked: the values are missing. */
  | { readonly kind: "gap"; readonly start: number; readonly end: number; readonly factor: 0 }
  /** One bucket far too high. Telling it is neither right nor wrong; being spoiled by it is. */
  | { readonly kind: "glitch"; readonly start: number; readonly end: number; readonly factor: number };

export type SeriesEvent = RisingEvent | OtherEvent;
export type SeriesEventKind = SeriesEvent["kind"];

/** Whether a detector must find it, may tell it, or must not. */
export function duty(kind: SeriesEventKind): "find" | "may tell" | "quiet" {
  switch (kind) {
    case "surge":
    case "ramp":
    case "shift":
      return "find";
    case "glitch":
      return "may tell";
    case "fall":
    case "holiday":
    case "peak":
    case "clock-change":
    case "gap":
      return "quiet";
  }
}

/**
 * The event's part in the mean, bucket by bucket.
 * `actual`: what multiplies the mean. `expected`: what somebody who knows the series, but not that this happens, would multiply it by.
 */
export interface EventCourse {
  actual(time: number): number;
  expected(time: number): number;
}

/** A plateau is the new normal one day after its ramp, when nobody needs to be told any more, seconds. */
export const RAMP_GRACE = 86_400;
/** Part of a rise-and-decay surge in which it rises; and what its decay has come down to (above the mean) at its end. */
const RISING_PART = 0.25;
const DECAYED = 0.1;

/** @param bucket seconds; `random` draws the course of bursty surges. */
export function eventCourse(event: SeriesEvent, bucket: number, random: Random): EventCourse {
  const { start, end, factor } = event;
  const during = (time: number): boolean => time >= start && time < end;
  switch (event.kind) {
    case "surge": {
      const multipliers = surgeMultipliers(Math.max(1, Math.round((end - start) / bucket)), factor, event.shape, random);
      return { actual: (time) => (during(time) ? (multipliers[Math.floor((time - start) / bucket)] ?? 1) : 1), expected: () => 1 };
    }
    case "ramp": {
      const after = event.plateau ? factor : 1;
      return {
        // At the middle of a bucket: the first one already has something
        actual: (time) => (during(time) ? 1 + ((factor - 1) * (time + bucket / 2 - start)) / (end - start) : time >= end ? after : 1),
        expected: (time) => (time >= end + RAMP_GRACE ? after : 1),
      };
    }
    case "shift":
      return { actual: (time) => (time >= start ? factor : 1), expected: (time) => (time >= end ? factor : 1) };
    case "fall": {
      const level = (time: number): number => (time >= start ? factor : 1);
      return { actual: level, expected: level };
    }
    case "holiday":
    case "peak": {
      const level = (time: number): number => (during(time) ? factor : 1);
      return { actual: level, expected: level };
    }
    case "glitch":
      return { actual: (time) => (during(time) ? factor : 1), expected: () => 1 };
    case "clock-change":
    case "gap":
      return { actual: () => 1, expected: () => 1 };
  }
}

function surgeMultipliers(buckets: number, factor: number, shape: SurgeShape, random: Random): number[] {
  switch (shape) {
    case "square":
      return Array.from({ length: buckets }, () => factor);
    case "rise-and-decay": {
      const rise = Math.max(1, Math.round(buckets * RISING_PART));
      const decay = buckets > rise ? Math.log(1 / DECAYED) / (buckets - rise) : 0;
      return Array.from(
        { length: buckets },
        (_, at) => 1 + (factor - 1) * (at < rise ? (at + 1) / rise : Math.exp(-decay * (at + 1 - rise))),
      );
    }
    case "bursty": {
      // Half of the buckets, the first among them, carry all of it
      const on = Math.ceil(buckets / 2);
      const rest = random.shuffle(Array.from({ length: buckets - 1 }, (_, at) => at < on - 1));
      return [true, ...rest].map((burst) => (burst ? 1 + ((factor - 1) * buckets) / on : 1));
    }
  }
}
