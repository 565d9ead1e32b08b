/** Who spoke first: the same from either end, and forgotten in time. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { RecentPairs, SPOKE_RECEIVER, SPOKE_SENDER, SPOKE_UNKNOWN } from "./recent-pairs.ts";

const word = fc.nat({ max: 0xffff_ffff });
const port = fc.nat({ max: 65_535 });

it("an answer is known by its ports turned about, and nothing else is", () => {
  fc.assert(
    fc.property(word, port, word, port, (from, fromPort, to, toPort) => {
      fc.pre(from !== to || fromPort !== toPort);
      const pairs = new RecentPairs(7);
      expect(pairs.first(from, fromPort, to, toPort, 17)).toBe(SPOKE_UNKNOWN);
      pairs.open(from, fromPort, to, toPort, 17);
      expect(pairs.first(from, fromPort, to, toPort, 17)).toBe(SPOKE_SENDER);
      expect(pairs.first(to, toPort, from, fromPort, 17)).toBe(SPOKE_RECEIVER);
      expect(pairs.first(to, toPort ^ 1, from, fromPort, 17)).toBe(SPOKE_UNKNOWN);
      pairs.open(to, toPort, from, fromPort, 17);
      expect(pairs.first(from, fromPort, to, toPort, 17)).toBe(SPOKE_RECEIVER);
    }),
    { numRuns: 50 },
  );
});

it("a flood of pairs pushes the old ones out, and is hardly ever taken for one that it is not", () => {
  const pairs = new RecentPairs(11);
  pairs.open(1, 2, 3, 4, 6);
  let known = 0;
  for (let i = 0; i < 1_000_000; i++) {
    if (pairs.first(i, 5, 0xc000_0201, 80, 6) !== SPOKE_UNKNOWN) known++;
    pairs.open(i, 5, 0xc000_0201, 80, 6);
  }
  expect(pairs.first(1, 2, 3, 4, 6)).toBe(SPOKE_UNKNOWN);
  expect(known).toBeLessThan(10);
});
