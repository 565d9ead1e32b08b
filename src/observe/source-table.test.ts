/** The table of sources against plain maps: whatever the order, the batches and the halves, it says the same. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLASS_RECEIVED, CLASS_SYN, CLASS_UDP, OUTCOME_ANSWERED, OUTCOME_REFUSED } from "../model/activity.ts";
import { blockOf, type Entry, type SlotDump, AMPLE, dumpEntries, dumpTable, entry, sampled, SEED, tableOf } from "./entries.fixture.ts";
import { ENTRY_FAMILY_6, MARK_UNICORNSCAN } from "./entry-block.ts";
import { EXACT_CONTACTS } from "./contact-places.ts";
import { SourceTable } from "./source-table.ts";

const TCP = 1 << 16;

/** Few addresses, classes and targets, so that entries meet. */
const anyEntry: fc.Arbitrary<Entry> = fc
  .record({
    who: fc.constantFrom(0, 1, 0x0a000001, 0xffffffff),
    kind: fc.constantFrom(CLASS_SYN, CLASS_UDP, CLASS_RECEIVED, CLASS_SYN | ENTRY_FAMILY_6),
    target: fc.constantFrom(0, 0xc0000201, 0xc0000202, 0xffffffff),
    contact: fc
      .tuple(fc.integer({ min: 1, max: 8 }), fc.constantFrom(0, 80, 65535), fc.nat(31))
      .map(([transport, port, outcome]) => (transport << 16) | port | (outcome << 24)),
    packets: fc.oneof(fc.nat(5), fc.constantFrom(0x7ffffffe, 0xffffffff)),
    first: fc.integer({ min: 1, max: 2_000_000_000 }),
    last: fc.integer({ min: 1, max: 2_000_000_000 }),
    ttl: fc.nat(255),
    mark: fc.nat(7),
  })
  .map((one) => ({
    ...one,
    mark: one.packets > 5 ? 0 : one.mark,
    first: Math.min(one.first, one.last),
    last: Math.max(one.first, one.last),
  }));
const anyEntries = fc.array(anyEntry, { maxLength: 120 });

/** A scanner of `targets` × `ports`, with answers from every third. */
function scan(who: number, targets: number, ports: number, start = 0): Entry[] {
  const entries: Entry[] = [];
  for (let t = 0; t < targets; t++) {
    for (let p = 0; p < ports; p++) {
      const target = 0xc6330000 + t;
      const contact = TCP | (p + 1);
      const first = 1000 + start + entries.length;
      entries.push(entry({ who, kind: CLASS_SYN, target, contact, first, ttl: 50 + (t % 3) }));
      if ((t + p) % 3 === 0) entries.push(entry({ who, kind: CLASS_RECEIVED, target, contact: contact | (OUTCOME_ANSWERED << 24), first }));
    }
  }
  return entries;
}

