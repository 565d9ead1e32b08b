/** The readers, guards and table of reputation/, as the library knows them. */
import { parseNetwork } from "../../model/address.ts";
import type { ReputationLookup } from "../index.ts";
import { NetworkTable } from "../network-table.ts";
import { isBogon } from "../special-purpose.ts";
import type { FeedWorks } from "./feed-works.ts";
import type { LibraryIndex } from "./library-index.ts";

export const FEED_WORKS: FeedWorks<readonly string[]> = {
  read: (files) => {
    const texts = files.map((file) => new TextDecoder().decode(file));
    const all = texts
      .flatMap((text) => text.split("\n").map((line) => line.split(/[\s;,#]/, 1)[0] ?? ""))
      .filter((word) => parseNetwork(word) !== null);
    const contents = all.filter((word) => !isBogon(word.split("/", 1)[0] ?? ""));
    const refused = texts.some((text) => /<html/i.test(text)) ? "a web page, not a list" : null;
    return { contents, entries: contents.length, guarded: all.length - contents.length, dataDate: null, refused };
  },
  compile: (feeds) => ({
    table: new TextEncoder().encode(JSON.stringify(feeds.map(({ feed, read }) => [feed.id, read.contents]))),
    overlap: {},
  }),
};

export function openTable(table: Uint8Array, index: LibraryIndex, _folder: string): ReputationLookup {
  const feeds = JSON.parse(new TextDecoder().decode(table)) as [string, string[]][];
  const tables = feeds.map(
    ([id, networks]) =>
      [
        id,
        new NetworkTable(
          networks.flatMap((text) => {
            const network = parseNetwork(text);
            return network === null ? [] : [[network, text] as const];
          }),
        ),
      ] as const,
  );
  return {
    lookup: (address) => {
      const hits = tables.flatMap(([feed, networks]) => {
        const network = networks.lookup(address);
        const record = index.feeds[feed];
        return network === null || record === undefined
          ? []
          : [{ feed, network, kind: record.kind, trust: record.trust, list: record.name, date: null }];
      });
      return hits.length === 0 ? null : { hits, independent: hits.length };
    },
  };
}
