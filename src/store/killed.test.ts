/** kill -9 at any moment: nothing acknowledged is lost, nothing is doubled. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { batchOf } from "./batches.fixture.ts";
import { serverLibrary } from "./cluster.fixture.ts";
import { engineFolder } from "./in-process.ts";
import { openStore } from "./open-store.ts";
import { Spool } from "./spool.ts";
import { forgetUnfinishedInserts } from "./unfinished-inserts.ts";

/** 2 November 2013, 00:00 UTC. */
const START = 1_383_350_400;
const DAY = 86_400;
const KILLS = 5;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-killed-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.skipIf(serverLibrary() === null)("a writer that is killed", () => {
  test("again and again: every acknowledged batch is there once", async () => {
    let acknowledged = -1;
    for (let kill = 0; kill < KILLS; kill++) {
      const writer = spawn(process.execPath, [join(import.meta.dirname, "killed-writer.fixture.ts"), folder, String(START)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const lines = createInterface(writer.stdout);
      lines.on("line", (line) => {
        acknowledged = Number(line);
      });
      await once(lines, "line");
      // Anywhere between one write and several
      await sleep(Math.random() * 500);
      writer.kill("SIGKILL");
      await once(writer, "exit");
    }
    const store = await openStore({ kind: "folder", path: join(folder, "data") });
    const spool = new Spool(join(folder, "spool"));
    await spool.drain(store);
    const last = spool.positions() as number;
    expect(last).toBeGreaterThanOrEqual(acknowledged);
    const range = { from: START, to: START + 300 * (last + 1) };
    const points = await store.series(0, range, 300, null);
    expect(points.map(({ time, packets }) => [(time - START) / 300, packets])).toEqual(
      Array.from({ length: last + 1 }, (_, number) => [number, 1]),
    );
    for (const resolution of [3600, DAY] as const) {
      const sums = await store.series(0, range, resolution, null);
      expect(sums.reduce((sum, { packets }) => sum + packets, 0)).toBe(last + 1);
    }
    await store.close();
  });

  test("between noting a token and naming the part: the batch counts when it is sent again", async () => {
    const place = { kind: "folder", path: folder } as const;
    const batch = (number: number): ReturnType<typeof batchOf> =>
      batchOf("half", [{ interval: START, series: 7, packets: number, sources: [number], networks: [1], asns: [1], targets: [1] }]);
    const first = await openStore(place);
    await first.write(batch(1), "whole");
    await first.write(batch(10), "half");
    await first.close();
    expect(forgetUnfinishedInserts(engineFolder(folder))).toBe(0);
    const removed = removeNewestParts();
    expect(removed).toBeGreaterThan(3);
    expect(forgetUnfinishedInserts(engineFolder(folder))).toBe(removed);

    const second = await openStore(place);
    await second.write(batch(1), "whole");
    await second.write(batch(10), "half");
    const points = await second.series(7, { from: START, to: START + 300 }, 300, null);
    await second.close();
    expect(points).toMatchObject([{ packets: 11, sources: 2 }]);
  });
});

/** What a kill between the two leaves: a token in the log, and no part. */
function removeNewestParts(): number {
  const stores = join(engineFolder(folder), "store");
  let removed = 0;
  for (const prefix of readdirSync(stores)) {
    for (const table of readdirSync(join(stores, prefix))) {
      const names = readdirSync(join(stores, prefix, table));
      const newest = names.filter((name) => /_2_2_\d+$/.test(name));
      // The table of migrations has a part a version, and no batches
      if (!names.includes("deduplication_logs") || newest.length === 0 || names.some((name) => /_3_3_\d+$/.test(name))) continue;
      for (const name of newest) rmSync(join(stores, prefix, table, name), { recursive: true });
      removed++;
    }
  }
  return removed;
}
