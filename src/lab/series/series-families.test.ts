import { describe, expect, test } from "vitest";
import { duty } from "./series-event.ts";
import { SERIES_FAMILIES, seriesCatalogue, SURGE_DURATIONS, SURGE_FACTORS } from "./series-families.ts";

const DAY = 86_400;

describe("the catalogue of series", () => {
  const catalogue = seriesCatalogue(1);

  test("has all families, with names of their own", () => {
    expect(new Set(catalogue.map(({ family }) => family))).toEqual(new Set(SERIES_FAMILIES));
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
  });

  test("has every factor with every duration, more than once", () => {
    const surges = catalogue.flatMap(({ plan }) => plan.events).filter(({ kind }) => kind === "surge");
    for (const factor of SURGE_FACTORS) {
      for (const hours of SURGE_DURATIONS) {
        const these = surges.filter((one) => one.factor === factor && one.end - one.start === hours * 3600);
        expect(these.length, `x${factor}, ${hours} h`).toBeGreaterThan(3);
      }
    }
  });

  test("events lie within their series, on buckets; what is to be found does not overlap", () => {
    for (const { name, plan, judgedFrom } of catalogue) {
      const end = plan.start + plan.days * DAY;
      expect(judgedFrom, name).toBeGreaterThan(plan.start);
      const wanted = plan.events.filter(({ kind }) => duty(kind) === "find").sort((a, b) => a.start - b.start);
      wanted.forEach((event, index) => {
        expect((event.start - plan.start) % plan.bucket, name).toBe(0);
        expect(event.start, name).toBeGreaterThanOrEqual(plan.start);
        expect(event.end, name).toBeLessThanOrEqual(end);
        const next = wanted[index + 1];
        if (next !== undefined) expect(next.start, name).toBeGreaterThan(event.end + DAY);
      });
    }
  });

  test("series without events have none, whatever their family's name", () => {
    for (const { name, family, plan, judgedFrom } of catalogue) {
      const found = plan.events.filter(({ kind, start }) => duty(kind) === "find" && start >= judgedFrom);
      if (["quiet", "near-zero", "weekly-peaks", "holidays", "clock-change", "glitches", "patch-days"].includes(family)) {
        expect(found, name).toEqual([]);
      }
    }
  });

  test("one series is the same with and without the others, and other seeds give others", () => {
    const one = catalogue.find(({ name }) => name === "quiet-1h-3@1");
    const again = seriesCatalogue(1).find(({ name }) => name === "quiet-1h-3@1");
    expect(one?.make().values).toEqual(again?.make().values);
    expect(seriesCatalogue(2).find(({ name }) => name === "quiet-1h-3@2")?.plan.level).not.toBe(one?.plan.level);
  });

  test("the event of November 2013 is three hours, five-fold, after nearly a year without", () => {
    const november = catalogue.find(({ family }) => family === "november-2013");
    const [surge] = november?.plan.events ?? [];
    expect(surge).toMatchObject({ kind: "surge", factor: 5, start: Date.UTC(2013, 10, 2, 1) / 1000, end: Date.UTC(2013, 10, 2, 4) / 1000 });
    expect((november?.judgedFrom ?? 0) - (november?.plan.start ?? 0)).toBe(28 * DAY);
  });
});
