import { expect, test } from "vitest";
import { DecodeStats } from "../format.ts";
import { HeldBack, heldBackOf, type HeldSet, LONGEST_HOLD, MOST_HELD_OCTETS } from "./held-back.ts";
import { Domain } from "./template-cache.ts";

const NOT_COME = "data whose template did not come";
const HERE = new Domain(9, 1);
const ANY = (): boolean => true;

/** Makes sets of one input. */
function input(stats: DecodeStats = new DecodeStats()) {
  const held = (template: number, octets: number, receivedAt: number | null, domain: Domain = HERE): HeldSet => ({
    domain,
    template,
    octets: new Uint8Array(octets),
    exportTime: receivedAt ?? 0,
    uptime: 0,
    receivedAt,
    stats,
    place: 0,
  });
  return { stats, held };
}

test("sets are taken by domain and template, in the order they came; the rest is counted where it stood", () => {
  const queue = new HeldBack();
  const { held, stats } = input();
  const sets = [held(256, 10, 1), held(257, 20, 2), held(256, 30, 3), held(256, 40, 4, new Domain(9, 2))];
  for (const set of sets) queue.add(set);
  expect(queue.take(HERE, 256, ANY)).toEqual([sets[0], sets[2]]);
  expect(queue.take(HERE, 256, ANY)).toEqual([]);
  expect([queue.size, stats.records]).toEqual([2, 0]);
  queue.giveUp();
  expect([queue.size, stats.records, stats.skipped.get(NOT_COME)]).toEqual([0, 2, 2]);
  expect(queue.take(HERE, 257, ANY)).toEqual([]);
});

test("a set that the template does not suit goes on waiting", () => {
  const queue = new HeldBack();
  const { held } = input();
  queue.add(held(256, 10, 1));
  queue.add(held(256, 20, 2));
  expect(queue.take(HERE, 256, (set) => set.octets.length === 20)).toHaveLength(1);
  expect(queue.take(HERE, 256, ANY)).toHaveLength(1);
});

test("inputs are told apart, and one is given up without the others", () => {
  const memory = new Map<string, unknown>();
  const queue = heldBackOf(memory);
  expect(heldBackOf(memory)).toBe(queue);
  const one = input();
  const two = input();
  queue.add(one.held(256, 10, 1));
  queue.add(two.held(256, 10, null));
  expect([queue.holds(one.stats), queue.holds(two.stats), queue.holds(new DecodeStats())]).toEqual([true, true, false]);
  queue.giveUp(one.stats);
  expect([queue.holds(one.stats), queue.holds(two.stats), one.stats.records, two.stats.records]).toEqual([false, true, 1, 0]);
});

test("what has waited too long is given up, but not where nobody knows when it came, nor where time goes back", () => {
  const queue = new HeldBack();
  const { held, stats } = input();
  queue.add(held(256, 10, 0));
  queue.add(held(257, 10, 100));
  queue.add(held(259, 10, null));
  queue.add(held(258, 10, LONGEST_HOLD + 1));
  expect(stats.skipped.get(NOT_COME)).toBe(1);
  expect(queue.take(HERE, 256, ANY)).toEqual([]);
  expect(queue.take(HERE, 257, ANY)).toHaveLength(1);
  queue.add(held(257, 10, 5));
  expect(queue.take(HERE, 257, ANY)).toHaveLength(1);
  expect(queue.take(HERE, 259, ANY)).toHaveLength(1);
});

test("octets are bounded, however small the sets", () => {
  for (const receivedAt of [1, null]) {
    for (const octets of [0, 60_000]) {
      const queue = new HeldBack();
      const { held, stats } = input();
      for (let i = 0; i < 40_000; i++) queue.add(held(256 + (i % 1000), octets, receivedAt));
      expect(queue.size + stats.records).toBe(40_000);
      expect(queue.size * (octets + 256)).toBeLessThanOrEqual(MOST_HELD_OCTETS);
    }
  }
});
