/**
 * `npm run bench:endurance-watch`: a watch follows a firewall's log that grows without end and is rotated, is killed (SIGKILL) every 20 s, finds
 * its disk full now and then, and its clock a day ahead or minutes back. At the end each line has to be in history once, and memory has to be
 * flat. `--minutes N` (10), `--rate LINES` a second (4,000), `--folder FOLDER`. The full disk needs a mount namespace; without, it is left out.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { groupSeriesNumber } from "../src/model/series.ts";
import { openStore } from "../src/store/open-store.ts";

const KILL_SECONDS = 20;
/** Seconds of a life in which the disk is full, in every second one. */
const FULL_FROM = 6;
const FULL_TO = 14;
/** Seconds of a life at which the clock jumps, and comes back; by how much in turn, seconds. */
const JUMP_AT = 8;
const BACK_AT = 12;
const JUMPS = [86_400, -240];
const ROTATE_SECONDS = 47;
const WRITES_A_SECOND = 10;
const SOURCES = 20_000;
const TOP_SOURCES = 50;
/** Megabytes of the disk of the spool. */
const DISK = 48;
/** Largest resident set of the last third of lives against the second: the first fills an empty store. */
const FLAT = 1.15;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    rate: { type: "string", default: "4000" },
    folder: { type: "string" },
  },
});
const rate = Number(values.rate);
const folder = values.folder ?? mkdtempSync(join(tmpdir(), "bench-endurance-"));
const log = join(folder, "fw.log");
const state = join(folder, "state");
let lines = 0;
/** Who holds the small disk. */
const disk = await smallDisk();
try {
  await main();
} finally {
  disk?.kill("SIGKILL");
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  writeFileSync(log, "");
  if (disk === null) console.error("no mount namespace here: the disk is never full");
  const writing = setInterval(write, 1000 / WRITES_A_SECOND);
  const rotating = setInterval(() => {
    renameSync(log, `${log}.1`);
    writeFileSync(log, "");
  }, 1000 * ROTATE_SECONDS);
  const end = performance.now() + Number(values.minutes) * 60_000;
  const resident: number[] = [];
  const troubles = new Map<string, number>();
  for (let life = 0; performance.now() < end; life++) {
    resident.push(await live(life, troubles));
    console.error(`killed ${life + 1} times; ${lines.toLocaleString("en")} lines; ${megabytes(resident.at(-1) ?? 0)} resident`);
  }
  clearInterval(writing);
  clearInterval(rotating);
  const last = watch(troubles);
  await once(last.child, "spawn");
  await sleep(20_000);
  last.child.kill("SIGTERM");
  await once(last.child, "exit");
  const wrong = await compare();
  const third = Math.ceil(resident.length / 3);
  const [before, after] = [Math.max(...resident.slice(third, 2 * third)), Math.max(...resident.slice(-third))];
  console.log(
    `${resident.length} times killed; resident at most: ${megabytes(Math.max(...resident.slice(0, third)))}, ${megabytes(before)}, ${megabytes(after)} in the thirds of lives`,
  );
  for (const [trouble, count] of troubles) console.log(`told ${count} times: ${trouble}`);
  if (after > FLAT * before) wrong.push("memory grows");
  console.log(wrong.length === 0 ? "nothing lost, nothing doubled, memory flat: met" : `MISSED: ${wrong.join("; ")}`);
  if (wrong.length > 0) process.exitCode = 1;
}

/** Holds a small file system under the folder of the state; null where that is not allowed. */
async function smallDisk(): Promise<ChildProcess | null> {
  mkdirSync(state, { recursive: true });
  const script = 'mount -t tmpfs -o size="$1"m tmpfs "$2" && echo mounted && exec sleep 86400';
  const holder = spawn("unshare", ["-Urm", "sh", "-c", script, "sh", String(DISK), state], { stdio: ["ignore", "pipe", "ignore"] });
  const mounted = await Promise.race([
    once(holder.stdout, "data").then(() => true),
    once(holder, "exit").then(() => false),
    once(holder, "error").then(() => false),
  ]);
  return mounted ? holder : null;
}

