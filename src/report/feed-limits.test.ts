import { expect, test } from "vitest";
import type { FeedState } from "../model/reputation.ts";
import { feedLimits, feedsInShort } from "./feed-limits.ts";

const FINE: FeedState = {
  feed: "cins-army",
  name: "CINS Army",
  kind: "attacker",
  licence: "any use",
  condition: "fine",
  reason: null,
  entries: 15_000,
  guarded: 0,
  fetchedAt: 1_700_000_000,
  dataDate: null,
};

test("that there are none is told, and what is fine is counted", () => {
  expect(feedLimits([], false)).toEqual([
    { topic: "Feeds", words: "no reputation feed is at hand; precursor intel update fetches them.", serious: false },
  ]);
  expect(feedLimits([FINE, { ...FINE, guarded: 3 }], false)).toEqual([
    { topic: "Feeds", words: "2 reputation feeds, 30,000 entries; 3 entries that may not be in one left out.", serious: false },
  ]);
  expect(feedLimits([FINE], true)).toEqual([]);
  expect(feedsInShort([FINE, { ...FINE, condition: "refused" }])).toBe("1 feed");
});

test("each that is not fine is named with its reason, in brief the first of many", () => {
  const bad: FeedState[] = ["a", "b", "c", "d"].map((feed) => ({ ...FINE, feed, condition: "kept", reason: "a web page, not a list" }));
  expect(feedLimits(bad, false).map(({ words }) => words)).toContain("d is the last good copy: a web page, not a list.");
  expect(feedLimits(bad, true).map(({ words }) => words)).toEqual([
    "a is the last good copy: a web page, not a list.",
    "b is the last good copy: a web page, not a list.",
    "2 more are not fine: precursor intel check.",
  ]);
  expect(feedLimits(bad, true).every(({ serious }) => serious)).toBe(true);
});
