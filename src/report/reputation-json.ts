/** Reputation and the state of feeds for programs. */
import type { z } from "zod";
import type { FeedState, ReputationLabel } from "../model/reputation.ts";
import { isoTime } from "./quantity.ts";
import type { feedStateShape, reputationShape } from "./reputation-shapes.ts";

export function reputationJson(label: ReputationLabel | null | undefined): z.infer<typeof reputationShape> {
  if (label === null || label === undefined) return null;
  return {
    independent: label.independent,
    hits: label.hits.map(({ feed, kind, network, trust, list, date }) => ({ feed, kind, network, trust, list, date })),
  };
}

export function feedStateJson(state: FeedState): z.infer<typeof feedStateShape> {
  const { feed, name, kind, licence, condition, reason, entries, guarded, fetchedAt, dataDate } = state;
  return { feed, name, kind, licence, condition, reason, entries, guarded, fetchedAt: maybeTime(fetchedAt), dataDate: maybeTime(dataDate) };
}

function maybeTime(seconds: number | null): string | null {
  return seconds === null ? null : isoTime(seconds);
}
