import { InvalidArgumentError } from "commander";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseMoment } from "./moment.ts";

describe("parseMoment", () => {
  test.each([
    ["2013-11-02", 1383350400],
    ["2013-11-02T01:00:00Z", 1383354000],
    ["2013-11-02T01:00", 1383354000],
    ["2013-11-02 01:00:00.250", 1383354000.25],
    ["2013-11-02T01:00:00+01:00", 1383350400],
    ["2013-11-02T01:00:00-0530", 1383373800],
    ["2013-11-02T24:00", 1383436800],
    ["2016-12-31T23:59:60Z", 1483228800],
    ["2013-11", 1383264000],
    ["0001-01-01", -62135596800],
    ["2106-02-07T06:28:16Z", 4294967296],
    ["1383354000", 1383354000],
    ["1383354000.5", 1383354000.5],
    ["0", 0],
    ["@2013", 2013],
  ])("%s is %d", (text, seconds) => {
    expect(parseMoment(text)).toBe(seconds);
  });

  test("no offset means UTC, whatever the machine's zone", () => {
    const before = process.env["TZ"];
    process.env["TZ"] = "America/New_York";
    try {
      expect(parseMoment("2013-11-02T01:00:00")).toBe(1383354000);
    } finally {
      if (before === undefined) delete process.env["TZ"];
      else process.env["TZ"] = before;
    }
  });

  test.each([
    "2013",
    "20131102",
    "1383354000000",
    "2013-02-30",
    "2013-13-01",
    "2013-11-02T25:00",
    "2013-11-02T24:01",
    "yesterday",
    "",
    "-5",
    "NaN",
    "1e9",
    "2013-11-02T01:00+99",
  ])("%s is refused", (text) => {
    expect(() => parseMoment(text)).toThrow(InvalidArgumentError);
  });

  test("reads what Date writes, and throws nothing but InvalidArgumentError", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }), (date) => {
        expect(parseMoment(date.toISOString())).toBeCloseTo(date.getTime() / 1000, 6);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(Number.isFinite(parseMoment(text))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidArgumentError);
        }
      }),
    );
  });
});
