/** Incidents: upticks that belong together, from opening to close, with one id and a timeline. */
import type { ToolName } from "./activity.ts";
import type { Confidence, HypothesisId, Severity } from "./assessment.ts";
import type { AddressLabels } from "./label.ts";

export type UptickKind = "surge" | "ramp" | "shift";

/** How a value ranks in all history. */
export interface UptickRecord {
  /** 1: nothing before was as high. */
  readonly rank: number;
  /** Seconds since 1970 of the last value that was as high; the start of history where there was none (rank 1). */
  readonly since: number;
  /** Whether no value in all of history was as high. */
  readonly ofAll: boolean;
}

/** One series that is, or was, out of the ordinary. */
export interface Uptick {
  /** Name of the series: `tcp/source/0`. */
  readonly series: string;
  readonly kind: UptickKind;
  /** Seconds since 1970; `end` is null while it goes on. */
  readonly start: number;
  readonly end: number | null;
  readonly peakTime: number;
  readonly peak: number;
  /** What was to be expected at the peak's time. */
  readonly expected: number;
  readonly pValue: number;
  readonly record: UptickRecord | null;
}

export type IncidentPhase = "open" | "growing" | "ebbing" | "closed";
export type IncidentEntryKind = "opened" | "joined" | "grew" | "peaked" | "ebbed" | "closed" | "acknowledged" | "note";

/** One line of an incident's timeline. */
export interface IncidentEntry {
  readonly time: number;
  readonly kind: IncidentEntryKind;
  readonly text: string;
  /** Who wrote it, for notes and acknowledgements. */
  readonly by: string | null;
}

/** How a source of an incident behaved while it was open, as `Manners`, in plain values. */
export interface IncidentManners {
  readonly spoofable: boolean;
  /** Packets that carry a tool's mark, by tool. */
  readonly tools: Readonly<Partial<Record<ToolName, number>>>;
  readonly beyond: readonly string[];
}

/** A source of an incident, with what is known of it. Packets, targets and sensors are those of the incident's series. */
export interface IncidentSource {
  readonly address: string;
  readonly packets: number;
  readonly targets: number;
  readonly sensors: number;
  readonly labels: AddressLabels;
  /** Null where nobody looked at its packets: history keeps no marks and no outcomes. */
  readonly manners: IncidentManners | null;
}

/** One thing to do about an incident. */
export interface IncidentAction {
  readonly action: string;
  readonly reason: string;
  /** Commands that write the rules, a line each; empty where none applies. */
  readonly commands: readonly string[];
}

/** What an incident means, in short, from what the store holds of it. */
export interface IncidentJudgement {
  /** Seconds since 1970: the end of what was judged. */
  readonly until: number;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly tooEarly: boolean;
  /** The leading reading, its probability, and the estimative words of ICD 203 for it. */
  readonly reading: HypothesisId;
  readonly probability: number;
  readonly words: string;
  readonly bottomLine: string;
  readonly actions: readonly IncidentAction[];
  /** Those that sent most; a bounded number. */
  readonly sources: readonly IncidentSource[];
}

export interface Incident {
  /** Stable: the time of opening and the leading series, `20131102T0100Z-tcp-source-0`. */
  readonly id: string;
  readonly phase: IncidentPhase;
  readonly openedAt: number;
  readonly updatedAt: number;
  readonly closedAt: number | null;
  /** The series that tells most, then the others that rose with it. */
  readonly leading: Uptick;
  readonly others: readonly Uptick[];
  /** Distinct at the peak, all sensors. */
  readonly sources: number;
  readonly networks: number;
  readonly asns: number;
  readonly targets: number;
  readonly sensors: number;
  readonly sensorsAlive: number;
  /** Size at the last alert: another is due when the peak grows by a factor. */
  readonly alertedSize: number;
  readonly acknowledgedBy: string | null;
  readonly timeline: readonly IncidentEntry[];
  /** The last one; absent or null where there was none. */
  readonly judgement?: IncidentJudgement | null;
  /** Why there is none, as a sentence that begins "not judged: "; absent where there is one, and where nobody was asked to judge. */
  readonly notJudged?: string;
}
