/** What is known of a feed before any of it is fetched: where it is, what it lists, under which terms, and how far to trust it. */
import type { FeedKind } from "../../model/reputation.ts";
import type { FeedForm } from "./feed-form.ts";

/**
 * Whether a company may use the feed to protect its own network without asking or paying: `free`; `not-free`; `unstated`, where its pages
 * do not say. Those that are not free are fetched only once they were named.
 */
export type CommercialUse = "free" | "not-free" | "unstated";

export interface FormChoice {
  readonly column?: string | number | undefined;
  readonly endColumn?: string | number | undefined;
  readonly member?: string | undefined;
  readonly minimum?: number | undefined;
}

export interface Feed {
  /** Letters, digits and dashes: "spamhaus-drop". */
  readonly id: string;
  readonly name: string;
  /** Fetched together; what they hold is one list. Empty for one that only ever comes from files. */
  readonly urls: readonly string[];
  readonly kind: FeedKind;
  /** Terms of use in words. */
  readonly licence: string;
  readonly commercial: CommercialUse;
  /** Seconds between two fetches at least: what the publisher asks for, or how often the list changes. */
  readonly refresh: number;
  /** Seconds after which what was fetched, or the date that the list states of itself, is too old to be relied on. */
  readonly staleAfter: number;
  /** Between 0 and 1: how likely an address on it did at the time what the list says. A stated judgement, for `trustReason`. */
  readonly trust: number;
  readonly trustReason: string;
  readonly form: FeedForm;
  /** Where its form leaves a choice: columns of a table, the member of JSON, the least number of lists of ipsum. */
  readonly choice: FormChoice;
  /** The page that documents it, and the ISO date of the copy of it that was read. */
  readonly page: string;
  readonly read: string | null;
  /** Feeds that it is made of, by id: agreeing with them is no agreement. Empty for one of its own. */
  readonly madeOf: readonly string[];
  /** A list without entries is one, too: nothing is to be listed at times. */
  readonly mayBeEmpty: boolean;
  /** Whether it is the user's, or of the program's own catalogue. */
  readonly own: boolean;
}

export const HOUR = 3600;
export const DAY = 86_400;
/** Lists of names and ranges that are kept by hand change a few times a year. */
export const HALF_A_YEAR = 182 * DAY;
/** Addresses change hands within days: what was an attacker's last week may be a neighbour's today. A stated judgement. */
export const DEFAULT_STALE_AFTER = 4 * DAY;

const FEED_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Whether a text can name a feed: it stands in paths. */
export function isFeedId(text: string): boolean {
  return FEED_ID.test(text);
}

/** A feed as the catalogue has it: what most feeds have alike may be left out. */
type Common = "choice" | "form" | "madeOf" | "mayBeEmpty" | "staleAfter";
export type CatalogueEntry = Omit<Feed, Common | "own"> & Partial<Pick<Feed, Common>>;
