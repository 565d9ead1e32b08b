/**
 * `npm run bench:speed`: how fast Precursor is beside other programs on one capture, in turns, so that a machine that warms up or is
 * shared is the same to all. The capture is made (scan-heavy; `--mixed` for ordinary traffic) or given (`--file`).
 * Then flow records and log lines, each beside a peer of its own (`--records`: those alone).
 * `--growth` measures Precursor alone over captures of 10 MB, 100 MB and 1 GB, and 10 GB with `--large`.
 */
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { makeCapture } from "./make-capture.ts";
import { measureListener } from "./listener.ts";
import { measureRecords } from "./record-formats.ts";
import { medianRun, timedRun, type TimedRun } from "./timed-run.ts";

const CLI = join(import.meta.dirname, "..", "dist", "cli.js");
/** tshark dissects everything and would take half an hour: it gets this share of the file. */
const TSHARK_SHARE = 1 / 100;
const PCAP_HEADER = 24;
const GROWTH = [10e6, 100e6, 1e9];
const LARGE = 10e9;

const { values } = parseArgs({
  options: {
    file: { type: "string" },
    bytes: { type: "string", default: "1.2e9" },
    sources: { type: "string", default: "1e6" },
    seed: { type: "string", default: "1" },
    rounds: { type: "string", default: "3" },
    mixed: { type: "boolean", default: false },
    growth: { type: "boolean", default: false },
    large: { type: "boolean", default: false },
    records: { type: "boolean", default: false },
  },
});
const rounds = Math.max(1, Number(values.rounds));
const folder = mkdtempSync(join(tmpdir(), "precursor-speed-"));
process.once("SIGINT", () => process.exit(130));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

