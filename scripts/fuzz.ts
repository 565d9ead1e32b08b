/**
 * `npm run fuzz -- --inputs 5000000 --seed 7` (`--help` for all options): mutates inputs of every format and decodes them, then gives every format texts that are
 * long and monotonous. Nothing may throw, hang, grow, depend on how the input is cut into chunks, or make an impossible row. Input number
 * I of a seed is always the same: `--first I --inputs 1` runs one again (`--texts no`: without the long ones; `--format`: of one format).
 */
import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { type Decoded, decodeWhole } from "../src/formats/decode-whole.ts";
import { type DecodeContext, type Format, freshContext, HEAD_BYTES } from "../src/formats/format.ts";
import { FORMATS, recogniseFormat } from "../src/formats/index.ts";
import { problemOf } from "../src/formats/row-laws.fixture.ts";
import { type Base, makeCorpus } from "./fuzz-corpus.ts";
import { HOSTILE_BYTES, hostileTexts } from "./fuzz-hostile.ts";
import { mutate, pick, randomOf } from "./fuzz-mutations.ts";

const DEFAULT_INPUTS = 1_000_000;
/** When all inputs were last written, seconds since 1970: those made by us have stamps of the months before. */
const WRITTEN_AT = 1_400_000_000;
/** One input that takes longer has hung, milliseconds of the processor: a decoder needs microseconds for one. */
const HANG = 10_000;
/** Inputs after which memory is taken as settled: code is compiled and the heap has its size. */
const SETTLED = 20_000;
/** Growth of memory over the whole run beyond which something leaks, octets. */
const GROWTH = 256 * 1024 * 1024;
/** Keys in the maps of one decoder's stats: all come from tables. */
const MOST_KEYS = 150;
/** Octets of an input that fails and is printed. */
const MOST_SHOWN = 2048;
/** Inputs after which the event loop gets a turn: Node keeps what zlib refused until then. */
const TURN = 256;
/** Rows of a batch: few, so that batches fill up in the middle of records. */
const CAPACITY = 16;
/** Octets of a long text that arrive at a time. */
const TEXT_STEP = 1 << 16;

const USAGE = `usage: node scripts/fuzz.ts [--inputs N] [--seed S] [--first I] [--format NAME] [--texts no]

  --inputs N     mutated inputs, ${DEFAULT_INPUTS} where not given
  --seed S       which inputs: number I of a seed is always the same
  --first I      begin with number I; with --inputs 1, one again
  --format NAME  only of that format (precursor formats lists them)
  --texts no     without the long, monotonous texts at the end
`;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    inputs: { type: "string", default: String(DEFAULT_INPUTS) },
    seed: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
    texts: { type: "string", default: "yes" },
    format: { type: "string", default: "" },
  },
});
const inputs = Number(values.inputs);
const seed = Number(values.seed);
const first = Number(values.first);
if (values.help) process.stdout.write(USAGE);
else if (![inputs, seed, first].every((value) => Number.isSafeInteger(value) && value >= 0)) process.exitCode = refused();
else process.exitCode = await run();

function refused(): number {
  process.stderr.write(USAGE);
  return 2;
}

/** Runs all inputs and returns the exit code. */
async function run(): Promise<number> {
  const corpus = makeCorpus().filter((base) => values.format === "" || base.format.name === values.format);
  if (corpus.length === 0) return refused();
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const watchdog = watch(progress);
  const code = (await fuzz(corpus, progress)) || (values.texts === "no" ? 0 : readTexts(corpus, progress));
  await watchdog.terminate();
  return code;
}

/** Milliseconds that the process has had: others on the machine do not count. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Kills the process where an input takes forever: the thread that decodes it can no longer speak. */
function watch(progress: Int32Array): Worker {
  const program = `
    const { workerData } = require("node:worker_threads");
    let last = -1;
    setInterval(() => {
      const now = Atomics.load(workerData.progress, 0);
      if (now === last) {
        require("node:fs").writeSync(2, "input " + now + " of seed " + workerData.seed + " hangs\\n");
        process.kill(process.pid, "SIGKILL");
      }
      last = now;
    }, ${6 * HANG});`;
  return new Worker(program, { eval: true, workerData: { progress, seed } });
}

