import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { groupSeriesNumber, portSeriesNumber } from "../../model/series.ts";
import type { DetectedUptick } from "../uptick/verdict.ts";
import { IncidentBook, type IncidentChange } from "./incident-book.ts";
import { type IncidentQuestions, MOST_OPEN, MOST_QUESTIONS, MOST_SERIES, type SeriesCounts } from "./incident-options.ts";
import { recordWords } from "./incident-words.ts";
import { byTelling } from "./telling.ts";

const START = Date.UTC(2013, 10, 2, 1) / 1000;
const SOURCE_ZERO = portSeriesNumber("tcp", "source", 0);
const SMB = portSeriesNumber("tcp", "destination", 445);
const TELNET = portSeriesNumber("tcp", "destination", 23);
const ALL = groupSeriesNumber("all");

function uptick(series: number, interval: number, peak: number, other: Partial<DetectedUptick> = {}): DetectedUptick {
  const time = START + 300 * interval;
  const event = { series, kind: "surge", start: time, end: null, peakTime: time, peak, expected: 19, pValue: 1e-12 } as const;
  return { ...event, record: { rank: 1, since: START - 412 * 86_400, ofAll: true }, windowSeconds: 300, trend: null, ...other };
}

function counts(sources: number, other: Partial<SeriesCounts> = {}): SeriesCounts {
  return { packets: 5 * sources, sources, networks: Math.ceil(sources / 2), asns: 3, targets: 40, sensors: 4, ...other };
}

/** All series share their sources, unless told otherwise. */
function answers(shared: (first: number, second: number) => number = () => 1): IncidentQuestions & { asked: number } {
  const questions = {
    asked: 0,
    shared: async (first: number, second: number) => {
      questions.asked++;
      return shared(first, second);
    },
    over: async () => null,
    usual: async () => counts(19),
  };
  return questions;
}

/** Runs a book over intervals: the sources of each series that is up, by series. */
async function run(
  book: IncidentBook,
  intervals: readonly ReadonlyMap<number, number>[],
  { questions = answers(), from = 0, closing = [] as readonly number[] } = {},
): Promise<IncidentChange[][]> {
  const all = [];
  for (const [index, sources] of intervals.entries()) {
    const interval = from + index;
    const open = [...sources].map(([series, count]) => uptick(series, Math.min(interval, from), count));
    const closed = sources.size === 0 ? closing.map((series) => uptick(series, from, 100, { end: START + 300 * interval })) : [];
    const time = START + 300 * interval;
    all.push(
      await book.update({ time, seconds: 300, alive: 4, open, closed, countsOf: (series) => counts(sources.get(series) ?? 0) }, questions),
    );
  }
  return all;
}

test("series that rise together with the same sources are one incident, led by the one that tells most", async () => {
  const book = new IncidentBook();
  const [first] = await run(book, [
    new Map([
      [SMB, 120],
      [ALL, 300],
      [SOURCE_ZERO, 103],
    ]),
  ]);
  expect(first?.map(({ change, isAlert }) => [change, isAlert])).toEqual([["opened", true]]);
  const { incident } = first![0]!;
  expect(incident).toMatchObject({
    id: "20131102T0100Z-tcp-source-0",
    phase: "open",
    sources: 103,
    sensors: 4,
    leading: { series: "tcp/source/0" },
  });
  expect(incident.others.map(({ series }) => series)).toEqual(["tcp/destination/445", "group/all"]);
  expect(incident.timeline[0]?.text).toBe(
    "tcp/source/0: 103 sources, 5.4 times the expected 19; highest of the year, and of all 412 days of history; in 52 networks (usually 10) of 3 ASes; 40 targets; seen by 4 of 4 sensors (usually 4)",
  );
});

test("series of other sources are incidents of their own", async () => {
  const [first] = await run(
    new IncidentBook(),
    [
      new Map([
        [SMB, 120],
        [TELNET, 90],
      ]),
    ],
    { questions: answers(() => 0.2) },
  );
  expect(first?.map(({ incident }) => incident.leading.series)).toEqual(["tcp/destination/445", "tcp/destination/23"]);
});

