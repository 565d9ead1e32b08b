/** Ramps that are open: a rise over weeks opens once, and closes when it falls back or has become the level. */
import type { UptickRecord } from "../../model/incident.ts";
import { LEAST_RISE, type Rise } from "./ramp.ts";

/** Back below this share of the rise at which a ramp may open, it is over. */
const CLOSE_SHARE = 0.5;
/** Growth within this many days by less than this is none: the ramp is at its end. */
const FLAT_DAYS = 3;
const FLAT_GROWTH = 1.1;
/** For so long after one ramp no other opens: what it has left in the means of days is not another. */
export const RAMP_REST_DAYS = 10;
/** However it goes on, after so many days it is the level. */
const MOST_DAYS = 28;

export interface OpenRamp {
  readonly series: number;
  readonly start: number;
  readonly startDay: number;
  peak: number;
  peakBucket: number;
  expected: number;
  logP: number;
  /** Level of the baseline that it rose from. */
  readonly baseline: number;
  record: UptickRecord | null;
  readonly trend: number | null;
}

/** How an open ramp stands at the end of a day. @param recent and `before`: mean levels of FLAT_DAYS days and of as many before. */
export function followRamp(
  ramp: OpenRamp,
  day: number,
  rise: Rise | null,
  recent: number | null,
  before: number | null,
): "goes-on" | "ended" | "stays" {
  const age = day - ramp.startDay;
  if (rise !== null && rise.ratio - 1 < CLOSE_SHARE * (LEAST_RISE - 1)) return "ended";
  if (age >= MOST_DAYS) return "stays";
  if (age >= FLAT_DAYS && recent !== null && before !== null && recent < FLAT_GROWTH * before) return "stays";
  return "goes-on";
}

export { FLAT_DAYS };
