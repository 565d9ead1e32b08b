/** A feed as the compiled table knows it. */
import type { FeedState } from "../../model/reputation.ts";

export interface TableFeed extends FeedState {
  /** Between 0 and 1. */
  readonly trust: number;
  /** Seconds after which its data are too old to be relied on; null where they do not age. */
  readonly staleAfter: number | null;
  /** Feeds that it is made of, by id: it counts once with each. */
  readonly madeOf: readonly string[];
}
