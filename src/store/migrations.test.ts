/** Tables of older versions, brought up to date with what they hold. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { batchOf } from "./batches.fixture.ts";
import { type Cluster, CLUSTER_NAME, serverLibrary, startCluster } from "./cluster.fixture.ts";
import type { Engine } from "./engine.ts";
import { openInProcess } from "./in-process.ts";
import { SCHEMA_VERSION } from "./migrations.ts";
import { openStore, type StorePlace } from "./open-store.ts";
import { openOverHttp } from "./over-http.ts";

const INTERVAL = 1_383_354_000;
const ROW = { interval: INTERVAL, series: 1, packets: 2, sources: [1], networks: [1], asns: [1], targets: [1] };

let folder: string;
let cluster: Cluster | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-migrations-"));
});
afterEach(async () => {
  await cluster?.close();
  cluster = null;
  rmSync(folder, { recursive: true });
});

/** As version 1 left them: without the tables of imports and judged times. */
async function toFirstVersion(engine: Engine): Promise<void> {
  for (const table of ["imports", "judged"]) {
    await engine.runEverywhere(`DROP TABLE precursor.${table} SYNC`);
    if (engine.cluster !== null) await engine.runEverywhere(`DROP TABLE precursor.${table}_local SYNC`);
  }
  await engine.run("TRUNCATE TABLE precursor.schema_migrations");
  await engine.run("INSERT INTO precursor.schema_migrations VALUES (1, 'first', now())");
  await engine.close();
}

async function goesOn(place: StorePlace, engine: () => Promise<Engine>): Promise<void> {
  const first = await openStore(place);
  await first.write(batchOf("north", [ROW]), "old");
  await first.close();
  await toFirstVersion(await engine());
  const second = await openStore(place);
  expect((await second.info()).schemaVersion).toBe(SCHEMA_VERSION);
  expect((await second.snapshot(INTERVAL, null)).length).toBe(1);
  expect(await second.importBatch(batchOf("files", [ROW]), "import/a/0")).toBe(true);
  await second.markJudged({ from: INTERVAL, to: INTERVAL + 300 });
  expect(await second.judged()).toEqual([{ from: INTERVAL, to: INTERVAL + 300 }]);
  await second.close();
  const third = await openStore(place);
  expect(await third.importBatch(batchOf("files", [ROW]), "import/a/0")).toBe(false);
  await third.close();
}

describe.skipIf(serverLibrary() === null)("tables of version 1", () => {
  test("in a folder keep what they hold, and know imports from then on", async () => {
    await goesOn({ kind: "folder", path: folder }, () => openInProcess(folder));
  });

  test("on a cluster do too; who only reads there is told what to do before", async () => {
    cluster = await startCluster(2);
    const { url } = cluster;
    const place = { kind: "url", url, cluster: CLUSTER_NAME } as const;
    const engine = (): Promise<Engine> => openOverHttp({ url, cluster: CLUSTER_NAME, skipUnavailableShards: false });
    await goesOn(place, engine);
    await toFirstVersion(await engine());
    await expect(openStore(place, { access: "read" })).rejects.toThrow(/of an older version \(1\): any command that writes/);
  });
});
