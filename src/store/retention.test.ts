import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { batchOf } from "./batches.fixture.ts";
import { serverLibrary } from "./cluster.fixture.ts";
import { openInProcess } from "./in-process.ts";
import { openStore } from "./open-store.ts";

/** 2 November 2013, 01:00 UTC. */
const INTERVAL = 1_383_354_000;
const ROW = { interval: INTERVAL, series: 0, packets: 3, sources: [1], networks: [1], asns: [1], targets: [1] };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-retention-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.skipIf(serverLibrary() === null)("retention", () => {
  test("history of years ago, imported now, stays; the same rows written years ago go", async () => {
    const place = { kind: "folder", path: folder } as const;
    const store = await openStore(place);
    await store.write(batchOf("north", [ROW]), "import");
    await store.compact();
    expect((await store.snapshot(INTERVAL, null)).length).toBe(1);
    await store.close();

    const engine = await openInProcess(folder);
    await engine.run(
      "INSERT INTO precursor.series_5m SELECT * REPLACE(toDate('2013-11-03') AS written, 7 AS series, toDateTime('2013-10-02 01:00:00', 'UTC') AS time) FROM precursor.series_5m",
    );
    await engine.close();
    const again = await openStore(place);
    await again.compact();
    expect((await again.snapshot(INTERVAL - 31 * 86_400, null)).length).toBe(0);
    expect((await again.snapshot(INTERVAL, null)).length).toBe(1);
    await again.close();
  });

  test("is changed on tables that are there, where it is asked for", async () => {
    const daysOf = async (): Promise<string[]> => {
      const engine = await openInProcess(folder);
      const rows = await engine.rows<{ statement: string }>(
        "SELECT create_table_query AS statement FROM system.tables WHERE name IN ('activity_1d', 'activity_1h', 'activity_5m', 'imports') ORDER BY name",
      );
      await engine.close();
      return rows.map(({ statement }) => /toIntervalDay\((\d+)\)/.exec(statement)?.[1] ?? "for ever");
    };
    const place = { kind: "folder", path: folder } as const;
    await (await openStore(place)).close();
    expect(await daysOf()).toEqual(["for ever", "730", "90", "for ever"]);
    await (await openStore(place, { retention: { fiveMinutes: 7, hours: null, days: 3650 } })).close();
    expect(await daysOf()).toEqual(["3650", "for ever", "7", "for ever"]);
    await (await openStore(place, { retention: { fiveMinutes: 7, hours: 730, days: 3650 } })).close();
    expect(await daysOf()).toEqual(["3650", "730", "7", "3650"]);
    await (await openStore(place)).close();
    expect(await daysOf()).toEqual(["3650", "730", "7", "3650"]);
  });
});
