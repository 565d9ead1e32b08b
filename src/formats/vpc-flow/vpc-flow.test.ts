import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ACTION_ALLOWED,
  ACTION_DENIED,
  FLAGS_UNKNOWN,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  NO_PORT,
  RECORD_FLOW,
} from "../../model/observation.ts";
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import { decodeWhole, type Decoded } from "../decode-whole.ts";
import { CUSTOM_LINES, DEFAULT_LINES, INPUTS } from "./inputs.fixture.ts";
import { VPC_FLOW } from "./vpc-flow.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (...lines: readonly string[]): Decoded => decodeWhole(VPC_FLOW, bytesOf(lines.join("\n")));
const [HEADER, OPENER] = CUSTOM_LINES;

describe("the default order", () => {
  const { rows, stats } = decode(...DEFAULT_LINES);

  test("each record with traffic is a flow, with what the device did", () => {
    expect(rows.length).toBe(4);
    expect(rows[0]).toMatchObject({
      time: 1_418_530_010,
      duration: 60,
      source: "198.51.100.139",
      destination: "192.0.2.21",
      sourcePort: 20_641,
      destinationPort: 22,
      protocol: 6,
      packets: 20,
      bytes: 4249,
      payload: 4249 - 20 * 52,
      record: RECORD_FLOW,
      action: ACTION_ALLOWED,
      grade: GRADE_UNCONFIRMED,
      tcpFlags: FLAGS_UNKNOWN,
    });
    expect(rows[1]).toMatchObject({ destinationPort: 3389, action: ACTION_DENIED, payload: 0, tcpFlags: FLAGS_UNKNOWN });
  });

  test("the ports 0 0 of a ping are none, and its type is not known to be that of a reply", () => {
    expect(rows[2]).toMatchObject({ protocol: 1, sourcePort: NO_PORT, destinationPort: NO_PORT, icmpType: 255, packets: 4 });
  });

  test("port zero of TCP stands, unconfirmed; IPv6 is read", () => {
    expect(rows[3]).toMatchObject({
      family: 6,
      source: "2001:db8:1234:a100::f2",
      destination: "2001:db8:1234:a102::2e",
      sourcePort: 0,
      destinationPort: 445,
      grade: GRADE_UNCONFIRMED,
    });
  });

  test("intervals without traffic, and flows that were not logged, are counted apart", () => {
    expect(stats).toMatchObject({ records: 6, unparsed: 0, damage: null });
    expect([...stats.skipped]).toEqual([
      ["no traffic in the interval (NODATA)", 1],
      ["flows that AWS did not log (SKIPDATA)", 1],
    ]);
  });
});

describe("custom orders", () => {
  test("the header tells the order, and is no record", () => {
    const { rows, stats } = decode(...CUSTOM_LINES);
    expect(stats.records).toBe(4);
    expect(rows.length).toBe(3);
    expect(rows[0]).toMatchObject({ sourcePort: 43_416, destinationPort: 5001, bytes: 568, packets: 8 });
  });

  test("the packet's own endpoints are taken before those of a gateway", () => {
    const { rows } = decode(...CUSTOM_LINES);
    expect(rows.map((row) => [row.source, row.destination])).toEqual([
      ["198.51.100.7", "192.0.2.21"],
      ["192.0.2.21", "198.51.100.7"],
      ["198.51.100.8", "192.0.2.21"],
    ]);
  });

  test.each([
    [3, 8, TCP_SYN | TCP_ACK | TCP_FIN, "a whole short conversation of its opener"],
    [3, 1, TCP_SYN | TCP_FIN, "one packet with both flags"],
    [2, 1, TCP_SYN, "a SYN"],
    [2, 3, TCP_SYN, "a SYN and what followed it: whoever sent it opened"],
    [18, 1, TCP_SYN | TCP_ACK, "an answer"],
    [19, 7, TCP_SYN | TCP_ACK | TCP_FIN, "a whole short conversation of its responder"],
    [1, 1, TCP_FIN | TCP_ACK, "the end of a conversation: no FIN scan, for the ACK is not recorded"],
    [4, 1, TCP_RST, "a reset"],
    [6, 2, TCP_SYN | TCP_RST, "a half-open probe"],
    [0, 3, FLAGS_UNKNOWN, "ACK or PSH, which are not recorded: no NULL scan"],
  ])("tcp-flags %i of %i packets is %i: %s", (recorded, packets, flags) => {
    const { rows } = decode(
      "srcaddr dstaddr srcport dstport protocol tcp-flags packets start",
      `192.0.2.1 192.0.2.2 1 2 6 ${recorded} ${packets} 1566848875`,
    );
    expect(rows[0]?.tcpFlags).toBe(flags);
  });

  test("flags that AWS could not tell are unknown, and UDP has none", () => {
    const { rows } = decode(
      "srcaddr dstaddr srcport dstport protocol tcp-flags start",
      "192.0.2.1 192.0.2.2 1 2 6 - 1566848875",
      "192.0.2.1 192.0.2.2 1 2 17 0 1566848875",
    );
    expect(rows.map((row) => row.tcpFlags)).toEqual([FLAGS_UNKNOWN, FLAGS_UNKNOWN]);
  });

  test("ports that are not told are placeholders", () => {
    const { rows } = decode("srcaddr dstaddr protocol start log-status", "192.0.2.1 192.0.2.2 6 1566848875 OK");
    expect(rows[0]).toMatchObject({ sourcePort: NO_PORT, destinationPort: NO_PORT, grade: GRADE_PLACEHOLDER, packets: 1, bytes: 0 });
  });

  test("files that were joined may change the order", () => {
    const { rows, stats } = decode(
      ...CUSTOM_LINES,
      HEADER,
      OPENER,
      "dstaddr srcaddr protocol end vpc-id",
      "192.0.2.1 192.0.2.2 17 1566848875 -",
    );
    expect(stats).toMatchObject({ records: 6, unparsed: 0 });
    expect(rows.at(-1)).toMatchObject({ source: "192.0.2.2", destination: "192.0.2.1", time: 1_566_848_875, protocol: 17 });
  });

  test("traffic that is not IP, and records without a protocol, are passed over", () => {
    const { stats, rows } = decode(
      "srcaddr dstaddr protocol start type vpc-id",
      "192.0.2.1 192.0.2.2 17 1566848875 EFA vpc-1",
      "192.0.2.1 192.0.2.2 - 1566848875 IPv4 vpc-1",
    );
    expect(rows).toEqual([]);
    expect([...stats.skipped.keys()]).toEqual(["not IP (EFA)", "record without a protocol"]);
  });
});

