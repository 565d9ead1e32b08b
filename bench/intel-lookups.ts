/** The part of bench/intel.ts that runs in a process of its own: loads a table, asks it, and prints times and memory as JSON. */
import { readFileSync } from "node:fs";
import { cpuUsage, memoryUsage } from "node:process";
import { Reputation } from "../src/intel/reputation/index.ts";
import { GROUP_WORDS } from "../src/intel/reputation/sorted-groups.ts";
import { ReputationTable } from "../src/intel/reputation/table.ts";
import { decodeTable } from "../src/intel/reputation/table-file.ts";
import { randomIPv4, randomSite, randomWords } from "./make-feeds.ts";

const ASKED = 1 << 21;
const ROUNDS = 5;

const [, , path = "", seed = "1"] = process.argv;
const began = performance.now();
const busyBefore = processorSeconds();
const opened = Reputation.open(path);
const load = (performance.now() - began) / 1000;
const loadProcessor = processorSeconds() - busyBefore;
if (opened.feeds.length === 0) throw new Error("no feeds in the table");
const resident = memoryUsage.rss() / 1e6;
const peak = peakMegabytes();

// The same octets once more, for the bare lookups; their memory is not counted
const table = new ReputationTable(readFileSync(path), path);
const rates: Record<string, number> = {};
const random = randomWords(Number(seed) + 77);
const misses = Uint32Array.from({ length: ASKED }, () => randomIPv4(random));
rates["IPv4 at random"] = rate(() => ask4(misses), misses.length);
const hits = listed4(random);
rates["IPv4 that are listed"] = rate(() => ask4(hits), hits.length);
const six = Uint32Array.from({ length: ASKED * 4 });
for (let i = 0; i < ASKED; i++) {
  const [a, b] = randomSite(random);
  six.set([a, b, 0, random()], 4 * i);
}
rates["IPv6 at random"] = rate(() => ask6(six), ASKED);
const listed = listed6(path);
rates["IPv6 that are listed"] = rate(() => ask6(listed), listed.length / 4);
const texts = Array.from(hits.subarray(0, 200_000), (word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join("."));
rates["labels from text"] = rate(() => texts.reduce((sum, text) => sum + (opened.label(text) === null ? 0 : 1), 0), texts.length);
console.log(JSON.stringify({ load, loadProcessor, resident, peak, rates }));

/** User and system time of this process: the machine may be shared. */
function processorSeconds(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1e6;
}

/** Linux' own high-water mark: getrusage's begins with that of the parent process. */
function peakMegabytes(): number {
  const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
  return match === null ? Number.NaN : (Number(match[1]) * 1024) / 1e6;
}

/** Best of the rounds, in calls a second of the processor. */
function rate(work: () => number, calls: number): number {
  let best = Infinity;
  let found = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = processorSeconds();
    found += work();
    best = Math.min(best, processorSeconds() - start);
  }
  if (found < 0) throw new Error("unreachable: keeps the work from being left out");
  return calls / best;
}

function ask4(words: Uint32Array): number {
  let found = 0;
  for (let i = 0; i < words.length; i++) if (table.lookup4(words[i]!) !== 0) found++;
  return found;
}

function ask6(words: Uint32Array): number {
  let found = 0;
  for (let i = 0; i < words.length; i += 4) if (table.lookup6(words[i]!, words[i + 1]!, words[i + 2]!, words[i + 3]!) !== 0) found++;
  return found;
}

/** Addresses that are listed: walks from random places on to the next one. */
function listed4(next: () => number): Uint32Array {
  const found = new Uint32Array(ASKED);
  for (let i = 0; i < ASKED; i++) {
    let word = randomIPv4(next);
    for (let tries = 0; tries < 4096 && table.lookup4(word) === 0; tries++) word = (word + 1) >>> 0;
    found[i] = word;
  }
  return found;
}

/** First addresses of the table's own IPv6 networks, shuffled by a stride. */
function listed6(file: string): Uint32Array {
  const { firsts6, groups6, seconds6, rest6 } = decodeTable(readFileSync(file), file);
  const count6 = seconds6.length;
  const words = new Uint32Array(4 * count6);
  for (let first = 0; first < firsts6.length; first++) {
    for (let i = groups6.rows[GROUP_WORDS * first]!; i < groups6.rows[GROUP_WORDS * first + 1]!; i++)
      words.set([firsts6[first]!, seconds6[i]!, rest6[4 * i]!, rest6[4 * i + 1]!], 4 * i);
  }
  const out = new Uint32Array(4 * Math.min(ASKED, count6));
  for (let i = 0; i < out.length / 4; i++) out.set(words.subarray(4 * ((i * 7919) % count6), 4 * ((i * 7919) % count6) + 4), 4 * i);
  return out;
}
