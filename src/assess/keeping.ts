/** How the records came to be, as far as it weakens what they prove: whole or a sample, with gaps, with answers or without. */
import type { InputSource } from "../model/report.ts";

/** What is known of the records of all inputs together. */
export interface Keeping {
  /** Records that stand for a sample, and the greatest factor; 0 and 1 where there was none. */
  readonly sampledRecords: number;
  readonly samplingFactor: number;
  /** One packet of so many was looked at, where that holds for most records; 1 otherwise: few sampled ones do not excuse the rest. */
  readonly sampling: number;
  /** What exporters sent and did not arrive. */
  readonly lost: number;
  /** Whether any of the inputs' records can show that a probe was answered. */
  readonly showsOutcomes: boolean;
  /** Records that spoke of something else than traffic. */
  readonly foreign: number;
}

/** Captures: nothing sampled, nothing lost. */
export const WHOLE_KEEPING: Keeping = { sampledRecords: 0, samplingFactor: 1, sampling: 1, lost: 0, showsOutcomes: true, foreign: 0 };

type KeptSource = Pick<InputSource, "records" | "foreign" | "sampled" | "proves">;

/** How the records of all inputs were kept. @param lost what exporters sent and did not arrive, by kind */
export function keepingOf(sources: readonly KeptSource[], lost: ReadonlyMap<string, number>): Keeping {
  const sampled = sources.flatMap((source) => (source.sampled === null ? [] : [source.sampled]));
  const sampledRecords = sum(sampled.map(({ records }) => records));
  const samplingFactor = Math.max(1, ...sampled.map(({ greatest }) => greatest));
  return {
    sampledRecords,
    samplingFactor,
    sampling: 2 * sampledRecords >= sum(sources.map(({ records }) => records)) ? samplingFactor : 1,
    lost: sum([...lost.values()]),
    // Of nothing it is not the records' kind that hides answers.
    showsOutcomes: sources.length === 0 || sources.some(({ proves }) => proves.outcome),
    foreign: sum(sources.map(({ foreign }) => foreign)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
