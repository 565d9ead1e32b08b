/**
 * The process of `bench/endurance.ts` that is killed: makes history, accepts it into a spool as fast as the store takes it, and prints what
 * it has acknowledged: number of the batch, resident octets, and how many of them are JavaScript's (heap and buffers): the rest is the engine's.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { emptyTruth, historyBatches } from "../src/lab/history/make-history.ts";
import { openStore } from "../src/store/open-store.ts";
import { Spool } from "../src/store/spool.ts";
import { ENDURANCE_PLAN, enduranceStart } from "./endurance-plan.ts";

/** Batches that may wait before no more are made. */
const MOST_WAITING = 30;
const PAUSE_MILLISECONDS = 20;

const [folder = ""] = process.argv.slice(2);
const store = await openStore({ kind: "folder", path: join(folder, "data") });
const spool = new Spool(join(folder, "spool"));
const forEver = new AbortController();
void spool.follow(store, forEver.signal, (error) => {
  if (error !== null) console.error(error.message);
});
const next = ((spool.positions() as number | null) ?? -1) + 1;
const { from, skip } = enduranceStart(next);
let number = next - skip;
for (const batch of historyBatches({ ...ENDURANCE_PLAN, from }, emptyTruth())) {
  if (number >= next) {
    spool.accept(batch, number);
    const { rss, heapTotal, external } = process.memoryUsage();
    process.stdout.write(`${number} ${rss} ${heapTotal + external}\n`);
    while (spool.state().batches >= MOST_WAITING) await sleep(PAUSE_MILLISECONDS);
  }
  number++;
}
