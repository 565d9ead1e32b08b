/**
 * `npm run bench:intel [-- --entries N]`: reputation of N entries (10 million unless said otherwise; a quarter of them IPv6) compiled, loaded
 * and asked, beside Node's net.BlockList and, where they install, grepcidr and Python's radix tree. Loading and memory are measured in a
 * process of their own, which knows nothing but the file. Rates of reading and lookups are by the processor's time: the machine may be shared.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { FeedKind } from "../src/model/reputation.ts";
import { compileTable } from "../src/intel/reputation/compile.ts";
import { readFeed } from "../src/intel/reputation/read-feed.ts";
import { comparePeers } from "./intel-peers.ts";
import { type IntelFeed, makeFeeds } from "./make-feeds.ts";

const NOW = 1_795_500_000;
/** What issue and README promise. */
const LIMITS = { loadSeconds: 2, megabytes: 400, lookups: 5e6 };

const { values } = parseArgs({ options: { entries: { type: "string", default: "10000000" }, seed: { type: "string", default: "1" } } });
const entries = Number(values.entries);
const folder = mkdtempSync(join(tmpdir(), "precursor-intel-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const feeds = makeFeeds(entries, Number(values.seed));
console.log(`${entries.toLocaleString("en")} entries of ${feeds.length} feeds, a quarter IPv6`);

const before = process.cpuUsage();
const read = feeds.map((feed) => ({ feed, reading: readFeed(feed.text, "addresses", { now: NOW }) }));
const { user, system } = process.cpuUsage(before);
const seconds = (user + system) / 1e6;
const octets = feeds.reduce((sum, { text }) => sum + text.length, 0);
console.log(
  `  read     ${seconds.toFixed(2)} s, ${(entries / seconds / 1e6).toFixed(1)} M lines/s, ${(octets / seconds / 1e6).toFixed(0)} MB/s of text`,
);

const compileBegan = performance.now();
const file = compileTable(read.map(({ feed, reading }) => ({ feed: stateOf(feed, reading.entries), networks: reading.networks })));
console.log(`  compiled ${((performance.now() - compileBegan) / 1000).toFixed(2)} s, ${(file.length / 1e6).toFixed(1)} MB of file`);
const path = join(folder, "table.bin");
writeFileSync(path, file);

const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "intel-lookups.ts"), path, values.seed], {
  encoding: "utf8",
});
if (status !== 0) throw new Error(stderr);
const measured = JSON.parse(stdout) as {
  load: number;
  loadProcessor: number;
  resident: number;
  peak: number;
  rates: Record<string, number>;
};
console.log(
  `  loaded   ${measured.load.toFixed(2)} s (${measured.loadProcessor.toFixed(2)} s of the processor); resident ${measured.resident.toFixed(0)} MB, at most ${measured.peak.toFixed(0)} MB, Node included`,
);
for (const [what, rate] of Object.entries(measured.rates)) console.log(`  ${what.padEnd(22)} ${(rate / 1e6).toFixed(1)} M lookups/s`);
const slowest = Math.min(...Object.entries(measured.rates).flatMap(([what, rate]) => (what.startsWith("IPv4") ? [rate] : [])));
const held = measured.load < LIMITS.loadSeconds && measured.peak < LIMITS.megabytes && slowest >= LIMITS.lookups;
console.log(
  `  ${held ? "holds" : "DOES NOT HOLD"}: load < ${LIMITS.loadSeconds} s, < ${LIMITS.megabytes} MB, >= ${LIMITS.lookups / 1e6} M IPv4 lookups/s`,
);
if (!held) process.exitCode = 1;

comparePeers(feeds, folder, statSync(path).size, slowest);

function stateOf({ id }: IntelFeed, count: number) {
  const state = { feed: id, name: id, kind: "attacker" satisfies FeedKind, licence: "made", condition: "fine", reason: null } as const;
  return { ...state, entries: count, guarded: 0, fetchedAt: NOW, dataDate: NOW, trust: 0.5, staleAfter: null, madeOf: [] };
}
