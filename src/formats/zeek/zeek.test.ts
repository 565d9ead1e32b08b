import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FLAGS_UNKNOWN, GRADE_CONFIRMED, GRADE_PLACEHOLDER, NO_PORT, RECORD_FLOW } from "../../model/observation.ts";
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_SCTP, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import { type Decoded, decodeWhole, type Row } from "../decode-whole.ts";
import { CONN_FIELDS, CONN_LINES, header, INPUTS, JSON_LINES } from "./inputs.fixture.ts";
import { ZEEK } from "./zeek.ts";

const SAMPLES = new URL("../../../../shared/samples/zeek-logs/", import.meta.url);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (...lines: readonly string[]): Decoded => decodeWhole(ZEEK, encode(lines.join("\n")));
const tabbed = (line: string): string => line.replaceAll(" ", "\t");
const conn = (...lines: readonly string[]): Decoded => decode(...header("conn", CONN_FIELDS), ...lines.map(tabbed));
/** A TCP connection with that end of its line, from conn_state on. */
const tcp = (end: string): readonly Row[] => conn(`1383354000.5 C1 192.0.2.1 40000 198.51.100.9 80 tcp - 0.1 - - ${end}`).rows;
const brief = (row: Row): unknown => [
  row.source,
  row.sourcePort,
  row.destination,
  row.destinationPort,
  row.tcpFlags,
  row.packets,
  row.bytes,
  row.payload,
];

test("a connection is two rows of flows, the opener's first and earlier", () => {
  const { rows, stats } = conn(...CONN_LINES.map((line) => line.replaceAll("\t", " ")));
  expect(stats).toMatchObject({ records: 6, unparsed: 0 });
  expect(rows.map(brief)).toEqual([
    ["192.0.2.1", 40_000, "198.51.100.9", 80, TCP_SYN | TCP_ACK | TCP_FIN, 5, 473, 261],
    ["198.51.100.9", 80, "192.0.2.1", 40_000, TCP_SYN | TCP_ACK | TCP_FIN, 5, 1281, 1077],
    ["192.0.2.1", 0, "198.51.100.9", 445, TCP_SYN, 3, 120, 0],
    ["192.0.2.1", 40_001, "198.51.100.9", 23, TCP_SYN, 1, 44, 0],
    ["198.51.100.9", 23, "192.0.2.1", 40_001, TCP_RST | TCP_ACK, 1, 40, 0],
    ["2001:db8::1", 5353, "2001:db8::9", 53, FLAGS_UNKNOWN, 1, 81, 33],
    ["2001:db8::9", 53, "2001:db8::1", 5353, FLAGS_UNKNOWN, 1, 97, 49],
    ["192.0.2.1", NO_PORT, "198.51.100.9", NO_PORT, FLAGS_UNKNOWN, 1, 84, 56],
    ["198.51.100.9", NO_PORT, "192.0.2.1", NO_PORT, FLAGS_UNKNOWN, 1, 84, 56],
    ["198.51.100.9", 80, "192.0.2.1", 1234, TCP_SYN | TCP_ACK, 1, 44, 0],
  ]);
  expect(rows[0]).toMatchObject({
    time: 1_383_354_000.123456,
    duration: Math.fround(0.055687),
    record: RECORD_FLOW,
    grade: GRADE_CONFIRMED,
    tunnels: 0,
  });
  expect(rows[1]?.time).toBeGreaterThan(1_383_354_000.123456);
  expect(rows[1]?.time).toBeLessThan(1_383_354_000.12346);
  expect(rows[9]?.time).toBe(1_383_354_005.5);
  expect(rows[5]?.tunnels).toBe(1);
  expect([rows[7]?.icmpType, rows[7]?.icmpCode, rows[8]?.icmpType]).toEqual([8, 0, 0]);
});

