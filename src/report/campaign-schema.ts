/** The part of `precursor.report/1` that tells of campaigns and of forged sources. */
import { z } from "zod";
import { count, time } from "./schema-shapes.ts";

const weight = z.number().describe("log10 of a likelihood ratio");

export const campaignShape = z.looseObject({
  id: z.string().describe("stable within a report; C1 is the heaviest"),
  members: z.array(z.string()).describe("most active first, at most 100, and the address of --explain"),
  memberCount: count,
  transport: z.string(),
  ports: z.array(z.int().min(0).max(65_535)).describe("most contacted first, at most 100"),
  portCount: count,
  targetCount: count,
  packets: count,
  firstSeen: time,
  lastSeen: time,
  tool: z.string().nullable(),
  portZero: z.boolean(),
  isHidden: z.boolean().describe("its members alone stay under every threshold of a scan"),
  ties: z
    .array(z.looseObject({ kind: z.string(), weight, sentence: z.string() }))
    .describe("what members have in common and strangers have not, heaviest first"),
});

export const spoofingShape = z.looseObject({
  subject: z.enum(["scans", "port-zero", "floods"]),
  sources: count,
  verdict: z.enum(["real", "partly-spoofed", "spoofed", "cannot-tell"]),
  evidence: z.array(z.looseObject({ kind: z.string(), leans: z.enum(["real", "spoofed"]), weight, sentence: z.string() })),
});
