import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  containsIPv4,
  containsIPv6,
  formatIPv4,
  formatIPv6,
  type Network,
  parseIPv4,
  parseIPv6,
  parseNetwork,
} from "../../model/address.ts";
import { IntelError } from "../../model/errors.ts";
import { compileTable, type FeedNetworks, MAX_FEEDS } from "./compile.ts";
import { EntryColumns } from "./entry-columns.ts";
import { feedOf, NOW, tableFeed } from "./feeds.fixture.ts";
import { readFeed } from "./read-feed.ts";
import { ReputationTable } from "./table.ts";

const INTEL = new URL("../../../../shared/intel/", import.meta.url);
const present = existsSync(INTEL);
if (!present) console.warn("skipped: shared lists are not here (../shared/intel)");

/** Every feed that covers the address with its most specific network, the slow way. */
function oracle(feeds: readonly (readonly Network[])[], address: string): string {
  const word = parseIPv4(address);
  const words = parseIPv6(address);
  const hits = feeds.flatMap((networks, feed) => {
    const covering = networks.filter((network) =>
      word === null ? words !== null && containsIPv6(network, ...words) : containsIPv4(network, word),
    );
    return covering.length === 0 ? [] : [`${feed}/${Math.max(...covering.map(({ bits }) => bits))}`];
  });
  return hits.join(" ");
}

function ask(table: ReputationTable, address: string): string {
  const word = parseIPv4(address);
  const words = parseIPv6(address);
  const set = word !== null ? table.lookup4(word) : words === null ? 0 : table.lookup6(...words);
  return table
    .hits(set)
    .map(({ feed, bits }) => `${feed}/${bits}`)
    .join(" ");
}

const networksOf = (columns: EntryColumns): Network[] => [...columns.networks()].flatMap((text) => parseNetwork(text) ?? []);

/** First and last addresses of a network, and those beside them. */
function edges({ family, words, bits }: Network): string[] {
  if (family === 4) {
    const last = words[3] + 2 ** (32 - bits) - 1;
    return [words[3] - 1, words[3], last, last + 1].filter((word) => word >= 0 && word < 2 ** 32).map((word) => formatIPv4(word));
  }
  const first = words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
  const last = first + (1n << BigInt(128 - bits)) - 1n;
  const text = (value: bigint): string => {
    const [a = 0, b = 0, c = 0, d = 0] = [96n, 64n, 32n, 0n].map((shift) => Number((value >> shift) & 0xffffffffn));
    return formatIPv6(a, b, c, d);
  };
  return [first - 1n, first, last, last + 1n].filter((value) => value >= 0n && value >> 128n === 0n).map((value) => text(value));
}

function compiled(feeds: readonly FeedNetworks[]): ReputationTable {
  return new ReputationTable(compileTable(feeds), "test");
}

