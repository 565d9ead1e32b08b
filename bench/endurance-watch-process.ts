/**
 * The watch of `bench/endurance-watch.ts`, as a process that is killed: a line on standard input is by how many seconds its clock is off;
 * each second it prints its resident octets, and every trouble that it tells. Arguments: the folder of history, the folder of the state, the log.
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Watcher } from "../src/pipeline/watch/watcher.ts";
import { SYSTEM_CLOCKS } from "../src/pipeline/watch/watch-clock.ts";
import type { WatchOptions } from "../src/pipeline/watch/watch-options.ts";
import { JUDGE_DEFAULTS } from "../src/pipeline/history/judge.ts";
import { openStore } from "../src/store/open-store.ts";

const [folder = "", stateFolder = "", log = ""] = process.argv.slice(2);
let off = 0;
createInterface(process.stdin).on("line", (line) => {
  off = Number(line);
});
const history = join(folder, "history");
const options: WatchOptions = {
  sources: [{ uri: `tail:${log}`, name: "firewall", sensor: "default", filter: null, fromStart: true, format: null, mapping: null }],
  home: [],
  targets: [],
  intel: { folder: null, databases: [] },
  ours: [],
  judge: JUDGE_DEFAULTS,
  stateFolder,
  flushSeconds: 2,
  graceSeconds: 10,
  spoolBytes: 1 << 26,
  storePlace: history,
  storeMayBeAway: false,
  fixed: {},
  openStore: () => openStore({ kind: "folder", path: history }),
};
const watcher = new Watcher(
  options,
  (event) => {
    if (event.type === "health") for (const trouble of event.health.troubles) console.log(JSON.stringify({ trouble }));
  },
  { ...SYSTEM_CLOCKS, wall: () => SYSTEM_CLOCKS.wall() + off },
);
const timer = setInterval(() => console.log(JSON.stringify({ resident: process.memoryUsage().rss })), 1000);
process.once("SIGTERM", () => {
  clearInterval(timer);
  void watcher.stop("the bench is over").then(() => process.exit());
});
void watcher.failed.then((error) => {
  console.error(error);
  process.exit(3);
});
await watcher.start();
