import { describe, expect, test } from "vitest";
import { encodeCapture } from "../../lab/capture-writer.ts";
import { ethernet } from "../../lab/frame.ts";
import { tcpPacket } from "../../lab/packet.ts";
import { TCP_SYN } from "../../model/protocol.ts";
import { decodeWhole } from "../decode-whole.ts";
import { recogniseFormat } from "../index.ts";
import { MAX_FRAME, PCAP } from "./pcap.ts";

const FRAME = ethernet(tcpPacket({ source: 1, destination: 2 }, { sourcePort: 0, destinationPort: 445, flags: TCP_SYN }));

interface FileFields {
  magic: number;
  little?: boolean;
  minor?: number;
  major?: number;
  linkType?: number;
  fileExtra?: number;
  recordExtra?: number;
  records?: { seconds?: number; fraction?: number; captured?: number; wire?: number; frame?: Uint8Array }[];
}

/** A capture written by hand, for what no writer of ours makes. */
function capture(fields: FileFields): Uint8Array {
  const little = fields.little ?? false;
  const records = fields.records ?? [{}];
  const recordHeader = 16 + (fields.recordExtra ?? 0);
  const frames = records.map((record) => record.frame ?? FRAME);
  const size = 24 + (fields.fileExtra ?? 0) + frames.reduce((sum, frame) => sum + recordHeader + frame.length, 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, fields.magic, little);
  view.setUint16(4, fields.major ?? 2, little);
  view.setUint16(6, fields.minor ?? 4, little);
  view.setUint32(16, 65_535, little);
  view.setUint32(20, fields.linkType ?? 1, little);
  let at = 24 + (fields.fileExtra ?? 0);
  for (const [i, record] of records.entries()) {
    const frame = frames[i] ?? FRAME;
    view.setUint32(at, record.seconds ?? 1_383_354_000, little);
    view.setUint32(at + 4, record.fraction ?? 500_000, little);
    view.setUint32(at + 8, record.captured ?? frame.length, little);
    view.setUint32(at + 12, record.wire ?? frame.length, little);
    bytes.set(frame, at + recordHeader);
    at += recordHeader + frame.length;
  }
  return bytes;
}

const SEEN = { time: 1_383_354_000.5, source: "0.0.0.1", destination: "0.0.0.2", sourcePort: 0, destinationPort: 445, bytes: 40 };

describe("variants that libpcap and Wireshark read", () => {
  test.each<[string, FileFields]>([
    ["microseconds", { magic: 0xa1b2c3d4 }],
    ["nanoseconds", { magic: 0xa1b23c4d, records: [{ fraction: 500_000_000 }] }],
    ["Kuznetzov's record headers", { magic: 0xa1b2cd34, recordExtra: 8 }],
    ["IXIA hardware", { magic: 0x1c0001ac, fileExtra: 4 }],
    ["IXIA software", { magic: 0x1c0001ab, fileExtra: 4 }],
    [
      "lengths the other way round, version 2.2",
      { magic: 0xa1b2c3d4, minor: 2, records: [{ captured: FRAME.length + 9, wire: FRAME.length }] },
    ],
    [
      "lengths that only make sense the other way round, version 2.3",
      { magic: 0xa1b2c3d4, minor: 3, records: [{ captured: FRAME.length + 9, wire: FRAME.length }] },
    ],
    ["lengths as they should be, version 2.3", { magic: 0xa1b2c3d4, minor: 3, records: [{ wire: FRAME.length + 9 }] }],
    ["a frame check sequence in the link type", { magic: 0xa1b2c3d4, linkType: 0x24000001 }],
  ])("%s, in both byte orders", (_name, fields) => {
    for (const little of [false, true]) {
      const bytes = capture({ ...fields, little });
      expect(recogniseFormat(bytes.subarray(0, 4096))).toBe(PCAP);
      const { rows, stats } = decodeWhole(PCAP, bytes);
      expect(rows).toEqual([expect.objectContaining(SEEN)]);
      expect(stats.damage).toBeNull();
    }
  });

  test("raw IP of NetBSD's link class", () => {
    const { rows } = decodeWhole(PCAP, capture({ magic: 0xa1b2c3d4, linkType: 0x02240002, records: [{ frame: FRAME.subarray(14) }] }));
    expect(rows).toEqual([expect.objectContaining(SEEN)]);
  });
});

