/** The published JSON Schema (draft 2020-12) of `precursor.incidents/1`. Fields are added, never renamed; objects stay open. */
import { z } from "zod";
import { assessmentShape } from "../assessment-schema.ts";
import { labelShapes } from "../label-shapes.ts";
import { uptickShape } from "../series/uptick-schema.ts";
import { count, time } from "../schema-shapes.ts";

const manners = z
  .looseObject({
    spoofable: z.boolean().describe("it never showed that it gets answers"),
    tools: z.record(z.string(), count).describe("packets that carry a tool's mark, by tool"),
    beyond: z.array(z.string()).describe("what goes beyond scanning, as predicates"),
  })
  .nullable()
  .describe("how it behaved while a watch looked at its packets; null where none did");
const judgementShape = z.looseObject({
  until: time.describe("the end of what was judged"),
  severity: z.enum(["none", "low", "medium", "high", "critical"]),
  confidence: z.enum(["low", "moderate", "high"]),
  tooEarly: z.boolean().describe("too little was seen to tell; it is judged again as it goes on"),
  reading: z.string().describe("the leading one, an id as in hypotheses of precursor.report/1"),
  probability: z.number().min(0).max(1),
  words: z.string().describe("estimative words of ICD 203 for it"),
  bottomLine: z.string(),
  actions: z
    .array(z.looseObject({ action: z.string(), reason: z.string(), commands: z.array(z.string()).describe("that write the rules") }))
    .describe("in the order in which to do them"),
  sources: z
    .array(z.looseObject({ address: z.string(), packets: count, targets: count, sensors: count, ...labelShapes, manners }))
    .describe("those that sent most of the leading series, at most 20, with what is known of them"),
});

export const incidentShape = z.looseObject({
  id: z.string(),
  phase: z.enum(["open", "growing", "ebbing", "closed"]),
  openedAt: time,
  updatedAt: time,
  closedAt: time.nullable(),
  leading: uptickShape.describe("the series that tells most"),
  others: z.array(uptickShape).describe("those that rose with it, of the same sources"),
  sources: count.describe("distinct at the peak, over all sensors, as are networks (/24, /48), asns and targets"),
  networks: count,
  asns: count,
  targets: count,
  sensors: count.describe("that saw it, of sensorsAlive"),
  sensorsAlive: count,
  acknowledgedBy: z.string().nullable(),
  assessment: assessmentShape.optional().describe("of one that is shown: a judgement from what the store holds, as in precursor.report/1"),
  judgement: judgementShape
    .nullable()
    .optional()
    .describe("what it means, in short: made when it opens, grows and closes, from what the store holds"),
  notJudged: z.string().optional().describe('why there is no judgement: "not judged: …"'),
  timeline: z.array(z.looseObject({ time, kind: z.string(), text: z.string(), by: z.string().nullable() })),
});

const incidentsShape = z.looseObject({ schema: z.literal("precursor.incidents/1"), incidents: z.array(incidentShape) });

export type IncidentJson = z.infer<typeof incidentShape>;
export type IncidentsJson = z.infer<typeof incidentsShape>;

/** JSON Schema, draft 2020-12. */
export const INCIDENTS_SCHEMA: Readonly<Record<string, unknown>> = {
  $id: "urn:precursor:incidents:1",
  title: "precursor.incidents/1",
  ...z.toJSONSchema(incidentsShape, { target: "draft-2020-12" }),
};
