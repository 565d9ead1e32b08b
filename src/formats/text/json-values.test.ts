import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJsonNumber } from "./json-values.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test("numbers as JSON writes them", () => {
  const parse = (text: string): number => parseJsonNumber(encode(text), 0, text.length);
  expect(["", "-", "01", ".5", "1.", "1e", "+1", "0x1", "1 "].map(parse)).toEqual(Array.from({ length: 9 }, () => Number.NaN));
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e200, max: 1e200 }), (value) => {
      const parsed = parse(JSON.stringify(value));
      expect(Math.abs(parsed - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-14 + 1e-250);
    }),
  );
  expect(parse("1509471000.123456")).toBe(1_509_471_000.123456);
  expect(parse("1509471000.123456789")).toBeCloseTo(1_509_471_000.1234567, 5);
  expect(parse("9.5367431640625e-7")).toBe(9.5367431640625e-7);
  expect(parse("0.09628199999999865")).toBeCloseTo(0.09628199999999865, 14);
});