describe("one table", () => {
  test("tells of few entries exactly what plain maps tell", () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        expect(dumpTable(tableOf(entries))).toEqual(dumpEntries(entries));
      }),
      { numRuns: 80 },
    );
  });

  test("takes batches of any size alike", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(anyEntries, sizes, (entries, sizes) => {
        expect(dumpTable(tableOf(entries, sizes))).toEqual(dumpTable(tableOf(entries, [1000])));
      }),
      { numRuns: 40 },
    );
    const wide = [...scan(1, 700, 2), ...scan(2, 300, 1), ...scan(1, 50, 60)];
    const once = dumpTable(tableOf(wide, [wide.length]));
    for (const size of [1, 7, 256, 1000]) expect(dumpTable(tableOf(wide, [size])), `batches of ${size}`).toEqual(once);
  });

  test("takes the same entry again and again as packets, and as one contact", () => {
    const [slot] = dumpTable(tableOf(Array.from({ length: 5000 }, (_, i) => entry({ who: 9, first: 100 + i }))));
    expect(slot).toMatchObject({ packets: 5000, first: 100, last: 5099, level: 0, contacts: [expect.any(String)] });
  });

  test("is exact to 1,024 contacts, and keeps half of them from there on", () => {
    for (const count of [1, 2, 8, 9, 12, 13, 384, 385, 768, 769, EXACT_CONTACTS]) {
      const entries = Array.from({ length: count }, (_, i) => entry({ who: 5, target: i * 7919 }));
      expect(dumpTable(tableOf(entries)), `${count} contacts`).toEqual(dumpEntries(entries));
    }
    const [slot] = dumpTable(tableOf(Array.from({ length: EXACT_CONTACTS + 1 }, (_, i) => entry({ who: 5, target: i * 7919 }))));
    expect(slot?.level).toBe(1);
    expect(slot?.contacts.length).toBeGreaterThan(440);
    expect(slot?.contacts.length).toBeLessThan(584); // 512 give or take 4.5 standard deviations
  });

  test("holds sets exactly to 96 where memory for contacts is scarce, and samples from there on", () => {
    const scarce = { slots: 8192, contactBytes: 4 << 20 };
    const entries = (count: number): Entry[] => Array.from({ length: count }, (_, i) => entry({ who: 5, target: i * 31 }));
    expect(dumpTable(tableOf(entries(96), [100], scarce))).toEqual(dumpEntries(entries(96)));
    const [slot] = dumpTable(tableOf(entries(5000), [100], scarce));
    expect(slot?.level).toBeGreaterThan(1);
    expect(slot?.contacts).toEqual(sampled(dumpEntries(entries(5000))[0]!.contacts, slot!.level));
  });

  test.each([
    [2000, 1],
    [1, 30_000],
    [20_000, 1],
    [300, 100],
  ])("keeps of %i targets × %i ports a sample that is exactly those whose hash says so, and sketches within 4 sigma", (targets, ports) => {
    const entries = scan(77, targets, ports);
    const truth = dumpEntries(entries);
    const dump = dumpTable(tableOf(entries, [1024]));
    expect(dump.map(withoutContacts)).toEqual(truth.map(withoutContacts));
    for (const [index, slot] of dump.entries()) {
      const all = truth[index]!.contacts;
      expect(slot.contacts.join()).toBe(sampled(all, slot.level).join());
      expect(slot.contacts.length).toBeLessThanOrEqual(EXACT_CONTACTS);
      expect(slot.contacts.length).toBeGreaterThan(EXACT_CONTACTS / 3);
      // Distinct sampling: the standard deviation of kept × 2^level is √(true × (2^level - 1)).
      const estimate = slot.contacts.length * 2 ** slot.level;
      expect(Math.abs(estimate - all.length)).toBeLessThan(4 * Math.sqrt(all.length * 2 ** slot.level) + 1);
      expect(slot.wide === null).toBe(slot.level === 0);
      if (slot.wide === null) continue;
      const trueTargets = new Set(all.map((text) => text.slice(0, 8))).size;
      const truePorts = new Set(all.map((text) => text.slice(-4))).size;
      expect(Math.abs(slot.wide.targets - trueTargets)).toBeLessThanOrEqual(Math.max(1, 4 * 0.0325 * trueTargets));
      expect(slot.wide.ports).toBe(truePorts);
    }
  });

  test("finds every address × class that it holds, and none that it does not", () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const table = tableOf(entries);
        for (const { who, kind } of dumpEntries(entries)) expect(table.wordOf(table.find(who, kind))).toBe(who);
        expect(table.find(0x7b7b7b7b, CLASS_SYN)).toBe(-1);
        expect(table.find(0x0a000001, CLASS_UDP | ENTRY_FAMILY_6)).toBe(-1);
      }),
      { numRuns: 30 },
    );
  });

  test("grows from thousands to tens of thousands of sources without losing one", () => {
    const entries = Array.from({ length: 40_000 }, (_, i) => entry({ who: Math.imul(i, 0x9e3779b1) >>> 0, first: 5000 - (i % 100) }));
    const table = tableOf(entries, [2048]);
    expect(table.size).toBe(40_000);
    // As text: comparing so many objects one by one takes a minute on a busy machine.
    expect(JSON.stringify(dumpTable(table)) === JSON.stringify(dumpEntries(entries))).toBe(true);
  });
});

describe("answers joined with probes", () => {
  test("where both are exact", () => {
    const table = tableOf(scan(3, 20, 3));
    const received = table.find(3, CLASS_RECEIVED);
    expect(table.outcomeOf(received, 0xc6330000, TCP | 1)).toBe(OUTCOME_ANSWERED);
    expect(table.outcomeOf(received, 0xc6330000, TCP | 2)).toBe(-1);
    expect(table.outcomeOf(received, 0xc6330001, TCP | 1)).toBe(-1);
  });

  test("where one is a sample: at the larger level, every contact that was answered is known to be", () => {
    const entries = scan(3, 6000, 1);
    for (let i = 0; i < 6000; i += 10)
      entries.push(entry({ who: 3, kind: CLASS_RECEIVED, target: 0xc6330000 + i, contact: TCP | 1 | (OUTCOME_REFUSED << 24) }));
    const table = tableOf(entries);
    const probes = table.find(3, CLASS_SYN);
    const received = table.find(3, CLASS_RECEIVED);
    expect(table.levelOf(probes)).toBeGreaterThan(table.levelOf(received));
    const target = new Uint32Array(EXACT_CONTACTS);
    const contact = new Uint32Array(EXACT_CONTACTS);
    const level = Math.max(table.levelOf(probes), table.levelOf(received));
    const count = table.readContacts(probes, level, target, contact);
    expect(count).toBeGreaterThan(300);
    for (let i = 0; i < count; i++) {
      const index = target[i]! - 0xc6330000;
      const expected = (index % 3 === 0 ? OUTCOME_ANSWERED : 0) | (index % 10 === 0 ? OUTCOME_REFUSED : 0);
      expect(Math.max(0, table.outcomeOf(received, target[i]!, contact[i]!))).toBe(expected);
    }
  });
});

