/** What inputs prove, put together: one that answers can be seen in, or most that is sampled, speaks for all. */
import { describe, expect, test } from "vitest";
import { keepingOf, WHOLE_KEEPING } from "./keeping.ts";

const PROVES = { portsOnTheWire: true, tcpFlags: true, outcome: true, fragments: true, action: false };
const capture = { records: 100, foreign: 0, sampled: null, proves: PROVES };
const drops = { ...capture, foreign: 3, proves: { ...PROVES, outcome: false } };
const sampled = (records: number): Parameters<typeof keepingOf>[0][number] => ({
  ...capture,
  records,
  sampled: { records, least: 10, greatest: 1000 },
});

describe("keeping", () => {
  test("a capture is whole, and so is nothing at all", () => {
    expect(keepingOf([capture], new Map())).toEqual(WHOLE_KEEPING);
    expect(keepingOf([], new Map())).toEqual(WHOLE_KEEPING);
  });

  test("drops alone show no outcomes; beside a capture they may", () => {
    expect(keepingOf([drops], new Map())).toMatchObject({ showsOutcomes: false, foreign: 3 });
    expect(keepingOf([drops, capture], new Map()).showsOutcomes).toBe(true);
  });

  test("few sampled records do not excuse the rest", () => {
    expect(keepingOf([capture, sampled(100)], new Map())).toMatchObject({ sampling: 1000, samplingFactor: 1000, sampledRecords: 100 });
    expect(keepingOf([capture, sampled(99)], new Map())).toMatchObject({ sampling: 1, samplingFactor: 1000, sampledRecords: 99 });
  });

  test("what was lost is added up over its kinds", () => {
    expect(
      keepingOf(
        [capture],
        new Map([
          ["datagrams", 3],
          ["flows", 4],
        ]),
      ).lost,
    ).toBe(7);
  });
});
