/** Sources that act as one. */
import type { ToolName, Transport } from "./activity.ts";

export type CampaignTieKind = "tool" | "header" | "ports" | "targets-shared-out" | "same-targets" | "rhythm" | "start-and-stop" | "network";

/** One thing that members have in common and strangers have not. */
export interface CampaignTie {
  readonly kind: CampaignTieKind;
  /** Logarithm (base 10) of how much likelier it is among members of one campaign than among unrelated sources. */
  readonly weight: number;
  /** With its numbers, for people. */
  readonly sentence: string;
}

export interface Campaign {
  /** Stable within a report: "C1" is the heaviest. */
  readonly id: string;
  /** Most active first, at most 100, and an address that was asked about; `memberCount` is the whole number. */
  readonly members: readonly string[];
  readonly memberCount: number;
  readonly transport: Transport;
  /** Most contacted first, at most 100. */
  readonly ports: readonly number[];
  readonly portCount: number;
  readonly targetCount: number;
  readonly packets: number;
  /** Seconds since 1970. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly tool: ToolName | null;
  readonly portZero: boolean;
  /** Whether its members alone stay under every threshold of a scan; a tenth may be strangers that do not. */
  readonly isHidden: boolean;
  /** Heaviest first. */
  readonly ties: readonly CampaignTie[];
}
