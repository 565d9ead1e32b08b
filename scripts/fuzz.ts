/**
 * `npm run fuzz -- --inputs 5000000 --seed 7`: mutates inputs of every format and decodes them. Nothing may throw, hang, grow, or make an
 * impossible row. Input number I of a seed is always the same: `--first I --inputs 1` runs one again. Mutations are those of AFL.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { FORMAT_INPUTS } from "../src/formats/conformance.fixture.ts";
import { type Format, freshContext, ObservationWriter } from "../src/formats/format.ts";
import { FORMATS, recogniseFormat } from "../src/formats/index.ts";
import { encodeCapture } from "../src/lab/capture-writer.ts";
import { ethernet, gre, ipInIp, vlan, vxlan } from "../src/lab/frame.ts";
import { arpBody, fragmentIPv4, icmpError, icmpPacket, ipPacket, sctpInitPacket, tcpPacket, udpPacket } from "../src/lab/packet.ts";
import { NO_PORT, ObservationBatch, RECORD_PACKET } from "../src/model/observation.ts";
import { hasPorts } from "../src/model/protocol.ts";

const DEFAULT_INPUTS = 1_000_000;
/** Captures of a folder beside the project, when it is there, are mutated too if they are no larger. */
const SAMPLES = join(import.meta.dirname, "../../shared/samples");
const LARGEST_SEED = 8192;
/** One input that takes longer has hung, milliseconds: a decoder needs microseconds for one, a busy machine may pause. */
const HANG = 10_000;
/** Inputs after which memory is taken as settled: code is compiled and the heap has its size. */
const SETTLED = 20_000;
/** Growth of memory over the whole run beyond which something leaks, octets. */
const GROWTH = 256 * 1024 * 1024;
/** Keys in the maps of one decoder's stats: all come from tables. */
const MOST_KEYS = 150;
const INTERESTING_8 = [0, 1, 4, 5, 6, 8, 16, 17, 47, 0x45, 0x60, 0x7f, 0x80, 0xff] as const;
const INTERESTING_16 = [
  0, 1, 20, 28, 40, 0x0800, 0x0806, 0x8100, 0x86dd, 0x8847, 0x8864, 0x88be, 4789, 6081, 2152, 0x7fff, 0x8000, 0xffff,
] as const;
const INTERESTING_32 = [0, 1, 12, 101, 262_144, 262_145, 0x0a0d0d0a, 0x1a2b3c4d, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff] as const;

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: String(DEFAULT_INPUTS) },
    seed: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
  },
});
const inputs = Number(values.inputs);
const seed = Number(values.seed);
const first = Number(values.first);
if (![inputs, seed, first].every((value) => Number.isSafeInteger(value) && value >= 0)) {
  process.stderr.write("usage: node scripts/fuzz.ts [--inputs N] [--seed S] [--first I]\n");
  process.exitCode = 2;
} else process.exitCode = fuzz();

/** Runs all inputs and returns the exit code. */
function fuzz(): number {
  const corpus = makeCorpus();
  const started = performance.now();
  let memory = process.memoryUsage.rss();
  let rows = 0;
  let records = 0;
  let damaged = 0;
  let slowest = 0;
  const batch = new ObservationBatch(64);
  for (let number = first; number < first + inputs; number++) {
    if (number - first === SETTLED) memory = process.memoryUsage.rss();
    const random = randomOf(seed, number);
    const base = corpus[random() % corpus.length];
    if (base === undefined) throw new Error("no inputs to mutate");
    const input = mutate(base.bytes, corpus, random);
    const before = performance.now();
    try {
      const format = random() % 8 === 0 ? (recogniseFormat(input.subarray(0, 4096)) ?? base.format) : base.format;
      const seen = decode(format, input, 1 + (random() % 4096), batch);
      rows += seen.rows;
      records += seen.records;
      if (seen.damaged) damaged++;
    } catch (error) {
      process.stderr.write(`input ${number} of seed ${seed}: ${error instanceof Error ? error.stack : String(error)}\n`);
      process.stderr.write(
        `again: node scripts/fuzz.ts --seed ${seed} --first ${number} --inputs 1\n${Buffer.from(input).toString("base64")}\n`,
      );
      return 1;
    }
    const took = performance.now() - before;
    if (took > slowest) slowest = took;
    if (took > HANG) {
      process.stderr.write(`input ${number} of seed ${seed} took ${took.toFixed(0)} ms\n`);
      return 1;
    }
  }
  const grown = process.memoryUsage.rss() - memory;
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(
    `${inputs} inputs from ${corpus.length} seeds in ${seconds.toFixed(1)} s: ${records} records, ${rows} rows, ${damaged} damaged, ` +
      `slowest ${slowest.toFixed(1)} ms, memory +${(grown / 1048576).toFixed(0)} MiB\n`,
  );
  if (grown <= GROWTH) return 0;
  process.stderr.write("memory has grown too much\n");
  return 1;
}

