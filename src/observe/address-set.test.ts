/** The set of senders: what was put in is in it, and nothing else. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AddressFilter } from "./address-filter.ts";
import { AddressSet } from "./address-set.ts";

function setOf(words: readonly number[]): AddressSet {
  const set = new AddressSet();
  for (const word of words) set.expect(word);
  set.makeRoom();
  for (const word of words) set.put(word);
  return set;
}

/** Some near one another, some anywhere. */
const word = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 0xffffffff }), fc.constantFrom(0, 0xffffffff));

describe("a set of addresses", () => {
  test("holds a network of them and none of the next one", () => {
    const set = setOf(Array.from({ length: 65_536 }, (_, i) => 0xc6330000 + i));
    for (let i = 0; i < 65_536; i++) if (!set.has(0xc6330000 + i) || set.has(0xc6340000 + i)) throw new Error(`${i}`);
  });

  test("is empty where nothing was put in", () => {
    const set = setOf([]);
    for (const one of [0, 1, 0x7fffffff, 0xffffffff]) expect(set.has(one)).toBe(false);
  });

  test("has exactly what was put in, however often", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 300 }), fc.array(word, { maxLength: 50 }), (words, others) => {
        const set = setOf([...words, ...words]);
        const truth = new Set(words);
        for (const one of [...words, ...others]) expect(set.has(one)).toBe(truth.has(one));
      }),
    );
  });
});

describe("a filter of addresses", () => {
  test("lets through all that was added, and at most a tenth of the others, be they scattered or one network", () => {
    const filter = new AddressFilter(20_000);
    for (let i = 0; i < 20_000; i++) filter.add(Math.imul(i, 0x9e3779b1) >>> 0);
    let others = 0;
    for (let i = 0; i < 20_000; i++) {
      if (!filter.mayHave(Math.imul(i, 0x9e3779b1) >>> 0)) throw new Error(`${i}`);
      if (filter.mayHave(Math.imul(i + 100_000, 0x9e3779b1) >>> 0)) others++;
    }
    expect(others).toBeLessThan(2000);
    const network = new AddressFilter(65_536);
    for (let i = 0; i < 65_536; i++) network.add(0xc6330000 + i);
    let strangers = 0;
    for (let i = 0; i < 65_536; i++) if (network.mayHave(Math.imul(i, 0x9e3779b1) >>> 0)) strangers++;
    expect(strangers).toBeLessThan(6554);
  });
});
