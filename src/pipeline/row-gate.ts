/** What rows get through to the observer: those in the time range that the filter matches. */
import type { BatchSink, ObservationBatch } from "../model/observation.ts";
import { compileFilter, keepRows } from "../observe/filter/index.ts";

/** A choice of rows, as plain values that can be sent to a thread. */
export interface RowChoice {
  /** Filter expression, or null for all. */
  readonly filter: string | null;
  /** Seconds since 1970: from `since`, up to but without `until`; null for no bound. */
  readonly since: number | null;
  readonly until: number | null;
}

/**
 * A sink that keeps the chosen rows of each batch and hands on what is left; batches of which nothing is left are filled again.
 * @throws FilterError where the expression does not parse.
 */
export function gate(choice: RowChoice, next: BatchSink): BatchSink {
  if (choice.filter === null && choice.since === null && choice.until === null) return next;
  const filter = choice.filter === null ? null : compileFilter(choice.filter);
  return (batch: ObservationBatch): ObservationBatch => (keepRows(batch, filter, choice.since, choice.until) > 0 ? next(batch) : batch);
}
