import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { logDiscoveryThreshold } from "./benjamini-hochberg.ts";
import { binomialTail } from "./binomial-tail.ts";
import { logGamma } from "./log-gamma.ts";
import { logNegativeBinomialTail } from "./negative-binomial-tail.ts";
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

/** P(X >= k) by the recurrence of the terms, summed from k on. */
function summedNegativeBinomial(k: number, mean: number, dispersion: number): number {
  const r = 1 / dispersion;
  const p = mean / (mean + r);
  let term = (1 - p) ** r;
  let total = 0;
  for (let i = 0; i < 20_000; i++) {
    if (i >= k) total += term;
    term *= ((i + r) / (i + 1)) * p;
    if (i > k && term < total * 1e-18) break;
  }
  return total;
}

describe("negative binomial tail", () => {
  test("equals the sum of its terms", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200 }),
        fc.double({ min: 0.01, max: 60, noNaN: true }),
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        (k, mean, dispersion) => {
          const sum = summedNegativeBinomial(k, mean, dispersion);
          if (sum > 1e-280) expect(logNegativeBinomialTail(k, mean, dispersion)).toBeCloseTo(Math.log(sum), 7);
        },
      ),
    );
  });
  test("is Poisson's where there is no dispersion", () => {
    const sum = 1 - Math.exp(-2) * (1 + 2 + 2);
    expect(Math.exp(logNegativeBinomialTail(3, 2, 0))).toBeCloseTo(sum, 5);
  });
  test("stays a number far out, and falls with k", () => {
    expect(logNegativeBinomialTail(1e7, 1e4, 0.01)).toBeLessThan(-600);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e7, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 10, noNaN: true }),
        (k, mean, dispersion) => {
          const log = logNegativeBinomialTail(k, mean, dispersion);
          expect(log).toBeLessThanOrEqual(0);
          expect(logNegativeBinomialTail(k * 1.5 + 1, mean, dispersion)).toBeLessThanOrEqual(log + 1e-6);
        },
      ),
    );
  });
  test("has no surprise in nothing, and all of it in something where nothing is expected", () => {
    expect(logNegativeBinomialTail(0, 0, 0.1)).toBe(0);
    expect(logNegativeBinomialTail(1, 0, 0.1)).toBe(-Infinity);
  });
});

describe("the discovery threshold", () => {
  test("rejects what the step-up procedure rejects", () => {
    const level = 0.05;
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }), (ps) => {
        const sorted = ps.toSorted((a, b) => a - b);
        let largest = 0;
        sorted.forEach((p, index) => {
          if (p <= (level * (index + 1)) / ps.length) largest = index + 1;
        });
        const threshold = logDiscoveryThreshold(
          ps.map((p) => Math.log(p)),
          ps.length,
          level,
        );
        expect(ps.filter((p) => Math.log(p) <= threshold)).toHaveLength(largest);
      }),
    );
  });
  test("finds nothing in nothing", () => {
    expect(logDiscoveryThreshold([], 262_144, 0.01)).toBe(-Infinity);
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
