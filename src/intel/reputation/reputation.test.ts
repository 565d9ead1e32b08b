import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { IntelError } from "../../model/errors.ts";
import { Intel } from "../index.ts";
import { compileTable, type FeedNetworks } from "./compile.ts";
import { EntryColumns } from "./entry-columns.ts";
import { feedOf, NOW, tableFeed } from "./feeds.fixture.ts";
import { Reputation } from "./index.ts";
import { ReputationTable } from "./table.ts";
import { NO_MANNERS } from "../../model/manners.ts";

const run = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `45.155.${(from + i) >> 8}.${(from + i) & 255}`);
const open = (feeds: readonly FeedNetworks[], now = NOW): Reputation => Reputation.from(compileTable(feeds), "test", now);

describe("reputation", () => {
  test("names every feed with its network, most trusted first", () => {
    const reputation = open([
      feedOf("weak", ["45.155.0.0/16"], { trust: 0.3 }),
      feedOf("strong", ["45.155.205.233", "2a0e:7b84::/32"], { trust: 0.9, kind: "botnet" }),
    ]);
    expect(reputation.label("45.155.205.233")).toStrictEqual({
      hits: [
        { list: "STRONG", date: "2026-11-24", feed: "strong", kind: "botnet", network: "45.155.205.233", trust: 0.9 },
        { list: "WEAK", date: "2026-11-24", feed: "weak", kind: "attacker", network: "45.155.0.0/16", trust: 0.3 },
      ],
      independent: 2,
    });
    expect(reputation.label("::ffff:45.155.205.233")?.hits[0]?.network).toBe("45.155.205.233");
    expect(reputation.label("2a0e:7b84:1::1")?.hits[0]?.network).toBe("2a0e:7b84::/32");
    for (const nothing of ["45.156.0.0", "2a0e:7b85::", "h:1234", "", "x"]) expect(reputation.label(nothing)).toBeNull();
  });

  test("copies and near copies count once, lists of their own do not", () => {
    const reputation = open([
      feedOf("a", run(0, 100)),
      feedOf("copy", run(0, 100)),
      feedOf("near", run(4, 103)),
      feedOf("other", [...run(50, 60), ...run(5000, 5100)]),
    ]);
    expect(reputation.label("45.155.0.55")).toMatchObject({ independent: 2 });
    expect(reputation.label("45.155.0.10")).toMatchObject({ independent: 1 });
    expect(reputation.overlaps.find(({ feed, other }) => feed === "near" && other === "a")?.share).toBeCloseTo(96 / 99, 3);
  });

  test("a collection does not tie together what it is made of", () => {
    const shared = run(0, 3);
    const [one, two] = [
      [...shared, ...run(100, 150)],
      [...shared, ...run(300, 350)],
    ];
    const reputation = open([feedOf("one", one), feedOf("two", two), feedOf("collection", [...one, ...two, ...run(900, 2000)])]);
    expect(reputation.label("45.155.0.1")).toMatchObject({ independent: 2 });
    expect(reputation.label("45.155.0.120")).toMatchObject({ independent: 1 });
    const declared = open([feedOf("part", ["45.155.0.1"]), feedOf("whole", ["45.155.0.0/24"], { madeOf: ["part", "absent"] })]);
    expect(declared.label("45.155.0.1")).toMatchObject({ independent: 1 });
  });

  test("lists that speak for an address are shown and do not count against it", () => {
    const reputation = open([feedOf("scanners", ["45.155.0.0/24"], { kind: "acknowledged" }), feedOf("bad", ["45.155.0.9"])]);
    expect(reputation.label("45.155.0.1")).toMatchObject({ independent: 0, hits: [{ feed: "scanners" }] });
    expect(reputation.label("45.155.0.9")).toMatchObject({ independent: 1 });
  });

  test("old lists are trusted less, and are a hint together", () => {
    const feeds = [feedOf("a", ["45.155.0.1"], { trust: 0.8 }), feedOf("b", ["45.155.0.1", "45.155.9.9"])];
    expect(open(feeds).label("45.155.0.1")).toMatchObject({ independent: 2, hits: [{ trust: 0.8 }, { trust: 0.5 }] });
    const later = open(feeds, NOW + 2 * 86_400);
    expect(later.label("45.155.0.1")).toMatchObject({ independent: 1, hits: [{ trust: 0.4 }, { trust: 0.25 }] });
    expect(later.feeds.map(({ isStale, age }) => [isStale, age])).toStrictEqual([
      [true, 176_400],
      [true, 176_400],
    ]);
  });

  test("is one of the labels of an address, from a file", () => {
    const folder = mkdtempSync(join(tmpdir(), "precursor-reputation-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "table.bin");
    writeFileSync(path, compileTable([feedOf("bad", ["45.155.205.233"])]));
    const intel = Intel.open({ networks: false, reputation: Reputation.open(path) });
    expect(intel.label("45.155.205.233", () => NO_MANNERS).reputation?.hits).toHaveLength(1);
    expect(intel.label("45.155.205.234", () => NO_MANNERS).reputation).toBeNull();
    writeFileSync(path, "<html>");
    expect(() => Reputation.open(path)).toThrow(IntelError);
    expect(() => Reputation.open(join(folder, "absent"))).toThrow(/ENOENT/);
  });

  test("a table of a million networks, whose blocks are smaller, answers as a set of addresses does", () => {
    const networks = new EntryColumns();
    // Not a divisor of any block, so that places in blocks differ
    const step = 3907;
    for (let word = step; word < 2 ** 32; word += step) networks.add4(word, 32);
    networks.add4(0x2d000000, 8);
    const table = new ReputationTable(compileTable([{ feed: tableFeed("a"), networks }]), "test");
    let wrong = 0;
    for (let word = 0; word < 2 ** 32 - 1; word += 977) {
      const isListed = (word > 0 && word % step === 0) || word >>> 24 === 0x2d;
      if ((table.lookup4(word) !== 0) !== isListed) wrong++;
    }
    for (let word = step; word < 2 ** 32; word += step) if (table.lookup4(word) === 0) wrong++;
    expect(wrong).toBe(0);
  });
});
