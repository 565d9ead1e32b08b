/** A year's history: the same for the same seed, sums that agree, the shape of days, and the event where it was. */
import { describe, expect, test } from "vitest";
import { ACTIVITY_TECHNIQUES, type HistoryBatch } from "../../model/history.ts";
import { groupSeriesNumber, portSeriesNumber } from "../../model/series.ts";
import { emptyPackets, EVENT_START, MEAN_PACKETS, packetsOf, YEAR_DAYS, YEAR_END } from "./darknet-year.ts";
import { DARKNET_SENSORS, emptyTruth, historyBatches, type HistoryPlan } from "./make-history.ts";

const HOUR = 3600;
const DAY = 86_400;
const PORT_ZERO = groupSeriesNumber("port-zero");
const BACKSCATTER = ACTIVITY_TECHNIQUES.indexOf("backscatter");

const plan = (from: number, intervals: number, more: Partial<HistoryPlan> = {}): HistoryPlan => ({
  seed: 7,
  from,
  to: from + 300 * intervals,
  every: 1,
  intervalsPerBatch: 1,
  ...more,
});

function make(of: HistoryPlan): HistoryBatch[] {
  return [...historyBatches(of, emptyTruth())];
}

/** Packets and distinct sources of a series, over all sensors. */
function seriesOf(batches: readonly HistoryBatch[], series: number): { packets: number; sources: number; targets: number } {
  const sources = new Set<number>();
  const targets = new Set<number>();
  let packets = 0;
  for (const { series: rows } of batches) {
    for (let row = 0; row < rows.length; row++) {
      if (rows.series[row] !== series) continue;
      packets += rows.packets[row] ?? 0;
      for (const [kind, set] of [
        ["sources", sources],
        ["targets", targets],
      ] as const) {
        const { offsets, values } = rows.members[kind];
        for (const value of values.subarray(offsets[row], offsets[row + 1])) set.add(value);
      }
    }
  }
  return { packets, sources: sources.size, targets: targets.size };
}

