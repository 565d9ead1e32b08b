/** Parts of files that history holds, by their tokens: the engine itself remembers those of its last inserts only. */
import { type Engine, sqlText } from "./engine.ts";
import { wordsOf } from "./incident-records.ts";
import { NativeBlockBuilder } from "./native-block.ts";
import { DATABASE } from "./table.ts";

export async function isImported(engine: Engine, token: string): Promise<boolean> {
  const rows = await engine.rows<{ token: string }>(`SELECT token FROM ${DATABASE}.imports WHERE token = ${sqlText(token)} LIMIT 1`);
  return rows.length > 0;
}

export async function noteImported(engine: Engine, token: string): Promise<void> {
  const now = Date.now();
  const block = new NativeBlockBuilder(1)
    .texts("token", [token])
    .fixed("written", "Date", Uint16Array.of(now / MILLISECONDS_A_DAY))
    .fixed("version", "UInt64", wordsOf(now))
    .build();
  await engine.insert("imports", block, "");
}

const MILLISECONDS_A_DAY = 86_400_000;
