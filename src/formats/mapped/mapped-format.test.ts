import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import {
  ACTION_ALLOWED,
  ACTION_DENIED,
  ACTION_UNKNOWN,
  FLAGS_UNKNOWN,
  GRADE_CONFIRMED,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  NO_PORT,
  RECORD_FLOW,
  RECORD_PACKET,
} from "../../model/observation.ts";
import { TCP_ACK, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import { decodeWhole, type Decoded } from "../decode-whole.ts";
import { mappedFormat } from "./mapped-format.ts";
import { constant, mappingWith, placeOf } from "./mapping.fixture.ts";
import type { Mapping } from "./mapping.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (mapping: Mapping, text: string, step?: number): Decoded => decodeWhole(mappedFormat("mine", mapping), bytesOf(text), step);

const PLAIN = mappingWith({
  time: "ts",
  source: "src",
  destination: "dst",
  sourcePort: "sport",
  destinationPort: "dport",
  protocol: "proto",
  packets: "pkts",
  bytes: "octets",
  tcpFlags: "flags",
  action: "verdict",
});
const HEADER = "ts,proto,src,sport,dst,dport,pkts,octets,flags,verdict\n";
const SYN = "1383354000.5,tcp,198.51.100.7,0,192.0.2.1,445,1,60,S,DROP\n";

describe("CSV", () => {
  test("columns are found by the header, in any order", () => {
    const { rows, stats } = decode(PLAIN, HEADER + SYN);
    expect(stats).toMatchObject({ records: 1, unparsed: 0, damage: null });
    expect(rows).toMatchObject([
      {
        time: 1_383_354_000.5,
        source: "198.51.100.7",
        destination: "192.0.2.1",
        sourcePort: 0,
        destinationPort: 445,
        protocol: 6,
        packets: 1,
        bytes: 60,
        payload: 0,
        tcpFlags: TCP_SYN,
        action: ACTION_DENIED,
        grade: GRADE_UNCONFIRMED,
        record: RECORD_FLOW,
      },
    ]);
  });

  test("cells may be quoted, and hold separators, quotes and line ends (RFC 4180)", () => {
    const mapping = mappingWith({ time: "t", source: "s", destination: "d", protocol: "p" });
    const { rows, stats } = decode(
      mapping,
      't,"note",s,d,p\r\n1,"a ""b"", c\nd",192.0.2.1,"192.0.2.2",udp\r\n2,,192.0.2.3,192.0.2.4,udp\r\nx,,,,\r\n',
    );
    expect(rows.map((row) => [row.time, row.source, row.destination])).toEqual([
      [1, "192.0.2.1", "192.0.2.2"],
      [2, "192.0.2.3", "192.0.2.4"],
    ]);
    expect(stats.faults).toEqual([{ at: 5, unit: "line", reason: "mapped record whose time cannot be read" }]);
  });

  test("without a header, columns have numbers; separators may be any, and blanks of any width", () => {
    const fields = { time: 1, source: 2, destination: 4, sourcePort: 3, destinationPort: 5, protocol: { place: constant("tcp") } };
    for (const [separator, text] of [
      [";", "5;192.0.2.1;0;192.0.2.2;22\n"],
      ["\t", "5\t192.0.2.1\t0\t192.0.2.2\t22\n"],
      [" ", "# a note\n5  192.0.2.1 0   192.0.2.2    22\n"],
    ] as const) {
      const { rows, stats } = decode(mappingWith(fields, { separator, hasHeader: false, comment: "#" }), text);
      expect(stats).toMatchObject({ records: 1, unparsed: 0 });
      expect(rows).toMatchObject([
        { time: 5, source: "192.0.2.1", sourcePort: 0, destination: "192.0.2.2", destinationPort: 22, protocol: 6 },
      ]);
    }
  });

  test("a record of both directions is two rows, the answer's later", () => {
    const mapping = mappingWith({
      time: { place: placeOf("start"), unit: "ms" },
      end: { place: placeOf("end"), unit: "ms" },
      source: "a",
      destination: "b",
      sourcePort: "pa",
      destinationPort: "pb",
      protocol: "proto",
      packets: "out",
      bytes: "outBytes",
      reversePackets: "in",
      reverseBytes: "inBytes",
      tcpFlags: "fa",
      reverseTcpFlags: "fb",
    });
    const { rows } = decode(
      mapping,
      "start,end,a,b,pa,pb,proto,out,outBytes,in,inBytes,fa,fb\n" +
        "1000,3500,2001:db8::1,2001:db8::2,40000,22,6,1,80,1,60,2,20\n" +
        "1000,1000,192.0.2.1,192.0.2.2,40000,22,6,1,44,0,0,2,-\n" +
        "1000,1000,192.0.2.1,192.0.2.2,40000,22,6,0,0,3,180,-,18\n",
    );
    expect(rows.map((row) => [row.source, row.sourcePort, row.destinationPort, row.tcpFlags, row.packets, row.duration])).toEqual([
      ["2001:db8::1", 40_000, 22, TCP_SYN, 1, 2.5],
      ["2001:db8::2", 22, 40_000, TCP_RST | TCP_ACK, 1, 2.5],
      ["192.0.2.1", 40_000, 22, TCP_SYN, 1, 0],
      ["192.0.2.2", 22, 40_000, TCP_SYN | TCP_ACK, 3, 0],
    ]);
    expect(rows[1]!.time).toBeGreaterThan(rows[0]!.time);
  });

  test("ICMP has no ports, whatever the columns say, and a type only where a column tells it", () => {
    const { rows } = decode(PLAIN, HEADER + "1,icmp,192.0.2.1,0,192.0.2.2,0,1,84,-,pass\n");
    expect(rows).toMatchObject([{ protocol: 1, sourcePort: NO_PORT, destinationPort: NO_PORT, icmpType: 255, action: ACTION_ALLOWED }]);
    const typed = mappingWith({ time: "t", source: "s", destination: "d", protocol: "p", icmpType: "type", icmpCode: "code" });
    expect(decode(typed, "t,s,d,p,type,code\n1,192.0.2.1,192.0.2.2,1,3,13\n").rows).toMatchObject([{ icmpType: 3, icmpCode: 13 }]);
    const both = mappingWith({ time: "t", source: "s", destination: "d", protocol: "p", icmpType: "type", reversePackets: "in" });
    const echoes = decode(both, "t,s,d,p,type,in\n1,192.0.2.1,192.0.2.2,1,8,1\n1,192.0.2.1,192.0.2.2,1,,1\n").rows;
    expect(echoes.map(({ source, icmpType }) => [source, icmpType])).toEqual([
      ["192.0.2.1", 8],
      ["192.0.2.2", 0],
      ["192.0.2.1", 255],
      ["192.0.2.2", 255],
    ]);
  });

  test("ports that are missing are placeholders; flags and actions that are missing are unknown", () => {
    const { rows } = decode(PLAIN, HEADER + "1,tcp,192.0.2.1,-,192.0.2.2,80,1,60,,\n1,tcp,192.0.2.1,1,192.0.2.2,80,1,60,-,maybe\n");
    expect(rows).toMatchObject([
      { sourcePort: NO_PORT, destinationPort: NO_PORT, grade: GRADE_PLACEHOLDER, tcpFlags: FLAGS_UNKNOWN, action: ACTION_UNKNOWN },
      { sourcePort: 1, destinationPort: 80, grade: GRADE_UNCONFIRMED, action: ACTION_UNKNOWN },
    ]);
  });

  test("packets, confirmed, where the mapping says so", () => {
    const { rows } = decode({ ...PLAIN, record: "packet", grade: "confirmed" }, HEADER + SYN);
    expect(rows).toMatchObject([{ record: RECORD_PACKET, grade: GRADE_CONFIRMED }]);
  });

  test.each([
    ["1,tcp,192.0.2.1,1,192.0.2,2,1,60,S,", "mapped record whose destination cannot be read"],
    ["1,tcp,192.0.2.1,1,::1,2,1,60,S,", "mapped record with addresses of two families"],
    ["1,tcp,192.0.2.1,65536,192.0.2.2,2,1,60,S,", "mapped record whose sourcePort cannot be read"],
    ["1,what,192.0.2.1,1,192.0.2.2,2,1,60,S,", "mapped record whose protocol cannot be read"],
    ["1,tcp,192.0.2.1,1,192.0.2.2,2,-5,60,S,", "mapped record whose packets cannot be read"],
    ["-,tcp,192.0.2.1,1,192.0.2.2,2,1,60,S,", "mapped record without its time"],
    ["1,tcp,192.0.2.1", "mapped record with fewer columns than the mapping needs"],
    ['1,tcp,"192.0.2.1', "mapped record with a quote that is not closed"],
  ])("%s", (line, reason) => {
    const { rows, stats } = decode(PLAIN, HEADER + line);
    expect(rows).toEqual([]);
    expect(stats).toMatchObject({ records: 1, unparsed: 1, faults: [{ at: 2, reason }] });
  });

  test("a column that the header lacks is damage, and a record too long costs no more than itself", () => {
    expect(decode(PLAIN, "ts,src\n1,192.0.2.1\n").stats.damage).toEqual({
      offset: 0,
      reason: "the header lacks a column that the mapping names",
    });
    for (const cell of ["x".repeat(300_000), `"${"x".repeat(300_000)}`]) {
      const { rows, stats } = decode(PLAIN, `${HEADER}${SYN}1,${cell}\n${SYN}`, 100_000);
      expect(rows.length).toBe(2);
      expect(stats).toMatchObject({ records: 3, unparsed: 1 });
    }
  });
});

describe("JSON lines", () => {
  const mapping = mappingWith(
    {
      time: { place: placeOf(["event", "time"]), unit: "iso" },
      source: ["client", "ip"],
      destination: "server.ip",
      sourcePort: ["client", "port"],
      destinationPort: "dport",
      protocol: "proto",
      action: { place: placeOf("blocked"), denied: ["true", "1"], allowed: ["false", "0"] },
      bytes: "len",
      packets: { place: constant("1") },
    },
    { records: "json" },
  );
  const line = (blocked: unknown): string =>
    JSON.stringify({
      event: { time: "2013-11-02T01:00:00Z" },
      client: { ip: "198.51.100.7", port: 0 },
      "server.ip": "192.0.2.1",
      dport: "445",
      proto: "TCP",
      len: 60,
      blocked,
    });

  test("members are found by key or by path; numbers and strings of them are the same", () => {
    const { rows, stats } = decode(mapping, [true, false, 1, "0", null].map((blocked) => `${line(blocked)}\n`).join(""));
    expect(stats).toMatchObject({ records: 5, unparsed: 0 });
    expect(rows[0]).toMatchObject({
      time: 1_383_354_000,
      source: "198.51.100.7",
      sourcePort: 0,
      destinationPort: 445,
      protocol: 6,
      bytes: 60,
    });
    expect(rows.map((row) => row.action)).toEqual([ACTION_DENIED, ACTION_ALLOWED, ACTION_DENIED, ACTION_ALLOWED, ACTION_UNKNOWN]);
  });

  test("escapes are resolved, and what is no object is a fault", () => {
    const { rows, stats } = decode(mapping, `${line(true).replace("198.51.100.7", "198.51.100.\\u0037")}\n[1]\n{"event":\n`);
    expect(rows).toMatchObject([{ source: "198.51.100.7" }]);
    expect(stats.faults.map(({ reason }) => reason)).toEqual(["not a JSON object", "JSON cut before its end"]);
  });
});

describe("Parquet", () => {
  const mapping = mappingWith(
    {
      time: "ts",
      source: "src",
      destination: "dst",
      sourcePort: "sport",
      destinationPort: "dport",
      protocol: "proto",
      bytes: "len",
      action: { place: placeOf("verdict"), denied: ["drop", "2"] },
    },
    { records: "parquet" },
  );
  const ROWS = 3000;
  const column = <T>(value: (i: number) => T): T[] => Array.from({ length: ROWS }, (_, i) => value(i));
  const file = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "ts", data: column((i) => new Date(1_383_354_000_000 + 250 * i)), type: "TIMESTAMP" },
        { name: "extra", data: column((i) => `row ${i}`), type: "STRING" },
        { name: "src", data: column((i) => `198.51.100.${i % 200}`), type: "STRING" },
        { name: "dst", data: column((i) => (i % 7 === 0 ? null : `192.0.2.${i % 250}`)), type: "STRING" },
        { name: "sport", data: column(() => 0), type: "INT32" },
        { name: "dport", data: column((i) => (i % 5 === 0 ? null : i)), type: "INT32" },
        { name: "proto", data: column(() => "TCP"), type: "STRING" },
        { name: "len", data: column((i) => BigInt(40 + i)), type: "INT64" },
        { name: "verdict", data: column((i) => (i % 2 === 0 ? "drop" : "pass")), type: "STRING" },
      ],
      rowGroupSize: 1000,
    }),
  );

  test("rows of several row groups, with values that are missing", () => {
    const format = mappedFormat("mine", mapping);
    expect(format.recognises(file.subarray(0, 4096))).toBe(true);
    const { rows, stats } = decodeWhole(format, file, 1000);
    expect(stats).toMatchObject({ records: ROWS, damage: null, unparsed: Math.ceil(ROWS / 7) });
    expect([...stats.skipped]).toEqual([["mapped record without its destination", Math.ceil(ROWS / 7)]]);
    expect(rows.length).toBe(ROWS - Math.ceil(ROWS / 7));
    expect(rows[0]).toMatchObject({
      time: 1_383_354_000.25,
      source: "198.51.100.1",
      destination: "192.0.2.1",
      bytes: 41,
      action: ACTION_ALLOWED,
    });
    expect(rows[0]).toMatchObject({ sourcePort: 0, destinationPort: 1, protocol: 6, grade: GRADE_UNCONFIRMED });
    expect(rows[4]).toMatchObject({ sourcePort: NO_PORT, destinationPort: NO_PORT, grade: GRADE_PLACEHOLDER });
  });

  test("a column that is not there, a file cut anywhere, and what is no Parquet are damage", () => {
    const other = mappingWith({ time: "ts", source: "src", destination: "nowhere", protocol: "proto" }, { records: "parquet" });
    expect(decodeWhole(mappedFormat("mine", other), file).stats.damage?.reason).toBe(
      "the Parquet file lacks a column that the mapping names",
    );
    for (const length of [0, 3, 4, 11, 12, 100, 5000, file.length - 1]) {
      expect(decodeWhole(mappedFormat("mine", mapping), file.subarray(0, length)).stats.damage?.reason).toMatch(
        /^Parquet file without its footer/,
      );
    }
  });

  test("a damaged file never throws", () => {
    const change = fc.tuple(fc.integer({ min: 0, max: file.length - 1 }), fc.integer({ min: 0, max: 255 }));
    // The footer is where most can go wrong.
    const footer = fc.tuple(fc.integer({ min: file.length - 2500, max: file.length - 1 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(fc.oneof(change, footer), { minLength: 1, maxLength: 6 }), (changes) => {
        const mutant = file.slice();
        for (const [at, octet] of changes) mutant[at] = octet;
        const { rows, stats } = decodeWhole(mappedFormat("mine", mapping), mutant);
        expect(rows.length).toBeLessThanOrEqual(stats.records);
      }),
      { numRuns: 150 },
    );
  });
});

