/** Feeds opened for lookups, from files alone: a library that is absent costs one look, and gives none. */
import { join } from "node:path";
import type { FeedState } from "../../model/reputation.ts";
import type { ReputationLookup } from "../index.ts";
import { feedStates } from "./feed-state.ts";
import { readTable } from "./library.ts";
import { Reputation } from "../reputation/index.ts";

export interface OpenedFeeds {
  readonly reputation: ReputationLookup | null;
  readonly feeds: readonly FeedState[];
  /** Of the library that was read: it rises with each update; null where there is none. */
  readonly generation: number | null;
}

/** @param folder null for none @param now seconds since 1970 @throws IntelError where there is a library, and it cannot be read */
export function openFeeds(folder: string | null, now: number): OpenedFeeds {
  const read = folder === null ? null : readTable(folder);
  if (folder === null || read === null) return { reputation: null, feeds: [], generation: null };
  return {
    reputation: read.table === null ? null : Reputation.from(read.table, join(folder, read.index.table?.file ?? ""), now),
    feeds: feedStates(read.index, now),
    generation: read.index.generation,
  };
}
