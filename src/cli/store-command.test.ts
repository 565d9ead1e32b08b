import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { groupSeriesNumber } from "../model/series.ts";
import { batchOf } from "../store/batches.fixture.ts";
import { serverLibrary } from "../store/cluster.fixture.ts";
import { openStore } from "../store/open-store.ts";
import { NO_HISTORY } from "../store/migrations.ts";
import { refuseCounts, takeCounts } from "../store/uncountable.fixture.ts";
import { inProcess } from "./in-process.fixture.ts";

/** 2 November 2013, 01:00 UTC. */
const INTERVAL = 1_383_354_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-store-command-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.skipIf(serverLibrary() === null)("precursor store", () => {
  test("info, backup, restore and compact of a folder", async () => {
    const store = await openStore({ kind: "folder", path: join(folder, "history") });
    const row = { interval: INTERVAL, series: 0, packets: 3, sources: [1], networks: [1], asns: [1], targets: [1] };
    await store.write(batchOf("north", [row]), "one");
    await store.close();
    const environment = { PRECURSOR_STORE: "history" };
    const info = await inProcess(["store", "info"], folder, environment);
    expect(info.stderr).toBe("");
    expect(info.stdout).toMatch(
      /history: 2013-11-02T01:00Z to 2013-11-02T01:00Z, .*B \(chDB, tables \d+\)\n\nsensor +first .*\nnorth +2013-11-02T01:00Z/,
    );
    expect(info.stdout).toMatch(/^series_5m +1 /m);

    expect((await inProcess(["store", "compact"], folder, environment)).stdout).toMatch(/history: compacted\n$/);
    expect((await inProcess(["store", "backup", "copy"], folder, environment)).stdout).toMatch(/history: backed up to copy\n$/);
    const restored = await inProcess(["store", "restore", "copy", "--store", "other", "--format", "json"], folder);
    const told = { schema: "precursor.store/1", place: join(folder, "other"), done: "restore", folder: "copy" };
    expect(JSON.parse(restored.stdout)).toEqual(told);
    const again: unknown = JSON.parse((await inProcess(["store", "info", "--store", "other", "--format", "json"], folder)).stdout);
    const seen = { sensor: "north", firstSeen: "2013-11-02T01:00:00.000Z", lastSeen: "2013-11-02T01:00:00.000Z", intervals: 1 };
    expect(again).toMatchObject({ done: "info", firstInterval: "2013-11-02T01:00:00.000Z", sensors: [seen] });
    const published: unknown = JSON.parse((await inProcess(["schema", "store"], folder)).stdout);
    const schema = z.fromJSONSchema(published as Parameters<typeof z.fromJSONSchema>[0]);
    for (const value of [told, again]) expect(schema.safeParse(value).error).toBeUndefined();
    expect(schema.safeParse({ ...told, done: "lost" }).success).toBe(false);
    const twice = await inProcess(["store", "restore", "copy", "--store", "other"], folder);
    expect(twice).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/other: has history already; restore into a new place \(E_STORE_BACKUP\)\n$/),
    });
  });

  test("counts that cannot be made, or lack, are one line of info, also where another process holds the folder", async () => {
    const place = { kind: "folder", path: join(folder, "history") } as const;
    await (await openStore(place)).close();
    await refuseCounts(place.path);
    const row = { series: groupSeriesNumber("all"), packets: 300, sources: [1], networks: [1], asns: [1], targets: [1] };
    const holder = await openStore(place);
    for (const hour of [0, 47, 48]) await holder.write(batchOf("north", [{ ...row, interval: INTERVAL + 3600 * hour }]), `hour ${hour}`);
    await holder.noteImports(["counting was tried"]);
    const linesOf = async (): Promise<string[]> =>
      (await inProcess(["store", "info", "--store", "history"], folder)).stdout.split("\n").filter((line) => line.includes("long ranges"));
    expect(await linesOf()).toEqual([
      expect.stringMatching(/^counts of hours that are over were not made, so that long ranges are slow: .*nothing/),
    ]);
    const json = await inProcess(["store", "info", "--store", "history", "--format", "json"], folder);
    expect(JSON.parse(json.stdout)).toMatchObject({
      countsTrouble: expect.stringContaining("were not made"),
      uncounted: { hours: 1, days: 1 },
    });
    await holder.close();
    await takeCounts(place.path);
    expect(await linesOf()).toEqual(["1 hour and 1 day have no counts, so that long ranges are slow: precursor store compact makes them"]);
    await inProcess(["store", "compact", "--store", "history"], folder);
    expect(await linesOf()).toEqual([]);
  });

  test("what is not there, or asked wrongly, is one line", async () => {
    const errorOf = async (...args: string[]): Promise<string> => {
      const { status, stderr } = await inProcess(["store", ...args], folder);
      expect(status).toBe(2);
      return stderr;
    };
    expect(await errorOf("info", "--store", "nothing")).toBe(`precursor: ${folder}/nothing: ${NO_HISTORY} (E_STORE_FAILED)\n`);
    expect(await errorOf("backup")).toBe("precursor: store backup: name a folder (E_USAGE)\n");
    expect(await errorOf("info", "x")).toBe("precursor: store info: takes no folder: x (E_USAGE)\n");
    expect(await errorOf("info", "--store", "http://127.0.0.1:1")).toBe(
      "precursor: http://127.0.0.1:1/: does not answer (ECONNREFUSED) (E_STORE_DOWN)\n",
    );
  });
});
