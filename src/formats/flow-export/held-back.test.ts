import { expect, test } from "vitest";
import { HeldBack, type HeldSet, LONGEST_HOLD, MOST_HELD_OCTETS } from "./held-back.ts";
import { Domain } from "./template-cache.ts";

const HERE = new Domain(9, 1);
const held = (template: number, octets: number, receivedAt: number, domain: Domain = HERE): HeldSet => ({
  domain,
  template,
  octets: new Uint8Array(octets),
  exportTime: receivedAt,
  uptime: 0,
  receivedAt,
});

test("sets are taken by domain and template, in the order they came", () => {
  const queue = new HeldBack();
  const sets = [held(256, 10, 1), held(257, 20, 2), held(256, 30, 3), held(256, 40, 4, new Domain(9, 2))];
  for (const set of sets) expect(queue.add(set)).toBe(0);
  expect(queue.take(HERE, 256)).toEqual([sets[0], sets[2]]);
  expect(queue.take(HERE, 256)).toEqual([]);
  expect(queue.size).toBe(2);
  expect(queue.clear()).toBe(2);
  expect(queue.take(HERE, 257)).toEqual([]);
});

test("what has waited too long is given up", () => {
  const queue = new HeldBack();
  queue.add(held(256, 10, 0));
  queue.add(held(257, 10, 100));
  expect(queue.add(held(258, 10, LONGEST_HOLD + 1))).toBe(1);
  expect(queue.take(HERE, 256)).toEqual([]);
  expect(queue.take(HERE, 257)).toHaveLength(1);
});

test("octets are bounded, however small the sets", () => {
  for (const octets of [0, 60_000]) {
    const queue = new HeldBack();
    let given = 0;
    for (let i = 0; i < 40_000; i++) given += queue.add(held(256 + (i % 1000), octets, 1));
    expect(queue.size + given).toBe(40_000);
    expect(queue.size * (octets + 256)).toBeLessThanOrEqual(MOST_HELD_OCTETS);
  }
});
