/** All that is known of addresses, as text: each fact with its list and the list's age. */
import type { AddressLookup } from "../../model/feed-library.ts";
import type { OnlineResult } from "../../model/online.ts";
import type { FeedState, ReputationLabel } from "../../model/reputation.ts";
import type { RenderOptions } from "../options.ts";
import { counted, duration } from "../quantity.ts";
import { Screen } from "../text/screen.ts";
import { listAge } from "../limits.ts";

export interface LookupContext {
  readonly feeds: readonly FeedState[];
  /** Seconds since 1970. */
  readonly now: number;
}

export function renderLookups(lookups: readonly AddressLookup[], context: LookupContext, options: RenderOptions = {}): string {
  const screen = new Screen(options);
  for (const lookup of lookups) writeLookup(screen, lookup, context);
  return lookups.length === 0 ? "No addresses.\n" : screen.toString();
}

function writeLookup(screen: Screen, { address, labels, online }: AddressLookup, { feeds, now }: LookupContext): void {
  const { network, acknowledged, reserved, reputation } = labels;
  screen.blank();
  screen.line([{ text: address, style: ["bold", "cyan"] }]);
  const fact = (name: string, words: string): void => screen.paragraph(words, { mark: { text: name.padEnd(12), style: "dim" } });
  if (reserved !== null) {
    const reach = reserved.globallyReachable ? "can be met on the Internet" : "cannot be met on the Internet";
    fact("reserved", `${reserved.name}: ${reach} (${reserved.list})`);
  }
  if (network !== null) {
    const name = [network.asn === null ? null : `AS${network.asn}`, network.name].filter((part) => part !== null).join(" ");
    if (name !== "")
      fact("network", `${name}${network.kind === null ? "" : `, ${network.kind}`} (${network.list}, ${listAge(network.date, now)})`);
    if (network.country !== null)
      fact(
        "country",
        `${network.country}: where the address is registered. That says little of who sends from it, and is given no weight.`,
      );
  } else if (reserved === null) fact("network", "unknown");
  if ((labels.reliedUpon ?? null) !== null) fact("guarded", `${labels.reliedUpon}: never blocked, and on no feed`);
  if (acknowledged !== null) fact("scanner", `${acknowledged.organisation}, ${acknowledged.status}: ${acknowledged.reason}`);
  fact("reputation", reputationWords(reputation, feeds));
  for (const hit of reputation?.hits ?? []) {
    const state = feeds.find(({ feed }) => feed === hit.feed);
    const condition = state === undefined || state.condition === "fine" ? "" : `, ${state.condition}`;
    const fetchedAt = state?.fetchedAt ?? null;
    const age = fetchedAt === null ? listAge(hit.date, now) : `fetched ${duration(Math.max(0, Math.floor(now - fetchedAt)))} ago`;
    screen.paragraph(`${hit.kind}, as ${hit.network}; trust ${hit.trust.toFixed(2)}, ${age}${condition}`, {
      indent: 15,
      mark: { text: hit.feed, style: "yellow" },
    });
  }
  for (const result of online) fact(result.service, onlineWords(result, now));
}

/** "3 lists name it, 2 of them independent". */
function reputationWords(reputation: ReputationLabel | null, feeds: readonly FeedState[]): string {
  const used = feeds.filter(({ condition }) => condition !== "refused" && condition !== "absent").length;
  if (used === 0) return "no feed is at hand: precursor intel update fetches them";
  if (reputation === null || reputation.hits.length === 0)
    return used === 1 ? "not on the list at hand" : `on none of ${counted(used, "list")}`;
  const { hits, independent } = reputation;
  return `${counted(hits.length, "list")} ${hits.length === 1 ? "names" : "name"} it; ${counted(independent, "independent voice")} against it`;
}

function onlineWords({ answer, reason, asked, at }: OnlineResult, now: number): string {
  if (answer === null) return `no answer: ${reason ?? "unknown"}`;
  const { verdict, summary, name, lastSeen } = answer;
  const details = [name, lastSeen === null ? null : `last seen ${lastSeen}`].filter((part) => part !== null).join(", ");
  const when = asked || at === null ? "asked now" : `remembered for ${duration(Math.max(0, Math.floor(now - at)))}`;
  return `${verdict.replace("-", " ")}: ${summary}${details === "" ? "" : ` (${details})`}; ${when}`;
}
