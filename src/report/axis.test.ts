import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countTicks, timeTicks } from "./axis.ts";

describe("ticks", () => {
  test("are round", () => {
    expect(countTicks(11_342, 4)).toEqual([0, 5000, 10_000, 15_000]);
    const four = Date.UTC(2013, 10, 2, 0, 30) / 1000;
    expect(timeTicks(four, four + 4 * 3600, 5).map((tick) => tick.label)).toEqual(["01:00", "02:00", "03:00", "04:00"]);
  });

  test("near miss: half a second and half a year have round ticks too", () => {
    expect(timeTicks(0.1, 0.6, 5).map((tick) => tick.label)).toEqual(["00.100", "00.200", "00.300", "00.400", "00.500", "00.600"]);
    expect(timeTicks(0, 86_400 * 180, 6).map((tick) => tick.label)).toEqual([
      "1970-01-01",
      "1970-01-31",
      "1970-03-02",
      "1970-04-01",
      "1970-05-01",
      "1970-05-31",
      "1970-06-30",
    ]);
  });

  test("property: any number gives few ticks that reach it", () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), (a, b) => {
        const ticks = countTicks(a, 4);
        expect(ticks.length).toBeLessThanOrEqual(20);
        if (a > 0 && Number.isFinite(a)) expect(ticks.at(-1)).toBeGreaterThanOrEqual(a);
        expect(timeTicks(a, b, 8).length).toBeLessThanOrEqual(9);
      }),
    );
  });
});
