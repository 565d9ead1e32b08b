/** What is told of feeds: how each stands, what an update did, and all that is known of an address. */
import type { AddressLabels } from "./label.ts";
import type { OnlineResult } from "./online.ts";
import type { FeedState } from "./reputation.ts";

/** A feed of the catalogue, or the user's, and how it stands on disk. */
export interface FeedListing extends FeedState {
  /** The first few of the entries that the guards left out, with the reason of each; null where there were none. */
  readonly leftOut: string | null;
  /** Where it is fetched from, without keys. */
  readonly urls: readonly string[];
  readonly commercial: "free" | "not-free" | "unstated";
  readonly trust: number;
  readonly trustReason: string;
  readonly page: string;
  /** ISO date of the copy of the page that was read for the catalogue; null where unknown. */
  readonly read: string | null;
  /** Seconds between two fetches at least. */
  readonly refresh: number;
  /** Seconds since 1970: when it may be fetched again; null where at once. */
  readonly dueAt: number | null;
  readonly disabled: boolean;
  /** The user's, not the catalogue's. */
  readonly own: boolean;
  /** Feeds that it says it is made of. */
  readonly madeOf: readonly string[];
  /** Share of its addresses that another feed in use holds, too; largest first. */
  readonly overlap: readonly { readonly feed: string; readonly share: number }[];
}

/** What became of one feed in an update. */
export interface FeedUpdate {
  readonly feed: string;
  /** `kept`: what came was refused or nothing came, and the last good copy stays; `refused`: the same, and there is no copy. */
  readonly outcome: "new" | "unchanged" | "not-due" | "kept" | "refused" | "would-fetch";
  readonly reason: string | null;
  readonly entries: number;
  readonly guarded: number;
  /** The first few of those, with the reason of each; null where there were none. */
  readonly leftOut: string | null;
  /** Octets that came. */
  readonly octets: number;
  /** Where it was, or would be, fetched from, without keys. */
  readonly from: readonly string[];
  /** Seconds since 1970: when it may be fetched again; null where at once. */
  readonly dueAt: number | null;
}

/** An address with all that is known of it here, and what services said. */
export interface AddressLookup {
  readonly address: string;
  readonly labels: AddressLabels;
  readonly online: readonly OnlineResult[];
}
