/** What the library needs of those who read feeds, guard against what must not be in them, and compile them into one table. */
import type { Feed } from "./feed.ts";

/** A feed as read: what it holds is opaque here. */
export interface ReadFeed<Contents> {
  readonly contents: Contents;
  /** Entries that are kept, and those that the guards left out. */
  readonly entries: number;
  readonly guarded: number;
  /** The first few of those, with the reason of each; null where there were none. */
  readonly leftOut: string | null;
  /** Seconds since 1970: the date that it states of itself. */
  readonly dataDate: number | null;
  /** Why it is not to be used as a whole (no list at all, shrunk, from the future, too old); null where it is fine. */
  readonly refused: string | null;
}

/** What is known of the copy in use, to tell a list that shrank. */
export interface FeedBefore {
  readonly entries: number;
  readonly dataDate: number | null;
}

export interface FeedWorks<Contents> {
  /** Total: octets of any kind give a feed, or the reason why it is refused. `before` is null where none is in use, or where no questions are to be asked. */
  read(files: readonly Uint8Array[], feed: Feed, before: FeedBefore | null, now: number): ReadFeed<Contents>;
  /** Whether a table can be used: it may be damaged, or of another version of the program. */
  opens(table: Uint8Array): boolean;
  /** One table of all feeds, and the share of each one's addresses that another holds. */
  compile(feeds: readonly { readonly feed: Feed; readonly read: ReadFeed<Contents>; readonly fetchedAt: number | null }[]): {
    readonly table: Uint8Array;
    readonly overlap: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
}
