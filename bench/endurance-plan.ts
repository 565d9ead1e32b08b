/** What history the endurance bench writes, and where it goes on: batch `n` is of one interval and one sensor, three in turn. */
import { YEAR_DAYS, YEAR_END } from "../src/lab/history/darknet-year.ts";
import { DARKNET_SENSORS, type HistoryPlan } from "../src/lab/history/make-history.ts";
import { INTERVAL_SECONDS } from "../src/model/series.ts";

const START = YEAR_END - YEAR_DAYS * 86_400;

export const ENDURANCE_PLAN: HistoryPlan = { seed: 20_131_102, from: START, to: YEAR_END, every: 1, intervalsPerBatch: 1 };

/** From where to make history so that batch `next` follows after `skip` others. */
export function enduranceStart(next: number): { readonly from: number; readonly skip: number } {
  const sensors = DARKNET_SENSORS.length;
  return { from: START + Math.floor(next / sensors) * INTERVAL_SECONDS, skip: next % sensors };
}
