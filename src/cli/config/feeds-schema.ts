/** The shape of `feeds.yaml`, with the meaning of each key: feeds of one's own, those that are not wanted, and how far each is trusted. */
import { z } from "zod";
import { isFeedId } from "../../intel/feeds/feed.ts";
import { FEED_FORMS } from "../../intel/feeds/feed-form.ts";
import { parseNetwork } from "../../model/address.ts";
import { FEED_KINDS } from "../../model/reputation.ts";

const id = z.string().refine(isFeedId, { message: "a name of small letters, digits and dashes, such as our-honeypot" });
const share = z.number().min(0).max(1);
const seconds = z
  .int()
  .min(60)
  .max(366 * 86_400);
const address = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:\/\//i.test(text), { message: "an address that begins with https://" });
const words = z.string().min(1).max(500);

const feed = z.strictObject({
  id: id.describe("How it is called on the command line and in reports."),
  name: words.optional().describe("Its name for people; its id where nothing is said."),
  urls: z.array(address).max(256).default([]).describe("Where it is fetched from; none for one that only comes from files."),
  kind: z.enum(FEED_KINDS).describe("What it lists."),
  form: z.enum(FEED_FORMS).default("auto").describe("How it is written; recognised where nothing is said."),
  column: z
    .union([z.string().min(1), z.int().min(0).max(1000)])
    .optional()
    .describe("csv: the column of addresses, by name or number from 0; guessed where nothing is said."),
  endColumn: z
    .union([z.string().min(1), z.int().min(0).max(1000)])
    .optional()
    .describe("csv: the column of the last address of a range."),
  member: z
    .string()
    .min(1)
    .optional()
    .describe("json: the member that holds addresses, such as data.items.ip; guessed where nothing is said."),
  minimum: z.int().min(1).max(100).optional().describe("ipsum: on how many lists an address must be."),
  trust: share.default(0.5).describe("Between 0 and 1: how likely an address on it did what the list says."),
  licence: words.default("not stated").describe("Its terms, in words."),
  mayBeEmpty: z.boolean().default(false).describe("A list without entries is one, too, and not a fault."),
  refresh: seconds.default(86_400).describe("Seconds between two fetches at least."),
  staleAfter: seconds.default(4 * 86_400).describe("Seconds after which it is too old to be relied on."),
  madeOf: z.array(id).max(64).default([]).describe("Feeds that it is made of: agreeing with them is no agreement."),
});

const service = z.strictObject({
  key: z.string().min(1).optional().describe("The key. An environment variable or keyFile keeps it out of this file."),
  keyFile: z.string().min(1).optional().describe("A file with the key, and nothing else."),
  url: address.optional().describe("Where the service is asked, instead of its own place: a proxy of one's own."),
});

export const feedsShape = z.strictObject({
  feeds: z.array(feed).max(256).default([]).describe("Feeds of your own, in addition to the catalogue's."),
  disable: z.array(id).max(512).default([]).describe("Feeds that are neither fetched nor used."),
  trust: z.record(id, share).default({}).describe("Another trust for a feed: between 0 and 1."),
  online: z
    .strictObject({ greynoise: service.optional(), abuseipdb: service.optional(), dshield: service.optional() })
    .default({})
    .describe("Services that intel lookup --online may ask."),
  home: z
    .array(
      z
        .string()
        .refine((text) => parseNetwork(text) !== null, { message: "an address or a network in CIDR notation, such as 192.0.2.0/24" }),
    )
    .max(4096)
    .default([])
    .describe("Networks of your own: what lists them is left out of every feed."),
  contact: words.optional().describe("An e-mail address that publishers see with each request; DShield asks for one."),
});

export type FeedsFile = z.infer<typeof feedsShape>;

/** Keys allowed at a path of keys and indices; null where any name is, or none. */
export function feedsKeysAt(path: readonly PropertyKey[]): readonly string[] | null {
  const parts = path.filter((part) => typeof part === "string");
  if (parts.length === 0) return Object.keys(feedsShape.shape);
  if (parts[0] === "feeds" && parts.length === 1) return Object.keys(feed.shape);
  if (parts[0] === "online") return parts.length === 1 ? ["greynoise", "abuseipdb", "dshield"] : Object.keys(service.shape);
  return null;
}