describe("a compiled table", () => {
  test.skipIf(!present)("answers as the shared lists themselves do", () => {
    const folder = new URL("misp/", INTEL);
    const feeds = readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => ({ feed: tableFeed(name), networks: readFeed(readFileSync(new URL(name, folder)), "auto", { now: NOW }).networks }));
    const table = compiled(feeds);
    const oracles = feeds.map(({ networks }) => networksOf(networks));
    const asked = oracles.flatMap((networks) => networks.filter((_, i) => i % 997 === 0).flatMap((network) => edges(network)));
    expect(asked.length).toBeGreaterThan(300);
    for (const address of asked) expect(ask(table, address), address).toBe(oracle(oracles, address));
  });

  test("knows the most specific network of each feed, and nothing beside it", () => {
    const table = compiled([
      feedOf("a", ["10.0.0.0/8", "10.1.2.3"]),
      feedOf("b", ["10.1.2.0/24", "10.1.2.4/31"]),
      feedOf("c", ["2001:db8::/32", "2001:db8::1"]),
    ]);
    expect(ask(table, "10.1.2.3")).toBe("0/32 1/24");
    expect(ask(table, "10.1.2.5")).toBe("0/8 1/31");
    expect(ask(table, "10.255.255.255")).toBe("0/8");
    expect(ask(table, "11.0.0.0")).toBe("");
    expect(ask(table, "9.255.255.255")).toBe("");
    expect(ask(table, "2001:db8::1")).toBe("2/128");
    expect(ask(table, "2001:db8:ffff::")).toBe("2/32");
    expect(ask(table, "2001:db9::")).toBe("");
  });

  test("of nothing answers nothing", () => {
    const table = compiled([]);
    expect(ask(table, "192.0.2.1")).toBe("");
    expect(ask(table, "2001:db8::1")).toBe("");
    expect(table.size).toStrictEqual({ stretches4: 0, networks6: 0, sets: 1 });
  });

  test("joins neighbours of one set and cuts nothing twice", () => {
    const dense = Array.from({ length: 256 }, (_, i) => `192.0.2.${i}`);
    expect(compiled([feedOf("a", [...dense, ...dense])]).size).toMatchObject({ stretches4: 1, sets: 2 });
  });

  // Few bits that vary, so that networks meet, nest and touch
  const network4 = fc
    .tuple(fc.constantFrom(0, 10, 127, 128, 255), fc.constantFrom(0, 1, 255), fc.nat(7), fc.nat(7), fc.integer({ min: 0, max: 32 }))
    .map(([a, b, c, d, bits]) => `${a}.${b}.${c}.${d}/${bits}`);
  const network6 = fc
    .tuple(fc.constantFrom("2001", "2a00", "3fff", "0", "ffff"), fc.nat(3), fc.nat(3), fc.integer({ min: 0, max: 128 }))
    .map(([a, b, c, bits]) => `${a}:${b.toString(16)}:0:0:1::${c}/${bits}`);
  const feed = fc.array(fc.oneof(network4, network6), { maxLength: 25 });

  test("answers as a search through all networks does", () => {
    fc.assert(
      fc.property(
        fc.array(feed, { minLength: 1, maxLength: 5 }),
        fc.array(fc.oneof(network4, network6), { maxLength: 10 }),
        (texts, more) => {
          const feeds = texts.map((lines, i) => feedOf(`f${i}`, lines));
          const table = compiled(feeds);
          const oracles = feeds.map(({ networks }) => networksOf(networks));
          const asked = [...oracles.flat(), ...more.flatMap((text) => parseNetwork(text) ?? [])].flatMap((network) => edges(network));
          for (const address of asked) expect(ask(table, address), address).toBe(oracle(oracles, address));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("answers so, too, where many networks share their first words, evenly or in crowds", () => {
    const word = fc.oneof(
      fc.nat(0xffffffff),
      fc.nat(40),
      fc.nat(40).map((crowd) => 0xffffffff - crowd),
      fc.constantFrom(0, 0x80000000),
    );
    const network = fc
      .tuple(
        fc.constantFrom(0x20010db8, 0x20010db9, 0x2a024780, 0xfe800000),
        word,
        word,
        word,
        fc.constantFrom(20, 32, 40, 64, 64, 96, 128, 128),
      )
      .map(([a, b, c, d, bits]) => `${formatIPv6(a, b, c, d)}/${bits}`);
    fc.assert(
      fc.property(
        fc.array(network, { minLength: 20, maxLength: 120, size: "max" }),
        fc.array(network, { maxLength: 10 }),
        (lines, more) => {
          const feeds = [feedOf("a", lines)];
          const table = compiled(feeds);
          const oracles = feeds.map(({ networks }) => networksOf(networks));
          for (const network of [...oracles[0]!, ...more.flatMap((text) => parseNetwork(text) ?? [])])
            for (const address of edges(network)) expect(ask(table, address), address).toBe(oracle(oracles, address));
        },
      ),
      { numRuns: 100 },
    );
  });

  test("is the same octets for the same feeds, whatever the order of their lines", () => {
    fc.assert(
      fc.property(feed, feed, (one, two) => {
        const [first, again] = [one, one.toReversed()].map((lines) => compileTable([feedOf("a", lines), feedOf("b", two)]));
        expect(Buffer.compare(first!, again!)).toBe(0);
      }),
    );
  });

  test("overlap counts are those of a search through all entries", () => {
    fc.assert(
      fc.property(feed, feed, (one, two) => {
        const feeds = [feedOf("a", one), feedOf("b", two)];
        const [ours = [], theirs = []] = feeds.map(({ networks }) => networksOf(networks));
        const inside = (x: Network, y: Network): boolean =>
          y.bits <= x.bits && (x.family === 4 ? containsIPv4(y, x.words[3]) : containsIPv6(y, ...x.words));
        const distinct = [...new Map(ours.map((network) => [JSON.stringify(network), network])).values()];
        const share = distinct.length === 0 ? 0 : distinct.filter((x) => theirs.some((y) => inside(x, y))).length / distinct.length;
        const found = compiled(feeds).meta.overlaps.find((overlap) => overlap.feed === "a");
        expect(found?.share ?? 0).toBeCloseTo(share < 0.01 ? 0 : share, 3);
      }),
    );
  });

  test("a file that was damaged anywhere is refused, and so is one that is cut", () => {
    const file = compileTable([feedOf("a", ["192.0.2.0/24", "2001:db8::/32"]), feedOf("b", ["192.0.2.1"])]);
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Uint8Array.from(file);
        damaged[at] = damaged[at]! ^ change;
        expect(() => new ReputationTable(damaged, "table.bin")).toThrow(IntelError);
      }),
      { numRuns: 300 },
    );
    for (const length of [0, 1, 63, 64, file.length - 1]) {
      expect(() => new ReputationTable(file.slice(0, length), "table.bin")).toThrow(/^table\.bin: /);
    }
    const shifted = new Uint8Array(file.length + 1).subarray(1);
    shifted.set(file);
    expect(ask(new ReputationTable(shifted, "unaligned"), "192.0.2.1")).toBe("0/24 1/32");
  });

  test("takes no more feeds than it can number", () => {
    const many = Array.from({ length: MAX_FEEDS + 1 }, (_, i) => ({ feed: tableFeed(`f${i}`), networks: new EntryColumns() }));
    expect(() => compileTable(many)).toThrow(/1025 feeds/);
  });
});
