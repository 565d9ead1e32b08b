/** nfdump's binary files: both layouts and byte orders, compressed and not, against a file of its own and made ones. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  ACTION_ALLOWED,
  ACTION_DENIED,
  ACTION_UNKNOWN,
  FLAGS_UNKNOWN,
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  FRAGMENT_NONE,
  GRADE_CONFIRMED,
  GRADE_UNCONFIRMED,
  NO_PORT,
  RECORD_FLOW,
} from "../../model/observation.ts";
import { TCP_ACK, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import { type Decoded, decodeWhole } from "../decode-whole.ts";
import {
  extensionMap,
  fileV1,
  fileV2,
  FLOWS,
  type Flow,
  lz4Literals,
  lzoLiterals,
  recordV1,
  recordV3,
  samplerRecord,
} from "./inputs.fixture.ts";
import { NFDUMP } from "./nfdump-file.ts";

const SAMPLE = join(import.meta.dirname, "../../../../shared/samples/nfdump-binetflow/test1-malicious.nfdump");
if (!existsSync(SAMPLE)) console.warn(`nfdump: no sample ${SAMPLE}, the test with it is skipped`);

const read = (bytes: Uint8Array, step?: number): Decoded => decodeWhole(NFDUMP, bytes, step);
const flow = (changes: Partial<Flow>): Flow => ({ ...FLOWS[0]!, ...changes });
const rowOf = (changes: Partial<Flow>): Decoded["rows"][number] | undefined => read(fileV2([[recordV3(flow(changes))]])).rows[0];

test.skipIf(!existsSync(SAMPLE))("a file of nfdump 1.6: 4,593 flows, 241,025 octets and 4,652 packets, as its own summary says", () => {
  const bytes = new Uint8Array(readFileSync(SAMPLE));
  expect(NFDUMP.recognises(bytes.subarray(0, 64))).toBe(true);
  const { rows, stats } = read(bytes, 65_536);
  expect(stats).toMatchObject({ records: 4593, unparsed: 0, damage: null });
  expect(rows).toHaveLength(4593);
  expect(rows.reduce((sum, row) => sum + row.bytes, 0)).toBe(241_025);
  expect(rows.reduce((sum, row) => sum + row.packets, 0)).toBe(4652);
  expect(rows.slice(0, 2)).toMatchObject([
    {
      time: 1_515_771_450.942,
      source: "147.32.80.119",
      sourcePort: 52_324,
      destination: "147.32.82.62",
      destinationPort: 902,
      tcpFlags: TCP_SYN,
    },
    {
      time: 1_515_771_450.942,
      source: "147.32.82.62",
      sourcePort: 902,
      destination: "147.32.80.119",
      tcpFlags: TCP_RST | TCP_ACK,
      bytes: 40,
    },
  ]);
});

describe("made files", () => {
  const plain = read(fileV2([FLOWS.map((one) => recordV3(one))]));

  test("give a row a flow, unconfirmed", () => {
    expect(plain.stats).toMatchObject({ records: 4, unparsed: 0, damage: null });
    expect(plain.rows[0]).toMatchObject({
      time: 1_383_354_000.125,
      duration: 1.375,
      source: "192.0.2.1",
      destination: "198.51.100.2",
      sourcePort: 0,
      destinationPort: 445,
      tcpFlags: TCP_SYN,
      packets: 1,
      bytes: 60,
      payload: 0,
      grade: GRADE_UNCONFIRMED,
      fragment: FRAGMENT_NONE,
      record: RECORD_FLOW,
      action: ACTION_UNKNOWN,
    });
    expect(plain.rows[2]).toMatchObject({
      family: 6,
      source: "2001:db8::1",
      destination: "2001:db8::2",
      icmpType: 128,
      icmpCode: 0,
      sourcePort: NO_PORT,
    });
    expect(plain.rows[3]).toMatchObject({ protocol: 17, sourcePort: 53, destinationPort: 5353, payload: 216, tcpFlags: 0 });
  });

  test("say the same in either layout, byte order and compression", () => {
    const records = FLOWS.map((one) => recordV3(one));
    const others = [
      fileV2([FLOWS.map((one) => recordV3(one, false))], 0, undefined, false),
      fileV2([records], 1, lzoLiterals),
      fileV2([records], 3, lz4Literals),
      fileV2([records.slice(0, 1), records.slice(1)], 4, (block) => new Uint8Array(zstdCompressSync(block))),
      fileV1([extensionMap(), ...FLOWS.map((one) => recordV1(one))]),
      fileV1([extensionMap(false), ...FLOWS.map((one) => recordV1(one, false))], 0, false),
    ];
    for (const bytes of others) {
      expect(NFDUMP.recognises(bytes)).toBe(true);
      expect(read(bytes)).toMatchObject({ rows: plain.rows, stats: { records: 4, unparsed: 0, damage: null } });
      expect(read(bytes, 7).rows).toEqual(plain.rows);
    }
  });

  test("of bzip2, encrypted or of another layout say what to do", () => {
    expect(read(fileV2([], 2)).stats.damage?.reason).toContain("bzip2");
    expect(read(fileV1([], 8)).stats.damage?.reason).toContain("convert with nfdump -o json");
    expect(read(fileV2([], 9)).stats.damage?.reason).toContain("convert with nfdump -o json");
    const encrypted = fileV2([]);
    encrypted[17] = 1;
    expect(read(encrypted).stats.damage?.reason).toBe("the file is encrypted");
    const later = fileV2([]);
    later[2] = 3;
    expect(NFDUMP.recognises(later)).toBe(false);
    expect(read(later).stats.damage?.reason).toContain("layout 3");
  });
});

describe("what a record knows", () => {
  test("of an answer: a second row, unless routers counted the same packets twice", () => {
    const both = read(fileV2([[recordV3(flow({ outPackets: 2, outBytes: 104 }))]])).rows;
    expect(both).toHaveLength(2);
    expect(both[1]).toMatchObject({
      source: "198.51.100.2",
      sourcePort: 445,
      destinationPort: 0,
      packets: 2,
      bytes: 104,
      tcpFlags: FLAGS_UNKNOWN,
    });
    expect(both[1]!.time).toBeGreaterThan(both[0]!.time);
    expect(read(fileV2([[recordV3(flow({ outPackets: 1, outBytes: 60 }))]])).rows).toHaveLength(1);
    expect(read(fileV1([extensionMap(), recordV1(flow({ outPackets: 2, outBytes: 104 }))])).rows).toHaveLength(2);
  });

  test("of the device's verdict", () => {
    expect(rowOf({ pf: 0 })?.action).toBe(ACTION_ALLOWED);
    expect(rowOf({ pf: 1 })?.action).toBe(ACTION_DENIED);
    expect(rowOf({ status: 0x40 })?.action).toBe(ACTION_ALLOWED);
    expect(rowOf({ status: 0x80 })?.action).toBe(ACTION_DENIED);
    expect(rowOf({ event: 3, packets: 0, bytes: 0 })).toMatchObject({ action: ACTION_DENIED, packets: 1 });
  });

  test("of fragments: what must not be cut has real ports, a later one has none", () => {
    expect(rowOf({ ip: [0x40, 63] })).toMatchObject({ grade: GRADE_CONFIRMED, ttl: 63, sourcePort: 0 });
    expect(rowOf({ ip: [0x20, 63], sourcePort: 53 })).toMatchObject({ grade: GRADE_UNCONFIRMED, fragment: FRAGMENT_FIRST, sourcePort: 53 });
    expect(rowOf({ ip: [0x20, 63], destinationPort: 0 })).toMatchObject({
      fragment: FRAGMENT_LATER,
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
    });
  });

  test("of sampling: counts are multiplied already, by the sampler or by what the smallest count tells", () => {
    const sampled = [recordV3(flow({ packets: 3000, sampled: true })), recordV3(flow({ packets: 1000, sampled: true }))];
    expect(read(fileV2([[samplerRecord(1000), ...sampled]])).stats.sampled).toEqual({ records: 2, least: 1000, greatest: 1000 });
    expect(read(fileV2([sampled])).stats.sampled).toEqual({ records: 2, least: 1000, greatest: 3000 });
    expect(read(fileV2([sampled])).rows.map((row) => row.packets)).toEqual([3000, 1000]);
  });

  test("of TCP flags: zeros are unknown until the collector has shown that it is told them", () => {
    const zero = recordV3(flow({ flags: 0 }));
    expect(read(fileV2([[zero, recordV3(flow({})), zero]])).rows.map((row) => row.tcpFlags)).toEqual([FLAGS_UNKNOWN, TCP_SYN, 0]);
  });

  test("records with nothing to observe are counted", () => {
    const stats = read(fileV2([[recordV3(flow({ packets: 0, bytes: 0 })), recordV3(flow({ packets: 0, bytes: 0, event: 1 }))]])).stats;
    expect(Object.fromEntries(stats.skipped)).toEqual({
      "flow record without packets": 1,
      "firewall event without traffic (the flow's end counts it)": 1,
    });
  });
});

describe("damage", () => {
  const records = FLOWS.map((one) => recordV3(one));
  const bytes = fileV2([records]);

  test("cut at any octet, whole records before it are kept and the place is told", () => {
    const ends = records.map((_, i) => 52 + records.slice(0, i + 1).reduce((sum, record) => sum + record.length, 0));
    for (let length = 0; length < bytes.length; length++) {
      const { rows, stats } = read(bytes.slice(0, length));
      expect(rows).toHaveLength(ends.filter((end) => end <= length).length);
      if (length === 40) expect(stats.damage).toBeNull();
      else expect(stats.damage?.reason).toMatch(/^the input /);
    }
  });

  test("a record without its map or with elements that do not add up is a fault, the next one is read", () => {
    const broken = recordV3(flow({}));
    broken[14] = 200;
    const { rows, stats } = read(fileV2([[broken, records[1]!]]));
    expect(rows).toHaveLength(1);
    expect(stats.faults).toMatchObject([{ at: 52, unit: "octet" }]);
    expect(read(fileV1([recordV1(flow({}))])).stats.faults).toMatchObject([{ at: 288, unit: "octet" }]);
  });

  test("blocks that do not decompress, and bombs, are damage at the block", () => {
    const noise = new Uint8Array(200).fill(0x5a);
    for (const compression of [1, 3, 4]) {
      expect(read(fileV2([records], compression, () => noise)).stats.damage).toMatchObject({ offset: 40 });
    }
    const zeros = (octets: number): Uint8Array => new Uint8Array(zstdCompressSync(new Uint8Array(octets)));
    expect(read(fileV2([records], 4, () => zeros(1 << 26))).stats.damage?.offset).toBe(40);
    // An LZ4 match at distance 1 that goes on for megabytes.
    const bomb = Uint8Array.from([0x1f, 0, 1, 0, ...new Uint8Array(60_000).fill(255), 0]);
    expect(read(fileV2([records], 3, () => bomb)).stats.damage?.reason).toBe("a block that is larger than nfdump makes them");
  });
});
