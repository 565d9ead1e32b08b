import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HypothesisId } from "../model/assessment.ts";
import { EVIDENCE } from "./evidence.ts";
import { EVIDENCE_TABLE, type EvidenceId, OVERLAPS, PRIORS, type Weight } from "./evidence-table.ts";
import { HYPOTHESES } from "./hypotheses.ts";
import { countedOf, type Observed } from "./likelihood.ts";
import { OUTLOOK_TABLE } from "./outlook-table.ts";
import { priorsOf } from "./priors.ts";
import { QUESTIONS } from "./questions.ts";

const IDS = Object.keys(PRIORS) as HypothesisId[];
const TABLE: Readonly<Record<string, Weight>> = EVIDENCE_TABLE;

describe("the table of evidence", () => {
  test("has every item of the code and no orphan, each once", () => {
    const coded = EVIDENCE.map(({ id }) => id);
    expect(new Set(coded).size).toBe(coded.length);
    expect(coded.toSorted()).toEqual(Object.keys(EVIDENCE_TABLE).toSorted());
  });
  test.each(Object.entries(TABLE))(
    "%s has a source, a group, and ratios of known hypotheses that a careful analyst would accept",
    (_, weight) => {
      expect(weight.source.length).toBeGreaterThan(5);
      expect(weight.group).toMatch(/^[a-z-]+$/);
      const ratios = Object.entries(weight.ratios);
      expect(ratios.length).toBeGreaterThan(0);
      for (const [id, ratio] of ratios) {
        expect(IDS).toContain(id);
        // Nothing that is seen in a few minutes is worth more than two hundred to one.
        expect(ratio).toBeGreaterThanOrEqual(1 / 200);
        expect(ratio).toBeLessThanOrEqual(200);
      }
    },
  );
  test("names its sources in one place: no file of evidence holds a ratio", () => {
    for (const name of ["presence", "port-zero", "who", "how", "floods", "beyond"])
      expect(readFileSync(new URL(`evidence/${name}.ts`, import.meta.url), "utf8")).not.toMatch(/ratios|source:/);
  });
  test("priors are those of the hypotheses, and add up to one", () => {
    expect(IDS.toSorted()).toEqual(HYPOTHESES.map(({ id }) => id).toSorted());
    expect(Object.values(PRIORS).reduce((sum, prior) => sum + prior, 0)).toBeCloseTo(1, 9);
  });
  test("overlaps are of groups that there are, and keep a part", () => {
    const groups = new Set(Object.values(TABLE).map(({ group }) => group));
    for (const { group, with: other, keeps } of OVERLAPS) {
      expect([groups.has(group), groups.has(other), group === other]).toEqual([true, true, false]);
      expect(keeps).toBeGreaterThan(0);
      expect(keeps).toBeLessThan(1);
    }
  });
  test("questions have answers of the table that leave room for one that says nothing", () => {
    for (const { asks, answers } of Object.values(QUESTIONS)) {
      expect(asks).not.toBe("");
      const often = answers.map(([, share]) => share as number).reduce((sum, share) => sum + share, 0);
      expect(often).toBeGreaterThan(0);
      expect(often).toBeLessThan(1);
      for (const [item] of answers) expect(EVIDENCE_TABLE[item as EvidenceId]).toBeDefined();
    }
  });
  test("what comes next has a source and a base rate, and a number only within bounds", () => {
    for (const { readings, baseRate, source, probability, horizonSeconds } of OUTLOOK_TABLE) {
      for (const id of readings) expect(IDS).toContain(id);
      expect(Math.min(baseRate.length, source.length)).toBeGreaterThan(10);
      if (probability !== null) {
        expect(probability.low).toBeGreaterThan(0);
        expect(probability.low).toBeLessThanOrEqual(probability.high);
        expect(probability.high).toBeLessThanOrEqual(1);
        expect(horizonSeconds).not.toBeNull();
      }
    }
    for (const id of IDS) expect(OUTLOOK_TABLE.some(({ readings }) => (readings as readonly string[]).includes(id))).toBe(true);
  });
});

describe("dependence", () => {
  const item = (group: string, ratio: number): Observed => ({
    id: group,
    group,
    ratios: { ddos: ratio },
    strength: 1,
    sentence: "",
    source: "",
  });
  test("groups that overlap keep a part of their weight, and only where both count", () => {
    const overlaps = [{ group: "growth", with: "history", keeps: 0.6 }];
    expect(countedOf([item("growth", 4)], overlaps)).toMatchObject([{ keeps: 1, overlaps: null }]);
    expect(countedOf([item("history", 2), item("growth", 4)], overlaps)).toMatchObject([
      { group: "history", keeps: 1 },
      { group: "growth", keeps: 0.6, overlaps: "history" },
    ]);
  });
});

describe("priors", () => {
  test("those given stand, the others share the rest in proportion", () => {
    const priors = priorsOf({ research: 0.5 });
    expect(priors.research).toBeCloseTo(0.5, 9);
    expect(priors.ordinary / priors.ddos).toBeCloseTo(PRIORS.ordinary / PRIORS.ddos, 9);
  });
  test("always add up to one", () => {
    const given = fc.dictionary(fc.constantFrom(...IDS), fc.double({ min: 1e-6, max: 10, noNaN: true }));
    fc.assert(
      fc.property(given, (some) => {
        const sum = Object.values(priorsOf(some)).reduce((total, prior) => total + prior, 0);
        expect(sum).toBeCloseTo(1, 9);
      }),
    );
  });
});
