import { expect, test } from "vitest";
import { z } from "zod";
import { BACKTEST_SCHEMA, renderBacktestJson, renderBacktestText } from "./backtest.ts";

const DAY = 86_400;
const REPORT = {
  days: 42,
  span: { from: 0, to: 1000 * DAY },
  seriesCount: 2,
  upticks: 9,
  judged: [
    { time: 500 * DAY, product: "SMB", series: ["tcp/destination/445"], uptick: { series: "tcp/destination/445", start: 493 * DAY } },
    { time: 400 * DAY, product: "\u001b[2Jx", series: ["tcp/destination/1"], uptick: null },
  ],
  outside: 1,
  withoutPorts: 3,
  preceded: 1,
  rate: { share: 0.5, low: 0.1, high: 0.9 },
  baseRate: { share: 0.3, low: 0, high: 0.5 },
  pValue: 0.4,
  turns: 2000,
};

test("the rate never stands without what chance gives", () => {
  expect(renderBacktestText(REPORT)).toMatchInlineSnapshot(`
    "An uptick came within 42 days before 1 of 2 disclosures: 50 % (10 % to 90 %). Before any moment
    chance gives 30 % (0 % to 50 %).
    So much or more comes by chance with p 0.400: this history does not show that upticks told of these
    disclosures.
    History: 1970-01-01 to 1972-09-27, 2 series, 9 upticks. Left out: 1 disclosure outside of it, 3 of
    products whose ports are not known.

    disclosed   product   uptick before it     days before
    1971-05-16  SMB       tcp/destination/445          7.0
    1971-02-05  \\x1b[2Jx  –
    "
  `);
});

test("nothing judged says so, and gives no rate", () => {
  const text = renderBacktestText({ ...REPORT, judged: [], preceded: 0, rate: null, baseRate: null, pValue: null, span: null });
  expect(text).toContain("No disclosure could be judged.");
  expect(text).not.toContain("%");
});

test("JSON is what the schema says", () => {
  const schema = z.fromJSONSchema(BACKTEST_SCHEMA);
  expect(() => schema.parse(JSON.parse(renderBacktestJson(REPORT)))).not.toThrow();
});

test("names from a list reach no terminal as an escape sequence", () => {
  expect(renderBacktestText(REPORT)).not.toContain("\u001b");
  expect(renderBacktestJson(REPORT)).not.toContain("\u001b");
});
