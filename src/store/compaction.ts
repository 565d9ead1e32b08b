/** Merging by hand: what is over its time goes, and small parts become large ones. */
import type { Engine } from "./engine.ts";
import { DEFAULT_RETENTION } from "./rollups.ts";
import { tablesOf } from "./schema.ts";
import { DATABASE } from "./table.ts";

export async function compactTables(engine: Engine): Promise<void> {
  for (const table of tablesOf(DEFAULT_RETENTION)) {
    if (table.engine === "Null") continue;
    await engine.runEverywhere(`OPTIMIZE TABLE ${DATABASE}.${engine.cluster === null ? table.name : `${table.name}_local`} FINAL`);
  }
}
