import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { batchOf } from "./batches.fixture.ts";
import { openStore } from "./open-store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-store-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what is written is there when the folder is opened again", async () => {
  const interval = 1_383_354_000;
  const row = { interval, series: 445, packets: 30, sources: [1, 2], networks: [1], asns: [7], targets: [9] };
  const first = await openStore({ kind: "folder", path: folder });
  await first.write(batchOf("north", [row]), "one");
  await first.write(batchOf("north", [row]), "one");
  await first.close();

  const second = await openStore({ kind: "folder", path: folder });
  const snapshot = await second.snapshot(interval, null);
  await second.close();
  expect(Array.from(snapshot.series)).toEqual([445]);
  expect(Array.from(snapshot.packets)).toEqual([30]);
  expect(Array.from(snapshot.sources)).toEqual([2]);
});
