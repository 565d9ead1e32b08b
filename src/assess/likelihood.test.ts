import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HypothesisId } from "../model/assessment.ts";
import { concentrationOf } from "./concentration.ts";
import { addresses, labelled } from "./findings.fixture.ts";
import { PRIORS } from "./evidence-table.ts";
import { HYPOTHESES } from "./hypotheses.ts";
import { type Observed, posterior, strongestOfGroups } from "./likelihood.ts";
import { duration, estimativeWords, listed, percent, plural } from "./words.ts";

const IDS = HYPOTHESES.map((kind) => kind.id);
const KINDS = IDS.map((id) => ({ id, prior: PRIORS[id] }));
const anyItem = fc
  .record({
    id: fc.string(),
    group: fc.string(),
    ratios: fc.dictionary(fc.constantFrom(...IDS), fc.double({ min: 0.01, max: 100, noNaN: true })),
    strength: fc.double({ min: 0.01, max: 1, noNaN: true }),
  })
  .map((fields): Observed => ({ ...fields, sentence: "", source: "" }));

describe("likelihood", () => {
  test("without evidence there are the priors, which add up to one", () => {
    expect(KINDS.reduce((sum, { prior }) => sum + prior, 0)).toBeCloseTo(1, 9);
    const probabilities = posterior(KINDS, []);
    for (const [index, { prior }] of KINDS.entries()) expect(probabilities[index]).toBeCloseTo(prior, 9);
  });
  test("an item that speaks most for a reading never lowers it", () => {
    fc.assert(
      fc.property(
        fc.array(anyItem, { maxLength: 12 }),
        fc.constantFrom(...IDS),
        fc.double({ min: 1, max: 100, noNaN: true }),
        (items, id, ratio) => {
          const counted = strongestOfGroups(items);
          const support: Observed = {
            id: "new",
            group: "a group of its own \u0000",
            ratios: { [id]: ratio },
            strength: 1,
            sentence: "",
            source: "",
          };
          const at = IDS.indexOf(id);
          expect(posterior(KINDS, [...counted, support])[at] ?? 0).toBeGreaterThanOrEqual((posterior(KINDS, counted)[at] ?? 1) - 1e-12);
        },
      ),
    );
  });
  test("dependent items count once, as the strongest", () => {
    const item = (id: string, ratio: number, strength: number): Observed => ({
      id,
      group: "tool",
      ratios: { ddos: ratio },
      strength,
      sentence: "",
      source: "",
    });
    const counted = strongestOfGroups([item("weak", 2, 1), item("against", 0.01, 0.9), item("faint", 1000, 0.1), item("absent", 1e9, 0)]);
    expect(counted.map(({ id }) => id)).toEqual(["against"]);
  });
});

describe("words", () => {
  test.each([
    [0, "almost no chance"],
    [0.0499, "almost no chance"],
    [0.05, "very unlikely"],
    [0.2, "unlikely"],
    [0.45, "roughly even chance"],
    [0.55, "likely"],
    [0.8, "very likely"],
    [0.95, "almost certain"],
    [1, "almost certain"],
  ])("%d is %s", (probability, words) => {
    expect(estimativeWords(probability)).toBe(words);
  });
  test("numbers read as people write them", () => {
    expect([plural(1, "source"), plural(24_118, "source"), plural(2, "address", "addresses")]).toEqual([
      "1 source",
      "24,118 sources",
      "2 addresses",
    ]);
    expect([percent(0), percent(0.001), percent(0.5), percent(0.999), percent(1)]).toEqual([
      "0 %",
      "under 1 %",
      "50 %",
      "over 99 %",
      "100 %",
    ]);
    expect([duration(0.2), duration(1), duration(90), duration(600), duration(10_800), duration(259_200)]).toEqual([
      "less than a second",
      "1 second",
      "90 seconds",
      "10 minutes",
      "3 hours",
      "3 days",
    ]);
    expect([listed([]), listed(["a"]), listed(["a", "b", "c"])]).toEqual(["", "a", "a, b and c"]);
  });
});

describe("concentration", () => {
  test("371 of 412 in one network is no accident", () => {
    const inside = addresses(371, 1);
    const all = [...inside, ...addresses(41, 1, 0x20_00_00_01)];
    const labels = new Map(all.map((address, index) => [address, labelled(index < 371 ? 29_073 : index, "x")]));
    expect(concentrationOf(all, labels)).toMatchObject({ placed: 412, networks: 42, largest: { name: "AS29073, x", sources: 371 } });
    expect(concentrationOf(all, labels).chance).toBeLessThan(1e-100);
  });
  test("a handful, one a network, and texts that are no address say nothing", () => {
    expect(concentrationOf(["1.1.1.1", "1.1.1.2"], new Map()).chance).toBe(1);
    expect(concentrationOf(addresses(40, 3), new Map()).chance).toBeGreaterThan(0.5);
    expect(concentrationOf(["(00c0ffee)", ""], new Map())).toMatchObject({ placed: 0, largest: null });
    const ids: HypothesisId[] = IDS;
    expect(ids).toHaveLength(10);
  });
});
