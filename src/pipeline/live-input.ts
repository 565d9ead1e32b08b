/** One live source with its decoders: what comes is recognised by sender and becomes rows of a batch. */
import type { Format } from "../formats/format.ts";
import { InputError } from "../model/errors.ts";
import { FINE, type LiveCounters, type LiveSink, type LiveSource, type SourcePosition } from "../sources/live.ts";
import { LiveRecords } from "./live-records.ts";
import { type LiveDecoding, LiveStream } from "./live-stream.ts";
import type { ReadSummary } from "./read-inputs.ts";

/** What a source did, for the report and for people. */
export interface LiveReport {
  readonly name: string;
  /** Where it listened, or null where it could not start. */
  readonly place: string | null;
  readonly counters: Readonly<LiveCounters>;
  readonly health: string;
  /** Records, and octets of streams, that no format recognised. */
  readonly unrecognisedRecords: number;
  readonly unrecognisedBytes: number;
  /** Senders whose decoders were forgotten to make room for others. */
  readonly forgottenSenders: number;
}

/** One source with its decoders. */
export class LiveInput implements LiveSink {
  bytes = 0;
  readonly #source: LiveSource;
  readonly #decoding: LiveDecoding;
  readonly #records: LiveRecords;
  readonly #streams = new Map<string | null, LiveStream>();
  #lastFormat: Format | null = null;
  #endedRecords = 0;
  #unrecognisedBytes = 0;
  #started = false;

  constructor(source: LiveSource, decoding: LiveDecoding) {
    this.#source = source;
    this.#decoding = decoding;
    this.#records = new LiveRecords(decoding);
  }

  get records(): number {
    let records = this.#endedRecords + this.#records.records;
    for (const stream of this.#streams.values()) records += stream.records;
    return records;
  }

  async start(summary: ReadSummary): Promise<boolean> {
    try {
      await this.#source.start(this);
      this.#started = true;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      summary.unreadable.push(error);
    }
    return this.#started;
  }

  chunk(bytes: Uint8Array, peer: string | null, receivedAt: number): void {
    this.bytes += bytes.length;
    if (this.#source.kind === "datagram") this.#records.record(bytes, peer ?? "", receivedAt);
    else this.#streamOf(peer).chunk(bytes, receivedAt);
  }

  known(bytes: Uint8Array, peer: string | null, receivedAt: number): void {
    // Datagrams and messages do not lean on one another
    if (this.#source.kind === "stream") this.#streamOf(peer).known(bytes, receivedAt);
  }

  ended(peer: string | null): void {
    const stream = this.#streams.get(peer);
    if (stream === undefined) return;
    this.#streams.delete(peer);
    const before = stream.records;
    stream.end();
    this.#endedRecords += before;
    this.#unrecognisedBytes += stream.unrecognised;
    this.#lastFormat = stream.format ?? this.#lastFormat;
  }

  async finish(summary: ReadSummary): Promise<void> {
    if (!this.#started) return;
    const source = this.#source;
    await source.stop();
    for (const peer of this.#streams.keys()) this.ended(peer);
    this.#records.end();
    const inputs = this.#decoding.tally.inputs();
    summary.sources.push(...inputs);
    const { droppedByKernel } = source.counters;
    if (droppedByKernel > 0) {
      const unit = source.kind === "datagram" ? "datagrams dropped by this machine's kernel" : "packets dropped by this machine's kernel";
      summary.lost.set(unit, (summary.lost.get(unit) ?? 0) + droppedByKernel);
    }
    const failure = inputs.length === 0 ? this.#failure() : null;
    if (failure !== null) summary.unreadable.push(failure);
  }

  /**
   * Where reading would go on after all that has become rows; null where that is no place, or not yet: then the one before holds.
   */
  position(): SourcePosition | null {
    const stream = this.#streams.get(null);
    if (stream === undefined) return this.#source.position?.(0) ?? null;
    return stream.format === null && stream.pending > 0 ? null : (this.#source.position?.(stream.pending) ?? null);
  }

  /** Records and packets known to be lost so far: by this machine, and on the way to it. */
  get lost(): number {
    const { droppedByKernel, droppedByUs } = this.#source.counters;
    return droppedByKernel + droppedByUs + this.#records.lost;
  }

  report(): LiveReport {
    const { name, place, counters, health } = this.#source;
    return {
      name,
      place: this.#started ? place : null,
      counters: { ...counters },
      health,
      unrecognisedRecords: this.#records.unrecognised,
      unrecognisedBytes: this.#unrecognisedBytes,
      forgottenSenders: this.#records.forgotten,
    };
  }

  #streamOf(peer: string | null): LiveStream {
    const known = this.#streams.get(peer);
    if (known !== undefined) return known;
    const stream = new LiveStream(this.#decoding, this.#lastFormat);
    this.#streams.set(peer, stream);
    return stream;
  }

  /** Why there is no input of this source; null where nobody sent anything. */
  #failure(): InputError | null {
    const { name, health } = this.#source;
    if (this.bytes > 0) return new InputError("E_INPUT_UNKNOWN", name, "nothing of what came is of a format that Precursor reads");
    return health === FINE ? null : new InputError("E_INPUT_EMPTY", name, health);
  }
}
