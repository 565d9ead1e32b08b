import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { groupSeriesNumber, portSeriesNumber } from "../../model/series.ts";
import type { WatchEvent } from "../../model/watch-event.ts";
import { uniform } from "../../detect/uptick/series.fixture.ts";
import { batchOf, type SeriesRow } from "../../store/batches.fixture.ts";
import { openStore } from "../../store/open-store.ts";
import { JUDGE_DEFAULTS } from "../history/judge.ts";
import { Watcher } from "./watcher.ts";
import type { WatchOptions } from "./watch-options.ts";

/** The spike of 2 November 2013, 01:00 UTC. */
const SPIKE = Date.UTC(2013, 10, 2, 1) / 1000;
const DAY = 86_400;
const SOURCE_ZERO = portSeriesNumber("tcp", "source", 0);
const SMB = portSeriesNumber("tcp", "destination", 445);
const GROUPS = [groupSeriesNumber("port-zero"), groupSeriesNumber("privileged"), groupSeriesNumber("all")];

let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-watcher-"));
  log = join(folder, "fw.log");
  writeFileSync(log, "");
});
let running: Watcher | null = null;
afterEach(async () => {
  await running?.stop("the test is over");
  running = null;
  rmSync(folder, { recursive: true });
});

/** About nineteen sources an interval that send from port zero to 445, for so many days before the spike. */
async function fillHistory(days: number): Promise<void> {
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

/** A watch whose wall clock the test sets. */
async function started(
  change: Partial<WatchOptions> = {},
): Promise<{ watcher: Watcher; events: WatchEvent[]; set: (time: number) => void }> {
  const events: WatchEvent[] = [];
  let offset = SPIKE + 15 - performance.now() / 1000;
  const options: WatchOptions = {
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
    openStore: () => openStore({ kind: "folder", path: join(folder, "history") }),
    ...change,
  };
  const clocks = { wall: () => offset + performance.now() / 1000, steady: () => performance.now() / 1000 };
  const watcher = new Watcher(options, (event) => events.push(event), clocks);
  await watcher.start();
  running = watcher;
  return {
    watcher,
    events,
    set: (time) => {
      offset = time - performance.now() / 1000;
    },
  };
}

async function stop(watcher: Watcher): Promise<void> {
  running = null;
  await watcher.stop("the test");
}

/** Log lines of so many sources that send from port zero. */
function probe(time: number, sources: number): void {
  const stamp = new Date(1000 * time).toISOString().slice(0, 19);
  let text = "";
  for (let i = 0; i < sources; i++) {
    text += `${stamp}+00:00 fw kernel: IN=eth0 OUT= MAC=00:00:00:00:00:00 SRC=203.0.${i}.7 DST=192.0.2.${i} LEN=44 TOS=0x00 PREC=0x00 TTL=240 ID=54321 PROTO=TCP SPT=0 DPT=445 WINDOW=1024 RES=0x00 SYN URGP=0 \n`;
  }
  appendFileSync(log, text);
}

async function until(isDone: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !isDone(); tries++) {
    if (tries > 1200) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const judged = (events: readonly WatchEvent[], time: number): boolean =>
  events.some((event) => event.type === "interval" && event.time === time);

describe("a watch over history that is there", { timeout: 120_000 }, () => {
  test("opens one incident in the first interval of a five-fold rise, goes on with it after a restart, and closes it", async () => {
    await fillHistory(14);
    const first = await started();
    await until(() => judged(first.events, SPIKE - 300), "the past to be judged");
    expect(first.events.filter(({ type }) => type === "incident")).toEqual([]);

    probe(SPIKE + 60, 100);
    first.set(SPIKE + 290);
    await new Promise((resolve) => setTimeout(resolve, 800));
    first.set(SPIKE + 311);
    await until(() => judged(first.events, SPIKE), "the first interval");
    const opened = first.events.filter((event) => event.type === "incident");
    expect(opened).toMatchObject([
      {
        change: "opened",
        isAlert: true,
        incident: { id: "20131102T0100Z-tcp-source-0", sources: 100, networks: 100, leading: { series: "tcp/source/0" } },
      },
    ]);
    expect(opened[0]?.incident.timeline[0]?.text).toMatch(/highest in all 14 days of history; in 100 networks \(usually 1\d\)/);
    await stop(first.watcher);

    const second = await started();
    second.set(SPIKE + 320);
    for (let interval = 1; interval < 3; interval++) {
      probe(SPIKE + 300 * interval + 60, 100);
      second.set(SPIKE + 300 * interval + 311);
      await until(() => judged(second.events, SPIKE + 300 * interval), "an interval");
    }
    // Ordinary intervals. (One in which a sensor that always sees something sees nothing would be a gap.)
    const isClosed = (): boolean => second.events.some((event) => event.type === "incident" && event.change === "closed");
    for (let interval = 3; interval < 30 && !isClosed(); interval++) {
      second.set(SPIKE + 300 * interval + 150);
      probe(SPIKE + 300 * interval + 60, 15);
      await new Promise((resolve) => setTimeout(resolve, 800));
      second.set(SPIKE + 300 * interval + 311);
      await until(() => judged(second.events, SPIKE + 300 * interval), "an ordinary interval");
    }
    expect(isClosed()).toBe(true);
    const told = second.events.filter((event) => event.type === "incident");
    expect(told.every(({ isAlert, incident }) => !isAlert && incident.id === opened[0]?.incident.id)).toBe(true);
    await stop(second.watcher);

    const store = await openStore({ kind: "folder", path: join(folder, "history") });
    const kept = await store.incidents(null, 10);
    await store.close();
    expect(kept.map(({ id, phase, sources }) => [id, phase, sources])).toEqual([["20131102T0100Z-tcp-source-0", "closed", 100]]);
  });

  test("a clock that runs a day ahead for a moment judges nothing, and records of the future are left out and counted", async () => {
    await fillHistory(2);
    const { watcher, events, set } = await started();
    await until(() => judged(events, SPIKE - 300), "the past to be judged");
    set(SPIKE + DAY);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(watcher.health().clock).toMatch(/^the clock jumped ahead by 24 h/);
    set(SPIKE + 100);
    probe(SPIKE + 2 * DAY, 30);
    await until(() => watcher.health().futureRows === 30, "the rows of the future");
    set(SPIKE + 311);
    await until(() => judged(events, SPIKE), "the interval after");
    expect(events.filter((event) => event.type === "interval" && event.time > SPIKE)).toEqual([]);
  });
});