describe("times are values", () => {
  test("going back, 1970 and 2106", () => {
    const seconds = [0xffffffff, 0, 1_383_354_000, 1_000_000_000];
    const { rows, stats } = decodeWhole(PCAP, capture({ magic: 0xa1b2c3d4, records: seconds.map((at) => ({ seconds: at, fraction: 0 })) }));
    expect(rows.map((row) => row.time)).toEqual(seconds);
    expect(stats.damage).toBeNull();
  });
});

describe("damage keeps what came before and says where", () => {
  const good = { magic: 0xa1b2c3d4 };
  const second = 24 + 16 + FRAME.length;

  test("a record of 4 GiB", () => {
    const { rows, stats } = decodeWhole(PCAP, capture({ ...good, records: [{}, { captured: 0xffffffff }, {}] }));
    expect(rows.length).toBe(1);
    expect(stats.damage).toEqual({
      offset: second,
      reason: `a record claims 4294967295 octets, more than the ${MAX_FRAME} that a frame can have`,
    });
  });

  test("the largest record and one octet more", () => {
    const frame = new Uint8Array(MAX_FRAME);
    frame.set(FRAME);
    const records = [{ frame }, {}];
    expect(decodeWhole(PCAP, capture({ ...good, records }), 65_536).rows.length).toBe(2);
    expect(decodeWhole(PCAP, capture({ ...good, records: [{ frame: new Uint8Array(MAX_FRAME + 1) }] }), 65_536).stats.damage?.offset).toBe(
      24,
    );
  });

  test.each([
    ["nothing", 0, { offset: 0, reason: "the input is empty" }],
    ["three octets", 3, { offset: 0, reason: "the input ends inside the file header" }],
    ["half a file header", 23, { offset: 0, reason: "the input ends inside the file header" }],
    ["half a record header", second + 7, { offset: second, reason: "the input ends inside a record" }],
    ["half a frame", second + 40, { offset: second, reason: "the input ends inside a record" }],
  ])("%s", (_name, length, damage) => {
    const { rows, stats } = decodeWhole(PCAP, capture({ ...good, records: [{}, {}] }).subarray(0, length));
    expect(stats.damage).toEqual(damage);
    expect(rows.length).toBe(length > second ? 1 : 0);
  });

  test("a file header alone is an empty capture, not a damaged one", () => {
    expect(decodeWhole(PCAP, capture({ ...good, records: [] })).stats).toMatchObject({ records: 0, damage: null });
  });

  test("a version before 2 and a wrong magic", () => {
    expect(decodeWhole(PCAP, capture({ ...good, major: 1 })).stats.damage?.reason).toBe("version 1.4 of the format is not readable");
    expect(decodeWhole(PCAP, capture({ magic: 0xa1b2c3d5 })).stats.damage).toEqual({ offset: 0, reason: "not a libpcap capture" });
    expect(recogniseFormat(capture({ magic: 0xa1b2c3d5 }))).toBeNull();
  });
});

test("a frame longer on the wire than kept, or shorter, is read as far as it was kept", () => {
  const records = [{ wire: 1500 }, { wire: 1 }];
  const { rows } = decodeWhole(PCAP, capture({ magic: 0xa1b2c3d4, records }));
  expect(rows).toEqual([expect.objectContaining({ bytes: 40, sourcePort: 0 }), expect.objectContaining({ bytes: 40, sourcePort: 0 })]);
});

test("batches are handed on when they are full, and no row is lost between them", () => {
  const packets = Array.from({ length: 5000 }, (_, i) => ({
    time: i,
    frame: ethernet(tcpPacket({ source: i, destination: 2 }, { sourcePort: i, destinationPort: 1, flags: TCP_SYN })),
  }));
  const bytes = encodeCapture(packets);
  for (const capacity of [1, 7, 2048, 4096]) {
    const { rows } = decodeWhole(PCAP, bytes, bytes.length, capacity);
    expect(rows.map((row) => row.sourcePort)).toEqual(packets.map((_, i) => i));
  }
});
