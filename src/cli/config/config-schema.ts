/** The shape of `precursor.yaml`, with the meaning of each key: the check, `precursor schema config` and docs/config.md come from it. */
import { z } from "zod";
import { parseNetwork } from "../../model/address.ts";
import { MOST_TARGET_GROUPS } from "../../observe/recorder/series-columns.ts";
import { DEFAULT_SENSOR } from "../../model/history.ts";

/** What a name of ours may be: it stands in tables and paths. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._:@/-]{0,63}$/u;

const name = z.string().regex(NAME, { message: "a name of up to 64 letters, digits, blanks and . _ : @ / -" });
const network = z
  .string()
  .refine((text) => parseNetwork(text) !== null, { message: "an address or a network in CIDR notation, such as 192.0.2.0/24" });
const networks = z.array(network).max(4096);
const days = z.union([z.int().min(1).max(36_500), z.literal("forever")], { error: "days (1 to 36500), or forever" });
const positive = (least: number, most: number): z.ZodNumber => z.number().min(least).max(most);

const source = z.strictObject({
  uri: z
    .string()
    .min(1)
    .describe(
      "What is read: a live source such as udp://127.0.0.1:2055 or tail:/var/log/kern.log (docs/live.md), or a path, which is followed.",
    ),
  name: name.optional().describe("What it is called in output; its uri where nothing is said."),
  sensor: name.optional().describe("The sensor that its observations belong to; the top level's where nothing is said."),
  format: z.string().min(1).optional().describe("Read it as this input format (precursor formats lists them) instead of recognising it."),
  mapping: z.string().min(1).optional().describe("File that tells what the columns of a table are (docs/mapping.md)."),
  filter: z.string().min(1).optional().describe("Take only packets that match (docs/filter.md)."),
  fromStart: z.boolean().default(false).describe("Without a saved place: read what a file or topic holds already, not only what comes."),
});

const detection = z.strictObject({
  falseEventsAYear: positive(0.01, 10_000).default(0.1).describe("False upticks that are put up with, over all series together, a year."),
  minRatio: positive(1.01, 100).default(1.5).describe("A rise to less than so many times the expected opens nothing."),
  minCount: z.int().min(1).max(1_000_000).default(5).describe("Fewer in a window are no uptick, whatever was expected."),
  minSources: z.int().min(1).max(1_000_000).default(10).describe("Fewer distinct sources at once open no incident."),
  minNetworks: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(3)
    .describe("Sources in fewer networks (/24, IPv6 /48) open no incident: one network is one sender."),
  realertFactor: positive(1.1, 1000)
    .default(3.2)
    .describe("An open incident is told again when it has grown by this factor; 3.2 is half an order of magnitude, as in Slips."),
  learningDays: positive(0.01, 365)
    .default(7)
    .describe("A sensor that joins is listened to for so long before it counts; the first ones count at once."),
});

const retention = z.strictObject({
  fiveMinutes: days.default(90).describe("Days that rows of five minutes are kept."),
  hours: days.default(730).describe("Days that hourly rows are kept."),
  days: days.default("forever").describe("Days that daily rows are kept."),
});

const intel = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether sources of incidents are looked up in reputation feeds."),
  folder: z
    .string()
    .min(1)
    .optional()
    .describe("Folder of feeds that precursor intel update keeps; as for --intel where nothing is said. One that is empty is no error."),
  mmdb: z
    .array(z.string().min(1))
    .max(16)
    .default([])
    .describe("MaxMind DBs of your own (GeoLite2, GeoIP2, IPinfo, DB-IP), asked first for networks and countries."),
});

export const configShape = z.strictObject({
  sources: z.array(source).max(1024).default([]).describe("Where traffic comes from. Those on the command line come in addition."),
  sensor: name
    .default(DEFAULT_SENSOR)
    .describe("The sensor of sources that name none. Each process that feeds a shared store needs its own."),
  store: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Where history is kept: a folder, or a ClickHouse server as in http://user@host:8123/?cluster=NAME. As for --store where nothing is said.",
    ),
  state: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Folder for what outlives a run: the spool, places in files, templates, what was learned. Where nothing is said: watch in systemd's STATE_DIRECTORY, in /var/lib/precursor for root, else in ~/.local/state/precursor.",
    ),
  home: networks.default([]).describe("Networks that you defend: only what goes to them counts. All where nothing is said."),
  targets: z
    .partialRecord(name, networks)
    .refine((groups) => Object.keys(groups).length <= MOST_TARGET_GROUPS, { message: `at most ${MOST_TARGET_GROUPS} groups` })
    .default({})
    .describe("Names for parts of your networks: how each is probed is kept apart."),
  assets: z
    .string()
    .min(1)
    .optional()
    .describe("File that tells what your networks hold (docs/assets.md): they are home where home is empty, and never blocked."),
  intel: intel.prefault({}).describe("Who is asking: what sources of incidents are looked up in. Nothing of it asks the network."),
  detection: detection.prefault({}).describe("When a rise is told."),
  retention: retention.prefault({}).describe("How long history is kept."),
  flushSeconds: positive(1, 300)
    .default(20)
    .describe("How often what was observed goes to disk, seconds: what a crash may lose of sources that cannot be read again."),
  graceSeconds: positive(0, 3600).default(60).describe("An interval is judged so long after its end, seconds: records of flows come late."),
  spoolMegabytes: z
    .int()
    .min(16)
    .max(1_000_000)
    .default(1024)
    .describe("What may wait on disk while the store is away; beyond it, what comes is dropped and counted."),
});

export type ConfigFile = z.infer<typeof configShape>;

/** JSON Schema (draft 2020-12) for editors. */
export function configSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(configShape, { io: "input" }),
    title: "precursor.yaml",
    description: "Configuration of precursor watch.",
  };
}

/** Keys allowed at a path of keys and indices; null where any name is (targets), or none. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] | null {
  const words = path.filter((part) => typeof part === "string");
  if (words.length === 0) return Object.keys(configShape.shape);
  if (words.length > 1) return null;
  switch (words[0]) {
    case "sources":
      return Object.keys(source.shape);
    case "intel":
      return Object.keys(intel.shape);
    case "detection":
      return Object.keys(detection.shape);
    case "retention":
      return Object.keys(retention.shape);
    default:
      return null;
  }
}
