/** What is in a store, and how large it is. */
import { type Engine, sqlText } from "./engine.ts";
import { uncounted } from "./finished-counts.ts";
import { schemaVersion } from "./migrations.ts";
import { DATABASE } from "./table.ts";
import type { SensorLiveness, StoreHealth, StoreInfo } from "./store.ts";

const DAY = 86_400;

export async function storeInfo(
  engine: Engine,
  sensors: () => Promise<readonly SensorLiveness[]>,
): Promise<Omit<StoreInfo, keyof StoreHealth>> {
  const parts = engine.cluster === null ? "system.parts" : `cluster(${sqlText(engine.cluster)}, system.parts)`;
  const tables = await engine.rows<StoreInfo["tables"][number]>(
    `SELECT replaceRegexpOne(table, '_local$', '') AS name, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM ${parts} ` +
      `WHERE active AND database = ${sqlText(DATABASE)} AND table != 'schema_migrations' GROUP BY name ORDER BY bytes DESC, name`,
  );
  const alive = await sensors();
  const lastInterval = alive.length === 0 ? null : Math.max(...alive.map(({ lastSeen }) => lastSeen));
  return {
    engine: engine.name,
    schemaVersion: await schemaVersion(engine),
    tables,
    firstInterval: alive.length === 0 ? null : Math.min(...alive.map(({ firstSeen }) => firstSeen)),
    lastInterval,
    sensors: alive,
    // What is over for less may be about to be counted
    uncounted: lastInterval === null ? { hours: 0, days: 0 } : await uncounted(engine, lastInterval - DAY),
  };
}
