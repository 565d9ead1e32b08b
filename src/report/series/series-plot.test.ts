import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleSeries, WEEK_START } from "./sample-series.fixture.ts";
import { plotColumns } from "./series-plot.ts";
import { terminalChart } from "./terminal-chart.ts";
import { recordWords, uptickSentence } from "./uptick-words.ts";

const OPTIONS = { width: 100, height: 8, colour: false, ascii: false };

test("a week by the hour in a terminal: the uptick is marked, the gap is no zero", () => {
  const lines = terminalChart(sampleSeries(), OPTIONS);
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "tcp/source/0: sources per hour
            │                                                            ▁█
        100 │                                                            ██
            │                                                            ██
            │                                                            ██
            │                                                            ██
            │            ······      ······      ······      ······      ██····      ······
            │▃▇▇▆▇▄▁    ▂▄▅▆▇▆▄▂·   ·▄▅▅█▅▄▃·· ·▂▃▅▇▇▆▄▁·  ·▂▄▅▇▆▅▅▂·· ·▂██▆▇▆▄▃·· ·▁▄▅█▇▇▄▁·· ·▁
          0 │███████▇▆▇██████████   █████████▆▇██████████▇▅▆█████████▇▇▇█████████▇▅███████████▆▇█
            └────────────────────???─────────────────────────────────────▲▲──────────────────────
             2013-10-28 00:00        2013-10-30              2013-11-01              2013-11-03"
  `);
});

test("in ASCII there is nothing beyond it", () => {
  // eslint-disable-next-line no-control-regex
  expect(terminalChart(sampleSeries(), { ...OPTIONS, ascii: true }).join("")).toMatch(/^[\x20-\x7e]*$/);
});

test("no line is wider than the terminal, whatever the series", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(5000), fc.double({ min: 0, max: 1e9, noNaN: true })), { maxLength: 60 }),
      fc.integer({ min: 30, max: 200 }),
      (pairs, width) => {
        const points = [...new Map(pairs)].toSorted(([a], [b]) => a - b);
        const series = {
          ...sampleSeries(),
          points: points.map(([hour, value]) => ({ time: WEEK_START + 3600 * hour, value, expected: null, low: null, high: null })),
        };
        for (const line of terminalChart(series, { ...OPTIONS, width })) expect(line.length).toBeLessThanOrEqual(Math.max(width, 30));
      },
    ),
  );
});

test("a peak is never averaged away", () => {
  const drawn = plotColumns(sampleSeries(), 12)!;
  expect(Math.max(...drawn.columns.map((column) => column?.value ?? 0))).toBe(Math.max(...sampleSeries().points.map(({ value }) => value)));
  expect(drawn.columns.filter((column) => column?.isUptick === true)).toHaveLength(1);
});

test("records in words: of all, of a time, of less than a day", () => {
  const [uptick] = sampleSeries().upticks;
  expect(recordWords(uptick!)).toBe("highest of all 412 days seen (since 2012-09-16)");
  expect(recordWords({ ...uptick!, record: { rank: 3, since: uptick!.peakTime - 40 * 86_400, ofAll: false } })).toBe(
    "highest in 40 days; highest since 2013-09-23",
  );
  expect(recordWords({ ...uptick!, record: { rank: 3, since: uptick!.peakTime - 3600, ofAll: false } })).toBe(null);
  expect(uptickSentence(uptick!)).toMatchInlineSnapshot(
    `"tcp/source/0: surge from 2013-11-02 01:00:00 to 2013-11-02 04:00:00, peak 130 at 2013-11-02 02:00:00, expected 25 (p 3e-12), highest of all 412 days seen (since 2012-09-16)"`,
  );
});
