/**
 * Which lists are independent of one another. How much of each list is in each other is counted exactly while the table is compiled, over all
 * distinct entries: of list A, those that lie within an entry of list B. Lists copy one another, and collections are made of others;
 * "five lists agree" means nothing where all five come from one.
 */

/** Share of a list that must lie in another for the two to count once. Independent lists of attackers share a few per cent. */
export const COPY_SHARE = 0.9;
/** Entries that a list must have to be taken for a part of a larger one; below it, only lists that hold each other are copies. */
export const LEAST_FOR_PART = 20;
/** A list of one entry tells nothing of where it is from. */
const LEAST_FOR_COPY = 2;
/** Share of a list below which an overlap is not kept. */
const LEAST_KEPT = 0.01;

/** How much of one feed is in another, by id. */
export interface FeedOverlap {
  readonly feed: string;
  readonly other: string;
  /** Between 0 and 1: of the distinct entries of `feed`, those within an entry of `other`. */
  readonly share: number;
}

/** Counts while a table is compiled: `F × F` numbers for F feeds, 8 MB for the most there may be. */
export class OverlapCounts {
  readonly feeds: number;
  /** Distinct entries of a feed. */
  readonly entries: Float64Array;
  readonly #inside: Float64Array;

  constructor(feeds: number) {
    this.feeds = feeds;
    this.entries = new Float64Array(feeds);
    this.#inside = new Float64Array(feeds * feeds);
  }

  /** An entry of `feed` lies within one of `other`. */
  addInside(feed: number, other: number): void {
    const at = feed * this.feeds + other;
    this.#inside[at] = this.#inside[at]! + 1;
  }

  share(feed: number, other: number): number {
    const entries = this.entries[feed]!;
    return entries === 0 ? 0 : this.#inside[feed * this.feeds + other]! / entries;
  }

  /** Overlaps worth showing, by feed and then by other. */
  overlaps(ids: readonly string[]): readonly FeedOverlap[] {
    return ids.flatMap((feed, i) =>
      ids.flatMap((other, j) => {
        const share = i === j ? 0 : this.share(i, j);
        return share < LEAST_KEPT ? [] : [{ feed, other, share: Math.round(1e4 * share) / 1e4 }];
      }),
    );
  }

  /** Pairs of feeds that count once: near copies, and a list with what it is a part of. */
  copies(): readonly (readonly [number, number])[] {
    const pairs: [number, number][] = [];
    for (let i = 0; i < this.feeds; i++) for (let j = i + 1; j < this.feeds; j++) if (this.#isCopy(i, j)) pairs.push([i, j]);
    return pairs;
  }

  #isCopy(i: number, j: number): boolean {
    const fewest = Math.min(this.entries[i]!, this.entries[j]!);
    const [iInJ, jInI] = [this.share(i, j), this.share(j, i)];
    if (fewest >= LEAST_FOR_COPY && iInJ >= COPY_SHARE && jInI >= COPY_SHARE) return true;
    return (iInJ >= COPY_SHARE && this.entries[i]! >= LEAST_FOR_PART) || (jInI >= COPY_SHARE && this.entries[j]! >= LEAST_FOR_PART);
  }
}

/** What counts once, for a table in use. */
export class Agreement {
  readonly #copies: ReadonlySet<number>;
  readonly #feeds: number;

  constructor(feeds: number, copies: readonly (readonly [number, number])[]) {
    this.#feeds = feeds;
    this.#copies = new Set(copies.flatMap(([i, j]) => [i * feeds + j, j * feeds + i]));
  }

  /**
   * How many of the feeds speak independently: the most of them of which no two are copies. Taken greedily, fewest copies first, so that a
   * collection does not tie together the lists that it is made of: on both lists and on the collection is two, not one.
   */
  independent(feeds: readonly number[]): number {
    let left = [...new Set(feeds)].sort((x, y) => x - y);
    let count = 0;
    while (left.length > 0) {
      let best = left[0]!;
      let fewest = Infinity;
      for (const feed of left) {
        const copies = left.filter((other) => this.areCopies(feed, other)).length;
        if (copies < fewest) [best, fewest] = [feed, copies];
      }
      count++;
      left = left.filter((other) => other !== best && !this.areCopies(best, other));
    }
    return count;
  }

  areCopies(feed: number, other: number): boolean {
    return this.#copies.has(feed * this.#feeds + other);
  }
}
