/** What reputation feeds say of an address: the compiled table of a library, behind one door. Nothing is asked of the network. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { formatIPv4, formatIPv6, formatNetwork, parseIPv4, parseIPv6, parseNetwork } from "../../model/address.ts";
import { IntelError } from "../../model/errors.ts";
import type { FeedKind, ReputationHit, ReputationLabel } from "../../model/reputation.ts";
import { Agreement, type FeedOverlap } from "./agreement.ts";
import { isStale } from "./copy-verdict.ts";
import { EMPTY_SET } from "./set-interner.ts";
import { ReputationTable } from "./table.ts";
import type { TableFeed } from "./table-feed.ts";

/** What a stale feed's trust is multiplied with: addresses have changed hands since. A stated judgement. */
export const STALE_TRUST = 0.5;
/** Octets a read: the kernel's own limit is just below 2 GiB. */
const READ_OCTETS = 1 << 30;
/** Third word of an IPv4 address in an IPv6 one (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffff;

type Words = readonly [number, number, number, number];

/** A feed in use, and how it stands now. */
export interface FeedInUse extends TableFeed {
  readonly isStale: boolean;
  /** Seconds since its data's date, or else since it was fetched; null where neither is known. */
  readonly age: number | null;
}

/** An open table. Feeds that have become stale since it was compiled are known as stale. */
export class Reputation {
  readonly feeds: readonly FeedInUse[];
  /** How much of each feed is in each other, from one per cent. */
  readonly overlaps: readonly FeedOverlap[];
  readonly #table: ReputationTable;
  readonly #agreement: Agreement;

  private constructor(table: ReputationTable, now: number) {
    this.#table = table;
    this.feeds = table.meta.feeds.map((feed) => inUse(feed, now));
    this.overlaps = table.meta.overlaps;
    this.#agreement = new Agreement(this.feeds.length, table.meta.copies);
  }

  /** Reads a table's file, at once. `now` in seconds since 1970. @throws IntelError E_INTEL_TABLE where it cannot be read or is damaged. */
  static open(path: string, now: number = Date.now() / 1000): Reputation {
    return Reputation.from(readWhole(path), path, now);
  }

  /** The same from octets, which must not change any more. @throws IntelError E_INTEL_TABLE */
  static from(file: Uint8Array, place: string, now: number = Date.now() / 1000): Reputation {
    return new Reputation(new ReputationTable(file, place), now);
  }

  /** All that feeds say of an address (text); null where they say nothing, and of what is no address. */
  label(address: string): ReputationLabel | null {
    const word = parseIPv4(address);
    if (word !== null) return this.#label(this.#table.lookup4(word), word, null);
    const words = parseIPv6(address);
    if (words === null) return null;
    const [a, b, c, d] = words;
    if (a === 0 && b === 0 && c === MAPPED) return this.#label(this.#table.lookup4(d), d, null);
    return this.#label(this.#table.lookup6(a, b, c, d), 0, words);
  }

  #label(set: number, word: number, six: Words | null): ReputationLabel | null {
    if (set === EMPTY_SET) return null;
    const found = this.#table.hits(set);
    const hits = found.flatMap(({ feed, bits }) => {
      const listed = this.feeds[feed];
      return listed === undefined ? [] : [hitOf(listed, networkText(word, six, bits))];
    });
    const against = found.filter(({ feed }) => speaksAgainst(this.feeds[feed]?.kind));
    const fresh = against.filter(({ feed }) => this.feeds[feed]?.isStale === false).map(({ feed }) => feed);
    // Old lists among themselves are a hint and no more
    const independent = Math.max(this.#agreement.independent(fresh), against.length > 0 ? 1 : 0);
    return { hits: hits.toSorted((x, y) => y.trust - x.trust || (x.feed < y.feed ? -1 : 1)), independent };
  }
}

/** Whether a listing is evidence against an address. */
function speaksAgainst(kind: FeedKind | undefined): boolean {
  return kind !== undefined && kind !== "acknowledged" && kind !== "resolver";
}

function inUse(feed: TableFeed, now: number): FeedInUse {
  const date = feed.dataDate ?? feed.fetchedAt;
  const old = isStale(feed.fetchedAt, now, feed.staleAfter) || isStale(feed.dataDate, now, feed.staleAfter);
  return { ...feed, isStale: old || feed.condition === "stale", age: date === null ? null : Math.max(0, now - date) };
}

function hitOf(feed: FeedInUse, network: string): ReputationHit {
  return {
    list: feed.name,
    date: isoDay(feed.dataDate ?? feed.fetchedAt),
    feed: feed.feed,
    kind: feed.kind,
    network,
    trust: feed.isStale ? feed.trust * STALE_TRUST : feed.trust,
  };
}

/** Seconds since 1970 as an ISO date. */
function isoDay(seconds: number | null): string | null {
  return seconds === null ? null : new Date(1000 * seconds).toISOString().slice(0, 10);
}

/** The network of a length around an address; of a mapped one, around the IPv4 address. */
function networkText(word: number, six: Words | null, bits: number): string {
  const network = parseNetwork(`${six === null ? formatIPv4(word) : formatIPv6(...six)}/${bits}`);
  return network === null ? "" : formatNetwork(network);
}

function readWhole(path: string): Uint8Array {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, "r");
    const octets = new Uint8Array(fstatSync(descriptor).size);
    for (let at = 0; at < octets.length;) {
      const got = readSync(descriptor, octets, at, Math.min(READ_OCTETS, octets.length - at), at);
      if (got === 0) break;
      at += got;
    }
    return octets;
  } catch (error) {
    throw new IntelError("E_INTEL_TABLE", path, error instanceof Error ? error.message : "cannot be read", error);
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
