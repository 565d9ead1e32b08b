/**
 * All sources of a watch, and the recorders of their sensors. What is taken of them is one cut: the rows so far, and the places in the
 * sources right behind these rows, so that both can be kept together.
 */
import { ObservationWriter } from "../../formats/format.ts";
import type { HistoryBatch } from "../../model/history.ts";
import { ObservationBatch } from "../../model/observation.ts";
import type { WatchedSource } from "../../model/watch-event.ts";
import { keepRows } from "../../observe/filter/index.ts";
import type { SourcePosition } from "../../sources/live.ts";
import type { SensorRecorder } from "../history/record.ts";
import { liveContext } from "../live-inputs.ts";
import { gate } from "../row-gate.ts";
import { WatchInput } from "./watch-input.ts";
import type { WatchSource } from "./watch-options.ts";

/** Rows whose time is so far ahead of the clock are left out, seconds: clocks of devices differ, but not by more. */
const MOST_AHEAD = 300;
/** Places of sources that are not read any more are kept, so many of them: a source that comes back goes on. */
const MOST_PLACES = 4096;

export type Places = Readonly<Record<string, SourcePosition>>;

/** What one sensor saw, with the places of all sources behind what has been cut so far: kept at once, or not at all. */
export interface Cut {
  readonly batch: HistoryBatch;
  readonly places: Places;
}

export interface IntakeOptions {
  readonly recorderOf: (sensor: string) => SensorRecorder;
  /** The wall clock, seconds since 1970. */
  readonly now: () => number;
  /** Intervals before this time were judged. */
  readonly judgedUntil: () => number;
  /** What decoders remember: templates. */
  readonly memory: Map<string, unknown>;
  /** Looks at the rows of sources that matter now, before they are recorded. */
  readonly follow: (batch: ObservationBatch) => void;
}

export class Intake {
  futureRows = 0;
  lateRows = 0;
  readonly #options: IntakeOptions;
  readonly #inputs = new Map<string, WatchInput>();
  readonly #writers = new Map<string, ObservationWriter>();
  readonly #recorders = new Map<string, SensorRecorder>();
  readonly #places: Map<string, SourcePosition>;
  #isPaused = false;

  constructor(options: IntakeOptions, places: Places) {
    this.#options = options;
    this.#places = new Map(Object.entries(places));
  }

