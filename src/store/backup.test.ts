import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { batchOf } from "./batches.fixture.ts";
import { type Cluster, CLUSTER_NAME, serverLibrary, startCluster } from "./cluster.fixture.ts";
import { openStore } from "./open-store.ts";
import type { Store } from "./store.ts";

const INTERVAL = 1_383_354_000;
const RANGE = { from: INTERVAL - 86_400 * 40, to: INTERVAL + 86_400 };

let folder: string;
let cluster: Cluster | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-backup-"));
});
afterEach(async () => {
  await cluster?.close();
  cluster = null;
  rmSync(folder, { recursive: true });
});

describe.skipIf(serverLibrary() === null)("a backup", () => {
  test("of a folder, restored to a cluster and from there to a folder, answers the same", async () => {
    const first = await openStore({ kind: "folder", path: join(folder, "first") });
    for (const [index, interval] of [INTERVAL, INTERVAL - 86_400 * 35].entries()) {
      const rows = Array.from({ length: 20 }, (_, series) => ({
        interval,
        series,
        packets: 2,
        sources: [series, 1],
        networks: [1],
        asns: [1],
        targets: [1],
      }));
      const source = {
        interval,
        source: 0xc000_0201,
        asn: 64_500,
        transport: 6,
        port: 445,
        technique: "tcp-syn",
        packets: 9,
        sourcePortZero: 9,
        targets: 9,
      } as const;
      await first.write(batchOf("north", rows, [source]), String(index));
    }
    const imported = batchOf("files", [
      { interval: INTERVAL, series: 1, packets: 2, sources: [1], networks: [1], asns: [1], targets: [1] },
    ]);
    expect(await first.importBatch(imported, "import/a/0")).toBe(true);
    await first.saveLabels([{ address: "192.0.2.1", kind: "k", list: "l", body: "{}" }]);
    const answers = await answersOf(first);
    await first.backup(join(folder, "backup"));
    await expect(first.backup(join(folder, "backup"))).rejects.toMatchObject({ code: "E_STORE_BACKUP" });
    await expect(first.restore(join(folder, "backup"))).rejects.toMatchObject({
      code: "E_STORE_BACKUP",
      reason: "has history already; restore into a new place",
    });
    await first.close();

    cluster = await startCluster(2);
    const second = await openStore({ kind: "url", url: cluster.url, cluster: CLUSTER_NAME });
    await second.restore(join(folder, "backup"));
    expect(await second.importBatch(imported, "import/a/0")).toBe(false);
    expect(await answersOf(second)).toEqual(answers);
    await second.backup(join(folder, "again"));
    await second.close();

    const third = await openStore({ kind: "folder", path: join(folder, "third") });
    await third.restore(join(folder, "again"));
    expect(await third.importBatch(imported, "import/a/0")).toBe(false);
    expect(await answersOf(third)).toEqual(answers);
    await third.close();
  });

  test("that is damaged, of another kind, or leads elsewhere is refused, and the store stays empty", async () => {
    const store = await openStore({ kind: "folder", path: join(folder, "data") });
    const row = { interval: INTERVAL, series: 1, packets: 2, sources: [1], networks: [1], asns: [1], targets: [1] };
    await store.write(batchOf("north", [row]), "one");
    const backup = join(folder, "backup");
    await store.backup(backup);
    await store.close();
    const empty = await openStore({ kind: "folder", path: join(folder, "empty") });
    const refused = (path: string): Promise<void> => expect(empty.restore(path)).rejects.toMatchObject({ code: "E_STORE_BACKUP" });
    await refused(join(folder, "nothing"));
    // Of the right size, and not what the engine wrote: part of it is read before that shows
    const [file = ""] = readdirSync(backup).filter((name) => name.startsWith("series_1d"));
    const size = 30;
    truncateSync(join(backup, file), size);
    await refused(backup);
    const other = join(folder, "other");
    mkdirSync(other);
    writeFileSync(
      join(other, "manifest.json"),
      JSON.stringify({
        format: "precursor.backup/1",
        schemaVersion: 1,
        files: [{ table: "labels", file: "../x.native", rows: 1, octets: 1 }],
      }),
    );
    await refused(other);
    expect((await empty.snapshot(INTERVAL, null)).length).toBe(0);
    await empty.close();
  });
});

async function answersOf(store: Store): Promise<unknown> {
  return [
    await store.snapshot(INTERVAL, null),
    await store.series(3, RANGE, 86_400, null),
    await store.topSources(RANGE, null, 5),
    await store.topNetworks(RANGE, 5),
    await store.labels("0.0.0.0/0"),
    await store.sensors(RANGE),
  ];
}
