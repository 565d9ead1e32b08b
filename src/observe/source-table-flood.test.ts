/** Hostile input to the table of sources: floods of forged sources, which must neither grow it, nor stop it, nor flush out a slow scan. */
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { entry, put, SEED } from "./entries.fixture.ts";
import { EntryBlock } from "./entry-block.ts";
import { SourceTable } from "./source-table.ts";

const TINY = { slots: 8192, contactBytes: 4 << 20 };
const SCANNER = 0x0a0a0a0a;
const GROUP = 256;

/** Applies `count` entries made by `make`, some hundred at a time. */
function flood(table: SourceTable, count: number, make: (index: number) => ReturnType<typeof entry>): void {
  const block = new EntryBlock(GROUP);
  for (let i = 0; i < count; i++) {
    put(block, make(i));
    if (block.length < GROUP && i < count - 1) continue;
    table.apply(block);
    block.length = 0;
  }
}

/** A new source in every packet, and every `gap` packets one of a scanner that goes from target to target. */
function forged(index: number, gap: number): ReturnType<typeof entry> {
  const first = 1000 + index / 10_000;
  if (index % gap === 0) return entry({ who: SCANNER, target: 0xc0000000 + index / gap, first });
  return entry({ who: (Math.imul(index, 0x9e3779b1) ^ 0x5bd1e995) >>> 0, target: 0xc6330000 + (index & 0xff), first });
}

describe("a flood of a new source in every packet", () => {
  const table = new SourceTable(TINY, SEED);
  flood(table, 100_000, (i) => forged(i, 5000));
  const before = memory();
  flood(table, 1_900_000, (i) => forged(i + 100_000, 5000));
  const growth = memory() - before;

  test("does not grow the table", () => {
    expect(table.capacity).toBe(TINY.slots);
    expect(table.size).toBeLessThan(TINY.slots);
    expect(growth).toBeLessThan(24 << 20);
  });

  test("is counted in what was forgotten", () => {
    const forgotten = table.forgottenSources;
    const sent = 2_000_000 - table.size;
    expect(Math.abs(forgotten - sent) / sent).toBeLessThan(4 * 0.0082);
  });

  test("does not flush out a scanner that sends one packet in 5,000", () => {
    const slot = table.find(SCANNER, 1);
    expect(slot).toBeGreaterThanOrEqual(0);
    expect(table.isReturning(slot) || table.keptOf(slot) * 2 ** table.levelOf(slot) > 50).toBe(true);
    expect(table.keptOf(slot)).toBeGreaterThan(10);
  });

  test("leaves every source that it holds findable", () => {
    for (let slot = 0; slot < table.capacity; slot++) {
      if (table.isUsed(slot)) expect(table.find(table.wordOf(slot), table.classOf(slot))).toBe(slot);
    }
  });
});

test("the sources of an ordinary capture are still there when a short flood is over, if they were busy", () => {
  const table = new SourceTable(TINY, SEED);
  for (let who = 1; who <= 50; who++) flood(table, 40, (i) => entry({ who, target: i, first: 1000 }));
  flood(table, 200_000, (i) => forged(i, 1_000_000));
  for (let who = 1; who <= 50; who++) expect(table.keptOf(table.find(who, 1))).toBe(40);
});

test("contacts that find no memory are counted, and those that are there stay", () => {
  const table = new SourceTable(TINY, SEED);
  for (let who = 1; who <= 3000; who++) flood(table, 400, (i) => entry({ who, target: i, first: 1000 + i }));
  expect(table.size).toBe(3000);
  let least = Number.POSITIVE_INFINITY;
  for (let who = 1; who <= 3000; who++) {
    const slot = table.find(who, 1);
    expect(table.packetsOf(slot)).toBe(400);
    least = Math.min(least, table.keptOf(slot));
  }
  expect(least).toBeGreaterThan(0);
});

/** What a thread does on its own, so that a table that never comes back can be stopped. */
const SAMPLED_EVERYWHERE = `
import { workerData, parentPort } from "node:worker_threads";
const { SourceTable } = await import(workerData.table);
const { blockOf, entry } = await import(workerData.entries);
const table = new SourceTable({ slots: 8192, contactBytes: 4 << 20 }, 1);
let entries = [];
const add = (who, target) => {
  if (entries.push(entry({ who, target, first: 1000 + target })) < 4096) return;
  table.apply(blockOf(entries));
  entries = [];
};
for (let target = 0; target < 120; target++) for (let who = 1; who <= 6290; who++) add(who, target);
for (let who = 100000; who < 120000; who++) add(who, 1);
table.apply(blockOf(entries));
parentPort.postMessage({ size: table.size, forgotten: table.forgottenSources });
`;

test("a table where every set has become a sample still makes room", async () => {
  const worker = new Worker(SAMPLED_EVERYWHERE, {
    eval: true,
    workerData: {
      table: new URL("./source-table.ts", import.meta.url).href,
      entries: new URL("./entries.fixture.ts", import.meta.url).href,
    },
  });
  const outcome = await new Promise<{ size: number; forgotten: number } | "never came back" | Error>((resolve) => {
    worker.once("message", resolve);
    worker.once("error", resolve);
    setTimeout(() => resolve("never came back"), 30_000);
  });
  await worker.terminate();
  expect(outcome).toMatchObject({ size: expect.any(Number), forgotten: expect.any(Number) });
});

/** Octets in use, typed arrays included. */
function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
