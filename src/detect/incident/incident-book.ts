/**
 * The life of incidents: verdicts of each interval in, incidents out. Series that rise together, with the same sources, are one incident
 * with one id. It opens by distinct sources and networks, never by packets; it is told again only when it grows by a factor.
 */
import type { Incident, IncidentJudgement } from "../../model/incident.ts";
import type { DetectedUptick } from "../uptick/verdict.ts";
import { addSeries, closeDraft, type Draft, followSize, incidentOf, leadingOf, openDraft, reopenDraft } from "./incident-draft.ts";
import {
  GROUP_LEADS_SECONDS,
  INCIDENT_DEFAULTS,
  type IncidentInterval,
  type IncidentOptions,
  type IncidentQuestions,
  MOST_OPEN,
  MOST_QUESTIONS,
  REOPEN_SECONDS,
  type SeriesCounts,
  SHARED_SOURCES,
} from "./incident-options.ts";
import { joinedWords, openedWords } from "./incident-words.ts";
import { byTelling, isWideGroup } from "./telling.ts";

/** What became of an incident in an interval. `isAlert`: people are to be told. */
export interface IncidentChange {
  readonly change: "opened" | "grew" | "changed" | "closed";
  readonly isAlert: boolean;
  readonly incident: Incident;
}

/** What of the book outlives a run: plain values. */
export interface BookState {
  readonly drafts: readonly Draft[];
  readonly refused: number;
}

/** What had too few sources over its window is asked about again so often. */
const ASK_AGAIN_SECONDS = 3600;

export class IncidentBook {
  /** Incidents that could not be opened because so many were. */
  refused = 0;
  /** Upticks of the last interval that had too few sources or networks to open anything. */
  held = 0;
  readonly #options: IncidentOptions;
  /** Open ones, and those that closed a little while ago; oldest first. */
  #drafts: Draft[] = [];

  constructor(options: Partial<IncidentOptions> = {}) {
    this.#options = { ...INCIDENT_DEFAULTS, ...options };
  }

