/**
 * What is not in the input and would tell most: for each question the expected information of its answer about which reading is right
 * (Lindley, On a Measure of the Information Provided by an Experiment, 1956), from the same ratios as all evidence.
 */
import type { HypothesisId, Missing, Probabilities } from "../model/assessment.ts";
import { EVIDENCE_TABLE } from "./evidence-table.ts";
import type { Facts } from "./facts.ts";
import { type Counted, leadingOf, posteriorOf } from "./likelihood.ts";
import { type Question, type QuestionId, QUESTIONS } from "./questions.ts";

/** What all answers that say something may come to for one reading: the rest is left to the answer that says nothing. */
const MOST_SAID = 0.95;
/** Below this a question is not worth asking, bits. */
const WORTH_ASKING = 0.005;
/** A reading that an answer brings ahead counts only where the answer is not out of the world. */
const LIKELY_ENOUGH = 0.02;

/** The questions that nobody has answered yet, what would tell most first. */
export function missingOf(facts: Facts, priors: Probabilities, counted: readonly Counted[], temper: number): Missing[] {
  return openQuestions(facts)
    .map((id) => worthOf(QUESTIONS[id], priors, counted, temper))
    .filter(({ bits, couldLead }) => bits >= WORTH_ASKING || couldLead !== null)
    .toSorted((a, b) => b.bits - a.bits);
}

/** Questions that make sense for what was found and are open. */
export function openQuestions(facts: Facts): QuestionId[] {
  const { scans, portZero, past, reputation, backscatter } = facts;
  const isInside = scans.sources > 0 && scans.internalSources === scans.sources;
  const probed = (scans.count > 0 || portZero.strong > 0) && !isInside;
  const open: Readonly<Record<QuestionId, boolean>> = {
    history: (past === null || !past.isJudged) && (probed || backscatter.victims > 0),
    sensors: (past === null || past.sensorsAlive < 2) && probed,
    reputation: reputation.feeds === 0 && facts.hostileSources > 0 && !isInside,
    names: scans.sources > 0 && !isInside && scans.confirmedSources + scans.claimedSources < scans.sources / 2,
    proof: scans.claimedSources > scans.confirmedSources,
    header: portZero.unconfirmed > 0 && portZero.confirmed === 0,
    outcomes: scans.count > 0 && !facts.keeping.showsOutcomes,
  };
  return (Object.keys(open) as QuestionId[]).filter((id) => open[id]);
}

function worthOf({ asks, replaces, answers }: Question, priors: Probabilities, counted: readonly Counted[], temper: number): Missing {
  const ids = Object.keys(priors) as HypothesisId[];
  const now = posteriorOf(priors, counted, temper);
  const leading = leadingOf(now);
  const groups = new Set<string>(replaces ? answers.map(([item]) => EVIDENCE_TABLE[item].group) : []);
  const before = posteriorOf(
    priors,
    counted.filter(({ group }) => !groups.has(group)),
    temper,
  );
  let expected = 0;
  let couldLead: HypothesisId | null = null;
  const left = new Map(ids.map((id) => [id, 1]));
  const judge = (chance: (id: HypothesisId) => number): void => {
    const joint = ids.map((id) => before[id] * chance(id));
    const total = joint.reduce((sum, value) => sum + value, 0);
    if (total <= 0) return;
    const after = joint.map((value) => value / total);
    expected += total * entropy(after);
    const top = ids[after.indexOf(Math.max(...after))];
    if (top !== undefined && top !== leading && total >= LIKELY_ENOUGH) couldLead ??= top;
  };
  const sums = new Map(ids.map((id) => [id, answers.reduce((sum, [item, often]) => sum + often * ratioOf(item, id, temper), 0)]));
  for (const [item, often] of answers) {
    judge((id) => {
      const chance = often * ratioOf(item, id, temper) * Math.min(1, MOST_SAID / Math.max(1e-9, sums.get(id) ?? 0));
      left.set(id, (left.get(id) ?? 1) - chance);
      return chance;
    });
  }
  judge((id) => Math.max(0, left.get(id) ?? 0));
  return { what: asks, bits: Math.max(0, entropy(ids.map((id) => before[id])) - expected), couldLead };
}

function ratioOf(item: Question["answers"][number][0], id: HypothesisId, temper: number): number {
  const ratios: Partial<Record<HypothesisId, number>> = EVIDENCE_TABLE[item].ratios;
  return (ratios[id] ?? 1) ** temper;
}

/** Bits. */
function entropy(probabilities: readonly number[]): number {
  return -probabilities.reduce((sum, value) => (value > 0 ? sum + value * Math.log2(value) : sum), 0);
}
