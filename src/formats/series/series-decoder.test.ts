import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { faultWords, SeriesDecoder } from "./series-decoder.ts";

function decoded(text: string, step: number = text.length + 1): SeriesDecoder {
  const decoder = new SeriesDecoder();
  const bytes = new TextEncoder().encode(text);
  let held = 0;
  for (let end = Math.min(step, bytes.length); ; end = Math.min(end + step, bytes.length)) {
    held += decoder.push(bytes, held, end);
    if (end === bytes.length) break;
  }
  decoder.end(bytes, held, bytes.length);
  return decoder;
}

function rowsOf(decoder: SeriesDecoder): (readonly [string | undefined, number, number])[] {
  const { length, series, times, values } = decoder.rows();
  return Array.from({ length }, (_, i) => [decoder.names[series[i]!], times[i]!, values[i]!] as const);
}

const NOON = Date.UTC(2013, 10, 2, 12) / 1000;

describe("a table of series", () => {
  test("with columns in any order, several ways to write a time, and gaps", () => {
    const decoder = decoded(
      `\uFEFFValue,note,series,time\r\n3,x,a,2013-11-02T12:00:00Z\r\n4,,"b, c",2013-11-02\r\n5,,a,${NOON}\r\n,,a,${NOON}000\r\n1.5e3,,a,2013-11-02 12:00\r\n`,
    );
    expect(rowsOf(decoder)).toEqual([
      ["a", NOON, 3],
      ["b, c", NOON - 43_200, 4],
      ["a", NOON, 5],
      ["a", NOON, Number.NaN],
      ["a", NOON, 1500],
    ]);
    expect(faultWords(decoder)).toEqual([]);
  });
  test("without a column of series is one series", () => {
    expect(rowsOf(decoded("timestamp;count\n2013-11-02T13:00:00+01:00;7"))).toEqual([["value", NOON, 7]]);
  });
  test("bad rows are named by their line, the others are read", () => {
    const decoder = decoded(`time,value\n${NOON},1\nyesterday,2\n${NOON},-3\n${NOON}\n${NOON},many\n${NOON},9\n`);
    expect(rowsOf(decoder).map(([, , value]) => value)).toEqual([1, 9]);
    expect(faultWords(decoder)).toEqual([
      "4 rows left out: line 3: no time (ISO 8601, or seconds or milliseconds since 1970); line 4: no number, or one below zero; line 5: fewer columns than the header; line 6: no number, or one below zero",
    ]);
  });
  test("without the columns says which one is missing", () => {
    expect(decoded("when,value\n1,2\n").trouble).toBe("the header has no column named time; time,series,value is expected");
    expect(decoded("time,packets\n1,2\n").trouble).toContain("named value");
  });
  test("cut anywhere is the same", () => {
    const text = `time,series,value\n${NOON},"a ""quoted""",1\n2013-11-02,b,2\nbad,b,3\n${NOON},a,4`;
    const whole = decoded(text);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: text.length }), (step) => {
        const cut = decoded(text, step);
        expect(rowsOf(cut)).toEqual(rowsOf(whole));
        expect(faultWords(cut)).toEqual(faultWords(whole));
      }),
    );
  });
  test("of any octets is no crash", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const decoder = decoded(`time,value\n${text}`);
        for (const [, time, value] of rowsOf(decoder)) {
          expect(time).toBeGreaterThanOrEqual(0);
          expect(value >= 0 || Number.isNaN(value)).toBe(true);
        }
      }),
    );
  });
});
