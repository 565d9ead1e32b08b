/** Tables of older versions, brought up to date with what they hold. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
import type { Store } from "./store.ts";

const INTERVAL = 1_383_354_000;
const DAY = 86_400;
const ROW = { interval: INTERVAL, series: 1, packets: 2, sources: [1], networks: [1], asns: [1], targets: [1] };
/** Days enough that summaries answer. */
const RANGE = { from: INTERVAL - 20 * DAY, to: INTERVAL + DAY };

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

const SUMMARIES = ["heavy_1h", "heavy_1d", "visits_1h", "visits_1d", "liveness_1h", "liveness_1d"];

/** As an older version left them: without summaries and judged times, and the first also without the table of imports. */
async function toVersion(version: 1 | 2, engine: Engine): Promise<void> {
  const drop = async (kind: string, name: string): Promise<void> => {
    await engine.runEverywhere(`DROP ${kind} IF EXISTS precursor.${name} SYNC`);
    if (engine.cluster !== null) await engine.runEverywhere(`DROP ${kind} IF EXISTS precursor.${name}_local SYNC`);
  };
  for (const name of SUMMARIES) {
    await drop("VIEW", `${name}_view`);
    await drop("TABLE", name);
  }
  await drop("TABLE", "judged");
  if (version === 1) await drop("TABLE", "imports");
  await engine.run("TRUNCATE TABLE precursor.schema_migrations");
  await engine.run(`INSERT INTO precursor.schema_migrations VALUES (${version}, 'old', now())`);
  await engine.close();
}

/** Two days a fortnight apart, and an hour in which sources and series of the second rise. */
async function writeDays(store: Store): Promise<void> {
  for (const [day, start] of [INTERVAL - 15 * DAY, INTERVAL].entries()) {
    const series = Array.from({ length: 30 }, (_, index) => ({
      ...ROW,
      interval: start + 300 * (index % 3),
      series: index % 10,
      packets: 5 + index,
      sources: Array.from({ length: 1 + day * (index % 10) }, (__, source) => 100 * day + source),
    }));
    const activity = Array.from({ length: 50 }, (_, index) => ({
      interval: start + 300 * (index % 3),
      source: 0xc000_0000 + 0x100 * (index % 7) + (index % 20),
      asn: 64_500,
      transport: 6,
      port: index,
      technique: "tcp-syn" as const,
      packets: 1 + ((index * 7919) % 101),
      sourcePortZero: 0,
      targets: 1,
    }));
    await store.write(batchOf("north", series, activity), `old/${day}`);
  }
}

/** As version 5 had them: by month and series, the hours by day and series. */
async function toVersion5(engine: Engine): Promise<void> {
  const local = engine.cluster === null ? "" : "_local";
  for (const [suffix, coarse] of [
    ["1h", "toDate(time)"],
    ["1d", "toStartOfMonth(time)"],
  ]) {
    const [name, old] = [`precursor.visits_${suffix}${local}`, `precursor.visits_${suffix}_old`];
    await engine.runEverywhere(
      `CREATE TABLE ${old} AS ${name} ENGINE = AggregatingMergeTree PARTITION BY toYYYYMM(time) ORDER BY (${coarse}, series, time) TTL greatest(toDate(time), written) + toIntervalDay(4321) SETTINGS index_granularity = 64`,
    );
    await engine.runEverywhere(`INSERT INTO ${old} SELECT * FROM ${name}`);
    await engine.runEverywhere(`DROP VIEW precursor.visits_${suffix}_view${local} SYNC`);
    await engine.runEverywhere(`DROP TABLE ${name} SYNC`);
    await engine.runEverywhere(`RENAME TABLE ${old} TO ${name}`);
    // And one who was killed while it brought them forward
    await engine.runEverywhere(`CREATE TABLE precursor.visits_${suffix}_ordered${local} AS ${name}`);
  }
  await engine.run("TRUNCATE TABLE precursor.schema_migrations");
  await engine.run("INSERT INTO precursor.schema_migrations VALUES (5, 'old', now())");
  await engine.close();
}

async function ordersOf(engine: Engine): Promise<unknown> {
  const tables = engine.cluster === null ? "system.tables" : `cluster('${engine.cluster}', system.tables)`;
  const rows = await engine.rows<{ order: string; ttl: string }>(
    `SELECT DISTINCT sorting_key AS order, extract(engine_full, 'IntervalDay.([0-9]+)') AS ttl FROM ${tables} WHERE database = 'precursor' AND startsWith(name, 'visits_') AND endsWith(engine, 'MergeTree')`,
  );
  await engine.close();
  return rows;
}

