/** The note as all outputs tell it: which part a sentence is of, and what it leads to. */
import type { Assessment, JudgementStep, NotePart, NoteSentence, Outlook, ReportSection } from "../model/assessment.ts";
import { duration, percent } from "./quantity.ts";

/** Sections as a reader of text finds them. */
export const SECTION_NAMES: Readonly<Record<ReportSection, string>> = {
  "port-zero": "port zero",
  scans: "who probed",
  floods: "floods",
  backscatter: "backscatter",
  past: "history",
  focus: "whom",
  campaigns: "campaigns",
  spoofing: "sources",
  readings: "readings",
  outlook: "what comes next",
  advice: "what to do",
  limits: "limits",
};

export type CountedStep = Extract<JudgementStep, { kind: "evidence" }>;

/** The evidence that counts, "E1" first. */
export function countedSteps({ steps }: Assessment): CountedStep[] {
  return steps.filter((step) => step.kind === "evidence");
}

/** Sentences of one part; where there is no note, the summary is the bottom line. */
export function notePart({ note, summary }: Assessment, part: NotePart): readonly NoteSentence[] {
  if (note.length === 0) return part === "bottom-line" ? [{ part, text: summary, leadsTo: [] }] : [];
  return note.filter((sentence) => sentence.part === part);
}

export function isEvidence(reference: string): boolean {
  return /^E\d+$/.test(reference);
}

/** The reference of each sentence of evidence. */
export function refsBySentence(assessment: Assessment): ReadonlyMap<string, string> {
  return new Map(countedSteps(assessment).map(({ sentence, ref }) => [sentence, ref]));
}

export function horizonWords({ horizonSeconds }: Outlook): string {
  return horizonSeconds === null ? "nobody can say" : duration(horizonSeconds);
}

export function probabilityWords({ probability }: Outlook): string {
  if (probability === null) return "not measured";
  const { low, high } = probability;
  return low === high ? percent(low) : `${percent(low)} to ${percent(high)}`;
}