test("JSON lines give the same rows, however time and ends are written; other logs among them are told by name", () => {
  const { rows, stats } = decode(...JSON_LINES);
  const tabs = conn(...CONN_LINES.map((line) => line.replaceAll("\t", " "))).rows;
  const some = [tabs[0]!, tabs[1]!, tabs[2]!, tabs[5]!, tabs[6]!];
  expect(rows).toEqual(
    some.map((row, i) => ({ ...row, duration: i < 2 ? Math.fround(9.5e-5) : row.duration, time: expect.closeTo(row.time, 5) })),
  );
  expect(stats).toMatchObject({ records: 4, unparsed: 0, skipped: new Map([["Zeek dns.log holds no connections", 1]]) });
});

describe("flags out of the history", () => {
  test.each([
    ["a scan's SYN, answered and reset", "RSTO - - 0 ShR 2 84 1 44", [TCP_SYN | TCP_RST, TCP_SYN | TCP_ACK]],
    ["a FIN to a closed port: stacks send it with ACK", "OTH - - 0 Fr 1 40 1 40", [TCP_FIN | TCP_ACK, TCP_RST]],
    ["a bare ACK and its reset", "OTH - - 0 Ar 1 40 1 40", [TCP_ACK, TCP_RST]],
    ["no letter on one side: a packet without flags", "RSTRH - - 0 r 1 40 1 40", [0, TCP_RST]],
    ["no letter at all, and bare packets", "OTH - - 0 - 1 40 0 0", [0]],
    ["SYN and FIN in one packet", "OTH - - 0 Q 1 40 0 0", [TCP_SYN | TCP_FIN]],
    ["FIN and RST in one packet", "OTH - - 0 I 1 40 0 0", [TCP_FIN | TCP_RST]],
    ["bad checksums: nothing was looked at", "OTH - - 0 C 1 40 0 0", [FLAGS_UNKNOWN]],
    ["analysis stopped early", "OTH - - 0 X 9 5000 0 0", [FLAGS_UNKNOWN]],
    ["data only: in the middle of a conversation", "OTH - - 0 Dd 9 5000 8 600", [TCP_ACK, TCP_ACK]],
    ["no history: the state speaks", "REJ - - 0 - 1 40 1 40", [TCP_SYN, TCP_RST | TCP_ACK]],
    ["no history, established", "S1 - - 0 - 4 400 3 400", [TCP_SYN | TCP_ACK, TCP_SYN | TCP_ACK]],
    ["neither tells", "OTH - - 0 - 4 4000 3 4000", [FLAGS_UNKNOWN, FLAGS_UNKNOWN]],
  ])("%s", (_, end, flags) => {
    expect(tcp(`${end} (empty)`).map((row) => row.tcpFlags)).toEqual(flags);
  });

  test("the history says whether data went, sequence numbers only how much", () => {
    const rows = conn("1383354000.5 C1 192.0.2.1 40000 198.51.100.9 80 tcp - 0.1 4294967295 0 RSTO - - 0 ShAdR 3 132 2 300 (empty)").rows;
    expect(rows.map((row) => row.payload)).toEqual([0, 1]);
    expect(
      conn("1383354000.5 C1 192.0.2.1 4 198.51.100.9 80 tcp - 0.1 4294967295 0 SF - - 0 ShADR 3 132 0 0 (empty)").rows[0]?.payload,
    ).toBe(132);
  });
});