  /** Whether a recorder holds so much that it should be taken now. */
  get isFull(): boolean {
    return [...this.#recorders.values()].some(({ isFull }) => isFull);
  }

  /** Makes the sources those that are wanted: others stop, new ones start, and what is unchanged goes on. */
  async set(wanted: readonly WatchSource[]): Promise<{ started: string[]; stopped: string[]; kept: number }> {
    const byKey = new Map(wanted.map((source) => [keyOf(source), source]));
    const gone = [...this.#inputs].filter(([key]) => !byKey.has(key));
    await Promise.all(gone.map(async ([, input]) => input.stop()));
    for (const [key, input] of gone) {
      this.#rememberPlace(input);
      this.#inputs.delete(key);
    }
    const fresh = [...byKey].filter(([key]) => !this.#inputs.has(key));
    for (const [key, spec] of fresh) {
      const context = liveContext(this.#options.memory);
      this.#inputs.set(key, new WatchInput(spec, this.#writerOf(spec), context, this.#places.get(placeKey(spec)) ?? null));
    }
    await Promise.all(fresh.map(async ([key]) => this.#inputs.get(key)?.start()));
    return {
      started: fresh.map(([, { name }]) => name),
      stopped: gone.map(([, { spec }]) => spec.name),
      kept: this.#inputs.size - fresh.length,
    };
  }

  /** Hands rows that wait on to the recorders. */
  flush(): void {
    for (const writer of this.#writers.values()) writer.flush();
  }

  /** Everything since the last cut. Nothing comes between the rows and the places: it is one step of this thread. */
  take(): readonly Cut[] {
    this.flush();
    const now = this.#options.now();
    const cuts: Cut[] = [];
    for (const [sensor, recorder] of this.#recorders) {
      for (const input of this.#inputs.values()) {
        if (input.spec.sensor !== sensor) continue;
        const lost = input.takeLost();
        if (input.isFine) recorder.touch(now);
        if (lost > 0) recorder.lose(now, lost);
        // Places of other sensors stay as they are until their rows are cut too
        this.#rememberPlace(input);
      }
      if (!recorder.isEmpty) cuts.push({ batch: recorder.take(), places: Object.fromEntries(this.#places) });
    }
    return cuts;
  }

  /** Everything since the last cut; from here on recorders are made anew, as they are wanted then. */
  renew(): readonly Cut[] {
    const cuts = this.take();
    for (const sensor of this.#recorders.keys()) this.#recorders.set(sensor, this.#options.recorderOf(sensor));
    return cuts;
  }

  /** Asks sources that can wait to do so. */
  pause(): void {
    if (!this.#isPaused) for (const input of this.#inputs.values()) input.pause();
    this.#isPaused = true;
  }

  resume(): void {
    if (this.#isPaused) for (const input of this.#inputs.values()) input.resume();
    this.#isPaused = false;
  }

  /** Starts what failed anew. */
  async mend(): Promise<void> {
    await Promise.all([...this.#inputs.values()].map(async (input) => input.mend(this.#options.now())));
  }

  /** Ends all sources; what they still had is in the next cut. */
  async stop(): Promise<void> {
    await Promise.all([...this.#inputs.values()].map(async (input) => input.stop()));
  }

  view(): WatchedSource[] {
    const now = this.#options.now();
    return [...this.#inputs.values()].map((input) => input.view(now));
  }

  #rememberPlace(input: WatchInput): void {
    const { position } = input;
    if (position === null) return;
    const key = placeKey(input.spec);
    this.#places.delete(key);
    this.#places.set(key, position);
    for (const oldest of this.#places.keys()) {
      if (this.#places.size <= MOST_PLACES) break;
      this.#places.delete(oldest);
    }
  }

  /** Sources of one sensor and filter share a batch. */
  #writerOf({ sensor, filter }: WatchSource): ObservationWriter {
    const key = JSON.stringify([sensor, filter]);
    const known = this.#writers.get(key);
    if (known !== undefined) return known;
    this.#recorderOf(sensor);
    const sink = gate({ filter, since: null, until: null }, (batch) => {
      this.#sortOut(batch);
      this.#options.follow(batch);
      this.#recorderOf(sensor).observe(batch);
      batch.length = 0;
      return batch;
    });
    const writer = new ObservationWriter(new ObservationBatch(), sink);
    this.#writers.set(key, writer);
    return writer;
  }

  #recorderOf(sensor: string): SensorRecorder {
    const known = this.#recorders.get(sensor);
    if (known !== undefined) return known;
    const recorder = this.#options.recorderOf(sensor);
    this.#recorders.set(sensor, recorder);
    return recorder;
  }

  /** Counts rows that are late, and leaves out those that are in the future. */
  #sortOut(batch: ObservationBatch): void {
    const before = batch.length;
    this.futureRows += before - keepRows(batch, null, null, this.#options.now() + MOST_AHEAD);
    const judged = this.#options.judgedUntil();
    for (let row = 0; row < batch.length; row++) if (batch.time[row]! < judged) this.lateRows++;
  }
}

/** Of which a change makes another source. */
function keyOf({ uri, name, sensor, filter, fromStart, format, mapping }: WatchSource): string {
  const fields = mapping === null ? null : [...mapping.fields];
  return JSON.stringify([uri, name, sensor, filter, fromStart, format, mapping, fields]);
}

/** The same place, whatever else is said of a source. */
function placeKey({ uri, sensor }: WatchSource): string {
  return `${sensor} ${uri}`;
}
