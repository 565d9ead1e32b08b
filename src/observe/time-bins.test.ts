/** Bins of time and the timeline over them: the same in whatever order times come, and nothing lost. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TimeBins, foldBins } from "./time-bins.ts";
import { SERIES_PORT_ZERO, SERIES_TCP_PROBES, SERIES_UDP, TimelineCounter } from "./timeline.ts";

/** Spans from a millisecond to centuries, around moments before and after 1970. */
const times = fc
  .tuple(
    fc.constantFrom(0, 1_383_354_000.5, -86_400, 4_294_967_295),
    fc.constantFrom(0.001, 0.25, 1, 60, 86_400, 1e7, 1e10),
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }),
  )
  .map(([start, span, parts]) => parts.map((part) => start + part * span));

/** Counts in so many bins, one at each time. */
function binned(all: readonly number[], count = 16): { base: number; width: number; counts: number[] } {
  const bins = new TimeBins(count);
  const counts = new Float64Array(count);
  for (const time of all) {
    const move = bins.fit(time);
    if (move !== null) foldBins(counts, 1, count, move);
    const at = bins.indexOf(time);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThan(count);
    counts[at] = counts[at]! + 1;
  }
  return { base: bins.base, width: bins.width, counts: [...counts] };
}

/** A timeline of the times: kinds and ports by turns, `batch` times at once as the observer gives them. */
function timelineOf(all: readonly number[], batch = 7): TimelineCounter {
  const counter = new TimelineCounter();
  for (let at = 0; at < all.length; at += batch) addBatch(counter, all.slice(at, at + batch));
  return counter;
}

/** What a time is counted as depends on the time alone, so that order does not matter. */
function addBatch(counter: TimelineCounter, part: readonly number[]): void {
  counter.fit(Math.min(...part), Math.max(...part));
  for (const time of part) {
    const pick = Math.abs(Math.floor(time * 1000)) % 3;
    counter.count([SERIES_TCP_PROBES, SERIES_UDP, SERIES_PORT_ZERO][pick]!, time, 1 + pick);
    counter.countPort(pick === 1, pick === 0 ? 0 : 65535, time, 1 + pick);
  }
}

function told(counter: TimelineCounter): object {
  const { start, binSeconds, series } = counter.timeline();
  return { start, binSeconds, series: Object.fromEntries(series), ports: counter.topPorts(10) };
}

describe("TimeBins", () => {
  test("are as narrow as the span allows, and start at the first time", () => {
    const { base, width, counts } = binned([100, 107, 103], 16);
    expect(width).toBe(0.5);
    expect(base * width).toBe(100);
    expect([counts[0], counts[6], counts[14]]).toEqual([1, 1, 1]);
  });

  test("come out the same in any order, and lose no count", () => {
    fc.assert(
      fc.property(times, fc.nat(), (all, seed) => {
        const forward = binned(all);
        expect(forward.counts.reduce((sum, count) => sum + count, 0)).toBe(all.length);
        expect(binned([...all].reverse())).toEqual(forward);
        expect(binned([...all].sort((a, b) => a - b))).toEqual(forward);
        expect(binned([...all].sort((a, b) => ((a * 7919 + seed) % 13) - ((b * 7919 + seed) % 13)))).toEqual(forward);
      }),
      { numRuns: 300 },
    );
  });

  test("take times that no clock tells without hanging", () => {
    for (const far of [1e15, -1e15, 1e300, -1e300, Number.MAX_VALUE]) {
      const bins = new TimeBins(64);
      bins.fit(0);
      bins.fit(far);
      bins.fit(1_383_354_000);
      expect(Number.isNaN(bins.indexOf(far))).toBe(false);
    }
  });
});

describe("TimelineCounter", () => {
  test("says the same in any order and in batches of any size, and conserves what was counted", () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 60 }), (all, batch) => {
        const forward = told(timelineOf(all));
        expect(told(timelineOf([...all].reverse(), batch))).toEqual(forward);
        const counter = timelineOf(all, batch);
        const expected = all.reduce((sum, time) => sum + 1 + (Math.abs(Math.floor(time * 1000)) % 3), 0);
        const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
        expect(sum([...counter.timeline().series.values()].map(sum))).toBe(expected);
        expect(sum(counter.topPorts(10).map((port) => port.packets))).toBe(expected);
        for (const port of counter.topPorts(10)) expect(sum(port.bins)).toBe(port.packets);
      }),
      { numRuns: 25 },
    );
  });

  test("merged from two says what one pass says, whichever is merged into the other", () => {
    fc.assert(
      fc.property(times, times, (left, right) => {
        const one = told(timelineOf([...left, ...right]));
        for (const [first, second] of [
          [left, right],
          [right, left],
        ] as const) {
          const merged = timelineOf(first);
          merged.merge(timelineOf(second).state());
          expect(told(merged)).toEqual(one);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("merged into an empty one stays what it was, however the span lies between two widths", () => {
    for (const span of [0.2499, 0.25, 0.2501, 63.99, 64, 64.01, 255.9, 256, 256.1]) {
      for (const start of [1000, 1000.0009, 1000.126, 999.9]) {
        const all = [start, start + span / 3, start + span];
        const merged = new TimelineCounter();
        merged.merge(timelineOf(all).state());
        expect(told(merged), `${start} + ${span}`).toEqual(told(timelineOf(all)));
      }
    }
  });

  test("empty is a timeline of one empty bin, and merges without a trace", () => {
    const counter = timelineOf([5, 6]);
    const before = told(counter);
    counter.merge(new TimelineCounter().state());
    expect(told(counter)).toEqual(before);
    expect(new TimelineCounter().timeline().start).toBe(0);
    expect(new TimelineCounter().topPorts(5)).toEqual([]);
  });
});
