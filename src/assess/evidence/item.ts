/** One piece of evidence as data: the odds it carries, when it holds, and how it is said. */
import type { HypothesisId } from "../../model/assessment.ts";
import type { Facts } from "../facts.ts";

export interface EvidenceItem {
  readonly id: string;
  /** Items of a group come from the same cause: only the strongest of them counts. */
  readonly group: string;
  /** Whose word the ratios stand on. */
  readonly source: string;
  /** P(this | hypothesis) over P(this | an average hypothesis); 1 where it is left out. */
  readonly ratios: Readonly<Partial<Record<HypothesisId, number>>>;
  /** 0 where it does not hold, up to 1 where it holds fully. */
  readonly strength: (facts: Facts) => number;
  readonly sentence: (facts: Facts) => string;
}
