/** Parts of files that history holds, by their tokens: the engine itself remembers those of its last inserts only. */
import { type Engine, sqlText } from "./engine.ts";
import { wordsOf } from "./incident-records.ts";
import { NativeBlockBuilder } from "./native-block.ts";
import { DATABASE } from "./table.ts";

export async function isImported(engine: Engine, token: string): Promise<boolean> {
  const rows = await engine.rows<{ token: string }>(`SELECT token FROM ${DATABASE}.imports WHERE token = ${sqlText(token)} LIMIT 1`);
  return rows.length > 0;
}

/** Tokens that begin so, in any order. */
export async function importTokens(engine: Engine, prefix: string): Promise<readonly string[]> {
  const rows = await engine.rows<{ token: string }>(
    `SELECT DISTINCT token FROM ${DATABASE}.imports WHERE startsWith(token, ${sqlText(prefix)})`,
  );
  return rows.map(({ token }) => token);
}

export async function noteImported(engine: Engine, tokens: readonly string[]): Promise<void> {
  const now = Date.now();
  const words = wordsOf(now);
  const block = new NativeBlockBuilder(tokens.length)
    .texts("token", tokens)
    .fixed("written", "Date", new Uint16Array(tokens.length).fill(now / MILLISECONDS_A_DAY))
    .fixed(
      "version",
      "UInt64",
      Uint32Array.from({ length: 2 * tokens.length }, (_, i) => words[i & 1] ?? 0),
    )
    .build();
  await engine.insert("imports", block, "");
}

const MILLISECONDS_A_DAY = 86_400_000;
