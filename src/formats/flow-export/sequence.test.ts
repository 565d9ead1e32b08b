import { expect, test } from "vitest";
import { NO_UPTIME, SequenceTracker, UNITS_UNKNOWN } from "./sequence.ts";

/** Notes [number, units, other units, uptime] one after another and tells what each brought. */
const noted = (...datagrams: readonly (readonly [number, number, number, number?])[]): number[] => {
  const tracker = new SequenceTracker();
  return datagrams.map(([sequence, units, other, uptime]) => tracker.note(sequence, units, other, uptime ?? NO_UPTIME));
};

test("a number that goes on over its end has no gap", () => {
  expect(noted([0xfffffffe, 5, UNITS_UNKNOWN], [3, 1, UNITS_UNKNOWN], [5, 1, UNITS_UNKNOWN])).toEqual([0, 0, 1]);
});

test("v9's number counts datagrams, and some exporters' records", () => {
  expect(noted([1, 1, 24], [2, 1, 30], [5, 1, 30])).toEqual([0, 0, 2]);
  expect(noted([100, 1, 24], [124, 1, 30], [154, 1, 30])).toEqual([0, 0, 0]);
  // Once it has counted datagrams it does not count records
  expect(noted([1, 1, 24], [2, 1, 24], [26, 1, 24])).toEqual([0, 0, 23]);
});

test("a doubled datagram is no loss and pays none back that was not counted", () => {
  expect(noted([10, 1, 1], [11, 1, 1], [11, 1, 1], [12, 1, 1])).toEqual([0, 0, 0, 0]);
});

test("a restart is no loss: by the uptime, by a number far back, by numbers that stay back", () => {
  expect(noted([5000, 1, 9, 9_000_000], [5200, 1, 9, 1000])).toEqual([0, 0]);
  expect(noted([5_000_000, 1, 9], [1, 1, 9], [2, 1, 9], [4, 1, 9])).toEqual([0, 0, 0, 1]);
  expect(noted([500, 1, 99], ...Array.from({ length: 8 }, (_, i) => [i, 1, 99] as const), [10, 1, 99])).toEqual([
    0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
  ]);
});

test("an uptime that wraps is no restart", () => {
  expect(noted([10, 1, 9, 0xfffffff0], [15, 1, 9, 1000])).toEqual([0, 4]);
});

test("a leap beyond belief is no loss", () => {
  expect(noted([10, 1, 9], [0x4000_0000, 1, 9])).toEqual([0, 0]);
});
