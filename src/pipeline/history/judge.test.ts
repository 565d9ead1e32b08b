import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { StoreError } from "../../model/errors.ts";
import { seriesName } from "../../model/series.ts";
import type { IncidentChange } from "../../detect/incident/incident-book.ts";
import { Judge } from "./judge.ts";
import { loadJudge, saveJudge } from "./judge-file.ts";
import { MadeHistory, type MadeSensor, type MadeSurge, TCP_SOURCE_ZERO } from "./made-history.fixture.ts";

const DAY = 86_400;
/** The spike of 2 November 2013, 01:00 UTC, three hours. */
const SPIKE = Date.UTC(2013, 10, 2, 1) / 1000;
const SENSORS: readonly MadeSensor[] = ["north", "south", "east", "west"].map((name, index) => ({ name, weight: 1 + index }));
const ALERT = { kind: "surge", from: SPIKE, to: SPIKE + 3 * 3600, sources: 4 * 19, packets: 0 };

async function alertsOf(history: MadeHistory, from: number, to: number, judge = new Judge(history)): Promise<IncidentChange[]> {
  const alerts: IncidentChange[] = [];
  await judge.judge(from, to, ({ changes }) => {
    alerts.push(...changes.filter(({ isAlert }) => isAlert));
  });
  return alerts;
}

