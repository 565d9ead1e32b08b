import { describe, expect, test } from "vitest";
import type { SeriesPlan } from "../src/lab/series/make-series.ts";
import type { SeriesEvent } from "../src/lab/series/series-event.ts";
import type { ToldEvent } from "./uptick-alarms.ts";
import { judge } from "./uptick-verdict.ts";

const HOUR = 3600;
const DAY = 86_400;
const PLAN: SeriesPlan = {
  bucket: HOUR,
  start: 0,
  days: 28 + 365,
  level: 10,
  size: 10,
  hourly: 0,
  peakHour: 0,
  weekdays: [1, 1, 1, 1, 1, 1, 1],
  drift: 0,
  driftDays: 30,
  missing: 0,
  events: [],
};
const FROM = 28 * DAY;
const AT = 100 * DAY;
const SURGE: SeriesEvent = { kind: "surge", start: AT, end: AT + 3 * HOUR, factor: 5, shape: "square" };

function verdict(events: SeriesEvent[], told: ToldEvent[]) {
  return judge({ plan: { ...PLAN, events }, judgedFrom: FROM }, told);
}

function hours(start: number, length: number, told = start + HOUR): ToldEvent {
  return { start, end: start + length * HOUR, told };
}

describe("a surge", () => {
  test("told in its first bucket is found without delay", () => {
    const { findings, falseEvents, years } = verdict([SURGE], [hours(AT, 3)]);
    expect(findings).toMatchObject([{ told: 1, delay: 0 }]);
    expect(falseEvents).toEqual([]);
    expect(years).toBe(1);
  });
  test("told later has the buckets between as its delay, and each event counts", () => {
    expect(verdict([SURGE], [hours(AT + HOUR, 1), hours(AT + 2 * HOUR, 1)]).findings).toMatchObject([{ told: 2, delay: 1 }]);
  });
  test("is not found by what was told before it, nor by what comes after it", () => {
    const before = hours(AT - 50 * HOUR, 60);
    const after = hours(AT + 3 * HOUR, 2);
    const { findings, falseEvents } = verdict([SURGE], [before, after]);
    expect(findings).toMatchObject([{ told: 0, delay: null }]);
    expect(falseEvents.map(({ cause }) => cause)).toEqual(["told before", "echo"]);
  });
  test("of the time of learning is neither missed nor false", () => {
    const past: SeriesEvent = { ...SURGE, start: FROM - HOUR, end: FROM + 2 * HOUR };
    const { findings, falseEvents } = verdict([past], [hours(FROM - HOUR, 4), hours(FROM + HOUR, 1)]);
    expect(findings).toEqual([]);
    expect(falseEvents).toEqual([]);
  });
});

test("a ramp may be told until a day after its end", () => {
  const ramp: SeriesEvent = { kind: "ramp", start: AT, end: AT + 10 * DAY, factor: 3, plateau: true };
  expect(verdict([ramp], [hours(AT + 10 * DAY + 20 * HOUR, 1)]).findings).toMatchObject([{ told: 1 }]);
  const late = verdict([ramp], [hours(AT + 12 * DAY + 20 * HOUR, 1)]);
  expect(late.findings).toMatchObject([{ told: 0 }]);
  expect(late.falseEvents).toMatchObject([{ cause: "new level" }]);
});

test("a shift told again on its new level is told twice, and the second is false", () => {
  const shift: SeriesEvent = { kind: "shift", start: AT, end: AT + 14 * DAY, factor: 3 };
  const { findings, falseEvents } = verdict([shift], [hours(AT, 48), hours(AT + 20 * DAY, 5)]);
  expect(findings).toMatchObject([{ told: 2, delay: 0 }]);
  expect(falseEvents).toMatchObject([{ cause: "new level" }]);
});

test("a glitch may be told; a fall, a holiday, a gap and nothing at all may not", () => {
  const glitch: SeriesEvent = { kind: "glitch", start: AT, end: AT + HOUR, factor: 100 };
  expect(verdict([glitch], [hours(AT, 1)]).falseEvents).toEqual([]);
  expect(verdict([], [hours(AT, 1)]).falseEvents).toMatchObject([{ cause: "noise" }]);
  const fall: SeriesEvent = { kind: "fall", start: AT - DAY, end: AT + 13 * DAY, factor: 0.5 };
  expect(verdict([fall], [hours(AT, 1)]).falseEvents).toMatchObject([{ cause: "fall" }]);
  const gap: SeriesEvent = { kind: "gap", start: AT - DAY, end: AT, factor: 0 };
  const { falseEvents, years } = verdict([gap], [hours(AT + HOUR, 1)]);
  expect(falseEvents).toMatchObject([{ cause: "after a gap" }]);
  expect(years).toBeCloseTo(364 / 365, 10);
});