test("a port that rises long after the group of all is not its own cause", async () => {
  const book = new IncidentBook();
  const late = await run(book, [
    ...Array.from({ length: 10 }, () => new Map([[ALL, 300]])),
    new Map([
      [ALL, 300],
      [SOURCE_ZERO, 103],
    ]),
  ]);
  expect(
    late
      .at(-1)
      ?.map(({ change }) => change)
      .sort(),
  ).toEqual(["changed", "opened"]);
  const early = await run(new IncidentBook(), [
    new Map([[ALL, 300]]),
    new Map([
      [ALL, 300],
      [SOURCE_ZERO, 103],
    ]),
  ]);
  expect(early.at(-1)?.map(({ incident }) => incident.leading.series)).toEqual(["tcp/source/0"]);
});

describe("severity stands on sources and networks", () => {
  test.each<[string, SeriesCounts]>([
    ["one flooder of ten million packets", counts(1, { packets: 10_000_000, networks: 1 })],
    ["few sources", counts(9)],
    ["many sources of one network", counts(200, { networks: 1 })],
  ])("%s open nothing", async (_, seen) => {
    const book = new IncidentBook();
    const open = [uptick(SOURCE_ZERO, 0, seen.sources)];
    const changes = await book.update({ time: START, seconds: 300, alive: 4, open, closed: [], countsOf: () => seen }, answers());
    expect(changes).toEqual([]);
    expect(book.held).toBe(1);
  });

  test("what rises slowly is judged by the sources of its window", async () => {
    const open = [uptick(SOURCE_ZERO, 0, 4, { windowSeconds: 86_400 })];
    const questions = { ...answers(), over: async () => counts(60) };
    const changes = await new IncidentBook().update(
      { time: START, seconds: 300, alive: 4, open, closed: [], countsOf: () => counts(4) },
      questions,
    );
    expect(changes.map(({ change }) => change)).toEqual(["opened"]);
  });
});

test("it opens, grows, ebbs, swells and closes, and is told again only when it has grown by the factor", async () => {
  const book = new IncidentBook();
  const sizes = [100, 110, 160, 320, 330, 90, 80, 70, 310, 320, 60, 50, 40];
  const all = await run(book, [...sizes.map((size) => new Map([[SOURCE_ZERO, size]])), new Map()], { closing: [SOURCE_ZERO] });
  expect(all.map(([only]) => only?.incident.phase)).toEqual([
    "open",
    "open",
    "growing",
    "growing",
    "growing",
    "growing",
    "growing",
    "ebbing",
    "ebbing",
    "growing",
    "growing",
    "growing",
    "ebbing",
    "closed",
  ]);
  expect(all.flatMap(([only], index) => (only?.isAlert === true ? [sizes[index]] : []))).toEqual([100, 320]);
  const last = all.at(-1)![0]!.incident;
  expect(last.timeline.map(({ kind }) => kind)).toEqual(["opened", "grew", "peaked", "ebbed", "grew", "peaked", "ebbed", "closed"]);
  expect(last).toMatchObject({ sources: 330, closedAt: START + 13 * 300 });
});

test("what rises again within hours is the same incident; later it is another", async () => {
  const book = new IncidentBook();
  const up = new Map([[SOURCE_ZERO, 100]]);
  await run(book, [up, new Map()], { closing: [SOURCE_ZERO] });
  const [again] = await run(book, [up], { from: 20 });
  expect(again?.map(({ change, isAlert, incident }) => [change, isAlert, incident.openedAt])).toEqual([["changed", false, START]]);
  await run(book, [new Map()], { from: 21, closing: [SOURCE_ZERO] });
  const [later] = await run(book, [up], { from: 200 });
  expect(later?.map(({ change }) => change)).toEqual(["opened"]);
});

