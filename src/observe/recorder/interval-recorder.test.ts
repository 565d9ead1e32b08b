/** The recorder beside maps and sets: the same history from real captures, whatever the batches, their order, and how often it is emptied. */
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseNetwork } from "../../model/address.ts";
import type { HistoryBatch } from "../../model/history.ts";
import { FRAGMENT_LATER, GRADE_PLACEHOLDER, GRADE_UNCONFIRMED, NO_PORT, ObservationBatch, RECORD_FLOW } from "../../model/observation.ts";
import { PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import { seriesName } from "../../model/series.ts";
import { eachBatch, readSample, samplesPresent } from "../captures.fixture.ts";
import { IntervalRecorder, type RecorderOptions } from "./interval-recorder.ts";
import { mergeBatches, PlainRecorder } from "./plain-history.fixture.ts";

/** Every third port, so that the group differs from all others. */
const UNASSIGNED = { tcp: Uint8Array.from({ length: 65_536 }, (_, port) => (port % 3 === 1 ? 1 : 0)), udp: new Uint8Array(65_536).fill(1) };
const asnOf = (_a: number, _b: number, c: number, d: number): number => (c === 0xffff ? d >>> 24 : 0);

function recorder(more: Partial<RecorderOptions> = {}): IntervalRecorder {
  return new IntervalRecorder({ sensor: "one", home: [], unassigned: UNASSIGNED, targetGroups: [], ...more });
}

/** What both make of a capture; the recorder is emptied after every `turns` batches. */
function both(capture: Uint8Array, rows = 2048, turns = Number.POSITIVE_INFINITY, home: readonly string[] = []) {
  const networks = home.map((text) => parseNetwork(text)!);
  const plain = new PlainRecorder(UNASSIGNED, networks);
  const one = recorder({ home: networks });
  const parts: HistoryBatch[] = [];
  let count = 0;
  eachBatch(capture, rows, (batch) => {
    one.observe(batch);
    plain.observe(batch);
    if (++count % turns === 0) parts.push(one.take(asnOf));
  });
  parts.push(one.take(asnOf));
  return { plain, parts, one, merged: mergeBatches(parts) };
}

function expectSame({ plain, merged, parts }: Pick<ReturnType<typeof both>, "plain" | "merged" | "parts">): void {
  expect(merged.observations).toEqual(plain.observations);
  expect([...merged.activity.keys()].sort()).toEqual([...plain.activity.keys()].sort());
  for (const [key, { packets, sourcePortZero, targets }] of plain.activity) {
    const there = merged.activity.get(key)!;
    expect([key, there.packets, there.sourcePortZero]).toEqual([key, packets, sourcePortZero]);
    // Distinct since the last time the recorder was emptied: their sum is an upper bound.
    if (parts.length === 1) expect([key, there.targets]).toEqual([key, targets.size]);
    else expect(there.targets).toBeGreaterThanOrEqual(targets.size);
  }
  expect([...merged.series.keys()].sort()).toEqual([...plain.series.keys()].sort());
  for (const [key, { packets, sources, targets }] of plain.series) {
    const there = merged.series.get(key)!;
    expect([key, there.packets, there.sources.size, there.targets.size]).toEqual([key, packets, sources.size, targets.size]);
    expect(there.sources).toEqual(sources);
    expect(there.targets).toEqual(targets);
  }
}

const FOLDERS = [
  "pcap-port0",
  "pcap-scans",
  "pcap-benign-control",
  "pcap-encap",
  "pcap-fragments",
  "pcap-backscatter-dos",
  "pcap-scanners-live",
  "netflow-dat",
  "flow-captures",
];
const SMALL = 8 << 20;

describe.skipIf(!samplesPresent)("real captures", () => {
  for (const folder of samplesPresent ? FOLDERS : []) {
    const names = readdirSync(new URL(`../../../../shared/samples/${folder}/`, import.meta.url));
    for (const name of names.filter((one) => /\.(?:pcap|pcapng|cap|dat)$/.test(one))) {
      it(`${folder}/${name} gives what maps and sets give`, () => {
        const capture = readSample(`${folder}/${name}`);
        if (capture.length > SMALL) return;
        let found;
        try {
          found = both(capture);
        } catch (error) {
          if (error instanceof Error && error.message === "no capture") return;
          throw error;
        }
        expectSame(found);
      });
    }
  }

  it("leaves out what own clients send, and says how much", () => {
    const capture = readSample("pcap-benign-control/gnutella.pcap");
    const all = both(capture);
    const found = both(capture, 2048, Number.POSITIVE_INFINITY, ["10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12"]);
    expectSame(found);
    expect(found.merged.series.size).toBeLessThan(all.merged.series.size);
    expect(found.one.own).toBeGreaterThan(0);
  });

  it("counts once more for every group of targets", () => {
    const networks = [parseNetwork("172.16.0.0/29")!, parseNetwork("64.13.134.52")!];
    for (const name of ["pcap-scans/synscan.pcap", "pcap-port0/fuzz-2006-06-26-2594.pcap", "pcap-scanners-live/nmap_syn_p0_1-100.pcap"]) {
      const capture = readSample(name);
      const some = name.includes("live") ? [parseNetwork("0.0.0.0/0")!] : networks;
      const plain = new PlainRecorder(UNASSIGNED, [], some);
      const one = recorder({
        targetGroups: [
          { name: "none", networks: [parseNetwork("203.0.113.0/24")!] },
          { name: "some", networks: some },
        ],
      });
      eachBatch(capture, 2048, (batch) => {
        one.observe(batch);
        plain.observe(batch);
      });
      const rows = one.take(asnOf).targetGroups;
      const wanted = [...plain.series].filter(([key]) => Number(/source\/(\d+)$/.exec(key)?.[1] ?? 0) < 1024);
      expect(rows.length).toBe(wanted.length);
      for (const row of rows) {
        const key = `${row.interval} ${seriesName(row.series)}`;
        const there = plain.series.get(key)!;
        expect([row.group, key, row.packets, new Set(row.sources), new Set(row.targets)]).toEqual([
          "some",
          key,
          there.packets,
          there.sources,
          there.targets,
        ]);
        expect([row.sources.length, row.targets.length]).toEqual([there.sources.size, there.targets.size]);
      }
    }
  });

  it("knows the one source of a scan of port zero, and leaves its victim's answers out", () => {
    const { merged } = both(readSample("pcap-scanners-live/nmap_syn_p0_1-100.pcap"));
    const zero = [...merged.series].filter(([key]) => key.endsWith(" group/port-zero"));
    expect(zero.length).toBeGreaterThan(0);
    for (const [, { sources, networks }] of zero) expect([sources.size, networks.size]).toEqual([1, 1]);
  });

  it("puts fragments in no series of port zero", () => {
    for (const name of ["ip_fragmented_garbage.pcap", "badpackets.pcap", "zeek-ipv6-reassembly-state-leak.pcap"]) {
      const { merged, plain } = both(readSample(`pcap-fragments/${name}`));
      const isZero = (key: string): boolean => /(?:\/0|port-zero)$/.test(key);
      expect([...merged.series.keys()].filter(isZero).sort()).toEqual([...plain.series.keys()].filter(isZero).sort());
    }
  });
});

interface Packet {
  readonly time?: number;
  readonly source?: number;
  readonly destination?: number;
  readonly sourcePort?: number;
  readonly port?: number;
  readonly protocol?: number;
  readonly flags?: number;
  readonly packets?: number;
  readonly more?: (batch: ObservationBatch, row: number) => void;
}

function fill(batch: ObservationBatch, one: Packet): void {
  const row = batch.length++;
  batch.time[row] = one.time ?? 1_383_354_000;
  batch.family[row] = 4;
  batch.source[row] = one.source ?? 0x5db8_0001;
  batch.destination[row] = one.destination ?? 0xc000_0201;
  batch.sourcePort[row] = one.sourcePort ?? 40_000;
  batch.destinationPort[row] = one.port ?? 445;
  batch.protocol[row] = one.protocol ?? PROTOCOL_TCP;
  batch.tcpFlags[row] = one.flags ?? TCP_SYN;
  batch.packets[row] = one.packets ?? 1;
  batch.icmpType[row] = 0;
  for (const column of [batch.fragment, batch.grade, batch.record, batch.action, batch.tunnels, batch.quirks]) column[row] = 0;
  one.more?.(batch, row);
}

/** What the recorder makes of packets in batches of the given sizes, emptied after each where `empties`. */
function recorded(packets: readonly Packet[], sizes: readonly number[] = [2048], empties = false) {
  const plain = new PlainRecorder(UNASSIGNED);
  const one = recorder();
  const parts: HistoryBatch[] = [];
  const batch = new ObservationBatch();
  for (let at = 0, turn = 0; at < packets.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    batch.length = 0;
    for (const packet of packets.slice(at, at + size)) fill(batch, packet);
    plain.observe(batch);
    one.observe(batch);
    at += size;
    if (empties) parts.push(one.take(asnOf));
  }
  parts.push(one.take(asnOf));
  return { plain, parts, one, merged: mergeBatches(parts) };
}

const seriesKeys = (found: ReturnType<typeof recorded>): string[] =>
  [...found.merged.series.keys()].map((key) => key.replace(/^\d+ /, "")).sort();
const techniques = (found: ReturnType<typeof recorded>): string[] =>
  [...found.merged.activity.keys()].map((key) => key.split(" ").at(-1)!).sort();

describe("port zero", () => {
  const confirmed = { sourcePort: 0 };

  it("is its own series, and a group, where the header was seen", () => {
    expect(seriesKeys(recorded([confirmed]))).toEqual(
      ["group/all", "group/port-zero", "group/privileged", "group/unassigned", "tcp/destination/445", "tcp/source/0"].filter(
        (key) => key !== "group/unassigned" || UNASSIGNED.tcp[445] === 1,
      ),
    );
    expect(seriesKeys(recorded([{ protocol: PROTOCOL_UDP, port: 0 }]))).toContain("group/port-zero");
  });

  it("of a UDP source is legal, and in no group (RFC 768)", () => {
    const keys = seriesKeys(recorded([{ protocol: PROTOCOL_UDP, sourcePort: 0, port: 53 }]));
    expect(keys).toContain("udp/source/0");
    expect(keys).not.toContain("group/port-zero");
  });

  it.each<[string, Packet]>([
    ["a later fragment", { sourcePort: 0, port: 0, more: (batch, row) => (batch.fragment[row] = FRAGMENT_LATER) }],
    [
      "ICMP that a log prints with ports",
      { protocol: PROTOCOL_ICMP, sourcePort: 0, port: 0, more: (batch, row) => (batch.icmpType[row] = 8) },
    ],
    ["a placeholder", { sourcePort: NO_PORT, port: NO_PORT, more: (batch, row) => (batch.grade[row] = GRADE_PLACEHOLDER) }],
    ["0 to 0 of a flow record", { sourcePort: 0, port: 0, protocol: PROTOCOL_UDP, flags: 0xffff, more: unconfirmed }],
    ["a source that a flow record says", { sourcePort: 0, more: unconfirmed }],
    ["a destination that a flow record says", { port: 0, more: unconfirmed }],
    ["a SYN-ACK to a forged packet", { port: 0, sourcePort: 80, flags: TCP_SYN | TCP_ACK }],
    ["a reset to a forged packet", { port: 0, sourcePort: 80, flags: TCP_RST | TCP_ACK }],
  ])("is not %s", (_, packet) => {
    const found = recorded([packet]);
    expect(seriesKeys(found).filter((key) => /(?:\/0|port-zero)$/.test(key))).toEqual([]);
    expectSame(found);
  });

  it("that is not confirmed is counted beside, and leaves the other end's port its place", () => {
    const found = recorded([{ sourcePort: 0, packets: 7, more: unconfirmed }]);
    expect(found.one.unconfirmedPortZero).toBe(7);
    expect(seriesKeys(found)).toContain("tcp/destination/445");
  });
});

function unconfirmed(batch: ObservationBatch, row: number): void {
  batch.grade[row] = GRADE_UNCONFIRMED;
  batch.record[row] = RECORD_FLOW;
}

describe("what nobody asked for", () => {
  it("is not the answer to a packet that was seen, nor what goes on behind it", () => {
    const us = 0xc000_0201;
    const them = 0x5db8_0001;
    const answers = [
      { source: us, destination: them, sourcePort: 40_000, port: 53, protocol: PROTOCOL_UDP },
      { source: them, destination: us, sourcePort: 53, port: 40_000, protocol: PROTOCOL_UDP },
      { source: us, destination: them, sourcePort: 50_000, port: 51_413, protocol: PROTOCOL_UDP },
      { source: them, destination: us, sourcePort: 51_413, port: 50_000, protocol: PROTOCOL_UDP },
      { source: us, destination: them, sourcePort: 40_001, port: 443, flags: TCP_SYN },
      { source: them, destination: us, sourcePort: 443, port: 40_001, flags: TCP_SYN | TCP_ACK },
      { source: us, destination: them, sourcePort: 40_001, port: 443, flags: TCP_ACK },
      { source: them, destination: us, sourcePort: 443, port: 40_001, flags: TCP_RST | TCP_ACK },
    ];
    const found = recorded(answers);
    expect(techniques(found)).toEqual(["tcp-syn", "udp", "udp"]);
    expectSame(found);
  });

  it("is backscatter, and in no series, where it answers what was not seen", () => {
    const found = recorded([
      { sourcePort: 53, port: 40_000, protocol: PROTOCOL_UDP },
      { sourcePort: 80, port: 40_000, flags: TCP_SYN | TCP_ACK },
      { sourcePort: 80, port: 40_000, flags: TCP_RST },
    ]);
    expect(new Set(techniques(found))).toEqual(new Set(["backscatter"]));
    expect(seriesKeys(found)).toEqual([]);
  });

  it("is one packet of a record that sums a conversation up, in its opener's direction", () => {
    const flow = (batch: ObservationBatch, row: number): void => void (batch.record[row] = RECORD_FLOW);
    const found = recorded([
      { sourcePort: 40_000, port: 443, flags: 0x1b, packets: 500, more: flow },
      { source: 0xc000_0201, destination: 0x5db8_0001, sourcePort: 443, port: 40_000, flags: 0x1b, packets: 900, more: flow },
    ]);
    expect([...found.merged.series].map(([key, { packets }]) => [key.replace(/^\d+ /, ""), packets])).toContainEqual([
      "tcp/destination/443",
      1,
    ]);
    expect(seriesKeys(found)).not.toContain("tcp/destination/40000");
  });

  it("is not said to many: multicast and broadcast are of the neighbours", () => {
    expect(
      seriesKeys(
        recorded([
          { protocol: PROTOCOL_UDP, destination: 0xefff_fffa, port: 1900 },
          { protocol: PROTOCOL_UDP, destination: 0xffff_ffff, port: 67 },
        ]),
      ),
    ).toEqual([]);
  });
});

const anyPacket: fc.Arbitrary<Packet> = fc.record({
  time: fc.integer({ min: 1_383_354_000, max: 1_383_354_900 }),
  source: fc.integer({ min: 0x5db8_0001, max: 0x5db8_0030 }),
  destination: fc.integer({ min: 0xc000_0201, max: 0xc000_0204 }),
  sourcePort: fc.constantFrom(0, 53, 80, 1023, 40_000),
  port: fc.constantFrom(0, 23, 53, 445, 50_000),
  protocol: fc.constantFrom(PROTOCOL_TCP, PROTOCOL_UDP),
  flags: fc.constantFrom(TCP_SYN, 0, 1, 0x29, TCP_ACK, TCP_SYN | TCP_ACK, TCP_RST),
  packets: fc.integer({ min: 0, max: 3 }),
});

describe("merging", () => {
  it("gives the same whatever the batches are, and however often it is emptied", () => {
    fc.assert(
      fc.property(
        fc.array(anyPacket, { maxLength: 300 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
        (packets, sizes) => {
          const whole = recorded(packets);
          expectSame(whole);
          expectSame(recorded(packets, sizes, true));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("gives the same in any order, where nothing answers", () => {
    const probes = fc.array(
      anyPacket.map((packet) => ({ ...packet, flags: TCP_SYN, protocol: PROTOCOL_TCP })),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(probes, fc.integer(), (packets, seed) => {
        const shuffled = packets.toSorted((a, b) => ((a.source! * 31 + a.time!) ^ seed) - ((b.source! * 31 + b.time!) ^ seed));
        expect(recorded(shuffled, [7], true).merged.series).toEqual(recorded(packets).merged.series);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a flood", () => {
  const LIMITS = { activityRows: 8192, pairs: 1 << 16, cells: 1 << 15 };

  it("of forged sources is folded in activity, counted, and loses nothing in series", () => {
    const one = recorder({ limits: LIMITS });
    const parts: HistoryBatch[] = [];
    const batch = new ObservationBatch();
    const sources = 40_000;
    for (let at = 0; at < sources;) {
      batch.length = 0;
      for (; batch.length < 2048 && at < sources; at++)
        fill(batch, { source: Math.imul(at, 0x9e37_79b1) >>> 0, sourcePort: at & 0xffff, port: 80 });
      if (one.isFull) parts.push(one.take(asnOf));
      one.observe(batch);
    }
    parts.push(one.take(asnOf));
    const { series } = mergeBatches(parts);
    const port = series.get("1383354000 tcp/destination/80")!;
    expect([port.packets, port.sources.size]).toEqual([sources, sources]);
    expect(series.get("1383354000 group/all")!.sources.size).toBe(sources);
    expect(parts.reduce((sum, { activity }) => sum + activity.length, 0)).toBeLessThanOrEqual(LIMITS.activityRows + parts.length);
    const folded = parts.flatMap(({ liveness }) => liveness).reduce((sum, row) => sum + row.folded, 0);
    expect(folded).toBe(sources - LIMITS.activityRows);
  });

  it("of times opens no more intervals than are bounded, and those that no interval holds are counted", () => {
    const one = recorder();
    const batch = new ObservationBatch();
    for (const time of [Number.NaN, -1, 2 ** 40, 1_383_354_000]) {
      batch.length = 0;
      fill(batch, { time });
      one.observe(batch);
    }
    expect([one.timeless, one.take(asnOf).liveness.length]).toEqual([3, 1]);
    for (let hour = 0; !one.isFull; hour++) {
      batch.length = 0;
      for (let i = 0; i < 2048; i++) fill(batch, { time: 1_383_354_000 + 300 * (2048 * hour + i) });
      one.observe(batch);
    }
    expect(() => one.observe(batch)).toThrow(RangeError);
    expect(one.take(asnOf).liveness.length).toBeLessThanOrEqual(1 << 15);
  });

  it("of random source ports keeps the members of those that stand out, and packets of all", () => {
    const packets: Packet[] = [];
    for (let i = 0; i < 20_000; i++) packets.push({ source: 0x0a00_0000 + i, sourcePort: 1024 + ((i * 7919) % 64_512) });
    for (let i = 0; i < 40; i++) packets.push({ source: 0x0b00_0000 + i, sourcePort: 6000 });
    const { series } = recorded(packets).merged;
    const chance = [...series].filter(([key]) => /source/.test(key) && !key.endsWith("/6000"));
    expect(chance.length).toBeGreaterThan(19_000);
    expect(chance.every(([, { packets: count, sources }]) => count > 0 && sources.size === 0)).toBe(true);
    expect(series.get("1383354000 tcp/source/6000")!.sources.size).toBeGreaterThanOrEqual(40);
  });
});
