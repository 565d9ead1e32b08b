import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ObservationBatch } from "../../model/observation.ts";
import { compileFilter, type RowFilter } from "./compile.ts";
import { keepRows } from "./keep-rows.ts";

type Column = Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

/** Every column that a batch has, found by looking, so that one added later is not forgotten in `compact`. */
function columns(batch: ObservationBatch): [string, Column][] {
  return Object.entries(batch).filter((entry): entry is [string, Column] => ArrayBuffer.isView(entry[1]));
}

/** A batch in which no two values of a column are equal, so that a row that lost a part is seen. */
function distinctBatch(rows: number): ObservationBatch {
  const batch = new ObservationBatch(256);
  for (const [, column] of columns(batch)) for (let i = 0; i < column.length; i++) column[i] = i;
  for (let row = 0; row < 256; row++) batch.family[row] = 4;
  batch.length = rows;
  return batch;
}

function rowOf(batch: ObservationBatch, row: number): Record<string, number[]> {
  return Object.fromEntries(
    columns(batch).map(([name, column]) => {
      const width = column.length / batch.capacity;
      return [name, Array.from(column.subarray(row * width, (row + 1) * width))];
    }),
  );
}

describe("keepRows", () => {
  test("moves whole rows, in order, and says how many stay", () => {
    const batch = distinctBatch(200);
    const odd: RowFilter = { text: "", matches: (rows, row) => rows.time[row]! % 2 === 1 };
    expect(keepRows(batch, odd, null, null)).toBe(100);
    expect(batch.length).toBe(100);
    expect(rowOf(batch, 0)).toEqual(rowOf(distinctBatch(200), 1));
    expect(rowOf(batch, 99)).toEqual(rowOf(distinctBatch(200), 199));
  });

  test("the time window has its start and not its end, so that windows side by side share no row", () => {
    const first = distinctBatch(10);
    const second = distinctBatch(10);
    expect(keepRows(first, null, null, 4)).toBe(4);
    expect(keepRows(second, null, 4, null)).toBe(6);
    expect(second.time[0]).toBe(4);
  });

  test("drops rows without a time only where a window is asked for", () => {
    const batch = distinctBatch(3);
    batch.time[1] = Number.NaN;
    expect(keepRows(batch, null, null, null)).toBe(3);
    expect(keepRows(batch, null, 0, null)).toBe(2);
  });

  test("is the naive filter, on every column", () => {
    fc.assert(
      fc.property(
        fc.nat(256),
        fc.uint8Array({ minLength: 256, maxLength: 256 }),
        fc.integer({ min: -5, max: 260 }),
        fc.integer({ min: -5, max: 260 }),
        (rows, draw, since, until) => {
          const batch = distinctBatch(rows);
          const filter: RowFilter = { text: "", matches: (some, row) => draw[some.time[row]!]! > 100 };
          const expected: Record<string, number[]>[] = [];
          for (let row = 0; row < rows; row++) {
            if (draw[row]! > 100 && row >= since && row < until) expected.push(rowOf(batch, row));
          }
          expect(keepRows(batch, filter, since, until)).toBe(expected.length);
          for (const [row, values] of expected.entries()) expect(rowOf(batch, row)).toEqual(values);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("an empty batch, and a filter that keeps nothing", () => {
    expect(keepRows(new ObservationBatch(8), compileFilter("tcp"), 0, 1)).toBe(0);
    const batch = distinctBatch(256);
    expect(keepRows(batch, compileFilter("tcp and udp"), null, null)).toBe(0);
    expect(batch.length).toBe(0);
  });
});
