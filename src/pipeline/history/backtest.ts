/** `backtest`: when upticks began, in the store's history or in a table of series, against when vulnerabilities became known. */
import { backtest, type Backtest, type Disclosure } from "../../assess/backtest/backtest.ts";
import { UPTICK_DEFAULTS } from "../../detect/uptick/options.ts";
import { seriesNumber } from "../../model/series.ts";
import type { Store } from "../../store/store.ts";
import { findUpticks } from "../uptick.ts";
import { readPast } from "./past.ts";

export interface BacktestRun {
  readonly disclosures: readonly Disclosure[];
  readonly days: number;
}

export interface BacktestOutcome extends Backtest {
  /** What history covers, seconds since 1970; null where there is none. */
  readonly span: { readonly from: number; readonly to: number } | null;
  readonly seriesCount: number;
  readonly upticks: number;
}

/** Upticks of the series in a table as `uptick` reads it; series are named `tcp/destination/443`, or `tcp/443`, or by the port alone. */
export async function backtestTable(input: string, run: BacktestRun): Promise<BacktestOutcome> {
  const { events, series } = await findUpticks({
    input,
    bucketSeconds: null,
    fillZero: false,
    minCount: UPTICK_DEFAULTS.minCount,
    falseEventsAYear: UPTICK_DEFAULTS.falseEventsAYear,
    keepPoints: false,
  });
  const span = {
    from: Math.min(...series.map(({ first }) => first)),
    to: Math.max(...series.map(({ last }) => last)),
  };
  return judged(
    run,
    span,
    series.length,
    Map.groupBy(events, (event) => wholeName(event.series)),
  );
}

/** Upticks, by the hour, of the sources of the series that disclosures name. @throws StoreError */
export async function backtestStore(store: Store, run: BacktestRun): Promise<BacktestOutcome> {
  const { firstInterval, lastInterval } = await store.info();
  const names = [...new Set(run.disclosures.flatMap(({ series }) => series))];
  if (firstInterval === null || lastInterval === null) return judged(run, null, 0, new Map());
  const span = { from: firstInterval, to: lastInterval };
  const upticks = new Map<string, readonly { readonly start: number }[]>();
  for (const name of names) {
    const series = seriesNumber(name);
    if (series === null) continue;
    const past = await readPast(store, {
      series,
      range: { ...span, to: span.to + 1 },
      measure: "sources",
      resolution: 3600,
      sensors: null,
    });
    upticks.set(name, past.upticks);
  }
  return judged(run, span, names.length, upticks);
}

function judged(
  { disclosures, days }: BacktestRun,
  span: BacktestOutcome["span"],
  seriesCount: number,
  upticks: ReadonlyMap<string, readonly { readonly start: number }[]>,
): BacktestOutcome {
  const starts = new Map([...upticks].map(([name, events]) => [name, events.map(({ start }) => start)]));
  const total = [...starts.values()].reduce((sum, one) => sum + one.length, 0);
  const result = backtest({ disclosures, upticks: starts, span: span ?? { from: 0, to: 0 }, days });
  return { ...result, span, seriesCount, upticks: total };
}

function wholeName(name: string): string {
  if (/^\d{1,5}$/.test(name)) return `tcp/destination/${name}`;
  return name.replace(/^(tcp|udp)\/(\d{1,5})$/, "$1/destination/$2");
}
