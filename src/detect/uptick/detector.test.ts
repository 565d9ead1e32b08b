import { describe, expect, test } from "vitest";
import { UptickDetector } from "./detector.ts";
import { countOf, eventsOf, SERIES_START, uniform, valuesOf, verdictsOf } from "./series.fixture.ts";

const HOUR = 3600;
const DAY = 86_400;
const SPIKE = Date.UTC(2013, 10, 2, 1) / 1000;

/** 2 November 2013: about 19 sensors for a year, then five-fold for three hours, then as before. */
function november(bucket: number, times: number): Float64Array {
  const random = uniform(2013);
  return valuesOf(370, bucket, (time) => {
    const sensors = 14 + Math.floor(random() * 11);
    return time >= SPIKE && time < SPIKE + 3 * HOUR ? times * sensors : sensors;
  });
}

describe("the spike of 2 November 2013", () => {
  for (const bucket of [300, 900, HOUR]) {
    test(`in buckets of ${bucket / 60} min: one event, from its first bucket, the highest of the year`, () => {
      const { verdicts } = verdictsOf(november(bucket, 5), bucket);
      expect(verdicts.map(({ phase, event }) => [phase, event.start])).toEqual([
        ["opened", SPIKE],
        ["closed", SPIKE],
      ]);
      expect(verdicts[1]?.event).toMatchObject({
        kind: "surge",
        end: SPIKE + 3 * HOUR,
        record: { rank: 1, since: SERIES_START, ofAll: true },
      });
      expect(verdicts[1]?.event.expected).toBeGreaterThan(17);
      expect(verdicts[1]?.event.expected).toBeLessThan(21);
    });
    test(`in buckets of ${bucket / 60} min, had it not been: none`, () => {
      expect(eventsOf(november(bucket, 1), bucket)).toEqual([]);
    });
  }
});

test("among 262,148 series a rise is told earlier in one that is favoured", () => {
  const random = uniform(4);
  const values = Array.from({ length: 30 * 288 }, () => 4 + Math.floor(5 * random()));
  const openedAt = (favoured: readonly number[]): number | null => {
    const detector = new UptickDetector({ bucketSeconds: 300, seriesCount: 262_148, falseEventsAYearInAll: 4, favoured });
    for (const [index, value] of [...values, 24, 24, 24, 24, 24, 24].entries()) {
      const opened = detector.observe(SERIES_START + 300 * index, { length: 1, series: [7], values: [value] }, "zero");
      if (opened.length > 0) return index - values.length;
    }
    return null;
  };
  expect(openedAt([7])).toBe(0);
  expect(openedAt([8])).not.toBe(0);
});

test("silence that waits is learned as silence that is told", () => {
  const rates = [0.003, 0.02, 0.1, 0.5, 2];
  const run = (tellsZeros: boolean): { detector: UptickDetector; told: readonly string[] } => {
    const random = uniform(5);
    const detector = new UptickDetector({ bucketSeconds: 300, seriesCount: 10 });
    const told: string[] = [];
    for (let bucket = 0; bucket < 40 * 288; bucket++) {
      const isSurge = bucket >= 37 * 288 + 50 && bucket < 37 * 288 + 62;
      const counts = rates.map((rate, series) => [series, countOf(random, isSurge ? 10 * rate + 2 : rate)] as const);
      const kept = counts.filter(([, value]) => tellsZeros || value > 0);
      const interval = { length: kept.length, series: kept.map(([one]) => one), values: kept.map(([, value]) => value) };
      for (const { phase, event } of detector.observe(SERIES_START + 300 * bucket, interval, "zero")) {
        told.push(`${bucket} ${phase} ${event.series} ${event.start} ${event.kind}`);
      }
    }
    return { detector, told: told.toSorted() };
  };
  const [waiting, telling] = [run(false), run(true)];
  expect(waiting.told).toEqual(telling.told);
  expect(waiting.told.length).toBeGreaterThan(5);
  const time = SERIES_START + 39 * DAY;
  rates.forEach((_, series) => {
    const [waited, told] = [waiting, telling].map(({ detector }) => detector.baseline(series, time)!);
    expect(waited!.expected).toBeCloseTo(told!.expected, 2);
    expect(waited!.high).toBeGreaterThanOrEqual(0.95 * told!.high);
    expect(waited!.high).toBeLessThanOrEqual(1.05 * told!.high);
  });
});

