import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Calendar } from "./calendar.ts";
import { layoutOf } from "./layout.ts";
import { Records } from "./record.ts";
import { SeriesTable } from "./series-table.ts";

const DAY = 86_400;

/** Daily values from day 1, remembered; and what is known of one more. */
function rankOf(values: readonly number[], value: number): ReturnType<Records["rank"]> {
  const layout = layoutOf(new Calendar(DAY));
  const table = new SeriesTable(layout);
  const row = table.take(0);
  table.doubles[layout.firstBucket] = 1;
  const records = new Records(table, DAY);
  values.forEach((one, day) => records.add(row, day + 1, one));
  return records.rank(row, value);
}

describe("the record", () => {
  test("highest of all, since the start of history", () => {
    expect(rankOf([19, 22, 17], 95)).toEqual({ rank: 1, since: DAY, ofAll: true });
  });
  test("as high as once before is not the highest of all", () => {
    expect(rankOf([19, 95, 17], 95)).toEqual({ rank: 1, since: 2 * DAY, ofAll: false });
  });
  test("highest since the last that was as high, with the number of higher ones", () => {
    expect(rankOf([50, 19, 70, 20, 60, 18], 65)).toEqual({ rank: 2, since: 3 * DAY, ofAll: false });
  });
  test("says what a look at all values says, or that it does not know", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 80 }), fc.integer({ min: 1, max: 45 }), (values, value) => {
        const last = values.findLastIndex((one) => one >= value);
        const higher = values.filter((one) => one > value).length;
        const record = rankOf(values, value);
        if (last < 0) expect(record).toEqual({ rank: 1, since: DAY, ofAll: true });
        else if (record !== null) expect(record).toEqual({ rank: higher + 1, since: (last + 1) * DAY, ofAll: false });
        else expect(higher).toBeGreaterThan(0);
      }),
    );
  });
});
