/** Upticks in words: "highest in 412 days; nothing was as high since 2012-09-16". */
import type { Uptick } from "../../model/incident.ts";
import { count, dateTime, duration } from "../quantity.ts";

const DAY = 86_400;

/** How the peak ranks in all that was seen before; null where nothing is known of it. */
export function recordWords({ record, peakTime }: Pick<Uptick, "record" | "peakTime">): string | null {
  if (record === null) return null;
  const { since, ofAll } = record;
  const age = peakTime - since;
  const span = age >= 2 * DAY ? `${count(Math.floor(age / DAY))} days` : duration(age);
  const date = dateTime(since).slice(0, 10);
  if (ofAll) return `highest of all ${span} seen (since ${date})`;
  return age < DAY ? null : `highest in ${span}; highest since ${date}`;
}

/** One line: what rose, when, how far, how surely. */
export function uptickSentence(uptick: Uptick): string {
  const { series, kind, start, end, peakTime, peak, expected, pValue } = uptick;
  const until = end === null ? "still going on" : `to ${dateTime(end)}`;
  const record = recordWords(uptick);
  const few = expected < 10 ? String(Math.round(expected * 10) / 10) : count(expected);
  return `${series}: ${kind} from ${dateTime(start)} ${until}, peak ${count(peak)} at ${dateTime(peakTime)}, expected ${few} (p ${pValue.toExponential(0)})${record === null ? "" : `, ${record}`}`;
}
