/** Lines of the report's footer on reputation feeds: which are in use, and which are stale, kept or refused, and why. */
import type { FeedState } from "../model/reputation.ts";
import type { Limit } from "./limits.ts";
import { count, counted } from "./quantity.ts";

/** Feeds named each by itself in a brief list. */
const NAMED = 2;

const CONDITION_WORDS = { stale: "is stale", kept: "is the last good copy", refused: "is refused", absent: "was never fetched" } as const;

export function feedLimits(feeds: readonly FeedState[], brief: boolean): Limit[] {
  if (feeds.length === 0)
    return [{ topic: "Feeds", words: "no reputation feed is at hand; precursor intel update fetches them.", serious: false }];
  const used = feeds.filter(({ condition }) => condition !== "refused" && condition !== "absent");
  const entries = used.reduce((sum, feed) => sum + feed.entries, 0);
  const guarded = feeds.reduce((sum, feed) => sum + feed.guarded, 0);
  const leftOut = guarded === 0 ? "" : `; ${counted(guarded, "entry", "entries")} that may not be in one left out`;
  const lines: Limit[] = [
    {
      topic: "Feeds",
      words: `${counted(used.length, "reputation feed")}, ${counted(entries, "entry", "entries")}${leftOut}.`,
      serious: false,
    },
  ];
  const bad = feeds.flatMap((feed) =>
    feed.condition === "fine" ? [] : [`${feed.feed} ${CONDITION_WORDS[feed.condition]}${feed.reason === null ? "" : `: ${feed.reason}`}`],
  );
  const shown = brief && bad.length > NAMED + 1 ? bad.slice(0, NAMED) : bad;
  for (const words of shown) lines.push({ topic: "Feed", words: `${words}.`, serious: true });
  if (shown.length < bad.length)
    lines.push({ topic: "Feed", words: `${count(bad.length - shown.length)} more are not fine: precursor intel check.`, serious: true });
  return lines;
}
