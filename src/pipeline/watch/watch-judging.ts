/** What a watch does with the store: waits for it, writes to it what the spool holds, judges what is closed. One step at a time. */
import type { Network } from "../../model/address.ts";
import { StoreError } from "../../model/errors.ts";
import type { Incident } from "../../model/incident.ts";
import { groupSeriesNumber, INTERVAL_SECONDS, type SeriesSnapshot } from "../../model/series.ts";
import type { WatchEvent, WatchHealth } from "../../model/watch-event.ts";
import { systemReason } from "../../sources/file.ts";
import type { Spool } from "../../store/spool.ts";
import type { Store } from "../../store/store.ts";
import { KeptIntel } from "../kept-intel.ts";
import { type IncidentAssessor, incidentAssessor } from "../history/incident-judgement.ts";
import type { Judge, JudgedInterval } from "../history/judge.ts";
import { loadJudge, saveJudge } from "../history/judge-file.ts";
import type { FollowedSources } from "./followed-sources.ts";
import type { WatchOptions } from "./watch-options.ts";
import { TopSeries } from "./top-series.ts";

/** Between attempts to reach a store that is away, seconds: the first, and the longest. */
const FIRST_RETRY = 1;
const LONGEST_RETRY = 60;
/** What was learned is saved so often, seconds of the intervals' time. */
const SAVE_SECONDS = 3600;
/** While it catches up with the past, by the time that this takes, milliseconds. */
const SAVE_PAST_MS = 60_000;
/** Without anything learned, so much of the past is judged first, seconds. */
const LOOK_BACK = 400 * 86_400;
/** While it catches up, what incidents meant is said of so much of the past, seconds. */
const JUDGED_SECONDS = 86_400;
const ALL = groupSeriesNumber("all");
const PORT_ZERO = groupSeriesNumber("port-zero");

export class WatchJudging {
  /** Why the store does not answer; null where it does. */
  trouble: string | null = null;
  store: Store | null = null;
  /** Sensors that were heard before, and not in the last interval. */
  silent: readonly string[] = [];
  /** Why what was learned cannot be saved, or was lost; null once it is saved. */
  #saveTrouble: string | null = null;
  /** What the store itself finds amiss. */
  #countsTrouble: string | null = null;
  #options: WatchOptions;
  readonly #spool: Spool;
  readonly #emit: (event: WatchEvent) => void;
  readonly #now: () => number;
  readonly #top = new TopSeries();
  readonly #intel: KeptIntel;
  #ours: readonly Network[];
  readonly #followed: FollowedSources;
  #judge: Judge | null = null;
  /** Whether options of judging have changed since the judge was made. */
  #isChanged = false;
  #isOver = false;
  #retryAt = 0;
  #retryAfter = FIRST_RETRY;
  #savedAt = performance.now();
  /** Incidents as they were last told. */
  readonly #told = new Map<string, string>();

  constructor(options: WatchOptions, spool: Spool, followed: FollowedSources, emit: (event: WatchEvent) => void, now: () => number) {
    this.#options = options;
    this.#spool = spool;
    this.#emit = emit;
    this.#now = now;
    this.#intel = new KeptIntel(options.intel, now);
    this.#ours = options.ours;
    this.#followed = followed;
  }

  /** How what sources are looked up in is. */
  get intelHealth(): WatchHealth["intel"] {
    const { feeds } = this.#intel.use();
    const amiss = feeds.filter(({ condition }) => condition !== "fine");
    return {
      feeds: feeds.length,
      amiss: amiss.map(({ feed, condition, reason }) => `${feed}: ${reason ?? condition}`),
      reason: this.#intel.trouble,
    };
  }

  /** Goes over to other feeds, databases and networks of ours. */
  reload({ intel, ours }: Pick<WatchOptions, "intel" | "ours">): void {
    this.#intel.reload(intel);
    this.#ours = ours;
  }

  /** Start of the first interval that was not judged; 0 where none was. */
  get judgedUntil(): number {
    return this.#judge?.next ?? 0;
  }