describe("merging", () => {
  test("two tables gives one pass over both, whichever is merged into the other", () => {
    fc.assert(
      fc.property(anyEntries, anyEntries, (left, right) => {
        const one = dumpTable(tableOf([...left, ...right]));
        for (const [first, second] of [
          [left, right],
          [right, left],
        ] as const) {
          const merged = tableOf(first);
          merged.merge(tableOf(second));
          expect(dumpTable(merged)).toEqual(one);
        }
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ["exact and exact, together beyond", scan(1, 700, 1), scan(1, 900, 1, 5000).slice(600)],
    ["exact and sample", scan(1, 30, 2), scan(1, 40, 500)],
    ["sample and sample of another level", scan(1, 3000, 1), scan(1, 50, 900)],
    ["one contact and sample", scan(1, 1, 1), scan(1, 5000, 1)],
    ["several sources", [...scan(1, 2000, 1), ...scan(2, 10, 10)], [...scan(2, 20, 100), ...scan(3, 1500, 1)]],
    ["the same twice", scan(1, 4000, 1), scan(1, 4000, 1)],
  ] as const)("beyond 1,024 contacts: %s", (_, left, right) => {
    const one = dumpTable(tableOf([...left, ...right]));
    for (const [first, second] of [
      [left, right],
      [right, left],
    ] as const) {
      const merged = tableOf(first);
      merged.merge(tableOf(second));
      expect(dumpTable(merged)).toEqual(one);
    }
  });

  test("many tables in any order gives the same", () => {
    const parts = [scan(1, 900, 1), scan(1, 10, 400), scan(2, 3, 3), scan(1, 3000, 1, 9000)];
    const one = dumpTable(tableOf(parts.flat()));
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [2, 0, 3, 1],
    ]) {
      const merged = new SourceTable(AMPLE, SEED);
      for (const index of order) merged.merge(tableOf(parts[index]!));
      expect(dumpTable(merged)).toEqual(one);
    }
  });

  test("a bare sample of a table without memory left makes no sketches that count too few", () => {
    const wide = Array.from({ length: 6000 }, (_, i) => entry({ who: 7, target: i }));
    const crowd = Array.from({ length: 140_000 }, (_, i) => entry({ who: 1000 + (i >> 1), target: i & 1 }));
    const full = tableOf([...wide.slice(0, 8), ...crowd, ...wide], [256], { slots: 1 << 18, contactBytes: 4 << 20 });
    expect(full.wideTargets(full.find(7, 1))).toBeNull();
    const merged = tableOf(wide.slice(0, 100));
    merged.merge(full);
    const slot = merged.find(7, 1);
    const estimate = merged.wideTargets(slot) ?? merged.keptOf(slot) * 2 ** merged.levelOf(slot);
    expect(estimate).toBeGreaterThan(6000 / 4);
  });

  test("keeps Unicornscan's matches but for the pair that was parted", () => {
    const entries = Array.from({ length: 40 }, (_, i) => entry({ who: 4, target: i }));
    const withSession = (part: readonly Entry[]): SourceTable => {
      const table = new SourceTable(AMPLE, SEED);
      table.apply(blockOf(part, 0xbeef));
      return table;
    };
    const matchesOf = (table: SourceTable): number => table.markOf(table.find(4, 1), MARK_UNICORNSCAN);
    expect(matchesOf(withSession(entries))).toBe(39);
    const merged = withSession(entries.slice(0, 15));
    merged.merge(withSession(entries.slice(15)));
    expect(matchesOf(merged)).toBe(38);
  });
});

function withoutContacts({ contacts: _contacts, level: _level, wide: _wide, ...rest }: SlotDump): object {
  return rest;
}
