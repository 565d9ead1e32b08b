/**
 * A watch: sources to recorders, recorders to the spool, the spool to the store, the store to the judge. The order of these and their
 * pace; each of them is somewhere else.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import packageManifest from "../../../package.json" with { type: "json" };
import { rememberTemplates, templateCacheOf } from "../../formats/flow-export/template-cache.ts";
import { loadTemplates, saveTemplates } from "../../formats/flow-export/template-file.ts";
import { StoreError } from "../../model/errors.ts";
import { INTERVAL_SECONDS } from "../../model/series.ts";
import type { WatchEvent, WatchHealth } from "../../model/watch-event.ts";
import { systemReason } from "../../sources/file.ts";
import { loadState, saveState } from "../../sources/live/state-file.ts";
import { SensorRecorder } from "../history/record.ts";
import { lockFolder } from "../../store/data-lock.ts";
import { Spool } from "../../store/spool.ts";
import { FollowedSources } from "./followed-sources.ts";
import { type Cut, Intake, type Places } from "./intake.ts";
import { troublesOf } from "./troubles.ts";
import { type Clocks, SYSTEM_CLOCKS, WatchClock } from "./watch-clock.ts";
import { changesOf } from "./watch-changes.ts";
import { WatchJudging } from "./watch-judging.ts";
import type { WatchOptions } from "./watch-options.ts";

/** How often rows that wait are handed on, and it is looked whether something is due, milliseconds. */
const TURN_MS = 250;
/** How often sources that failed are tried again, and how the watch is is told, seconds. */
const MEND_SECONDS = 30;
const HEALTH_SECONDS = 60;
/** How often it is looked whether something is amiss or mended, and the least time between two tellings, seconds. */
const LOOK_SECONDS = 1;
const NEWS_SECONDS = 2;
/** Templates are saved so often, seconds. */
const TEMPLATES_SECONDS = 300;
const TEMPLATES_FILE = "templates.json";
const SPOOL_FOLDER = "spool";
/** Sources that can wait do so when this share of the spool is used. */
const PAUSE_SHARE = 0.9;

export class Watcher {
  #options: WatchOptions;
  readonly #emit: (event: WatchEvent) => void;
  readonly #clocks: Clocks;
  readonly #clock: WatchClock;
  readonly #memory = new Map<string, unknown>();
  readonly #unlock: () => void;
  readonly #spool: Spool;
  readonly #judging: WatchJudging;
  readonly #intake: Intake;
  #timer: NodeJS.Timeout | null = null;
  #working: Promise<void> | null = null;
  #failure: unknown = null;
  #cutAt = 0;
  #mendedAt = 0;
  #toldAt = 0;
  #templatesAt = 0;
  /** Observations that no disk took, and what is held for one that may. */
  #dropped = 0;
  #held: Cut[] = [];
  #diskTrouble: string | null = null;
  #lookedAt = 0;
  /** Troubles as they were last told. */
  #troubles = "";
  #onFailure: ((error: unknown) => void) | null = null;

