/** Where recall is lost in `bench:uptick`: surges found by us and by the oracle, by what the series is like. */
import type { LabSeries } from "../src/lab/series/series-families.ts";
import type { SeriesEvent } from "../src/lab/series/series-event.ts";
import type { Tally } from "./uptick-tally.ts";

const DAY = 86_400;

interface Aspect {
  readonly name: string;
  readonly of: (series: LabSeries, event: SeriesEvent) => string;
}

const ASPECTS: readonly Aspect[] = [
  { name: "bucket, seconds", of: ({ plan }) => String(plan.bucket) },
  { name: "mean of a bucket", of: ({ plan }) => decade(plan.level) },
  { name: "size of the negative binomial", of: ({ plan }) => between(plan.size, [3, 10, 30]) },
  { name: "strength of the daily wave", of: ({ plan }) => between(plan.hourly, [0.4, 0.8]) },
  { name: "drift", of: ({ plan }) => between(plan.drift, [0.1, 0.2]) },
  { name: "days of history before the surge", of: ({ plan }, { start }) => between((start - plan.start) / DAY, [28, 60, 180, 365]) },
  { name: "shape", of: (_, event) => (event.kind === "surge" ? event.shape : "none") },
  {
    name: "surges before it",
    of: ({ plan }, { start }) => between(plan.events.filter((one) => one.kind === "surge" && one.start < start).length, [1, 5, 10]),
  },
];

/** Markdown, a line a class: how many surges, found by us, found by the oracle, and our share of it. */
export function breakdown(ours: Tally, oracle: Tally): string {
  const sections = ASPECTS.map(({ name, of }) => {
    const classes = new Set(surgesOf(oracle).map(({ series, event }) => of(series, event)));
    const lines = [...classes]
      .sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b))
      .map((one) => {
        const isOne = (series: LabSeries, event: SeriesEvent): boolean => event.kind === "surge" && of(series, event) === one;
        const us = ours.found(({ event }, series) => isOne(series, event));
        const them = oracle.found(({ event }, series) => isOne(series, event));
        return `| ${one} | ${us.of} | ${us.found} | ${them.found} | ${((100 * us.found) / them.found).toFixed(0)} % |\n`;
      });
    return `| ${name} | surges | we | the oracle | share |\n|---|---|---|---|---|\n${lines.join("")}`;
  });
  return sections.join("\n");
}

function surgesOf(tally: Tally): { readonly series: LabSeries; readonly event: SeriesEvent }[] {
  return tally.judged.flatMap(({ series, findings }) =>
    findings.filter(({ event }) => event.kind === "surge").map(({ event }) => ({ series, event })),
  );
}

/** `1 to 10`. */
function decade(value: number): string {
  const power = Math.floor(Math.log10(value));
  return `${Number((10 ** power).toPrecision(1))} to ${Number((10 ** (power + 1)).toPrecision(1))}`;
}

function between(value: number, limits: readonly number[]): string {
  const above = limits.filter((limit) => value >= limit);
  const low = above.at(-1) ?? 0;
  const high = limits[above.length];
  return high === undefined ? `${low} and more` : `${low} to ${high}`;
}