interface Base {
  readonly format: Format;
  readonly bytes: Uint8Array;
}

function makeCorpus(): Base[] {
  const ends = { source: 0xc0000201, destination: 0xc6336402 };
  const ends6 = { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] } as const;
  const syn = { sourcePort: 0, destinationPort: 445, flags: 2, options: Uint8Array.of(2, 4, 5, 0xb4, 3, 3, 7, 1) };
  const tcp = tcpPacket(ends, syn);
  const tcp6 = tcpPacket(ends6, syn);
  const chain = Uint8Array.of(43, 0, 5, 2, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 44, 0, 1, 4, 0, 0, 0, 0, 6, 0, 0, 1, 0, 0, 0, 9);
  const udp = (port: number, ...head: number[]): Uint8Array =>
    udpPacket(ends, { sourcePort: 1024, destinationPort: port, payload: new Uint8Array([...head, ...tcp]) });
  const packets = [
    tcp,
    tcp6,
    udpPacket(ends, { sourcePort: 0, destinationPort: 53 }),
    icmpPacket(ends, 8, 0, 1),
    icmpError(ends, 3, 3, tcp),
    icmpPacket(ends6, 1, 4, 0, tcp6),
    sctpInitPacket(ends, 1, 2, 3),
    ipPacket(ends6, 0, new Uint8Array([...chain, ...tcp.subarray(20)])),
    ipPacket(ends, 51, new Uint8Array([6, 4, 0, 0, ...new Uint8Array(20), ...tcp.subarray(20)])),
    ...fragmentIPv4(tcp, 8),
    gre(ends, tcp6),
    gre(ends, vxlan(ends, 1, 2, ethernet(ipInIp(ends, tcp)))),
    ipPacket(ends, 47, new Uint8Array([0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 0, 0, 0, 0, 0, ...ethernet(tcp)])),
    ipPacket(ends, 47, new Uint8Array([0x30, 0x81, 0x88, 0x0b, 0, 44, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 3, 0, 0x21, ...tcp])),
    udp(6081, 0, 0, 8, 0, 0, 0, 7, 0),
    udp(2152, 0x34, 0xff, 0, 52, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0),
    udp(3544, 0, 1, 0, 0, ...new Uint8Array(9)),
  ];
  const frames = [
    ...packets.map((packet) => ethernet(packet)),
    vlan(vlan(ethernet(tcp), 1), 2),
    ethernet(arpBody(1, new Uint8Array(6), 1, new Uint8Array(6), 2), undefined, undefined, 0x0806),
    ethernet(new Uint8Array([0, 1, 0x11, 0x40, 0, 0, 0, 0, ...ethernet(tcp)]), undefined, undefined, 0x8847),
    ethernet(new Uint8Array([0x11, 0, 0, 1, 0, 46, 0, 0x21, ...tcp]), undefined, undefined, 0x8864),
    ethernet(new Uint8Array([0xaa, 0xaa, 3, 0, 0, 0, 8, 0, ...tcp]), undefined, undefined, 56),
  ];
  const corpus: Base[] = [];
  const add = (bytes: Uint8Array): void => {
    const format = recogniseFormat(bytes.subarray(0, 4096));
    if (format !== null) corpus.push({ format, bytes });
  };
  for (const format of ["pcap", "pcapng"] as const) {
    for (const littleEndian of [true, false]) {
      const timed = frames.map((frame, i) => ({ time: i, frame }));
      for (let i = 0; i < timed.length; i += 4) add(encodeCapture(timed.slice(i, i + 4), { format, littleEndian }));
    }
    for (const linkType of [0, 9, 10, 50, 51, 100, 101, 104, 108, 109, 113, 117, 204, 228, 229, 239, 276]) {
      const head = new Uint8Array(linkType === 239 ? [2, 0, 0, 0, 48, 0, 9, 0] : []);
      add(
        encodeCapture(packets.map((packet, i) => ({ time: i, frame: new Uint8Array([...head, ...packet]) })).slice(0, 6), {
          format,
          linkType,
        }),
      );
    }
  }
  for (const { format, bytes } of FORMAT_INPUTS) corpus.push({ format, bytes });
  if (existsSync(SAMPLES)) {
    for (const name of readdirSync(SAMPLES, { recursive: true, encoding: "utf8" }).toSorted()) {
      const path = join(SAMPLES, name);
      const { size } = statSync(path);
      if (statSync(path).isFile() && size <= LARGEST_SEED) add(new Uint8Array(readFileSync(path)));
    }
  }
  for (const format of FORMATS) if (!corpus.some((base) => base.format === format)) throw new Error(`no input of format ${format.name}`);
  return corpus;
}

