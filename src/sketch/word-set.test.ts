/** A set of words beside JavaScript's own. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WordSet } from "./word-set.ts";

describe("a set of words", () => {
  test("holds a network and no other, while it grows", () => {
    const set = new WordSet();
    for (let i = 0; i < 65_536; i++) if (!set.add(0xc6330000 + i)) throw new Error(`${i} was there`);
    for (let i = 0; i < 65_536; i++) if (set.add(0xc6330000 + i) || set.has(0xc6340000 + i)) throw new Error(`${i}`);
    expect(set.size).toBe(65_536);
  });

  test("says what a Set says", () => {
    const word = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 0xffffffff }), fc.constantFrom(0, 0xffffffff));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 800 }), fc.array(word, { maxLength: 50 }), (words, others) => {
        const set = new WordSet();
        const truth = new Set<number>();
        for (const one of words) {
          expect(set.add(one)).toBe(!truth.has(one));
          truth.add(one);
        }
        expect(set.size).toBe(truth.size);
        for (const one of others) expect(set.has(one)).toBe(truth.has(one));
        const held: number[] = [];
        set.each((one) => held.push(one));
        expect(held.toSorted((a, b) => a - b)).toEqual([...truth].toSorted((a, b) => a - b));
      }),
    );
  });
});
