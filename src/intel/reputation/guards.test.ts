import { describe, expect, test } from "vitest";
import { parseNetwork } from "../../model/address.ts";
import type { FeedKind } from "../../model/reputation.ts";
import { type CopyFacts, judgeCopy } from "./copy-verdict.ts";
import { feedOf } from "./feeds.fixture.ts";
import { type GuardReport, guardEntries, guardWords } from "./guards.ts";
import { PUBLIC_RESOLVERS } from "../public-resolvers.ts";

const OWN = ["192.0.2.0/24", "198.18.0.0/15", "94.102.48.0/20", "2a00:1450::/32"].flatMap((text) => parseNetwork(text) ?? []);

function guard(lines: readonly string[], kind: FeedKind = "attacker"): GuardReport & { readonly left: readonly string[] } {
  const { networks } = feedOf("poisoned", lines);
  const report = guardEntries(networks, { kind, own: OWN });
  return { ...report, left: [...networks.networks()] };
}

describe("guards", () => {
  test("a poisoned feed loses what must never be acted upon, and keeps the rest", () => {
    const poisoned = [
      "0.0.0.0/0",
      "::/0",
      "0.0.0.0/1",
      "128.0.0.0/1",
      "2000::/3",
      "10.0.0.0/8",
      "192.168.1.1",
      "127.0.0.1",
      "94.102.49.1",
      "94.0.0.0/8",
      "2a00:1450:1::1",
      "8.8.8.8",
      "1.1.1.0/24",
      "2606:4700:4700::1111",
      "fe80::1",
      "ff02::1",
      "45.155.205.233",
      "2a0e:7b84::/32",
      "60.0.0.0/8",
    ];
    const { left, reasons, guarded, examples } = guard(poisoned);
    expect(left).toStrictEqual(["45.155.205.233/32", "60.0.0.0/8", "2a0e:7b84::/32"]);
    expect(reasons).toStrictEqual({ everything: 2, "too-wide": 3, "own-network": 3, "special-purpose": 5, resolver: 3 });
    expect(guarded).toBe(16);
    expect(examples).toHaveLength(8);
    expect(guardWords(guard(["0.0.0.0/0", "10.0.0.0/8"]))).toBe("0.0.0.0/0 (everything), 10.0.0.0/8 (special-purpose)");
  });

  test("everything in pieces, and as a range, is everything", () => {
    expect(guard(["0.0.0.1-255.255.255.254"]).left).toStrictEqual([]);
    expect(guard(["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"]).left).toStrictEqual([]);
    expect(guard(["2001::-3fff::"]).left).toStrictEqual([]);
  });

  test("neighbours of what is guarded are let pass", () => {
    const fine = ["9.9.9.8", "11.0.0.0", "172.15.255.255", "172.32.0.0", "94.102.64.0", "64:ff9b::198.51.100.1", "2001:4860:4860::8889"];
    expect(guard(fine).guarded).toBe(0);
  });

  test("lists that speak for addresses may name resolvers and own networks, but not everything", () => {
    expect(guard(["8.8.8.8", "94.102.49.1"], "resolver").left).toHaveLength(2);
    expect(guard(["8.8.8.8", "94.102.49.1"], "acknowledged").left).toHaveLength(2);
    expect(guard(["0.0.0.0/0", "10.0.0.1"], "acknowledged").left).toStrictEqual([]);
  });

  test("every resolver of the table is one address", () => {
    for (const text of PUBLIC_RESOLVERS.flatMap(({ addresses }) => addresses)) {
      expect(parseNetwork(text), text).not.toBeNull();
      expect(guard([text]).reasons.resolver, text).toBe(1);
    }
  });

  test("of each resolver no address stands twice, and those that were not seen are among them", () => {
    const all = PUBLIC_RESOLVERS.flatMap(({ addresses }) => addresses);
    expect(new Set(all).size).toBe(all.length);
    for (const { addresses, unseen } of PUBLIC_RESOLVERS) expect(addresses).toEqual(expect.arrayContaining([...(unseen ?? [])]));
  });
});

describe("the verdict on a copy", () => {
  const NOW = 1_795_500_000;
  const fine: CopyFacts = {
    refused: null,
    entries: 100,
    foreign: 0,
    unparsed: 0,
    kept: 100,
    lastKept: 100,
    guarded: 0,
    addresses4: 100,
    dataDate: NOW - 60,
    now: NOW,
    staleAfter: 86_400,
  };
  const judge = (facts: Partial<CopyFacts>) => judgeCopy({ ...fine, ...facts });

  test("a good copy is accepted, and the first of a feed, and one that says no date", () => {
    for (const facts of [{}, { lastKept: null }, { dataDate: null }, { kept: 11 }])
      expect(judge(facts)).toStrictEqual({ verdict: "accept" });
  });

  test("an old one is accepted as old", () => {
    expect(judge({ dataDate: NOW - 86_401 })).toStrictEqual({
      verdict: "accept-stale",
      reason: "dates itself 2026-11-23, which is 24 hours ago",
    });
  });

  test("what cannot be the feed is refused, with the reason", () => {
    const reason = (facts: Partial<CopyFacts>): string => {
      const verdict = judge(facts);
      return verdict.verdict === "refuse" ? verdict.reason : verdict.verdict;
    };
    expect(reason({ refused: "is a web page" })).toBe("is a web page");
    expect(reason({ kept: 10, entries: 10 })).toBe("shrank from 100 networks to 10, by 90 %");
    expect(reason({ entries: 0, kept: 0 })).toBe("holds no address");
    expect(reason({ entries: 0, kept: 0, foreign: 5 })).toMatch(/no address among 5/);
    expect(reason({ kept: 0, guarded: 3 })).toMatch(/all of its 3 networks/);
    expect(reason({ dataDate: NOW + 2 * 86_400 })).toMatch(/^dates itself 2026-11-26, which is in the future$/);
    expect(reason({ unparsed: 101 })).toMatch(/cannot be read for the most part/);
    expect(reason({ addresses4: 2 ** 31 })).toMatch(/covers 50 %/);
  });
});
