/** Thresholds for `bench:uptick`: as published, and such that a method has no more false events than we ask of ourselves. */
import { HARD_FAMILIES, type LabSeries } from "../src/lab/series/series-families.ts";
import { eventsAbove, type Scores } from "./uptick-alarms.ts";
import { Tally } from "./uptick-tally.ts";

/** False events a series-year that people put up with. */
export const FALSE_RATE_GOAL = 0.5;
/** From one candidate to the next, as a factor of the scores above it. */
const RANK_STEP = 1.3;

/** What a method said of one series. */
export interface Scored {
  readonly series: LabSeries;
  readonly scores: Scores;
}

/** All series read with one threshold for each bucket width. */
export function tallyAt(all: readonly Scored[], threshold: (bucket: number) => number): Tally {
  const tally = new Tally();
  for (const { series, scores } of all) tally.add(series, eventsAbove(scores, threshold(series.plan.bucket)));
  return tally;
}

/**
 * The lowest threshold for each bucket width at which the rate of false events is met, on these very series: better than anybody who
 * has to choose beforehand. Families that nobody can be right about do not count.
 */
export function tunedThresholds(all: readonly Scored[]): Map<number, number> {
  const widths = Map.groupBy(all, ({ series }) => series.plan.bucket);
  return new Map([...widths].map(([bucket, group]) => [bucket, tunedThreshold(group.filter(({ series }) => !isHard(series)))]));
}

export function isHard({ family }: LabSeries): boolean {
  return HARD_FAMILIES.includes(family);
}

function tunedThreshold(group: readonly Scored[]): number {
  const candidates = Float64Array.from(new Set(group.flatMap(({ scores }) => [...scores.values])))
    .sort()
    .reverse();
  const isQuiet = (rank: number): boolean => tallyAt(group, () => candidates[rank] ?? Infinity).falseRate(() => true) <= FALSE_RATE_GOAL;
  // From the top: far down all alarms are one long event, and that is not false often either
  let quiet = 0;
  let loud = 1;
  while (loud < candidates.length - 1 && isQuiet(loud)) {
    quiet = loud;
    loud = Math.min(candidates.length - 1, Math.ceil(loud * RANK_STEP));
  }
  while (loud - quiet > 1) {
    const middle = (quiet + loud) >> 1;
    if (isQuiet(middle)) quiet = middle;
    else loud = middle;
  }
  return candidates[quiet] ?? Infinity;
}
