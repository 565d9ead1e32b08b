/** What reputation feeds say of an address, and how the feeds themselves are. */
import type { Provenance } from "./label.ts";

/** What a feed lists; an address may be on feeds of several kinds. */
export const FEED_KINDS = [
  "scanner",
  "attacker",
  "botnet",
  "malware",
  "spam",
  "hijacked",
  "anonymiser",
  "acknowledged",
  "resolver",
] as const;
/** `hijacked`: networks that nobody honest announces (Spamhaus DROP). `acknowledged` and `resolver` speak for an address, the others against it. */
export type FeedKind = (typeof FEED_KINDS)[number];

/** One feed that names an address. */
export interface ReputationHit extends Provenance {
  /** The feed's id in the catalogue: "spamhaus-drop". */
  readonly feed: string;
  readonly kind: FeedKind;
  /** The entry that matched, in CIDR notation. */
  readonly network: string;
  /** Between 0 and 1: how much the catalogue (or the user) trusts the feed. */
  readonly trust: number;
}

/** All that feeds say of one address. */
export interface ReputationLabel {
  /** Most trusted first. */
  readonly hits: readonly ReputationHit[];
  /** Feeds against it that are independent of one another: copies and near copies count once. One is a hint, several are evidence. */
  readonly independent: number;
}

/**
 * How a feed is: `fine`; `stale` (older than its refresh allows: shown, and counts for less); `kept` (what came last was refused, and the
 * last good copy is in use); `refused` (there is no good copy); `absent` (never fetched).
 */
export type FeedCondition = "fine" | "stale" | "kept" | "refused" | "absent";

/** One feed as it stands on disk. */
export interface FeedState {
  readonly feed: string;
  readonly name: string;
  readonly kind: FeedKind;
  readonly licence: string;
  readonly condition: FeedCondition;
  /** Why it is not fine, in one line; null where it is. */
  readonly reason: string | null;
  readonly entries: number;
  /** Entries left out by the guards: everything (0.0.0.0/0), private ranges, own networks, public resolvers. */
  readonly guarded: number;
  /** Seconds since 1970: when the copy in use was fetched, and the date that it states of itself; null where unknown. */
  readonly fetchedAt: number | null;
  readonly dataDate: number | null;
}
