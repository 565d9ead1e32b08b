/** What is true of a lab event: what a correct assessment of its capture says. */
import type { PortZeroCounts, ToolName, Transport } from "../model/activity.ts";
import type { HypothesisId } from "../model/assessment.ts";
import type { ScanKind, Technique } from "../model/finding.ts";

/** One scan that must be found. */
export interface ScanTruth {
  /** Address text; for a distributed scan any member. */
  readonly source: string;
  readonly kind: ScanKind;
  readonly technique: Technique;
  readonly transport: Transport;
  /** All ports probed (ICMP types and IP protocol numbers where there are no ports), rising. */
  readonly ports: readonly number[];
  readonly targetCount: number;
  /** The tool whose mark the packets carry, or null. */
  readonly tool: ToolName | null;
  readonly slow: boolean;
  readonly fragmented: boolean;
  /** Forged companions of the source. */
  readonly decoys: readonly string[];
  /** Members of a distributed scan; empty otherwise. */
  readonly members: readonly string[];
}

/** One victim of forged packets whose answers arrive. */
export interface BackscatterTruth {
  readonly victim: string;
  readonly transport: "tcp" | "udp" | "icmp";
  readonly ports: readonly number[];
  readonly peers: number;
  readonly packets: number;
}

export interface Truth {
  readonly event: string;
  /** The defended networks, in CIDR notation. */
  readonly home: readonly string[];
  readonly scans: readonly ScanTruth[];
  /** Addresses that probe, but too little or too unclearly to demand a finding: reporting them is no mistake, missing them neither. */
  readonly mayReport: readonly string[];
  readonly backscatter: readonly BackscatterTruth[];
  /** Packets whose TCP or UDP header was really there, disjoint, as in the report. */
  readonly portZero: { readonly tcp: PortZeroCounts; readonly udp: PortZeroCounts };
  /** The reading that an expert would put first. */
  readonly reading: HypothesisId;
  readonly packets: number;
}

/** A scan's truth from its essentials. */
export function scanTruth(
  essentials: Pick<ScanTruth, "source" | "kind" | "technique" | "transport" | "ports" | "targetCount" | "tool"> & Partial<ScanTruth>,
): ScanTruth {
  return {
    slow: false,
    fragmented: false,
    decoys: [],
    members: [],
    ...essentials,
    ports: [...new Set(essentials.ports)].sort((a, b) => a - b),
  };
}

/** The truth of several events in one capture. The reading is that of the first. */
export function joinTruths(event: string, truths: readonly Truth[]): Truth {
  const sum = (transport: "tcp" | "udp"): PortZeroCounts => ({
    source: truths.reduce((total, truth) => total + truth.portZero[transport].source, 0),
    destination: truths.reduce((total, truth) => total + truth.portZero[transport].destination, 0),
    both: truths.reduce((total, truth) => total + truth.portZero[transport].both, 0),
  });
  return {
    event,
    home: [...new Set(truths.flatMap((truth) => truth.home))],
    scans: truths.flatMap((truth) => truth.scans),
    mayReport: truths.flatMap((truth) => truth.mayReport),
    backscatter: truths.flatMap((truth) => truth.backscatter),
    portZero: { tcp: sum("tcp"), udp: sum("udp") },
    reading: truths[0]?.reading ?? "ordinary",
    packets: truths.reduce((total, truth) => total + truth.packets, 0),
  };
}
