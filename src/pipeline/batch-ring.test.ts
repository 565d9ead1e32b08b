/** The ring between two real threads: every row arrives once and in order, however often it goes round, whoever is slower. */
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { BATCH_ROWS } from "../model/observation.ts";
import { makeRingMemory, RingConsumer, RingProducer } from "./batch-ring.ts";

/** The other thread: fills batches whose lengths differ, numbers their rows, and is slow where told. */
const PRODUCER = `
import { workerData } from "node:worker_threads";
const { RingProducer } = await import(workerData.module);
const producer = new RingProducer(workerData.ring);
let batch = producer.batch;
let number = 0;
for (let turn = 0; turn < workerData.batches; turn++) {
  const rows = 1 + ((turn * 977) % workerData.most);
  for (let row = 0; row < rows; row++) {
    batch.time[row] = number;
    batch.source6[4 * row + 3] = number;
    batch.sourcePort[row] = number % 65536;
    batch.tos[row] = number & 255;
    number++;
  }
  batch.length = rows;
  if (turn % 16 < workerData.pauses) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 15);
  batch = producer.handOn(batch, 0);
}
producer.end();
`;

/** Rows that arrived, and the first that was not what it should be. */
async function receive(
  batches: number,
  most: number,
  pauses: { producer: number; consumer: number },
): Promise<{ rows: number; wrong: number | null; lengths: number[] }> {
  const ring = makeRingMemory();
  const worker = new Worker(PRODUCER, {
    eval: true,
    workerData: { ring, batches, most, pauses: pauses.producer, module: new URL("./batch-ring.ts", import.meta.url).href },
  });
  let failure: unknown = null;
  worker.once("error", (error) => {
    failure = error;
  });
  const consumer = new RingConsumer(ring);
  const lengths: number[] = [];
  let rows = 0;
  let wrong: number | null = null;
  for (;;) {
    const taken = consumer.take();
    if (taken === "ended") break;
    if (taken === "waiting") {
      await new Promise(setImmediate);
      if (failure !== null) throw new Error("the producing thread failed", { cause: failure });
      continue;
    }
    for (let row = 0; row < taken.length; row++, rows++) {
      const right =
        taken.time[row] === rows &&
        taken.source6[4 * row + 3] === rows &&
        taken.sourcePort[row] === rows % 65536 &&
        taken.tos[row] === (rows & 255);
      if (!right) wrong ??= rows;
    }
    lengths.push(taken.length);
    if (lengths.length % 16 < pauses.consumer) await new Promise((resolve) => setTimeout(resolve, 15));
    consumer.giveBack();
  }
  await worker.terminate();
  return { rows, wrong, lengths };
}

describe("two threads", () => {
  test.each([
    ["both at full speed", { producer: 0, consumer: 0 }, 400],
    ["a slow producer", { producer: 3, consumer: 0 }, 100],
    ["a slow consumer, so that the ring is full", { producer: 0, consumer: 3 }, 100],
  ])("%s: no row is lost, doubled or torn", async (_, pauses, batches) => {
    const { rows, wrong, lengths } = await receive(batches, BATCH_ROWS, pauses);
    const expected = Array.from({ length: batches }, (_, turn) => 1 + ((turn * 977) % BATCH_ROWS));
    expect(lengths).toEqual(expected);
    expect(rows).toBe(expected.reduce((sum, length) => sum + length, 0));
    expect(wrong).toBeNull();
  });

  test("nothing at all ends at once", async () => {
    expect(await receive(0, 1, { producer: 0, consumer: 0 })).toEqual({ rows: 0, wrong: null, lengths: [] });
  });
});

describe("one thread", () => {
  test("a producer may fill all but one of the batches before anybody takes one", () => {
    const ring = makeRingMemory();
    const producer = new RingProducer(ring);
    const consumer = new RingConsumer(ring);
    let { batch } = producer;
    for (let turn = 0; turn < 7; turn++) {
      batch.time[0] = turn;
      batch.length = 1;
      batch = producer.handOn(batch, 0);
      expect(batch.length).toBe(0);
    }
    producer.end();
    for (let turn = 0; turn < 7; turn++) {
      const taken = consumer.take();
      expect(taken).toMatchObject({ length: 1 });
      if (typeof taken === "string") return;
      expect(taken.time[0]).toBe(turn);
      consumer.giveBack();
    }
    expect(consumer.take()).toBe("ended");
    expect(consumer.take()).toBe("ended");
  });

  test("a consumer that finds nothing says so, instead of sleeping for ever", () => {
    expect(new RingConsumer(makeRingMemory()).take()).toBe("waiting");
  });
});