async function fuzz(corpus: readonly Base[], progress: Int32Array): Promise<number> {
  const formats = [...new Set(corpus.map((base) => base.format))];
  const byFormat = new Map(formats.map((format) => [format, corpus.filter((base) => base.format === format)]));
  const started = performance.now();
  let memory = process.memoryUsage.rss();
  let rows = 0;
  let records = 0;
  let damaged = 0;
  let slowest = 0;
  let slowestNumber = first;
  for (let number = first; number < first + inputs; number++) {
    Atomics.store(progress, 0, number);
    if (number % TURN === 0) await setImmediate();
    if (number - first === SETTLED) memory = process.memoryUsage.rss();
    const random = randomOf(seed, number);
    // Formats with few inputs get as much as those with many
    const base = pick(random() % 2 === 0 ? corpus : (byFormat.get(pick(formats, random)) ?? corpus), random);
    const like = random() % 2 === 0 ? (byFormat.get(base.format) ?? corpus) : corpus;
    const next = (): Uint8Array => mutate(base.bytes, base.isText, () => pick(like, random).bytes, random);
    const input = next();
    const before = processorTime();
    try {
      const format = random() % 8 === 0 ? (recogniseFormat(input.subarray(0, HEAD_BYTES)) ?? base.format) : base.format;
      const earlier = random() % 8 === 0 ? next() : null;
      const seen = decode(format, input, stepOf(input, 4096, random), earlier);
      rows += seen.rows.length;
      records += seen.stats.records;
      if (seen.stats.damage !== null) damaged++;
      if (random() % 4 === 0) {
        const again = decode(format, input, stepOf(input, 300, random), earlier);
        if (!isDeepStrictEqual(again.rows, seen.rows)) throw new Error("rows depend on chunks");
        if (!isDeepStrictEqual(again.stats, seen.stats)) throw new Error("counts depend on chunks");
      }
    } catch (error) {
      process.stderr.write(`${base.name}, ${base.format.name}: ${error instanceof Error ? error.stack : String(error)}\n`);
      process.stderr.write(
        `again: node scripts/fuzz.ts --seed ${seed} --first ${number} --inputs 1${values.format === "" ? "" : ` --format ${values.format}`}\n`,
      );
      if (input.length <= MOST_SHOWN) process.stderr.write(`${Buffer.from(input).toString("base64")}\n`);
      return 1;
    }
    const took = processorTime() - before;
    if (took > slowest) {
      slowest = took;
      slowestNumber = number;
    }
    if (took > HANG) {
      process.stderr.write(`input ${number} of seed ${seed} took ${took.toFixed(0)} ms\n`);
      return 1;
    }
  }
  const grown = process.memoryUsage.rss() - memory;
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(
    `${inputs} inputs from ${corpus.length} seeds in ${seconds.toFixed(1)} s: ${records} records, ${rows} rows, ${damaged} damaged, ` +
      `slowest ${slowest.toFixed(0)} ms (${slowestNumber}), memory +${(grown / 1048576).toFixed(0)} MiB\n`,
  );
  if (grown <= GROWTH) return 0;
  process.stderr.write("memory has grown too much\n");
  return 1;
}

/** Octets that arrive at a time, up to `most`; not so few that moving the rest of a long line about takes all the time. */
function stepOf(input: Uint8Array, most: number, random: () => number): number {
  return Math.max(1 + (random() % most), input.length >>> 8);
}

/** Decodes with `step` octets arriving at a time, behind an earlier input of the same run; throws where a promise is broken. */
function decode(format: Format, input: Uint8Array, step: number, earlier: Uint8Array | null): Decoded {
  const context = freshContext(WRITTEN_AT);
  if (earlier !== null) check(format, earlier, step, context);
  return check(format, input, step, context);
}

function check(format: Format, input: Uint8Array, step: number, context: DecodeContext): Decoded {
  const decoded = decodeWhole(format, input, step, CAPACITY, context);
  for (const row of decoded.rows) {
    const problem = problemOf(row);
    if (problem !== null) throw new Error(`${problem}: ${JSON.stringify(row)}`);
  }
  if (decoded.stats.skipped.size + decoded.stats.encapsulations.size > MOST_KEYS) throw new Error("stats grow with the input");
  return decoded;
}

/** Reads the long texts as every format, alone and in the middle of an input of its own. */
function readTexts(corpus: readonly Base[], progress: Int32Array): number {
  const memory = process.memoryUsage.rss();
  let slowest = 0;
  let slowestName = "";
  let texts = 0;
  for (const { name, bytes } of hostileTexts()) {
    const timed = (what: string, act: () => void): void => {
      Atomics.add(progress, 0, 1);
      const before = processorTime();
      act();
      const took = processorTime() - before;
      texts++;
      if (took <= slowest) return;
      slowest = took;
      slowestName = `${name} as ${what}`;
    };
    const head = bytes.subarray(0, HEAD_BYTES);
    for (const format of FORMATS) timed(`a head of ${format.name}`, () => format.recognises(head));
    const seen = new Set<Format>();
    for (const { format, bytes: own } of corpus) {
      if (seen.has(format)) continue;
      seen.add(format);
      timed(format.name, () => void check(format, bytes, TEXT_STEP, freshContext(WRITTEN_AT)));
      const middle = Math.floor(own.length / 2);
      const within = new Uint8Array(Buffer.concat([own.subarray(0, middle), bytes, own.subarray(middle)]));
      timed(`${format.name}, in the middle`, () => void check(format, within, TEXT_STEP, freshContext(WRITTEN_AT)));
    }
  }
  const grown = process.memoryUsage.rss() - memory;
  process.stdout.write(
    `${texts} readings of monotonous texts of ${HOSTILE_BYTES} octets: slowest ${slowest.toFixed(0)} ms (${slowestName}), ` +
      `memory +${(grown / 1048576).toFixed(0)} MiB\n`,
  );
  if (slowest <= HANG && grown <= GROWTH) return 0;
  process.stderr.write("a text takes too long, or memory has grown too much\n");
  return 1;
}
