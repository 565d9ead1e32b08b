import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { WatchEvent } from "../../model/watch-event.ts";
import { openStore } from "../../store/open-store.ts";
import { refuseCounts } from "../../store/uncountable.fixture.ts";
import { fillHistory, probeLines, SPIKE, watchOptions } from "./watched-history.fixture.ts";
import { takeFeeds } from "../feed-library.fixture.ts";
import { Watcher } from "./watcher.ts";
import type { WatchOptions } from "./watch-options.ts";

const DAY = 86_400;

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

/** A watch whose wall clock the test sets. */
async function started(
  change: Partial<WatchOptions> = {},
): Promise<{ watcher: Watcher; events: WatchEvent[]; set: (time: number) => void }> {
  const events: WatchEvent[] = [];
  let offset = SPIKE + 15 - performance.now() / 1000;
  const options = { ...watchOptions(folder, log), ...change };
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

function probe(time: number, sources: number): void {
  appendFileSync(log, probeLines(time, sources));
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
    await fillHistory(folder, 14);
    const intel = { folder: join(folder, "intel"), databases: [] };
    takeFeeds(intel.folder, { "cins-army": "203.0.5.7\n" }, SPIKE - 3600);
    const first = await started({ intel });
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
    const judgement = opened[0]?.incident.judgement;
    expect(judgement).toMatchObject({ severity: "critical", tooEarly: false, reading: "vulnerability-search" });
    expect(judgement?.bottomLine).toContain("sent 100 TCP packets from port 0, 100 % to TCP/445");
    expect(judgement?.actions[0]?.commands).toEqual(["precursor block --port-zero --incident 20131102T0100Z-tcp-source-0 --for nftables"]);
    expect(judgement?.sources).toHaveLength(20);
    await stop(first.watcher);

    // Feeds that came meanwhile count
    takeFeeds(intel.folder, { "blocklist-de": Array.from({ length: 100 }, (_, i) => `203.0.${i}.7\n`).join("") }, SPIKE);
    const second = await started({ intel });
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
    const closed = told.find(({ change }) => change === "closed")?.incident;
    expect(closed?.judgement?.until).toBeGreaterThan(SPIKE + 900);
    expect(closed?.judgement?.sources[0]?.labels.reputation?.hits.map(({ feed }) => feed)).toContain("blocklist-de");
    expect(second.watcher.health().intel).toEqual({ feeds: 2, amiss: [], reason: null });
    await stop(second.watcher);

    const store = await openStore({ kind: "folder", path: join(folder, "history") });
    const kept = await store.incidents(null, 10);
    await store.close();
    expect(kept[0]?.judgement).toEqual(closed?.judgement);
    expect(kept.map(({ id, phase, sources }) => [id, phase, sources])).toEqual([["20131102T0100Z-tcp-source-0", "closed", 100]]);
  });

  test("counts of hours that are over cannot be made: a trouble", async () => {
    await (await openStore({ kind: "folder", path: join(folder, "history") })).close();
    await refuseCounts(join(folder, "history"));
    await fillHistory(folder, 2);
    const { watcher, set } = await started();
    probe(SPIKE + 60, 20);
    set(SPIKE + 311);
    const isTold = (): boolean => watcher.health().troubles.some((line) => line.startsWith("counts of hours that are over were not made"));
    await until(isTold, "the trouble to be told");
    expect(watcher.health().store).toMatchObject({ isUp: true, reason: expect.stringContaining("so that long ranges are slow") });
  });

  test("a sensor that falls silent is told with the interval that shows it, and so is one that is back", async () => {
    await fillHistory(folder, 2);
    const { events, set } = await started();
    await until(() => judged(events, SPIKE - 300), "the past to be judged");
    const silent = (): readonly string[] => events.flatMap((event) => (event.type === "health" ? [event.health.silent.join()] : []));
    set(SPIKE + 311);
    await until(() => silent().at(-1) === "default", "the silence to be told");
    const told = events.findLast((event) => event.type === "health");
    expect(told).toMatchObject({ health: { troubles: expect.arrayContaining(["sensor default is silent"]) } });
    probe(SPIKE + 360, 20);
    set(SPIKE + 580);
    await new Promise((resolve) => setTimeout(resolve, 800));
    set(SPIKE + 611);
    await until(() => silent().at(-1) === "", "the end of the silence");
  });

  test("a clock that runs a day ahead for a moment judges nothing, and records of the future are left out and counted", async () => {
    await fillHistory(folder, 2);
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
