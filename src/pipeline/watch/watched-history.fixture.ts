/** What tests of a watch have in common: a past to judge, lines of a firewall, and options. */
import { join } from "node:path";
import { uniform } from "../../detect/uptick/series.fixture.ts";
import { groupSeriesNumber, portSeriesNumber } from "../../model/series.ts";
import { batchOf, type SeriesRow } from "../../store/batches.fixture.ts";
import { openStore } from "../../store/open-store.ts";
import { JUDGE_DEFAULTS } from "../history/judge.ts";
import type { WatchOptions } from "./watch-options.ts";

/** The spike of 2 November 2013, 01:00 UTC. */
export const SPIKE = Date.UTC(2013, 10, 2, 1) / 1000;
const DAY = 86_400;
const SOURCE_ZERO = portSeriesNumber("tcp", "source", 0);
const SMB = portSeriesNumber("tcp", "destination", 445);
const GROUPS = [groupSeriesNumber("port-zero"), groupSeriesNumber("privileged"), groupSeriesNumber("all")];

/** Options of a watch of one log, with history and state in `folder`. */
export function watchOptions(folder: string, log: string): WatchOptions {
  return {
    sources: [{ uri: `tail:${log}`, name: "firewall", sensor: "default", filter: null, fromStart: true, format: null, mapping: null }],
    home: [],
    targets: [],
    judge: JUDGE_DEFAULTS,
    intel: { folder: null, databases: [] },
    ours: [],
    stateFolder: join(folder, "state"),
    flushSeconds: 0.5,
    graceSeconds: 10,
    spoolBytes: 1 << 26,
    storePlace: "history",
    storeMayBeAway: false,
    fixed: { store: join(folder, "history") },
    openStore: () => openStore({ kind: "folder", path: join(folder, "history") }),
  };
}

/** About nineteen sources an interval that send from port zero to 445, for so many days before the spike. */
export async function fillHistory(folder: string, days: number): Promise<void> {
  const store = await openStore({ kind: "folder", path: join(folder, "history") });
  const random = uniform(7);
  for (let day = days; day > 0; day--) {
    const rows: SeriesRow[] = [];
    for (let interval = SPIKE - day * DAY; interval < SPIKE - (day - 1) * DAY; interval += 300) {
      const sources = Array.from({ length: 14 + Math.floor(11 * random()) }, () => (0xc6330000 + Math.floor(65_536 * random())) >>> 0);
      const seen = {
        interval,
        packets: 3 * sources.length,
        sources,
        networks: sources.map((source) => source >>> 8),
        asns: [7],
        targets: [1, 2],
      };
      for (const series of [SOURCE_ZERO, SMB, ...GROUPS]) rows.push({ series, ...seen });
    }
    await store.write(batchOf("default", rows), `history ${day}`);
  }
  await store.close();
}

/** Log lines of so many sources that send from port zero. */
export function probeLines(time: number, sources: number): string {
  const stamp = new Date(1000 * time).toISOString().slice(0, 19);
  let text = "";
  for (let i = 0; i < sources; i++) {
    text += `${stamp}+00:00 fw kernel: IN=eth0 OUT= MAC=00:00:00:00:00:00 SRC=203.${i >> 8}.${i & 255}.7 DST=192.0.2.${i & 255} LEN=44 TOS=0x00 PREC=0x00 TTL=240 ID=54321 PROTO=TCP SPT=0 DPT=445 WINDOW=1024 RES=0x00 SYN URGP=0 \n`;
  }
  return text;
}
