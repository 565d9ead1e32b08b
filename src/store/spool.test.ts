import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreError } from "../model/errors.ts";
import type { HistoryBatch } from "../model/history.ts";
import { decodeBatch, encodeBatch } from "./batch-file.ts";
import { aliveRow, batchOf } from "./batches.fixture.ts";
import { serverLibrary, startCluster } from "./cluster.fixture.ts";
import { openStore } from "./open-store.ts";
import { Spool } from "./spool.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-spool-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const row = (series: number): Parameters<typeof batchOf>[1][number] => ({
  interval: 300,
  series,
  packets: 1,
  sources: [series, 2],
  networks: [],
  asns: [7],
  targets: [1, 2, 3],
});

/** Remembers what it was given; fails while it is down. */
class WrittenBatches {
  readonly batches: HistoryBatch[] = [];
  readonly tokens: string[] = [];
  down = false;

  write(batch: HistoryBatch, token: string): Promise<void> {
    if (this.down) return Promise.reject(new StoreError("E_STORE_DOWN", "here", "does not answer"));
    this.batches.push(batch);
    this.tokens.push(token);
    return Promise.resolve();
  }

  series(): number[] {
    return this.batches.map(({ series }) => series.series[0] ?? -1);
  }
}

test("what was accepted is written in order, each once, over restarts and a store that is down", async () => {
  const store = new WrittenBatches();
  const first = new Spool(folder);
  expect(first.positions()).toBeNull();
  for (const number of [1, 2, 3]) expect(first.accept(batchOf("a", [row(number)]), { at: number })).toBe(true);
  store.down = true;
  await expect(first.drain(store)).rejects.toMatchObject({ code: "E_STORE_DOWN" });
  expect(first.state()).toMatchObject({ batches: 3, droppedBatches: 0 });

  const second = new Spool(folder);
  expect(second.positions()).toEqual({ at: 3 });
  second.accept(batchOf("a", [row(4)]), { at: 4 });
  store.down = false;
  await second.drain(store);
  expect(store.series()).toEqual([1, 2, 3, 4]);
  expect(new Set(store.tokens).size).toBe(4);
  expect(second.state()).toMatchObject({ batches: 0, octets: 0 });

  const third = new Spool(folder);
  expect(third.positions()).toEqual({ at: 4 });
  third.accept(batchOf("a", [row(5)]), { at: 5 });
  await third.drain(store);
  expect(store.series()).toEqual([1, 2, 3, 4, 5]);
});

test("a batch that was written while its file stayed is sent again with the same token", async () => {
  const store = new WrittenBatches();
  const first = new Spool(folder);
  first.accept(batchOf("a", [row(1)]), 1);
  const [name = ""] = readdirSync(folder);
  copyFileSync(join(folder, name), join(folder, "kept"));
  await first.drain(store);
  copyFileSync(join(folder, "kept"), join(folder, name));
  await new Spool(folder).drain(store);
  expect(store.tokens).toHaveLength(2);
  expect(new Set(store.tokens).size).toBe(1);
});

test("following catches up once the store is back, and tells of the trouble and its end", async () => {
  const store = new WrittenBatches();
  store.down = true;
  const spool = new Spool(folder);
  const ended = new AbortController();
  const told: (string | null)[] = [];
  const following = spool.follow(store, ended.signal, (error) => {
    told.push(error?.code ?? null);
    store.down = false;
    if (error === null) ended.abort();
  });
  spool.accept(batchOf("a", [row(1)]), 1);
  await following;
  expect(told).toEqual(["E_STORE_DOWN", null]);
  expect(store.series()).toEqual([1]);
});

