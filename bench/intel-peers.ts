/** What else answers "is this address listed?", on the same entries: Node's net.BlockList, grepcidr and py-radix of Debian, where installed. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { BlockList } from "node:net";
import { join } from "node:path";
import { timedRun } from "./timed-run.ts";
import { type IntelFeed, randomIPv4, randomWords } from "./make-feeds.ts";

/** Entries that BlockList gets: it searches through all of them, one by one. */
const BLOCK_LIST_ENTRIES = 10_000;
const BLOCK_LIST_CALLS = 2000;
/** Entries that the others get, and addresses that they are asked. */
const PEER_ENTRIES = 1_000_000;
const PEER_CALLS = 500_000;

/** Prints a line a peer, with the ratio to `ours` (lookups a second of all entries). */
export function comparePeers(feeds: readonly IntelFeed[], folder: string, size: number, ours: number): void {
  console.log(`peers, on as many of the same IPv4 entries as they bear (ours: all of them in ${(size / 1e6).toFixed(0)} MB)`);
  const lines = ipv4Lines(feeds, PEER_ENTRIES);
  const list = join(folder, "list.txt");
  const asked = join(folder, "asked.txt");
  writeFileSync(list, `${lines.join("\n")}\n`);
  const next = randomWords(5);
  const addresses = Array.from({ length: PEER_CALLS }, () => text(randomIPv4(next)));
  writeFileSync(asked, `${addresses.join("\n")}\n`);
  const say = (name: string, entries: number, load: number | null, rate: number): void => {
    const loading = load === null ? "" : `, loaded in ${load.toFixed(1)} s`;
    console.log(
      `  ${name.padEnd(16)} ${entries.toLocaleString("en")} entries${loading}: ${Math.round(rate).toLocaleString("en")} lookups/s; ours ${Math.round(ours / rate).toLocaleString("en")} times that`,
    );
  };
  blockList(lines.slice(0, BLOCK_LIST_ENTRIES), addresses.slice(0, BLOCK_LIST_CALLS), say);
  grepcidr(list, asked, folder, lines.length, say);
  radix(list, asked, lines.length, say);
}

type Say = (name: string, entries: number, load: number | null, rate: number) => void;

function blockList(lines: readonly string[], addresses: readonly string[], say: Say): void {
  const began = processorSeconds();
  const list = new BlockList();
  for (const line of lines) {
    const [address = "", bits] = line.split("/");
    if (bits === undefined) list.addAddress(address);
    else list.addSubnet(address, Number(bits));
  }
  const loaded = processorSeconds();
  for (const address of addresses) list.check(address);
  say("net.BlockList", lines.length, loaded - began, addresses.length / (processorSeconds() - loaded));
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Its time includes reading the list: the time of one address is taken off. It ends with 1 where nothing matched. */
function grepcidr(list: string, asked: string, folder: string, entries: number, say: Say): void {
  const one = join(folder, "one.txt");
  writeFileSync(one, "192.0.2.1\n");
  try {
    const [load, all] = [one, asked].map((file) => {
      const { seconds, processorSeconds: busy } = timedRun(["grepcidr", "-f", list, file], folder, [0, 1]);
      return busy ?? seconds;
    });
    say("grepcidr", entries, load ?? 0, PEER_CALLS / Math.max(1e-3, (all ?? 0) - (load ?? 0)));
  } catch {
    console.log("  grepcidr         is not installed (apt install grepcidr)");
  }
}

const RADIX = `
import sys, time, radix
t = time.process_time(); tree = radix.Radix()
for line in open(sys.argv[1]): tree.add(line.strip())
a = [line.strip() for line in open(sys.argv[2])]
u = time.process_time()
for x in a: tree.search_best(x)
print(u - t, len(a) / (time.process_time() - u))
`;

function radix(list: string, asked: string, entries: number, say: Say): void {
  const { status, stdout } = spawnSync("/usr/bin/python3", ["-c", RADIX, list, asked], { encoding: "utf8" });
  const [load = 0, rate = 0] = (stdout ?? "").trim().split(" ").map(Number);
  if (status === 0) say("py-radix", entries, load, rate);
  else console.log("  py-radix         is not installed (apt install python3-radix)");
}

function ipv4Lines(feeds: readonly IntelFeed[], most: number): string[] {
  const lines: string[] = [];
  for (const { text: octets } of feeds) {
    // A part of each feed is as good as the whole, and no string gets too long
    for (const line of Buffer.from(octets.subarray(0, 16 * most))
      .toString("latin1")
      .split("\n")) {
      if (lines.length < most && line.includes(".")) lines.push(line);
    }
  }
  return lines;
}

function text(word: number): string {
  return [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join(".");
}
