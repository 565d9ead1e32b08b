/** HyperLogLog: its error over five orders of magnitude, and that merging is exactly the union. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mix32 } from "./hash.ts";
import { HyperLogLog } from "./hyperloglog.ts";

/** Relative error of `count` distinct addresses, from a start of its own. */
function errorOf(precision: number, count: number, start: number): number {
  const sketch = new HyperLogLog(precision);
  for (let i = 0; i < count; i++) sketch.add(mix32((start + i) >>> 0));
  return (sketch.estimate() - count) / count;
}

describe("estimate", () => {
  test("is 0 for nothing, and nearly exact for few", () => {
    expect(new HyperLogLog(12).estimate()).toBe(0);
    for (const count of [1, 2, 5, 10, 50, 100]) expect(Math.round((errorOf(14, count, count * 7919) + 1) * count)).toBeCloseTo(count, -0.5);
  });

  test.each([
    [10, [100, 1000, 3000, 10_000, 100_000, 1_000_000]],
    [12, [100, 1000, 10_000, 20_000, 100_000, 1_000_000]],
    [14, [1000, 10_000, 40_000, 45_000, 200_000, 1_000_000]],
  ])("at precision %i stays within four standard errors", (precision, counts) => {
    const standardError = 1.04 / Math.sqrt(2 ** precision);
    for (const count of counts) {
      const errors = Array.from({ length: count > 100_000 ? 2 : 8 }, (_, trial) => errorOf(precision, count, trial * 0x10000000 + count));
      for (const error of errors) expect(Math.abs(error), `${count} things: ${error}`).toBeLessThan(4 * standardError);
    }
  });

  test("is not thrown off by things seen again", () => {
    const sketch = new HyperLogLog(12);
    for (let round = 0; round < 50; round++) for (let i = 0; i < 500; i++) sketch.add(mix32(i));
    expect(Math.abs(sketch.estimate() - 500)).toBeLessThan(25);
  });

  test("reaches the whole of the IPv4 space without breaking", () => {
    const sketch = new HyperLogLog(12);
    sketch.registers.fill(21); // every register as high as it gets
    expect(sketch.estimate()).toBeGreaterThan(2 ** 30);
  });

  test("stays a number for every state of the registers that hashes can make", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16, max: 29 }), (registers) => {
        const estimate = new HyperLogLog(4, registers).estimate();
        return Number.isFinite(estimate) && estimate >= 0;
      }),
    );
  });
});

describe("merge", () => {
  const hashes = fc.array(fc.nat({ max: 0xffffffff }), { maxLength: 400 });

  test("gives the registers of one counter that saw both, whichever is merged into the other", () => {
    fc.assert(
      fc.property(hashes, hashes, (left, right) => {
        const counter = (...all: readonly number[][]): HyperLogLog => {
          const sketch = new HyperLogLog(8);
          for (const hash of all.flat()) sketch.add(hash);
          return sketch;
        };
        const one = counter(left, right);
        const a = counter(left);
        a.merge(counter(right));
        const b = counter(right);
        b.merge(counter(left));
        expect(a.registers).toEqual(one.registers);
        expect(b.registers).toEqual(one.registers);
      }),
    );
  });

  test("with itself changes nothing", () => {
    fc.assert(
      fc.property(hashes, (all) => {
        const sketch = new HyperLogLog(8);
        for (const hash of all) sketch.add(hash);
        const before = sketch.registers.slice();
        sketch.merge(sketch);
        expect(sketch.registers).toEqual(before);
      }),
    );
  });
});

test("counters that share one array do not touch each other", () => {
  const memory = new Uint8Array(512);
  const first = new HyperLogLog(8, memory.subarray(0, 256));
  const second = new HyperLogLog(8, memory.subarray(256));
  for (let i = 0; i < 1000; i++) first.add(mix32(i));
  expect(second.estimate()).toBe(0);
  expect(first.estimate()).toBeGreaterThan(800);
});
