/**
 * The published JSON Schema (draft 2020-12) of `precursor.upticks/1`, which `uptick --format json` prints. Names are a contract: fields
 * are added, never renamed.
 */
import { z } from "zod";
import { count, time } from "../schema-shapes.ts";

/** What is told of every uptick, wherever it is printed. */
export const uptickShape = z.looseObject({
  series: z.string().describe("as in tcp/source/0, udp/destination/53, group/port-zero, or as a table names it"),
  kind: z.enum(["surge", "ramp", "shift"]).describe("within two days; over days; to a level that stayed"),
  start: time.describe("of the bucket at which it was told"),
  end: time.nullable().describe("of its last bucket; null while it goes on"),
  peakTime: time,
  peak: z.number().nonnegative().describe("highest value of a bucket"),
  expected: z.number().nonnegative().describe("what was to be expected of the peak's bucket"),
  pValue: z.number().min(0).max(1).describe("chance of as much where nothing is wrong, in the window that tells most"),
  record: z
    .looseObject({
      rank: z.int().positive().describe("1: highest of all seen before"),
      since: time.describe("when a value was last as high; the start of history where none was"),
      ofAll: z.boolean().describe("no value in all of history was as high"),
    })
    .nullable(),
});
export type UptickJson = z.infer<typeof uptickShape>;

/** As the detector tells it. */
export const foundUptickShape = uptickShape.extend({
  windowSeconds: z.number().positive().describe("length of the window that found it"),
  trend: z.number().nullable().describe("DShield's trend, last day against a month, as a second opinion"),
});

/** The shape; objects stay open, so that a program that validates with it accepts later output too. */
export const upticksShape = z.looseObject({
  schema: z.literal("precursor.upticks/1"),
  events: z.array(foundUptickShape),
  bucketSeconds: z.number().positive(),
  rows: count,
  series: z.array(
    z.looseObject({
      series: z.string(),
      buckets: count,
      first: time,
      last: time,
      events: count,
      learning: z.boolean().describe("less than two weeks were seen: only plain events are told"),
    }),
  ),
  notes: z.array(z.string()).describe("what was left out of the input, and why"),
});

export const UPTICKS_SCHEMA: Readonly<Record<string, unknown>> = {
  $id: "urn:precursor:upticks:1",
  title: "precursor.upticks/1",
  ...z.toJSONSchema(upticksShape, { target: "draft-2020-12" }),
};
