import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binomialTail } from "./binomial-tail.ts";
import { logGamma } from "./log-gamma.ts";
import { softmax } from "./softmax.ts";

/** P(X >= k) by summing the terms: slow, plain, and independent of the code under test. */
function summedTail(k: number, n: number, p: number): number {
  let total = 0;
  for (let i = k; i <= n; i++) {
    let term = 1;
    for (let j = 0; j < i; j++) term *= ((n - j) / (j + 1)) * p;
    total += term * (1 - p) ** (n - i);
  }
  return total;
}

describe("log gamma", () => {
  test("equals the logarithm of the factorial", () => {
    let factorial = 1;
    for (let n = 1; n < 20; n++) {
      expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 10);
      factorial *= n;
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
  });
  test("has no value at or below zero", () => {
    expect(logGamma(0)).toBeNaN();
    expect(logGamma(-1.5)).toBeNaN();
  });
});

describe("binomial tail", () => {
  test("equals the sum of its terms", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 61 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, k, p) => {
          expect(binomialTail(k, n, p)).toBeCloseTo(k > n ? 0 : summedTail(k, n, p), 9);
        },
      ),
    );
  });
  test("stays finite where the terms would underflow", () => {
    expect(binomialTail(371, 412, 0.1)).toBeLessThan(1e-200);
    expect(binomialTail(371, 412, 0.1)).toBeGreaterThanOrEqual(0);
    expect(binomialTail(5e6, 1e7, 0.5)).toBeCloseTo(0.5, 3);
  });
});

describe("softmax", () => {
  test("adds up to one whatever goes in", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }), (weights) => {
        expect(softmax(weights).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      }),
    );
    expect(softmax([])).toEqual([]);
    expect(softmax([-Infinity, -Infinity])).toEqual([0.5, 0.5]);
  });
});
