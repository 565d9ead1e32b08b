/** From scores to told events: how every method of `bench:uptick` but our own speaks, so that all are read by the same rule. */
import type { MadeSeries } from "../src/lab/series/make-series.ts";

/** Something a method told of. Seconds since 1970; `end` is the first moment after it, `told` the end of the bucket at which it was told. */
export interface ToldEvent {
  readonly start: number;
  readonly end: number;
  readonly told: number;
}

/** Scores of one series: only those high enough to matter, in order of time. */
export interface Scores {
  /** Seconds that a score covers, counted back from `told`, by score. */
  readonly spans: Float64Array;
  readonly told: Float64Array;
  readonly values: Float64Array;
  /** Seconds from one score to the next. */
  readonly step: number;
}

/** A method that scores every bucket by what came before it: higher is more unusual, and the threshold decides. */
export interface ScoringMethod {
  readonly name: string;
  /** What it does, and who published it. */
  readonly rule: string;
  /** The threshold that was published, or null where none was. */
  readonly threshold: number | null;
  scores(series: MadeSeries): Scores;
}

/** Alarms at most this far apart are one event, seconds: nobody's rule says it, and without it every method would tell each surge many times. */
const ONE_EVENT_GAP = 6 * 3600;

/** The scores above `least`: the others are no alarms at any threshold that people could live with. */
export function sparse(told: Float64Array, values: Float64Array, spans: Float64Array, step: number, least: number): Scores {
  const kept: number[] = [];
  for (let at = 0; at < values.length; at++) if (values[at]! > least) kept.push(at);
  const pick = (from: Float64Array): Float64Array => Float64Array.from(kept, (at) => from[at] ?? 0);
  return { told: pick(told), values: pick(values), spans: pick(spans), step };
}

/** Runs of scores above the threshold. */
export function eventsAbove({ told, values, spans, step }: Scores, threshold: number): ToldEvent[] {
  const events: { start: number; end: number; told: number }[] = [];
  for (let at = 0; at < values.length; at++) {
    if (!(values[at]! > threshold)) continue;
    const end = told[at]!;
    const start = end - spans[at]!;
    const last = events.at(-1);
    if (last !== undefined && end - step <= last.end + ONE_EVENT_GAP) {
      last.end = end;
      last.start = Math.min(last.start, start);
    } else events.push({ start, end, told: end });
  }
  return events;
}
