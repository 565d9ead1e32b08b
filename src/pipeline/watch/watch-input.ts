/** One source of a watch through its life: started, started again where it fails, stopped with its place known. */
import type { DecodeContext, ObservationWriter } from "../../formats/format.ts";
import { InputError } from "../../model/errors.ts";
import type { WatchedSource } from "../../model/watch-event.ts";
import { FINE, type LiveSource, type SourcePosition } from "../../sources/live.ts";
import { parseLiveSource } from "../../sources/live/parse.ts";
import { FormatChoice } from "../format-choice.ts";
import { LiveInput } from "../live-input.ts";
import { LiveTally } from "../live-tally.ts";
import type { ReadSummary } from "../read-inputs.ts";
import type { WatchSource } from "./watch-options.ts";

/** A source that is amiss and gives nothing is started anew after so long, seconds. */
const PATIENCE = 60;
/** Rates are of so long a time at least, seconds: several look at them. */
const RATE_SECONDS = 2;

export class WatchInput {
  readonly spec: WatchSource;
  readonly #writer: ObservationWriter;
  readonly #context: DecodeContext;
  #source: LiveSource | null = null;
  #input: LiveInput | null = null;
  #position: SourcePosition | null;
  /** Why it did not start. */
  #failure: string | null = null;
  /** Counts of those before, where it was started anew. */
  #recordsBefore = 0;
  #lostBefore = 0;
  #unrecognisedBefore = 0;
  #lostTold = 0;
  #rate = 0;
  #lastRecords = 0;
  #lastTime = Number.NaN;
  #lastOctets = -1;
  #idleSince: number | null = null;

  constructor(spec: WatchSource, writer: ObservationWriter, context: DecodeContext, position: SourcePosition | null) {
    this.spec = spec;
    this.#writer = writer;
    this.#context = context;
    this.#position = position;
  }

  /** Whether it runs and sees: a sensor all of whose sources are amiss is a gap. */
  get isFine(): boolean {
    return this.#source !== null && this.#source.health === FINE;
  }

  /** The last place behind which everything has become rows. */
  get position(): SourcePosition | null {
    this.#position = this.#input?.position() ?? this.#position;
    return this.#position;
  }

  get #records(): number {
    return this.#recordsBefore + (this.#input?.records ?? 0);
  }

  get #lost(): number {
    return this.#lostBefore + (this.#input?.lost ?? 0);
  }

  async start(): Promise<void> {
    const { uri, name, fromStart, format, mapping } = this.spec;
    this.#failure = null;
    try {
      const source = parseLiveSource(uri, { stateFolder: null, fromStart, follow: true, saved: this.#position });
      if (source === null) throw new InputError("E_INPUT_UNREADABLE", uri, "is no live source");
      const summary: ReadSummary = { sources: [], lost: new Map(), skipped: new Map(), encapsulations: new Map(), unreadable: [] };
      const choice = new FormatChoice({ format, mapping });
      const input = new LiveInput(source, { writer: this.#writer, context: this.#context, choice, tally: new LiveTally(name, summary) });
      if (!(await input.start(summary))) throw summary.unreadable[0] ?? new InputError("E_INPUT_UNREADABLE", uri, "cannot start");
      this.#source = source;
      this.#input = input;
    } catch (error) {
      this.#failure = error instanceof InputError ? error.reason : error instanceof Error ? error.message : String(error);
    }
  }

  /** Ends it; what it still had has become rows, and its position is behind them. */
  async stop(): Promise<void> {
    const input = this.#input;
    if (input === null) return;
    await input.finish({ sources: [], lost: new Map(), skipped: new Map(), encapsulations: new Map(), unreadable: [] });
    this.#position = input.position() ?? this.#position;
    const report = input.report();
    this.#recordsBefore += input.records;
    this.#lostBefore += input.lost;
    this.#unrecognisedBefore += report.unrecognisedRecords + report.unrecognisedBytes;
    this.#input = null;
    this.#source = null;
  }

  /** Starts it anew where it never started, or is amiss and has given nothing for a while. */
  async mend(now: number): Promise<void> {
    if (this.#source === null) return this.start();
    const { health, counters } = this.#source;
    const isIdle = health !== FINE && counters.octets === this.#lastOctets;
    this.#lastOctets = counters.octets;
    if (!isIdle) this.#idleSince = null;
    else if (this.#idleSince === null) this.#idleSince = now;
    else if (now - this.#idleSince >= PATIENCE) {
      this.#idleSince = null;
      await this.stop();
      await this.start();
    }
  }

  pause(): void {
    this.#source?.pause();
  }

  resume(): void {
    this.#source?.resume();
  }

  /** What was lost since this was last asked. */
  takeLost(): number {
    const lost = this.#lost - this.#lostTold;
    this.#lostTold = this.#lost;
    return lost;
  }

  view(now: number): WatchedSource {
    const report = this.#input?.report() ?? null;
    const seconds = now - this.#lastTime;
    if (!(seconds < RATE_SECONDS)) {
      this.#rate = seconds > 0 ? (this.#records - this.#lastRecords) / seconds : 0;
      this.#lastRecords = this.#records;
      this.#lastTime = now;
    }
    return {
      name: this.spec.name,
      sensor: this.spec.sensor,
      place: report?.place ?? null,
      health: this.#failure ?? report?.health ?? "not started",
      records: this.#records,
      recordsPerSecond: this.#rate,
      lost: this.#lost,
      unrecognised: this.#unrecognisedBefore + (report === null ? 0 : report.unrecognisedRecords + report.unrecognisedBytes),
    };
  }
}
