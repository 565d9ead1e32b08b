/**
 * Summaries made from history that is there already: of a store of tables before version 3, or of its backup. From then on views keep them.
 * Each node makes its own from its own, a month at a time, so that memory is bounded. The engine's memory of inserts is a table's own: a
 * batch that was under way when an older version was killed, and is sent again to this one, is new to summaries alone. So they hold nothing
 * that is told as a number: they say where to look, or merge to the same.
 */
import type { Engine } from "./engine.ts";
import { heavyState, HEAVY_WITHOUT, NETWORK, RESOLUTIONS } from "./rollups.ts";
import { livenessColumns, summaryTables } from "./schema.ts";
import { DEFAULT_RETENTION } from "./rollups.ts";
import { DATABASE, localName } from "./table.ts";

/** From a table to one that is made from it; `at` says which rows. */
interface Filling {
  readonly from: string;
  readonly to: string;
  readonly insert: (from: string, to: string, at: string) => string;
}

/**
 * Visits are known from five minutes alone: movers of a time before those were kept are found by the sources that rose in it, not by those
 * that it rose from.
 */
const FILLINGS: readonly Filling[] = RESOLUTIONS.filter(({ seconds }) => seconds > 300).flatMap(({ seconds, suffix }): Filling[] => [
  {
    from: `activity_${suffix}`,
    to: `heavy_${suffix}`,
    insert: (from, to, at) =>
      `INSERT INTO ${to} (time, sensor, sources, networks, written) SELECT slice.time AS time, sensor, ` +
      `${heavyState("source", "sources")}, ${heavyState(NETWORK, "networks")}, max(slice.written) AS written ` +
      `FROM ${from} AS slice WHERE NOT (${HEAVY_WITHOUT}) AND ${at} GROUP BY time, sensor`,
  },
  {
    from: "series_5m",
    to: `visits_${suffix}`,
    insert: (from, to, at) =>
      `INSERT INTO ${to} (time, series, packets, visits, written) ` +
      `SELECT toStartOfInterval(slice.time, INTERVAL ${seconds} SECOND) AS time, series, sum(slice.packets) AS packets, ` +
      `sum(finalizeAggregation(slice.sources)) AS visits, max(slice.written) AS written FROM ${from} AS slice WHERE ${at} GROUP BY time, series`,
  },
  {
    from: "liveness",
    to: `liveness_${suffix}`,
    insert: (from, to, at) =>
      `INSERT INTO ${to} (time, sensor, first_seen, last_seen, intervals) ` +
      `SELECT ${livenessColumns(seconds)} FROM ${from} AS slice WHERE ${at} GROUP BY time, sensor`,
  },
]);

/** `without-liveness`: where liveness was put back row by row, its views have done it. */
export async function fillSummaries(engine: Engine, which: "all" | "without-liveness"): Promise<void> {
  for (const { name } of summaryTables(DEFAULT_RETENTION)) {
    if (which === "all" || !name.startsWith("liveness"))
      await engine.runEverywhere(`TRUNCATE TABLE ${DATABASE}.${localName(engine, name)}`);
  }
  for (const { from, to, insert } of FILLINGS) {
    if (which !== "all" && from === "liveness") continue;
    const months = await monthsOf(engine, from);
    const local = (name: string): string => `${DATABASE}.${localName(engine, name)}`;
    for (const month of months) await engine.runEverywhere(insert(local(from), local(to), `toYYYYMM(slice.time) = ${month}`));
  }
}

/** Months that a table has rows of, as 201311. */
export async function monthsOf(engine: Engine, table: string): Promise<readonly number[]> {
  const [months = []] = await engine.columns(`SELECT DISTINCT toYYYYMM(time) AS month FROM ${DATABASE}.${table} ORDER BY month`);
  return months;
}
