/** What `--explain` shows of one address: every traffic class it sent or got, and the sentences that led to its label. */
import type { Outcomes } from "./finding.ts";
import type { AddressLabels } from "./label.ts";

/** One traffic class of the address (CLASS_NAMES gives `name`). */
export interface ExplainedClass {
  readonly name: string;
  readonly packets: number;
  /** Distinct (target, port), distinct targets, distinct ports. */
  readonly contacts: number;
  readonly targets: number;
  readonly ports: number;
  /** Seconds since 1970. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Packets that carry a tool's mark, by the tool's name; tools without any are left out. */
  readonly tools: Readonly<Record<string, number>>;
  readonly outcomes: Outcomes;
  /** Most contacted first, at most 20. */
  readonly topPorts: readonly number[];
  /** A few targets, for people. */
  readonly sampleTargets: readonly string[];
}

/** One address explained. `classes` is empty where it was never seen. */
export interface Explanation {
  readonly address: string;
  readonly labels: AddressLabels;
  readonly classes: readonly ExplainedClass[];
  /** What was concluded and why, or why nothing was; a sentence each. */
  readonly verdicts: readonly string[];
}
