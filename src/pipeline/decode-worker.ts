/** The decoding thread: reads inputs into a ring of batches, or of what observing makes of them first, and says at the end how it went. */
import { parentPort, workerData } from "node:worker_threads";
import { ObservationWriter } from "../formats/format.ts";
import type { InputError } from "../model/errors.ts";
import { type BatchSink, ObservationBatch } from "../model/observation.ts";
import { DEFAULT_LIMITS, Sifter, type SifterState } from "../observe/index.ts";
import { type RingMemory, RingProducer } from "./batch-ring.ts";
import { BlockProducer, type BlockRingMemory } from "./block-ring.ts";
import type { ReadOptions } from "./format-choice.ts";
import { InputReader, type ReadSummary } from "./read-inputs.ts";
import type { RowChoice } from "./row-gate.ts";
import { gate } from "./row-gate.ts";

/** What the thread is started with. */
export interface DecodeJob {
  readonly ring: RingMemory | null;
  /** Where entries are wanted instead of batches. */
  readonly blocks: BlockRingMemory | null;
  /** Two 64-bit floats: octets read and records decoded so far. */
  readonly progress: SharedArrayBuffer;
  readonly paths: readonly string[];
  readonly choice: RowChoice;
  readonly reading: ReadOptions;
  readonly known: readonly number[];
}

/** What it sends when it is done. */
export type DecodeOutcome = Omit<ReadSummary, "unreadable"> & {
  readonly unreadable: readonly Pick<InputError, "code" | "source" | "reason">[];
  /** Where entries were wanted. */
  readonly sifted: SifterState | null;
};

/** Where decoded batches go. */
interface Outlet {
  readonly batch: ObservationBatch;
  readonly sink: BatchSink;
  /** All inputs have been read: hands on what is left. */
  end(): SifterState | null;
}

// eslint-disable-next-line typescript/no-unsafe-type-assertion -- the only sender is observe-inputs.ts
const job = workerData as DecodeJob;
const progress = new Float64Array(job.progress);
let input = 0;
const outlet = job.blocks === null ? toRing(job.ring!) : toBlocks(job.blocks);
const writer = new ObservationWriter(outlet.batch, gate(job.choice, outlet.sink));
const reader = new InputReader(writer, job.reading, (bytes, records) => {
  progress[0] = bytes;
  progress[1] = records;
  return null;
});
for (const [number, path] of job.paths.entries()) {
  input = number;
  await reader.read(path, job.known[number] ?? 0);
}
writer.flush();
const sifted = outlet.end();
// Errors lose their class on the way between threads: they go as plain values.
const summary = reader.finish();
const unreadable = summary.unreadable.map(({ code, source, reason }) => ({ code, source, reason }));
// Counters by port and time are megabytes: they are handed over.
const handedOver = (sifted?.timeline.ports ?? []).flatMap((ports) => (ports?.buffer instanceof ArrayBuffer ? [ports.buffer] : []));
parentPort?.postMessage({ ...summary, unreadable, sifted } satisfies DecodeOutcome, handedOver);

function toRing(ring: RingMemory): Outlet {
  const producer = new RingProducer(ring);
  return {
    batch: producer.batch,
    sink: (batch) => producer.handOn(batch, input),
    end: () => {
      producer.end();
      return null;
    },
  };
}

function toBlocks(ring: BlockRingMemory): Outlet {
  const producer = new BlockProducer(ring);
  const sifter = new Sifter(DEFAULT_LIMITS.flows, producer.first, (block) => producer.handOn(block));
  return {
    batch: new ObservationBatch(),
    sink: (batch) => {
      sifter.sift(batch);
      batch.length = 0;
      return batch;
    },
    end: () => {
      sifter.flush();
      producer.end();
      return sifter.state();
    },
  };
}
