import { expect, test } from "vitest";
import { SensorYear } from "./sensor-year.ts";

const EVENT = Date.UTC(2013, 10, 2, 1) / 1000;

test("a year of twenty sensors: ordinary days, then the event, each packet at its sensor and in order of time", () => {
  const year = new SensorYear(2013);
  const days = [...year.days(120)];
  expect(days).toHaveLength(4 + 1);
  const prefixes = year.site.networks.map(({ words }) => (words[3] ?? 0) >>> 8);
  for (const { packets } of days) {
    const isAtHome = packets.every(({ frame, sensor }) => {
      const view = new DataView(frame.buffer, frame.byteOffset);
      return [view.getUint32(26) >>> 8, view.getUint32(30) >>> 8].includes(prefixes[sensor] ?? -1);
    });
    expect(isAtHome).toBe(true);
    expect(packets.every(({ time }, at) => at === 0 || time >= packets[at - 1]!.time)).toBe(true);
  }
});

test("TCP from port zero comes of a dozen sources in five minutes, and of five times as many in the event", () => {
  const year = new SensorYear(2013);
  const days = [...year.days(400)];
  const sourcesAt = (from: number): number => {
    const sources = new Set<number>();
    for (const { packets } of days)
      for (const { time, frame } of packets) {
        const view = new DataView(frame.buffer, frame.byteOffset);
        if (time >= from && time < from + 300 && frame[23] === 6 && view.getUint16(34) === 0) sources.add(view.getUint32(26));
      }
    return sources.size;
  };
  const before = sourcesAt(EVENT - 1800);
  expect(before).toBeGreaterThan(3);
  expect(before).toBeLessThan(20);
  expect(sourcesAt(EVENT + 3600)).toBeGreaterThan(4 * before);
});

test("the same seed gives the same, another another; lists name most sources of the event and many others", () => {
  const [first] = new SensorYear(7).days(400);
  const [again] = new SensorYear(7).days(400);
  const [other] = new SensorYear(8).days(400);
  expect(again?.packets.slice(0, 50)).toEqual(first?.packets.slice(0, 50));
  expect(other?.packets.slice(0, 50)).not.toEqual(first?.packets.slice(0, 50));
  const year = new SensorYear(2013);
  const lists = [...year.feeds().values()];
  expect(lists).toHaveLength(2);
  for (const list of lists) expect(list.length).toBeGreaterThan(2000);
  expect(lists[0]).toContain("80.82.65.237");
  expect(year.assets()).toHaveLength(20);
});