if (!existsSync(CLI)) throw new Error("dist/ is missing: npm run build");
console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? "processor"}`);
if (values.growth) measureGrowth();
else {
  if (!values.records) compare(values.file ?? made(Number(values.bytes)));
  if (values.file === undefined && !values.mixed) {
    await measureRecords(folder, rounds);
    await measureListener([300_000, 600_000]);
  }
}

/** Every program once a round, after one reading that brings the file into memory; then the medians. */
function compare(path: string): void {
  const packets = countRecords(path);
  const size = statSync(path).size;
  console.log(`${packets.toLocaleString("en")} packets, ${megabytes(size)} MB; ${rounds} rounds, medians\n`);
  const start = startOfCapture(path, size);
  const tsharkStart = start === null ? null : medianRun([1, 2, 3].map(() => tshark(start.empty)));
  const programs = new Map<string, () => TimedRun | null>([
    ["precursor assess", () => timedRun(ours(path), folder)],
    ["tcpdump, port zero", () => (has("tcpdump") ? timedRun(["tcpdump", "-nr", path, "tcp port 0 or udp port 0"], folder) : null)],
    ["tshark, port zero", () => (start === null || tsharkStart === null ? null : scaled(tshark(start.path), tsharkStart, start.share))],
    ["cat", () => timedRun(["cat", path], folder)],
  ]);
  const runs = new Map([...programs.keys()].map((name) => [name, [] as TimedRun[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of programs) {
      const measured = run();
      if (measured !== null) runs.get(name)?.push(measured);
    }
  }
  const medians = [...runs].flatMap(([name, list]) => (list.length === 0 ? [] : [[name, medianRun(list)] as const]));
  const own = medians[0]?.[1].seconds ?? 0;
  table(
    ["", "seconds", "Mpackets/s", "MB/s", "peak MB", "processor s", "precursor takes"],
    medians.map(([name, run]) => [
      name,
      run.seconds.toFixed(2),
      significant(packets / run.seconds / 1e6),
      significant(size / run.seconds / 1e6),
      run.peakMegabytes?.toFixed(0) ?? "–",
      run.processorSeconds?.toFixed(2) ?? "–",
      `${significant(own / run.seconds)} ×`,
    ]),
  );
  for (const name of runs.keys()) if (runs.get(name)?.length === 0) console.log(`${name}: not installed`);
  if (start !== null) {
    console.log(
      `tshark read the first ${significant((size * start.share) / 1e6)} MB; its time is scaled to the whole, its start counted once.`,
    );
  }
  if (medians[0]?.[1].peakMegabytes === null) console.log("Memory is not told: GNU time is not installed.");
}

/** Time and memory of Precursor alone as captures grow. */
function measureGrowth(): void {
  const rows: string[][] = [];
  for (const bytes of values.large ? [...GROWTH, LARGE] : GROWTH) {
    const free = statfsSync(folder);
    if (free.bavail * free.bsize < 1.2 * bytes) {
      console.log(`${megabytes(bytes)} MB: not enough room in ${tmpdir()}`);
      continue;
    }
    const path = made(bytes);
    const packets = countRecords(path);
    const run = medianRun(Array.from({ length: bytes === LARGE ? 1 : rounds }, () => timedRun(ours(path), folder)));
    rmSync(path);
    const rate = significant(packets / run.seconds / 1e6);
    rows.push([megabytes(bytes), packets.toLocaleString("en"), run.seconds.toFixed(2), rate, run.peakMegabytes?.toFixed(0) ?? "–"]);
  }
  table(["MB", "packets", "seconds", "Mpackets/s", "peak MB"], rows);
}

function ours(path: string): string[] {
  return [process.execPath, CLI, "assess", path, "--format", "json"];
}

/** A cut file is what tshark ends with 2 for. */
function tshark(path: string): TimedRun {
  return timedRun(["tshark", "-nr", path, "-Y", "tcp.port == 0 or udp.port == 0"], folder, [0, 2]);
}

function scaled(run: TimedRun, start: TimedRun, share: number): TimedRun {
  const whole = (part: number, base: number): number => base + Math.max(0, part - base) / share;
  const processorSeconds =
    run.processorSeconds === null || start.processorSeconds === null ? null : whole(run.processorSeconds, start.processorSeconds);
  return { seconds: whole(run.seconds, start.seconds), processorSeconds, peakMegabytes: run.peakMegabytes };
}

/** The beginning of a pcap for tshark, and the same without packets, to know what its start takes; null where tshark or pcap is not there. */
function startOfCapture(path: string, size: number): { path: string; empty: string; share: number } | null {
  if (!has("tshark") || !path.endsWith(".pcap")) return null;
  const octets = Math.max(PCAP_HEADER, Math.floor(size * TSHARK_SHARE));
  const bytes = new Uint8Array(octets);
  const file = openSync(path, "r");
  const length = readSync(file, bytes);
  closeSync(file);
  const [beginning, empty] = [join(folder, "beginning.pcap"), join(folder, "empty.pcap")];
  writeFileSync(beginning, bytes.subarray(0, length));
  writeFileSync(empty, bytes.subarray(0, PCAP_HEADER));
  return { path: beginning, empty, share: length / size };
}

function made(bytes: number): string {
  const path = join(folder, `${megabytes(bytes).replaceAll(",", "")}.pcap`);
  makeCapture({ path, bytes, sources: Number(values.sources), seed: Number(values.seed), mixed: values.mixed });
  return path;
}

/** How many packets the file has, by a run that is not measured and brings the file into memory. */
function countRecords(path: string): number {
  const report = join(folder, "report.json");
  timedRun([...ours(path), "-o", report], folder);
  const { input } = JSON.parse(readFileSync(report, "utf8")) as { input: { records: number } };
  return input.records;
}

function has(program: string): boolean {
  return spawnSync(program, ["--version"]).error === undefined;
}

function significant(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}

function megabytes(bytes: number): string {
  return Math.round(bytes / 1e6).toLocaleString("en");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of [head, ...rows]) {
    console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "));
  }
}
