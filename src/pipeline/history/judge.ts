/**
 * History judged interval by interval, as it closes or as if it did: the distinct sources of every series go to the detector, what it says
 * becomes incidents, and these are kept. `watch` and `replay` judge with this, so that both say the same of the same past.
 */
import { IncidentBook, type IncidentChange } from "../../detect/incident/incident-book.ts";
import { INCIDENT_DEFAULTS, type IncidentOptions, type SeriesCounts } from "../../detect/incident/incident-options.ts";
import { UptickDetector } from "../../detect/uptick/detector.ts";
import type { UptickOptions } from "../../detect/uptick/options.ts";
import { rescaleLevels } from "../../detect/uptick/rescale.ts";
import { restoreDetector, snapshotOf } from "../../detect/uptick/snapshot.ts";
import type { Band, UptickVerdict } from "../../detect/uptick/verdict.ts";
import {
  groupSeriesNumber,
  INTERVAL_SECONDS,
  portSeriesNumber,
  SERIES_COUNT,
  SERIES_GROUPS,
  type SeriesSnapshot,
} from "../../model/series.ts";
import type { Incident } from "../../model/incident.ts";
import type { Store } from "../../store/store.ts";
import { intervalValues } from "./interval-values.ts";
import { historyQuestions } from "./history-questions.ts";
import { assessChanges, type IncidentAssessor } from "./incident-judgement.ts";
import { JudgedMark } from "./judged-mark.ts";
import type { JudgeState } from "./judge-state.ts";
import { ReadAhead } from "./read-ahead.ts";
import { isSameSet, type Liveness, SensorRoster } from "./sensor-roster.ts";
import { type SensorRatio, sensorRatio } from "./sensor-ratio.ts";

/** For so long it is asked at once who was alive, seconds. */
const STEP_SECONDS = 86_400;
/** Rises with the meaning of what is kept. */
const STATE_VERSION = 1;
/** Of a gap so much is looked at in one question, seconds. */
const GAP_SECONDS = 30 * 86_400;
/** Ratios of sets of sensors that are remembered. */
const MOST_RATIOS = 16;
/** An open incident that only goes on is saved so often, intervals. */
const SAVE_EVERY = 6;
/** Open incidents of which it is asked each interval what people say of them. */
const MOST_HEEDED = 16;

/** Port zero, and the groups: what nobody should use, and what all have in common. */
const FAVOURED: readonly number[] = [
  portSeriesNumber("tcp", "source", 0),
  portSeriesNumber("tcp", "destination", 0),
  portSeriesNumber("udp", "destination", 0),
  ...SERIES_GROUPS.map(groupSeriesNumber),
];

/** What judging needs of a store. */
export type JudgedHistory = Pick<
  Store,
  "snapshot" | "snapshots" | "aliveIntervals" | "series" | "sharedSources" | "saveIncident" | "incident" | "markJudged"
>;

export interface JudgeOptions extends IncidentOptions {
  /** False upticks that are put up with over all series, a year: with 1, nearly two of three years without any event would open an incident (1 − 1/e). */
  readonly falseEventsAYear: number;
  readonly minCount: number;
  readonly minRatio: number;
  /** A sensor that joins counts after so long, seconds. */
  readonly learningSeconds: number;
  /** Whether incidents are saved. */
  readonly saves: boolean;
}

export const JUDGE_DEFAULTS: JudgeOptions = {
  ...INCIDENT_DEFAULTS,
  falseEventsAYear: 0.1,
  minCount: 5,
  minRatio: 1.5,
  learningSeconds: 7 * 86_400,
  saves: true,
};

/** One interval as it was judged. */
export interface JudgedInterval {
  readonly time: number;
  /** Sensors that were judged, and those that levels are of; none judged is a gap. */
  readonly sensors: readonly string[];
  readonly reference: readonly string[];
  readonly snapshot: SeriesSnapshot;
  readonly changes: readonly IncidentChange[];
}

/** How far an interval has come whose judging a store that fails may break off: each part is done once, and the next attempt goes on there. */
interface Begun {
  readonly time: number;
  readonly seeing: readonly string[];
  verdicts: readonly UptickVerdict[] | null;
  changes: readonly IncidentChange[] | null;
  told: readonly IncidentChange[] | null;
}

