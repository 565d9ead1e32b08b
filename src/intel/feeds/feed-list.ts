/** The feeds there are, each with how it stands: the catalogue, the user's own, and the index put side by side. */
import type { FeedListing } from "../../model/feed-library.ts";
import { shownUrl } from "../web/shown-url.ts";
import type { Feed } from "./feed.ts";
import { feedState } from "./feed-state.ts";
import { dueAt } from "./fetch-feed.ts";
import { type LibraryIndex, NOTHING_FETCHED } from "./library-index.ts";

/** Overlaps below this say nothing. */
const LEAST_SHARE = 0.01;

/** All feeds in the catalogue's order. `now` in seconds since 1970. */
export function listFeeds(
  feeds: ReadonlyMap<string, Feed>,
  disabled: ReadonlySet<string>,
  index: LibraryIndex,
  now: number,
): FeedListing[] {
  return [...feeds.values()].map((feed) => {
    const record = index.feeds[feed.id];
    const { id, name, kind, licence, staleAfter, trust } = feed;
    const isDisabled = disabled.has(id);
    const due = Math.max(record?.notBefore ?? 0, dueAt(feed, record));
    const { commercial, trustReason, page, read, refresh, own, madeOf } = feed;
    return {
      ...feedState(id, { ...(record ?? NOTHING_FETCHED), name, kind, licence, staleAfter, trust, used: !isDisabled }, now),
      leftOut: record?.leftOut ?? null,
      urls: feed.urls.map(shownUrl),
      commercial,
      trust,
      trustReason,
      page,
      read,
      refresh,
      own,
      madeOf,
      dueAt: due > now ? due : null,
      disabled: isDisabled,
      overlap: Object.entries(index.overlap[id] ?? {})
        .map(([other, share]) => ({ feed: other, share }))
        .filter(({ share }) => share >= LEAST_SHARE)
        .sort((a, b) => b.share - a.share),
    };
  });
}
