import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../random.ts";
import { makeSeries, weekdayOf, type MadeSeries, type SeriesPlan } from "./make-series.ts";
import { SURGE_SHAPES, type SeriesEvent } from "./series-event.ts";

const HOUR = 3600;
const DAY = 86_400;
const MONDAY = Date.UTC(2024, 0, 1) / 1000;

const FLAT: SeriesPlan = {
  bucket: HOUR,
  start: MONDAY,
  days: 365,
  level: 20,
  size: 10,
  hourly: 0,
  peakHour: 14,
  weekdays: [1, 1, 1, 1, 1, 1, 1],
  drift: 0,
  driftDays: 30,
  missing: 0,
  events: [],
};

function made(plan: Partial<SeriesPlan>, seed = 1): MadeSeries {
  return makeSeries({ ...FLAT, ...plan }, new Random(seed));
}

/** Mean of values over mean of truth, over the buckets that the condition picks. */
function ratio({ times, values }: MadeSeries, truth: Float64Array, pick: (time: number) => boolean): number {
  let sum = 0;
  let expected = 0;
  values.forEach((value, at) => {
    if (!pick(times[at]!) || Number.isNaN(value)) return;
    sum += value;
    expected += truth[at]!;
  });
  return sum / expected;
}

describe("counts agree with their truth", () => {
  test.each([
    [0.05, 1],
    [3, 5],
    [400, 200],
    [10_000, 2],
  ])("level %d, size %d: mean, and variance = mean + mean²/size", (level, size) => {
    const series = made({ level, size, days: 3 * 365, hourly: 0.8, drift: 0.2 });
    expect(ratio(series, series.mean, () => true)).toBeCloseTo(1, 1);
    let pearson = 0;
    series.values.forEach((value, at) => {
      const mean = series.mean[at]!;
      pearson += (value - mean) ** 2 / (mean + (mean * mean) / size);
    });
    expect(pearson / series.values.length).toBeGreaterThan(0.9);
    expect(pearson / series.values.length).toBeLessThan(1.1);
  });

  test("the shape of the week has mean 1, its peak at its hour, and less at the weekend", () => {
    const { times, mean } = made({ hourly: 1, weekdays: [1, 1, 1, 1, 1, 0.5, 0.5], days: 7 });
    expect(mean.reduce((sum, one) => sum + one, 0) / mean.length).toBeCloseTo(FLAT.level, 8);
    const highest = times[mean.indexOf(Math.max(...mean))]!;
    expect([13, 14]).toContain((highest % DAY) / HOUR);
    expect(mean[5 * 24 + 12]! / mean[4 * 24 + 12]!).toBeCloseTo(0.5, 8);
    expect(weekdayOf(MONDAY)).toBe(0);
  });

  test("the drift is slow, and one all over in the long run", () => {
    const { mean } = made({ drift: 0.3, days: 20_000, bucket: DAY });
    expect(mean.reduce((sum, one) => sum + one, 0) / mean.length / FLAT.level).toBeCloseTo(1, 1);
    const steps = Array.from(mean.slice(1), (one, at) => Math.abs(Math.log(one / mean[at]!)));
    expect(steps.reduce((sum, one) => sum + one, 0) / steps.length).toBeLessThan(0.08);
  });
});

describe("events are in the counts as their truth says", () => {
  test.each(SURGE_SHAPES)("a %s surge", (shape) => {
    const event: SeriesEvent = { kind: "surge", start: MONDAY + 50 * DAY, end: MONDAY + 51 * DAY, factor: 5, shape };
    const series = made({ events: [event], size: 200, level: 1000, bucket: 300 });
    const during = (time: number): boolean => time >= event.start && time < event.end;
    expect(ratio(series, series.mean, during)).toBeCloseTo(1, 1);
    expect(ratio(series, series.expected, (time) => !during(time))).toBeCloseTo(1, 2);
    const factors = series.mean.map((mean, at) => mean / series.expected[at]!).filter((_, at) => during(series.times[at]!));
    const mean = factors.reduce((sum, one) => sum + one, 0) / factors.length;
    if (shape === "rise-and-decay") expect(Math.max(...factors)).toBeCloseTo(5, 8);
    else expect(mean).toBeCloseTo(5, 8);
    expect(factors[0]).toBeGreaterThan(1);
  });

  test("a ramp rises evenly, and its plateau is ordinary a day after it", () => {
    const [start, end] = [MONDAY + 100 * DAY, MONDAY + 110 * DAY];
    const at = (days: number): number => days * 24;
    for (const plateau of [true, false]) {
      const { mean, expected } = made({ events: [{ kind: "ramp", start, end, factor: 3, plateau }] });
      expect(mean[at(100) - 1]).toBe(20);
      expect(mean[at(105)]).toBeCloseTo(40, 0);
      expect(mean[at(110) - 1]).toBeCloseTo(60, 0);
      expect(expected[at(109)]).toBe(20);
      expect(mean[at(112)]).toBe(plateau ? 60 : 20);
      expect(expected[at(112)]).toBe(plateau ? 60 : 20);
    }
  });

  test("shifts and falls stay; a fall is expected at once, a shift when it is old", () => {
    const at = MONDAY + 100 * DAY;
    const shift = made({ events: [{ kind: "shift", start: at, end: at + 14 * DAY, factor: 3 }] });
    const fall = made({ events: [{ kind: "fall", start: at, end: at + 14 * DAY, factor: 0.5 }] });
    expect([shift.mean[2399], shift.mean[2400], shift.mean.at(-1)]).toEqual([20, 60, 60]);
    expect([shift.expected[2400], shift.expected.at(-1)]).toEqual([20, 60]);
    expect([fall.mean[2399], fall.mean[2400], fall.expected[2400]]).toEqual([20, 10, 10]);
  });

  test("a gap is missing values, and a clock change moves the hours by one for good", () => {
    const gap: SeriesEvent = { kind: "gap", start: MONDAY + DAY, end: MONDAY + 2 * DAY, factor: 0 };
    const { values } = made({ events: [gap] });
    expect(values.slice(24, 48).every((value) => Number.isNaN(value))).toBe(true);
    expect(values.filter((value) => Number.isNaN(value))).toHaveLength(24);
    const change: SeriesEvent = { kind: "clock-change", start: MONDAY + 70 * DAY, end: MONDAY + 71 * DAY, factor: 1 };
    const { mean } = made({ hourly: 1, events: [change] });
    for (let hour = 0; hour < 23; hour++) expect(mean[80 * 24 + hour]).toBe(mean[24 + hour + 1]);
  });
});

test("the same seed gives the same series, and what is planned comes out sane", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.double({ min: 0, max: 20_000, noNaN: true }),
      fc.double({ min: 0.1, max: 500, noNaN: true }),
      fc.constantFrom(300, HOUR, DAY),
      (seed, level, size, bucket) => {
        const plan = { level, size, bucket, days: 3, drift: 0.3, missing: 0.1 };
        const series = made(plan, seed);
        expect(series.values).toHaveLength((3 * DAY) / bucket);
        expect(series.values.every((value) => Number.isNaN(value) || (Number.isInteger(value) && value >= 0))).toBe(true);
        expect(series.mean.every((mean) => Number.isFinite(mean) && mean >= 0)).toBe(true);
        expect(made(plan, seed).values).toEqual(series.values);
      },
    ),
    { numRuns: 30 },
  );
});
