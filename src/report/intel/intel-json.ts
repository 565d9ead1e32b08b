/** What the intel commands print for programs: `precursor.intel/1`. */
import type { AddressLookup, FeedListing, FeedUpdate } from "../../model/feed-library.ts";
import type { FeedState } from "../../model/reputation.ts";
import { escapeJson } from "../escape.ts";
import { isoTime } from "../quantity.ts";
import { feedStateJson, reputationJson } from "../reputation-json.ts";
import type { IntelJson } from "./intel-schema.ts";

/** What there is to print, by command. */
export interface IntelParts {
  readonly feeds?: readonly FeedListing[];
  readonly fine?: boolean;
  readonly updates?: readonly FeedUpdate[];
  readonly lookups?: readonly AddressLookup[];
  readonly states?: readonly FeedState[];
}

/** Indented JSON with a newline at the end; safe to print on a terminal. */
export function renderIntelJson(folder: string, { feeds, fine, updates, lookups, states }: IntelParts): string {
  const whole: IntelJson = {
    schema: "precursor.intel/1",
    folder,
    ...(fine === undefined ? {} : { fine }),
    ...(feeds === undefined ? {} : { feeds: feeds.map(listingJson) }),
    ...(updates === undefined
      ? {}
      : {
          updates: updates.map((update) => ({
            ...update,
            from: [...update.from],
            dueAt: update.dueAt === null ? null : isoTime(update.dueAt),
          })),
        }),
    ...(lookups === undefined ? {} : { lookups: lookups.map(lookupJson) }),
    ...(states === undefined ? {} : { states: states.map(feedStateJson) }),
  };
  return `${escapeJson(JSON.stringify(whole, null, 2))}\n`;
}

function listingJson(feed: FeedListing): NonNullable<IntelJson["feeds"]>[number] {
  const { leftOut, urls, commercial, trust, trustReason, page, read, refresh, dueAt, disabled, own, madeOf, overlap } = feed;
  return {
    ...feedStateJson(feed),
    leftOut,
    urls: [...urls],
    commercial,
    trust,
    trustReason,
    page,
    read,
    refreshSeconds: refresh,
    disabled,
    own,
    madeOf: [...madeOf],
    dueAt: dueAt === null ? null : isoTime(dueAt),
    overlap: overlap.map((other) => ({ ...other })),
  };
}

function lookupJson({ address, labels, online }: AddressLookup): NonNullable<IntelJson["lookups"]>[number] {
  const { network, acknowledged, reserved, reputation } = labels;
  return {
    address,
    network: network === null ? null : { ...network },
    reliedUpon: labels.reliedUpon ?? null,
    acknowledged: acknowledged === null ? null : { ...acknowledged },
    reserved: reserved === null ? null : { ...reserved },
    reputation: reputationJson(reputation),
    online: online.map(({ service, asked, at, answer, reason }) => ({
      service,
      asked,
      at: at === null ? null : isoTime(at),
      verdict: answer?.verdict ?? null,
      summary: answer?.summary ?? null,
      score: answer?.score ?? null,
      name: answer?.name ?? null,
      lastSeen: answer?.lastSeen ?? null,
      reason,
    })),
  };
}
