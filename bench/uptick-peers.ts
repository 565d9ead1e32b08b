/** The rules that people use for upticks, each as it was published and applied to one series: what `bench:uptick` compares us with. */
import type { MadeSeries } from "../src/lab/series/make-series.ts";
import { sparse, type ScoringMethod } from "./uptick-alarms.ts";
import { bucketSteps, daySteps, GrowingQuantiles, TrailingMoments, type Steps } from "./uptick-windows.ts";

const HOUR = 3600;
const DAY = 86_400;

/** GreyNoise, Early Warning Signals (2025): daily unique sources > median + 2 IQR of all history and > 28-day mean + 2 sd. */
const GREYNOISE_THRESHOLD = 2;
const GREYNOISE_DAYS = 28;
/** NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.4: weight 0.2 to 0.3, limits at 3 sd. Centre and sd from the last 28 days. */
const EWMA_WEIGHT = 0.2;
const EWMA_THRESHOLD = 3;
const EWMA_DAYS = 28;
/** z of the same hour of the last weeks, as monitoring systems do it; |z| > 3 (A. Newdigate, GitLab, Anomaly detection using Prometheus, 2019). */
const WEEKLY_THRESHOLD = 3;
const WEEKLY_WEEKS = 8;
const WEEKLY_LEAST_WEEKS = 2;
/** Nobody lets an hour that was always the same tell at any change: the sd is at least one count. */
const WEEKLY_LEAST_DEVIATION = 1;
/** Hutwagner et al. 2003 (EARS, CDC): C2 takes seven values, two values back, and tells at mean + 3 sd; its programs floor the sd at 0.2. */
const C2_BASELINE = 7;
const C2_GUARD = 2;
const C2_THRESHOLD = 3;
const C2_LEAST_DEVIATION = 0.2;
/** SANS ISC / DShield, port trends: sqrt((S-s)^2/s + (T-t)^2/t), last day against the mean of 30. One series has the first term only. */
const DSHIELD_DAYS = 30;
const DSHIELD_LEAST_DAYS = 7;
/** It is a ranking, without a threshold: in units of a Poisson sd, less than this is nothing. */
const DSHIELD_LEAST = 2;

/** A score of each step from the steps before it; NaN where it cannot say. */
type Scorer = (steps: Steps) => Float64Array;

export const PEERS: readonly ScoringMethod[] = [
  method("GreyNoise, per day", "median + 2 IQR of all, and 28-day mean + 2 sd", GREYNOISE_THRESHOLD, daySteps, greyNoise),
  method("GreyNoise, per bucket", "the same rule on every bucket", GREYNOISE_THRESHOLD, bucketSteps, greyNoise),
  method("EWMA chart", "weight 0.2, limits at 3 sd (NIST/SEMATECH)", EWMA_THRESHOLD, bucketSteps, ewma),
  method("same hour of week, z", "8 weeks, z > 3", WEEKLY_THRESHOLD, bucketSteps, sameHourOfWeek),
  method("EARS C2, per day", "7 days, 2 days back, mean + 3 sd (Hutwagner 2003)", C2_THRESHOLD, daySteps, earsC2),
  method("EARS C2, per bucket", "the same rule on every bucket", C2_THRESHOLD, bucketSteps, earsC2),
  method("DShield trend", "(S - s) / sqrt(s), last day against 30 days", null, daySteps, dshieldTrend),
];

function method(name: string, rule: string, threshold: number | null, look: (series: MadeSeries) => Steps, score: Scorer): ScoringMethod {
  return {
    name,
    rule,
    threshold,
    scores(series) {
      const steps = look(series);
      const spans = new Float64Array(steps.values.length).fill(steps.step);
      return sparse(steps.ends, score(steps), spans, steps.step, (threshold ?? DSHIELD_LEAST) / 2);
    },
  };
}