/** A generator of 32-bit numbers (xorshift) that depends on nothing but its two arguments. */
function randomOf(a: number, b: number): () => number {
  let state = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 1, 0xc2b2ae35);
  state = Math.imul(state ^ (state >>> 15), 0x27d4eb2f) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function mutate(base: Uint8Array, corpus: readonly Base[], random: () => number): Uint8Array {
  let bytes = new Uint8Array(base);
  const changes = 1 << (random() % 5);
  for (let change = 0; change < changes && bytes.length > 8; change++) {
    const at = random() % bytes.length;
    const view = new DataView(bytes.buffer);
    switch (random() % 10) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (random() % 8));
        break;
      case 1:
        bytes[at] = random();
        break;
      case 2:
        bytes[at] = pick(INTERESTING_8, random);
        break;
      case 3:
        if (at + 2 <= bytes.length) view.setUint16(at, pick(INTERESTING_16, random), random() % 2 === 0);
        break;
      case 4:
        if (at + 4 <= bytes.length) view.setUint32(at, pick(INTERESTING_32, random), random() % 2 === 0);
        break;
      case 5:
        bytes[at] = (bytes[at] ?? 0) + (random() % 35) - 17;
        break;
      case 6: {
        const length = 1 + (random() % 64);
        bytes.copyWithin(random() % bytes.length, at, at + length);
        break;
      }
      case 7: {
        const cut = 1 + (random() % 32);
        bytes = joined(bytes.subarray(0, at), bytes.subarray(at + cut));
        break;
      }
      case 8: {
        const other = corpus[random() % corpus.length]?.bytes ?? bytes;
        const from = random() % other.length;
        bytes = joined(bytes.subarray(0, at), other.subarray(from, from + 1 + (random() % 128)), bytes.subarray(at));
        break;
      }
      default:
        if (random() % 4 === 0) bytes = bytes.slice(0, at);
    }
  }
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function pick(list: readonly number[], random: () => number): number {
  return list[random() % list.length] ?? 0;
}

/** Decodes with `step` octets arriving at a time; throws where the decoder or a row breaks a promise. */
function decode(
  format: Format,
  input: Uint8Array,
  step: number,
  batch: ObservationBatch,
): { rows: number; records: number; damaged: boolean } {
  let rows = 0;
  batch.length = 0;
  const writer = new ObservationWriter(batch, (full) => {
    rows += full.length;
    for (let row = 0; row < full.length; row++) check(full, row);
    full.length = 0;
    return full;
  });
  const decoder = format.decoder(writer, freshContext(0));
  let at = 0;
  for (let end = Math.min(step, input.length); ; end = Math.min(end + step, input.length)) {
    const used = decoder.push(input, at, end);
    if (used < 0 || used > end - at) throw new Error(`${format.name}: used ${used} of ${end - at} octets`);
    at += used;
    if (end === input.length) break;
  }
  decoder.end(input, at, input.length);
  writer.flush();
  if (decoder.stats.skipped.size + decoder.stats.encapsulations.size > MOST_KEYS) throw new Error("stats grow with the input");
  return { rows, records: decoder.stats.records, damaged: decoder.stats.damage !== null };
}

function check(batch: ObservationBatch, row: number): void {
  const source = batch.sourcePort[row]!;
  const family = batch.family[row]!;
  if (family !== 4 && family !== 6) throw new Error(`family ${family}`);
  if ((source === NO_PORT) !== (batch.destinationPort[row] === NO_PORT)) throw new Error("one port without the other");
  if (source < NO_PORT || source > 65_535) throw new Error(`source port ${source}`);
  if (source !== NO_PORT && (!hasPorts(batch.protocol[row]!) || batch.fragment[row] === 2)) throw new Error("ports where there are none");
  const isPacket = batch.record[row] === RECORD_PACKET;
  if (isPacket && batch.payload[row]! > batch.bytes[row]!) throw new Error(`payload ${batch.payload[row]} of ${batch.bytes[row]} octets`);
  if (batch.tunnels[row]! > 8) throw new Error(`${batch.tunnels[row]} tunnels`);
  if (!Number.isFinite(batch.time[row]!)) throw new Error(`time ${batch.time[row]}`);
}
