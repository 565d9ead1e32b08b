/** What is known of an address, as the published schemas have it. */
import { z } from "zod";
import { reputationShape } from "./reputation-shapes.ts";
import { count } from "./schema-shapes.ts";

const provenance = { list: z.string(), date: z.string().nullable().describe("of the list; null where it does not tell") };

const network = z
  .looseObject({
    asn: count.nullable(),
    name: z.string().nullable(),
    country: z.string().nullable().describe("ISO 3166-1 alpha-2, where the address is registered, not who sends; it has no weight"),
    kind: z
      .enum(["hosting", "access", "mobile", "education", "government", "business", "content", "exchange"])
      .nullable()
      .optional()
      .describe("what the network is for; null where data and its name do not tell"),
    ...provenance,
  })
  .nullable();
const acknowledged = z
  .looseObject({
    organisation: z.string(),
    status: z.enum(["confirmed", "claimed", "disputed"]),
    reason: z.string(),
    ...provenance,
  })
  .nullable();
const name = z
  .looseObject({
    name: z.string(),
    forwardConfirmed: z.boolean().describe("the name leads back to the address"),
    doubt: z.string().nullable().describe("what it claims without bearing it out"),
  })
  .nullable()
  .optional()
  .describe("by DNS, where it was asked");
const reserved = z
  .looseObject({ name: z.string(), globallyReachable: z.boolean(), ...provenance })
  .nullable()
  .describe("special-purpose range of RFC 6890");

/** Beside what an address did. */
export const labelShapes = { acknowledged, network, reserved, name, reputation: reputationShape };
