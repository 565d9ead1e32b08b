import { describe, expect, test } from "vitest";
import { UptickDetector } from "./detector.ts";
import { countOf, SERIES_START, uniform } from "./series.fixture.ts";
import { restoreDetector, snapshotOf } from "./snapshot.ts";
import type { UptickVerdict } from "./verdict.ts";

const HOUR = 3600;
const SERIES = 600;

/** Few busy series and many quiet ones; surges now and then. */
function interval(random: () => number, hour: number): { length: number; series: number[]; values: number[] } {
  const series: number[] = [];
  const values: number[] = [];
  for (let one = 0; one < 12; one++) {
    const surge = (hour + 37 * one) % 411 < 3 ? 6 : 1;
    series.push(one);
    values.push(countOf(random, (one + 1) * 4 * surge, 0.05));
  }
  for (let i = 0; i < 3; i++) {
    series.push(12 + Math.floor(random() * (SERIES - 12)));
    values.push(1 + Math.floor(random() * 1.1));
  }
  const seen = new Set<number>();
  const kept = series.map((one) => (seen.has(one) ? false : (seen.add(one), true)));
  return { length: seen.size, series: series.filter((_, i) => kept[i]), values: values.filter((_, i) => kept[i]) };
}

function run(detector: UptickDetector, intervals: ReturnType<typeof interval>[], from: number): UptickVerdict[] {
  return intervals.flatMap((values, i) => detector.observe(SERIES_START + (from + i) * HOUR, values, "zero"));
}

describe("the state of a detector", () => {
  const random = uniform(11);
  const intervals = Array.from({ length: 2000 }, (_, hour) => interval(random, hour));

  test("restored in the midst, goes on as if nothing had been", () => {
    const whole = new UptickDetector({ bucketSeconds: HOUR, seriesCount: SERIES });
    const verdicts = run(whole, intervals, 0);
    expect(verdicts.length).toBeGreaterThan(20);
    for (const cut of [1, 500, 1234, 1999]) {
      const first = new UptickDetector({ bucketSeconds: HOUR, seriesCount: SERIES });
      const before = run(first, intervals.slice(0, cut), 0);
      const second = restoreDetector(snapshotOf(first));
      expect(snapshotOf(second)).toEqual(snapshotOf(first));
      expect([...before, ...run(second, intervals.slice(cut), cut)]).toEqual(verdicts);
      expect(second.open()).toEqual(whole.open());
    }
  });

  test("does not grow with the length of history", () => {
    const detector = new UptickDetector({ bucketSeconds: HOUR, seriesCount: SERIES });
    run(detector, intervals.slice(0, 1500), 0);
    const rows = detector.table.used + detector.quiet.length;
    const size = snapshotOf(detector).length;
    run(detector, intervals.slice(1500), 1500);
    expect(detector.table.used + detector.quiet.length).toBe(rows);
    expect(snapshotOf(detector).length).toBeLessThan(size * 1.2);
  });

  test("of octets that are none, or are cut, is refused", () => {
    const detector = new UptickDetector({ bucketSeconds: HOUR, seriesCount: SERIES });
    run(detector, intervals.slice(0, 100), 0);
    const octets = snapshotOf(detector);
    expect(() => restoreDetector(new Uint8Array(3))).toThrow(RangeError);
    expect(() => restoreDetector(new Uint8Array(300))).toThrow(RangeError);
    for (const length of [20, 400, octets.length - 8]) expect(() => restoreDetector(octets.subarray(0, length))).toThrow(RangeError);
  });
});

test("a series beyond the bound is refused and counted, the others go on", () => {
  const detector = new UptickDetector({ bucketSeconds: HOUR, seriesCount: 10, mostActive: 3 });
  for (let hour = 0; hour < 200; hour++) {
    const series = Array.from({ length: 10 }, (_, one) => one);
    detector.observe(SERIES_START + hour * HOUR, { length: 10, series, values: series.map(() => 20) }, "gap");
  }
  expect(detector.table.used).toBe(3);
  expect(detector.refused).toBeGreaterThan(0);
});
