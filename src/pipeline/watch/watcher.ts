/**
 * A watch: sources to recorders, recorders to the spool, the spool to the store, the store to the judge. The order of these and their
 * pace; each of them is somewhere else.
 */
import { join } from "node:path";
import packageManifest from "../../../package.json" with { type: "json" };
import { rememberTemplates, templateCacheOf } from "../../formats/flow-export/template-cache.ts";
import { loadTemplates, saveTemplates } from "../../formats/flow-export/template-file.ts";
import { StoreError } from "../../model/errors.ts";
import { INTERVAL_SECONDS } from "../../model/series.ts";
import type { WatchEvent, WatchHealth } from "../../model/watch-event.ts";
import { loadState, saveState } from "../../sources/live/tail-position.ts";
import { Spool } from "../../store/spool.ts";
import { lockFolder } from "./folder-lock.ts";
import { Intake, type Places } from "./intake.ts";
import { sensorRecorder } from "./sensor-recorder.ts";
import { type Clocks, SYSTEM_CLOCKS, WatchClock } from "./watch-clock.ts";
import { WatchJudging } from "./watch-judging.ts";
import type { WatchOptions, WatchSource } from "./watch-options.ts";

/** How often rows that wait are handed on, and it is looked whether something is due, milliseconds. */
const TURN_MS = 250;
/** How often sources that failed are tried again, and how the watch is is told, seconds. */
const MEND_SECONDS = 30;
const HEALTH_SECONDS = 60;
/** Templates are saved so often, seconds. */
const TEMPLATES_SECONDS = 300;
const TEMPLATES_FILE = "templates.json";
const SPOOL_FOLDER = "spool";

export class Watcher {
  readonly #options: WatchOptions;
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
  #dropped = 0;
  #wasUp = true;
  #onFailure: ((error: unknown) => void) | null = null;

  /** Takes the folder of the state. @throws StoreError where another watch has it, or it cannot be used */
  constructor(options: WatchOptions, emit: (event: WatchEvent) => void, clocks: Clocks = SYSTEM_CLOCKS) {
    this.#options = options;
    this.#emit = emit;
    this.#clocks = clocks;
    this.#clock = new WatchClock(clocks);
    this.#unlock = lockFolder(options.stateFolder);
    try {
      this.#spool = new Spool(join(options.stateFolder, SPOOL_FOLDER), options.spoolBytes);
    } catch (error) {
      this.#unlock();
      throw error;
    }
    rememberTemplates(this.#memory, loadTemplates(loadState(join(options.stateFolder, TEMPLATES_FILE))).cache);
    this.#judging = new WatchJudging(options, this.#spool, emit, () => this.#clocks.wall());
    const setting = { home: options.home, targets: options.targets, ...recordersNeed() };
    this.#intake = new Intake(
      {
        recorderOf: (sensor) => sensorRecorder(sensor, setting),
        now: () => this.#clocks.wall(),
        judgedUntil: () => this.#judging.judgedUntil,
        memory: this.#memory,
      },
      placesOf(this.#spool.places),
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
    this.#wasUp = this.#judging.trouble === null;
    this.#emit({ type: "started", time: this.#clocks.wall(), version: packageManifest.version, health: this.health() });
    this.#timer = setInterval(() => this.#turn(), TURN_MS);
  }

  /** Settles when something fails that nobody here can mend. */
  get failed(): Promise<unknown> {
    return new Promise((resolve) => {
      if (this.#failure !== null) resolve(this.#failure);
      else this.#onFailure = resolve;
    });
  }

  /** Goes over to other sources; the rest of a config needs a restart. */
  async reload(sources: readonly WatchSource[]): Promise<void> {
    const changed = await this.#intake.set(sources);
    this.#emit({ type: "reload", time: this.#clocks.wall(), ...changed, error: null });
  }

  /** Tells that a config was not taken. */
  refuse(reason: string): void {
    this.#emit({ type: "reload", time: this.#clocks.wall(), started: [], stopped: [], kept: this.#intake.view().length, error: reason });
  }

  /** Ends the sources, keeps what they had and what was learned, and closes the store. */
  async stop(reason: string): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#intake.stop();
    this.#judging.hurry();
    await this.#working;
    this.#cut();
    this.#saveTemplates();
    await this.#judging.end();
    this.#unlock();
    this.#emit({ type: "stopped", time: this.#clocks.wall(), reason });
  }

  health(): WatchHealth {
    const { batches, bytes } = this.#spool.waiting;
    const { trouble, judgedUntil } = this.#judging;
    const due = this.#due();
    return {
      sources: this.#intake.view(),
      store: { place: this.#options.storePlace, isUp: trouble === null, reason: trouble ?? this.#judging.saveTrouble },
      spool: { batches, bytes, dropped: this.#dropped },
      lag: judgedUntil === 0 ? 0 : Math.max(0, due - judgedUntil),
      futureRows: this.#intake.futureRows,
      lateRows: this.#intake.lateRows,
      refused: this.#judging.refused,
      clock: this.#clock.trouble,
    };
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
    const isUp = this.#judging.trouble === null;
    if (now - this.#toldAt < HEALTH_SECONDS && isUp === this.#wasUp) return;
    this.#toldAt = now;
    this.#wasUp = isUp;
    this.#emit({ type: "health", time: this.#clocks.wall(), health: this.health() });
  }

  /** Keeps what came since the last cut. Where the disk takes no more, sources that can wait do, and the rest is dropped and counted. */
  #cut(): void {
    if (this.#spool.isFull) {
      this.#intake.pause();
      if (!this.#intake.isFull) return;
    } else this.#intake.resume();
    const { batches, places } = this.#intake.take();
    if (batches.length === 0) return;
    try {
      this.#spool.accept(batches, places);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#dropped += batches.reduce((sum, { liveness }) => sum + liveness.reduce((all, { observations }) => all + observations, 0), 0);
    }
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

function placesOf(kept: unknown): Places {
  return typeof kept === "object" && kept !== null ? (kept as Places) : {};
}

function recordersNeed(): { readonly assigned: Uint8Array; readonly asnOf: () => number } {
  return { assigned: new Uint8Array(16_384).fill(255), asnOf: () => 0 };
}