describe("a darknet's history", () => {
  test("a year has a thousand million packets, with days, and weeks", () => {
    const packets = emptyPackets();
    const counts: number[] = [];
    for (let time = YEAR_END - YEAR_DAYS * DAY; time < YEAR_END; time += 37 * HOUR + 300) {
      packetsOf(7, time, packets);
      counts.push(packets.length);
    }
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    expect(mean * YEAR_DAYS * 288).toBeGreaterThan(1e9);
    expect(mean / MEAN_PACKETS).toBeGreaterThan(0.95);
    expect(mean / MEAN_PACKETS).toBeLessThan(1.1);
    const at = (hour: number): number =>
      Array.from({ length: 20 }, (_, day) => {
        packetsOf(7, YEAR_END - (day + 1) * DAY + hour * HOUR, packets);
        return packets.length;
      }).reduce((sum, count) => sum + count, 0);
    expect(at(14) / at(2)).toBeGreaterThan(1.3);
  });

  test("the favourites are ahead, many thousands of ports are asked for, and most sources are seen little", () => {
    const batches = make(plan(YEAR_END - 20 * DAY, 12));
    const port = (number: number): number => seriesOf(batches, portSeriesNumber("tcp", "destination", number)).packets;
    expect(port(23)).toBeGreaterThan(port(443));
    expect(port(445)).toBeGreaterThan(port(5900));
    expect(seriesOf(batches, portSeriesNumber("udp", "destination", 5060)).packets).toBeGreaterThan(100);
    expect(new Set(batches.flatMap(({ series }) => [...series.series])).size).toBeGreaterThan(3000);
    const packetsOfSource = new Map<number, number>();
    for (const { activity } of batches) {
      const view = new DataView(activity.source.buffer, activity.source.byteOffset);
      for (let row = 0; row < activity.length; row++) {
        const source = view.getUint32(16 * row + 12);
        packetsOfSource.set(source, (packetsOfSource.get(source) ?? 0) + (activity.packets[row] ?? 0));
      }
    }
    const ascending = [...packetsOfSource.values()].sort((a, b) => a - b);
    expect(ascending[ascending.length >> 1]).toBeLessThan(6);
    expect(ascending.at(-1)).toBeGreaterThan(2000);
  });

  test("the event of 2 November 2013: five times the sources with port zero, in three hours", () => {
    const hour = (from: number): ReturnType<typeof seriesOf> => seriesOf(make(plan(from, 12)), PORT_ZERO);
    const before = hour(EVENT_START - HOUR);
    const during = hour(EVENT_START + HOUR);
    const after = hour(EVENT_START + 3 * HOUR);
    expect(during.sources).toBeGreaterThanOrEqual(5 * before.sources);
    expect(during.packets).toBeGreaterThan(4 * before.packets);
    expect(after.packets).toBeLessThan(1.5 * before.packets);
  });

  test("truth is what the batches say: by series, by sensor, by source", () => {
    const truth = emptyTruth();
    const batches = [...historyBatches(plan(EVENT_START, 3), truth)];
    expect(batches.map(({ sensor }) => sensor).slice(0, 3)).toEqual(DARKNET_SENSORS);
    const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, one) => total + one, 0);
    expect(sum(batches.flatMap(({ activity }) => [...activity.packets]))).toBe(truth.observations);
    expect(sum(batches.flatMap(({ liveness }) => liveness.map(({ observations }) => observations)))).toBe(truth.observations);
    expect(sum(batches.map(({ activity }) => activity.length))).toBe(truth.activityRows);
    for (const series of [PORT_ZERO, groupSeriesNumber("all")]) expect(seriesOf(batches, series).packets).toBe(truth.packets[series]);
    const [[address, packets] = [0, 0]] = truth.packetsOfBusiest;
    let found = 0;
    for (const { activity } of batches) {
      const view = new DataView(activity.source.buffer, activity.source.byteOffset);
      for (let row = 0; row < activity.length; row++) if (view.getUint32(16 * row + 12) === address) found += activity.packets[row] ?? 0;
    }
    expect(found).toBe(packets);
  });

  test("each row's things are distinct, and no more than its packets", () => {
    for (const { series, activity } of make(plan(EVENT_START, 1))) {
      expect([...series.series]).toEqual([...series.series].sort((a, b) => a - b));
      for (const { offsets, values } of Object.values(series.members)) {
        expect(offsets[series.length]).toBe(values.length);
        for (let row = 0; row < series.length; row++) {
          const things = values.subarray(offsets[row], offsets[row + 1]);
          expect(new Set(things).size).toBe(things.length);
          expect(things.length).toBeLessThanOrEqual(series.packets[row] ?? 0);
          expect(things.length).toBeGreaterThan(0);
        }
      }
      for (let row = 0; row < activity.length; row++) expect(activity.targets[row]).toBeLessThanOrEqual(activity.packets[row] ?? 0);
      expect(activity.technique).toContain(BACKSCATTER);
    }
  });

  test("the same for the same seed, wherever it is begun and however it is cut", () => {
    const from = YEAR_END - 3 * DAY;
    const alone = make(plan(from, 4));
    const together = make(plan(from, 4, { intervalsPerBatch: 4 }));
    expect(together).toHaveLength(3);
    expect(make(plan(from + 300, 1))).toEqual(alone.slice(3, 6));
    for (const [index, { activity, series }] of together.entries()) {
      const parts = alone.filter((_, at) => at % 3 === index);
      expect([...activity.packets]).toEqual(parts.flatMap((part) => [...part.activity.packets]));
      expect([...series.members.targets.values]).toEqual(parts.flatMap((part) => [...part.series.members.targets.values]));
      expect(series.members.targets.offsets.at(-1)).toBe(series.members.targets.values.length);
    }
    expect(make(plan(from, 1, { seed: 8 }))[0]?.activity.source).not.toEqual(alone[0]?.activity.source);
    expect(make(plan(from, 4, { every: 2 }))).toEqual([...alone.slice(0, 3), ...alone.slice(6, 9)]);
  });
});