async function goesOnFrom5(place: StorePlace, engine: () => Promise<Engine>): Promise<void> {
  const first = await openStore(place);
  await writeDays(first);
  const answers = await answersOf(first);
  await first.close();
  await toVersion5(await engine());
  const second = await openStore(place);
  expect(await answersOf(second)).toEqual(answers);
  // Views go on as well
  const more = { ...ROW, interval: INTERVAL + 600, series: 77, sources: Array.from({ length: 40 }, (_, source) => 500 + source) };
  await second.write(batchOf("north", [more]), "more");
  expect((await second.topSeries({ from: INTERVAL - 10 * DAY, to: INTERVAL + DAY }, 1))[0]).toMatchObject({ series: 77, sources: 40 });
  await second.close();
  expect(await ordersOf(await engine())).toEqual([{ order: "time, series", ttl: "4321" }]);
}

async function answersOf(store: Store): Promise<unknown> {
  return [
    await store.topSources(RANGE, null, 10),
    await store.topNetworks(RANGE, 10),
    await store.topSeries({ from: INTERVAL - 10 * DAY, to: INTERVAL + DAY }, 10),
    await store.series(1, RANGE, DAY, null),
    await store.sensors(RANGE),
  ];
}

async function goesOn(version: 1 | 2, place: StorePlace, engine: () => Promise<Engine>): Promise<void> {
  const first = await openStore(place);
  await writeDays(first);
  const answers = await answersOf(first);
  await first.close();
  await toVersion(version, await engine());
  const second = await openStore(place);
  expect((await second.info()).schemaVersion).toBe(SCHEMA_VERSION);
  expect((await second.snapshot(INTERVAL, null)).length).toBe(10);
  expect(await answersOf(second)).toEqual(answers);
  // What is known is not written again, in what is new neither
  await writeDays(second);
  expect(await answersOf(second)).toEqual(answers);
  expect(await second.importBatch(batchOf("files", [ROW]), "import/a/0")).toBe(true);
  await second.markJudged({ from: INTERVAL, to: INTERVAL + 300 });
  expect(await second.judged()).toEqual([{ from: INTERVAL, to: INTERVAL + 300 }]);
  await second.close();
  const third = await openStore(place);
  expect(await third.importBatch(batchOf("files", [ROW]), "import/a/0")).toBe(false);
  await third.close();
}

describe.skipIf(serverLibrary() === null)("tables of older versions", () => {
  test("of version 1, in a folder, keep what they hold, know imports from then on, and have summaries of all", async () => {
    await goesOn(1, { kind: "folder", path: folder }, () => openInProcess(folder));
  });

  test("of version 2 too; killed before it was done, it is done again", async () => {
    const place = { kind: "folder", path: folder } as const;
    const store = await openStore(place);
    await writeDays(store);
    const answers = await answersOf(store);
    await store.close();
    await toVersion(2, await openInProcess(folder));
    await (await openStore(place)).close();
    const engine = await openInProcess(folder);
    await engine.run("TRUNCATE TABLE precursor.schema_migrations");
    await engine.run("INSERT INTO precursor.schema_migrations VALUES (2, 'old', now())");
    await engine.close();
    const again = await openStore(place);
    expect(await answersOf(again)).toEqual(answers);
    await again.close();
  });

  test("on a cluster do too; who only reads there is told what to do before", async () => {
    cluster = await startCluster(2);
    const { url } = cluster;
    const place = { kind: "url", url, cluster: CLUSTER_NAME } as const;
    const engine = (): Promise<Engine> => openOverHttp({ url, cluster: CLUSTER_NAME, skipUnavailableShards: false });
    await goesOn(1, place, engine);
    await toVersion(1, await engine());
    await expect(openStore(place, { access: "read" })).rejects.toThrow(/of an older version \(1\): any command that writes/);
  });

  test("of version 5 have visits put in the order of time, also where one was killed doing it", async () => {
    await goesOnFrom5({ kind: "folder", path: folder }, () => openInProcess(folder));
  });

  test("on a cluster too", async () => {
    cluster = await startCluster(2);
    const { url } = cluster;
    await goesOnFrom5({ kind: "url", url, cluster: CLUSTER_NAME }, () =>
      openOverHttp({ url, cluster: CLUSTER_NAME, skipUnavailableShards: false }),
    );
  });

  test("a backup of version 2 is restored, and has its summaries made", async () => {
    const store = await openStore({ kind: "folder", path: join(folder, "store") });
    await writeDays(store);
    const answers = await answersOf(store);
    const backup = join(folder, "backup");
    await store.backup(backup);
    await store.close();
    const path = join(backup, "manifest.json");
    const manifest = JSON.parse(readFileSync(path, "utf8")) as { files: { table: string }[] };
    const old = { ...manifest, schemaVersion: 2, files: manifest.files.filter(({ table }) => !SUMMARIES.includes(table)) };
    expect(old.files.length).toBeLessThan(manifest.files.length);
    writeFileSync(path, JSON.stringify(old));
    const restored = await openStore({ kind: "folder", path: join(folder, "restored") });
    await restored.restore(backup);
    expect(await answersOf(restored)).toEqual(answers);
    await restored.close();
  });
});
