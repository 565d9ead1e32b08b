/** History from files: all of it, once, whatever happens on the way. */
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { encodeCapture } from "../../lab/capture-writer.ts";
import { ethernet } from "../../lab/frame.ts";
import { tcpPacket } from "../../lab/packet.ts";
import { type Network, parseNetwork } from "../../model/address.ts";
import { openStore } from "../../store/open-store.ts";
import { groupSeriesNumber } from "../../model/series.ts";
import { type ImportOptions, type ImportStore, importHistory } from "./import.ts";
import { PlainStore } from "./plain-store.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "precursor-import-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START = 1_383_354_000;

/** A capture of SYNs, one a step, each from a source of its own; the first is number `first`. */
function capture(name: string, packets: number, step: number, start = START, first = 0): string {
  const path = join(folder, name);
  const frames = Array.from({ length: packets }, (_, row) => row + first).map((i, row) => ({
    time: start + row * step,
    frame: ethernet(
      tcpPacket(
        { source: 0xc633_6400 + (i & 0xffff), destination: 0xc000_0200 + (i % 7) },
        { sourcePort: i % 50 === 0 ? 0 : 1024 + i, destinationPort: i % 3 === 0 ? 445 : 23, flags: 2 },
      ),
    ),
  }));
  writeFileSync(path, encodeCapture(frames));
  return path;
}

const ALL = groupSeriesNumber("all");

/** A firewall's line of one packet. */
function logLine(number: number): string {
  const stamp = new Date(1000 * (START + number)).toISOString().slice(0, 19);
  return `${stamp}+00:00 fw kernel: IN=eth0 OUT= MAC=00:00:00:00:00:00 SRC=198.51.${number >> 8}.${number & 255} DST=192.0.2.1 LEN=44 TOS=0x00 PREC=0x00 TTL=240 ID=54321 PROTO=TCP SPT=40000 DPT=445 WINDOW=1024 RES=0x00 SYN URGP=0 \n`;
}

function imported(store: ImportStore, inputs: readonly string[], more: Partial<ImportOptions> = {}): ReturnType<typeof importHistory> {
  const nothing = { since: null, until: null, filter: null, inputFormat: null, mapping: null, onProgress: null };
  return importHistory(
    { inputs, sensor: "one", home: [], targets: [], threads: 1, ...nothing, ...more },
    { openKnown: async () => knownTo(store), open: async () => store },
  );
}

/** As it is asked before anything is read. */
function knownTo(store: ImportStore): { importTokens: ImportStore["importTokens"]; close: () => Promise<void> } {
  return { importTokens: (prefix) => store.importTokens(prefix), close: async () => {} };
}

/** So small that a capture is cut in many parts. */
const LIMITS = { pairs: 1 << 15, cells: 1 << 14, activityRows: 8192 };

