/** Feeds as text: those at hand with age, condition and overlap, then those that were never fetched. */
import type { FeedListing } from "../../model/feed-library.ts";
import type { FeedCondition } from "../../model/reputation.ts";
import type { RenderOptions } from "../options.ts";
import { count, counted, duration, percent } from "../quantity.ts";
import { type Column, Screen } from "../text/screen.ts";

/** From this share on, one list is said to repeat another. */
const REPEATS_FROM = 0.5;

const COLUMNS: readonly Column[] = [
  { title: "feed" },
  { title: "kind" },
  { title: "entries", align: "right" },
  { title: "left out", align: "right" },
  { title: "age", align: "right" },
  { title: "trust", align: "right" },
  { title: "condition" },
  { title: "licence", shrinkTo: 12 },
];

/** @param now seconds since 1970 */
export function renderFeedList(feeds: readonly FeedListing[], folder: string, now: number, options: RenderOptions = {}): string {
  const screen = new Screen(options);
  const atHand = feeds.filter(({ condition, disabled }) => condition !== "absent" && !disabled);
  const absent = feeds.filter(({ condition, disabled }) => condition === "absent" && !disabled);
  const disabled = feeds.filter((feed) => feed.disabled);
  screen.heading("feeds", atHand.length === 0 ? `none is in ${folder}` : `${counted(atHand.length, "feed")} in ${folder}`);
  if (atHand.length > 0)
    screen.table(
      COLUMNS,
      atHand.map((feed) => row(feed, now)),
    );
  for (const line of conditionLines(atHand)) screen.paragraph(line.text, { mark: { text: "!", style: line.style } });
  const poisoned = atHand.flatMap(({ feed, guarded, leftOut }) => (leftOut === null ? [] : [`${feed}: ${count(guarded)}, ${leftOut}`]));
  if (poisoned.length > 0) {
    screen.heading("left out", "entries that must not be acted upon, whoever lists them");
    for (const line of poisoned) screen.paragraph(line);
  }
  const repeats = atHand.flatMap(({ feed, overlap }) => {
    const others = overlap.filter(({ share }) => share >= REPEATS_FROM).map((other) => `${other.feed} ${percent(other.share)}`);
    return others.length === 0 ? [] : [`${feed}: ${others.slice(0, 4).join(", ")}`];
  });
  if (repeats.length > 0) {
    screen.heading("overlap", "addresses that another list has, too");
    for (const line of repeats) screen.paragraph(line);
  }
  if (absent.length > 0) {
    screen.heading("not fetched", `${counted(absent.length, "feed")}: precursor intel update [FEED...]`);
    const columns: Column[] = [
      { title: "feed" },
      { title: "kind" },
      { title: "trust", align: "right" },
      { title: "companies" },
      { title: "licence", shrinkTo: 20 },
    ];
    screen.table(
      columns,
      absent.map(({ feed, kind, trust, commercial, licence }) => [feed, kind, trust.toFixed(2), COMPANIES[commercial], licence]),
    );
  }
  if (disabled.length > 0) screen.paragraph(`disabled in feeds.yaml: ${disabled.map(({ feed }) => feed).join(", ")}`, { indent: 0 });
  return screen.toString();
}

const COMPANIES = { free: "free", "not-free": "once named", unstated: "not stated" } as const;

/** What `intel check` says: each feed that is not fine, or that all are. */
export function renderFeedCheck(feeds: readonly FeedListing[], folder: string, options: RenderOptions = {}): string {
  const screen = new Screen(options);
  const used = feeds.filter(({ condition, disabled }) => condition !== "absent" && !disabled);
  const bad = conditionLines(used);
  for (const line of bad) screen.paragraph(line.text, { indent: 0, mark: { text: "!", style: line.style } });
  if (used.length === 0) screen.line([{ text: `No feed is in use: precursor intel update fetches them into ${folder}.` }]);
  else if (bad.length === 0) screen.line([{ text: used.length === 1 ? "The feed is fine." : `All ${count(used.length)} feeds are fine.` }]);
  else screen.line([{ text: `${count(bad.length)} of ${counted(used.length, "feed")} ${bad.length === 1 ? "is" : "are"} not fine.` }]);
  return screen.toString();
}

function conditionLines(feeds: readonly FeedListing[]): { readonly text: string; readonly style: "red" | "yellow" }[] {
  return feeds
    .filter(({ condition }) => condition !== "fine")
    .map(({ feed, condition, reason }) => ({
      text: `${feed} ${CONDITION_WORDS[condition]}: ${reason ?? ""}`,
      style: condition === "refused" ? "red" : "yellow",
    }));
}

const CONDITION_WORDS: Readonly<Record<FeedCondition, string>> = {
  fine: "is fine",
  stale: "is stale, and counts for less",
  kept: "is kept as it was: what came last was not used",
  refused: "is refused, and there is no good copy",
  absent: "was never fetched",
};

function row({ feed, kind, entries, guarded, fetchedAt, trust, condition, licence }: FeedListing, now: number): string[] {
  const age = fetchedAt === null ? "–" : duration(Math.max(0, Math.floor((now - fetchedAt) / 60) * 60));
  return [feed, kind, count(entries), guarded === 0 ? "–" : count(guarded), age, trust.toFixed(2), condition, licence];
}
