import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ACTION_DENIED,
  FLAGS_UNKNOWN,
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  FRAGMENT_NONE,
  GRADE_CONFIRMED,
  GRADE_UNCONFIRMED,
  NO_PORT,
  RECORD_FLOW,
  RECORD_PACKET,
} from "../../model/observation.ts";
import { decodeWhole, type Row } from "../decode-whole.ts";
import { GOFLOW2, GOFLOW2_JSON, isBareMessage } from "./goflow2.ts";
import { delimited, JSON_LINES, message, NETFLOW_DNS, SFLOW_SYN } from "./inputs.fixture.ts";

const SYN = {
  time: expect.closeTo(1_383_354_000.123456, 5),
  family: 4,
  source: "192.0.2.1",
  destination: "198.51.100.2",
  protocol: 6,
  sourcePort: 0,
  destinationPort: 445,
  tcpFlags: 2,
  ttl: 240,
  ipId: 54_321,
  packets: 1000,
  bytes: 60_000,
  payload: 0,
  duration: 0,
  record: RECORD_PACKET,
  grade: GRADE_CONFIRMED,
  fragment: FRAGMENT_NONE,
};
const DNS = {
  time: 1_383_354_000,
  family: 6,
  source: "2001:db8::1",
  destination: "2001:db8::2",
  protocol: 17,
  sourcePort: 53,
  destinationPort: 40_000,
  packets: 10,
  bytes: 5000,
  payload: 4520,
  duration: 50.5,
  record: RECORD_FLOW,
  action: ACTION_DENIED,
  grade: GRADE_UNCONFIRMED,
};

/** Fields of a TCP message of NetFlow v9; later ones go over earlier ones. */
const TCP = [
  [1, 3],
  [6, [192, 0, 2, 1]],
  [7, [198, 51, 100, 2]],
  [9, 400],
  [10, 4],
  [20, 6],
  [110, 1.3833540001e18],
] as const;

function rowOf(...fields: readonly (readonly [number, number | readonly number[]])[]): Row {
  const { rows, stats } = decodeWhole(GOFLOW2, delimited(message([...TCP, ...fields])));
  expect(stats).toMatchObject({ records: 1, unparsed: 0 });
  return rows[0]!;
}

