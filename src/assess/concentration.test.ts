import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatIPv4 } from "../model/address.ts";
import { type AddressLabels, NO_LABELS, type NetworkKind } from "../model/label.ts";
import { baseShare, concentrationOf } from "./concentration.ts";
import { concentrationSentence } from "./concentration-words.ts";

interface Group {
  readonly asn: number;
  readonly kind: NetworkKind | null;
  /** One address in each of so many /24s. */
  readonly sources: number;
  readonly samePrefix?: boolean;
}

function placed(groups: readonly Group[]): [string[], Map<string, AddressLabels>] {
  const labels = new Map<string, AddressLabels>();
  for (const [g, { asn, kind, sources, samePrefix }] of groups.entries()) {
    for (let i = 0; i < sources; i++) {
      const address = formatIPv4(((20 + g) << 24) | (samePrefix === true ? i : i << 8));
      labels.set(address, { ...NO_LABELS, network: { list: "x", date: null, asn, name: `N${asn}`, country: null, kind } });
    }
  }
  return [[...labels.keys()], labels];
}

const spread = (many: number): Group[] =>
  Array.from({ length: many }, (_, i) => ({ asn: 64_600 + i, kind: "access" as const, sources: 1 }));

describe("concentration", () => {
  test("30 of 52 in one hoster's network is no noise, and the sentence says against what", () => {
    const [addresses, labels] = placed([{ asn: 202_425, kind: "hosting", sources: 30 }, ...spread(22)]);
    const found = concentrationOf(addresses, labels, new Map([[202_425, 10_240]]));
    expect(found.largest).toMatchObject({ name: "AS202425, N202425", sources: 30, base: 0.07 });
    expect(found.chance).toBeLessThan(1e-15);
    expect(concentrationSentence(found)).toBe(
      "Of 52 sources 30 are in one network (AS202425, N202425), where noise has 7 % at most (chance below 1 in a billion): bots are spread over many networks.",
    );
  });
  test("near miss: 30 of 200 in the largest cloud, or in a country's carrier, is what noise looks like", () => {
    for (const [kind, space] of [
      ["hosting", 20e6],
      ["access", 100e6],
    ] as const) {
      const [addresses, labels] = placed([{ asn: 64_500, kind, sources: 30 }, ...spread(170)]);
      expect(concentrationOf(addresses, labels, new Map([[64_500, space]])).chance).toBeGreaterThan(0.5);
    }
  });
  test("the same number in a small network of homes stands out, and in a /24 of a large one", () => {
    const [homes, homeLabels] = placed([{ asn: 64_500, kind: "access", sources: 30 }, ...spread(170)]);
    expect(concentrationOf(homes, homeLabels, new Map([[64_500, 1e6]])).chance).toBeLessThan(1e-8);
    const [rack, rackLabels] = placed([{ asn: 64_500, kind: "hosting", sources: 30, samePrefix: true }, ...spread(170)]);
    const found = concentrationOf(rack, rackLabels, new Map([[64_500, 20e6]]));
    expect(found.largestPrefix).toMatchObject({ name: "20.0.0.0/24", sources: 30 });
    expect(found.chance).toBeLessThan(1e-9);
    expect(concentrationSentence(found)).toContain("30 are in one /24 (20.0.0.0/24), where noise has 2 % at most");
  });
  test("base rates are above every share that was measured", () => {
    // [kind, announced addresses, share of 14,202 or 30,744 listed addresses, the larger]
    for (const [kind, addresses, share] of [
      ["hosting", 19.96e6, 0.1154],
      ["hosting", 80.8e6, 0.0815],
      ["hosting", 6.02e6, 0.0647],
      ["hosting", 3.18e6, 0.0458],
      [null, 1.13e5, 0.0573],
      ["access", 100.9e6, 0.0229],
      ["access", 46.4e6, 0.0162],
      ["access", 5e6, 0.0033],
      ["mobile", 17.8e6, 0.0063],
      ["mobile", 1.66e6, 0.0031],
    ] as const) {
      expect(baseShare(kind, addresses), `${kind} ${addresses}`).toBeGreaterThan(share);
    }
  });
  test("more sources in one network never make it less concentrated; texts that are no address are not placed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 5, max: 60 }), fc.nat(3e8), (inside, outside, space) => {
        const announced = new Map([[64_500, space]]);
        const chanceOf = (many: number): number | null => {
          const [addresses, labels] = placed([{ asn: 64_500, kind: "hosting", sources: many }, ...spread(outside)]);
          const { largest } = concentrationOf([...addresses, "(c0ffee)", ""], labels, announced);
          // While another network leads, one source more elsewhere makes that other one less remarkable.
          return largest?.name.startsWith("AS64500") === true ? largest.chance : null;
        };
        const [fewer, more] = [chanceOf(inside), chanceOf(inside + 1)];
        if (fewer === null) return;
        expect(more).toBeLessThanOrEqual(fewer + 1e-6);
        expect(fewer).toBeGreaterThanOrEqual(0);
        expect(fewer).toBeLessThanOrEqual(1);
      }),
    );
    expect(concentrationOf(["(00c0ffee)", ""], new Map())).toMatchObject({ placed: 0, largest: null, chance: 1 });
  });
});