export class Judge {
  /** Start of the next interval to judge; null where nothing was judged yet. */
  next: number | null = null;
  readonly book: IncidentBook;
  readonly roster: SensorRoster;
  #detector: UptickDetector;
  readonly #history: JudgedHistory;
  readonly #options: JudgeOptions;
  readonly #assessor: IncidentAssessor | null;
  readonly #ratios = new Map<string, SensorRatio | null>();
  readonly #saved = new Map<string, string>();
  readonly #mark: JudgedMark;
  #begun: Begun | null = null;

  /** @param assessor says what incidents mean that opened, grew or closed; null: nobody does */
  constructor(history: JudgedHistory, options: Partial<JudgeOptions> = {}, assessor: IncidentAssessor | null = null) {
    this.#history = history;
    this.#assessor = assessor;
    this.#mark = new JudgedMark(history);
    this.#options = { ...JUDGE_DEFAULTS, ...options };
    this.book = new IncidentBook(this.#options);
    this.roster = new SensorRoster(this.#options.learningSeconds);
    this.#detector = new UptickDetector(this.#detectorOptions());
  }

  /** Upticks that were refused because too many series were followed, and incidents because too many were open. */
  get refused(): number {
    return this.#detector.refused + this.book.refused;
  }

  /** What is ordinary for a series, as far as is known. */
  baseline(series: number, time: number): Band | null {
    return this.#detector.baseline(series, time);
  }

  isLearning(series: number): boolean {
    return this.#detector.isLearning(series);
  }

  /**
   * Judges all intervals from `next` (or `from`, where nothing was judged yet) up to those that end by `until`, and hands out each, but for
   * gaps of hours in the past.
   * What was judged stays judged where `onJudged` or the store throws; `isOver` ends it between intervals. @throws StoreError
   */
  async judge(
    from: number,
    until: number,
    onJudged: (judged: JudgedInterval) => Promise<void> | void,
    isOver: () => boolean = () => false,
  ): Promise<void> {
    this.next ??= from - (from % INTERVAL_SECONDS);
    const { saves } = this.#options;
    this.#mark.begin(this.next);
    while (this.next + INTERVAL_SECONDS <= until && !isOver()) {
      const end = this.next - (this.next % STEP_SECONDS) + STEP_SECONDS;
      const to = Math.min(end, until - (until % INTERVAL_SECONDS));
      await this.#judgeStep({ from: this.next, to, until }, onJudged, isOver);
      if (saves) await this.#mark.reach(this.next, false);
    }
    if (saves) await this.#mark.reach(this.next, true);
  }

  snapshot(): JudgeState {
    return {
      version: STATE_VERSION,
      next: this.next,
      roster: this.roster.snapshot(),
      book: this.book.snapshot(),
      detector: snapshotOf(this.#detector),
    };
  }

  /** Goes on where another judge was. @throws RangeError where that was of another version */
  restore({ version, next, roster, book, detector }: JudgeState): void {
    if (version !== STATE_VERSION) throw new RangeError("the state of another version");
    const { bucketSeconds: _, seriesCount: __, ...options } = this.#detectorOptions();
    this.#detector = restoreDetector(detector, options);
    this.next = next;
    this.roster.restore(roster);
    this.book.restore(book);
    this.#ratios.clear();
    this.#begun = null;
  }

  /** The same judge under other options: what was learned, and what was begun, goes on. */
  withOptions(options: Partial<JudgeOptions>): Judge {
    const judge = new Judge(this.#history, options, this.#assessor);
    judge.restore(this.snapshot());
    judge.#begun = this.#begun;
    for (const [id, mark] of this.#saved) judge.#saved.set(id, mark);
    return judge;
  }

  async #judgeStep(
    { from, to, until }: { readonly from: number; readonly to: number; readonly until: number },
    onJudged: (judged: JudgedInterval) => Promise<void> | void,
    isOver: () => boolean,
  ): Promise<void> {
    const alive = new Map((await this.#history.aliveIntervals({ from, to })).map((one) => [one.interval, one]));
    if (alive.size === 0 && to < until) {
      // A long gap is passed over at once: nothing is learned from it
      const next = await this.#history.aliveIntervals({ from: to, to: Math.min(until, to + GAP_SECONDS) });
      this.next = next[0]?.interval ?? Math.min(until - (until % INTERVAL_SECONDS), to + GAP_SECONDS);
      return;
    }
    let ahead: ReadAhead | null = null;
    for (let time = from; time < to && !isOver(); time += INTERVAL_SECONDS) {
      const begun = this.#begin(time, alive.get(time) ?? { sensors: [], observations: [] });
      await this.#changeReference(time);
      const judged = begun.seeing.filter((name) => this.roster.reference.includes(name));
      let snapshot = emptySnapshot(time);
      let changes: readonly IncidentChange[] = [];
      if (judged.length > 0) {
        if (ahead?.sensors !== judged.join("\n")) ahead = new ReadAhead(this.#history, { from: time, to }, judged);
        snapshot = (await ahead.at(time)) ?? snapshot;
        changes = await this.#step(snapshot, judged, begun);
      }
      this.next = time + INTERVAL_SECONDS;
      await onJudged({ time, sensors: judged, reference: this.roster.reference, snapshot, changes });
    }
  }

  #begin(time: number, liveness: Liveness): Begun {
    if (this.#begun?.time !== time)
      this.#begun = { time, seeing: this.roster.observe(time, liveness), verdicts: null, changes: null, told: null };
    return this.#begun;
  }

  /** Where sensors have become known or have left, levels become those of the ones there are. */
  async #changeReference(time: number): Promise<void> {
    const due = this.roster.due(time);
    const { reference } = this.roster;
    if (isSameSet(due, reference)) return;
    if (reference.length > 0) {
      const ratio = await sensorRatio(this.#history, due, reference, time);
      if (ratio !== null) rescaleLevels(this.#detector, (series) => ratio.of(series));
    }
    this.roster.reference = due;
    this.#ratios.clear();
  }

  async #step(snapshot: SeriesSnapshot, sensors: readonly string[], begun: Begun): Promise<readonly IncidentChange[]> {
    const { time } = snapshot;
    const { reference } = this.roster;
    const isWhole = isSameSet(sensors, reference);
    const ratio = isWhole ? null : await this.#ratioOf(sensors, reference, time);
    if (!isWhole && ratio === null) return [];
    begun.verdicts ??= this.#detector.observe(time, intervalValues(snapshot, ratio, this.#detector), isWhole ? "zero" : "gap");
    begun.changes ??= await this.#update(snapshot, sensors, begun.verdicts);
    const { saves } = this.#options;
    begun.told ??= await assessChanges(saves ? await this.#unheard(begun.changes) : begun.changes, this.#assessor, this.book);
    if (saves) await this.#save(begun.told);
    return begun.told;
  }

  /** Closings by hand, and what the book makes of the interval; where the store fails, the book is as it was. */
  async #update(snapshot: SeriesSnapshot, sensors: readonly string[], verdicts: readonly UptickVerdict[]): Promise<IncidentChange[]> {
    const { time } = snapshot;
    const before = this.book.snapshot();
    try {
      const closedByHand = this.#options.saves ? await this.#heed(time) : [];
      const interval = {
        time,
        seconds: INTERVAL_SECONDS,
        alive: sensors.length,
        open: this.#detector.open(),
        closed: verdicts.flatMap(({ phase, event }) => (phase === "closed" ? [event] : [])),
        countsOf: (series: number) => countsOf(snapshot, series),
      };
      return [...closedByHand, ...(await this.book.update(interval, historyQuestions(this.#history, sensors)))];
    } catch (error) {
      this.book.restore(before);
      throw error;
    }
  }

  async #ratioOf(sensors: readonly string[], reference: readonly string[], time: number): Promise<SensorRatio | null> {
    const key = sensors.join("\n");
    const known = this.#ratios.get(key);
    if (known !== undefined) return known;
    const ratio = await sensorRatio(this.#history, sensors, reference, time);
    if (this.#ratios.size >= MOST_RATIOS) this.#ratios.clear();
    this.#ratios.set(key, ratio);
    return ratio;
  }

  /** Heeds what people said of open incidents since the last interval (of many: of each in its turn); those that they closed. */
  async #heed(time: number): Promise<IncidentChange[]> {
    const closed: IncidentChange[] = [];
    const open = this.book.open();
    const turn = open.length <= MOST_HEEDED ? 0 : ((time / INTERVAL_SECONDS) * MOST_HEEDED) % open.length;
    for (const { id } of [...open.slice(turn), ...open.slice(0, turn)].slice(0, MOST_HEEDED)) {
      const stored = await this.#history.incident(id);
      if (stored === null) continue;
      const closedByHand = isClosedByHand(stored);
      this.book.heed(id, { acknowledgedBy: stored.acknowledgedBy, closedByHand });
      if (closedByHand) closed.push({ change: "closed", isAlert: false, incident: stored });
    }
    return closed;
  }

  /** What is still to be told: a restart tells nothing again, and what was closed by hand before it stays closed. */
  async #unheard(changes: readonly IncidentChange[]): Promise<IncidentChange[]> {
    const unheard: IncidentChange[] = [];
    for (const change of changes) {
      const { incident } = change;
      const stored = change.isAlert ? await this.#history.incident(incident.id) : null;
      if (stored !== null && isClosedByHand(stored)) {
        this.book.heed(incident.id, { acknowledgedBy: stored.acknowledgedBy, closedByHand: true });
        unheard.push({ change: "closed", isAlert: false, incident: stored });
        continue;
      }
      // Who replays without judging says nothing against what a watch has judged
      const judgement = incident.judgement ?? stored?.judgement ?? null;
      if (judgement !== null) this.book.judged(incident.id, judgement);
      const { notJudged: _, ...rest } = incident;
      const known = judgement === null ? change : { ...change, incident: { ...rest, judgement } };
      if (stored !== null && stored.alertedSize >= incident.alertedSize) unheard.push({ ...known, isAlert: false });
      else unheard.push(known);
    }
    return unheard;
  }

  async #save(changes: readonly IncidentChange[]): Promise<void> {
    for (const { change, incident } of changes) {
      const judged = incident.judgement?.until ?? "";
      const mark = `${incident.phase} ${incident.timeline.length} ${judged} ${Math.floor(incident.updatedAt / INTERVAL_SECONDS / SAVE_EVERY)}`;
      if (this.#saved.get(incident.id) === mark) continue;
      // Others have closed it, and it is theirs from then on
      if (!isClosedByHand(incident)) await this.#history.saveIncident(incident);
      this.#saved.set(incident.id, mark);
      if (change === "closed") this.#saved.delete(incident.id);
    }
  }

  #detectorOptions(): Partial<UptickOptions> & Pick<UptickOptions, "bucketSeconds" | "seriesCount"> {
    const { falseEventsAYear, minCount, minRatio } = this.#options;
    return {
      bucketSeconds: INTERVAL_SECONDS,
      seriesCount: SERIES_COUNT,
      falseEventsAYearInAll: falseEventsAYear,
      favoured: FAVOURED,
      minCount,
      minRatio,
    };
  }
}

/** What people say has a name; what the watch says has none. */
function isClosedByHand({ timeline }: Incident): boolean {
  return timeline.some(({ kind, by }) => kind === "closed" && by !== null);
}

function emptySnapshot(time: number): SeriesSnapshot {
  const none = new Float64Array(0);
  return {
    time,
    length: 0,
    series: new Uint32Array(0),
    packets: none,
    sources: none,
    networks: none,
    asns: none,
    targets: none,
    sensors: none,
  };
}

function countsOf(snapshot: SeriesSnapshot, series: number): SeriesCounts | null {
  let [low, high] = [0, snapshot.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = snapshot.series[middle]!;
    if (found === series) {
      return {
        packets: snapshot.packets[middle]!,
        sources: snapshot.sources[middle]!,
        networks: snapshot.networks[middle]!,
        asns: snapshot.asns[middle]!,
        targets: snapshot.targets[middle]!,
        sensors: snapshot.sensors[middle]!,
      };
    }
    if (found < series) low = middle + 1;
    else high = middle - 1;
  }
  return null;
}
