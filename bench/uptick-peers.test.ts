import { describe, expect, test } from "vitest";
import { Random } from "../src/lab/random.ts";
import { makeSeries, type MadeSeries } from "../src/lab/series/make-series.ts";
import { eventsAbove } from "./uptick-alarms.ts";
import { DRIFT_ORACLE } from "./uptick-drift-oracle.ts";
import { ORACLE } from "./uptick-oracle.ts";
import { PEERS } from "./uptick-peers.ts";
import { daySteps, GrowingQuantiles, TrailingMoments } from "./uptick-windows.ts";

const DAY = 86_400;
const START = Date.UTC(2024, 0, 1) / 1000;
const SURGE_START = START + 80 * DAY;
const WEEK = [1, 1, 1, 1, 1, 1, 1];

function series(factor: number): MadeSeries {
  const plan = { bucket: 3600, start: START, days: 100, level: 50, size: 100, hourly: 0, peakHour: 0, weekdays: WEEK };
  const surge = { kind: "surge", start: SURGE_START, end: SURGE_START + DAY, factor, shape: "square" } as const;
  return makeSeries({ ...plan, drift: 0, driftDays: 30, missing: 0, events: [surge] }, new Random(5));
}

describe("every rule", () => {
  test.each([...PEERS, ORACLE])("$name finds a day at thirty times the level, at its start or at that day's end", (method) => {
    const threshold = method.threshold ?? 6;
    const found = eventsAbove(method.scores(series(30)), threshold).filter(
      ({ start, end }) => start < SURGE_START + DAY && end > SURGE_START,
    );
    expect(found.length).toBeGreaterThan(0);
    expect([SURGE_START + 3600, SURGE_START + DAY]).toContain(found[0]?.told);
  });
});

test("the oracle's scores are tails: one bucket in a thousand is above 3 in one window, and no event is above 7", () => {
  const calm = series(1);
  const { values } = ORACLE.scores(calm);
  expect(values.filter((score) => score > 3).length / calm.values.length).toBeLessThan(0.006);
  expect(eventsAbove(ORACLE.scores(calm), 7)).toEqual([]);
});

test("the oracle of ramps: likelihood ratios where nothing is, and a ramp in days that drift", () => {
  const plan = { bucket: DAY, start: START, days: 3000, level: 200, size: 16, hourly: 0, peakHour: 0, weekdays: WEEK, missing: 0 };
  const drifting = { ...plan, drift: 0.25, driftDays: 40 };
  const calm = DRIFT_ORACLE.scores(makeSeries({ ...drifting, events: [] }, new Random(5)));
  // Ten ratios of mean 1: their sum is a thousand on one day of a hundred at most (Markov's inequality)
  expect(calm.values.filter((score) => score > Math.log(1000)).length / plan.days).toBeLessThan(0.01);
  const start = START + 1000 * DAY;
  const ramp = { kind: "ramp", start, end: start + 10 * DAY, factor: 3, plateau: false } as const;
  const found = eventsAbove(DRIFT_ORACLE.scores(makeSeries({ ...drifting, events: [ramp] }, new Random(5))), Math.log(1000));
  expect(found.some(({ told }) => told > start && told <= ramp.end)).toBe(true);
});

test("alarms six hours apart are one event, more are two", () => {
  const told = Float64Array.of(3600, 8 * 3600, 16 * 3600);
  const scores = { told, values: Float64Array.of(5, 5, 5), spans: told.map(() => 3600), step: 3600 };
  expect(eventsAbove(scores, 4)).toEqual([
    { start: 0, end: 8 * 3600, told: 3600 },
    { start: 15 * 3600, end: 16 * 3600, told: 16 * 3600 },
  ]);
  expect(eventsAbove(scores, 5)).toEqual([]);
});

test("trailing moments and growing quantiles equal those computed anew", () => {
  const random = new Random(3);
  const values = Float64Array.from({ length: 300 }, () => random.negativeBinomial(20, 2));
  const moments = new TrailingMoments(50);
  const quantiles = new GrowingQuantiles(values);
  values.forEach((value, at) => {
    moments.push(value);
    quantiles.push(value);
    const last = Array.from(values.subarray(Math.max(0, at - 49), at + 1));
    const mean = last.reduce((sum, one) => sum + one, 0) / last.length;
    expect(moments.mean).toBeCloseTo(mean, 8);
    if (at > 0) expect(moments.deviation ** 2).toBeCloseTo(last.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (last.length - 1), 6);
    const sorted = values.slice(0, at + 1).sort();
    expect(quantiles.quantile(0)).toBe(sorted[0]);
    expect(quantiles.quantile(1)).toBe(sorted.at(-1));
    if (at % 2 === 0) expect(quantiles.quantile(0.5)).toBe(sorted[at / 2]);
  });
});

test("days are whole sums, scaled where buckets are missing, and missing where most are", () => {
  const made = series(1);
  made.values.fill(2);
  made.values.fill(Number.NaN, 24, 30);
  made.values.fill(Number.NaN, 48, 65);
  expect(Array.from(daySteps(made).values.slice(0, 4))).toEqual([48, 48, Number.NaN, 48]);
});
