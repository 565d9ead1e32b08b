/** Two processes and one folder: one writes, the others read through it. */
import { Agent } from "node:http";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@clickhouse/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { batchOf } from "./batches.fixture.ts";
import { serverLibrary } from "./cluster.fixture.ts";
import { openInProcess } from "./in-process.ts";
import { NO_HISTORY, SCHEMA_VERSION } from "./migrations.ts";
import { openStore } from "./open-store.ts";

const INTERVAL = 1_383_354_000;
const ROW = { interval: INTERVAL, series: 445, packets: 30, sources: [1, 2], networks: [1], asns: [7], targets: [9] };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-shared-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.skipIf(serverLibrary() === null)("a folder that is held", () => {
  test("a second writer is told who holds it; a reader reads what is written meanwhile, and may annotate", async () => {
    const place = { kind: "folder", path: folder } as const;
    await expect(openStore(place, { access: "read" })).rejects.toMatchObject({ code: "E_STORE_FAILED", reason: NO_HISTORY });
    const holder = await openStore(place);
    await expect(openStore(place)).rejects.toMatchObject({ code: "E_STORE_LOCKED", reason: `held by process ${process.pid}` });
    const reader = await openStore(place, { access: "read" });
    await holder.write(batchOf("north", [ROW]), "one");
    expect(Array.from((await reader.snapshot(INTERVAL, null)).packets)).toEqual([30]);
    expect(await reader.series(445, { from: INTERVAL, to: INTERVAL + 300 }, 300, null)).toHaveLength(1);
    await expect(reader.write(batchOf("north", [ROW]), "two")).rejects.toMatchObject({ code: "E_STORE_LOCKED" });
    await expect(reader.annotateIncident("x", { time: 1, kind: "note", text: "t", by: "me" })).rejects.toThrow("no incident has the id x");
    await reader.backup(join(folder, "copy"));
    expect(statSync(join(folder, "copy", "manifest.json")).size).toBeGreaterThan(0);
    await reader.close();
    await holder.close();
    const again = await openStore(place);
    expect((await again.snapshot(INTERVAL, null)).length).toBe(1);
    await again.close();
  });

  test("any client of ClickHouse can SELECT on the socket, and nothing else", async () => {
    const holder = await openStore({ kind: "folder", path: folder });
    await holder.write(batchOf("north", [ROW]), "one");
    const socketPath = join(folder, "precursor.sock");
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    const agent = new Agent({ socketPath } as ConstructorParameters<typeof Agent>[0]);
    const client = createClient({ url: "http://localhost", http_agent: agent, log: { level: 127 } });
    const result = await client.query({ query: "SELECT series, packets FROM precursor.series_5m", format: "JSONEachRow" });
    expect(await result.json()).toEqual([{ series: 445, packets: 30 }]);
    await expect(client.command({ query: "DROP TABLE precursor.series_5m" })).rejects.toMatchObject({ type: "ACCESS_DENIED" });
    await expect(client.query({ query: "SELECT 1 INTO OUTFILE '/tmp/x'" })).rejects.toMatchObject({ type: "ACCESS_DENIED" });
    await expect(client.query({ query: "SELECT nonsense" })).rejects.toThrow("nonsense");
    await expect(client.command({ query: "SELECT ';'; DROP TABLE precursor.labels" })).rejects.toMatchObject({ type: "ACCESS_DENIED" });
    // Their settings are theirs
    const one = await client.query({ query: "SELECT 1 AS one", format: "JSONEachRow", clickhouse_settings: { max_rows_to_read: "1" } });
    expect(await one.json()).toEqual([{ one: 1 }]);
    expect((await holder.snapshot(INTERVAL, null)).length).toBe(1);
    await client.close();
    agent.destroy();
    await holder.close();
  });

  test("a folder deeper than a socket's path may be long", async () => {
    const path = join(folder, "a".repeat(60), "b".repeat(60));
    const holder = await openStore({ kind: "folder", path });
    await holder.write(batchOf("north", [ROW]), "one");
    const reader = await openStore({ kind: "folder", path }, { access: "read" });
    expect((await reader.snapshot(INTERVAL, null)).length).toBe(1);
    await reader.close();
    await holder.close();
  });

  test("history of a newer version is left alone", async () => {
    await (await openStore({ kind: "folder", path: folder })).close();
    const engine = await openInProcess(folder);
    await engine.run("INSERT INTO precursor.schema_migrations VALUES (99, 'later', now())");
    await engine.close();
    await expect(openStore({ kind: "folder", path: folder })).rejects.toMatchObject({
      code: "E_STORE_NEWER",
      message: `${folder}: its history is of a newer version of precursor (tables 99, this one knows ${SCHEMA_VERSION}); nothing was changed`,
    });
  });
});
