/** Placing: what full tables forget depends on the input alone, and whoever knows the seed cannot make tables slow. */
import { describe, expect, test, vi } from "vitest";
import { tcpPacket, udpPacket } from "../lab/packet.ts";
import { Random } from "../lab/random.ts";
import { ObservationBatch } from "../model/observation.ts";
import { PROTOCOL_UDP, TCP_SYN } from "../model/protocol.ts";
import { captureOf, dumpActivity, eachBatch } from "./captures.fixture.ts";
import { AMPLE, entry, put, SEED } from "./entries.fixture.ts";
import { BLOCK_ROWS, EntryBlock, makeBlocks } from "./entry-block.ts";
import { slotHash } from "./entry-sorter.ts";
import { putFlowRow } from "./flow-rows.ts";
import { flowHash, FlowTable } from "./flow-table.ts";
import { Observer } from "./observer.ts";
import { longestRun, seedOf } from "./placing-seed.ts";
import { Sifter, SIFTER_BLOCKS } from "./sifter.ts";
import { SourceTable } from "./source-table.ts";

/** So small that sources are forgotten and conversations ended early. */
const TINY = { sources: 1 << 12, contactBytes: 4 << 20, flows: 1 << 10 };
const HOME = 0xc0000200;

/** UDP and SYNs of more sources than the tables hold, some of which come again and again. */
function crowd(): Uint8Array {
  const random = new Random(7);
  return captureOf(
    Array.from({ length: 20_000 }, (_, i) => {
      const ends = { source: 0x0b000000 + random.zipf(8000, 1.05), destination: HOME + (random.word() & 0xff) };
      const ports = { sourcePort: 1024 + (random.word() & 0xfff), destinationPort: (random.word() & 0x3ff) + 1 };
      return {
        time: 1_700_000_000 + i / 1000,
        frame: i % 3 === 0 ? tcpPacket(ends, { ...ports, flags: TCP_SYN }) : udpPacket(ends, ports),
      };
    }),
  );
}

/** As two threads do it: blocks wait, up to `depth` of them, before they are taken. */
function observedLate(capture: Uint8Array, depth: number): Observer {
  const observer = new Observer(TINY);
  const blocks = makeBlocks(SIFTER_BLOCKS + depth, BLOCK_ROWS);
  const empty = blocks.slice(SIFTER_BLOCKS);
  const waiting: EntryBlock[] = [];
  const sifter = new Sifter(TINY.flows, blocks.slice(0, SIFTER_BLOCKS), (block) => {
    waiting.push(block);
    while (empty.length === 0) {
      const next = waiting.shift()!;
      observer.take(next);
      next.length = 0;
      empty.push(next);
    }
    return empty.pop()!;
  });
  eachBatch(capture, 2048, (batch) => sifter.sift(batch));
  sifter.flush();
  for (const block of waiting) observer.take(block);
  observer.takeState(sifter.state());
  return observer;
}

describe("what full tables forget", () => {
  const capture = crowd();

  test("is the same in every run, however far one thread is ahead of the other", () => {
    const told = [1, 1, 7, 30].map((depth) => dumpActivity(observedLate(capture, depth).finish()));
    expect(told[0]).toMatchObject({ forgotten: { flows: expect.any(Number), sources: expect.any(Number) } });
    const { forgotten } = told[0] as { forgotten: { flows: number; sources: number } };
    expect(Math.min(forgotten.flows, forgotten.sources)).toBeGreaterThan(100);
    for (const other of told.slice(1)) expect(other).toEqual(told[0]);
  });

  test("is what one thread of another process forgets", async () => {
    const told = dumpActivity(observedLate(capture, 30).finish());
    // What modules draw by chance when they are loaded, they draw again.
    vi.resetModules();
    const fresh = await import("./observer.ts");
    const observer = new fresh.Observer(TINY);
    eachBatch(capture, 2048, (batch) => observer.observe(batch));
    expect(dumpActivity(observer.finish())).toEqual(told);
  });
});

describe("a seed", () => {
  test("is the same for the same rows, and another for any other time, address, port or number", () => {
    const seeds = new Set<number>();
    const draw = (change: (batch: ObservationBatch) => void): void => {
      const batch = new ObservationBatch(4);
      batch.length = 3;
      for (let row = 0; row < 3; row++) {
        batch.time[row] = 1_700_000_000 + row;
        batch.source[row] = HOME + row;
        batch.destination[row] = HOME;
        batch.sourcePort[row] = 40_000;
        batch.destinationPort[row] = 53;
      }
      change(batch);
      expect(seedOf(batch)).toBe(seedOf(batch));
      seeds.add(seedOf(batch));
    };
    draw(() => {});
    draw((batch) => (batch.time[1] = 1_700_000_001.000_001));
    draw((batch) => (batch.source[0] = HOME + 1));
    draw((batch) => (batch.destination[2] = HOME + 1));
    draw((batch) => (batch.sourcePort[1] = 0));
    draw((batch) => (batch.sequence[1] = 1));
    draw((batch) => (batch.ipId[2] = 1));
    draw((batch) => (batch.length = 2));
    expect(seeds.size).toBe(8);
  });
});

/** More than lie in one place by chance. */
const CHOSEN = longestRun(AMPLE.slots) + 1000;

describe("who knows the seed and chooses addresses by it", () => {
  test("makes a table of sources place them anew, and loses none", () => {
    const table = new SourceTable(AMPLE, SEED);
    const block = new EntryBlock(256);
    const chosen: number[] = [];
    for (let word = 1; chosen.length < CHOSEN; word++) if (slotHash(word, 1, SEED) >>> 24 === 0) chosen.push(word);
    for (const [i, who] of chosen.entries()) {
      put(block, entry({ who }));
      if (block.length < 256 && i < chosen.length - 1) continue;
      table.apply(block);
      block.length = 0;
    }
    expect(table.size).toBe(CHOSEN);
    let [longest, run] = [0, 0];
    for (let slot = 0; slot < table.capacity; slot++) {
      run = table.isUsed(slot) ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    expect(longest).toBeLessThan(CHOSEN / 4);
    expect(chosen.every((who) => table.contactCountOf(table.find(who, 1)) === 1)).toBe(true);
  });

  test("makes a table of conversations place them anew, and loses none", () => {
    const ended = new Set<number>();
    const table = new FlowTable(1 << 16, (flow) => {
      ended.add((flow.low.address === HOME ? flow.high : flow.low).address);
    });
    table.placeBy(SEED);
    const batch = new ObservationBatch(1);
    batch.length = 1;
    batch.destination[0] = HOME;
    batch.destinationPort[0] = 53;
    batch.sourcePort[0] = 53;
    batch.protocol[0] = PROTOCOL_UDP;
    const block = new EntryBlock(256);
    let chosen = 0;
    for (let word = 1; chosen < CHOSEN; word++) {
      if ((flowHash(SEED, word, 53, HOME, 53) & 0xffff) > 0xff) continue;
      batch.source[0] = word;
      putFlowRow(block, batch, 0);
      chosen++;
      if (block.length < 128 && chosen < CHOSEN) continue;
      table.add(block);
      block.length = 0;
    }
    table.end();
    expect(ended.size).toBe(CHOSEN);
  });
});
