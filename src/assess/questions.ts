/** What the input cannot hold and somebody may know, as data: the possible answers are items of the evidence table. missing.ts ranks them. */
import type { EvidenceId } from "./evidence-table.ts";

export interface Question {
  /** As it stands after "missing:". */
  readonly asks: string;
  /** Whether the answer takes the place of what is said now of the same cause, or comes on top of it. */
  readonly replaces: boolean;
  /** Possible answers: items of the table, with how often each holds for an average reading. What they leave is an answer that says nothing. */
  readonly answers: readonly (readonly [item: EvidenceId, often: number])[];
}

export const QUESTIONS = {
  history: {
    asks: "history: whether this is more than on other days",
    replaces: false,
    answers: [
      ["history-record", 0.05],
      ["history-uptick", 0.1],
      ["history-quiet", 0.6],
    ],
  },
  sensors: {
    asks: "other sensors: whether others see the same",
    replaces: false,
    answers: [
      ["sensors-many", 0.4],
      ["sensors-one", 0.15],
    ],
  },
  reputation: {
    asks: "the reputation of the sources",
    replaces: false,
    answers: [
      ["reputation-hostile", 0.3],
      ["reputation-clean", 0.3],
    ],
  },
  names: {
    asks: "forward-confirmed names of the sources",
    replaces: false,
    // Lists know most of those who can be confirmed.
    answers: [["acknowledged-confirmed", 0.01]],
  },
  proof: {
    asks: "an answer to a probe, which shows that the source is not forged",
    replaces: true,
    answers: [["acknowledged-confirmed", 0.3]],
  },
  header: {
    asks: "a packet capture of the same traffic, which shows whether there is a transport header",
    replaces: true,
    answers: [["nothing-false", 0.3]],
  },
  outcomes: {
    asks: "records that show answers: whether the targets were live",
    replaces: true,
    answers: [
      ["dark-targets", 0.5],
      ["live-targets", 0.15],
    ],
  },
} as const satisfies Readonly<Record<string, Question>>;

export type QuestionId = keyof typeof QUESTIONS;