test.skipIf(serverLibrary() === null)(
  "a server that is stopped and started again gets everything, once and in order",
  { timeout: 60_000 },
  async () => {
    const server = await startCluster(1);
    const store = await openStore({ kind: "url", url: server.url });
    const spool = new Spool(folder);
    const ended = new AbortController();
    const told: (string | null)[] = [];
    const following = spool.follow(store, ended.signal, (error) => told.push(error?.code ?? null));
    const isEmpty = async (): Promise<void> => {
      while (spool.state().batches > 0) await sleep(50);
    };
    try {
      spool.accept(batchOf("a", [{ ...row(1), interval: 300 }]), 1);
      await isEmpty();
      await server.kill(0);
      for (const number of [2, 3, 4]) spool.accept(batchOf("a", [{ ...row(number), interval: 300 * number }]), number);
      while (told.length === 0) await sleep(50);
      expect(spool.state().batches).toBe(3);
      await server.start(0);
      await isEmpty();
      while (told.at(-1) !== null) await sleep(50);
      expect(new Set(told)).toEqual(new Set(["E_STORE_DOWN", null]));
      const rows = await Promise.all([1, 2, 3, 4].map((number) => store.snapshot(300 * number, null)));
      expect(rows.map(({ series }) => [...series])).toEqual([[1], [2], [3], [4]]);
      expect(rows.map(({ packets }) => packets[0])).toEqual([1, 2, 3, 4].map((number) => row(number).packets));
    } finally {
      ended.abort();
      await following;
      await store.close();
      await server.close();
    }
  },
);

test("a full spool keeps what it has, drops what comes, and counts it", () => {
  const octets = encodeBatch({ token: "x".repeat(36), positions: 1, batch: batchOf("a", [row(1)]) }).length;
  const spool = new Spool(folder, octets * 2 + 10);
  expect([1, 2, 3].map((number) => spool.accept(batchOf("a", [row(number)]), number))).toEqual([true, true, false]);
  expect(spool.positions()).toBe(2);
  expect(spool.state()).toMatchObject({ batches: 2, droppedBatches: 1, droppedObservations: 1 });
});

test.skipIf(process.getuid?.() !== 0 || process.platform !== "linux")(
  "a full disk is one clear line, and costs nothing that was accepted",
  async () => {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]).status !== 0) return;
    try {
      const spool = new Spool(join(disk, "spool"));
      spool.accept(batchOf("a", [row(1)]), 1);
      const large = batchOf("a", [{ ...row(2), sources: Array.from({ length: 100_000 }, (_, source) => source) }]);
      expect(() => spool.accept(large, 2)).toThrow(
        expect.objectContaining({ code: "E_STORE_FULL", reason: "no space left on the disk of the spool" }),
      );
      expect(readdirSync(join(disk, "spool"))).toHaveLength(1);
      expect(spool.positions()).toBe(1);
      spool.accept(batchOf("a", [row(3)]), 3);
      const store = new WrittenBatches();
      await spool.drain(store);
      expect(store.series()).toEqual([1, 3]);
    } finally {
      spawnSync("umount", [disk]);
    }
  },
);

test("any batch comes back as it was", () => {
  const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const rows = fc.array(
    fc.record({
      interval: word,
      series: word,
      packets: fc.double({ noNaN: true }),
      sources: fc.array(word),
      networks: fc.array(word),
      asns: fc.array(word),
      targets: fc.array(word),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(rows, fc.string(), fc.jsonValue(), fc.nat(7), (series, sensor, positions, shift) => {
      const group = { interval: 1, group: sensor, series: 2, packets: 3, sources: Uint32Array.of(4, 5), targets: Uint32Array.of() };
      const batch = batchOf(sensor, series, [], [aliveRow(5)], [group]);
      const octets = encodeBatch({ token: "t", positions, batch });
      const moved = new Uint8Array(octets.length + shift);
      moved.set(octets, shift);
      const decoded = decodeBatch(moved.subarray(shift));
      expect(decoded?.batch).toEqual(batch);
      expect(JSON.stringify(decoded?.positions)).toBe(JSON.stringify(positions));
    }),
  );
});

test("a file that is damaged or cut is set aside and counted; the rest is written", async () => {
  const spool = new Spool(folder);
  for (const number of [1, 2, 3]) spool.accept(batchOf("a", [row(number)]), number);
  const [first = "", second = ""] = readdirSync(folder).sort();
  const octets = readFileSync(join(folder, first));
  octets[octets.length - 1] = (octets.at(-1) ?? 0) ^ 1;
  writeFileSync(join(folder, first), octets);
  truncateSync(join(folder, second), 40);
  writeFileSync(join(folder, "000000000009.batch.partial"), "half");
  const store = new WrittenBatches();
  const again = new Spool(folder);
  await again.drain(store);
  expect(store.series()).toEqual([3]);
  expect(again.state().damaged).toBe(2);
  expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toEqual([]);
  for (const length of [0, 4, 11, 12]) expect(decodeBatch(octets.subarray(0, length))).toBeNull();
});
