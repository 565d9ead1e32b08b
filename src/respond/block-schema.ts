/** The published JSON Schema (draft 2020-12) of `precursor.block/1`. Names in it are a contract: fields are added, never renamed. */
import { z } from "zod";

const count = z.number().nonnegative();

const blockShape = z.looseObject({
  schema: z.literal("precursor.block/1"),
  platform: z.string(),
  madeAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable().describe("when the rules should go; null for never"),
  incident: z.string().nullable(),
  portZero: z.array(z.looseObject({ transport: z.enum(["tcp", "udp"]), end: z.enum(["source", "destination"]) })),
  saysPortZero: z.enum(["port-zero", "nearest", "sources-only"]).describe("what the platform can say of port zero; notes tell the rest"),
  families: z.array(z.union([z.literal(4), z.literal(6)])).describe("versions of IP for which port zero is dropped"),
  sources: z.array(z.string()).describe("networks in CIDR notation from which everything is dropped"),
  addresses: count.describe("that are covered; of IPv6, networks of 64 bits"),
  innocents: count.describe("of them, those that nobody asked for"),
  leftOut: z.array(z.looseObject({ network: z.string(), reason: z.string() })),
  rules: z.array(z.string()),
  removal: z.array(z.string()),
  notes: z.array(z.string()),
});

/** JSON Schema, draft 2020-12. */
export const BLOCK_SCHEMA: Readonly<Record<string, unknown>> = {
  $id: "urn:precursor:block:1",
  title: "precursor.block/1",
  ...z.toJSONSchema(blockShape, { target: "draft-2020-12" }),
};
