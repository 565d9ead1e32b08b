/** Header marks: equal for packets made alike, three bits each, full for who varies. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ObservationBatch, OPTION_MSS } from "../model/observation.ts";
import { HEADER_BITS, headerMark } from "./header-mark.ts";

interface Header {
  readonly window: number;
  readonly ttl: number;
  readonly options: number;
}

function markOf({ window, ttl, options }: Header): number {
  const batch = new ObservationBatch(1);
  batch.window[0] = window;
  batch.ttl[0] = ttl;
  batch.options[0] = options;
  return headerMark(batch, 0);
}

const header = fc.record({
  window: fc.integer({ min: 1, max: 65_535 }),
  ttl: fc.integer({ min: 1, max: 255 }),
  options: fc.integer({ min: 0, max: 127 }),
});

describe("the mark of a header", () => {
  test("is the same along paths of different length", () => {
    expect(markOf({ window: 1024, ttl: 50, options: OPTION_MSS })).toBe(markOf({ window: 1024, ttl: 43, options: OPTION_MSS }));
  });

  test("is none where the record tells no header", () => {
    expect(markOf({ window: 0, ttl: 0, options: 0 })).toBe(0);
  });

  test("has three bits of six, whatever the header", () => {
    fc.assert(
      fc.property(header, (one) => {
        const mark = markOf(one);
        expect(mark & ~HEADER_BITS).toBe(0);
        expect(mark.toString(2).replaceAll("0", "")).toBe("111");
      }),
    );
  });

  test("windows at random fill all six bits", () => {
    let joined = 0;
    for (let window = 1000; window < 60_000; window += 977) joined |= markOf({ window, ttl: 50, options: 0 });
    expect(joined).toBe(HEADER_BITS);
  });
});
