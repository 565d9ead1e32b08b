import fc from "fast-check";
import { expect, test } from "vitest";
import { DatagramQueue, SLOT_BYTES } from "./datagram-queue.ts";

const MOST = 2000;

test("datagrams come out as they went in, with sender and time, and are refused where there is no room", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 90 }), fc.constant(null)), { maxLength: 400 }), (steps) => {
      const queue = new DatagramQueue(MOST);
      const model: { bytes: Uint8Array; peer: string; at: number }[] = [];
      steps.forEach((step, at) => {
        if (step !== null) {
          const needed = [...model, { bytes: step }].reduce((sum, { bytes }) => sum + SLOT_BYTES + bytes.length, 0);
          expect(queue.push(step, `peer ${at}`, at / 2)).toBe(needed <= MOST);
          if (needed <= MOST) model.push({ bytes: step, peer: `peer ${at}`, at: at / 2 });
        } else if (queue.length > 0) {
          queue.shift((bytes, peer, at) => expect({ bytes: Uint8Array.from(bytes), peer, at }).toEqual(model.shift()));
        }
        expect(queue.length).toBe(model.length);
      });
    }),
  );
});

test("what waits is bounded, and stays whole while the buffers grow", () => {
  const queue = new DatagramQueue(8 << 20);
  const datagram = new Uint8Array(1464);
  let taken = 0;
  for (let i = 0; i < 10_000; i++) {
    datagram[0] = i & 255;
    if (queue.push(datagram, "x", i)) taken++;
  }
  expect(taken).toBe(Math.floor((8 << 20) / (1464 + SLOT_BYTES)));
  for (let i = 0; i < taken; i++) {
    queue.shift((bytes, _peer, at) => {
      if (bytes.length !== 1464 || bytes[0] !== (at & 255) || at !== i) throw new Error(`datagram ${i}`);
    });
  }
  expect(queue.length).toBe(0);
});

test("a flood of empty datagrams is bounded too", () => {
  const queue = new DatagramQueue(1 << 20);
  let taken = 0;
  while (taken < 100_000 && queue.push(new Uint8Array(0), "x", 0)) taken++;
  expect(taken).toBe((1 << 20) / SLOT_BYTES);
});