  /** Takes in an interval, later than any before. */
  async update(interval: IncidentInterval, questions: IncidentQuestions): Promise<IncidentChange[]> {
    const { time } = interval;
    const opened = new Set<Draft>();
    const grown = new Set<Draft>();
    const touched = new Set<Draft>();
    this.#drafts = this.#drafts.filter(({ closedAt }) => closedAt === null || time - closedAt < REOPEN_SECONDS);
    const known = this.#refresh(interval);
    await this.#place(interval, questions, known, opened, touched);
    for (const draft of this.#drafts) {
      if (draft.closedAt !== null) continue;
      touched.add(draft);
      const counts = interval.countsOf(draft.leading) ?? NOTHING;
      if (!opened.has(draft) && followSize(draft, time, counts, interval.alive, this.#options.realertFactor)) grown.add(draft);
      if (draft.series.every(({ isOpen }) => !isOpen)) closeDraft(draft, time + interval.seconds);
    }
    return [...touched]
      .filter(({ closedByHand }) => !closedByHand)
      .map((draft) => {
        const change = opened.has(draft) ? "opened" : draft.closedAt !== null ? "closed" : grown.has(draft) ? "grew" : "changed";
        return { change, isAlert: change === "opened" || change === "grew", incident: incidentOf(draft) };
      });
  }

  /** Incidents that are open. */
  open(): Incident[] {
    return this.#drafts.filter(({ closedAt, closedByHand }) => closedAt === null && !closedByHand).map(incidentOf);
  }

  /** What people said of an incident meanwhile: one that they closed is told no more, and what rises with it opens no other. */
  heed(id: string, said: { readonly acknowledgedBy: string | null; readonly closedByHand: boolean }): void {
    const draft = this.#drafts.find((one) => one.id === id);
    if (draft === undefined) return;
    draft.acknowledgedBy ??= said.acknowledgedBy;
    draft.closedByHand ||= said.closedByHand;
  }

  /** What an incident means, for as long as it is known. */
  judged(id: string, judgement: IncidentJudgement): void {
    const draft = this.#drafts.find((one) => one.id === id);
    if (draft === undefined) return;
    draft.judgement = judgement;
    delete draft.notJudged;
  }

  /** Why it is not known, until it is. */
  notJudged(id: string, reason: string): void {
    const draft = this.#drafts.find((one) => one.id === id);
    if (draft !== undefined) draft.notJudged = reason;
  }

  snapshot(): BookState {
    return structuredClone({ drafts: this.#drafts, refused: this.refused });
  }

  restore({ drafts, refused }: BookState): void {
    this.#drafts = structuredClone([...drafts]);
    this.refused = refused;
  }

  /** Brings the series of open incidents up to date; the series that are in one. */
  #refresh({ open, closed }: IncidentInterval): Set<number> {
    const openOf = new Map(open.map((uptick) => [uptick.series, uptick]));
    const closedOf = new Map(closed.map((uptick) => [uptick.series, uptick]));
    const known = new Set<number>();
    for (const draft of this.#drafts) {
      if (draft.closedAt !== null) continue;
      for (const one of draft.series) {
        const { series } = one.uptick;
        const now = openOf.get(series) ?? closedOf.get(series);
        if (now !== undefined) one.uptick = now;
        one.isOpen = openOf.has(series);
        known.add(series);
      }
    }
    return known;
  }

  /** Finds an incident for each uptick that is in none, or opens one. */
  async #place(
    interval: IncidentInterval,
    questions: IncidentQuestions,
    known: ReadonlySet<number>,
    opened: Set<Draft>,
    touched: Set<Draft>,
  ): Promise<void> {
    const { time, seconds, alive } = interval;
    const asking = new Asking(questions, interval);
    this.held = 0;
    for (const uptick of interval.open.filter(({ series }) => !known.has(series)).toSorted(byTelling)) {
      const counts = await this.#enough(uptick, interval, asking);
      if (counts === null) {
        this.held++;
        continue;
      }
      const home = await this.#homeOf(uptick, time, asking);
      if (home === "later") continue;
      if (home !== null) {
        if (home.draft.closedAt !== null) reopenDraft(home.draft, time);
        addSeries(home.draft, uptick, time, joinedWords(uptick, home.share), counts);
        touched.add(home.draft);
        continue;
      }
      if (this.#drafts.filter(({ closedAt }) => closedAt === null).length >= MOST_OPEN) {
        this.refused++;
        continue;
      }
      const usual = await questions.usual(uptick.series, time);
      const draft = openDraft(uptick, counts, time, alive, openedWords(uptick, counts, alive, usual));
      draft.updatedAt = time + seconds;
      this.#drafts.push(draft);
      opened.add(draft);
    }
  }

  /** Counts of an uptick that has sources and networks enough to open an incident, or null. */
  async #enough(uptick: DetectedUptick, interval: IncidentInterval, asking: Asking): Promise<SeriesCounts | null> {
    const counts = interval.countsOf(uptick.series);
    if (counts !== null && this.#suffices(counts)) return counts;
    // What rises slowly has its sources one after another
    if (uptick.windowSeconds <= interval.seconds) return null;
    if (uptick.start !== interval.time && interval.time % ASK_AGAIN_SECONDS !== 0) return null;
    const whole = await asking.over(uptick.series, uptick.windowSeconds);
    return whole !== null && this.#suffices(whole) ? whole : null;
  }

  #suffices({ sources, networks }: SeriesCounts): boolean {
    return sources >= this.#options.minSources && networks >= this.#options.minNetworks;
  }

  /** The incident that an uptick belongs to; null where none, "later" where no more may be asked now. */
  async #homeOf(uptick: DetectedUptick, time: number, asking: Asking): Promise<{ draft: Draft; share: number | null } | null | "later"> {
    for (const draft of this.#drafts.toReversed()) {
      if (draft.series.some((one) => one.uptick.series === uptick.series)) return { draft, share: null };
      const { leading } = draft;
      // All that a port has is in the group, so that common sources tell nothing: only that both began at once
      if (isWideGroup(leading) && !isWideGroup(uptick.series) && time - draft.openedAt > GROUP_LEADS_SECONDS) continue;
      const share = await asking.shared(leading, uptick, leadingOf(draft).uptick);
      if (share === null) return "later";
      if (share >= SHARED_SOURCES) return { draft, share };
    }
    return null;
  }
}

const NOTHING: SeriesCounts = { packets: 0, sources: 0, networks: 0, asns: 0, targets: 0, sensors: 0 };

/** Questions of one interval, a bounded number of them. */
class Asking {
  readonly #questions: IncidentQuestions;
  readonly #end: number;
  readonly #seconds: number;
  #asked = 0;

  constructor(questions: IncidentQuestions, { time, seconds }: IncidentInterval) {
    this.#questions = questions;
    this.#end = time + seconds;
    this.#seconds = seconds;
  }

  /** Over the time in which both were up; null where no more may be asked. */
  async shared(leading: number, uptick: DetectedUptick, other: DetectedUptick): Promise<number | null> {
    if (this.#asked++ >= MOST_QUESTIONS) return null;
    const start = Math.max(uptick.start, other.start);
    const from = Math.min(this.#end - this.#seconds, start - (uptick.windowSeconds - this.#seconds));
    return this.#questions.shared(leading, uptick.series, { from, to: this.#end });
  }

  async over(series: number, seconds: number): Promise<SeriesCounts | null> {
    if (this.#asked++ >= MOST_QUESTIONS) return null;
    return this.#questions.over(series, { from: this.#end - seconds, to: this.#end });
  }
}
