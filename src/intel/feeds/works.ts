/** The readers, guards, verdicts and table of reputation/, as the library uses them. */
import type { Network } from "../../model/address.ts";
import { compileTable } from "../reputation/compile.ts";
import { judgeCopy } from "../reputation/copy-verdict.ts";
import { EntryColumns } from "../reputation/entry-columns.ts";
import { guardEntries, type GuardReport, guardWords } from "../reputation/guards.ts";
import { Reputation } from "../reputation/index.ts";
import { type FeedReading, readFeed } from "../reputation/read-feed.ts";
import type { Feed } from "./feed.ts";
import type { FeedBefore, FeedWorks, ReadFeed } from "./feed-works.ts";

/** @param own the user's networks: what lists them is left out */
export function feedWorks(own: readonly Network[]): FeedWorks<EntryColumns> {
  return {
    read: (files, feed, before, now) => {
      const readings = files.map((file) => readFeed(file, feed.form, { ...feed.choice, now }));
      const networks = merged(readings);
      const guards = guardEntries(networks, { kind: feed.kind, own });
      return {
        contents: networks,
        guarded: guards.guarded,
        leftOut: guardWords(guards),
        ...verdictOn(readings, networks, guards, feed, before, now),
      };
    },
    opens: (table) => {
      try {
        Reputation.from(table, "table");
        return true;
      } catch {
        return false;
      }
    },
    compile: (feeds) => {
      const table = compileTable(
        feeds.map(({ feed, read, fetchedAt }) => {
          const { id, name, kind, licence, trust, staleAfter, madeOf } = feed;
          const { entries, guarded, dataDate } = read;
          const state = { feed: id, name, kind, licence, condition: "fine", reason: null, entries, guarded, fetchedAt, dataDate } as const;
          return { feed: { ...state, trust, staleAfter, madeOf }, networks: read.contents };
        }),
      );
      return { table, overlap: overlapsOf(table) };
    },
  };
}

function verdictOn(
  readings: readonly FeedReading[],
  networks: EntryColumns,
  { guarded }: GuardReport,
  feed: Feed,
  before: FeedBefore | null,
  now: number,
): Pick<ReadFeed<EntryColumns>, "entries" | "dataDate" | "refused"> {
  const sum = (part: "entries" | "foreign" | "unparsed"): number => readings.reduce((total, reading) => total + reading[part], 0);
  const bad = readings.findIndex(({ refused }) => refused !== null);
  const reason = readings[bad]?.refused ?? null;
  // Of a collection, the newest part tells whether anybody still keeps it
  const dataDate = readings.reduce<number | null>((newest, reading) => later(newest, reading.dataDate), null);
  const facts = {
    entries: sum("entries"),
    foreign: sum("foreign"),
    unparsed: sum("unparsed"),
    kept: networks.count,
    guarded,
    dataDate,
    now,
  };
  const shared = { entries: networks.count, dataDate };
  const isEmpty = reason === null && facts.entries + facts.foreign + facts.unparsed === 0;
  if (isEmpty && feed.mayBeEmpty) return { ...shared, refused: null };
  const verdict = judgeCopy({
    ...facts,
    refused: reason === null || readings.length === 1 ? reason : `file ${bad + 1} of ${readings.length}: ${reason}`,
    lastKept: before?.entries ?? null,
    addresses4: addresses4(networks),
    staleAfter: feed.staleAfter,
  });
  if (verdict.verdict === "refuse") return { ...shared, refused: verdict.reason };
  // A first copy that is old is better than none, and known as old; it takes no newer one's place
  const isBehind = verdict.verdict === "accept-stale" && before !== null && (before.dataDate ?? now) >= (dataDate ?? 0);
  return { ...shared, refused: isBehind ? verdict.reason : null };
}

function merged(readings: readonly FeedReading[]): EntryColumns {
  const [only, ...others] = readings;
  if (only === undefined) return new EntryColumns();
  const all = only.networks;
  for (const { networks } of others) {
    for (let i = 0; i < networks.count4; i++) all.add4(networks.words4[i] ?? 0, networks.bits4[i] ?? 32);
    for (let i = 0; i < networks.count6; i++) {
      const [a = 0, b = 0, c = 0, d = 0] = networks.words6.subarray(4 * i, 4 * i + 4);
      all.add6(a, b, c, d, networks.bits6[i] ?? 128);
    }
  }
  return all;
}

function addresses4({ bits4, count4 }: EntryColumns): number {
  let addresses = 0;
  for (let i = 0; i < count4; i++) addresses += 2 ** (32 - (bits4[i] ?? 32));
  return addresses;
}

function overlapsOf(table: Uint8Array): Record<string, Record<string, number>> {
  const overlap: Record<string, Record<string, number>> = {};
  for (const { feed, other, share } of Reputation.from(table, "table").overlaps) (overlap[feed] ??= {})[other] = share;
  return overlap;
}

function later(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