describe("the shape of November 2013, seen by many sensors", { timeout: 120_000 }, () => {
  test("a year of history, then five-fold for three hours: one incident, in its first interval, highest of the year", async () => {
    const history = new MadeHistory(SENSORS, [ALERT]);
    const alerts = await alertsOf(history, SPIKE - 370 * DAY, SPIKE + DAY);
    expect(alerts.map(({ incident }) => incident.id)).toEqual(["20131102T0100Z-tcp-source-0"]);
    const [opened] = alerts;
    expect(opened?.incident).toMatchObject({ phase: "open", openedAt: SPIKE, sensors: 4, sensorsAlive: 4 });
    expect(opened?.incident.timeline[0]?.text).toMatch(/highest of the year, and of all 3\d\d days of history; in \d+ networks \(usually/);
    const [saved] = history.saved.values();
    expect(history.saved.size).toBe(1);
    expect(saved).toMatchObject({ phase: "closed", leading: { series: seriesName(TCP_SOURCE_ZERO), kind: "surge" } });
    expect(saved?.others.map(({ series }) => series)).toContain("tcp/destination/445");
    expect(saved!.closedAt! - SPIKE).toBeGreaterThanOrEqual(3 * 3600);
    expect(saved!.closedAt! - SPIKE).toBeLessThan(4 * 3600);
  });

  test("a year without it opens none", async () => {
    expect(await alertsOf(new MadeHistory(SENSORS, [], 2), SPIKE - 365 * DAY, SPIKE)).toEqual([]);
  });
});

describe("what is no uptick", { timeout: 60_000 }, () => {
  const start = SPIKE - 60 * DAY;
  const [north, south, east, west] = SENSORS as [MadeSensor, MadeSensor, MadeSensor, MadeSensor];
  const away = (from: number, to: number) => (time: number) => time < from || time >= to;
  test.each<[string, readonly MadeSensor[], readonly MadeSurge[]]>([
    ["a sensor that joins", [north, south, east, { ...west, weight: 60, isAlive: (time) => time >= start + 30 * DAY }], []],
    ["a sensor that leaves for good", [north, south, east, { ...west, weight: 60, isAlive: away(start + 30 * DAY, Infinity) }], []],
    [
      "a sensor that is silent for a day and a half",
      [north, south, east, { ...west, weight: 60, isAlive: away(start + 30 * DAY, start + 31.4 * DAY) }],
      [],
    ],
    [
      "a sensor that is up and sees nothing for as long",
      [north, south, { ...west, weight: 60, isBlind: (time) => time >= start + 30 * DAY && time < start + 31.4 * DAY }],
      [],
    ],
    ["the only sensor down for a day", [{ ...north, isAlive: away(start + 30 * DAY, start + 31 * DAY) }], []],
    [
      "a flooder of ten million packets",
      SENSORS,
      [{ from: start + 30 * DAY, to: start + 30 * DAY + 3600, sources: 1, packets: 10_000_000 }],
    ],
  ])("%s opens none", async (_, sensors, surges) => {
    expect(await alertsOf(new MadeHistory(sensors, surges, 3), start, SPIKE)).toEqual([]);
  });
});

describe("what is not hidden", { timeout: 60_000 }, () => {
  const start = SPIKE - 60 * DAY;
  const [north, south, east, west] = SENSORS as [MadeSensor, MadeSensor, MadeSensor, MadeSensor];
  test.each<[string, readonly MadeSensor[]]>([
    ["while a large sensor is silent", [north, south, east, { ...west, isAlive: (time) => time < SPIKE - 7200 || time > SPIKE + DAY }]],
    ["after a sensor has joined", [north, south, east, { ...west, isAlive: (time) => time >= start + 30 * DAY }]],
    ["after a sensor has left", [north, south, east, { ...west, isAlive: (time) => time < start + 30 * DAY }]],
  ])("the surge %s", async (_, sensors) => {
    const alerts = await alertsOf(new MadeHistory(sensors, [ALERT], 4), start, SPIKE + DAY);
    expect(alerts.map(({ change, incident }) => [change, incident.openedAt])).toEqual([["opened", SPIKE]]);
  });
});

test("a judge that was saved and restored says the same as one that went on", async () => {
  const folder = mkdtempSync(join(tmpdir(), "precursor-judge-"));
  try {
    const start = SPIKE - 20 * DAY;
    const [made, other] = [new MadeHistory(SENSORS, [ALERT], 5), new MadeHistory(SENSORS, [ALERT], 5)];
    const whole = new Judge(made);
    const expected = await alertsOf(made, start, SPIKE + DAY, whole);
    const first = new Judge(other);
    const before = await alertsOf(other, start, SPIKE + 3600, first);
    saveJudge(folder, first);
    const second = loadJudge(folder, other, {}).judge;
    expect(second.next).toBe(SPIKE + 3600);
    expect([...before, ...(await alertsOf(other, start, SPIKE + DAY, second))]).toEqual(expected);
    expect(other.saved).toEqual(made.saved);
    expect(second.snapshot()).toEqual(whole.snapshot());
    writeFileSync(join(folder, "judge.state"), "damaged");
    const { judge, lost } = loadJudge(folder, other, {});
    expect(judge.next).toBeNull();
    expect(lost).toMatch(/learned anew/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("other options hold from the next interval on, and what was learned goes on", async () => {
  const start = SPIKE - 20 * DAY;
  const history = new MadeHistory(SENSORS, [ALERT], 9);
  const before = new Judge(history);
  await alertsOf(history, start, SPIKE, before);
  const [same, deaf] = [before.withOptions({}), before.withOptions({ minSources: 1000 })];
  expect(same.snapshot()).toEqual(before.snapshot());
  expect(await alertsOf(history, start, SPIKE + DAY, deaf)).toEqual([]);
  expect(await alertsOf(history, start, SPIKE + DAY, same)).toHaveLength(1);
});

test("judging the same past again, after a crash, tells nothing twice", async () => {
  const start = SPIKE - 20 * DAY;
  const history = new MadeHistory(SENSORS, [ALERT], 6);
  expect(await alertsOf(history, start, SPIKE + DAY)).toHaveLength(1);
  expect(await alertsOf(history, start, SPIKE + DAY)).toEqual([]);
});

test("a store that fails in the midst of intervals, again and again, changes nothing of what is said and learned", async () => {
  const start = SPIKE - 20 * DAY;
  const end = SPIKE + DAY;
  const [made, other] = [new MadeHistory(SENSORS, [ALERT], 7), new MadeHistory(SENSORS, [ALERT], 7)];
  const whole = new Judge(made);
  const expected = await alertsOf(made, start, end, whole);
  let calls = 0;
  const failing = new Proxy(other, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (++calls % 7 === 0) throw new StoreError("E_STORE_FULL", "here", "no space left on the disk of the store");
        return (value as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  const judge = new Judge(failing);
  const alerts: IncidentChange[] = [];
  let failures = 0;
  while (judge.next !== whole.next) {
    try {
      await judge.judge(start, end, ({ changes }) => {
        alerts.push(...changes.filter(({ isAlert }) => isAlert));
      });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      failures++;
    }
  }
  expect(failures).toBeGreaterThan(15);
  expect(made.marks.at(-1)).toEqual({ from: start, to: end });
  expect(alerts).toEqual(expected);
  expect(other.saved).toEqual(made.saved);
  expect(judge.snapshot()).toEqual(whole.snapshot());
});

test("an incident that somebody closes is told to be closed in the next interval, and rises no more", async () => {
  const start = SPIKE - 20 * DAY;
  const growing: readonly MadeSurge[] = [ALERT, { ...ALERT, from: SPIKE + 1800, sources: 40 * 19 }];
  const history = new MadeHistory(SENSORS, growing, 8);
  const judge = new Judge(history);
  const [opened] = await alertsOf(history, start, SPIKE + 900, judge);
  const { incident } = opened!;
  const closing = { time: SPIKE + 1000, kind: "closed", text: "a customer's test", by: "ana" } as const;
  history.saved.set(incident.id, { ...incident, phase: "closed", closedAt: closing.time, timeline: [...incident.timeline, closing] });
  const changes: IncidentChange[] = [];
  await judge.judge(SPIKE + 900, SPIKE + DAY, (judged) => {
    changes.push(...judged.changes);
  });
  expect(changes.map(({ change, isAlert, incident: { id, phase } }) => [change, isAlert, id, phase])).toEqual([
    ["closed", false, incident.id, "closed"],
  ]);
  expect(changes[0]?.incident.timeline.at(-1)).toEqual(closing);
  expect(judge.book.open()).toEqual([]);
  // After a crash it is judged again from the start
  expect(await alertsOf(history, start, SPIKE + DAY, new Judge(history))).toEqual([]);
  expect(history.saved.get(incident.id)?.closedAt).toBe(closing.time);
});