function write(): void {
  const time = new Date().toISOString().slice(0, 19);
  let text = "";
  for (let i = 0; i < rate / WRITES_A_SECOND; i++) text += lineOf(lines++, time);
  appendFileSync(log, text);
}

/** The source of each line: some send far more than others. */
function sourceOf(line: number): number {
  return line % 3 === 0 ? line % 97 : line % SOURCES;
}

function lineOf(line: number, time: string): string {
  const source = sourceOf(line);
  return `${time}+00:00 fw kernel: IN=eth0 OUT= MAC=00:00:00:00:00:00 SRC=${addressOf(source)} DST=192.0.2.${line % 250} LEN=44 TOS=0x00 PREC=0x00 TTL=240 ID=54321 PROTO=TCP SPT=40000 DPT=${line % 1000} WINDOW=1024 RES=0x00 SYN URGP=0 \n`;
}

function addressOf(source: number): string {
  return `198.18.${source >> 8}.${source & 255}`;
}

function watch(troubles: Map<string, number>): { child: ChildProcess; resident: () => number } {
  const program = [process.execPath, join(import.meta.dirname, "endurance-watch-process.ts"), folder, state, log];
  const [command = "", ...args] =
    disk === null ? program : ["nsenter", "--preserve-credentials", "-U", "-m", "-t", String(disk.pid), "--", ...program];
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  let resident = 0;
  if (child.stdout === null) throw new Error("no output");
  createInterface(child.stdout).on("line", (line) => {
    const told = JSON.parse(line) as { resident?: number; trouble?: string };
    if (told.resident !== undefined) resident = Math.max(resident, told.resident);
    if (told.trouble !== undefined) troubles.set(told.trouble, (troubles.get(told.trouble) ?? 0) + 1);
  });
  return { child, resident: () => resident };
}

/** One life; the largest resident set, octets. */
async function live(life: number, troubles: Map<string, number>): Promise<number> {
  const { child, resident } = watch(troubles);
  const exited = once(child, "exit").then(() => true);
  const ballast = disk === null ? null : join("/proc", String(disk.pid), "root", state, "ballast");
  for (let second = 0; second < KILL_SECONDS; second++) {
    if (second === FULL_FROM && life % 2 === 0 && ballast !== null) spawnSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=4096"]);
    if (second === FULL_TO && ballast !== null) rmSync(ballast, { force: true });
    if (second === JUMP_AT) child.stdin?.write(`${JUMPS[life % JUMPS.length]}\n`);
    if (second === BACK_AT) child.stdin?.write("0\n");
    if (await Promise.race([sleep(1000, false), exited])) throw new Error(`the watch ended by itself: ${child.exitCode}`);
  }
  child.kill("SIGKILL");
  await exited;
  return resident();
}

async function compare(): Promise<string[]> {
  const packets = new Float64Array(SOURCES);
  for (let line = 0; line < lines; line++) packets[sourceOf(line)]!++;
  const wrong: string[] = [];
  const store = await openStore({ kind: "folder", path: join(folder, "history") });
  try {
    const range = { from: 0, to: Date.now() / 1000 + 86_400 };
    for (const resolution of [300, 3600, 86_400] as const) {
      const points = await store.series(groupSeriesNumber("all"), range, resolution, null);
      const seen = points.reduce((sum, point) => sum + point.packets, 0);
      console.log(`${seen.toLocaleString("en")} of ${lines.toLocaleString("en")} lines, by ${resolution} s`);
      if (seen !== lines) wrong.push(`${seen} packets by ${resolution} s, not ${lines}`);
    }
    const top = new Map((await store.topSources(range, null, TOP_SOURCES)).map((one) => [one.source, one.packets]));
    for (let source = 0; source < 20; source++) {
      const [seen, sent] = [top.get(addressOf(source)), packets[source]];
      if (seen !== sent) wrong.push(`${seen} packets of ${addressOf(source)}, not ${sent}`);
    }
  } finally {
    await store.close();
  }
  return wrong;
}

function megabytes(octets: number): string {
  return `${(octets / 1e6).toFixed(0)} MB`;
}
