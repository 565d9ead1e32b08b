/** What is in a store, and how large it is. */
import { type Engine, sqlText } from "./engine.ts";
import { schemaVersion } from "./migrations.ts";
import { DATABASE } from "./table.ts";
import type { SensorLiveness, StoreInfo } from "./store.ts";

export async function storeInfo(engine: Engine, sensors: () => Promise<readonly SensorLiveness[]>): Promise<StoreInfo> {
  const parts = engine.cluster === null ? "system.parts" : `cluster(${sqlText(engine.cluster)}, system.parts)`;
  const tables = await engine.rows<StoreInfo["tables"][number]>(
    `SELECT replaceRegexpOne(table, '_local$', '') AS name, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM ${parts} ` +
      `WHERE active AND database = ${sqlText(DATABASE)} AND table != 'schema_migrations' GROUP BY name ORDER BY bytes DESC, name`,
  );
  const alive = await sensors();
  return {
    engine: engine.name,
    schemaVersion: await schemaVersion(engine),
    tables,
    firstInterval: alive.length === 0 ? null : Math.min(...alive.map(({ firstSeen }) => firstSeen)),
    lastInterval: alive.length === 0 ? null : Math.max(...alive.map(({ lastSeen }) => lastSeen)),
    sensors: alive,
  };
}
