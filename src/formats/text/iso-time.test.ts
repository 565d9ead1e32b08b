import fc from "fast-check";
import { expect, test } from "vitest";
import { parseIsoTime } from "./iso-time.ts";

const parse = (text: string): number => {
  const bytes = new TextEncoder().encode(`9${text}9`);
  return parseIsoTime(bytes, 1, bytes.length - 1);
};

test("times as logs write them", () => {
  expect(parse("2017-09-10T17:52:38.063805+0000")).toBe(1_505_065_958.063805);
  expect(parse("2017-09-10T19:52:38.063805+02:00")).toBe(1_505_065_958.063805);
  expect(parse("2017-09-10T13:22:38-0430")).toBe(1_505_065_958);
  expect(parse("2022-07-12T05:52:18.378379-0000")).toBe(1_657_605_138.378379);
  expect(parse("2013-11-02 01:00:00Z")).toBe(1_383_354_000);
  expect(parse("2013-11-02T01:00:00.123456789123")).toBeCloseTo(1_383_354_000.123456, 5);
});

test("what is no time", () => {
  const wrong = [
    "",
    "2013-11-02",
    "2013-11-02T01:00",
    "2013-13-02T01:00:00Z",
    "2013-11-02T25:00:00Z",
    "2013-11-02T01:00:0x",
    "1950-01-01T00:00:00Z",
  ];
  const trailing = [
    "2013-11-02T01:00:00.",
    "2013-11-02T01:00:00ZZ",
    "2013-11-02T01:00:00+1",
    "2013-11-02T01:00:00+01:",
    "2013-11-02T01:00:00+99:99",
  ];
  for (const text of [...wrong, ...trailing, "1970-01-01T00:00:00+0100"]) expect([text, parse(text)]).toEqual([text, -1]);
});

test("every instant is what Date makes of it", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date("9998-12-31T00:00:00Z"), noInvalidDate: true }), (date) => {
      expect(parse(date.toISOString())).toBeCloseTo(date.getTime() / 1000, 3);
    }),
  );
});