describe("importing", () => {
  it("counts every observation, and says that the sensor was alive in between", async () => {
    const store = new PlainStore();
    const path = capture("slow.pcap", 40, 1000);
    const { inputs } = await imported(store, [path]);
    const [input] = inputs;
    expect(input).toMatchObject({ observations: 40, added: 40, knownIntervals: 0, parts: 1, firstSeen: START, lastSeen: START + 39_000 });
    const alive = await store.aliveIntervals();
    const first = START - (START % 300);
    expect(alive.map(({ interval }) => interval)).toEqual(Array.from({ length: input!.intervals }, (_, i) => first + 300 * i));
    expect(alive.length).toBe(Math.floor((START + 39_000) / 300) - Math.floor(START / 300) + 1);
    expect([...store.merged.observations.values()].reduce((sum, count) => sum + count, 0)).toBe(40);
  });

  it("takes a silence of more than a day for a gap", async () => {
    const store = new PlainStore();
    await imported(store, [capture("silent.pcap", 3, 100_000)]);
    expect(await store.aliveIntervals()).toHaveLength(3);
  });

  it("adds nothing a second time, by whatever name, and says so", async () => {
    const store = new PlainStore();
    const path = capture("twice.pcap", 3000, 0.5);
    await imported(store, [path]);
    const before = store.merged;
    const copy = join(folder, "other-name.pcap");
    copyFileSync(path, copy);
    const { inputs, twins } = await imported(store, [copy, path]);
    expect(twins).toEqual([path]);
    expect(inputs).toMatchObject([{ name: copy, observations: 3000, added: 0 }]);
    expect(inputs[0]!.knownIntervals).toBe(inputs[0]!.intervals);
    expect(store.merged).toEqual(before);
  });

  it("knows a file packed and unpacked, also in another import", async () => {
    const store = new PlainStore();
    const path = capture("plain.pcap", 500, 0.5);
    const packed = join(folder, "packed");
    writeFileSync(packed, gzipSync(readFileSync(path)));
    expect((await imported(store, [path, packed])).twins).toEqual([packed]);
    const { inputs } = await imported(store, [packed]);
    expect(inputs).toMatchObject([{ observations: 500, added: 0 }]);
  });

  it.each<[string, (name: string, from: number, to: number) => Uint8Array]>([
    ["log", (_, from, to) => Buffer.from(Array.from({ length: to - from }, (__, i) => logLine(from + i)).join(""))],
    ["capture", (name, from, to) => readFileSync(capture(name, to - from, 0.5, START + from / 2)).subarray(from === 0 ? 0 : 24)],
  ])("of a %s that has grown adds what is new, in one import and in another", async (kind, rows) => {
    const store = new PlainStore();
    const path = join(folder, `grown-${kind}`);
    writeFileSync(path, rows("first", 0, 3000));
    // In the midst of a record
    appendFileSync(path, rows("next", 3000, 3001).subarray(0, 10));
    await imported(store, [path]);
    writeFileSync(path, Buffer.concat([rows("first", 0, 3000), rows("next", 3000, 4000)]));
    const { inputs } = await imported(store, [path], { threads: 2 });
    expect(inputs).toMatchObject([{ observations: 1000, added: 1000, knownBytes: expect.any(Number) }]);
    const [earlier, later] = [`${path}-earlier`, `${path}-later`];
    copyFileSync(path, earlier);
    writeFileSync(later, gzipSync(Buffer.concat([readFileSync(path), rows("last", 4000, 4100)])));
    const both = await imported(store, [later, earlier]);
    expect(both.inputs.map(({ name, added }) => [name, added])).toEqual([
      [earlier, 0],
      [later, 100],
    ]);
    expect([...store.merged.observations.values()].reduce((sum, count) => sum + count, 0)).toBe(4100);
  });

  it("counts once what rotated captures have in common, in any order, and beside one that history has", async () => {
    const [first, second, third] = [0, 1, 2].map((i) => capture(`rotated-${i}.pcap`, 1000, 0.25, START + 0.125 + i * 225, 900 * i));
    const store = new PlainStore();
    const { inputs } = await imported(store, [first!, second!]);
    expect(inputs).toMatchObject([
      { observations: 1000, added: 1000, shared: 0 },
      { observations: 900, added: 900, shared: 100 },
    ]);
    const later = await imported(store, [third!, second!]);
    expect(later.inputs.map(({ name, added, shared }) => [name, added, shared])).toEqual([
      [second, 0, 0],
      [third, 900, 100],
    ]);
    expect([...store.merged.observations.values()].reduce((sum, count) => sum + count, 0)).toBe(2800);
  });

  it("keeps target groups apart, and fills one that comes later without counting anything else again", async () => {
    const store = new PlainStore();
    const path = capture("targets.pcap", 700, 1);
    const group = (name: string, network: string): { name: string; networks: Network[] } => ({ name, networks: [parseNetwork(network)!] });
    const packetsOf = (): Record<string, number> => {
      const sums: Record<string, number> = {};
      for (const { targetGroups } of store.batches.values())
        for (const { group: name, series, packets } of targetGroups) if (series === ALL) sums[name] = (sums[name] ?? 0) + packets;
      return sums;
    };
    await imported(store, [path], { targets: [group("low", "192.0.2.0/31")] });
    expect(packetsOf()).toEqual({ low: 200 });
    const { inputs } = await imported(store, [path], { targets: [group("low", "192.0.2.0/31"), group("high", "192.0.2.4/30")] });
    expect(inputs).toMatchObject([{ observations: 700, added: 0 }]);
    expect(packetsOf()).toEqual({ low: 200, high: 300 });
    await imported(store, [path]);
    expect(packetsOf()).toEqual({ low: 200, high: 300 });
    expect([...store.merged.observations.values()].reduce((sum, count) => sum + count, 0)).toBe(700);
  });

  it("adds the same file again for another sensor", async () => {
    const store = new PlainStore();
    const path = capture("sensors.pcap", 100, 1);
    await imported(store, [path]);
    const { inputs } = await imported(store, [path], { sensor: "two" });
    expect(inputs).toMatchObject([{ added: 100, knownIntervals: 0 }]);
    expect((await store.sensors()).map(({ sensor, observations }) => [sensor, observations])).toEqual([
      ["one", 100],
      ["two", 100],
    ]);
  });

  it("goes on where it was interrupted, and comes to the same", async () => {
    const paths = [capture("first.pcap", 3000, 0.2), capture("second.pcap", 20_000, 0.1, START + 86_400)];
    const whole = new PlainStore();
    const { inputs } = await imported(whole, paths, { limits: LIMITS });
    const parts = inputs.reduce((sum, input) => sum + input.parts, 0);
    expect(parts).toBeGreaterThan(3);
    for (const patience of [0, 1, parts - 2]) {
      const store = new PlainStore();
      store.patience = patience;
      await expect(imported(store, paths, { limits: LIMITS })).rejects.toThrow("interrupted");
      store.patience = Number.POSITIVE_INFINITY;
      await imported(store, paths, { limits: LIMITS });
      expect([...store.batches.keys()].sort()).toEqual([...whole.batches.keys()].sort());
      expect(store.merged).toEqual(whole.merged);
    }
  });

  it("makes the same parts in one thread and in two, to the last octet", async () => {
    const paths = [capture("a.pcap", 9000, 0.2), capture("b.pcap", 12_000, 0.1, START + 86_400)];
    const one = new PlainStore();
    const two = new PlainStore();
    await imported(one, paths, { limits: LIMITS });
    await imported(two, paths, { limits: LIMITS, threads: 2 });
    expect([...two.batches.keys()]).toEqual([...one.batches.keys()]);
    for (const [token, batch] of one.batches) expect(two.batches.get(token)).toEqual(batch);
  });

  it("tells where history had the intervals before", async () => {
    const store = new PlainStore();
    await imported(store, [capture("early.pcap", 1000, 1)]);
    const { inputs } = await imported(store, [capture("late.pcap", 1001, 1, START + 600)]);
    expect(inputs).toMatchObject([{ added: 1001, knownIntervals: 2 }]);
  });

  it("takes in only what goes to the networks that were named", async () => {
    const store = new PlainStore();
    const { inputs } = await imported(store, [capture("home.pcap", 70, 1)], { home: [parseNetwork("192.0.2.0/30")!] });
    expect(inputs).toMatchObject([{ observations: 70, elsewhere: 30, own: 0 }]);
  });

  it("throws where nothing could be read, and goes on where something could", async () => {
    const store = new PlainStore();
    await expect(imported(store, [join(folder, "nowhere.pcap")])).rejects.toMatchObject({ code: "E_INPUT_UNREADABLE" });
    const { inputs, unreadable } = await imported(store, [join(folder, "nowhere.pcap"), capture("there.pcap", 10, 1)]);
    expect([inputs.length, unreadable.length]).toEqual([1, 1]);
    expect(store.batches.size).toBe(1);
  });

  it("fills no gap of decades", async () => {
    const store = new PlainStore();
    const { inputs } = await imported(store, [capture("clocks.pcap", 4000, 400_000, 0)]);
    expect(inputs[0]!.intervals).toBeLessThanOrEqual(4000);
  });
});

it("a real store holds what was imported, once", async () => {
  const path = capture("real.pcap", 5000, 0.1);
  const store = await openStore({ kind: "folder", path: join(folder, "history") });
  try {
    const first = await imported(store, [path], { limits: LIMITS });
    const second = await imported(store, [path], { limits: LIMITS });
    expect([first.inputs[0]?.added, second.inputs[0]?.added]).toEqual([5000, 0]);
    const points = await store.series(groupSeriesNumber("port-zero"), { from: START - 300, to: START + 1200 }, 300, null);
    expect(points.reduce((sum, { packets }) => sum + packets, 0)).toBe(100);
    const all = await store.series(groupSeriesNumber("all"), { from: START - 300, to: START + 1200 }, 86_400, null);
    expect(Math.abs(all[0]!.sources / 5000 - 1)).toBeLessThan(0.03);
  } finally {
    await store.close();
  }
}, 60_000);
