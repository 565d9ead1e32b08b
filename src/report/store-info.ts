/** What `store --format json` prints, for programs: `precursor.store/1`. Fields are added, never renamed. */
import { z } from "zod";
import { escapeJson } from "./escape.ts";
import { isoTime } from "./quantity.ts";
import { count, time } from "./schema-shapes.ts";

const maybeTime = time.nullable();

const infoShape = z.looseObject({
  schema: z.literal("precursor.store/1"),
  done: z.literal("info"),
  place: z.string().describe("a folder, or a URL without its password"),
  engine: z.string().describe("ClickHouse in this process, or a server with its version"),
  schemaVersion: count.describe("of the tables"),
  firstInterval: maybeTime.describe("start of the first five minutes in which a sensor was alive; null where there is no history"),
  lastInterval: maybeTime,
  bytes: count.describe("octets of all tables on disk"),
  tables: z
    .array(z.looseObject({ name: z.string(), rows: count, bytes: count }))
    .describe("the largest first; docs/store.md says what is in which"),
  countsTrouble: z
    .string()
    .nullable()
    .describe("why the process that writes could not count the hours and days that are over the last time; null where it could"),
  uncounted: z
    .looseObject({ hours: count, days: count })
    .describe("that were over a day ago and have no counts: long ranges that have them are slow, and no less right"),
  sensors: z.array(
    z.looseObject({
      sensor: z.string(),
      firstSeen: time,
      lastSeen: time,
      intervals: count.describe("of five minutes in which it was alive"),
      observations: count,
      lost: count.describe("records that are known to be lost"),
    }),
  ),
});

const doneShape = z.looseObject({
  schema: z.literal("precursor.store/1"),
  done: z.enum(["backup", "restore", "compact"]),
  place: z.string(),
  folder: z.string().optional().describe("of the backup"),
});

/** JSON Schema, draft 2020-12. */
export const STORE_SCHEMA: Readonly<Record<string, unknown>> = {
  $id: "urn:precursor:store:1",
  title: "precursor.store/1",
  ...z.toJSONSchema(z.union([infoShape, doneShape]), { target: "draft-2020-12" }),
};

/** Times are seconds since 1970. */
export interface StoreInfoReport {
  readonly place: string;
  readonly engine: string;
  readonly schemaVersion: number;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[];
  readonly firstInterval: number | null;
  readonly lastInterval: number | null;
  readonly countsTrouble: string | null;
  readonly uncounted: { readonly hours: number; readonly days: number };
  readonly sensors: readonly {
    readonly sensor: string;
    readonly firstSeen: number;
    readonly lastSeen: number;
    readonly intervals: number;
    readonly observations: number;
    readonly lost: number;
  }[];
}

export function renderStoreInfoJson({
  place,
  engine,
  schemaVersion,
  tables,
  firstInterval,
  lastInterval,
  countsTrouble,
  uncounted,
  sensors,
}: StoreInfoReport): string {
  return rendered({
    schema: "precursor.store/1",
    done: "info",
    place,
    engine,
    schemaVersion,
    firstInterval: firstInterval === null ? null : isoTime(firstInterval),
    lastInterval: lastInterval === null ? null : isoTime(lastInterval),
    bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
    tables: tables.map(({ name, rows, bytes }) => ({ name, rows, bytes })),
    countsTrouble,
    uncounted,
    sensors: sensors.map(({ firstSeen, lastSeen, ...rest }) => ({ ...rest, firstSeen: isoTime(firstSeen), lastSeen: isoTime(lastSeen) })),
  } satisfies z.infer<typeof infoShape>);
}

export function renderStoreDoneJson(done: "backup" | "restore" | "compact", place: string, folder: string | null): string {
  return rendered({
    schema: "precursor.store/1",
    done,
    place,
    ...(folder === null ? {} : { folder }),
  } satisfies z.infer<typeof doneShape>);
}

function rendered(value: object): string {
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`;
}
