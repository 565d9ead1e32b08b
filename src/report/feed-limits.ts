/** Lines of the report's footer on reputation feeds: which are in use, and which are stale, kept or refused, and why. */
import type { FeedState } from "../model/reputation.ts";
import type { Limit } from "./limits.ts";
import { count, counted } from "./quantity.ts";

/** Feeds named each by itself in a brief list. */
const NAMED = 2;

/** "no feeds", "12 feeds". */
export function feedsInShort(feeds: readonly FeedState[]): string {
  const used = usedFeeds(feeds).length;
  return used === 0 ? "no feeds" : counted(used, "feed");
}

const CONDITION_WORDS = { stale: "is stale", kept: "is the last good copy", refused: "is refused", absent: "was never fetched" } as const;

/** `brief`: only what is not fine; {@link feedsInShort} is for a line on all lists. */
export function feedLimits(feeds: readonly FeedState[], brief: boolean): Limit[] {
  const lines: Limit[] = brief ? [] : [{ topic: "Feeds", words: `${feedWords(feeds)}.`, serious: false }];
  const bad = feeds.flatMap((feed) =>
    feed.condition === "fine" ? [] : [`${feed.feed} ${CONDITION_WORDS[feed.condition]}${feed.reason === null ? "" : `: ${feed.reason}`}`],
  );
  const shown = brief && bad.length > NAMED + 1 ? bad.slice(0, NAMED) : bad;
  for (const words of shown) lines.push({ topic: "Feed", words: `${words}.`, serious: true });
  if (shown.length < bad.length)
    lines.push({ topic: "Feed", words: `${count(bad.length - shown.length)} more are not fine: precursor intel check.`, serious: true });
  return lines;
}

function feedWords(feeds: readonly FeedState[]): string {
  if (feeds.length === 0) return "no reputation feed is at hand; precursor intel update fetches them";
  const used = usedFeeds(feeds);
  const entries = used.reduce((sum, feed) => sum + feed.entries, 0);
  const guarded = used.reduce((sum, feed) => sum + feed.guarded, 0);
  const leftOut = guarded === 0 ? "" : `; ${counted(guarded, "entry", "entries")} that may not be in one left out`;
  return `${counted(used.length, "reputation feed")}, ${counted(entries, "entry", "entries")}${leftOut}`;
}

function usedFeeds(feeds: readonly FeedState[]): readonly FeedState[] {
  return feeds.filter(({ condition }) => condition !== "refused" && condition !== "absent");
}
