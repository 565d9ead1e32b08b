/** Feeds taken into a library from texts, as `precursor intel update --from` does. */
import { CATALOGUE } from "../intel/feeds/catalogue.ts";
import { Library } from "../intel/feeds/library.ts";
import { updateFromFiles } from "../intel/feeds/update.ts";
import { feedWorks } from "../intel/feeds/works.ts";

/** @param lists feed of the catalogue → text @param now seconds since 1970 */
export function takeFeeds(folder: string, lists: Readonly<Record<string, string>>, now: number): void {
  const library = Library.open(folder);
  const given = Object.entries(lists).map(([feed, text]) => ({
    feed,
    files: [{ name: "list", octets: new TextEncoder().encode(text), modified: now }],
  }));
  updateFromFiles(library, { feeds: CATALOGUE, disabled: new Set(), works: feedWorks([]), now }, given, false);
  library.close();
}
