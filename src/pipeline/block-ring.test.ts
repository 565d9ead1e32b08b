/** The ring of blocks between two real threads: every block arrives once and in order, whoever is slower, and none is filled while it is read. */
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { SIFTER_BLOCKS } from "../observe/index.ts";
import { BlockConsumer, BlockProducer, makeBlockRingMemory } from "./block-ring.ts";

/** The other thread: fills its blocks in turn, each with its number, and is slow where told. */
const PRODUCER = `
import { workerData } from "node:worker_threads";
const { BlockProducer } = await import(workerData.module);
const producer = new BlockProducer(workerData.ring);
const blocks = [...producer.first];
for (let turn = 0; turn < workerData.blocks; turn++) {
  const block = blocks[turn % blocks.length];
  block.length = 1 + (turn % 50);
  block.content = turn % 3;
  for (let row = 0; row < block.length; row++) block.words[row] = turn;
  if (turn % 100 < workerData.pauses) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 15);
  blocks[turn % blocks.length] = producer.handOn(block);
}
producer.end();
`;

async function receive(blocks: number, pauses: { producer: number; consumer: number }): Promise<{ taken: number; wrong: number | null }> {
  const ring = makeBlockRingMemory();
  const module = new URL("./block-ring.ts", import.meta.url).href;
  const worker = new Worker(PRODUCER, { eval: true, workerData: { ring, blocks, pauses: pauses.producer, module } });
  let failure: unknown = null;
  worker.once("error", (error) => {
    failure = error;
  });
  const consumer = new BlockConsumer(ring);
  let taken = 0;
  let wrong: number | null = null;
  for (;;) {
    const block = consumer.take();
    if (block === "ended") break;
    if (block === "waiting") {
      await new Promise(setImmediate);
      if (failure !== null) throw new Error("the producing thread failed", { cause: failure });
      continue;
    }
    if (taken % 100 < pauses.consumer) await new Promise((resolve) => setTimeout(resolve, 15));
    const isRight = block.length === 1 + (taken % 50) && block.content === taken % 3;
    if (!isRight || block.words.subarray(0, block.length).some((word) => word !== taken)) wrong ??= taken;
    taken++;
    consumer.giveBack(block);
  }
  await worker.terminate();
  return { taken, wrong };
}

describe("two threads", () => {
  test.each([
    ["both at full speed", { producer: 0, consumer: 0 }, 3000],
    ["a slow producer", { producer: 3, consumer: 0 }, 500],
    ["a slow consumer, so that no block is empty", { producer: 0, consumer: 3 }, 500],
  ])("%s: no block is lost, doubled or torn", async (_, pauses, blocks) => {
    expect(await receive(blocks, pauses)).toEqual({ taken: blocks, wrong: null });
  });

  test("nothing at all ends at once", async () => {
    expect(await receive(0, { producer: 0, consumer: 0 })).toEqual({ taken: 0, wrong: null });
  });
});

describe("one thread", () => {
  test("a consumer that finds nothing says so, instead of sleeping for ever, and the end is told more than once", () => {
    const ring = makeBlockRingMemory();
    const consumer = new BlockConsumer(ring);
    expect(consumer.take()).toBe("waiting");
    const producer = new BlockProducer(ring);
    expect(producer.first.length).toBe(SIFTER_BLOCKS);
    producer.end();
    expect(consumer.take()).toBe("ended");
    expect(consumer.take()).toBe("ended");
  });
});
