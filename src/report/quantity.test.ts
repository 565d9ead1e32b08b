import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { count, dateTime, duration, isoTime, octets, per, percent, share, short, timeSpan } from "./quantity.ts";

describe("numbers", () => {
  test("have separators and units", () => {
    expect([count(1_234_567), short(12_345), short(9_999), short(1_500_000), octets(1_390_000_000), octets(999)]).toEqual([
      "1,234,567",
      "12.3 k",
      "9,999",
      "1.5 M",
      "1.4 GB",
      "999 B",
    ]);
  });

  test("near miss: little is not nothing, and nearly all is not all", () => {
    expect([share(0, 10), share(1, 1000), share(999, 1000), share(10, 10), share(1, 0), percent(Number.NaN)]).toEqual([
      "0 %",
      "<1 %",
      ">99 %",
      "100 %",
      "–",
      "?",
    ]);
  });
});

describe("times", () => {
  test("read in UTC, a second date only where it differs", () => {
    const noon = Date.UTC(2013, 10, 2, 12) / 1000;
    expect(dateTime(noon)).toBe("2013-11-02 12:00:00");
    expect(timeSpan(noon, noon + 60)).toBe("2013-11-02 12:00:00 – 12:01:00 UTC");
    expect(timeSpan(noon, noon + 86_400)).toBe("2013-11-02 12:00:00 – 2013-11-03 12:00:00 UTC");
  });

  test("lengths have two units at most", () => {
    expect([0, 0.25, 41.25, 60, 3_725, 93_784, 86_400 * 400].map(duration)).toEqual([
      "0 s",
      "250 ms",
      "41.3 s",
      "1 min",
      "1 h 2 min",
      "1 d 2 h",
      "400 d",
    ]);
    expect([per(1), per(60), per(90)]).toEqual(["second", "minute", "1 min 30 s"]);
  });

  test("property: any number is a time that RFC 3339 can write", () => {
    fc.assert(
      fc.property(fc.double(), (seconds) => {
        expect(isoTime(seconds)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      }),
    );
  });
});
