import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "./random.ts";

function mean(count: number, draw: () => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += draw();
  return sum / count;
}

test("the stream is fixed for a seed, on every platform", () => {
  const random = new Random(2013);
  const words = [random.word(), random.word(), random.word()];
  const again = new Random(2013);
  expect([again.word(), again.word(), again.word()]).toEqual(words);
  expect(new Set(words).size).toBe(3);
});

test("laws have the means they promise", () => {
  const random = new Random(1);
  expect(mean(50_000, () => random.uniform())).toBeCloseTo(0.5, 1);
  expect(mean(50_000, () => random.exponential(3))).toBeGreaterThan(2.9);
  expect(mean(50_000, () => random.exponential(3))).toBeLessThan(3.1);
  expect(mean(50_000, () => random.poisson(7))).toBeCloseTo(7, 0);
  expect(mean(50_000, () => random.negativeBinomial(20, 2)) / 20).toBeCloseTo(1, 1);
  expect(mean(50_000, () => random.pareto(1, 3))).toBeCloseTo(1.5, 1);
});

test("zipf: the first rank is drawn most and twice the second, roughly, at exponent 1", () => {
  const random = new Random(5);
  const counts = new Array<number>(1000).fill(0);
  for (let i = 0; i < 100_000; i++) {
    const rank = random.zipf(1000, 1);
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  expect((counts[0] ?? 0) / (counts[1] ?? 1)).toBeGreaterThan(1.5);
  expect((counts[0] ?? 0) / (counts[1] ?? 1)).toBeLessThan(2.2);
});

test("draws stay in their bounds", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(1000), fc.nat(1000), (seed, low, width) => {
      const random = new Random(seed);
      const value = random.integer(low, low + width);
      expect(value >= low && value <= low + width && Number.isInteger(value)).toBe(true);
      const rank = random.zipf(width + 1, 1.05);
      expect(rank >= 0 && rank <= width).toBe(true);
      expect(random.shuffle([1, 2, 3, 4]).sort((a, b) => a - b)).toEqual([1, 2, 3, 4]);
    }),
  );
});

test("an empty list has nothing to pick", () => {
  expect(() => new Random(1).pick([])).toThrow(RangeError);
  expect(() => new Random(1).weighted([["x", 0]])).toThrow(RangeError);
});
