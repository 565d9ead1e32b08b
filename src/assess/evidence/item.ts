/** One piece of evidence in code: when it holds and how it is said. What it weighs stands under its id in evidence-table.ts. */
import type { EvidenceId } from "../evidence-table.ts";
import type { Facts } from "../facts.ts";

export interface EvidenceItem {
  readonly id: EvidenceId;
  /** 0 where it does not hold, up to 1 where it holds fully. */
  readonly strength: (facts: Facts) => number;
  readonly sentence: (facts: Facts) => string;
}