describe("what must not fire", () => {
  test("a strong shape of day and week, over-dispersed", () => {
    const random = uniform(1);
    const values = valuesOf(200, HOUR, (time) => {
      const weekend = Math.floor(time / DAY + 3) % 7 >= 5 ? 0.5 : 1;
      return countOf(random, 60 * weekend * (1 + 0.85 * Math.cos(((time % DAY) / DAY) * 2 * Math.PI)), 0.1);
    });
    expect(eventsOf(values, HOUR)).toEqual([]);
  });
  test("next to nothing, and now and then one: no more than the false events that are put up with", () => {
    const told = [2, 12, 22, 32, 42, 52].flatMap((seed) => {
      const random = uniform(seed);
      const values = valuesOf(120, 300, () => countOf(random, 0.05));
      return eventsOf(values, 300);
    });
    // Two series-years, half an event in each
    expect(told.length).toBeLessThanOrEqual(1);
  });
  test("gaps of hours and days", () => {
    const random = uniform(3);
    const values = valuesOf(200, HOUR, (_, day) => {
      const value = countOf(random, 40, 0.05);
      return Math.floor(day) % 20 === 7 || (Math.floor(day) % 9 === 2 && day % 1 < 0.2) ? Number.NaN : value;
    });
    expect(eventsOf(values, HOUR)).toEqual([]);
  });
});

describe("what comes back and what does not", () => {
  /** A steady series with a peak of ×10 for an hour every Friday at noon, and one of ×10 on a Tuesday. */
  function weekly(): Float64Array {
    const random = uniform(7);
    return valuesOf(150, HOUR, (_, day) => {
      const isPeak = Math.abs((day % 7) - 4.5) < 0.01 || Math.abs(day - 120.25) < 0.01;
      return countOf(random, isPeak ? 400 : 40, 0.05);
    });
  }
  test("a weekly peak is told until it is a habit; another time it is news", () => {
    const starts = eventsOf(weekly(), HOUR).map(({ start }) => (start - SERIES_START) / DAY);
    expect(starts).toEqual([4.5, 11.5, 120.25]);
  });
});

describe("several windows", () => {
  test("a long weak surge, of which no bucket is extreme, is found", () => {
    const random = uniform(8);
    const values = valuesOf(80, 300, (_, day) => countOf(random, day >= 60 && day < 60.5 ? 1.2 : 0.4));
    const events = eventsOf(values, 300);
    expect(events).toHaveLength(1);
    expect(events[0]!.windowSeconds).toBeGreaterThan(300);
    expect((events[0]!.start - SERIES_START) / DAY).toBeGreaterThanOrEqual(60);
    expect((events[0]!.start - SERIES_START) / DAY).toBeLessThan(60.4);
  });
  test("a decaying tail is part of its surge", () => {
    const random = uniform(9);
    const values = valuesOf(60, 300, (_, day) => countOf(random, 20 * (1 + (day >= 50 ? 29 * Math.exp(-(day - 50) * 8) : 0)), 0.03));
    expect(eventsOf(values, 300)).toHaveLength(1);
  });
});

describe("slow and lasting rises", () => {
  test("a ramp of ×3 over ten days is one ramp", () => {
    const random = uniform(4);
    const values = valuesOf(120, HOUR, (_, day) => countOf(random, 30 * 3 ** Math.min(1, Math.max(0, (day - 80) / 10)), 0.05));
    const events = eventsOf(values, HOUR);
    expect(events.map(({ kind }) => kind)).toEqual(["ramp"]);
    expect((events[0]!.start - SERIES_START) / DAY - 80).toBeLessThan(10);
  });
  test("a shift is told once, and then is the level", () => {
    const random = uniform(5);
    const values = valuesOf(160, HOUR, (_, day) => countOf(random, day < 80 ? 30 : 150, 0.05));
    expect(eventsOf(values, HOUR).map(({ kind, start }) => [kind, (start - SERIES_START) / DAY])).toEqual([["shift", 80]]);
  });
});

test("what comes later changes no verdict", () => {
  const random = uniform(6);
  const values = valuesOf(120, HOUR, (_, day) => countOf(random, day % 17 > 16.5 ? 150 : 30, 0.05));
  const { verdicts } = verdictsOf(values, HOUR);
  expect(verdicts.length).toBeGreaterThan(8);
  for (const days of [50.7, 84.8, 101]) {
    const until = SERIES_START + days * DAY;
    const cut = verdictsOf(values.slice(0, days * 24), HOUR).verdicts;
    expect(cut.length).toBeGreaterThan(0);
    expect(cut).toEqual(verdicts.slice(0, cut.length));
    expect(cut.filter(({ phase }) => phase === "opened")).toHaveLength(
      verdicts.filter(({ phase, event }) => phase === "opened" && event.start < until).length,
    );
  }
});
