/** The sorter: every entry reaches the table once, in whatever parts and blocks, and those of one source in their order. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENTRY_KIND, ENTRY_PACKETS, ENTRY_TIME, ENTRY_TIMES, ENTRY_WHO, ENTRY_WORDS, makeBlocks } from "./entry-block.ts";
import { EntrySorter, PARTS, slotHash } from "./entry-sorter.ts";
import { AMPLE, dumpEntries, dumpTable, entry, SEED } from "./entries.fixture.ts";
import { SourceTable } from "./source-table.ts";

interface Put {
  readonly who: number;
  readonly number: number;
}

/** Who, in which class, and a number, as they came out. */
function sorted(puts: readonly Put[], parts: number, rows: number): { who: number; number: number; hash: number; block: number }[] {
  const out: { who: number; number: number; hash: number; block: number }[] = [];
  let blocks = 0;
  const sorter = new EntrySorter(
    (block) => {
      for (let row = 0; row < block.length; row++) {
        const who = block.words[row * ENTRY_WORDS + ENTRY_WHO]!;
        expect(block.words[row * ENTRY_WORDS + ENTRY_KIND]).toBe(1 | (64 << 24));
        expect(block.times[row * ENTRY_TIMES + ENTRY_TIME]).toBe(1000.5);
        out.push({ who, number: block.words[row * ENTRY_WORDS + ENTRY_PACKETS]!, hash: slotHash(who, 1, SEED), block: blocks });
      }
      blocks++;
      return block;
    },
    makeBlocks(parts, rows),
    SEED,
  );
  const times = Float64Array.of(1000.5);
  for (const { who, number } of puts) sorter.put(who | 0, 1, 0, 0x10050, number, times, 0, 64, 0, 0, 0);
  sorter.flush();
  return out;
}

const anyPuts = fc
  .array(fc.oneof(fc.constantFrom(0, 1, 0xffffffff), fc.integer({ min: 0, max: 0xffffffff })), { maxLength: 300 })
  .map((all) => all.map((who, number): Put => ({ who, number })));

describe("the sorter", () => {
  test.each([1, 2, PARTS])("of %i parts loses and doubles nothing, and keeps the order of each source", (parts) => {
    fc.assert(
      fc.property(anyPuts, fc.integer({ min: 1, max: 20 }), (puts, rows) => {
        const out = sorted(puts, parts, rows);
        expect(out.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(puts.map(({ number }) => number));
        for (const { who } of puts) {
          const numbers = out.filter((one) => one.who === who).map(({ number }) => number);
          expect(numbers).toEqual(puts.filter((one) => one.who === who).map(({ number }) => number));
        }
        for (const block of Map.groupBy(out, (one) => one.block).values())
          expect(new Set(block.map(({ hash }) => Math.floor(hash / (2 ** 32 / parts)))).size).toBe(1);
      }),
      { numRuns: 30 },
    );
  });

  test("fills a table as its entries tell, what went on for a time among them", () => {
    const entries = Array.from({ length: 9000 }, (_, i) =>
      entry({ who: (Math.imul(i % 4000, 0x9e3779b1) >>> 0) + 1, target: i, first: 1000 + i, last: 1000 + i + (i % 3), ttl: i & 255 }),
    );
    const table = new SourceTable(AMPLE, SEED);
    const sorter = new EntrySorter(
      (block) => {
        table.apply(block);
        return block;
      },
      makeBlocks(PARTS, 100),
      SEED,
    );
    for (const { who, kind, target, contact, packets, first, last, ttl } of entries)
      sorter.putSpan(who, kind, target, contact, packets, first, last, ttl, 0);
    sorter.flush();
    expect(JSON.stringify(dumpTable(table)) === JSON.stringify(dumpEntries(entries))).toBe(true);
  });
});
