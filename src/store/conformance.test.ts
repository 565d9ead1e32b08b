/** The laws of stores, on all that there are: a folder, a server, a cluster of two shards of which one dies. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batchOf } from "./batches.fixture.ts";
import { type Cluster, CLUSTER_NAME, serverLibrary, startCluster } from "./cluster.fixture.ts";
import { describeStore } from "./conformance.fixture.ts";
import { openStore } from "./open-store.ts";
import type { Store } from "./store.ts";

const installed = serverLibrary() !== null;
if (!installed) console.log("chdb or ffi-rs is not installed: stores are not tested");

describe.skipIf(!installed)("a store in a folder", () => {
  let folder: string;
  let store: Store;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "precursor-store-"));
    store = await openStore({ kind: "folder", path: folder });
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  describeStore({ store: () => store, runs: 4 });
});

describe.skipIf(!installed)("a store at a server", () => {
  let server: Cluster;
  let store: Store;
  beforeAll(async () => {
    server = await startCluster(1);
    store = await openStore({ kind: "url", url: server.url });
  });
  afterAll(async () => {
    await store.close();
    await server.close();
  });
  describeStore({ store: () => store, runs: 2 });

  test("a server that does not answer is told in one line", async () => {
    await expect(openStore({ kind: "url", url: "http://someone:secret@127.0.0.1:1" })).rejects.toMatchObject({
      code: "E_STORE_DOWN",
      message: "http://127.0.0.1:1: does not answer (ECONNREFUSED)",
    });
    await expect(openStore({ kind: "url", url: "nonsense" })).rejects.toMatchObject({ code: "E_STORE_FAILED" });
  });
});

describe.skipIf(!installed)("a store on a cluster of two shards", () => {
  let cluster: Cluster;
  let store: Store;
  beforeAll(async () => {
    cluster = await startCluster(2);
    store = await openStore({ kind: "url", url: cluster.url, cluster: CLUSTER_NAME });
  });
  afterAll(async () => {
    await store.close();
    await cluster.close();
  });
  describeStore({ store: () => store, runs: 2 });

  test("a cluster with nodes that the URL does not name, or of another name, is told in one line", async () => {
    const url = cluster.url.replace(/\/\?.*/, "");
    await store.compact();
    await expect((await openStore({ kind: "url", url, cluster: CLUSTER_NAME })).compact()).rejects.toThrow(
      /has 2 nodes, the URL names 1; add &node=/,
    );
    await expect((await openStore({ kind: "url", url, cluster: "other" })).compact()).rejects.toThrow(/the server knows no cluster other$/);
  });

  test("a shard that dies: whole answers or none, parts where they are asked for, and what it missed is written once it is back", async () => {
    const interval = 1_500_000_000;
    const rows = Array.from({ length: 64 }, (_, series) => ({
      interval,
      series,
      packets: 1,
      sources: [series],
      networks: [1],
      asns: [1],
      targets: [1],
    }));
    await store.write(batchOf("shards", rows), "before");
    expect((await store.snapshot(interval, null)).length).toBe(64);
    await cluster.kill(1);
    await expect(store.snapshot(interval, null)).rejects.toMatchObject({ code: "E_STORE_DOWN" });
    await expect(store.write(batchOf("shards", rows), "after")).rejects.toMatchObject({ code: "E_STORE_DOWN" });
    const place = { kind: "url", url: cluster.url, cluster: CLUSTER_NAME } as const;
    const partial = await openStore(place, { access: "read", skipUnavailableShards: true });
    const { length } = await partial.snapshot(interval, null);
    await partial.close();
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThan(64);
    await cluster.start(1);
    // Half of it was written by the shard that lived
    await store.write(batchOf("shards", rows), "after");
    const snapshot = await store.snapshot(interval, null);
    expect(Array.from(snapshot.packets)).toEqual(rows.map(() => 2));
  });
});
