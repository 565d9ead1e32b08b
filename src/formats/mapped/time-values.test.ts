import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TimeUnit } from "./mapping.ts";
import { patternProblem, timeReader } from "./time-values.ts";

const HOUR = 3600;
/** 2 November 2013, 01:00 UTC. */
const EVENT = 1_383_354_000;

function read(text: string, unit: TimeUnit, utcOffset = 0): number {
  const bytes = new TextEncoder().encode(`##${text}##`);
  return timeReader(unit, utcOffset)(bytes, 2, bytes.length - 2);
}

test.each<[string, TimeUnit, number]>([
  ["1383354000", "s", EVENT],
  ["1383354000.25", "s", EVENT + 0.25],
  ["1383354000.123456789123", "s", EVENT + 0.123456789],
  ["1383354000250", "ms", EVENT + 0.25],
  ["1383354000250000", "us", EVENT + 0.25],
  ["1383354000250000000", "ns", EVENT + 0.25],
  ["2013-11-02T01:00:00Z", "iso", EVENT],
  ["2013-11-02T01:00Z", "iso", EVENT],
  ["2013-11-02 01:00:00.250", "iso", EVENT + 0.25],
  ["2013-11-02t01:00:00,25z", "iso", EVENT + 0.25],
  ["2013-11-02T02:00:00+01:00", "iso", EVENT],
  ["2013-11-01T20:00:00-0500", "iso", EVENT],
  ["2013-11-02T02:00:00 +01", "iso", EVENT],
  ["2013-11-02 01:00:00 UTC", "iso", EVENT],
  ["2013-11-02", "iso", EVENT - HOUR],
  ["02/Nov/2013:02:00:00 +0100", { pattern: "%d/%b/%Y:%H:%M:%S %z" }, EVENT],
  ["11/2/13 1:00 AM", { pattern: "%m/%d/%y %H:%M %p" }, EVENT],
  ["11/2/13 1:00 pm", { pattern: "%m/%d/%y %H:%M %p" }, EVENT + 12 * HOUR],
  ["Nov  2 2013   01:00:00.5", { pattern: "%b %e %Y %T.%f" }, EVENT + 0.5],
  ["2013306 01", { pattern: "%Y%j %H" }, EVENT],
  ["[1383354000.750000]", { pattern: "[%s.%f]" }, EVENT + 0.75],
  ["100% 2013-11-02", { pattern: "100%% %F" }, EVENT - HOUR],
])("%s as %o", (text, unit, seconds) => {
  expect(read(text, unit)).toBe(seconds);
});

test("times without a zone are of the mapping's; those with one are not", () => {
  expect(read("2013-11-02 03:00:00", "iso", 2 * HOUR)).toBe(EVENT);
  expect(read("2013-11-02 01:00:00Z", "iso", 2 * HOUR)).toBe(EVENT);
  expect(read("02.11.2013 03:00", { pattern: "%d.%m.%Y %R" }, 2 * HOUR)).toBe(EVENT);
});

test.each<[string, TimeUnit]>([
  ["", "s"],
  ["-5", "s"],
  ["1e9", "s"],
  ["12.x", "s"],
  ["2013-11-02T01:00:0xZ", "iso"],
  ["2013-13-02T01:00:00Z", "iso"],
  ["2013-11-02T01:00:00Z and more", "iso"],
  ["2013-11-02X01:00:00", "iso"],
  ["2013-11-02T01:00:00+", "iso"],
  ["2 Foo 2013", { pattern: "%d %b %Y" }],
  ["2 Nov 2013 ", { pattern: "%d %b %Y" }],
  ["2 Nov", { pattern: "%d %b %Y" }],
])("%s as %o is no time", (text, unit) => {
  expect(read(text, unit)).toBeNaN();
});

describe("patterns", () => {
  test.each(["%d/%b/%Y:%H:%M:%S %z", "%s", "%F %T", "%Y%j", "%m/%d/%y"])("%s will do", (pattern) => {
    expect(patternProblem(pattern)).toBeNull();
  });

  test.each([
    ["%b %d %H:%M:%S", "it needs a year (%Y or %y)"],
    ["%Y-%m", "it needs a day (%m or %b with %d, or %j)"],
    ["%Y-%q", expect.stringContaining("%q is not read")],
    ["%Y%", "it ends in a lone %"],
  ])("%s will not", (pattern, reason) => {
    expect(patternProblem(pattern)).toEqual(reason);
  });
});

test("what Date writes is read as it was", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date("2200-01-01"), noInvalidDate: true }), (date) => {
      expect(read(date.toISOString(), "iso")).toBeCloseTo(date.getTime() / 1000, 5);
      expect(read(String(date.getTime()), "ms")).toBeCloseTo(date.getTime() / 1000, 5);
    }),
  );
});

test("anything at all is a time or none", () => {
  const unit = fc.constantFrom<TimeUnit>("s", "ns", "iso", { pattern: "%d %b %Y %T.%f %p %z" }, { pattern: "%s" });
  fc.assert(fc.property(fc.string(), unit, (text, choice) => typeof read(text, choice) === "number"));
});
