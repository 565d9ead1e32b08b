/** The heaviest of many, beside a plain sort. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Ranking } from "./ranking.ts";

describe("a ranking", () => {
  test("keeps what a sort would put first, smaller names first among equals, in whatever order they come", () => {
    const offers = fc.uniqueArray(fc.tuple(fc.nat({ max: 12 }), fc.nat({ max: 2 ** 45 })), { maxLength: 60, selector: ([, name]) => name });
    fc.assert(
      fc.property(offers, fc.integer({ min: 1, max: 10 }), (all, limit) => {
        const ranking = new Ranking(limit);
        for (const [weight, name] of all) ranking.offer(weight, name);
        const sorted = all.toSorted(([a, x], [b, y]) => b - a || x - y);
        const expected = sorted.slice(0, limit).map(([, name]) => name);
        expect([...ranking.take()]).toEqual(expected);
        expect([...ranking.take()]).toEqual(expected);
        expect(ranking.total).toBe(all.length);
        expect(ranking.isExact).toBe(all.length <= limit);
      }),
    );
  });

  test("holds its memory under a million", () => {
    const ranking = new Ranking(100);
    for (let i = 0; i < 1_000_000; i++) ranking.offer((i * 7919) % 1_000_003, i);
    expect(ranking.take()).toHaveLength(100);
    expect(ranking.total).toBe(1_000_000);
  });
});
