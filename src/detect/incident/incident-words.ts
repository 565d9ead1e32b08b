/** What the timeline of an incident says, in words. */
import type { UptickRecord } from "../../model/incident.ts";
import { seriesName } from "../../model/series.ts";
import type { DetectedUptick } from "../uptick/verdict.ts";
import type { SeriesCounts } from "./incident-options.ts";

const DAY = 86_400;
/** History of at least so many days has a year to speak of. */
const YEAR_DAYS = 360;
const MINUTE = 60;
const HOUR = 3600;

export function openedWords(uptick: DetectedUptick, counts: SeriesCounts, alive: number, usual: SeriesCounts | null): string {
  const times = uptick.expected > 0 ? `, ${number(uptick.peak / uptick.expected)} times the expected ${number(uptick.expected)}` : "";
  const record = uptick.record === null ? "" : `; ${recordWords(uptick.record, uptick.peakTime)}`;
  return `${seriesName(uptick.series)}: ${whole(counts.sources)} sources${times}${record}; ${corroborationWords(counts, alive, usual)}`;
}

/** "highest of the year, and of all 412 days of history"; "highest since 2012-09-16 (412 days)". */
export function recordWords({ rank, since, ofAll }: UptickRecord, time: number): string {
  const days = Math.floor((time - since) / DAY);
  const length = days >= 2 ? `${days} days` : `${Math.max(1, Math.round((time - since) / HOUR))} hours`;
  if (ofAll) return days >= YEAR_DAYS ? `highest of the year, and of all ${length} of history` : `highest in all ${length} of history`;
  if (days >= YEAR_DAYS) return `highest of the year, since ${date(since)} (${length})`;
  return days >= 1 ? `highest since ${date(since)} (${length})` : `${rank === 1 ? "as high" : "higher"} within a day`;
}

/** Whether more networks and sensors see it than usual. */
function corroborationWords({ networks, asns, sensors, targets }: SeriesCounts, alive: number, usual: SeriesCounts | null): string {
  const before = (count: number | undefined): string => (count === undefined ? "" : ` (usually ${number(count)})`);
  const where = `in ${plural(networks, "network")}${before(usual?.networks)}${asns > 0 ? ` of ${plural(asns, "AS", "ASes")}` : ""}`;
  const seen =
    alive === 1
      ? "one sensor is watching"
      : `seen by ${whole(sensors)} of ${alive} sensors${before(usual?.sensors)}${sensors === 1 ? ": nobody else confirms it" : ""}`;
  return `${where}; ${plural(targets, "target")}; ${seen}`;
}

export function joinedWords(uptick: DetectedUptick, share: number | null): string {
  const common = share === null ? "" : `; ${Math.round(100 * share)} % of the sources are the same`;
  return `${seriesName(uptick.series)} rises too: ${whole(uptick.peak)} sources, ${number(uptick.expected)} expected${common}`;
}

export function grewWords(counts: SeriesCounts, from: number): string {
  return `${whole(counts.sources)} sources, ${number(counts.sources / from)} times what was told; in ${plural(counts.networks, "network")}`;
}

export function peakedWords(sources: number, time: number): string {
  return `the peak was ${whole(sources)} sources at ${new Date(1000 * time).toISOString().slice(0, 16)}Z`;
}

export function closedWords(seconds: number, isLevel: boolean, others: number): string {
  const more = others === 0 ? "" : `; ${plural(others, "other series", "other series")} rose with it`;
  return `${isLevel ? "it has become the ordinary level, after" : "over, after"} ${duration(seconds)}${more}`;
}

function duration(seconds: number): string {
  if (seconds >= 2 * DAY) return `${Math.round(seconds / DAY)} days`;
  if (seconds < 2 * HOUR) return `${Math.round(seconds / MINUTE)} minutes`;
  const minutes = Math.round((seconds % HOUR) / MINUTE);
  return `${Math.floor(seconds / HOUR)} h${minutes === 0 ? "" : ` ${minutes} min`}`;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

function whole(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

function number(value: number): string {
  return value >= 10 || Number.isInteger(value) ? whole(value) : value.toFixed(1);
}

function date(seconds: number): string {
  return new Date(1000 * seconds).toISOString().slice(0, 10);
}