describe("a mapping is recognised where it fits", () => {
  const JSON_MAPPING = mappingWith({ time: "t", source: "s", destination: "d", protocol: "p" }, { records: "json" });
  test.each([
    [PLAIN, HEADER + SYN, true],
    [PLAIN, HEADER, false],
    [PLAIN, "a,b\n1,2\n", false],
    [JSON_MAPPING, '{"t":1,"s":"192.0.2.1","d":"192.0.2.2","p":17}\n', true],
    [JSON_MAPPING, '{"t":1,"s":"192.0.2.1"}\n', false],
    [JSON_MAPPING, "", false],
    [{ ...PLAIN, records: "parquet" as const }, HEADER, false],
  ])("%#", (mapping, head, fits) => {
    expect(mappedFormat("mine", mapping).recognises(bytesOf(head))).toBe(fits);
  });
});

test("chunks of any size give the same rows and counts, whatever stands in the cells", () => {
  const cell = fc.oneof(
    fc.constantFrom("1", "tcp", "192.0.2.1", "::1", "-", '"a""b"', '"x\ny"', '"', "", "6", "2013-11-02", "S"),
    fc.string({ maxLength: 5 }),
  );
  const line = fc.oneof(
    fc.constant(SYN.trim()),
    fc.array(cell, { minLength: 8, maxLength: 12 }).map((cells) => cells.join(",")),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (lines, step) => {
      const text = `${HEADER}${lines.join("\n")}`;
      const whole = decode(PLAIN, text);
      const parts = decode(PLAIN, text, step);
      expect(parts.rows).toEqual(whole.rows);
      expect(parts.stats).toEqual(whole.stats);
    }),
  );
});
