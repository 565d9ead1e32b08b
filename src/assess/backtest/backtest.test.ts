import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../../lab/random.ts";
import { backtest, type Disclosure } from "./backtest.ts";
import { productPorts } from "./product-ports.ts";

const DAY = 86_400;
const SPAN = { from: 0, to: 1000 * DAY };
const at = (day: number, series: string = "tcp/destination/443"): Disclosure => ({ time: day * DAY, product: "X", series: [series] });

test("upticks that come a week before each of ten disclosures are told from chance", () => {
  const days = Array.from({ length: 10 }, (_, index) => 100 + 87 * index);
  const result = backtest({
    disclosures: days.map((day) => at(day)),
    upticks: new Map([["tcp/destination/443", days.map((day) => (day - 7) * DAY)]]),
    span: SPAN,
    days: 21,
  });
  expect(result.preceded).toBe(10);
  expect(result.rate!.low).toBeGreaterThan(0.7);
  // Ten windows of 21 days in 1,000: a fifth of all moments have an uptick before them.
  expect(result.baseRate!.share).toBeCloseTo(0.21, 1);
  expect(result.judged[0]!.uptick).toEqual({ series: "tcp/destination/443", start: 93 * DAY });
});

test("upticks on other ports, or after the disclosure, do not count", () => {
  const upticks = new Map([
    ["tcp/destination/22", [95 * DAY]],
    ["tcp/destination/443", [100 * DAY, 70 * DAY]],
  ]);
  expect(backtest({ disclosures: [at(100)], upticks, span: SPAN, days: 21 }).preceded).toBe(0);
});

test("an uptick every week comes before every disclosure, and means nothing", () => {
  const weekly = Array.from({ length: 142 }, (_, index) => index * 7 * DAY);
  const result = backtest({
    disclosures: [at(200), at(400), at(600)],
    upticks: new Map([["tcp/destination/443", weekly]]),
    span: SPAN,
    days: 21,
  });
  expect(result.rate!.share).toBe(1);
  expect(result.baseRate!.share).toBe(1);
  expect(result.pValue).toBe(1);
});

test("disclosures whose window history does not cover are counted, not judged", () => {
  const result = backtest({ disclosures: [at(10), at(1001)], upticks: new Map(), span: SPAN, days: 21 });
  expect(result).toMatchObject({ outside: 2, judged: [], rate: null, baseRate: null, pValue: null });
});

test("where upticks and disclosures have nothing to do with each other, small p-values are rare", () => {
  const random = new Random(20131102);
  let small = 0;
  const runs = 200;
  for (let run = 0; run < runs; run++) {
    const starts = Array.from({ length: 12 }, () => random.uniform() * SPAN.to);
    const disclosures = Array.from({ length: 8 }, () => at(30 + random.uniform() * 969));
    const { pValue } = backtest({ disclosures, upticks: new Map([["tcp/destination/443", starts]]), span: SPAN, days: 21 });
    if (pValue! <= 0.05) small++;
  }
  expect(small / runs).toBeLessThan(0.1);
});

test("the base rate of one disclosure is the share of time that lies behind an uptick", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 999 }), { maxLength: 20 }), (days) => {
      const result = backtest({
        disclosures: [at(500)],
        upticks: new Map([["tcp/destination/443", days.map((day) => day * DAY)]]),
        span: SPAN,
        days: 20,
      });
      const covered = new Set(days.flatMap((day) => Array.from({ length: 20 }, (_, index) => (day + index) % 1000)));
      expect(result.baseRate!.share).toBeCloseTo(covered.size / 1000, 2);
    }),
  );
});

test("products are found by vendor and name; one that nobody knows has no ports", () => {
  expect(productPorts("Fortinet", "FortiOS")).toContain("tcp/443");
  expect(productPorts("Oracle", "WebLogic Server")).toContain("tcp/7001");
  expect(productPorts("Adobe", "Flash Player")).toEqual([]);
});
