/**
 * How fast observations become history, beside the activity of `assess`, on one thread: `node bench/recorder.ts [capture…]`. Without a
 * capture it makes one, scan-heavy, as bench/speed.ts does. Times are of the processor, less those of decoding: the machine is shared.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Decoder, freshContext, ObservationWriter } from "../src/formats/format.ts";
import { recogniseFormat } from "../src/formats/index.ts";
import type { HistoryBatch } from "../src/model/history.ts";
import { ObservationBatch } from "../src/model/observation.ts";
import { Observer } from "../src/observe/index.ts";
import { IntervalRecorder } from "../src/observe/recorder/interval-recorder.ts";
import { makeCapture } from "./make-capture.ts";

const CHUNK = 1 << 20;
const ROUNDS = 3;
const MADE = { bytes: 1.2e9, sources: 1e6, seed: 1, mixed: false };
const NONE = new Uint8Array(65_536);

const paths = process.argv.slice(2);
if (paths.length > 0) for (const path of paths) measure(path);
else {
  const folder = mkdtempSync(join(tmpdir(), "precursor-recorder-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "scans.pcap");
  makeCapture({ path, ...MADE });
  measure(path);
}

function measure(path: string): void {
  const decoding = best(path, () => () => {});
  const observing = best(path, () => {
    const observer = new Observer();
    return (batch) => {
      if (batch === null) observer.finish();
      else observer.observe(batch);
    };
  });
  const written = { takes: 0, intervals: 0, series: 0, members: 0, activity: 0, folded: 0 };
  const recording = best(path, () => {
    const recorder = new IntervalRecorder({ sensor: "bench", home: [], unassigned: { tcp: NONE, udp: NONE }, targetGroups: [] });
    for (const key of Object.keys(written) as (keyof typeof written)[]) written[key] = 0;
    return (batch) => {
      if (batch === null || recorder.isFull)
        tally(
          recorder.take(() => 0),
          written,
        );
      if (batch !== null) recorder.observe(batch);
    };
  });
  const { rows } = decoding;
  const rate = (run: Run): number => rows / Math.max(1e-9, run.processor - decoding.processor) / 1e6;
  console.log(`${basename(path)}: ${rows.toLocaleString("en")} rows, decoded at ${(rows / decoding.processor / 1e6).toFixed(1)} M/s`);
  console.log(`  activity ${rate(observing).toFixed(1)} M rows/s, history ${rate(recording).toFixed(1)} M rows/s`);
  console.log(`  ${JSON.stringify(written)}, peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
}

function tally({ series, activity, liveness }: HistoryBatch, into: Record<string, number>): void {
  const add = (key: string, more: number): void => {
    into[key] = (into[key] ?? 0) + more;
  };
  add("takes", 1);
  add("intervals", liveness.length);
  add("series", series.length);
  for (const { values } of Object.values(series.members)) add("members", values.length);
  add("activity", activity.length);
  for (const { folded } of liveness) add("folded", folded);
}

interface Run {
  readonly rows: number;
  readonly processor: number;
}

/** The quickest of some runs. What takes the batches gets null at the end. */
function best(path: string, taker: () => (batch: ObservationBatch | null) => void): Run {
  const runs = Array.from({ length: ROUNDS }, () => run(path, taker()));
  return runs.reduce((least, one) => (one.processor < least.processor ? one : least));
}

function run(path: string, take: (batch: ObservationBatch | null) => void): Run {
  let rows = 0;
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    rows += batch.length;
    take(batch);
    batch.length = 0;
    return batch;
  });
  const buffer = new Uint8Array(2 * CHUNK);
  const file = openSync(path, "r");
  const used = process.cpuUsage();
  let decoder: Decoder | null = null;
  let rest = 0;
  for (;;) {
    const read = readSync(file, buffer, rest, CHUNK, null);
    if (read === 0) break;
    decoder ??= recogniseFormat(buffer.subarray(0, read))?.decoder(writer, freshContext()) ?? null;
    if (decoder === null) throw new Error(`${path}: of no known format`);
    const end = rest + read;
    const start = decoder.push(buffer, 0, end);
    buffer.copyWithin(0, start, end);
    rest = end - start;
  }
  closeSync(file);
  decoder?.end(buffer, 0, rest);
  writer.flush();
  take(null);
  const { user, system } = process.cpuUsage(used);
  return { rows, processor: (user + system) / 1e6 };
}
