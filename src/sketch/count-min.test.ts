/** Count-min: never too low until it forgets, and then by halves. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CountMin } from "./count-min.ts";
import { mix32 } from "./hash.ts";

/** The most that a one-octet counter holds. */
const MOST = 255;

describe("estimate", () => {
  test("is never below the truth before it forgets, and 0 for what a nearly empty sketch never saw", () => {
    const additions = fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 40 })), { maxLength: 60 });
    fc.assert(
      fc.property(additions, (all) => {
        const sketch = new CountMin(14);
        const truth = new Map<number, number>();
        for (const [key, count] of all) {
          sketch.add(mix32(key), count);
          truth.set(key, (truth.get(key) ?? 0) + count);
        }
        for (const [key, count] of truth) expect(sketch.estimate(mix32(key))).toBeGreaterThanOrEqual(Math.min(MOST, count));
        expect(sketch.estimate(mix32(1000))).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test("of a key never added stays near the noise while the sketch fills", () => {
    const sketch = new CountMin(12);
    for (let i = 0; i < 40_960; i++) sketch.add(mix32(i), 1);
    const { noise } = sketch;
    expect(noise).toBe(10);
    let far = 0;
    for (let i = 0; i < 2000; i++) if (sketch.estimate(mix32(1_000_000 + i)) > noise + 4 * Math.sqrt(noise) + 2) far++;
    expect(far).toBe(0);
  });

  test("tells a key that keeps coming back from all that came once", () => {
    const sketch = new CountMin(12);
    for (let i = 0; i < 200_000; i++) {
      sketch.add(mix32(i), 1);
      if (i % 400 === 0) sketch.add(mix32(0x7fffffff), 1);
    }
    expect(sketch.estimate(mix32(0x7fffffff))).toBeGreaterThan(sketch.noise + 4 * Math.sqrt(sketch.noise) + 2);
  });

  test("holds at 255", () => {
    const sketch = new CountMin(12);
    sketch.add(mix32(1), 4000);
    expect(sketch.estimate(mix32(1))).toBe(MOST);
  });
});

describe("forgetting", () => {
  test("halves what was counted once the mean counter passes 64", () => {
    const sketch = new CountMin(4);
    sketch.add(mix32(1), 64);
    for (let i = 0; i < 15; i++) sketch.add(mix32(100 + i), 64);
    expect(sketch.noise).toBe(64);
    const before = sketch.estimate(mix32(1));
    sketch.add(mix32(1), 1);
    expect(sketch.noise).toBeLessThan(33);
    expect(sketch.estimate(mix32(1))).toBe(Math.min(MOST, before + 1) >>> 1);
  });

  test("keeps the noise bounded whatever is added", () => {
    const sketch = new CountMin(6);
    for (let i = 0; i < 100_000; i++) {
      sketch.add(mix32(i), 1 + (i % 3));
      if (sketch.noise > 64) throw new Error(`noise ${sketch.noise}`);
    }
    expect(sketch.noise).toBeGreaterThan(16);
  });
});

test("merging gives the sketch of both, in either order, while neither forgot", () => {
  const keys = fc.array(fc.nat(300), { maxLength: 200 });
  fc.assert(
    fc.property(keys, keys, (left, right) => {
      const sketchOf = (...all: readonly number[][]): CountMin => {
        const sketch = new CountMin(10);
        for (const key of all.flat()) sketch.add(mix32(key), 1);
        return sketch;
      };
      const one = sketchOf(left, right);
      const a = sketchOf(left);
      a.merge(sketchOf(right));
      const b = sketchOf(right);
      b.merge(sketchOf(left));
      for (let key = 0; key <= 300; key++) {
        expect(a.estimate(mix32(key))).toBe(one.estimate(mix32(key)));
        expect(b.estimate(mix32(key))).toBe(one.estimate(mix32(key)));
      }
      expect(a.noise).toBe(one.noise);
    }),
    { numRuns: 40 },
  );
});