test("a restored book goes on as the one before", async () => {
  const up = new Map([[SOURCE_ZERO, 100]]);
  const book = new IncidentBook();
  await run(book, [up]);
  const restored = new IncidentBook();
  restored.restore(JSON.parse(JSON.stringify(book.snapshot())) as ReturnType<IncidentBook["snapshot"]>);
  const next = [new Map([[SOURCE_ZERO, 400]]), up];
  expect(await run(restored, next, { from: 1 })).toEqual(await run(book, next, { from: 1 }));
});

test("an incident that somebody closed is not told any more", async () => {
  const book = new IncidentBook();
  await run(book, [new Map([[SOURCE_ZERO, 100]])]);
  book.heed("20131102T0100Z-tcp-source-0", { acknowledgedBy: "ana", closedByHand: true });
  const up = new Map([
    [SOURCE_ZERO, 900],
    [SMB, 900],
  ]);
  expect(await run(book, [up, new Map(), up], { from: 1, closing: [SOURCE_ZERO, SMB] })).toEqual([[], [], []]);
  expect(book.open()).toEqual([]);
});

test("a rise of thousands of ports is bounded: in questions, in series listed, in open incidents", async () => {
  const ports = new Map(Array.from({ length: 3000 }, (_, port) => [portSeriesNumber("tcp", "destination", port + 1), 50]));
  const book = new IncidentBook();
  const questions = answers();
  await run(book, [ports, ports, ports], { questions });
  expect(questions.asked).toBeLessThanOrEqual(3 * MOST_QUESTIONS);
  expect(book.open()).toHaveLength(1);
  expect(book.open()[0]!.others.length).toBeLessThan(MOST_SERIES);
  const strangers = new IncidentBook();
  for (let from = 0; from < 40; from++) await run(strangers, [ports], { from, questions: answers(() => 0) });
  expect(strangers.open().length).toBeLessThanOrEqual(MOST_OPEN);
});

test("whatever comes, ids are stable, alerts grow by the factor, and a closed incident has an end", async () => {
  const series = [SOURCE_ZERO, SMB, TELNET, ALL];
  const interval = fc.array(fc.tuple(fc.constantFrom(...series), fc.integer({ min: 10, max: 5000 })), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(interval, { minLength: 1, maxLength: 30 }), async (intervals) => {
      const told = new Map<string, number>();
      const all = await run(
        new IncidentBook(),
        intervals.map((one) => new Map(one)),
      );
      for (const { change, isAlert, incident } of all.flat()) {
        expect(change === "opened").toBe(!told.has(incident.id));
        const before = told.get(incident.id);
        const leads = incident.timeline.some(({ text }) => text.includes("leads from now on"));
        if (isAlert && before !== undefined && !leads) expect(incident.alertedSize).toBeGreaterThanOrEqual(before * 3.16);
        if (isAlert || before === undefined) told.set(incident.id, incident.alertedSize);
        expect(incident.closedAt !== null).toBe(incident.phase === "closed");
      }
    }),
    { numRuns: 100 },
  );
});

test("port zero before ports before groups, then what is least probable", () => {
  const sorted = [
    uptick(ALL, 0, 9),
    uptick(TELNET, 0, 9, { pValue: 1e-3 }),
    uptick(SMB, 0, 9),
    uptick(SOURCE_ZERO, 0, 9, { pValue: 0.1 }),
  ].toSorted(byTelling);
  expect(sorted.map(({ series }) => series)).toEqual([SOURCE_ZERO, SMB, TELNET, ALL]);
});

test("records in words", () => {
  const since = Date.UTC(2012, 8, 16) / 1000;
  expect(recordWords({ rank: 2, since, ofAll: false }, START)).toBe("highest of the year, since 2012-09-16 (412 days)");
  expect(recordWords({ rank: 2, since: START - 40 * 86_400, ofAll: false }, START)).toBe("highest since 2013-09-23 (40 days)");
  expect(recordWords({ rank: 1, since: START - 5 * 3600, ofAll: true }, START)).toBe("highest in all 5 hours of history");
});
