/** What a detector gets wrong in `bench:uptick`, one line each, by kind: each names its series, of which `--only NAME --keep FOLDER` gives the data. */
import type { LabSeries } from "../src/lab/series/series-families.ts";
import type { SeriesEvent } from "../src/lab/series/series-event.ts";
import { keyOf, type Tally } from "./uptick-tally.ts";

const HOUR = 3600;

/** The list, as Markdown. @param findable keys of the events that an oracle finds: the others are no failures, only counted. */
export function failureList(ours: Tally, findable: ReadonlySet<string>): string {
  const groups = new Map<string, string[]>();
  const put = (group: string, line: string): void => void (groups.get(group)?.push(line) ?? groups.set(group, [line]));
  for (const { series, findings, falseEvents } of ours.judged) {
    for (const { event, told, delay } of findings) {
      const isFindable = findable.has(keyOf(series, event));
      if (told === 0 && isFindable) put(`missed ${groupOf(series, event)}`, `${moment(event.start)} ${words(event)}, ${about(series)}`);
      if (told === 0 && !isFindable) put("missed, and the oracle finds none of them either", "");
      if (told > 1)
        put(`told more than once: ${groupOf(series, event)}`, `${told} times: ${moment(event.start)} ${words(event)}, ${about(series)}`);
      if (delay !== null && delay > 0 && event.kind === "surge" && event.shape === "square" && event.factor >= 5) {
        put(
          `late, square and at least x5, ${bucketOf(series)}`,
          `${delay} buckets: ${moment(event.start)} ${words(event)}, ${about(series)}`,
        );
      }
    }
    for (const { start, end, cause } of falseEvents) {
      put(`false, ${cause}, ${bucketOf(series)}`, `${moment(start)} for ${((end - start) / HOUR).toFixed(1)} h, ${about(series)}`);
    }
  }
  const ordered = [...groups].sort(([, a], [, b]) => b.length - a.length);
  return ordered
    .map(
      ([group, lines]) =>
        `## ${group}: ${lines.length}\n\n${lines
          .filter((line) => line !== "")
          .map((line) => `- ${line}\n`)
          .join("")}`,
    )
    .join("\n");
}

function groupOf(series: LabSeries, event: SeriesEvent): string {
  return `${event.kind} ${event.kind === "surge" ? `x${event.factor} ` : ""}${bucketOf(series)}`;
}

function words(event: SeriesEvent): string {
  const length = `${(event.end - event.start) / HOUR} h`;
  if (event.kind === "surge") return `x${event.factor} for ${length}, ${event.shape}`;
  if (event.kind === "ramp") return event.plateau ? "then a plateau" : "then over";
  return `x${event.factor.toFixed(2)}`;
}

function about({ name, plan }: LabSeries): string {
  const { level, size, hourly, drift, days } = plan;
  return `${name}: level ${level.toPrecision(2)}, k ${size.toPrecision(2)}, wave ${hourly.toFixed(1)}, drift ${drift.toFixed(2)}, ${days} d`;
}

function bucketOf({ plan }: LabSeries): string {
  return plan.bucket < HOUR ? `${plan.bucket / 60}m` : `${plan.bucket / HOUR}h`;
}

function moment(time: number): string {
  return `${new Date(time * 1000).toISOString().slice(0, 16)}Z`;
}
