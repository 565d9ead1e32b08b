/** The published JSON Schema (draft 2020-12) of `precursor.intel/1`: what `intel list`, `check`, `update` and `lookup` print. Fields are added, never renamed. */
import { z } from "zod";
import { ONLINE_SERVICES, ONLINE_VERDICTS } from "../../model/online.ts";
import { feedStateShape, reputationShape } from "../reputation-shapes.ts";
import { count, time } from "../schema-shapes.ts";

const share = z.number().min(0).max(1);

const listing = feedStateShape.extend({
  leftOut: z.string().nullable().describe("the first few entries that the guards left out, with the reason of each"),
  urls: z.array(z.string()).describe("without keys"),
  commercial: z
    .enum(["free", "not-free", "unstated"])
    .describe("whether a company may use it to protect its own network without asking or paying"),
  trust: share,
  trustReason: z.string(),
  page: z.string(),
  read: z.string().nullable().describe("date of the copy of the page that was read for the catalogue"),
  refreshSeconds: count,
  dueAt: time.nullable().describe("when it may be fetched again; null where at once"),
  disabled: z.boolean(),
  own: z.boolean().describe("the user's, not the catalogue's"),
  madeOf: z.array(z.string()),
  overlap: z.array(z.looseObject({ feed: z.string(), share })).describe("share of its addresses that another feed holds, too"),
});

const update = z.looseObject({
  feed: z.string(),
  outcome: z.enum(["new", "unchanged", "not-due", "kept", "refused", "would-fetch"]),
  reason: z.string().nullable(),
  entries: count,
  guarded: count.describe("entries that the guards left out"),
  leftOut: z.string().nullable().describe("the first few of them, with the reason of each"),
  octets: count.describe("that came"),
  from: z.array(z.string()),
  dueAt: time.nullable(),
});

const lookup = z.looseObject({
  address: z.string(),
  network: z
    .looseObject({
      asn: count.nullable(),
      name: z.string().nullable(),
      country: z.string().nullable().describe("where the address is registered: weak evidence, given no weight"),
      kind: z.string().nullable(),
      list: z.string(),
      date: z.string().nullable(),
    })
    .nullable(),
  reliedUpon: z.string().nullable().describe("what very many rely on it as, so that it is never blocked: a public resolver, a root server"),
  acknowledged: z
    .looseObject({ organisation: z.string(), status: z.string(), reason: z.string(), list: z.string(), date: z.string().nullable() })
    .nullable(),
  reserved: z.looseObject({ name: z.string(), globallyReachable: z.boolean(), list: z.string(), date: z.string().nullable() }).nullable(),
  reputation: reputationShape,
  online: z.array(
    z.looseObject({
      service: z.enum(ONLINE_SERVICES),
      asked: z.boolean().describe("whether the question left the machine now; an answer without it was remembered"),
      at: time.nullable(),
      verdict: z.enum(ONLINE_VERDICTS).nullable(),
      summary: z.string().nullable(),
      score: z.number().nullable().describe("the service's own, between 0 and 100"),
      name: z.string().nullable(),
      lastSeen: z.string().nullable(),
      reason: z.string().nullable().describe("why there is no answer"),
    }),
  ),
});

export const intelShape = z.looseObject({
  schema: z.literal("precursor.intel/1"),
  folder: z.string(),
  feeds: z.array(listing).optional().describe("list and check"),
  fine: z.boolean().optional().describe("check: no feed in use is stale, kept or refused"),
  updates: z.array(update).optional().describe("update"),
  lookups: z.array(lookup).optional().describe("lookup"),
  states: z.array(feedStateShape).optional().describe("lookup: the feeds at hand"),
});

export type IntelJson = z.infer<typeof intelShape>;

/** JSON Schema, draft 2020-12. */
export const INTEL_SCHEMA: Readonly<Record<string, unknown>> = {
  $id: "urn:precursor:intel:1",
  title: "precursor.intel/1",
  ...z.toJSONSchema(intelShape, { target: "draft-2020-12" }),
};
