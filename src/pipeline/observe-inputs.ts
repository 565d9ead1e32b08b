/** Inputs to activity, in this thread or, for much input, with the decoding in another. */
import { statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { ObservationWriter } from "../formats/format.ts";
import { InputError, PrecursorError } from "../model/errors.ts";
import { ObservationBatch } from "../model/observation.ts";
import { Observer, type SifterState } from "../observe/index.ts";
import type { SourceSpec } from "../sources/open.ts";
import { RingConsumer, makeRingMemory } from "./batch-ring.ts";
import { BlockConsumer, makeBlockRingMemory } from "./block-ring.ts";
import type { DecodeJob, DecodeOutcome } from "./decode-worker.ts";
import { namedFormat, type ReadOptions } from "./format-choice.ts";
import type { ReadSummary } from "./read-inputs.ts";
import { InputReader } from "./read-inputs.ts";
import type { RowChoice } from "./row-gate.ts";
import { gate } from "./row-gate.ts";

/** Input from which a second thread earns the 40 ms that it takes to start, octets. */
const THREAD_WORTHY_BYTES = 24 << 20;
/** How often the event loop gets a turn (signals, progress), milliseconds. */
const TURN_MS = 100;

/** Progress of a run. */
export interface Progress {
  readonly bytesDone: number;
  /** Octets of all inputs as stored; null where one is a pipe. */
  readonly bytesTotal: number | null;
  readonly records: number;
  readonly seconds: number;
}

export interface ObserveInputs {
  readonly specs: readonly SourceSpec[];
  readonly choice: RowChoice;
  readonly reading: ReadOptions;
  /** 0: decide by the size of the input; 1: this thread only; 2 or more: one to decode, this one to observe. */
  readonly threads: number;
  readonly onProgress: ((progress: Progress) => void) | null;
  /** Beside the inputs: octets at their beginning, decompressed, whose rows are thrown away. */
  readonly known?: readonly number[];
}

/** Takes batches, which it may change. Rows are not kept. */
export interface BatchTaker {
  /** @param input number of the input that all of its rows were read from. */
  take(batch: ObservationBatch, input: number): void;
  /** Asked from time to time whether reading is to wait: at the latest after some thousands of rows. */
  pause?(): Promise<void> | null;
}

/** Reads all inputs and observes them: where another thread decodes, it does the first half of observing too. */
export async function observeInputs(job: ObserveInputs): Promise<{ observer: Observer; summary: ReadSummary }> {
  const observer = new Observer();
  checkOptions(job);
  const total = totalBytes(job.specs);
  const ticker = new Ticker(job.onProgress, total);
  if (!wantsThread(job, total)) return { observer, summary: await readHere(job, ticker, { take: (batch) => observer.observe(batch) }) };
  const ring = makeBlockRingMemory();
  const consumer = new BlockConsumer(ring);
  const { summary, sifted } = await readThreaded(job, { ring: null, blocks: ring }, ticker, () => {
    const block = consumer.take();
    if (typeof block === "string") return block;
    observer.take(block);
    consumer.giveBack(block);
    return null;
  });
  if (sifted !== null) observer.takeState(sifted);
  return { observer, summary };
}

/** Reads all inputs and hands on each batch of what is chosen, decoded in another thread where that pays. */
export async function readBatches(job: ObserveInputs, taker: BatchTaker): Promise<ReadSummary> {
  checkOptions(job);
  const total = totalBytes(job.specs);
  const ticker = new Ticker(job.onProgress, total);
  if (!wantsThread(job, total)) return readHere(job, ticker, taker);
  const ring = makeRingMemory();
  const consumer = new RingConsumer(ring);
  const { summary } = await readThreaded(job, { ring, blocks: null }, ticker, () => {
    const batch = consumer.take();
    if (typeof batch === "string") return batch;
    taker.take(batch, consumer.input);
    consumer.giveBack();
    return taker.pause?.() ?? null;
  });
  return summary;
}

/** Reads all inputs in this thread and hands each batch of what is chosen to `take`, which may change it. */
export async function eachBatch(job: Omit<ObserveInputs, "threads">, take: (batch: ObservationBatch) => void): Promise<ReadSummary> {
  return readHere(job, new Ticker(job.onProgress, totalBytes(job.specs)), { take });
}

async function readHere(job: Omit<ObserveInputs, "threads">, ticker: Ticker, taker: BatchTaker): Promise<ReadSummary> {
  let input = 0;
  const sink = gate(job.choice, (batch) => {
    taker.take(batch, input);
    batch.length = 0;
    return batch;
  });
  const writer = new ObservationWriter(new ObservationBatch(), sink);
  const reader = new InputReader(writer, job.reading, (bytes, records) => {
    ticker.note(bytes, records);
    return taker.pause?.() ?? (ticker.isDue() ? ticker.turn() : null);
  });
  for (const [number, spec] of job.specs.entries()) {
    input = number;
    await reader.read(spec, job.known?.[number] ?? 0);
  }
  writer.flush();
  return reader.finish();
}

/** Reads the inputs in another thread. `step` does what there is to do in this one: it may take some milliseconds, or be told to wait. */
async function readThreaded(
  { specs, choice, reading, known = [] }: Omit<ObserveInputs, "threads">,
  handing: Pick<DecodeJob, "ring" | "blocks">,
  ticker: Ticker,
  step: () => "ended" | "waiting" | Promise<void> | null,
): Promise<{ summary: ReadSummary; sifted: SifterState | null }> {
  const progress = new SharedArrayBuffer(16);
  const done = new Float64Array(progress);
  const paths = specs.filter((spec) => typeof spec === "string");
  const job: DecodeJob = { ...handing, progress, paths, choice, reading, known };
  // In dist/ the thread is bundled beside the program; in the sources it is this file's neighbour.
  const script = new URL(import.meta.url.endsWith(".ts") ? "./decode-worker.ts" : "./decode-worker.js", import.meta.url);
  const worker = new Worker(script, { workerData: job });
  const outcome = new Promise<DecodeOutcome>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new PrecursorError("E_RUNTIME", "the decoding thread ended before its input did")));
  });
  let failure: unknown = null;
  outcome.catch((error: unknown) => {
    failure = error;
  });
  try {
    for (;;) {
      const did = step();
      if (did === "ended") break;
      if (did === "waiting") {
        await setImmediate();
        if (failure !== null) break;
      } else if (did !== null) await did;
      ticker.note(done[0]!, done[1]!);
      if (ticker.isDue()) await ticker.turn();
    }
    const { unreadable, sifted, ...read } = await outcome;
    const errors = unreadable.map(({ code, source, reason }) => new InputError(code, source, reason));
    return { summary: { ...read, unreadable: errors }, sifted };
  } finally {
    await worker.terminate();
  }
}

