/**
 * The published JSON Schema (draft 2020-12) of what `history --format json` prints: of series `precursor.history/1`, of a network
 * `precursor.history-activity/1`, without a subject `precursor.history-overview/1`. Fields are added, never renamed; objects stay open.
 */
import { z } from "zod";
import { incidentShape } from "../incident/incident-schema.ts";
import { count, time } from "../schema-shapes.ts";
import { foundUptickShape } from "./uptick-schema.ts";

const bound = z.number().nullable().describe("null while it was still being learned");

const pastShape = z.looseObject({
  schema: z.literal("precursor.history/1"),
  series: z.array(
    z.looseObject({
      series: z.string(),
      measure: z.string().describe("what was judged: one of the measures of a point"),
      bucketSeconds: z.number().positive(),
      points: z
        .array(
          z.looseObject({
            time,
            packets: z.number().nonnegative(),
            sources: count,
            networks: count,
            asns: count,
            targets: count,
            sensors: count.describe("that saw the series"),
            alive: count.describe("sensors that were alive"),
            expected: bound,
            low: bound,
            high: bound,
          }),
        )
        .describe("a bucket without a sensor alive has no point"),
      events: z.array(foundUptickShape),
    }),
  ),
});

const activityShape = z.looseObject({
  schema: z.literal("precursor.history-activity/1"),
  network: z.string(),
  from: time,
  to: time,
  points: z
    .array(
      z.looseObject({
        time,
        packets: z.number().nonnegative(),
        targets: count,
        ports: count.describe("distinct, by transport"),
        sensors: count,
      }),
    )
    .describe("all of it by interval"),
  ports: z
    .array(
      z.looseObject({
        transport: count.describe("IP protocol"),
        port: z.int().min(-1).max(65_535),
        technique: z.string(),
        packets: z.number().nonnegative(),
        targets: count,
        firstSeen: time,
        lastSeen: time,
      }),
    )
    .describe("all of it by port, most packets first, at most --limit"),
  isCut: z.boolean().describe("whether there is more activity than the 100,000 latest rows that are told"),
  activity: z.array(
    z.looseObject({
      time,
      sensor: z.string(),
      transport: count.describe("IP protocol"),
      port: z.int().min(-1).max(65_535).describe("destination port, or ICMP type; -1 where there is none"),
      technique: z.string(),
      packets: z.number().nonnegative(),
      targets: count,
    }),
  ),
});

const overviewShape = z.looseObject({
  schema: z.literal("precursor.history-overview/1"),
  from: time,
  to: time,
  sensors: z.array(
    z.looseObject({
      sensor: z.string(),
      firstSeen: time,
      lastSeen: time,
      intervals: count.describe("of five minutes in which it was alive"),
      observations: z.number().nonnegative(),
      lost: z.number().nonnegative(),
    }),
  ),
  incidents: z.array(incidentShape),
  movers: z.array(z.looseObject({ series: z.string(), sources: count, sourcesBefore: count, packets: z.number().nonnegative() })),
  sources: z.array(
    z.looseObject({
      source: z.string(),
      asn: count.describe("0 where none is known"),
      packets: z.number().nonnegative(),
      targets: count,
      sensors: count,
      firstSeen: time,
      lastSeen: time,
    }),
  ),
});

/** JSON Schema, draft 2020-12. */
export const HISTORY_SCHEMA: Readonly<Record<string, unknown>> = {
  $id: "urn:precursor:history:1",
  title: "precursor.history/1",
  ...z.toJSONSchema(z.union([pastShape, activityShape, overviewShape]), { target: "draft-2020-12" }),
};
