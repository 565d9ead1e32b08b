/** Series with a known truth for the tests of the detector, and the detector run over one. */
import { UptickDetector } from "./detector.ts";
import type { UptickOptions } from "./options.ts";
import type { DetectedUptick, UptickVerdict } from "./verdict.ts";

/** Monday, 5 November 2012: a year before the spike of 2 November 2013, less a few days. */
export const SERIES_START = Date.UTC(2012, 10, 5) / 1000;

/** Uniform numbers from 0 to 1, the same for the same seed (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A count of this mean whose variance is mean + dispersion · mean²: Poisson under a log-normal. */
export function countOf(random: () => number, mean: number, dispersion: number = 0): number {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const sigma = Math.sqrt(Math.log(1 + dispersion));
  const rate = mean * Math.exp(sigma * normal() - (sigma * sigma) / 2);
  if (rate > 60) return Math.max(0, Math.round(rate + Math.sqrt(rate) * normal()));
  let count = -1;
  for (let product = 1; product > Math.exp(-rate); product *= random()) count++;
  return Math.max(0, count);
}

/** Values of a series, bucket by bucket from SERIES_START; NaN is a gap. */
export function valuesOf(days: number, bucketSeconds: number, value: (time: number, day: number) => number): Float64Array {
  const length = Math.round((days * 86_400) / bucketSeconds);
  return Float64Array.from({ length }, (_, i) => value(SERIES_START + i * bucketSeconds, (i * bucketSeconds) / 86_400));
}

/** All verdicts over one series, and the detector as it is afterwards. */
export function verdictsOf(
  values: Float64Array,
  bucketSeconds: number,
  options: Partial<UptickOptions> = {},
): { detector: UptickDetector; verdicts: UptickVerdict[] } {
  const detector = new UptickDetector({ bucketSeconds, seriesCount: 1, ...options });
  const verdicts: UptickVerdict[] = [];
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    verdicts.push(...detector.observe(SERIES_START + i * bucketSeconds, { length: 1, series: [0], values: [value] }, "gap"));
  });
  return { detector, verdicts };
}

/** Events over one series, closed ones and those that go on. */
export function eventsOf(values: Float64Array, bucketSeconds: number, options: Partial<UptickOptions> = {}): DetectedUptick[] {
  const { detector, verdicts } = verdictsOf(values, bucketSeconds, options);
  return [...verdicts.filter(({ phase }) => phase === "closed").map(({ event }) => event), ...detector.open()];
}
