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

/** One probability for each hypothesis; they add up to 1. */
export type Probabilities = Readonly<Record<HypothesisId, number>>;

/**
 * One step from the priors to the result, in order: the priors; each piece of evidence that counts, with the probabilities after it at full
 * weight; what was set aside because another piece has the same cause; and the tempering that makes the result.
 */
export type JudgementStep =
  | { readonly kind: "prior"; readonly probabilities: Probabilities }
  | {
      readonly kind: "evidence";
      /** "E1" speaks most for the leading reading, the last most against it. */
      readonly ref: string;
      readonly id: string;
      readonly group: string;
      readonly source: string;
      readonly sentence: string;
      /** Between 0 and 1: how fully it holds. */
      readonly strength: number;
      /** Between 0 and 1: the part of its weight that it keeps beside the group named, which is partly about the same; 1 and null otherwise. */
      readonly keeps: number;
      readonly overlaps: string | null;
      /** As the table has them: raised to strength × keeps when they are applied. 1 where one is left out. */
      readonly ratios: Readonly<Partial<Record<HypothesisId, number>>>;
      readonly probabilities: Probabilities;
    }
  /** `because`: the reference of the stronger piece of its group. */
  | { readonly kind: "set-aside"; readonly id: string; readonly group: string; readonly sentence: string; readonly because: string }
  | { readonly kind: "tempering"; readonly exponent: number; readonly reason: string; readonly probabilities: Probabilities };

/** The one piece of evidence that turns the judgement: without it, another reading leads. */
export interface Flip {
  readonly ref: string;
  readonly sentence: string;
  readonly to: HypothesisId;
  /** Of that reading, without the piece. */
  readonly probability: number;
}

/** What is not in the input, and how much knowing it would tell. */
export interface Missing {
  readonly what: string;
  /** Expected information about which reading is right, bits. */
  readonly bits: number;
  /** A reading that could lead once it is known; null where the leading one stays ahead whatever it says. */
  readonly couldLead: HypothesisId | null;
}

/** What to expect next, should the leading reading be right. */
export interface Outlook {
  readonly what: string;
  /** Seconds; null where nobody can say when. */
  readonly horizonSeconds: number | null;
  /** Lowest and highest estimate; null where nobody has measured. */
  readonly probability: { readonly low: number; readonly high: number } | null;
  /** How often it happens anyway, or in which cases it was seen, and what the numbers do not say. */
  readonly baseRate: string;
  readonly source: string;
}

export type NotePart = "bottom-line" | "why" | "next" | "do";
/** Sections of a report that a sentence may lead to. */
export type ReportSection =
  | "port-zero"
  | "scans"
  | "floods"
  | "backscatter"
  | "past"
  | "focus"
  | "campaigns"
  | "spoofing"
  | "readings"
  | "outlook"
  | "advice"
  | "limits";

/** One sentence of the note. */
export interface NoteSentence {
  readonly part: NotePart;
  readonly text: string;
  /** References of evidence ("E3"), then sections. */
  readonly leadsTo: readonly string[];
}

export interface Assessment {
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** What weakens the confidence, a phrase each. */
  readonly limits: readonly string[];
  /** The bottom line and what qualifies it, in a few sentences. */
  readonly summary: string;
  /** The whole note: the bottom line, why, what comes next, what to do. */
  readonly note: readonly NoteSentence[];
  /** Whether the input is too short or too thin to judge; the summary then says so. */
  readonly tooEarly: boolean;
  /** Most probable first. */
  readonly hypotheses: readonly Hypothesis[];
  readonly steps: readonly JudgementStep[];
  /** The strongest evidence against the leading reading; null where none speaks against it. */
  readonly strongestAgainst: { readonly ref: string; readonly sentence: string } | null;
  /** Null where no single piece of evidence would turn it. */
  readonly flip: Flip | null;
  /** What would tell most first. */
  readonly missing: readonly Missing[];
  readonly outlook: readonly Outlook[];
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
