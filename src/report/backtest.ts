/** A backtest in words and for programs: the share that was preceded never stands without what chance gives. */
import { z } from "zod";
import { escapeJson } from "./escape.ts";
import type { RenderOptions } from "./options.ts";
import { count, counted, dateTime, isoTime, percent } from "./quantity.ts";
import { count as whole, time } from "./schema-shapes.ts";
import { Screen } from "./text/screen.ts";

const share = z.looseObject({ share: z.number(), low: z.number(), high: z.number() }).nullable();
const backtestShape = z.looseObject({
  schema: z.literal("precursor.backtest/1"),
  days: z.number().describe("how long before a disclosure an uptick counts"),
  span: z.looseObject({ from: time, to: time }).nullable().describe("what history covers"),
  series: whole,
  upticks: whole,
  judged: whole.describe("disclosures whose window history covers"),
  outside: whole,
  withoutPorts: whole,
  preceded: whole,
  rate: share.describe("share of the judged that were preceded, Wilson's 95 % interval"),
  baseRate: share.describe("the same over turned calendars: mean, and the middle 95 % of chance"),
  pValue: z.number().nullable().describe("share of turns that did as well or better"),
  turns: whole,
  disclosures: z.array(
    z.looseObject({
      time,
      product: z.string(),
      series: z.array(z.string()),
      uptick: z.looseObject({ series: z.string(), start: time }).nullable(),
    }),
  ),
});

/** JSON Schema, draft 2020-12. */
export const BACKTEST_SCHEMA: Readonly<Record<string, unknown>> = {
  $id: "urn:precursor:backtest:1",
  title: "precursor.backtest/1",
  ...z.toJSONSchema(backtestShape, { target: "draft-2020-12" }),
};

interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** What is told; all times seconds since 1970. */
export interface BacktestReport {
  readonly days: number;
  readonly span: { readonly from: number; readonly to: number } | null;
  readonly seriesCount: number;
  readonly upticks: number;
  readonly judged: readonly {
    readonly time: number;
    readonly product: string;
    readonly series: readonly string[];
    readonly uptick: { readonly series: string; readonly start: number } | null;
  }[];
  readonly outside: number;
  readonly withoutPorts: number;
  readonly preceded: number;
  readonly rate: Share | null;
  readonly baseRate: Share | null;
  readonly pValue: number | null;
  readonly turns: number;
}

export function renderBacktestJson({ judged, span, seriesCount, rate, baseRate, ...rest }: BacktestReport): string {
  const value: z.infer<typeof backtestShape> = {
    schema: "precursor.backtest/1",
    ...rest,
    rate: rate === null ? null : { ...rate },
    baseRate: baseRate === null ? null : { ...baseRate },
    span: span === null ? null : { from: isoTime(span.from), to: isoTime(span.to) },
    series: seriesCount,
    judged: judged.length,
    disclosures: judged.map(({ time: at, product, series, uptick }) => ({
      time: isoTime(at),
      product,
      series: [...series],
      uptick: uptick === null ? null : { series: uptick.series, start: isoTime(uptick.start) },
    })),
  };
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`;
}

/** Disclosures listed, at most: those that were preceded first. */
const DEFAULT_ROWS = 20;
/** Below it, a share this much above chance is called unlikely to be chance. */
const SIGNIFICANT = 0.05;
const DAY = 86_400;

export function renderBacktestText(report: BacktestReport, options: RenderOptions = {}): string {
  const { days, span, seriesCount, upticks, judged, outside, withoutPorts, preceded, rate, baseRate, pValue } = report;
  const screen = new Screen(options);
  if (rate === null || baseRate === null || pValue === null) {
    screen.line([{ text: "No disclosure could be judged.", style: "bold" }]);
  } else {
    screen.paragraph(
      `An uptick came within ${days} days before ${count(preceded)} of ${counted(judged.length, "disclosure")}: ${percent(rate.share)} (${percent(rate.low)} to ${percent(rate.high)}). Before any moment chance gives ${percent(baseRate.share)} (${percent(baseRate.low)} to ${percent(baseRate.high)}).`,
      { indent: 0 },
    );
    screen.paragraph(
      pValue <= SIGNIFICANT
        ? `So much would come by chance with p ${small(pValue)}: upticks told of these disclosures more often than chance.`
        : `So much or more comes by chance with p ${small(pValue)}: this history does not show that upticks told of these disclosures.`,
      { indent: 0 },
    );
  }
  screen.paragraph(
    `${span === null ? "There is no history" : `History: ${dateTime(span.from).slice(0, 10)} to ${dateTime(span.to).slice(0, 10)}`}, ${counted(seriesCount, "series", "series")}, ${counted(upticks, "uptick")}. Left out: ${counted(outside, "disclosure")} outside of it, ${count(withoutPorts)} of products whose ports are not known.`,
    { indent: 0 },
  );
  if (judged.length === 0) return screen.toString();
  screen.blank();
  const limit = options.limit ?? DEFAULT_ROWS;
  const shown = judged.toSorted((a, b) => Number(b.uptick !== null) - Number(a.uptick !== null) || b.time - a.time).slice(0, limit);
  screen.table(
    [{ title: "disclosed" }, { title: "product", shrinkTo: 16 }, { title: "uptick before it" }, { title: "days before", align: "right" }],
    shown.map(({ time: at, product, uptick }) => [
      dateTime(at).slice(0, 10),
      product,
      uptick === null ? "–" : uptick.series,
      uptick === null ? "" : ((at - uptick.start) / DAY).toFixed(1),
    ]),
    0,
  );
  if (judged.length > shown.length) screen.line([{ text: `and ${count(judged.length - shown.length)} more`, style: "dim" }]);
  return screen.toString();
}

function small(value: number): string {
  return value < 0.001 ? "below 0.001" : value.toFixed(3);
}
