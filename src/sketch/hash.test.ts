/** The hashes: one to one, and every bit of the input moves half the bits of the output. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mix32, mixPair } from "./hash.ts";

const word = fc.nat({ max: 0xffffffff });

describe("mix32", () => {
  test("gives what MurmurHash3's finaliser gives", () => {
    expect([0, 1, 2, 0xdeadbeef, 0xffffffff].map(mix32)).toEqual([0, 0x514e28b7, 0x30f4c306, 0x0de5c6a9, 0x81f16f39]);
  });

  test("never sends two of a million addresses to the same word, be they neighbours or far apart", () => {
    const hashes = new Uint32Array(1 << 20);
    for (const step of [1, 4096]) {
      for (let i = 0; i < hashes.length; i++) hashes[i] = mix32((i * step) >>> 0);
      hashes.sort();
      let equal = 0;
      for (let i = 1; i < hashes.length; i++) if (hashes[i] === hashes[i - 1]) equal++;
      expect(equal, `step ${step}`).toBe(0);
    }
  });

  test("is undone by its inverse", () => {
    fc.assert(fc.property(word, (value) => unmix32(mix32(value)) === value));
  });

  test("flips about half of the bits for each bit of the input", () => {
    expectAvalanche((value) => mix32(value));
  });
});

describe("mixPair", () => {
  test("is an unsigned 32-bit word that depends on the order of its words", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const hash = mixPair(a, b);
        return Number.isInteger(hash) && hash >= 0 && hash <= 0xffffffff && (a === b || hash !== mixPair(b, a) || Math.abs(a - b) < 2);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  test("flips about half of the bits for each bit of either word", () => {
    expectAvalanche((value) => mixPair(value, 0x5f3759df));
    expectAvalanche((value) => mixPair(0x0a000001, value));
  });

  test("spreads the ports of one target, and the targets of one port, as chance would", () => {
    // 65,536 balls into 65,536 bins: chance leaves 1/e of them empty, give or take 0.2 %.
    for (const pair of [(i: number) => mixPair(0xc0000201, i), (i: number) => mixPair(0x0a000000 + i, 0x101bd)]) {
      const bins = new Uint8Array(65536);
      for (let i = 0; i < 65536; i++) bins[pair(i) >>> 16] = 1;
      const empty = bins.reduce((sum, used) => sum + (used === 0 ? 1 : 0), 0);
      expect(empty / 65536).toBeGreaterThan(0.35);
      expect(empty / 65536).toBeLessThan(0.39);
    }
  });
});

/** Over 2,000 words: each input bit flips each output bit in 40 to 60 of 100. */
function expectAvalanche(hash: (value: number) => number): void {
  const samples = 2000;
  for (let bit = 0; bit < 32; bit++) {
    const flips = new Array<number>(32).fill(0);
    for (let i = 0; i < samples; i++) {
      const value = Math.imul(i, 0x9e3779b1) >>> 0;
      const changed = hash(value) ^ hash((value ^ (1 << bit)) >>> 0);
      for (let out = 0; out < 32; out++) flips[out] = flips[out]! + ((changed >>> out) & 1);
    }
    expect(Math.min(...flips) / samples, `bit ${bit}`).toBeGreaterThan(0.4);
    expect(Math.max(...flips) / samples, `bit ${bit}`).toBeLessThan(0.6);
  }
}

/** The finaliser backwards: the multipliers' inverses modulo 2^32, and each shift undone. */
function unmix32(hash: number): number {
  let h = hash;
  h = (h ^ (h >>> 16)) >>> 0;
  h = Math.imul(h, 0x7ed1b41d);
  h = (h ^ (h >>> 13) ^ (h >>> 26)) >>> 0;
  h = Math.imul(h, 0xa5cb9243);
  return (h ^ (h >>> 16)) >>> 0;
}
