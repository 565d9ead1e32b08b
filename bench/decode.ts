/**
 * How fast captures become observations, on one thread: `node bench/decode.ts [capture…]`.
 * Without a capture it makes one in memory: Ethernet, IPv4, TCP frames of 60 octets, half of them SYN with an MSS option, half RST.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { performance } from "node:perf_hooks";
import { type Decoder, freshContext, ObservationWriter } from "../src/formats/format.ts";
import { PCAP, recogniseFormat } from "../src/formats/index.ts";
import { ObservationBatch } from "../src/model/observation.ts";

/** Octets read at once, as the pipeline does. */
const CHUNK = 4 * 1024 * 1024;
/** Frames of the made capture, and how many times they are decoded. */
const MADE_FRAMES = 1_000_000;
const MADE_ROUNDS = 16;
/** Repeats, of which the best counts: the machine is shared. */
const REPEATS = 3;
const FILE_HEADER = 24;
const RECORD = 16 + 60;

const paths = process.argv.slice(2);
if (paths.length === 0) report("in memory", measureMemory);
for (const path of paths) report(basename(path), () => measureFile(path));

interface Measured {
  readonly frames: number;
  readonly rows: number;
  /** Elapsed, and spent on a processor: on a shared machine the second tells more. */
  readonly seconds: number;
  readonly processor: number;
}

function report(name: string, measure: () => Measured): void {
  let best = measure();
  for (let repeat = 1; repeat < REPEATS; repeat++) {
    const again = measure();
    if (again.processor < best.processor) best = again;
  }
  const rate = (seconds: number): string => `${(best.frames / seconds / 1e6).toFixed(1)} Mpackets/s`;
  process.stdout
    .write(`${name}: ${best.frames} frames, ${best.rows} rows, ${rate(best.processor)} of processor time, ${rate(best.seconds)} elapsed
`);
}

function measureMemory(): Measured {
  const capture = makeCapture();
  const { writer, rows } = countingWriter();
  const decoder = PCAP.decoder(writer, freshContext());
  decoder.push(capture, 0, FILE_HEADER);
  const started = stopwatch();
  for (let round = 0; round < MADE_ROUNDS; round++) {
    let at = FILE_HEADER;
    while (at < capture.length) at += decoder.push(capture, at, Math.min(at + CHUNK, capture.length));
  }
  writer.flush();
  return { frames: decoder.stats.records, rows: rows(), ...started() };
}

function measureFile(path: string): Measured {
  const buffer = new Uint8Array(new ArrayBuffer(2 * CHUNK));
  const { writer, rows } = countingWriter();
  const file = openSync(path, "r");
  const started = stopwatch();
  let decoder: Decoder | null = null;
  let rest = 0;
  for (;;) {
    const read = readSync(file, buffer, rest, CHUNK, null);
    if (read === 0) break;
    if (decoder === null) {
      const format = recogniseFormat(buffer.subarray(0, Math.min(read, 4096)));
      if (format === null) throw new Error(`${path}: not a capture`);
      decoder = format.decoder(writer, freshContext());
    }
    const end = rest + read;
    const used = decoder.push(buffer, 0, end);
    buffer.copyWithin(0, used, end);
    rest = end - used;
  }
  closeSync(file);
  if (decoder === null) throw new Error(`${path}: empty`);
  decoder.end(buffer, 0, rest);
  writer.flush();
  return { frames: decoder.stats.records, rows: rows(), ...started() };
}

function stopwatch(): () => { seconds: number; processor: number } {
  const started = performance.now();
  const used = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { seconds: (performance.now() - started) / 1000, processor: (user + system) / 1e6 };
  };
}

function countingWriter(): { writer: ObservationWriter; rows: () => number } {
  let rows = 0;
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    rows += batch.length;
    batch.length = 0;
    return batch;
  });
  return { writer, rows: () => rows };
}

function makeCapture(): Uint8Array {
  const capture = new Uint8Array(new ArrayBuffer(FILE_HEADER + MADE_FRAMES * RECORD));
  const view = new DataView(capture.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 65_535, true);
  view.setUint32(20, 1, true);
  let seed = 1;
  const random = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0);
  for (let frame = 0; frame < MADE_FRAMES; frame++) {
    const at = FILE_HEADER + frame * RECORD;
    view.setUint32(at, 1_383_354_000 + (frame >>> 10), true);
    view.setUint32(at + 4, frame & 0x3ff, true);
    view.setUint32(at + 8, 60, true);
    view.setUint32(at + 12, 60, true);
    const opening = (random() & 0x10000) !== 0;
    const ip = at + 16 + 14;
    view.setUint16(ip - 2, 0x0800);
    view.setUint16(ip, 0x4500);
    view.setUint16(ip + 2, opening ? 44 : 40);
    view.setUint16(ip + 4, random() >>> 16);
    view.setUint8(ip + 8, 64);
    view.setUint8(ip + 9, 6);
    view.setUint32(ip + 12, random());
    view.setUint32(ip + 16, 0x0a000000 | (random() >>> 16));
    view.setUint16(ip + 20, random() >>> 16);
    view.setUint16(ip + 22, 445);
    view.setUint32(ip + 24, random());
    view.setUint16(ip + 32, opening ? 0x6002 : 0x5014);
    view.setUint16(ip + 34, 1024);
    if (opening) view.setUint32(ip + 40, 0x020405b4);
  }
  return capture;
}
