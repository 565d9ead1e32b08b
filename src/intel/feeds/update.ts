/** A library brought up to date: fetch or take from files, read, judge, keep or refuse, compile, and swap all of it in at once. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { IntelError } from "../../model/errors.ts";
import type { FeedUpdate } from "../../model/feed-library.ts";
import type { GetOptions } from "../web/http-get.ts";
import { shownUrl } from "../web/shown-url.ts";
import type { Feed } from "./feed.ts";
import { dueAt, type FetchedFile, fetchFeed } from "./fetch-feed.ts";
import type { FeedWorks, ReadFeed } from "./feed-works.ts";
import { type Library, sha256Of } from "./library.ts";
import { type CopyRecord, type FeedRecord, type LibraryIndex, NOTHING_FETCHED } from "./library-index.ts";

/** Fetched at once: enough for a slow server not to hold up the rest, and few enough to be polite. */
const CONCURRENT_FETCHES = 4;
/** A feed's files as given by the user. */
export interface GivenFiles {
  readonly feed: string;
  readonly files: readonly { readonly name: string; readonly octets: Uint8Array; readonly modified: number }[];
}

export interface UpdateOptions<Contents> {
  /** All feeds, the user's included, by id. */
  readonly feeds: ReadonlyMap<string, Feed>;
  readonly disabled: ReadonlySet<string>;
  readonly works: FeedWorks<Contents>;
  /** Seconds since 1970. */
  readonly now: number;
  readonly onProgress?: (done: number, total: number, feed: string) => void;
  /** Told where the index was damaged: the feeds whose copies are in use again. */
  readonly onMended?: (kept: readonly string[]) => void;
}

export interface FetchOptions {
  /** Ids; those that are free, and those that there are copies of, where null. */
  readonly names: readonly string[] | null;
  readonly force: boolean;
  readonly get: Omit<GetOptions, "maxOctets" | "headers"> & { readonly maxOctets?: number };
}

/** Feeds that an update without names fetches: those that are free to use, and others once they were named. */
export function chosenFeeds(
  feeds: ReadonlyMap<string, Feed>,
  disabled: ReadonlySet<string>,
  names: readonly string[] | null,
  index: LibraryIndex,
): Feed[] {
  if (names !== null) return names.flatMap((name) => feeds.get(name) ?? []);
  return [...feeds.values()].filter(
    (feed) =>
      !disabled.has(feed.id) && feed.urls.length > 0 && (feed.commercial !== "not-free" || (index.feeds[feed.id]?.copies.length ?? 0) > 0),
  );
}

/** What {@link updateFromNetwork} would do, without a connection. */
export function plannedUpdates(chosen: readonly Feed[], index: LibraryIndex, force: boolean, now: number): FeedUpdate[] {
  return chosen.map((feed) => {
    const record = index.feeds[feed.id];
    const wait = record?.notBefore ?? 0;
    const due = Math.max(wait, force ? 0 : dueAt(feed, record));
    const shared = {
      feed: feed.id,
      entries: record?.entries ?? 0,
      guarded: record?.guarded ?? 0,
      leftOut: record?.leftOut ?? null,
      octets: 0,
      from: feed.urls.map(shownUrl),
    };
    if (due > now)
      return { ...shared, outcome: "not-due", reason: wait > now ? "its publisher asked to wait" : "fetched not long ago", dueAt: due };
    return { ...shared, outcome: "would-fetch", reason: null, dueAt: null };
  });
}

/** Fetches what is due and swaps it in. @throws IntelError: the library is as it was before */
export async function updateFromNetwork<Contents>(
  library: Library,
  options: UpdateOptions<Contents>,
  { names, force, get }: FetchOptions,
): Promise<FeedUpdate[]> {
  const chosen = chosenFeeds(options.feeds, options.disabled, names, library.index);
  const change = new Change(library, options);
  change.mend();
  const updates = new Map<string, FeedUpdate>();
  const queue = [...chosen];
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let feed = queue.shift(); feed !== undefined; feed = queue.shift()) {
      const outcome = await fetchFeed(feed, library.index.feeds[feed.id], { ...get, force, now: options.now });
      const from = feed.urls.map(shownUrl);
      if (outcome.kind === "fetched") updates.set(feed.id, change.take(feed, outcome.files, options.now, force, outcome.missing));
      else if (outcome.kind === "failed") updates.set(feed.id, change.refuse(feed, outcome.reason, outcome.notBefore, from));
      else if (outcome.kind === "unchanged") updates.set(feed.id, change.confirm(feed));
      else
        updates.set(feed.id, {
          ...change.standing(feed),
          outcome: "not-due",
          reason: outcome.reason,
          octets: 0,
          from,
          dueAt: outcome.dueAt,
        });
      options.onProgress?.(++done, chosen.length, feed.id);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_FETCHES }, worker));
  change.commit();
  return chosen.flatMap(({ id }) => updates.get(id) ?? []);
}

