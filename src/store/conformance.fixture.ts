/** What holds for every store: in a folder, at a server, on a cluster. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Incident, Uptick } from "../model/incident.ts";
import { groupSeriesNumber, portSeriesNumber } from "../model/series.ts";
import { type ActivityRow, aliveRow, batchOf, type SeriesRow } from "./batches.fixture.ts";
import { countsOf, type Written } from "./history-model.fixture.ts";
import type { Store, TimeRange } from "./store.ts";

const DAY = 86_400;
/** 2 November 2013, 01:00 UTC. */
const EVENT = 1_383_354_000;
const TCP_445 = portSeriesNumber("tcp", "destination", 445);
const TCP_SOURCE_0 = portSeriesNumber("tcp", "source", 0);

export interface StoreLaws {
  /** A store that is opened once and closed by the caller; each law has days of its own. */
  readonly store: () => Store;
  readonly runs: number;
}

export function describeStore({ store, runs }: StoreLaws): void {
  test("the same batch twice counts once, in every rollup", async () => {
    const row: SeriesRow = { interval: EVENT, series: TCP_445, packets: 30, sources: [1, 2], networks: [1], asns: [7], targets: [9] };
    await store().write(batchOf("once", [row]), "twice");
    await store().write(batchOf("once", [row]), "twice");
    await store().write(batchOf("once", [{ ...row, sources: [2, 3] }]), "another");
    const whole: TimeRange = { from: EVENT - (EVENT % DAY), to: EVENT - (EVENT % DAY) + DAY };
    for (const resolution of [300, 3600, DAY] as const) {
      const points = await store().series(TCP_445, whole, resolution, ["once"]);
      expect(points.map(({ packets, sources, alive }) => [packets, sources, alive])).toEqual([[60, 3, 1]]);
    }
  });

  test("an imported batch is known by its token, whatever the engine remembers of its inserts", async () => {
    const start = EVENT + DAY * 6;
    const range = { from: start, to: start + 3600 };
    const row: SeriesRow = { interval: start, series: TCP_445, packets: 3, sources: [1], networks: [1], asns: [1], targets: [1] };
    // For tables that had nothing of the token: the engine would take it in
    const unknown: ActivityRow = {
      interval: start,
      source: 0xc000_0263,
      asn: 64_500,
      transport: 6,
      port: 445,
      technique: "tcp-syn",
      packets: 5,
      sourcePortZero: 0,
      targets: 1,
    };
    const token = "import/it's \\ 1/0";
    expect(await store().importBatch(batchOf("files", [row]), token)).toBe(true);
    expect(await store().importBatch(batchOf("files", [], [unknown], []), token)).toBe(false);
    expect(await store().topSources(range, null, 9)).toEqual([]);
    await store().compact();
    expect(await store().importBatch(batchOf("files", [row]), token)).toBe(false);
    expect(await store().importBatch(batchOf("files", [row]), `${token}0`)).toBe(true);
    await store().noteImports(["noted/a", "noted/b'"]);
    await store().noteImports(["noted/a"]);
    expect([...(await store().importTokens("noted/"))].sort()).toEqual(["noted/a", "noted/b'"]);
    expect(await store().importTokens("noted/c")).toEqual([]);
    const points = await store().series(TCP_445, range, 3600, ["files"]);
    expect(points.map(({ packets, sources }) => [packets, sources])).toEqual([[6, 1]]);
  });

  test("whatever the order, the cuts and the repeats, and from two sensors: what is asked is what was seen", async () => {
    let run = 0;
    const member = fc.integer({ min: 0, max: 40 });
    const members = fc.array(member, { maxLength: 12 });
    const row = fc.record({
      interval: fc.integer({ min: 0, max: 15 }),
      series: fc.constantFrom(0, TCP_445, TCP_SOURCE_0, groupSeriesNumber("all")),
      packets: fc.integer({ min: 1, max: 1000 }),
      sources: members,
      networks: members,
      asns: members,
      targets: members,
    });
    const batch = fc.record({ sensor: fc.constantFrom("north", "south"), rows: fc.array(row, { maxLength: 20 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), fc.boolean(), async (batches, backwards) => {
        const base = EVENT - (EVENT % DAY) + DAY * (10 + ++run);
        const written: Written[] = batches.map(({ sensor, rows }) => ({
          sensor: `${sensor}-${run}`,
          rows: rows.map((one) => ({ ...one, interval: base + 300 * one.interval })),
        }));
        const order = [...written.entries()];
        if (backwards) order.reverse();
        for (const [index, { sensor, rows }] of [...order, ...order.slice(0, 1)]) {
          const half = rows.length >> 1;
          await store().write(batchOf(sensor, rows.slice(0, half)), `${run}/${index}/a`);
          await store().write(batchOf(sensor, rows.slice(half)), `${run}/${index}/b`);
        }
        await asksAgree(store(), written, base, run);
      }),
      { numRuns: runs },
    );
  });

  test("snapshots of days come each once and in order, over hours of much and gaps of days", async () => {
    const start = EVENT - (EVENT % DAY) - DAY * 60;
    const offsets = [0, 300, 3900, 7200, 7500, 25_200, DAY * 3 + 600, DAY * 3 + 46_800, DAY * 5 - 300];
    const rows = offsets.map((offset, index): SeriesRow => ({
      interval: start + offset,
      series: TCP_445,
      packets: index + 1,
      sources: [1],
      networks: [1],
      asns: [1],
      targets: [1],
    }));
    await store().write(batchOf("days", rows), "days");
    const found: [number, number | undefined][] = [];
    for await (const { time, packets } of store().snapshots({ from: start + 1, to: start + DAY * 5 }, ["days"])) {
      found.push([time - start, packets[0]]);
    }
    expect(found).toEqual(offsets.slice(1).map((offset, index) => [offset, index + 2]));
  });

  test("a gap is a gap: no point where no sensor was alive, zero where one was and saw nothing", async () => {
    const start = EVENT + DAY * 3;
    const seen: SeriesRow = { interval: start, series: TCP_445, packets: 5, sources: [1], networks: [1], asns: [1], targets: [1] };
    await store().write(batchOf("gap", [seen], [], [start, start + 300, start + 900].map(aliveRow)), "gap");
    const range = { from: start, to: start + 1500 };
    const points = await store().series(TCP_445, range, 300, ["gap"]);
    expect(points.map(({ time, packets, alive }) => [(time - start) / 300, packets, alive])).toEqual([
      [0, 5, 1],
      [1, 0, 1],
      [3, 0, 1],
    ]);
    expect(await store().aliveIntervals(range)).toEqual(
      [start, start + 300, start + 900].map((interval) => ({ interval, sensors: ["gap"], observations: [1] })),
    );
    expect(await store().sensors(range)).toMatchObject([
      { sensor: "gap", firstSeen: start, lastSeen: start + 900, intervals: 3, observations: 3 },
    ]);
  });

  test("sources, networks and movers of an hour", async () => {
    const start = EVENT + DAY * 4;
    const range = { from: start, to: start + 3600 };
    const activity: ActivityRow[] = [
      {
        interval: start,
        source: 0xc000_0201,
        asn: 64_500,
        transport: 6,
        port: 445,
        technique: "tcp-syn",
        packets: 9,
        sourcePortZero: 9,
        targets: 9,
      },
      {
        interval: start + 300,
        source: 0xc000_0201,
        asn: 64_500,
        transport: 6,
        port: 445,
        technique: "tcp-syn",
        packets: 4,
        sourcePortZero: 0,
        targets: 4,
      },
      {
        interval: start,
        source: 0xc000_0202,
        asn: 64_500,
        transport: 17,
        port: 0,
        technique: "udp",
        packets: 2,
        sourcePortZero: 0,
        targets: 1,
      },
      {
        interval: start,
        source: 0xcb00_7101,
        asn: 64_501,
        transport: 1,
        port: 8,
        technique: "icmp",
        packets: 1,
        sourcePortZero: 0,
        targets: 1,
      },
      { interval: start, source: 0, asn: 0, transport: 6, port: 23, technique: "folded", packets: 1000, sourcePortZero: 0, targets: 5 },
    ];
    const row = { interval: start, series: TCP_445, packets: 13, sources: [1, 2, 3, 4], networks: [1], asns: [1], targets: [1] };
    const other = { ...row, series: TCP_SOURCE_0, sources: [3, 4, 5], packets: 9 };
    const before = { ...row, interval: start - 3600, sources: [1] };
    const group = { interval: start, group: "dmz", series: TCP_445, packets: 3, sources: Uint32Array.of(1, 2), targets: Uint32Array.of(5) };
    await store().write(batchOf("hour", [before, row, other], activity, [aliveRow(start), aliveRow(start + 300)], [group]), "hour");

    const top = await store().topSources(range, null, 2);
    expect(top).toEqual([
      { source: "192.0.2.1", asn: 64_500, packets: 13, targets: 13, sensors: 1, firstSeen: start, lastSeen: start + 300 },
      { source: "192.0.2.2", asn: 64_500, packets: 2, targets: 1, sensors: 1, firstSeen: start, lastSeen: start },
    ]);
    const who = async (series: number): Promise<string[]> => (await store().topSources(range, series, 9)).map(({ source }) => source);
    expect(await who(TCP_445)).toEqual(["192.0.2.1"]);
    expect(await who(TCP_SOURCE_0)).toEqual(["192.0.2.1"]);
    expect(await who(groupSeriesNumber("port-zero"))).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect((await store().topNetworks(range, 9)).map(({ network, packets, sources, ports }) => [network, packets, sources, ports])).toEqual(
      [
        ["192.0.2.0/24", 15, 2, 2],
        ["203.0.113.0/24", 1, 1, 1],
      ],
    );
    expect(
      (await store().activityOf("192.0.2.0/31", range, 3600)).map(({ technique, port, packets }) => [technique, port, packets]),
    ).toEqual([["tcp-syn", 445, 13]]);
    expect(await store().topSeries(range, 5)).toEqual([
      { series: TCP_445, sources: 4, sourcesBefore: 1, packets: 13 },
      { series: TCP_SOURCE_0, sources: 3, sourcesBefore: 0, packets: 9 },
    ]);
    expect(await store().sharedSources(TCP_445, TCP_SOURCE_0, range)).toBeCloseTo(2 / 3);
    expect(await store().targetGroups(range)).toEqual(["dmz"]);
    expect(await store().targetGroupSeries("dmz", TCP_445, range, 3600, null)).toMatchObject([
      { packets: 3, sources: 2, targets: 1, alive: 1 },
    ]);
  });

  test("who sent most and what rose, over days: found among very many, and counted exactly", async () => {
    const start = EVENT - (EVENT % DAY) + DAY * 120;
    const range = { from: start, to: start + 10 * DAY };
    const heavy = (source: number): number => (source < 5 ? 400 + source : 1);
    for (let day = 0; day < 10; day++) {
      const interval = start + day * DAY + 3600 * day;
      // 2,000 others a day, never the same: far more than a summary counts
      const activity = Array.from({ length: 2005 }, (_, index): ActivityRow => {
        const source = index < 5 ? index : 5 + day * 2000 + index;
        return {
          interval,
          source: 0x0b00_0000 + 256 * source,
          asn: 1,
          transport: 6,
          port: index % 3,
          technique: "tcp-syn",
          packets: heavy(source),
          sourcePortZero: 0,
          targets: 2,
        };
      });
      const rows = Array.from({ length: 300 }, (_, series): SeriesRow => {
        const sources = Array.from({ length: series === 7 && day > 4 ? 50 : 2 }, (__, at) => 100 * day + at);
        return { interval, series, packets: 1000 - series, sources, networks: [1], asns: [1], targets: [1] };
      });
      for (const half of [0, 1]) {
        const parts = activity.filter((_, index) => index % 2 === half);
        await store().write(batchOf("days", half === 0 ? rows : [], parts, [aliveRow(interval + 300 * half)]), `days/${day}/${half}`);
      }
    }
    const expected = [4, 3, 2, 1, 0].map((source) => ({ packets: 10 * heavy(source), targets: 20 }));
    expect(await store().topSources(range, null, 5)).toMatchObject(
      expected.map((one, at) => ({ ...one, source: `11.0.${4 - at}.0`, sensors: 1, firstSeen: start, lastSeen: start + 9 * DAY })),
    );
    expect(await store().topNetworks(range, 5)).toMatchObject(
      expected.map((one, at) => ({ ...one, network: `11.0.${4 - at}.0/24`, ports: 1 })),
    );
    const [first] = await store().topSeries({ from: start + 5 * DAY, to: range.to }, 3);
    expect(first).toEqual({ series: 7, sources: 250, sourcesBefore: 10, packets: 5 * 993 });
    expect(await store().sensors({ from: start + DAY, to: range.to })).toMatchObject([
      { sensor: "days", firstSeen: start + DAY + 3600, lastSeen: start + 9 * DAY + 9 * 3600 + 300, intervals: 18, observations: 18 },
    ]);
    expect(await store().activityOverTime("11.0.4.0", range, DAY)).toEqual(
      Array.from({ length: 10 }, (_, day) => ({ time: start + day * DAY, packets: 404, targets: 2, ports: 1, sensors: 1 })),
    );
    expect(await store().activityByPort("11.0.0.0/21", range, 1)).toEqual([
      { transport: 6, port: 1, technique: "tcp-syn", packets: 10 * (401 + 404), targets: 40, firstSeen: start, lastSeen: start + 9 * DAY },
    ]);
  });

  test("an incident is what was saved last, with what people said meanwhile", async () => {
    const id = "20131102T0100Z-tcp-source-0";
    await store().saveIncident(incidentOf(id, 1));
    await store().annotateIncident(id, { time: EVENT + 60, kind: "acknowledged", text: "seen", by: "o'hara \\" });
    await store().saveIncident(incidentOf(id, 2));
    const found = await store().incident(id);
    expect(found).toMatchObject({ sources: 2, acknowledgedBy: "o'hara \\" });
    expect(found?.timeline.map(({ kind }) => kind)).toEqual(["opened", "acknowledged"]);
    await store().saveIncident(incidentOf("20131103T0100Z-udp-destination-0", 3, EVENT + DAY));
    expect((await store().incidents(null, 9)).map((one) => one.sources)).toEqual([3, 2]);
    expect(await store().incidents({ from: EVENT, to: EVENT + 1 }, 9)).toHaveLength(1);
    expect(await store().incident("none")).toBeNull();
    await expect(store().annotateIncident("none", { time: 0, kind: "note", text: "", by: null })).rejects.toThrow(
      "no incident has the id none",
    );
  });

  test("times that were judged: the latest end of each run, joined where they touch", async () => {
    const at = 1_383_350_400;
    await store().markJudged({ from: at, to: at + 600 });
    await store().markJudged({ from: at, to: at + 3600 });
    await store().markJudged({ from: at, to: at + 1200 });
    await store().markJudged({ from: at + 3600, to: at + 7200 });
    await store().markJudged({ from: at + 90_000, to: at + 90_300 });
    expect(await store().judged()).toEqual([
      { from: at, to: at + 7200 },
      { from: at + 90_000, to: at + 90_300 },
    ]);
  });

  test("labels of an address: the newest of each list", async () => {
    const label = { address: "2001:db8::1", kind: "acknowledged", list: "a", body: "{}" };
    await store().saveLabels([label, { ...label, address: "192.0.2.9" }]);
    expect(await store().labels("2001:db8::/32")).toEqual([label]);
    expect(await store().labels("192.0.2.0/24")).toEqual([{ ...label, address: "192.0.2.9" }]);
    await expect(store().labels("nonsense")).rejects.toThrow("no address or network: nonsense");
  });

  test("compacting changes no answer", async () => {
    const range = { from: EVENT - (EVENT % DAY), to: EVENT + 60 * DAY };
    const ask = async (): Promise<unknown> => [
      await store().series(TCP_445, range, 3600, null),
      await store().snapshot(EVENT, null),
      await store().topSources(range, null, 10),
    ];
    const before = await ask();
    await store().compact();
    expect(await ask()).toEqual(before);
    const info = await store().info();
    expect(info.tables.find(({ name }) => name === "series_5m")?.rows).toBeGreaterThan(0);
  });
}

async function asksAgree(store: Store, written: readonly Written[], base: number, run: number): Promise<void> {
  for (const sensors of [[`north-${run}`], [`north-${run}`, `south-${run}`]]) {
    for await (const snapshot of store.snapshots({ from: base, to: base + 16 * 300 }, sensors)) {
      const expected = countsOf(written, snapshot.time, 300, sensors);
      const found = Array.from(snapshot.series, (series, at) => [
        series,
        {
          packets: snapshot.packets[at],
          sources: snapshot.sources[at],
          networks: snapshot.networks[at],
          asns: snapshot.asns[at],
          targets: snapshot.targets[at],
          sensors: snapshot.sensors[at],
        },
      ]);
      expect(found).toEqual([...expected]);
    }
    for (const resolution of [300, 3600, DAY] as const) {
      for (const { time, alive, ...counts } of await store.series(TCP_445, { from: base, to: base + DAY }, resolution, sensors)) {
        const none = { packets: 0, sources: 0, networks: 0, asns: 0, targets: 0, sensors: 0 };
        expect(counts).toEqual(countsOf(written, time, resolution, sensors).get(TCP_445) ?? none);
        expect(alive).toBeGreaterThan(0);
      }
    }
  }
}

function incidentOf(id: string, sources: number, openedAt = EVENT): Incident {
  const leading: Uptick = {
    series: "tcp/source/0",
    kind: "surge",
    start: openedAt,
    end: null,
    peakTime: openedAt,
    peak: 100,
    expected: 20,
    pValue: 1e-9,
    record: { rank: 1, since: openedAt - 400 * DAY, ofAll: true },
  };
  return {
    id,
    phase: "closed",
    openedAt,
    updatedAt: openedAt + sources,
    closedAt: openedAt + 3 * 3600,
    leading,
    others: [],
    sources,
    networks: 1,
    asns: 1,
    targets: 1,
    sensors: 1,
    sensorsAlive: 1,
    alertedSize: 0,
    acknowledgedBy: null,
    timeline: [{ time: openedAt, kind: "opened", text: "opened", by: null }],
  };
}
