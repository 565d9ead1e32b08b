import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatNetwork, type Network, parseNetwork } from "../model/address.ts";
import { aggregate } from "./aggregate.ts";

const networks = (...texts: readonly string[]): Network[] => texts.map((text) => parseNetwork(text)!);
const texts = (asked: readonly Network[], innocents = 0): string[] => aggregate(asked, innocents).networks.map(formatNetwork);

/** Addresses 0–255 of 45.80.10.0/24 as networks. */
const hosts = (last: readonly number[]): Network[] => networks(...last.map((octet) => `45.80.10.${octet}`));
const covered = (list: readonly Network[]): Set<number> =>
  new Set(list.flatMap(({ words, bits }) => Array.from({ length: 2 ** (32 - bits) }, (_, at) => (words[3] & 255) + at)));

/** Least networks that cover all asked with so many innocents, by trying each cover of each prefix. */
function leastByTrying(asked: ReadonlySet<number>, budget: number): number {
  const best = (start: number, size: number): Map<number, number> => {
    // innocents → networks
    const here = Array.from({ length: size }, (_, at) => start + at).filter((address) => asked.has(address)).length;
    if (here === 0) return new Map([[0, 0]]);
    const ways = new Map([[size - here, 1]]);
    if (size > 1) {
      for (const [a, n] of best(start, size / 2)) {
        for (const [b, m] of best(start + size / 2, size / 2))
          ways.set(a + b, Math.min(ways.get(a + b) ?? Number.POSITIVE_INFINITY, n + m));
      }
    }
    return ways;
  };
  return Math.min(...[...best(0, 16)].filter(([innocents]) => innocents <= budget).map(([, count]) => count));
}

describe("the fewest networks", () => {
  test("join neighbours, swallow parts and keep the versions of IP apart", () => {
    expect(texts(networks("93.174.93.0/25", "93.174.93.128/25", "93.174.93.175", "2a02:4780::", "2a02:4780::1"))).toEqual([
      "93.174.93.0/24",
      "2a02:4780::/127",
    ]);
  });
  test("near miss: neighbours that are no network are not joined", () => {
    expect(texts(networks("45.80.10.1", "45.80.10.2"))).toEqual(["45.80.10.1", "45.80.10.2"]);
  });
  test("take innocents only as far as they are told", () => {
    expect(texts(networks("45.80.10.1", "45.80.10.2"), 1)).toEqual(["45.80.10.1", "45.80.10.2"]);
    expect(aggregate(networks("45.80.10.1", "45.80.10.2"), 2)).toMatchObject({ innocents: 2, networks: networks("45.80.10.0/30") });
  });
  test("never grow over what is protected", () => {
    const grown = aggregate(networks("45.80.10.1", "45.80.10.2"), 100, (range) => range.start <= 0x2d500a03n && range.end >= 0x2d500a03n);
    expect(grown).toMatchObject({ innocents: 0, networks: networks("45.80.10.1", "45.80.10.2") });
  });
  test("cover what is asked for and, without a budget, nothing else", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(255), { minLength: 1, maxLength: 80 }), (asked) => {
        expect(covered(aggregate(hosts(asked)).networks)).toEqual(new Set(asked));
      }),
    );
  });
  test("are the fewest that a budget buys, as trying all of them shows", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(15), { minLength: 1, maxLength: 12 }), fc.nat(12), (asked, budget) => {
        const { networks: chosen, innocents } = aggregate(hosts(asked), budget);
        const cover = covered(chosen);
        expect(asked.every((address) => cover.has(address))).toBe(true);
        expect(cover.size - asked.length).toBe(innocents);
        expect(innocents).toBeLessThanOrEqual(budget);
        expect(chosen.length).toBe(leastByTrying(new Set(asked), budget));
      }),
    );
  });
});
