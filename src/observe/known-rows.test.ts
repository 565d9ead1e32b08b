import fc from "fast-check";
import { expect, test } from "vitest";
import { ObservationBatch } from "../model/observation.ts";
import { KnownRows } from "./known-rows.ts";

/** Rows that differ by their number, at times finer than a second. */
function batchOf(rows: readonly number[], time = (row: number): number => 1_383_354_000.25 + row): ObservationBatch {
  const batch = new ObservationBatch(Math.max(1, rows.length));
  for (const row of rows) {
    const at = batch.length++;
    batch.time[at] = time(row);
    batch.family[at] = 4;
    batch.source[at] = 0xc6330000 + row;
    batch.packets[at] = 1;
  }
  return batch;
}

function kept(known: KnownRows, batch: ObservationBatch): number[] {
  known.leaveOut(batch);
  return [...batch.source.subarray(0, batch.length)].map((source) => source - 0xc6330000);
}

test("a capture that begins with what the one before ended with adds what is new", () => {
  const known = new KnownRows(64);
  known.next();
  expect(kept(known, batchOf([1, 2, 3, 3, 4]))).toEqual([1, 2, 3, 3, 4]);
  known.next();
  expect(kept(known, batchOf([3, 3, 3, 4, 5]))).toEqual([3, 5]);
  expect(known.leftOut).toBe(3);
});

test("rows at whole seconds are left as they are: equal ones may be different packets", () => {
  const known = new KnownRows(64);
  const whole = (): ObservationBatch => batchOf([1, 2], (row) => 1_383_354_000 + row);
  known.next();
  kept(known, whole());
  known.next();
  expect(kept(known, whole())).toEqual([1, 2]);
});

test("any inputs, in any order: each row counts as often as in the input that has it most often", () => {
  const inputs = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 }), { maxLength: 6 });
  fc.assert(
    fc.property(inputs, (all) => {
      const known = new KnownRows(64);
      const counts = new Array<number>(10).fill(0);
      const most = new Array<number>(10).fill(0);
      for (const rows of all) {
        known.next();
        for (const row of kept(known, batchOf(rows))) counts[row]!++;
        for (let row = 0; row < 10; row++) most[row] = Math.max(most[row]!, rows.filter((one) => one === row).length);
      }
      expect(counts).toEqual(most);
    }),
  );
});

test("of more rows than it holds, the last ones are known", () => {
  const known = new KnownRows(64);
  const rows = Array.from({ length: 1000 }, (_, row) => row);
  known.next();
  kept(known, batchOf(rows));
  known.next();
  expect(kept(known, batchOf(rows.slice(-60)))).toEqual([]);
  expect(kept(known, batchOf(rows.slice(0, 60)))).toHaveLength(60);
});
