/** The simplest reader and table: a line an address; the table is the text of what each feed holds. For tests of the library itself. */
import type { FeedWorks } from "./feed-works.ts";

export const PLAIN_WORKS: FeedWorks<readonly string[]> = {
  read: (files, _feed, before) => {
    const texts = files.map((file) => new TextDecoder().decode(file));
    const contents = texts.flatMap((text) => text.split("\n").filter((line) => /^[0-9]/.test(line)));
    const shrank = before !== null && contents.length < before.entries / 10;
    const refused = texts.some((text) => text.includes("<html"))
      ? "a web page, not a list"
      : shrank
        ? `shrank from ${before.entries} to ${contents.length}`
        : null;
    return { contents, entries: contents.length, guarded: 0, leftOut: null, dataDate: null, refused };
  },
  opens: (table) => !new TextDecoder().decode(table).includes("damaged"),
  compile: (feeds) => ({
    table: new TextEncoder().encode(feeds.map(({ feed, read }) => `${feed.id} ${feed.trust}: ${read.contents.join(" ")}`).join("\n")),
    overlap: {},
  }),
};
