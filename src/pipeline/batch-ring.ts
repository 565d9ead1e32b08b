/** A ring of batches in shared memory: the decoding thread fills them, the observing thread empties them, and neither copies a row. */
import { BATCH_ROWS, ObservationBatch } from "../model/observation.ts";

/** Batches in the ring: enough that a pause of one thread does not stop the other, few enough to stay in the cache. */
const RING_BATCHES = 8;

const EMPTY = 0;
const FULL = 1;
const ENDED = 2;
/** Control words of a batch: its state, its length, and the number of the input that it is of. */
const CONTROL_WORDS = 3;
/** How long a side sleeps before it looks whether the other is still there, milliseconds. */
const PATIENCE_MS = 200;

/** What one thread sends the other to share a ring. */
export interface RingMemory {
  readonly rows: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
}

export function makeRingMemory(): RingMemory {
  const rows = new SharedArrayBuffer(RING_BATCHES * batchBytes());
  const control = new SharedArrayBuffer(RING_BATCHES * CONTROL_WORDS * 4);
  return { rows, control };
}

/** Either side's view of the ring. */
class Ring {
  readonly control: Int32Array;
  readonly batches: readonly ObservationBatch[];
  at = 0;

  constructor(memory: RingMemory) {
    this.control = new Int32Array(memory.control);
    this.batches = Array.from({ length: RING_BATCHES }, (_, i) => new ObservationBatch(BATCH_ROWS, memory.rows, i * batchBytes()));
  }

  get batch(): ObservationBatch {
    return this.batches[this.at]!;
  }

  advance(): void {
    this.at = (this.at + 1) % RING_BATCHES;
  }

  setState(state: number): void {
    Atomics.store(this.control, this.at * CONTROL_WORDS, state);
    Atomics.notify(this.control, this.at * CONTROL_WORDS);
  }

  get state(): number {
    return Atomics.load(this.control, this.at * CONTROL_WORDS);
  }

  sleepWhile(state: number): void {
    Atomics.wait(this.control, this.at * CONTROL_WORDS, state, PATIENCE_MS);
  }
}

/** The decoding thread's side. */
export class RingProducer {
  readonly #ring: Ring;

  constructor(memory: RingMemory) {
    this.#ring = new Ring(memory);
  }

  /** The batch to fill first. */
  get batch(): ObservationBatch {
    return this.#ring.batch;
  }

  /** Hands the current batch on and waits for an empty one. `input` goes with it. */
  handOn(batch: ObservationBatch, input: number): ObservationBatch {
    const ring = this.#ring;
    ring.control[ring.at * CONTROL_WORDS + 1] = batch.length;
    ring.control[ring.at * CONTROL_WORDS + 2] = input;
    ring.setState(FULL);
    ring.advance();
    while (ring.state !== EMPTY) ring.sleepWhile(FULL);
    ring.batch.length = 0;
    return ring.batch;
  }

  end(): void {
    this.#ring.setState(ENDED);
  }
}

/** The observing thread's side. */
export class RingConsumer {
  readonly #ring: Ring;

  constructor(memory: RingMemory) {
    this.#ring = new Ring(memory);
  }

  /** The next full batch; "ended" when there are no more; "waiting" where none came for a while. */
  take(): ObservationBatch | "ended" | "waiting" {
    const ring = this.#ring;
    if (ring.state === EMPTY) ring.sleepWhile(EMPTY);
    const { state } = ring;
    if (state === EMPTY) return "waiting";
    if (state === ENDED) return "ended";
    ring.batch.length = ring.control[ring.at * CONTROL_WORDS + 1]!;
    return ring.batch;
  }

  /** Number of the input that the batch taken is of. */
  get input(): number {
    return this.#ring.control[this.#ring.at * CONTROL_WORDS + 2]!;
  }

  /** Gives the batch that was taken back to be filled. */
  giveBack(): void {
    this.#ring.setState(EMPTY);
    this.#ring.advance();
  }
}

function batchBytes(): number {
  return Math.ceil(ObservationBatch.byteLength(BATCH_ROWS) / 64) * 64;
}
