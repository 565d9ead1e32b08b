/** Counting words in a table that is filled again and again. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WordCounts } from "./word-counts.ts";

describe("counts by word", () => {
  const words = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 0xffffffff })), { maxLength: 400 });

  test("says what a map and a sort say, however often it was used before", () => {
    const counts = new WordCounts();
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 400 }), (values, limit) => {
        const map = new Map<number, number>();
        for (const value of values) map.set(value, (map.get(value) ?? 0) + 1);
        counts.countAll(Uint32Array.from(values), values.length);
        expect(counts.size).toBe(map.size);
        expect(counts.top(limit)).toEqual([...map].toSorted(([a, x], [b, y]) => y - x || a - b).slice(0, limit));
        expect(counts.topWords(limit)).toEqual(counts.top(Math.min(limit, 256)).map(([word]) => word));
        expect(counts.commonest).toBe(counts.topWords(1)[0] ?? null);
        expect(counts.most).toBe(Math.max(0, ...map.values()));
        for (const [word, count] of map) expect(counts.get(word)).toBe(count);
        expect(counts.get(0x12345678)).toBe(map.get(0x12345678) ?? 0);
      }),
    );
  });

  test("grows, and forgets when cleared", () => {
    const counts = new WordCounts();
    for (let word = 0; word < 20_000; word++) expect(counts.add(word)).toBe(true);
    expect([counts.size, counts.get(19_999), counts.get(20_000)]).toEqual([20_000, 1, 0]);
    counts.clear();
    expect([counts.size, counts.get(19_999)]).toEqual([0, 0]);
  });
});
