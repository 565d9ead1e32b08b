/** One incident as it is written: its series, its height, its phase. Plain values, so that it can be kept in a snapshot. */
import type { Incident, IncidentEntry, IncidentJudgement, IncidentPhase, Uptick } from "../../model/incident.ts";
import { seriesName } from "../../model/series.ts";
import type { DetectedUptick } from "../uptick/verdict.ts";
import {
  EBB_INTERVALS,
  EBB_SHARE,
  GROWTH,
  MOST_ENTRIES,
  MOST_SERIES,
  type SeriesCounts,
  SWELL_INTERVALS,
  SWELL_SHARE,
} from "./incident-options.ts";
import { closedWords, grewWords, peakedWords } from "./incident-words.ts";
import { byTelling, tellingRank } from "./telling.ts";

/** A series of an incident. */
export interface DraftSeries {
  uptick: DetectedUptick;
  isOpen: boolean;
}

export interface Draft {
  readonly id: string;
  readonly openedAt: number;
  updatedAt: number;
  closedAt: number | null;
  phase: IncidentPhase;
  leading: number;
  series: DraftSeries[];
  /** Series beyond those listed. */
  more: number;
  /** Counts of the leading series at its peak. */
  peak: SeriesCounts;
  peakTime: number;
  sensorsAlive: number;
  alertedSize: number;
  acknowledgedBy: string | null;
  /** Somebody has closed it: it takes in what rises with it, and is not told any more. */
  closedByHand: boolean;
  timeline: IncidentEntry[];
  /** What it means, as last judged; absent where it never was. */
  judgement?: IncidentJudgement;
  /** Why it has none. */
  notJudged?: string;
  /** Intervals in a row that were low, and high again. */
  low: number;
  high: number;
}

export function openDraft(uptick: DetectedUptick, counts: SeriesCounts, time: number, alive: number, text: string): Draft {
  const stamp = new Date(1000 * time).toISOString().replaceAll(/[-:]/g, "").slice(0, 13);
  return {
    id: `${stamp}Z-${seriesName(uptick.series).replaceAll("/", "-")}`,
    openedAt: time,
    updatedAt: time,
    closedAt: null,
    phase: "open",
    leading: uptick.series,
    series: [{ uptick, isOpen: true }],
    more: 0,
    peak: counts,
    peakTime: time,
    sensorsAlive: alive,
    alertedSize: counts.sources,
    acknowledgedBy: null,
    closedByHand: false,
    timeline: [{ time, kind: "opened", text, by: null }],
    low: 0,
    high: 0,
  };
}

export function leadingOf(draft: Draft): DraftSeries {
  const found = draft.series.find(({ uptick }) => uptick.series === draft.leading) ?? draft.series[0];
  if (found === undefined) throw new RangeError(`incident ${draft.id} has no series`);
  return found;
}

export function note(draft: Draft, time: number, kind: IncidentEntry["kind"], text: string): void {
  if (draft.timeline.length >= MOST_ENTRIES && kind !== "closed") return;
  draft.timeline.push({ time, kind, text, by: null });
}

/** Adds a series; the most telling leads. */
export function addSeries(draft: Draft, uptick: DetectedUptick, time: number, text: string, counts: SeriesCounts): void {
  const known = draft.series.find((one) => one.uptick.series === uptick.series);
  if (known !== undefined) {
    known.uptick = uptick;
    known.isOpen = true;
  } else if (draft.series.length >= MOST_SERIES) {
    draft.more++;
    return;
  } else draft.series.push({ uptick, isOpen: true });
  const leads = tellingRank(uptick.series) < tellingRank(draft.leading);
  note(draft, time, "joined", leads ? `${text}; it tells most and leads from now on` : text);
  if (!leads) return;
  draft.leading = uptick.series;
  draft.peak = counts;
  draft.peakTime = time;
  draft.alertedSize = counts.sources;
}

/** Takes in what the leading series had in an interval; true where it is to be told again. */
export function followSize(draft: Draft, time: number, counts: SeriesCounts, alive: number, realertFactor: number): boolean {
  const { uptick } = leadingOf(draft);
  const { sources } = counts;
  const height = draft.peak.sources;
  draft.updatedAt = time;
  draft.sensorsAlive = alive;
  if (sources > height) {
    draft.peak = counts;
    draft.peakTime = time;
    if (sources > GROWTH * height) draft.phase = "growing";
    draft.low = 0;
  }
  const above = (sources - uptick.expected) / Math.max(1, height - uptick.expected);
  draft.low = above < EBB_SHARE ? draft.low + 1 : 0;
  draft.high = above >= SWELL_SHARE ? draft.high + 1 : 0;
  if (draft.phase !== "ebbing" && draft.low >= EBB_INTERVALS) {
    draft.phase = "ebbing";
    note(draft, time, "peaked", peakedWords(height, draft.peakTime));
    note(draft, time, "ebbed", `${Math.round(sources).toLocaleString("en-US")} sources, and ebbing`);
  } else if (draft.phase === "ebbing" && draft.high >= SWELL_INTERVALS) {
    draft.phase = "growing";
    note(draft, time, "grew", "it swells again");
  }
  if (sources < realertFactor * draft.alertedSize) return false;
  note(draft, time, "grew", grewWords(counts, draft.alertedSize));
  draft.alertedSize = sources;
  return true;
}

export function closeDraft(draft: Draft, time: number): void {
  const leading = leadingOf(draft).uptick;
  const end = Math.max(...draft.series.map(({ uptick }) => uptick.end ?? time));
  draft.phase = "closed";
  draft.closedAt = Math.max(draft.openedAt, end);
  draft.updatedAt = time;
  const others = draft.series.length - 1 + draft.more;
  note(draft, draft.closedAt, "closed", closedWords(draft.closedAt - draft.openedAt, leading.kind !== "surge", others));
}

/** It rises again soon after it had closed. */
export function reopenDraft(draft: Draft, time: number): void {
  draft.phase = "growing";
  draft.closedAt = null;
  draft.low = 0;
  note(draft, time, "grew", "it rises again");
}

export function incidentOf(draft: Draft): Incident {
  const leading = leadingOf(draft);
  const others = draft.series.filter((one) => one !== leading).toSorted((a, b) => byTelling(a.uptick, b.uptick));
  const { sources, networks, asns, targets, sensors } = draft.peak;
  return {
    id: draft.id,
    phase: draft.phase,
    openedAt: draft.openedAt,
    updatedAt: draft.updatedAt,
    closedAt: draft.closedAt,
    leading: uptickOf(leading.uptick),
    others: others.map(({ uptick }) => uptickOf(uptick)),
    sources,
    networks,
    asns,
    targets,
    sensors,
    sensorsAlive: draft.sensorsAlive,
    alertedSize: draft.alertedSize,
    acknowledgedBy: draft.acknowledgedBy,
    timeline: [...draft.timeline],
    ...(draft.judgement === undefined ? {} : { judgement: draft.judgement }),
    ...(draft.notJudged === undefined ? {} : { notJudged: draft.notJudged }),
  };
}

function uptickOf({ series, kind, start, end, peakTime, peak, expected, pValue, record }: DetectedUptick): Uptick {
  return { series: seriesName(series), kind, start, end, peakTime, peak, expected, pValue, record };
}