describe("the same record otherwise written", () => {
  const [record] = DEFAULT_LINES;
  const [expected] = decode(record).rows;
  test.each([
    ["with a stamp of CloudWatch", `2014-12-14T04:06:50.000Z ${record}`],
    ["with the stamp and stream of aws logs tail", `2014-12-14T04:06:50.000000+00:00 eni-1235b8ca123456789-all ${record}`],
    ["with a carriage return", `${record}\r`],
    ["with a blank at its end", `${record} `],
  ])("%s", (_, line) => {
    expect(VPC_FLOW.recognises(bytesOf(`${line}\n`))).toBe(true);
    expect(decode(line).rows).toEqual([expected]);
  });

  test("as CSV with names of Athena, quoted", () => {
    const { rows, stats } = decodeWhole(VPC_FLOW, INPUTS[3]!.bytes);
    expect(stats).toMatchObject({ records: 1, unparsed: 0 });
    expect(rows).toEqual(decode(DEFAULT_LINES[1]).rows);
  });
});

describe("recognition", () => {
  test.each(INPUTS)("$name, cut anywhere behind its third field", ({ bytes }) => {
    const text = new TextDecoder().decode(bytes);
    const enough =
      text
        .split(/[ ,]/)
        .slice(0, text.startsWith("2014") ? 5 : 4)
        .join(" ").length + 1;
    for (let length = enough; length <= Math.min(bytes.length, 600); length++)
      expect([length, VPC_FLOW.recognises(bytes.subarray(0, length))]).toEqual([length, true]);
  });

  test.each([
    "2 apples eni-1 are no record at all of the kind that we read here OK\n",
    "version 2\n",
    "start,end,protocol,packets,bytes\n",
    "srcaddr dstaddr unheard-of\n",
    "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt\n",
    "3 vpc-1 eni-1 123456789010 192.0.2.1 192.0.2.2 1 2 6 2 40 1 1 2\n",
  ])("not %j", (text) => {
    expect(VPC_FLOW.recognises(bytesOf(text))).toBe(false);
  });
});

describe("hostile records", () => {
  test.each([
    ["2 123456789010 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 40 1418530010 1418530070 ACCEPT", "VPC flow record of another number of fields"],
    ["2 123456789010 eni-1 192.0.2.1 192.0.2 1 2 6 1 40 1418530010 1418530070 ACCEPT OK", "VPC flow record without its addresses"],
    [
      "2 123456789010 eni-1 192.0.2.1 192.0.2.2 70000 2 6 1 40 1418530010 1418530070 ACCEPT OK",
      "VPC flow record with a number that is none",
    ],
    ["2 123456789010 eni-1 192.0.2.1 192.0.2.2 1 2 300 1 40 1418530010 1418530070 ACCEPT OK", "VPC flow record with a number that is none"],
    ["2 123456789010 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 40 - - ACCEPT OK", "VPC flow record without its time"],
  ])("%s", (line, reason) => {
    const { rows, stats } = decode(line);
    expect(rows).toEqual([]);
    expect(stats.faults).toEqual([{ at: 1, unit: "line", reason }]);
  });

  test("anything in any field gives sane rows or a fault", () => {
    const word = fc.oneof(
      fc.constantFrom("-", "0", "6", "192.0.2.1", "::1", "OK", "99999999999999999999", "", '"', "srcaddr"),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(word, { minLength: 12, maxLength: 16 }), { maxLength: 8 }), (lines) => {
        const { rows, stats } = decode(...lines.map((fields) => fields.join(" ")));
        expect(rows.length + [...stats.skipped.values()].reduce((a, b) => a + b, 0)).toBe(stats.records);
      }),
    );
  });
});