  /** What is amiss though the store answers, or null. */
  get lesserTrouble(): string | null {
    const told = [this.#saveTrouble, this.#countsTrouble].filter((one) => one !== null);
    return told.length === 0 ? null : told.join("; ");
  }

  get refused(): number {
    return this.#judge?.refused ?? 0;
  }

  get unlookedPackets(): number {
    return this.#followed.leftOut;
  }

  /** Goes over to other options, between two steps. */
  change(options: WatchOptions): void {
    this.#options = options;
    this.#isChanged = true;
  }

  /** Opens the store, the first time. @throws StoreError where it is not one that may be away */
  async begin(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      if (!this.#options.storeMayBeAway || !(error instanceof StoreError) || error.code !== "E_STORE_DOWN") throw error;
      this.#away(error);
    }
  }

  /** Writes what waits, and judges up to `until`. What the store does not take waits for the next time. */
  async step(until: number): Promise<void> {
    if (performance.now() / 1000 < this.#retryAt) return;
    try {
      if (this.store === null) await this.#open();
      const { store } = this;
      if (store === null) return;
      await this.#spool.drain(store);
      if (this.trouble !== null) this.#back();
      if (this.#isChanged) this.#judge = this.#judge?.withOptions(this.#options.judge) ?? null;
      this.#isChanged = false;
      await this.#judgeUp(store, until);
      this.#countsTrouble = (await store.health()).countsTrouble;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#away(error);
    }
  }

  /** Lets the step that goes on come to an end between two intervals. */
  hurry(): void {
    this.#isOver = true;
  }

  /** Writes what still waits, keeps what was learned, and closes the store. */
  async end(): Promise<void> {
    const { store } = this;
    if (store === null) return;
    try {
      if (this.trouble === null) await this.#spool.drain(store);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#away(error);
    }
    this.#save();
    this.#intel.close();
    await store.close();
    this.store = null;
  }

  async #open(): Promise<void> {
    const store = await this.#options.openStore();
    this.store = store;
    const assess = incidentAssessor(
      store,
      this.#intel,
      () => this.#ours,
      (address) => this.#followed.mannersOf(address),
    );
    const assessor: IncidentAssessor = async (incident) => {
      // Of what was long ago nobody is told
      if (this.#now() - incident.updatedAt > JUDGED_SECONDS)
        return { notJudged: "not judged: it was over a day ago when the past was caught up with; precursor incidents show judges it" };
      const judgement = await assess(incident);
      const sources = "notJudged" in judgement ? [] : judgement.sources;
      this.#followed.follow(
        incident.id,
        sources.map(({ address }) => address),
      );
      return judgement;
    };
    const { judge, lost } = loadJudge(this.#options.stateFolder, store, this.#options.judge, assessor);
    this.#judge = judge;
    this.#saveTrouble = lost;
  }

  async #judgeUp(store: Store, until: number): Promise<void> {
    const judge = this.#judge;
    if (judge === null) return;
    const from = judge.next ?? (await firstInterval(store, until));
    if (from === null) return;
    const isBehind = until - from > 2 * INTERVAL_SECONDS;
    await judge.judge(
      from,
      until,
      (judged) => this.#tell(judge, judged, isBehind && judged.time + 2 * INTERVAL_SECONDS < until),
      () => this.#isOver,
    );
  }

  /** @param isPast whether it is only caught up with: incidents are told, not every interval. */
  #tell(judge: Judge, { time, sensors, reference, snapshot, changes }: JudgedInterval, isPast: boolean): void {
    for (const { change, isAlert, incident } of changes) {
      const mark = markOf(incident);
      if (this.#told.get(incident.id) === mark) continue;
      if (incident.phase === "closed") this.#told.delete(incident.id);
      else this.#told.set(incident.id, mark);
      this.#emit({ type: "incident", time: this.#now(), change, isAlert, incident });
    }
    this.silent = reference.filter((sensor) => !sensors.includes(sensor));
    this.#followed.keepOnly(new Set(judge.book.open().map(({ id }) => id)));
    this.#top.add(snapshot, sensors.length > 0);
    if (!isPast) {
      this.#emit({
        type: "interval",
        time,
        sensors,
        reference,
        packets: valueOf(snapshot, ALL, "packets"),
        sources: valueOf(snapshot, ALL, "sources"),
        portZeroSources: valueOf(snapshot, PORT_ZERO, "sources"),
        series: snapshot.length,
        isLearning: judge.isLearning(ALL),
        openIncidents: judge.book.open().length,
        top: this.#top.view(judge, time),
      });
    }
    const isDue = isPast ? performance.now() - this.#savedAt >= SAVE_PAST_MS : (time + INTERVAL_SECONDS) % SAVE_SECONDS === 0;
    if (isDue) this.#save();
  }

  #save(): void {
    if (this.#judge?.next === undefined || this.#judge.next === null) return;
    this.#savedAt = performance.now();
    try {
      saveJudge(this.#options.stateFolder, this.#judge);
      this.#saveTrouble = null;
    } catch (error) {
      // It is learned anew from history after a restart
      this.#saveTrouble = `what was learned cannot be saved: ${systemReason(error)}`;
    }
  }

  #away(error: StoreError): void {
    this.trouble = error.reason;
    this.#retryAt = performance.now() / 1000 + this.#retryAfter;
    this.#retryAfter = Math.min(LONGEST_RETRY, 2 * this.#retryAfter);
  }

  #back(): void {
    this.trouble = null;
    this.#retryAfter = FIRST_RETRY;
    this.#retryAt = 0;
  }
}

/** What a change has to change for an incident to be told again. */
function markOf({ phase, timeline, others, acknowledgedBy, judgement }: Incident): string {
  const meaning =
    judgement === undefined || judgement === null
      ? []
      : [
          judgement.tooEarly,
          judgement.severity,
          judgement.reading,
          ...judgement.sources.map(({ labels: { acknowledged } }) => acknowledged?.status ?? ""),
        ];
  return [phase, timeline.length, others.length, acknowledgedBy ?? "", ...meaning].join(" ");
}

/** The first interval of history that is worth judging; null where there is no history yet. */
async function firstInterval(store: Store, until: number): Promise<number | null> {
  const sensors = await store.sensors({ from: Math.max(0, until - LOOK_BACK), to: until });
  return sensors.length === 0 ? null : Math.max(until - LOOK_BACK, Math.min(...sensors.map(({ firstSeen }) => firstSeen)));
}

function valueOf(snapshot: SeriesSnapshot, series: number, measure: "packets" | "sources"): number {
  const at = snapshot.series.indexOf(series);
  return at < 0 ? 0 : snapshot[measure][at]!;
}