/** Scores each value by `rate`, then shows it to `learn`. Missing values get no score. */
function oneByOne(
  { values }: Steps,
  rate: (value: number, at: number) => number,
  learn: (value: number, at: number) => void,
): Float64Array {
  const scores = new Float64Array(values.length).fill(Number.NaN);
  values.forEach((value, at) => {
    if (!Number.isNaN(value)) scores[at] = rate(value, at);
    learn(value, at);
  });
  return scores;
}

/** By how many of its own IQRs and sds the value is above; what the rule's 2 is compared with. */
function greyNoise(steps: Steps): Float64Array {
  const all = new GrowingQuantiles(steps.values);
  const month = new TrailingMoments((GREYNOISE_DAYS * DAY) / steps.step);
  const least = (GREYNOISE_DAYS / 2) * (DAY / steps.step);
  return oneByOne(
    steps,
    (value) => {
      if (all.count < least) return Number.NaN;
      const iqr = all.quantile(0.75) - all.quantile(0.25);
      return Math.min(excess(value, all.quantile(0.5), iqr), excess(value, month.mean, month.deviation));
    },
    (value) => {
      all.push(value);
      month.push(value);
    },
  );
}

function ewma(steps: Steps): Float64Array {
  const past = new TrailingMoments((EWMA_DAYS * DAY) / steps.step);
  const least = Math.max(7, (7 * DAY) / steps.step);
  const narrower = Math.sqrt(EWMA_WEIGHT / (2 - EWMA_WEIGHT));
  let smooth = Number.NaN;
  return oneByOne(
    steps,
    (value) => {
      if (past.count < least) return Number.NaN;
      smooth = Number.isNaN(smooth) ? past.mean : smooth;
      smooth = EWMA_WEIGHT * value + (1 - EWMA_WEIGHT) * smooth;
      return excess(smooth, past.mean, past.deviation * narrower);
    },
    (value) => past.push(value),
  );
}

function sameHourOfWeek(steps: Steps): Float64Array {
  const slotSeconds = Math.max(HOUR, steps.step);
  const perSlot = slotSeconds / steps.step;
  const slots = Array.from({ length: (7 * DAY) / slotSeconds }, () => new TrailingMoments(WEEKLY_WEEKS * perSlot));
  // The last hour is only half known: it is learned when it is over, with the same hour of the other weeks
  const slotOf = (at: number): TrailingMoments | undefined =>
    slots[Math.floor((steps.ends[at]! - steps.step) / slotSeconds) % slots.length];
  return oneByOne(
    steps,
    (value, at) => {
      const slot = slotOf(at);
      if (slot === undefined || slot.count < Math.max(3, WEEKLY_LEAST_WEEKS * perSlot)) return Number.NaN;
      return excess(value, slot.mean, Math.max(WEEKLY_LEAST_DEVIATION, slot.deviation));
    },
    (_, at) => {
      const whole = at + 1 - perSlot;
      if ((at + 1) % perSlot === 0) for (let one = whole; one <= at; one++) slotOf(one)?.push(steps.values[one]!);
    },
  );
}

function earsC2(steps: Steps): Float64Array {
  const baseline = new TrailingMoments(C2_BASELINE);
  return oneByOne(
    steps,
    (value) => (baseline.count < C2_BASELINE ? Number.NaN : excess(value, baseline.mean, Math.max(C2_LEAST_DEVIATION, baseline.deviation))),
    (_, at) => {
      if (at >= C2_GUARD) baseline.push(steps.values[at - C2_GUARD]!);
    },
  );
}

function dshieldTrend(steps: Steps): Float64Array {
  const month = new TrailingMoments(DSHIELD_DAYS);
  return oneByOne(
    steps,
    (value) => {
      if (month.count < DSHIELD_LEAST_DAYS) return Number.NaN;
      // A port that nobody asked for in a month: less than one in that time
      const mean = Math.max(month.mean, 1 / DSHIELD_DAYS);
      return (value - mean) / Math.sqrt(mean);
    },
    (value) => month.push(value),
  );
}

/** Distance above the centre in units of width; infinitely far where there is no width. */
function excess(value: number, centre: number, width: number): number {
  return value <= centre ? 0 : width > 0 ? (value - centre) / width : Infinity;
}
