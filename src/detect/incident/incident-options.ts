/** What may be chosen about incidents, and the constants of their life, each with unit and source. */
import type { DetectedUptick } from "../uptick/verdict.ts";

export interface IncidentOptions {
  /** Distinct sources that a rise needs to open an incident: fewer are one tool, whatever they send. */
  readonly minSources: number;
  /** Distinct networks (/24, IPv6 /48) that they are in: who has one network has 256 addresses. */
  readonly minNetworks: number;
  /** An incident is told again when its size has grown by this factor since it was told. */
  readonly realertFactor: number;
}

/** Half an order of magnitude: Slips tells again when log10 of the size grows, scan-NG at 20, 30, 50, 100, 1,000. */
export const INCIDENT_DEFAULTS: IncidentOptions = { minSources: 10, minNetworks: 3, realertFactor: 10 ** 0.5 };

/** Two series whose smaller has this share of its sources in the other rise for one reason. */
export const SHARED_SOURCES = 0.5;
/** A group of ports may be led over to one of its ports for so long after it opened, seconds: later, that port is its own incident. */
export const GROUP_LEADS_SECONDS = 900;
/** What rises again so soon after an incident has closed is the same one, seconds. */
export const REOPEN_SECONDS = 6 * 3600;
/** A peak so much above the one before is growth. */
export const GROWTH = 1.1;
/** Below this share of its height for so many intervals it ebbs; above that one for so many, no longer. */
export const EBB_SHARE = 0.5;
export const EBB_INTERVALS = 3;
export const SWELL_SHARE = 0.8;
export const SWELL_INTERVALS = 2;
/** Incidents that are open at once. Further ones are not opened and counted. */
export const MOST_OPEN = 256;
/** Series listed of an incident; further ones are counted. */
export const MOST_SERIES = 64;
/** Lines of a timeline; further ones are left out, but for its close. */
export const MOST_ENTRIES = 200;
/** Questions about common sources asked in one interval; candidates beyond it wait for the next. */
export const MOST_QUESTIONS = 64;

/** Distinct counts of one series in some time, all judged sensors together. */
export interface SeriesCounts {
  readonly packets: number;
  readonly sources: number;
  readonly networks: number;
  readonly asns: number;
  readonly targets: number;
  readonly sensors: number;
}

/** What the detector and the counts say of one interval. */
export interface IncidentInterval {
  /** Start, seconds since 1970, and length. */
  readonly time: number;
  readonly seconds: number;
  /** Sensors that were judged. */
  readonly alive: number;
  /** Upticks that go on, those that began with this interval among them, and those that ended with it. */
  readonly open: readonly DetectedUptick[];
  readonly closed: readonly DetectedUptick[];
  readonly countsOf: (series: number) => SeriesCounts | null;
}

/** What only history can answer. */
export interface IncidentQuestions {
  /** Of the sources of the smaller of two series in a time, the share that the other had too. */
  shared(first: number, second: number, range: { readonly from: number; readonly to: number }): Promise<number>;
  /** Distinct over a longer time; null where nobody knows. */
  over(series: number, range: { readonly from: number; readonly to: number }): Promise<SeriesCounts | null>;
  /** What an interval of the series had over the last day, medians; null where nobody knows. */
  usual(series: number, time: number): Promise<SeriesCounts | null>;
}
