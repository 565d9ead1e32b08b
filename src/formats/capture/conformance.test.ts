/** What captures hold to beyond the laws of all formats: damage never loses what came before, and says where it is. */
import { describe, expect, test } from "vitest";
import { decodeWhole } from "../decode-whole.ts";
import { INPUTS, PACKETS } from "./inputs.fixture.ts";

describe.each(INPUTS)("$name", ({ format, bytes, boundaries }) => {
  const whole = decodeWhole(format, bytes);

  test("the input is read without loss", () => {
    expect(whole.stats).toMatchObject({ records: PACKETS.length, damage: null });
    expect(whole.stats.skipped.size).toBe(0);
    expect(whole.rows.length).toBe(PACKETS.length);
  });

  test("both byte orders give the same rows", () => {
    for (const other of INPUTS.filter((input) => input.format === format)) {
      expect(decodeWhole(format, other.bytes).rows).toEqual(whole.rows);
    }
  });

  test("cut at any octet, it keeps all that came before and says where it broke", () => {
    for (let length = 0; length <= bytes.length; length++) {
      const { rows, stats } = decodeWhole(format, bytes.subarray(0, length));
      const boundary = Math.max(0, ...[...boundaries.keys()].filter((at) => at <= length));
      const records = boundaries.get(boundary) ?? 0;
      expect(rows).toEqual(whole.rows.slice(0, records));
      expect(stats.records).toBe(records);
      if (boundaries.has(length)) expect(stats.damage).toBeNull();
      else
        expect(stats.damage).toEqual({
          offset: length < 4096 && records === 0 ? expect.any(Number) : boundary,
          reason: expect.stringMatching(/^the input /),
        });
    }
  });

  test("a decoder reads from anywhere inside a buffer", () => {
    const roomy = new Uint8Array(bytes.length + 300);
    roomy.set(bytes, 123);
    expect(decodeWhole(format, roomy.subarray(123, 123 + bytes.length)).rows).toEqual(whole.rows);
  });

  test("after damage everything is swallowed", () => {
    const noise = new Uint8Array(200_000).fill(0xff);
    const { rows, stats, largestRest } = decodeWhole(format, new Uint8Array(Buffer.concat([bytes, noise])), 1000);
    expect(rows).toEqual(whole.rows);
    expect(stats.damage?.offset).toBe(bytes.length);
    expect(largestRest).toBeLessThan(2000);
  });
});
