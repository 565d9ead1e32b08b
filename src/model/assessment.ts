/** The judgement: competing readings of the findings with the evidence for and against each. */
import type { Block } from "./block.ts";

export type Severity = "none" | "low" | "medium" | "high" | "critical";
/** In rising order, for `--fail-on`. */
export const SEVERITIES: readonly Severity[] = ["none", "low", "medium", "high", "critical"];
export type Confidence = "low" | "moderate" | "high";

export type HypothesisId =
  | "research"
  | "artefact"
  | "backscatter"
  | "ddos"
  | "misconfiguration"
  | "worm-or-botnet"
  | "fingerprinting"
  | "vulnerability-search"
  | "targeted-reconnaissance"
  | "ordinary";

export interface Hypothesis {
  readonly id: HypothesisId;
  /** Between 0 and 1; all hypotheses add up to 1. */
  readonly probability: number;
  /** The estimative words of ICD 203 for it. */
  readonly words: string;
  readonly for: readonly string[];
  readonly against: readonly string[];
  /** What would help to decide and is not in the input. */
  readonly missing: readonly string[];
}

export interface Assessment {
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** One or two sentences: the bottom line. */
  readonly summary: string;
  /** Whether the input is too short or too thin to judge; the summary then says so. */
  readonly tooEarly: boolean;
  /** Most probable first. */
  readonly hypotheses: readonly Hypothesis[];
}

/** One thing to do, with the rule where there is one. */
export interface Advice {
  readonly action: string;
  readonly reason: string;
  /** Commands or rules, a line each; empty where none applies. */
  readonly rules: readonly string[];
  /** What to block, where that is the advice; responding turns it into rules. */
  readonly block?: Block;
}