  /** Takes the folder of the state. @throws StoreError where another watch has it, or it cannot be used */
  constructor(options: WatchOptions, emit: (event: WatchEvent) => void, clocks: Clocks = SYSTEM_CLOCKS) {
    this.#options = options;
    this.#emit = emit;
    this.#clocks = clocks;
    this.#clock = new WatchClock(clocks);
    this.#unlock = takeFolder(options.stateFolder);
    try {
      this.#spool = new Spool(join(options.stateFolder, SPOOL_FOLDER), options.spoolBytes);
    } catch (error) {
      this.#unlock();
      throw error;
    }
    rememberTemplates(this.#memory, loadTemplates(loadState(join(options.stateFolder, TEMPLATES_FILE))).cache);
    const followed = new FollowedSources();
    this.#judging = new WatchJudging(options, this.#spool, followed, emit, () => this.#clocks.wall());
    this.#intake = new Intake(
      {
        recorderOf: (sensor) => new SensorRecorder(sensor, this.#options),
        now: () => this.#clocks.wall(),
        judgedUntil: () => this.#judging.judgedUntil,
        memory: this.#memory,
        follow: (batch) => followed.observe(batch),
      },
      placesOf(this.#spool.positions()),
    );
  }

  /** Settles when the store is open and the sources are started. @throws StoreError where the store cannot be had */
  async start(): Promise<void> {
    try {
      await this.#judging.begin();
    } catch (error) {
      this.#unlock();
      throw error;
    }
    await this.#intake.set(this.#options.sources);
    const now = this.#clocks.steady();
    [this.#cutAt, this.#mendedAt, this.#toldAt, this.#templatesAt] = [now, now, now, now];
    const health = this.health();
    this.#troubles = health.troubles.join("\n");
    this.#emit({ type: "started", time: this.#clocks.wall(), version: packageManifest.version, health });
    this.#timer = setInterval(() => this.#turn(), TURN_MS);
  }

  /** Settles when something fails that nobody here can mend. */
  get failed(): Promise<unknown> {
    return new Promise((resolve) => {
      if (this.#failure !== null) resolve(this.#failure);
      else this.#onFailure = resolve;
    });
  }

  /** Goes over to other options, as far as that can be done; the keys that need a restart, which stay as they were. */
  async reload(options: WatchOptions): Promise<readonly string[]> {
    const { changed, needsRestart } = changesOf(this.#options, options);
    const { fixed, stateFolder, storePlace, storeMayBeAway, openStore } = this.#options;
    this.#options = { ...options, fixed, stateFolder, storePlace, storeMayBeAway, openStore };
    this.#spool.bound = options.spoolBytes;
    this.#judging.reload(options);
    if (changed.includes("detection")) this.#judging.change(this.#options);
    if (changed.includes("home") || changed.includes("targets")) {
      // What was observed belongs to the networks of that time
      this.#held.push(...this.#intake.renew());
      this.#keepHeld();
    }
    const sources = await this.#intake.set(options.sources);
    this.#emit({ type: "reload", time: this.#clocks.wall(), ...sources, changed, needsRestart, error: null });
    return needsRestart;
  }

  /** Tells that a config was not taken. */
  refuse(reason: string): void {
    const nothing = { started: [], stopped: [], changed: [], needsRestart: [] };
    this.#emit({ type: "reload", time: this.#clocks.wall(), ...nothing, kept: this.#intake.view().length, error: reason });
  }

  /** Ends the sources, keeps what they had and what was learned, and closes the store. */
  async stop(reason: string): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#intake.stop();
    this.#judging.hurry();
    await this.#working;
    this.#cut();
    if (this.#held.length > 0) {
      // No disk takes it: files and journals are read again from the place that was kept
      this.#dropHeld();
      this.#emit({ type: "health", time: this.#clocks.wall(), health: this.health() });
    }
    this.#saveTemplates();
    await this.#judging.end();
    this.#unlock();
    this.#emit({ type: "stopped", time: this.#clocks.wall(), reason });
  }

  health(): WatchHealth {
    const { batches, octets, droppedObservations } = this.#spool.state();
    const { trouble, judgedUntil } = this.#judging;
    const due = this.#due();
    const health = {
      sources: this.#intake.view(),
      silent: this.#judging.silent,
      store: { place: this.#options.storePlace, isUp: trouble === null, reason: trouble ?? this.#judging.lesserTrouble },
      intel: this.#judging.intelHealth,
      spool: { batches, bytes: octets, dropped: this.#dropped + droppedObservations, reason: this.#diskTrouble },
      lag: judgedUntil === 0 ? 0 : Math.max(0, due - judgedUntil),
      futureRows: this.#intake.futureRows,
      lateRows: this.#intake.lateRows,
      refused: this.#judging.refused,
      unlookedPackets: this.#judging.unlookedPackets,
      clock: this.#clock.trouble,
    };
    return { ...health, troubles: troublesOf(health) };
  }

  /** End of the last interval that is closed. */
  #due(): number {
    const until = this.#clock.now() - this.#options.graceSeconds;
    return until - (until % INTERVAL_SECONDS);
  }

  #turn(): void {
    this.#intake.flush();
    const now = this.#clocks.steady();
    const isDue = this.#due() > this.#judging.judgedUntil && this.#judging.judgedUntil > 0;
    if (now - this.#cutAt >= this.#options.flushSeconds || this.#intake.isFull || (isDue && this.#working === null)) {
      this.#cutAt = now;
      this.#cut();
      this.#work();
    }
    if (now - this.#mendedAt >= MEND_SECONDS) {
      this.#mendedAt = now;
      this.#intake.mend().catch((error: unknown) => this.#fail(error));
    }
    if (now - this.#templatesAt >= TEMPLATES_SECONDS) {
      this.#templatesAt = now;
      this.#saveTemplates();
    }
    this.#tellHealth(now);
  }

  /** Each minute, and soon after something went amiss or was mended. */
  #tellHealth(now: number): void {
    if (now - this.#lookedAt < LOOK_SECONDS) return;
    this.#lookedAt = now;
    const health = this.health();
    const troubles = health.troubles.join("\n");
    if (now - this.#toldAt < (troubles === this.#troubles ? HEALTH_SECONDS : NEWS_SECONDS)) return;
    this.#toldAt = now;
    this.#troubles = troubles;
    this.#emit({ type: "health", time: this.#clocks.wall(), health });
  }

  /**
   * Keeps what came since the last cut. While the disk takes no more, sources that can wait do, and what comes from the others is held
   * while there is room for it in memory; then it is dropped and counted.
   */
  #cut(): void {
    this.#keepHeld();
    const { octets, bound } = this.#spool.state();
    const isTight = this.#held.length > 0 || octets > PAUSE_SHARE * bound;
    if (isTight) this.#intake.pause();
    else this.#intake.resume();
    if (isTight && !this.#intake.isFull) return;
    this.#dropHeld();
    this.#held = [...this.#intake.take()];
    this.#keepHeld();
  }

  #keepHeld(): void {
    try {
      for (let cut = this.#held[0]; cut !== undefined; cut = this.#held[0]) {
        // Refused where the spool is full: it counts that itself
        this.#spool.accept(cut.batch, cut.places);
        this.#held.shift();
      }
      this.#diskTrouble = null;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#diskTrouble = error.reason;
    }
  }

  #dropHeld(): void {
    for (const { batch } of this.#held) this.#dropped += batch.liveness.reduce((sum, { observations }) => sum + observations, 0);
    this.#held = [];
  }

  /** Lets the store have what waits, and the judge what is closed; one at a time. */
  #work(): void {
    if (this.#working !== null) return;
    this.#working = this.#judging
      .step(this.#due())
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#working = null;
      });
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#onFailure?.(error);
  }

  #saveTemplates(): void {
    try {
      saveState(join(this.#options.stateFolder, TEMPLATES_FILE), saveTemplates(templateCacheOf(this.#memory)));
    } catch {
      // They are announced again; a disk that is full is told by the spool
    }
  }
}

/** One watch a folder. Returns what gives it back. @throws StoreError E_STORE_LOCKED */
function takeFolder(folder: string): () => void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StoreError("E_STORE_FAILED", folder, `the folder of the state cannot be made: ${systemReason(error)}`, error);
  }
  try {
    const lock = lockFolder(folder, "write");
    return () => lock.release();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "E_STORE_LOCKED") throw error;
    throw new StoreError("E_STORE_LOCKED", folder, `another watch keeps its state here: ${error.reason}`, error);
  }
}

function placesOf(kept: unknown): Places {
  return typeof kept === "object" && kept !== null ? (kept as Places) : {};
}
