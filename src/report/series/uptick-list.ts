/** Upticks for programs, JSON by `precursor.upticks/1` and CSV, and for people: a line an event. */
import type { Uptick } from "../../model/incident.ts";
import { escapeControls, escapeJson } from "../escape.ts";
import { counted, isoTime, per } from "../quantity.ts";
import { rounded, uptickJson } from "./uptick-json.ts";
import { uptickSentence } from "./uptick-words.ts";

/** What is printed; all times seconds since 1970. */
export interface UptickList {
  readonly bucketSeconds: number;
  readonly rows: number;
  readonly events: readonly (Uptick & { readonly windowSeconds: number; readonly trend: number | null })[];
  readonly series: readonly {
    readonly series: string;
    readonly buckets: number;
    readonly first: number;
    readonly last: number;
    readonly events: number;
    readonly learning: boolean;
  }[];
  readonly notes: readonly string[];
}

export function renderUpticksJson({ bucketSeconds, rows, events, series, notes }: UptickList): string {
  const value = {
    schema: "precursor.upticks/1",
    events: events.map((event) => eventJson(event)),
    bucketSeconds,
    rows,
    series: series.map(({ first, last, ...rest }) => ({ ...rest, first: isoTime(first), last: isoTime(last) })),
    notes,
  };
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`;
}

const COLUMNS = ["series", "kind", "start", "end", "peakTime", "peak", "expected", "pValue", "rank", "since"] as const;

/** RFC 4180, a line an event. */
export function renderUpticksCsv({ events }: UptickList): string {
  const lines = events.map((event) => {
    const { series, kind, start, end, peakTime, peak, expected, pValue, record } = event;
    const since = record === null ? "" : isoTime(record.since);
    const cells = [quoted(series), kind, isoTime(start), end === null ? "" : isoTime(end), isoTime(peakTime), peak, rounded(expected)];
    return [...cells, Number(pValue.toPrecision(3)), record?.rank ?? "", since].join(",");
  });
  return `${[COLUMNS.join(","), ...lines].join("\n")}\n`;
}

/** A sentence an event, and one of what was read. */
export function renderUpticksText({ bucketSeconds, events, series, notes }: UptickList): string {
  const learning = series.filter((one) => one.learning).length;
  const read = `${counted(series.length, "series", "series")} by the ${per(bucketSeconds)}, ${counted(
    series.reduce((sum, { buckets }) => sum + buckets, 0),
    "value",
  )}`;
  const still =
    learning === 0
      ? ""
      : ` Of ${learning === series.length ? (learning === 1 ? "it" : "all") : String(learning)} less than two weeks or hardly anything was seen: still learning.`;
  const lines = events.map((event) => escapeControls(uptickSentence(event)));
  const head = events.length === 0 ? `Nothing was out of the ordinary: ${read}.` : `${counted(events.length, "event")}: ${read}.`;
  return `${[...lines, ...(lines.length > 0 ? [""] : []), `${head}${still}`, ...notes.map((note) => `Note: ${escapeControls(note)}.`)].join("\n")}\n`;
}

/** An uptick as the detector tells it. */
export function eventJson(event: UptickList["events"][number]): object {
  return { ...uptickJson(event), trend: event.trend === null ? null : rounded(event.trend) };
}

function quoted(text: string): string {
  // A cell that begins like a formula would be run by a spreadsheet (CWE-1236).
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