/** Whether inputs are read in another thread. Octets in memory never are. */
function wantsThread({ specs, threads }: ObserveInputs, total: number | null): boolean {
  if (!specs.every((spec) => typeof spec === "string")) return false;
  return threads === 0 ? total === null || total >= THREAD_WORTHY_BYTES : threads > 1;
}

/** What the options get wrong is told here: from the other thread an error would come without its class. */
function checkOptions({ choice, reading }: ObserveInputs): void {
  gate(choice, (batch) => batch);
  if (reading.format !== null) namedFormat(reading.format);
}

/** Gives the event loop its turns, and whoever watches its news. */
class Ticker {
  readonly #onProgress: ((progress: Progress) => void) | null;
  readonly #total: number | null;
  readonly #started = performance.now();
  #next = this.#started + TURN_MS;
  #bytes = 0;
  #records = 0;

  constructor(onProgress: ((progress: Progress) => void) | null, total: number | null) {
    this.#onProgress = onProgress;
    this.#total = total;
  }

  note(bytes: number, records: number): void {
    this.#bytes = bytes;
    this.#records = records;
  }

  isDue(): boolean {
    return performance.now() >= this.#next;
  }

  async turn(): Promise<void> {
    this.#report();
    await setImmediate();
  }

  #report(): void {
    this.#next = performance.now() + TURN_MS;
    this.#onProgress?.({
      bytesDone: this.#bytes,
      bytesTotal: this.#total,
      records: this.#records,
      seconds: (performance.now() - this.#started) / 1000,
    });
  }
}

/** Octets of all inputs as stored, or null where one of them does not tell. */
function totalBytes(specs: readonly SourceSpec[]): number | null {
  let total = 0;
  for (const spec of specs) {
    if (typeof spec !== "string") total += spec.bytes.length;
    else {
      const stat = spec === "-" ? undefined : statSync(spec, { throwIfNoEntry: false });
      if (stat === undefined || !stat.isFile()) return null;
      total += stat.size;
    }
  }
  return total;
}
