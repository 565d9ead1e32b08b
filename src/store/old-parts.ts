/**
 * How long the engine in this process keeps parts that were merged into others. As the library comes, it looks for them after half a minute
 * and then up to five minutes apart: an import at full rate piles up thousands, of 13 KB of memory each, and a process that is killed before
 * leaves all to the next one. And it removes what it finds at once, though a merged part is not synced: what the kernel had not written when
 * the power failed would be lost. A server's settings are its administrator's.
 */
import { StoreError } from "../model/errors.ts";
import { type Engine, sqlText } from "./engine.ts";
import { DATABASE } from "./table.ts";

/** Seconds. The kernel writes what is older than 30 (vm.dirty_expire_centisecs), looking every five. */
const KEPT = 60;
/** Seconds between two looks. */
const LOOK = 10;

const SETTINGS = {
  old_parts_lifetime: KEPT,
  cleanup_delay_period: LOOK,
  cleanup_delay_period_random_add: 0,
  max_cleanup_delay_period: LOOK,
} as const;

/** Of all tables that are there and are not kept so yet. Where it cannot be said (a full disk), history is no worse for it: the next time. */
export async function removeOldPartsSoon(engine: Engine): Promise<void> {
  const wanted = Object.entries(SETTINGS).map(([name, value]) => `${name} = ${value}`);
  const has = wanted.map((setting) => `position(engine_full, ${sqlText(setting)}) > 0`).join(" AND ");
  const tables = await engine.rows<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = ${sqlText(DATABASE)} AND endsWith(engine, 'MergeTree') AND NOT (${has})`,
  );
  try {
    for (const { name } of tables) await engine.run(`ALTER TABLE ${DATABASE}.${name} MODIFY SETTING ${wanted.join(", ")}`);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}
