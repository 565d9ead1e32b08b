/** How each feed stands, from the index alone. */
import type { FeedCondition, FeedState } from "../../model/reputation.ts";
import type { FeedRecord, LibraryIndex } from "./library-index.ts";

/** Feeds in use or refused, by id. `now` in seconds since 1970. */
export function feedStates(index: LibraryIndex, now: number): FeedState[] {
  return Object.entries(index.feeds)
    .filter(([, { used, copies, refusal }]) => used && (copies.length > 0 || refusal !== null))
    .map(([feed, record]) => feedState(feed, record, now))
    .sort((a, b) => (a.feed < b.feed ? -1 : 1));
}

export function feedState(feed: string, record: FeedRecord, now: number): FeedState {
  const { name, kind, licence, entries, guarded, fetchedAt, dataDate } = record;
  return { feed, name, kind, licence, ...conditionOf(record, now), entries, guarded, fetchedAt, dataDate };
}

function conditionOf(record: FeedRecord, now: number): { readonly condition: FeedCondition; readonly reason: string | null } {
  const { copies, refusal } = record;
  if (copies.length === 0)
    return refusal === null ? { condition: "absent", reason: "never fetched" } : { condition: "refused", reason: refusal.reason };
  const old = staleness(record, now);
  if (refusal !== null) return { condition: "kept", reason: old === null ? refusal.reason : `${refusal.reason}; ${old}` };
  return old === null ? { condition: "fine", reason: null } : { condition: "stale", reason: old };
}

/** Why the copy in use is too old, or null: not looked at again for too long, or the publisher's own date is too long ago. */
function staleness({ fetchedAt, checkedAt, dataDate, staleAfter }: FeedRecord, now: number): string | null {
  const seen = Math.max(fetchedAt ?? 0, checkedAt ?? 0);
  if (now - seen > staleAfter) return `last fetched ${days(now - seen)} ago, and good for ${days(staleAfter)}`;
  if (dataDate !== null && now - dataDate > staleAfter)
    return `its publisher dates it ${days(now - dataDate)} ago, and it is good for ${days(staleAfter)}`;
  return null;
}

function days(seconds: number): string {
  const value = seconds / 86_400;
  const number = value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
  return `${number} ${number === 1 ? "day" : "days"}`;
}
