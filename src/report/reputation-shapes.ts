/** Reputation and the state of feeds, as the published schemas have them. */
import { z } from "zod";
import { FEED_KINDS } from "../model/reputation.ts";
import { count, time } from "./schema-shapes.ts";

const kind = z.enum(FEED_KINDS).describe("acknowledged and resolver speak for an address, the others against it");

export const reputationShape = z
  .looseObject({
    independent: count.describe("feeds against it that are independent: copies and near copies count once"),
    hits: z.array(
      z.looseObject({
        feed: z.string(),
        kind,
        network: z.string().describe("the entry that matched, in CIDR notation"),
        trust: z.number().min(0).max(1),
        list: z.string(),
        date: z.string().nullable(),
      }),
    ),
  })
  .nullable()
  .describe("null where no feed names it, or none is at hand");

export const feedStateShape = z.looseObject({
  feed: z.string(),
  name: z.string(),
  kind,
  licence: z.string(),
  condition: z
    .enum(["fine", "stale", "kept", "refused", "absent"])
    .describe("stale: too old; kept: what came last was not used, the last good copy is; refused: there is no good copy"),
  reason: z.string().nullable(),
  entries: count,
  guarded: count.describe("entries left out by the guards"),
  fetchedAt: time.nullable(),
  dataDate: time.nullable().describe("that it states of itself"),
});
