/** Upticks for programs. */
import type { Uptick } from "../../model/incident.ts";
import { isoTime } from "../quantity.ts";
import type { UptickJson } from "./uptick-schema.ts";

/** An uptick as a plain value; what else stands in it is left as it is. */
export function uptickJson({ start, end, peakTime, record, expected, pValue, ...rest }: Uptick): UptickJson {
  return {
    ...rest,
    start: isoTime(start),
    end: end === null ? null : isoTime(end),
    peakTime: isoTime(peakTime),
    expected: rounded(expected),
    pValue: Number(pValue.toPrecision(3)),
    record: record === null ? null : { ...record, since: isoTime(record.since) },
  };
}

/** Five digits say enough of an estimate. */
export function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
