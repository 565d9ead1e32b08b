/** Merging by hand: what is over its time goes, small parts become large ones, and counts that lack are made. */
import type { Engine } from "./engine.ts";
import { ALL_TIMES, finish } from "./finished-counts.ts";
import { DEFAULT_RETENTION } from "./rollups.ts";
import { tablesOf } from "./schema.ts";
import { DATABASE } from "./table.ts";

export async function compactTables(engine: Engine): Promise<void> {
  await finish(engine, ALL_TIMES);
  for (const table of tablesOf(DEFAULT_RETENTION)) {
    if (table.engine === "Null") continue;
    await engine.runEverywhere(`OPTIMIZE TABLE ${DATABASE}.${engine.cluster === null ? table.name : `${table.name}_local`} FINAL`);
  }
}
