/** Which times of history a judge has gone through: only there does it say something that there is no incident. */
import type { Engine } from "./engine.ts";
import { wordsOf } from "./incident-records.ts";
import { NativeBlockBuilder } from "./native-block.ts";
import { DATABASE } from "./table.ts";
import type { TimeRange } from "./store.ts";

const TIME = "DateTime('UTC')";

export async function markJudged(engine: Engine, { from, to }: TimeRange): Promise<void> {
  const block = new NativeBlockBuilder(1)
    .fixed("since", TIME, Uint32Array.of(from))
    .fixed("until", TIME, Uint32Array.of(to))
    // The later end holds, whoever writes it when
    .fixed("version", "UInt64", wordsOf(to))
    .build();
  await engine.insert("judged", block, "");
}

export async function judgedTimes(engine: Engine): Promise<readonly TimeRange[]> {
  const rows = await engine.rows<TimeRange>(
    `SELECT toUnixTimestamp(since) AS from, toUnixTimestamp(max(until)) AS to FROM ${DATABASE}.judged GROUP BY since ORDER BY since`,
  );
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of rows) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}
