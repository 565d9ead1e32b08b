/** The published JSON Schema of what `precursor watch` prints where no terminal is: an event a line. Fields are added, never renamed. */
import { z } from "zod";
import { count, time } from "../schema-shapes.ts";
import { incidentShape } from "../incident/incident-schema.ts";

const health = z.looseObject({
  sources: z.array(
    z.looseObject({
      name: z.string(),
      sensor: z.string(),
      place: z.string().nullable().describe("where it listens or what it reads; null where it could not start"),
      health: z.string().describe("fine, or what is wrong"),
      records: count,
      recordsPerSecond: z.number(),
      lost: count.describe("records and packets known to be lost"),
      unrecognised: count.describe("records and octets of no known format"),
    }),
  ),
  silent: z.array(z.string()).describe("sensors that were heard before, and not in the last interval that was judged"),
  store: z.looseObject({ place: z.string(), isUp: z.boolean(), reason: z.string().nullable() }),
  intel: z.looseObject({
    feeds: count.describe("reputation feeds in use"),
    amiss: z.array(z.string()).describe("those that are stale, refused or kept from before, with why"),
    reason: z.string().nullable().describe("why what was open before is still in use"),
  }),
  spool: z.looseObject({
    batches: count,
    bytes: count,
    dropped: count.describe("observations that found no room"),
    reason: z.string().nullable().describe("why the disk takes nothing"),
  }),
  lag: count.describe("seconds by which judging is behind"),
  futureRows: count.describe("left out: their time is more than five minutes ahead of the clock"),
  lateRows: count.describe("kept, but of intervals that were judged already"),
  refused: count.describe("series and incidents that could not be followed because there were too many"),
  unlookedPackets: count.describe(
    "of open incidents' sources since the last judgement, too many to be looked at: how these behave is told by the others",
  ),
  clock: z.string().nullable(),
  troubles: z.array(z.string()).describe("all that is amiss, a line each: the same words for as long as it lasts"),
});

const series = z.looseObject({
  name: z.string().describe("tcp/source/0, group/port-zero"),
  recent: z.array(z.number().nullable()).describe("distinct sources of the last intervals, the latest last; null is a gap"),
  expected: z.number().nullable(),
  high: z.number().nullable().describe("above this is one ordinary interval of a thousand"),
  isLearning: z.boolean(),
});

const watchEventShape = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("started"), time, version: z.string(), health }),
  z.looseObject({
    type: z.literal("interval"),
    time: time.describe("start of the five minutes that were judged"),
    sensors: z.array(z.string()).describe("that were judged; none is a gap"),
    reference: z.array(z.string()).describe("that levels are of"),
    packets: count,
    sources: count,
    portZeroSources: count,
    series: count.describe("that had anything"),
    isLearning: z.boolean(),
    openIncidents: count,
    top: z.array(series),
  }),
  z.looseObject({
    type: z.literal("incident"),
    time,
    change: z.enum(["opened", "grew", "changed", "closed"]),
    isAlert: z.boolean().describe("people are to be told: it opened, or grew by the factor"),
    incident: incidentShape,
  }),
  z.looseObject({ type: z.literal("health"), time, health }),
  z.looseObject({
    type: z.literal("reload"),
    time,
    started: z.array(z.string()),
    stopped: z.array(z.string()),
    kept: count,
    changed: z.array(z.string()).describe("keys of the config with another value, which is in force"),
    needsRestart: z.array(z.string()).describe("keys with another value that only a restart brings in force"),
    error: z.string().nullable().describe("why nothing was changed"),
  }),
  z.looseObject({ type: z.literal("stopped"), time, reason: z.string() }),
]);

export type WatchEventJson = z.infer<typeof watchEventShape>;

export const WATCH_EVENT_SCHEMA: Readonly<Record<string, unknown>> = {
  ...z.toJSONSchema(watchEventShape),
  title: "precursor.watch-event/1",
  description: "One line of precursor watch where its output is no terminal.",
};

/** For tests: whether a value is an event. */
export function watchEventProblem(value: unknown): string | null {
  const parsed = watchEventShape.safeParse(value);
  return parsed.success ? null : parsed.error.message;
}