describe("what has no ports", () => {
  test("ICMP: type and code stand where ports would", () => {
    const of = (addresses: string, proto: string): unknown =>
      conn(`1383354000.5 C1 ${addresses} ${proto} - - - - OTH - - 0 - 1 84 1 84 (empty)`).rows.map((row) => [
        row.protocol,
        row.icmpType,
        row.icmpCode,
        row.sourcePort,
      ]);
    expect(of("192.0.2.1 3 192.0.2.2 1", "icmp")).toEqual([
      [PROTOCOL_ICMP, 3, 1, NO_PORT],
      [PROTOCOL_ICMP, 3, 1, NO_PORT],
    ]);
    expect(of("192.0.2.1 13 192.0.2.2 14", "icmp")).toEqual([
      [PROTOCOL_ICMP, 13, 0, NO_PORT],
      [PROTOCOL_ICMP, 14, 0, NO_PORT],
    ]);
    expect(of("fe80::1 135 ff02::2 136", "icmp")).toEqual([
      [PROTOCOL_ICMPV6, 135, 0, NO_PORT],
      [PROTOCOL_ICMPV6, 136, 0, NO_PORT],
    ]);
  });

  test("a transport that Zeek does not name has the zeros of nobody", () => {
    const line = "1383354000.5 C1 192.0.2.1 0 192.0.2.2 0 unknown_transport - - - - OTH - - 0 - 1 84 0 0 (empty)";
    expect(conn(line)).toMatchObject({
      rows: [],
      stats: { records: 1, unparsed: 0, skipped: new Map([["Zeek connection of a transport that it does not name", 1]]) },
    });
    const numbered = (proto: number): Row | undefined =>
      decode(...header("conn", `${CONN_FIELDS} ip_proto`), tabbed(`${line} ${proto}`)).rows[0];
    expect(numbered(PROTOCOL_SCTP)).toMatchObject({
      protocol: PROTOCOL_SCTP,
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
      grade: GRADE_PLACEHOLDER,
    });
    expect(numbered(47)).toMatchObject({ protocol: 47, sourcePort: NO_PORT, grade: GRADE_CONFIRMED });
  });
});

describe("headers", () => {
  test("columns in any order and number, another separator, rotated logs in a row", () => {
    const lines = [
      ...header("conn", "proto id.resp_p id.resp_h extra id.orig_p id.orig_h ts", ","),
      "tcp,445,198.51.100.9,x,0,192.0.2.1,1383354000.5",
      "#close,2013-11-02-02-00-00",
      ...header("weird", "ts name"),
      "1383354000.5\tbad_TCP_checksum",
      ...header("conn", CONN_FIELDS),
      CONN_LINES[1]!,
    ];
    const { rows, stats } = decode(...lines);
    expect(rows.map(brief)).toEqual([
      ["192.0.2.1", 0, "198.51.100.9", 445, FLAGS_UNKNOWN, 1, 0, 0],
      ["192.0.2.1", 0, "198.51.100.9", 445, TCP_SYN, 3, 120, 0],
    ]);
    expect(stats).toMatchObject({ records: 3, unparsed: 0, skipped: new Map([["Zeek weird.log holds no connections", 1]]) });
  });

  test("a header cut off: the default order is recognised, another is a fault that says so", () => {
    expect(decode(...CONN_LINES).rows).toEqual(decode(...header("conn", CONN_FIELDS), ...CONN_LINES).rows);
    const older = CONN_LINES.map((line) => line.split("\t").toSpliced(20, 1).join("\t"));
    expect(decode(...older).rows.length).toBe(10);
    const { rows, stats } = decode("1383354000.5\tC1\t192.0.2.1\t4\t192.0.2.2\t80");
    expect(rows).toEqual([]);
    expect(stats.faults).toEqual([{ at: 1, unit: "line", reason: "Zeek line without a header (#fields) that tells its columns" }]);
  });

  test("packets are counted though their columns are missing", () => {
    const fields = "ts id.orig_h id.orig_p id.resp_h id.resp_p proto conn_state";
    const of = (end: string): unknown =>
      decode(...header("conn", fields), tabbed(`1383354000.5 192.0.2.1 4 192.0.2.2 80 ${end}`)).rows.map(brief);
    expect(of("tcp S0")).toEqual([["192.0.2.1", 4, "192.0.2.2", 80, TCP_SYN, 1, 0, 0]]);
    expect(of("tcp SHR")).toEqual([["192.0.2.2", 80, "192.0.2.1", 4, TCP_SYN | TCP_ACK | TCP_FIN, 1, 0, 0]]);
    expect(of("udp SF")).toHaveLength(2);
  });

  test("other logs are told by name", () => {
    for (const path of ["dns", "http", "notice", "conn_long"]) {
      const { rows, stats } = decode(...header(path, CONN_FIELDS), ...CONN_LINES);
      expect(rows).toEqual([]);
      expect([...stats.skipped.keys()][0]).toContain(`Zeek ${path}.log`);
      expect(stats.unparsed).toBe(0);
    }
    expect([...decode(...header("\u001b[31mevil", CONN_FIELDS), CONN_LINES[0]!).stats.skipped.keys()]).toEqual([
      "another log of Zeek holds no connections",
    ]);
  });
});

