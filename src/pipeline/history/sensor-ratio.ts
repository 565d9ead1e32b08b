/**
 * What some sensors see of what others see, series by series, measured where all of them were alive: distinct sources do not add up over
 * sensors, so a share by number of sensors would be wrong wherever sensors differ.
 */
import { SERIES_COUNT, type SeriesSnapshot } from "../../model/series.ts";
import type { Store } from "../../store/store.ts";

/** Intervals that are compared, spread over the last week, or, where there are none, the last two months; seconds. */
const COMPARED = 48;
const LOOK_BACK = [7 * 86_400, 60 * 86_400];
/** A series with few sources leans on the ratio of all, as much as so many sources weigh. */
const LEAN = 20;

export type RatioHistory = Pick<Store, "snapshot" | "aliveIntervals">;

export interface SensorRatio {
  /** Sources of the one set by those of the other. */
  readonly of: (series: number) => number;
}

/** Null where there was no time at which all of them were alive. */
export async function sensorRatio(
  history: RatioHistory,
  some: readonly string[],
  others: readonly string[],
  before: number,
): Promise<SensorRatio | null> {
  const needed = [...new Set([...some, ...others])];
  let both: readonly { readonly interval: number }[] = [];
  for (const seconds of LOOK_BACK) {
    const alive = await history.aliveIntervals({ from: Math.max(0, before - seconds), to: before });
    both = alive.filter(({ sensors }) => needed.every((name) => sensors.includes(name)));
    if (both.length > 0) break;
  }
  if (both.length === 0) return null;
  const step = Math.max(1, both.length / COMPARED);
  const above = new Float64Array(SERIES_COUNT);
  const below = new Float64Array(SERIES_COUNT);
  let [aboveAll, belowAll] = [0, 0];
  for (let at = 0; at < both.length; at += step) {
    const { interval } = both[Math.floor(at)]!;
    aboveAll += addUp(await history.snapshot(interval, some), above);
    belowAll += addUp(await history.snapshot(interval, others), below);
  }
  const overall = (aboveAll + 1) / (belowAll + 1);
  return { of: (series) => (above[series]! + LEAN * overall) / (below[series]! + LEAN) };
}

function addUp({ length, series, sources }: SeriesSnapshot, into: Float64Array): number {
  let total = 0;
  for (let row = 0; row < length; row++) {
    into[series[row]!] = into[series[row]!]! + sources[row]!;
    total += sources[row]!;
  }
  return total;
}
