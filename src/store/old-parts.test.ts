import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { batchOf } from "./batches.fixture.ts";
import { serverLibrary } from "./cluster.fixture.ts";
import { openInProcess } from "./in-process.ts";
import { openStore } from "./open-store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-old-parts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** How long the engine keeps old parts, of all tables: each way once. */
async function keepings(change?: string): Promise<unknown> {
  const engine = await openInProcess(folder);
  try {
    if (change !== undefined) await engine.run(change);
    return await engine.rows(
      `SELECT extract(engine_full, 'old_parts_lifetime = ([0-9]+)') AS kept, extract(engine_full, 'max_cleanup_delay_period = ([0-9]+)') AS look, ` +
        `count() > 0 AS some FROM system.tables WHERE database = 'precursor' AND endsWith(engine, 'MergeTree') GROUP BY kept, look ORDER BY kept`,
    );
  } finally {
    await engine.close();
  }
}

describe.skipIf(serverLibrary() === null)("parts that were merged into others", () => {
  test("go a minute later, in all tables, also in those that were made before this was said", async () => {
    const place = { kind: "folder", path: folder } as const;
    await (await openStore(place)).close();
    const soon = { kept: "60", look: "10", some: 1 };
    expect(await keepings()).toEqual([soon]);
    const late = { kept: "", look: "10", some: 1 };
    expect(await keepings("ALTER TABLE precursor.series_5m RESET SETTING old_parts_lifetime")).toEqual([late, soon]);
    const store = await openStore(place);
    const row = { interval: 1_383_354_000, series: 1, packets: 2, sources: [1], networks: [1], asns: [1], targets: [1] };
    await store.write(batchOf("north", [row]), "one");
    await store.close();
    expect(await keepings()).toEqual([soon]);
  });
});
