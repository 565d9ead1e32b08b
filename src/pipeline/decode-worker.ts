/** The decoding thread: reads inputs into the ring, and says at the end how it went. */
import { parentPort, workerData } from "node:worker_threads";
import { ObservationWriter } from "../formats/format.ts";
import type { RingMemory } from "./batch-ring.ts";
import { RingProducer } from "./batch-ring.ts";
import type { InputError } from "../model/errors.ts";
import type { ReadOptions } from "./format-choice.ts";
import { InputReader, type ReadSummary } from "./read-inputs.ts";
import type { RowChoice } from "./row-gate.ts";
import { gate } from "./row-gate.ts";

/** What the thread is started with. */
export interface DecodeJob {
  readonly ring: RingMemory;
  readonly paths: readonly string[];
  readonly choice: RowChoice;
  readonly reading: ReadOptions;
  readonly known: readonly number[];
}

/** What it sends when it is done. */
export type DecodeOutcome = Omit<ReadSummary, "unreadable"> & {
  readonly unreadable: readonly Pick<InputError, "code" | "source" | "reason">[];
};

// eslint-disable-next-line typescript/no-unsafe-type-assertion -- the only sender is observe-inputs.ts
const job = workerData as DecodeJob;
const producer = new RingProducer(job.ring);
const progress = new Float64Array(job.ring.progress);
let input = 0;
const writer = new ObservationWriter(
  producer.batch,
  gate(job.choice, (batch) => producer.handOn(batch, input)),
);
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
producer.end();
// Errors lose their class on the way between threads: they go as plain values.
const summary = reader.finish();
const unreadable = summary.unreadable.map(({ code, source, reason }) => ({ code, source, reason }));
parentPort?.postMessage({ ...summary, unreadable } satisfies DecodeOutcome);
