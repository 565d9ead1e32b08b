/** How long rows are kept, changed on tables that are there. What is over its time goes with the next merges, or with compacting. */
import { type Engine, sqlText } from "./engine.ts";
import { type Retention } from "./rollups.ts";
import { tablesOf } from "./schema.ts";
import { DATABASE } from "./table.ts";

const DAYS = /\bTTL\b.*?toIntervalDay\((\d+)\)/s;

export async function applyRetention(engine: Engine, retention: Retention): Promise<void> {
  const statements = await engine.rows<{ name: string; statement: string }>(
    `SELECT name, create_table_query AS statement FROM system.tables WHERE database = ${sqlText(DATABASE)}`,
  );
  const statementOf = new Map(statements.map(({ name, statement }) => [name, statement]));
  for (const table of tablesOf(retention)) {
    if (table.engine === "Null") continue;
    const name = engine.cluster === null ? table.name : `${table.name}_local`;
    const found = DAYS.exec(statementOf.get(name) ?? "")?.[1] ?? null;
    const wanted = /INTERVAL (\d+) DAY/.exec(table.ttl ?? "")?.[1] ?? null;
    if (found === wanted) continue;
    const change = table.ttl === null ? "REMOVE TTL" : `MODIFY TTL ${table.ttl}`;
    // Rows are looked at when they are merged next: rewriting all of them now would take hours
    await engine.runEverywhere(`ALTER TABLE ${DATABASE}.${name} ${change} SETTINGS materialize_ttl_after_modify = 0`);
  }
}