/** Takes feeds from files and swaps them in. @throws IntelError: the library is as it was before */
export function updateFromFiles<Contents>(
  library: Library,
  options: UpdateOptions<Contents>,
  given: readonly GivenFiles[],
  force: boolean,
): FeedUpdate[] {
  const change = new Change(library, options);
  change.mend();
  const updates = given.flatMap(({ feed: id, files }) => {
    const feed = options.feeds.get(id);
    if (feed === undefined) return [];
    const newest = files.reduce((time, { modified }) => Math.max(time, modified), 0);
    const taken = files.map(({ name, octets }) => ({ octets, from: `file ${basename(name)}`, etag: null, lastModified: null }));
    // A file from elsewhere may be in another form than the publisher's
    return [change.take({ ...feed, form: "auto" }, taken, Math.min(newest, options.now), force, [])];
  });
  change.commit();
  return updates;
}

/** What an update changes, gathered, then committed at once. */
class Change<Contents> {
  readonly #library: Library;
  readonly #options: UpdateOptions<Contents>;
  readonly #records: Map<string, FeedRecord>;
  readonly #read = new Map<string, ReadFeed<Contents>>();

  constructor(library: Library, options: UpdateOptions<Contents>) {
    this.#library = library;
    this.#options = options;
    this.#records = new Map(Object.entries(library.index.feeds).filter(([id]) => options.feeds.has(id)));
  }