describe("protobuf messages", () => {
  test("made by protoc are read, sampling included", () => {
    const { rows, stats } = decodeWhole(GOFLOW2, delimited(SFLOW_SYN, NETFLOW_DNS));
    expect(rows).toMatchObject([SYN, DNS]);
    expect(stats.sampled).toEqual({ records: 1, least: 1000, greatest: 1000 });
  });

  test("tell fragments where they know, and what is unproven stays so", () => {
    expect(rowOf()).toMatchObject({ sourcePort: 0, destinationPort: 0, grade: GRADE_UNCONFIRMED, fragment: FRAGMENT_NONE });
    expect(rowOf([36, 185])).toMatchObject({
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
      fragment: FRAGMENT_LATER,
      tcpFlags: FLAGS_UNKNOWN,
    });
    expect(rowOf([38, 1])).toMatchObject({ sourcePort: NO_PORT, fragment: FRAGMENT_LATER });
    expect(rowOf([38, 1], [22, 445])).toMatchObject({ destinationPort: 445, fragment: FRAGMENT_FIRST, grade: GRADE_UNCONFIRMED });
    expect(rowOf([38, 2])).toMatchObject({ sourcePort: 0, fragment: FRAGMENT_NONE, grade: GRADE_CONFIRMED });
    // sFlow samples: goflow2 has read the header, and in a later fragment what stands where ports would be
    expect(rowOf([1, 1], [25, 64], [21, 26_985], [36, 185])).toMatchObject({ sourcePort: NO_PORT, fragment: FRAGMENT_LATER });
    expect(rowOf([1, 1], [21, 80])).toMatchObject({ sourcePort: 80, grade: GRADE_UNCONFIRMED });
  });

  test("of ICMP have no ports: type and code come from their fields, or from the port of NetFlow v5", () => {
    expect(rowOf([20, 1], [31, 8], [22, 2048])).toMatchObject({ destinationPort: NO_PORT, icmpType: 8, icmpCode: 0 });
    expect(rowOf([20, 1], [22, 771])).toMatchObject({ destinationPort: NO_PORT, icmpType: 3, icmpCode: 3 });
  });

  test("of exporters that know no TCP flags do not make NULL scans", () => {
    expect(rowOf()).toMatchObject({ tcpFlags: FLAGS_UNKNOWN });
    const { rows } = decodeWhole(GOFLOW2, delimited(message([...TCP, [26, 2]]), message(TCP)));
    expect(rows.map((row) => row.tcpFlags)).toEqual([2, 0]);
  });

  test("of version 1 have seconds", () => {
    const old = message([...TCP.slice(0, -1), [2, 1_383_354_060], [38, 1_383_354_000], [5, 1_383_354_030]]);
    expect(decodeWhole(GOFLOW2, delimited(old)).rows).toMatchObject([{ time: 1_383_354_000, duration: 30, fragment: FRAGMENT_NONE }]);
    expect(isBareMessage(old)).toBe(true);
  });

  test("without traffic between addresses give no row", () => {
    const arp = message([
      [1, 1],
      [30, 0x806],
      [9, 64],
      [10, 1],
    ]);
    const empty = message([...TCP, [9, 0], [10, 0]]);
    const { rows, stats } = decodeWhole(GOFLOW2, delimited(arp, empty));
    expect([rows.length, stats.records, Object.fromEntries(stats.skipped)]).toEqual([
      0,
      2,
      { "not IP": 1, "flow record without packets": 1 },
    ]);
    expect([stats.unparsed, stats.foreign]).toEqual([0, 2]);
  });

  test("are recognised from their first octets on, also when cut; other octets are not", () => {
    const whole = delimited(SFLOW_SYN, NETFLOW_DNS, SFLOW_SYN);
    for (const length of [40, SFLOW_SYN.length, SFLOW_SYN.length + 3, 200, whole.length]) {
      expect(GOFLOW2.recognises(whole.subarray(0, length)), `${length}`).toBe(true);
    }
    expect(GOFLOW2.recognises(delimited(SFLOW_SYN, Uint8Array.of(...SFLOW_SYN).fill(0, 0, 20)))).toBe(false);
    expect(GOFLOW2.recognises(SFLOW_SYN)).toBe(false);
    expect(isBareMessage(SFLOW_SYN)).toBe(true);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => !GOFLOW2.recognises(noise) && !isBareMessage(noise)));
  });

  test("that are broken are counted, and those behind them are read", () => {
    const group = Uint8Array.of(0x0b, 1, 2, 3);
    const long = Uint8Array.of(0x32, 0x7f, 1);
    const endless = new Uint8Array(12).fill(0xff);
    const { rows, stats } = decodeWhole(GOFLOW2, delimited(group, long, endless, SFLOW_SYN));
    expect(rows.length).toBe(1);
    expect(stats).toMatchObject({ records: 4, unparsed: 3, damage: null });
    expect(stats.faults.map((fault) => fault.at)).toEqual([0, 5, 9]);
  });

  test("with a length that cannot be true end the input", () => {
    for (const length of [[0], [0xff, 0xff, 0x7f], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]]) {
      const { rows, stats } = decodeWhole(GOFLOW2, Uint8Array.from([...delimited(SFLOW_SYN), ...length, ...delimited(SFLOW_SYN)]));
      expect(rows.length).toBe(1);
      expect(stats.damage).toEqual({ offset: SFLOW_SYN.length + 2, reason: "a message's length cannot be true" });
    }
    const cut = delimited(SFLOW_SYN, SFLOW_SYN).subarray(0, SFLOW_SYN.length + 10);
    expect(decodeWhole(GOFLOW2, cut).stats.damage).toEqual({ offset: SFLOW_SYN.length + 2, reason: "the input ends within a message" });
  });
});

describe("JSON lines", () => {
  const decode = (text: string): ReturnType<typeof decodeWhole> => decodeWhole(GOFLOW2_JSON, new TextEncoder().encode(text));

  test("give the rows of the same messages in protobuf", () => {
    const expected = decodeWhole(GOFLOW2, delimited(SFLOW_SYN, NETFLOW_DNS)).rows;
    // Numbers of JSON are read to 15 digits: microseconds
    expect(decode(JSON_LINES.join("\n")).rows).toEqual(expected.map((row) => ({ ...row, time: expect.closeTo(row.time, 5) })));
  });

  test("of something else are not recognised, and not read", () => {
    const recognises = (text: string): boolean => GOFLOW2_JSON.recognises(new TextEncoder().encode(text));
    expect(recognises(JSON_LINES[1]!.slice(0, 60))).toBe(true);
    expect(recognises(`${JSON_LINES[1]}\n`)).toBe(true);
    expect(recognises('{"type":"flow","src_addr":"192.0.2.1","src_port":0}\n')).toBe(false);
    expect(recognises('{"type":"TCP","time_received_ns":1,"src_addr":"192.0.2.1"}\n')).toBe(false);
    const { rows, stats } = decode(
      '{"type":"x"}\n{"type":"IPFIX","bytes":-5,"packets":1e999,"src_addr":"192.0.2.1","dst_addr":"192.0.2.2"}\n[]\n',
    );
    expect(rows).toMatchObject([{ packets: 0xffffffff, bytes: 0 }]);
    expect(stats).toMatchObject({ records: 3, unparsed: 2 });
  });
});
