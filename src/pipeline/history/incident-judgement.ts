/** The judgement on an incident as it goes with an alert: the bottom line, the leading reading, what to do. One path for watch, replay and show. */
import type { IncidentBook, IncidentChange } from "../../detect/incident/incident-book.ts";
import type { Network } from "../../model/address.ts";
import type { Block } from "../../model/block.ts";
import { StoreError } from "../../model/errors.ts";
import type { Incident, IncidentJudgement } from "../../model/incident.ts";
import type { Manners } from "../../model/manners.ts";
import { INTERVAL_SECONDS } from "../../model/series.ts";
import type { KeptIntel } from "../kept-intel.ts";
import { type AskedStore, judgeIncident, type JudgedIncident, whyNotJudged } from "./judge-incident.ts";

/** Judges an incident as it stands, or says why it does not. */
export type IncidentAssessor = (incident: Incident) => Promise<IncidentJudgement | NotJudged>;

/** "not judged: …" */
export type NotJudged = Required<Pick<Incident, "notJudged">>;

/** Incidents judged in one interval, those to be told first: a judgement takes some tenths of a second. The others wait. */
const MOST_JUDGED = 16;
/** The judgement at its opening is good for so long after it, seconds. */
const SECOND_LOOK = 2 * INTERVAL_SECONDS;
/** One of which too little was seen is judged again for so long, seconds. */
const EARLY_SECONDS = 3600;
const DAY = 86_400;
/** Any device will do: which one the reader has, nobody knows. */
const PLATFORM = "nftables";

/** Never rejects for what the store does: an incident is told without a judgement rather than not at all. */
export function incidentAssessor(
  store: AskedStore,
  kept: KeptIntel,
  home: () => readonly Network[],
  mannersOf: (address: string) => Manners | null,
): IncidentAssessor {
  return async (incident) => {
    try {
      const judged = await judgeIncident(store, incident, { ...kept.use(), home: home(), mannersOf });
      return judged === null ? { notJudged: whyNotJudged(incident) } : inShort(judged, incident);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return { notJudged: `not judged: the store does not answer: ${error.reason}` };
    }
  };
}

/** News with what it means; the book keeps that with each incident. */
export async function assessChanges(
  changes: readonly IncidentChange[],
  assessor: IncidentAssessor | null,
  book: IncidentBook,
): Promise<readonly IncidentChange[]> {
  if (assessor === null) return changes;
  const due = changes.filter(isToBeAssessed).toSorted((a, b) => Number(b.isAlert) - Number(a.isAlert));
  const outcomes = new Map<string, Pick<Incident, "judgement" | "notJudged">>();
  for (const [place, { incident }] of due.entries()) {
    const judgement =
      place < MOST_JUDGED
        ? await assessor(incident)
        : { notJudged: `not judged: ${MOST_JUDGED} others of this interval came first; it is judged with its next change` };
    // An older judgement is better than none
    if ("notJudged" in judgement && (incident.judgement ?? null) !== null) continue;
    if ("notJudged" in judgement) {
      book.notJudged(incident.id, judgement.notJudged);
      outcomes.set(incident.id, judgement);
    } else {
      book.judged(incident.id, judgement);
      outcomes.set(incident.id, { judgement });
    }
  }
  return changes.map((change) => {
    const outcome = outcomes.get(change.incident.id);
    if (outcome === undefined) return change;
    const { notJudged: _, ...incident } = change.incident;
    return { ...change, incident: { ...incident, ...outcome } };
  });
}

/** News, and what could not be told yet. */
function isToBeAssessed({ change, isAlert, incident: { openedAt, updatedAt, judgement } }: IncidentChange): boolean {
  if (isAlert || change !== "changed") return true;
  // How its sources behave is known when they have been looked at for two intervals
  const isFirst = judgement !== undefined && judgement !== null && judgement.until <= openedAt + SECOND_LOOK;
  if (isFirst && updatedAt + INTERVAL_SECONDS > openedAt + SECOND_LOOK) return true;
  return judgement?.tooEarly !== false && updatedAt - openedAt <= EARLY_SECONDS;
}

export function inShort({ assessment, advice, sources, until }: JudgedIncident, { id }: Incident): IncidentJudgement {
  const { severity, confidence, tooEarly, hypotheses, note, summary } = assessment;
  const [leading] = hypotheses;
  return {
    until,
    severity,
    confidence,
    tooEarly,
    reading: leading?.id ?? "ordinary",
    probability: leading?.probability ?? 0,
    words: leading?.words ?? "",
    bottomLine: note.find(({ part }) => part === "bottom-line")?.text ?? summary,
    actions: advice.map(({ action, reason, block }) => ({
      action,
      reason,
      commands: block === undefined ? [] : [blockCommand(block, id)],
    })),
    sources,
  };
}

/** The command that writes the rules of a block. */
function blockCommand({ portZero, sources, seconds }: Block, id: string): string {
  const what =
    sources.length > 0
      ? ["--source", ...sources]
      : ["--port-zero", ...(portZero.some(({ transport, end }) => transport === "udp" && end === "source") ? ["--udp-source-zero"] : [])];
  const until = seconds === null ? [] : ["--expires", `${Math.max(1, Math.round(seconds / DAY))}d`];
  return ["precursor block", ...what, ...until, "--incident", id, "--for", PLATFORM].join(" ");
}
