/** What a judgement is made from: everything that observing, detecting and labelling gave. */
import type { PortZeroActivity } from "../model/activity.ts";
import type { HypothesisId } from "../model/assessment.ts";
import type { Detection } from "../model/finding.ts";
import type { AddressLabels } from "../model/label.ts";
import type { Past } from "../model/past.ts";
import type { FeedState } from "../model/reputation.ts";
import type { Keeping } from "./keeping.ts";

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
  /** IPv4 addresses that networks announce, of those that several sources are in: ASN → addresses. Absent where unknown. */
  readonly announced?: ReadonlyMap<number, number> | undefined;
  readonly forgotten: { readonly sources: number; readonly contacts: number; readonly flows: number };
  /** Records read, and those that gave no observation, by reason. */
  readonly records: number;
  readonly skipped: ReadonlyMap<string, number>;
  /** What the records are: how many exporters did not deliver or only sampled, and whether any could show an outcome. */
  readonly keeping: Keeping;
  /** What history says of the same time; null where none was asked. */
  readonly past: Past | null;
  /** Reputation feeds at hand: that no feed names a source means something only where there are some in use. */
  readonly feeds: readonly FeedState[];
  /** Probabilities before any evidence, to replace the stated ones; they need not add up to 1. */
  readonly priors?: Partial<Readonly<Record<HypothesisId, number>>>;
}
