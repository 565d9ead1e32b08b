/**
 * How fast records other than packets become observations, on one core, each beside a peer that reads the same file (or, for nfdump,
 * the same records in its own file). The peer counts or selects; none of them judges.
 */
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, readSync, rmSync } from "node:fs";
import { createSocket } from "node:dgram";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Decoder, freshContext, HEAD_BYTES, ObservationWriter } from "../src/formats/format.ts";
import { recogniseFormat } from "../src/formats/index.ts";
import { ObservationBatch } from "../src/model/observation.ts";
import { makeRecords, type RecordKind } from "./make-records.ts";
import { timedRun } from "./timed-run.ts";

const CHUNK = 1 << 20;
/** nfcapd takes records over the loopback: few enough that none is lost. */
const NFDUMP_RECORDS = 300_000;
const NFCAPD_PORT = 29_995;
const DATAGRAM_BYTES = 24 + 30 * 48;

interface Case {
  readonly kind: RecordKind;
  readonly records: number;
  /** Records a second that we mean to reach. */
  readonly goal: number;
  readonly peer: (path: string, folder: string) => Promise<{ name: string; rate: number } | null>;
}

const CASES: readonly Case[] = [
  { kind: "netflow-v5", records: 4_000_000, goal: 2e6, peer: nfdump },
  { kind: "netflow-v9", records: 4_000_000, goal: 2e6, peer: nfdump },
  { kind: "zeek-tsv", records: 3_000_000, goal: 1e6, peer: command("awk", "-F\t", "$4 == 0 || $6 == 0 { n++ } END { print n }") },
  { kind: "suricata-eve", records: 1_500_000, goal: 4e5, peer: command("jq", "-c", "select(.src_port == 0 or .dest_port == 0)") },
  { kind: "netfilter", records: 3_000_000, goal: 7e5, peer: command("grep", "-cE", " (SPT|DPT)=0 ") },
];

const [fileToDecode] = process.argv.slice(2);
if (import.meta.main && fileToDecode !== undefined) console.log(decodeFile(fileToDecode));

/** Prints a line a format. `folder` is for files that are removed again. */
export async function measureRecords(folder: string, rounds: number): Promise<void> {
  console.log(`\n${"records".padEnd(14)}${"ours".padStart(12)}${"goal".padStart(10)}   peer`);
  for (const { kind, records, goal, peer } of CASES) {
    const path = join(folder, kind);
    const count = makeRecords(kind, path, records);
    const rates = Array.from({ length: rounds }, () => count / secondsOf(path)).toSorted((a, b) => a - b);
    const ours = rates[rates.length >> 1] ?? 0;
    const theirs = await peer(path, folder);
    const beside =
      theirs === null ? "not installed" : `${theirs.name} ${million(theirs.rate)}/s: ours is ${(ours / theirs.rate).toFixed(1)} ×`;
    console.log(`${kind.padEnd(14)}${`${million(ours)}/s`.padStart(12)}${million(goal).padStart(10)}   ${beside}`);
    rmSync(path);
  }
}

/** Seconds to decode the file, in a process of its own: as a user runs it, with code that has seen one format. */
function secondsOf(path: string): number {
  const { stdout, stderr, status } = spawnSync(process.execPath, [import.meta.filename, path], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

/** Seconds to read and decode the file, rows thrown away. */
function decodeFile(path: string): number {
  const buffer = new Uint8Array(2 * CHUNK);
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    batch.length = 0;
    return batch;
  });
  const file = openSync(path, "r");
  const began = performance.now();
  let decoder: Decoder | null = null;
  let rest = 0;
  for (;;) {
    const read = readSync(file, buffer, rest, CHUNK, null);
    if (read === 0) break;
    decoder ??= recogniseFormat(buffer.subarray(0, HEAD_BYTES))?.decoder(writer, freshContext()) ?? null;
    if (decoder === null) throw new Error(`${path}: not recognised`);
    const end = rest + read;
    const used = decoder.push(buffer, 0, end);
    buffer.copyWithin(0, used, end);
    rest = end - used;
  }
  decoder?.end(buffer, 0, rest);
  writer.flush();
  closeSync(file);
  return (performance.now() - began) / 1000;
}

function command(program: string, ...args: readonly string[]): Case["peer"] {
  return async (path, folder) => {
    if (!has(program)) return null;
    const lines = countLines(path);
    return { name: program, rate: lines / timedRun([program, ...args, path], folder).seconds };
  };
}

/** nfdump on its own file, made by nfcapd from v5 datagrams sent over the loopback. */
async function nfdump(_path: string, folder: string): Promise<{ name: string; rate: number } | null> {
  if (!has("nfcapd") || !has("nfdump")) return null;
  const source = join(folder, "nfdump-source");
  const sent = makeRecords("netflow-v5", source, NFDUMP_RECORDS);
  const datagrams = readFileSync(source);
  const started = spawnSync("nfcapd", [
    "-D",
    "-l",
    folder,
    "-p",
    String(NFCAPD_PORT),
    "-b",
    "127.0.0.1",
    "-t",
    "3600",
    "-P",
    join(folder, "nfcapd.pid"),
    "-B",
    "16777216",
  ]);
  if (started.status !== 0) return null;
  await setTimeout(500);
  const socket = createSocket("udp4");
  for (let at = 0; at < datagrams.length; at += DATAGRAM_BYTES) {
    socket.send(datagrams.subarray(at, at + DATAGRAM_BYTES), NFCAPD_PORT, "127.0.0.1");
    if (at % (DATAGRAM_BYTES * 50) === 0) await setTimeout(1);
  }
  await setTimeout(1000);
  socket.close();
  process.kill(Number(readFileSync(join(folder, "nfcapd.pid"), "utf8")), "SIGTERM");
  await setTimeout(1000);
  const file = readdirSync(folder).find((name) => /^nfcapd\.\d+$/.test(name));
  if (file === undefined) return null;
  const run = timedRun(["nfdump", "-r", join(folder, file), "-q", "-o", "fmt:%sa", "port 0"], folder);
  rmSync(join(folder, file));
  rmSync(source);
  return { name: "nfdump", rate: sent / run.seconds };
}

function countLines(path: string): number {
  const octets = readFileSync(path);
  let lines = 0;
  for (let at = octets.indexOf(10); at >= 0; at = octets.indexOf(10, at + 1)) lines++;
  return lines;
}

function has(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

function million(rate: number): string {
  return `${(rate / 1e6).toFixed(2)} M`;
}
