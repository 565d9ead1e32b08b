/** What a running watch tells, an event at a time. Times are seconds since 1970. */
import type { Incident } from "./incident.ts";

/** A source as it stands. */
export interface WatchedSource {
  readonly name: string;
  readonly sensor: string;
  /** Where it listens or what it reads; null where it could not start. */
  readonly place: string | null;
  /** "fine", or what is wrong. */
  readonly health: string;
  readonly records: number;
  readonly recordsPerSecond: number;
  /** Records and packets known to be lost. */
  readonly lost: number;
  /** Records and octets of no known format. */
  readonly unrecognised: number;
}

/** How the watch is. */
export interface WatchHealth {
  readonly sources: readonly WatchedSource[];
  /** Sensors that were heard before, and not in the last interval that was judged. */
  readonly silent: readonly string[];
  readonly store: { readonly place: string; readonly isUp: boolean; readonly reason: string | null };
  /** Reputation feeds in use, those of them that are not as they should be ("feed: why"), and why others could not be opened, or null. */
  readonly intel: { readonly feeds: number; readonly amiss: readonly string[]; readonly reason: string | null };
  /** What waits on disk for the store, the observations that found no room there, and why the disk takes nothing, or null. */
  readonly spool: { readonly batches: number; readonly bytes: number; readonly dropped: number; readonly reason: string | null };
  /** Seconds by which judging is behind. */
  readonly lag: number;
  /** Rows left out because their time is in the future, and rows of intervals that were judged already (they are kept). */
  readonly futureRows: number;
  readonly lateRows: number;
  /** Upticks and incidents that could not be followed because there were too many. */
  readonly refused: number;
  /** Packets of open incidents' sources since the last judgement that were too many to be looked at: their manners are of the others. */
  readonly unlookedPackets: number;
  /** What the clock did, or null. */
  readonly clock: string | null;
  /** All that is amiss, a line each: the same words for as long as it lasts. */
  readonly troubles: readonly string[];
}

/** One series, for people who look on. */
export interface WatchedSeries {
  readonly name: string;
  /** Distinct sources of the last intervals, the latest last; null is a gap. */
  readonly recent: readonly (number | null)[];
  readonly expected: number | null;
  readonly high: number | null;
  readonly isLearning: boolean;
}

export type WatchEvent =
  | { readonly type: "started"; readonly time: number; readonly version: string; readonly health: WatchHealth }
  | {
      readonly type: "interval";
      /** Its start. */
      readonly time: number;
      readonly sensors: readonly string[];
      /** Sensors that levels are of: a missing one is a gap. */
      readonly reference: readonly string[];
      readonly packets: number;
      readonly sources: number;
      readonly portZeroSources: number;
      readonly series: number;
      readonly isLearning: boolean;
      readonly openIncidents: number;
      readonly top: readonly WatchedSeries[];
    }
  | {
      readonly type: "incident";
      readonly time: number;
      readonly change: "opened" | "grew" | "changed" | "closed";
      readonly isAlert: boolean;
      readonly incident: Incident;
    }
  | { readonly type: "health"; readonly time: number; readonly health: WatchHealth }
  | {
      readonly type: "reload";
      readonly time: number;
      readonly started: readonly string[];
      readonly stopped: readonly string[];
      readonly kept: number;
      /** Keys of the config that have another value than before and are in force, and those that a restart would bring in force. */
      readonly changed: readonly string[];
      readonly needsRestart: readonly string[];
      /** Why nothing was changed, or null. */
      readonly error: string | null;
    }
  | { readonly type: "stopped"; readonly time: number; readonly reason: string };
