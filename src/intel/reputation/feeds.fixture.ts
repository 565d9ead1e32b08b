/** Feeds made for tests of the table. */
import type { FeedKind } from "../../model/reputation.ts";
import type { FeedNetworks } from "./compile.ts";
import { readFeed } from "./read-feed.ts";
import type { TableFeed } from "./table-feed.ts";

/** Seconds since 1970: 24 November 2026. */
export const NOW = 1_795_500_000;

export function tableFeed(feed: string, parts: Partial<TableFeed> = {}): TableFeed {
  const fine = { condition: "fine", reason: null, entries: 0, guarded: 0, fetchedAt: NOW - 60, dataDate: NOW - 3600 } as const;
  return {
    feed,
    name: feed.toUpperCase(),
    kind: "attacker" satisfies FeedKind,
    licence: "made for tests",
    trust: 0.5,
    staleAfter: 86_400,
    madeOf: [],
    ...fine,
    ...parts,
  };
}

/** A feed of the networks of a text, a line each. */
export function feedOf(feed: string, lines: readonly string[], parts: Partial<TableFeed> = {}): FeedNetworks {
  const { networks } = readFeed(new TextEncoder().encode(`${lines.join("\n")}\n`), "addresses", { now: NOW });
  return { feed: tableFeed(feed, { entries: networks.count, ...parts }), networks };
}