test("lines that do not parse are faults of their line", () => {
  const good = CONN_LINES[1]!.replaceAll("\t", " ");
  const { rows, stats } = conn(
    good,
    good.replace("1383354001", "x"),
    good.replace("198.51.100.9", "2001:db8::1"),
    good.replace(" 445 ", " 70000 "),
    good.replace(" tcp ", " carrier "),
    `${good} x`,
  );
  expect(rows).toHaveLength(1);
  expect(stats.faults.map(({ at, reason }) => [at - 8, reason])).toEqual([
    [2, "Zeek connection without a time"],
    [3, "Zeek connection without two addresses of one family"],
    [4, "Zeek connection with a port that is none"],
    [5, "Zeek connection without a transport it can have"],
    [6, "Zeek line with more or fewer columns than its header"],
  ]);
});

test("what the lost packets held is counted", () => {
  const { stats } = conn("1383354000.5 C1 192.0.2.1 4 198.51.100.9 80 tcp - 0.1 10 2000 SF - - 1460 ShADadgFf 5 500 5 800 (empty)");
  expect([...stats.lost]).toEqual([["connections of which Zeek missed a part", 1]]);
});

test("recognised from any cut of the first line that says enough; near misses are not", () => {
  for (const { bytes } of INPUTS) expect(ZEEK.recognises(bytes)).toBe(true);
  expect(ZEEK.recognises(encode(JSON_LINES[0]!.slice(0, 140)))).toBe(true);
  const misses = [
    "",
    "#fields: ts",
    "#Fields: date time",
    "#separator",
    '{"ts":1,"msg":"hello","peer":"a","uid":"1000"}',
    '{"timestamp":"2013-11-02T01:00:00Z","event_type":"flow"}',
    "1383354000.5 C1 192.0.2.1",
  ];
  for (const text of misses) expect([text, ZEEK.recognises(encode(text))]).toEqual([text, false]);
});

describe.skipIf(!existsSync(SAMPLES))("samples", () => {
  const read = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, SAMPLES)));
  const sum = (rows: readonly Row[], value: (row: Row) => number): number => rows.reduce((total, row) => total + value(row), 0);

  test("a horizontal scan of 25 hosts and more", () => {
    const { rows, stats } = decodeWhole(ZEEK, read("port-scans/horizontal/conn.log"));
    expect(stats).toMatchObject({ records: 41, unparsed: 0, damage: null });
    const probes = rows.filter((row) => row.source === "10.0.2.112" && row.destinationPort === 80);
    expect(new Set(probes.map((row) => row.destination)).size).toBeGreaterThanOrEqual(25);
  });

  test("a folder of all logs: connections read as jq counts them, the rest told by name", () => {
    for (const name of readdirSync(new URL("test9-mixed-zeek-dir/", SAMPLES))) {
      const bytes = read(`test9-mixed-zeek-dir/${name}`);
      expect([name, ZEEK.recognises(bytes.subarray(0, 4096))]).toEqual([name, true]);
      const { rows, stats } = decodeWhole(ZEEK, bytes);
      expect(stats.unparsed).toBe(0);
      if (name === "conn.log") {
        expect(stats.records).toBe(576);
        expect(rows).toHaveLength(572 + 535);
        expect(sum(rows, (row) => row.packets)).toBe(14_608 + 48_852);
      } else {
        expect(rows).toEqual([]);
        expect([...stats.skipped]).toEqual([[`Zeek ${name} holds no connections`, stats.records]]);
      }
    }
  });
});

if (!existsSync(SAMPLES)) console.warn("Zeek samples are absent: not compared");
