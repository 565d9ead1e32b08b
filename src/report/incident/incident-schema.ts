/** The published JSON Schema (draft 2020-12) of `precursor.incidents/1`. Fields are added, never renamed; objects stay open. */
import { z } from "zod";

const count = z.int().nonnegative();
const time = z.string().meta({ format: "date-time", description: "UTC, ISO 8601 with milliseconds" });
const uptick = z.looseObject({
  series: z.string().describe("tcp/source/0, udp/destination/53, group/port-zero"),
  kind: z.enum(["surge", "ramp", "shift"]),
  start: time,
  end: time.nullable().describe("null while it goes on"),
  peakTime: time,
  peak: z.number(),
  expected: z.number().describe("at the time of the peak"),
  pValue: z.number(),
  record: z
    .looseObject({ rank: count.describe("1: nothing before was as high"), since: time, ofAll: z.boolean() })
    .nullable()
    .describe("how the peak ranks in all that was seen before"),
});

export const INCIDENT_SHAPE = z.looseObject({
  id: z.string(),
  phase: z.enum(["open", "growing", "ebbing", "closed"]),
  openedAt: time,
  updatedAt: time,
  closedAt: time.nullable(),
  leading: uptick.describe("the series that tells most"),
  others: z.array(uptick).describe("those that rose with it, of the same sources"),
  sources: count.describe("distinct at the peak, over all sensors, as are networks (/24, /48), asns and targets"),
  networks: count,
  asns: count,
  targets: count,
  sensors: count.describe("that saw it, of sensorsAlive"),
  sensorsAlive: count,
  acknowledgedBy: z.string().nullable(),
  timeline: z.array(z.looseObject({ time, kind: z.string(), text: z.string(), by: z.string().nullable() })),
});

const incidentsShape = z.looseObject({ schema: z.literal("precursor.incidents/1"), incidents: z.array(INCIDENT_SHAPE) });

export type IncidentJson = z.infer<typeof INCIDENT_SHAPE>;
export type IncidentsJson = z.infer<typeof incidentsShape>;

/** JSON Schema, draft 2020-12. */
export const INCIDENTS_SCHEMA: Readonly<Record<string, unknown>> = {
  $id: "urn:precursor:incidents:1",
  title: "precursor.incidents/1",
  ...z.toJSONSchema(incidentsShape, { target: "draft-2020-12" }),
};
