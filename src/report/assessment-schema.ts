/** The schema of the judgement in `precursor.report/1`: readings, the note, every step to them, what comes next, and what history says. */
import { z } from "zod";
import { count, time } from "./schema-shapes.ts";

const probability = z.number().min(0).max(1);
const probabilities = z.record(z.string(), probability).describe("by hypothesis; they add up to 1");
const ref = z.string().describe('"E1", "E2", …');

const step = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("prior"), probabilities }),
  z.looseObject({
    kind: z.literal("evidence"),
    ref,
    id: z.string(),
    group: z.string().describe("of pieces with the same cause; only the strongest counts"),
    source: z.string().describe("whose word the ratios stand on"),
    sentence: z.string(),
    strength: probability.describe("how fully it holds"),
    keeps: probability.describe("part of its weight that it keeps beside the group it overlaps"),
    overlaps: z.string().nullable(),
    ratios: z.record(z.string(), z.number().positive()).describe("likelihood ratios of the table; 1 where one is left out"),
    probabilities,
  }),
  z.looseObject({ kind: z.literal("set-aside"), id: z.string(), group: z.string(), sentence: z.string(), because: ref }),
  z.looseObject({ kind: z.literal("tempering"), exponent: z.number(), reason: z.string(), probabilities }),
]);

export const assessmentShape = z.looseObject({
  severity: z.enum(["none", "low", "medium", "high", "critical"]),
  confidence: z.enum(["low", "moderate", "high"]),
  limits: z.array(z.string()).describe("what weakens the confidence"),
  summary: z.string(),
  note: z
    .array(
      z.looseObject({
        part: z.enum(["bottom-line", "why", "next", "do"]),
        text: z.string(),
        leadsTo: z.array(z.string()).describe('references of evidence ("E3"), then sections ("scans", "port-zero", "past", …)'),
      }),
    )
    .describe("in the order in which to read it"),
  tooEarly: z.boolean(),
  hypotheses: z.array(
    z.looseObject({
      id: z.string(),
      probability,
      words: z.string().describe("estimative words of ICD 203"),
      for: z.array(z.string()),
      against: z.array(z.string()),
      missing: z.array(z.string()),
    }),
  ),
  strongestAgainst: z.looseObject({ ref, sentence: z.string() }).nullable().describe("against the leading reading"),
  flip: z
    .looseObject({ ref, sentence: z.string(), to: z.string(), probability })
    .nullable()
    .describe("the piece of evidence without which another reading leads; null where none turns it"),
  missing: z
    .array(
      z.looseObject({
        what: z.string(),
        bits: z.number().nonnegative().describe("expected information about which reading is right"),
        couldLead: z.string().nullable().describe("reading that may lead once it is known"),
      }),
    )
    .describe("what would tell most first"),
  outlook: z
    .array(
      z.looseObject({
        what: z.string(),
        horizonSeconds: z.number().positive().nullable(),
        probability: z.looseObject({ low: probability, high: probability }).nullable().describe("null where nobody has measured"),
        baseRate: z.string(),
        source: z.string(),
      }),
    )
    .describe("what to expect, should the leading reading be right"),
  steps: z.array(step).describe("from the priors to the result, in order"),
});

export const pastShape = z
  .looseObject({
    since: time,
    until: time,
    sensorsAlive: count.describe("in the input's time"),
    isJudged: z.boolean().describe("false: no watch or replay has judged history up to the input's time"),
    judged: z
      .looseObject({ since: time, until: time })
      .nullable()
      .optional()
      .describe("what was judged: the time that the input's is in, or the last before it"),
    incidents: z.array(
      z.looseObject({
        id: z.string(),
        phase: z.string(),
        openedAt: time,
        series: z.array(
          z.looseObject({
            series: z.string(),
            peak: z.number(),
            expected: z.number(),
            record: z.looseObject({ rank: count, since: time, ofAll: z.boolean() }).nullable(),
          }),
        ),
        sources: count,
        networks: count,
        sensors: count,
        sensorsAlive: count,
      }),
    ),
  })
  .nullable()
  .describe("what history says of the input's time; null where no store was asked");
