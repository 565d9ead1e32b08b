/** What the published schemas share. */
import { z } from "zod";

export const count = z.int().nonnegative();

export const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .meta({ format: "date-time", description: "UTC, ISO 8601 with milliseconds" });
