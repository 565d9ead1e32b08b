/** What an update did, a line a feed, as text. */
import type { FeedUpdate } from "../../model/feed-library.ts";
import type { RenderOptions } from "../options.ts";
import { count, counted, dateTime, octets } from "../quantity.ts";
import { Screen } from "../text/screen.ts";

const STYLES = { new: "green", unchanged: "dim", "not-due": "dim", kept: "yellow", refused: "red", "would-fetch": "cyan" } as const;

export function renderFeedUpdate(updates: readonly FeedUpdate[], folder: string, options: RenderOptions = {}): string {
  const screen = new Screen(options);
  const width = Math.max(4, ...updates.map(({ feed }) => feed.length));
  for (const update of updates) {
    const { feed, outcome, from } = update;
    screen.paragraph(words(update), {
      indent: 0,
      mark: { text: `${feed.padEnd(width)}  ${outcome.padEnd(11)}`, style: STYLES[outcome] },
      maxLines: outcome === "would-fetch" ? 4 : 3,
    });
    if (outcome === "would-fetch") {
      for (const address of from.slice(0, MOST_ADDRESSES)) screen.verbatim(address, 2, "dim");
      if (from.length > MOST_ADDRESSES) screen.verbatim(`and ${from.length - MOST_ADDRESSES} more there`, 2, "dim");
    }
  }
  const came = updates.reduce((sum, update) => sum + update.octets, 0);
  const tally = (outcome: FeedUpdate["outcome"]): number => updates.filter((update) => update.outcome === outcome).length;
  const parts = (["new", "unchanged", "not-due", "kept", "refused", "would-fetch"] as const)
    .filter((outcome) => tally(outcome) > 0)
    .map((outcome) => `${tally(outcome)} ${outcome.replace("-", " ")}`);
  const what = updates.length === 0 ? "No feed to fetch" : `${counted(updates.length, "feed")}: ${parts.join(", ")}`;
  screen.line([{ text: `${what}${came > 0 ? `; ${octets(came)} read` : ""}. Library: ${folder}`, style: "bold" }]);
  return screen.toString();
}

const MOST_ADDRESSES = 4;

function words({ outcome, reason, entries, guarded, leftOut, dueAt, from }: FeedUpdate): string {
  const kept = `${counted(entries, "entry", "entries")}${guarded > 0 ? `, ${count(guarded)} left out: ${leftOut ?? "see precursor intel list"}` : ""}`;
  const due = dueAt === null ? "" : `; again from ${dateTime(dueAt)} UTC`;
  switch (outcome) {
    case "new":
      return `${kept}${reason === null ? "" : `; ${reason}`}`;
    case "unchanged":
      return kept;
    case "not-due":
      return `${reason ?? ""}${due}`;
    case "would-fetch":
      return counted(from.length, "address", "addresses");
    case "kept":
      return `${reason ?? ""}; the last good copy stays: ${kept}${due}`;
    case "refused":
      return `${reason ?? ""}${due}`;
  }
}
