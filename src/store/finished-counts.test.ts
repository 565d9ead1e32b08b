/** Counts made beforehand: that they answer, and that they do not where they no longer hold. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HistoryBatch } from "../model/history.ts";
import { groupSeriesNumber, portSeriesNumber } from "../model/series.ts";
import { batchOf } from "./batches.fixture.ts";
import { ClickHouseStore } from "./clickhouse-store.ts";
import { serverLibrary } from "./cluster.fixture.ts";
import type { Engine } from "./engine.ts";
import { Unfinished } from "./finished-counts.ts";
import { openInProcess } from "./in-process.ts";
import { migrate } from "./migrations.ts";
import { DEFAULT_RETENTION } from "./rollups.ts";
import type { SensorChoice } from "./store.ts";
import { refuseCounts, takeCounts } from "./uncountable.fixture.ts";

const HOUR = 3600;
const DAY = 86_400;
/** 2 November 2013. */
const START = 1_383_350_400;
const TCP_445 = portSeriesNumber("tcp", "destination", 445);
const ALL = groupSeriesNumber("all");
/** What no sketch says. */
const MARK = 4711;

let folder: string;
let engine: Engine;
let store: ClickHouseStore;
const reopen = async (): Promise<void> => {
  engine = await openInProcess(folder);
  store = new ClickHouseStore(engine);
};
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "precursor-finished-"));
  await reopen();
  await migrate(engine, DEFAULT_RETENTION);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** Of a busy port and of all, with `sources` of them. */
function busy(sensor: string, interval: number, sources: readonly number[]): HistoryBatch {
  const rows = [TCP_445, ALL].map((series) => ({ interval, series, packets: 300, sources, networks: sources, asns: [1], targets: [2] }));
  return batchOf(sensor, rows);
}

/** Writes a first interval of later days: what was before is over. */
async function laterOn(day: number): Promise<void> {
  await store.write(busy("north", START + day * DAY, [1]), `day ${day}`);
  await store.write(busy("north", START + day * DAY + HOUR, [1]), `day ${day}, an hour later`);
  await written();
}

/** Counting comes after a write, and before what is written then. */
async function written(): Promise<void> {
  await store.noteImports(["written"]);
}

async function sourcesOfDay(sensors: SensorChoice = null): Promise<readonly (number | undefined)[]> {
  const range = { from: START, to: START + DAY };
  const [day] = await store.series(TCP_445, range, DAY, sensors);
  const [hour] = await store.series(TCP_445, range, HOUR, sensors);
  return [day?.sources, hour?.sources];
}

/** Makes counts that are there say something that they could have from nowhere else. */
async function mark(): Promise<void> {
  for (const suffix of ["1h", "1d"]) {
    await engine.run(
      `INSERT INTO precursor.finished_${suffix} SELECT * REPLACE(${MARK} AS sources, version + 1 AS version) FROM precursor.finished_${suffix} WHERE series = ${TCP_445}`,
    );
  }
}

describe.skipIf(serverLibrary() === null)("finished counts", () => {
  test("answer for hours and days that are over; what is written to them later is answered by sketches, and then by a count made anew", async () => {
    await store.write(busy("north", START, [1, 2]), "a");
    await written();
    await mark();
    expect(await sourcesOfDay()).toEqual([2, 2]);
    await laterOn(1);
    await mark();
    expect(await sourcesOfDay()).toEqual([MARK, MARK]);
    await store.write(busy("north", START + 300, [3]), "late");
    expect(await sourcesOfDay()).toEqual([3, 3]);
    await laterOn(2);
    expect(await sourcesOfDay()).toEqual([3, 3]);
    await mark();
    expect(await sourcesOfDay()).toEqual([MARK, MARK]);
    // What is known already changes nothing
    await store.write(busy("north", START + 300, [3]), "late");
    expect(await sourcesOfDay()).toEqual([MARK, MARK]);
  });

  test("are of all sensors: of some of them, sketches answer, unless the others saw nothing", async () => {
    await store.write(busy("north", START, [1, 2]), "a");
    await store.write(busy("south", START, [2, 3]), "b");
    await laterOn(1);
    await mark();
    expect(await sourcesOfDay(["north", "south", "none"])).toEqual([MARK, MARK]);
    expect(await sourcesOfDay(["south"])).toEqual([2, 2]);
    expect(await sourcesOfDay([])).toEqual([undefined, undefined]);
  });

  test("a process that is killed before it has counted, or in the midst of it: the next one does", async () => {
    await store.write(busy("north", START, [1, 2]), "a");
    await laterOn(1);
    // As if it had not come to the end: what says that a time is done is written last
    for (const suffix of ["1h", "1d"]) await engine.run(`DELETE FROM precursor.finished_${suffix} WHERE series = ${ALL}`);
    await store.close();
    await reopen();
    await store.write(busy("north", START + DAY + 2 * HOUR, [1]), "next");
    await written();
    const [{ days } = { days: 0 }] = await engine.rows<{ days: number }>(
      `SELECT count() AS days FROM precursor.finished_1d WHERE series = ${ALL} AND time = toDateTime(${START}, 'UTC')`,
    );
    expect(days).toBe(1);
  });

  test("that cannot be made are told, with the reason, and answers stay right; told no more when they were made", async () => {
    await store.close();
    await refuseCounts(folder);
    await reopen();
    await store.write(busy("north", START, [1, 2]), "a");
    await laterOn(2);
    expect(await store.health()).toEqual({
      countsTrouble: expect.stringMatching(/^counts of hours that are over were not made, so that long ranges are slow: .*nothing/),
    });
    expect(await store.info()).toMatchObject({
      countsTrouble: expect.stringContaining("were not made"),
      uncounted: { hours: 1, days: 1 },
    });
    expect(await sourcesOfDay()).toEqual([2, 2]);
    await store.close();
    await takeCounts(folder);
    await reopen();
    expect(await store.info()).toMatchObject({ countsTrouble: null, uncounted: { hours: 1, days: 1 } });
    // What another process left out longer ago than is looked back is for compacting
    await laterOn(3);
    expect(await store.info()).toMatchObject({ countsTrouble: null, uncounted: { hours: 1, days: 1 } });
    await store.compact();
    expect(await store.info()).toMatchObject({ countsTrouble: null, uncounted: { hours: 0, days: 0 } });
  });

  test("of history without them, as of a version before, compacting makes all", async () => {
    await store.write(busy("north", START, [1, 2]), "a");
    await store.compact();
    await mark();
    expect(await sourcesOfDay()).toEqual([MARK, MARK]);
  });
});

test("a batch is a reason to count when it begins another hour of the data's time, whatever the order of its rows", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 30 }), (intervals) => {
      const unfinished = new Unfinished();
      const rows = intervals.map((at) => ({
        interval: START + 300 * at,
        series: ALL,
        packets: 1,
        sources: [],
        networks: [],
        asns: [],
        targets: [],
      }));
      expect(unfinished.add(batchOf("north", rows))).toBe(true);
      expect(unfinished.add(batchOf("north", rows.toReversed()))).toBe(false);
      expect(unfinished.add(batchOf("north", []))).toBe(false);
    }),
  );
});