  /** Takes the copies that a damaged index named; what it alone knew (addresses, validators, times of checking) is gone. */
  mend(): void {
    if (this.#library.damage === null) return;
    const kept: string[] = [];
    for (const [id, copies] of this.#library.strayCopies()) {
      const feed = this.#options.feeds.get(id);
      if (feed === undefined) continue;
      const files = copies.map(({ octets, file }) => ({ octets, from: `file ${file}`, etag: null, lastModified: null }));
      const fetchedAt = Math.min(...copies.map(({ modified }) => modified), this.#options.now);
      if (this.take({ ...feed, form: "auto" }, files, fetchedAt, true, []).outcome === "new") kept.push(id);
    }
    this.#options.onMended?.(kept);
  }

  standing(feed: Feed): Pick<FeedUpdate, "feed" | "entries" | "guarded" | "leftOut"> {
    const record = this.#records.get(feed.id);
    return { feed: feed.id, entries: record?.entries ?? 0, guarded: record?.guarded ?? 0, leftOut: record?.leftOut ?? null };
  }

  /** Reads what came, and keeps it where it is a list that can be relied on. */
  take(feed: Feed, files: readonly FetchedFile[], fetchedAt: number, force: boolean, missing: readonly string[]): FeedUpdate {
    const { works, now } = this.#options;
    const before = this.#records.get(feed.id);
    const from = files.map((file) => ("unchanged" in file ? file.unchanged.from : file.from));
    const came = files.reduce((sum, file) => sum + ("unchanged" in file ? 0 : file.octets.length), 0);
    let octets: Uint8Array[];
    try {
      octets = files.map((file) => ("unchanged" in file ? this.#library.readCopy(file.unchanged) : file.octets));
    } catch (error) {
      return { ...this.#lose(feed, error), octets: came, from };
    }
    const isSame = before !== undefined && before.copies.length > 0 && sameContent(before.copies, octets);
    const known = before === undefined || before.copies.length === 0 || force || isSame ? null : before;
    const read = works.read(octets, feed, known, now);
    if (read.refused !== null) return { ...this.refuse(feed, read.refused, null, from), octets: came };
    const copies = files.map((file): CopyRecord => {
      if ("unchanged" in file) return file.unchanged;
      return this.#library.addCopy(feed.id, file.octets, file.from, { etag: file.etag, lastModified: file.lastModified });
    });
    const { entries, guarded, leftOut, dataDate } = read;
    this.#read.set(feed.id, read);
    this.#put(feed, { copies, entries, guarded, leftOut, dataDate, fetchedAt, checkedAt: fetchedAt, refusal: null, notBefore: null });
    const reason = missing.length === 0 ? null : `not there: ${missing.join(", ")}`;
    return {
      feed: feed.id,
      outcome: isSame ? "unchanged" : "new",
      reason,
      entries,
      guarded,
      leftOut,
      octets: came,
      from,
      dueAt: fetchedAt + feed.refresh,
    };
  }

  /** Notes why what came, or did not come, is not used; the copy before stays in use. */
  refuse(feed: Feed, reason: string, notBefore: number | null, from: readonly string[]): FeedUpdate {
    const before = this.#records.get(feed.id);
    this.#put(feed, { ...(before ?? NOTHING_FETCHED), refusal: { at: this.#options.now, reason }, notBefore });
    const outcome = (before?.copies.length ?? 0) > 0 ? "kept" : "refused";
    return { ...this.standing(feed), outcome, reason, octets: 0, from, dueAt: notBefore };
  }

  /** Its publisher says that the copy is current. */
  confirm(feed: Feed): FeedUpdate {
    const before = this.#records.get(feed.id);
    const { now } = this.#options;
    this.#put(feed, { ...(before ?? NOTHING_FETCHED), checkedAt: now, refusal: null, notBefore: null });
    return {
      ...this.standing(feed),
      outcome: "unchanged",
      reason: null,
      octets: 0,
      from: feed.urls.map(shownUrl),
      dueAt: now + feed.refresh,
    };
  }

  /** A copy that is damaged or gone: the next update fetches the feed whole. @throws what is no IntelError */
  #lose(feed: Feed, error: unknown): FeedUpdate {
    if (!(error instanceof IntelError)) throw error;
    this.#records.delete(feed.id);
    return this.refuse(feed, error.reason, null, []);
  }

  commit(): void {
    const { feeds, disabled, works, now } = this.#options;
    for (const [id, record] of this.#records) {
      const feed = feeds.get(id);
      if (feed !== undefined) this.#put(feed, record);
    }
    const used = [...this.#records].filter(([, { used: isUsed, copies }]) => isUsed && copies.length > 0);
    const madeFrom = fingerprint(used, feeds);
    let { table, overlap } = this.#library.index;
    const current = table?.madeFrom === madeFrom ? this.#library.currentTable() : null;
    if (current === null || !works.opens(current)) {
      const parts = used.flatMap(([id, record]) => {
        const feed = feeds.get(id);
        if (feed === undefined || disabled.has(id)) return [];
        const isForeign = record.copies.some(({ from }) => from.startsWith("file "));
        const shaped: Feed = isForeign ? { ...feed, form: "auto" } : feed;
        try {
          const octets = (): Uint8Array[] => record.copies.map((copy) => this.#library.readCopy(copy));
          const read = this.#read.get(id) ?? works.read(octets(), shaped, null, now);
          return [{ feed, read, fetchedAt: seenAt(record) }];
        } catch (error) {
          this.#lose(feed, error);
          return [];
        }
      });
      const compiled = works.compile(parts);
      table = { file: this.#library.addTable(compiled.table), madeFrom };
      ({ overlap } = compiled);
    }
    this.#library.commit({ table, overlap, feeds: Object.fromEntries([...this.#records].sort(([a], [b]) => (a < b ? -1 : 1))) });
  }

  #put(feed: Feed, rest: Omit<FeedRecord, "name" | "kind" | "licence" | "staleAfter" | "trust" | "used">): void {
    const { name, kind, licence, staleAfter, trust } = feed;
    this.#records.set(feed.id, { ...rest, name, kind, licence, staleAfter, trust, used: !this.#options.disabled.has(feed.id) });
  }
}

function sameContent(copies: readonly CopyRecord[], files: readonly Uint8Array[]): boolean {
  return copies.length === files.length && files.every((octets, index) => sha256Of(octets) === copies[index]?.sha256);
}

/** When the copies were last known to be current, seconds since 1970. */
function seenAt({ fetchedAt, checkedAt }: FeedRecord): number | null {
  return fetchedAt === null || checkedAt === null ? (fetchedAt ?? checkedAt) : Math.max(fetchedAt, checkedAt);
}

/** Changes whenever the table would. */
function fingerprint(used: readonly (readonly [string, FeedRecord])[], feeds: ReadonlyMap<string, Feed>): string {
  const parts = used.map(([id, record]) => [id, feeds.get(id), seenAt(record), record.copies.map(({ sha256 }) => sha256)]);
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
