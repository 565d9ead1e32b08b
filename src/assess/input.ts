/** What a judgement is made from: everything that observing, detecting and labelling gave. */
import type { PortZeroActivity } from "../model/activity.ts";
import type { HypothesisId } from "../model/assessment.ts";
import type { Detection } from "../model/finding.ts";
import type { AddressLabels } from "../model/label.ts";

/** How the records came to be, as far as it weakens what they prove. */
export interface Keeping {
  /** Records that stand for a sample, and the greatest factor; 0 and 1 where there was none. */
  readonly sampledRecords: number;
  readonly samplingFactor: number;
  /** What exporters sent and did not arrive. */
  readonly lost: number;
  /** Whether any of the inputs' records can show that a probe was answered. */
  readonly showsOutcomes: boolean;
  /** Records that spoke of something else than traffic. */
  readonly foreign: number;
}

/** Captures: nothing sampled, nothing lost. */
export const WHOLE_KEEPING: Keeping = { sampledRecords: 0, samplingFactor: 1, lost: 0, showsOutcomes: true, foreign: 0 };

export interface AssessInput {
  readonly detection: Detection;
  readonly portZero: PortZeroActivity;
  /** Packets by protocol and kind, as in Activity: "tcp", "udp", "icmp", "arp", "sctp", "other", "fragments", …. */
  readonly totals: ReadonlyMap<string, number>;
  /** Seconds since 1970; null where nothing was observed. */
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  /** By address text: sources of scans and their members, sources of port zero, victims of backscatter. Those that are absent count as unknown. */
  readonly labels: ReadonlyMap<string, AddressLabels>;
  readonly forgotten: { readonly sources: number; readonly contacts: number; readonly flows: number };
  /** Records read, and those that gave no observation, by reason. */
  readonly records: number;
  readonly skipped: ReadonlyMap<string, number>;
  /** What the records are: how many exporters did not deliver or only sampled, and whether any could show an outcome. */
  readonly keeping: Keeping;
  /** Probabilities before any evidence, to replace the stated ones; they need not add up to 1. */
  readonly priors?: Partial<Readonly<Record<HypothesisId, number>>>;
}
