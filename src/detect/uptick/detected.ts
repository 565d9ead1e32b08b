/** Open and closed events in the words of the caller: buckets become times. */
import type { UptickKind } from "../../model/incident.ts";
import type { Calendar } from "./calendar.ts";
import type { OpenEvent } from "./event.ts";
import type { OpenRamp } from "./slow-rises.ts";
import type { DetectedUptick } from "./verdict.ts";

/** No p-value is shown smaller: models are not that good. */
const LEAST_LOG_P = -690;

/** @param end bucket behind the last of it, or null while it goes on. */
export function detectedEvent(calendar: Calendar, event: OpenEvent, kind: UptickKind, end: number | null): DetectedUptick {
  return { ...detected(calendar, event, kind, end), windowSeconds: event.window * calendar.bucketSeconds };
}

export function detectedRamp(calendar: Calendar, ramp: OpenRamp, end: number | null): DetectedUptick {
  return { ...detected(calendar, ramp, "ramp", end), windowSeconds: calendar.daySeconds };
}

function detected(
  calendar: Calendar,
  { series, start, peak, peakBucket, expected, logP, record, trend }: OpenEvent | OpenRamp,
  kind: UptickKind,
  end: number | null,
): Omit<DetectedUptick, "windowSeconds"> {
  return {
    series,
    kind,
    start: calendar.timeOf(start),
    end: end === null ? null : calendar.timeOf(end),
    peakTime: calendar.timeOf(peakBucket),
    peak,
    expected,
    pValue: Math.exp(Math.max(LEAST_LOG_P, logP)),
    record,
    trend,
  };
}
