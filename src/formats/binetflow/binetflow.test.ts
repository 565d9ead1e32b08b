/** Argus flows: both directions, flags out of states, ICMP in port fields, fragments as port zero. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  FLAGS_UNKNOWN,
  FRAGMENT_LATER,
  FRAGMENT_NONE,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  NO_PORT,
  RECORD_FLOW,
} from "../../model/observation.ts";
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, TCP_URG } from "../../model/protocol.ts";
import { type Decoded, decodeWhole, type Row } from "../decode-whole.ts";
import { BINETFLOW } from "./binetflow.ts";
import { CTU, INPUTS, RA } from "./inputs.fixture.ts";

const SAMPLE = join(import.meta.dirname, "../../../../shared/samples/nfdump-binetflow/test11-portscan.binetflow");
if (!existsSync(SAMPLE)) console.warn(`binetflow: no sample ${SAMPLE}, the test with it is skipped`);

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (...lines: readonly string[]): Decoded => decodeWhole(BINETFLOW, bytesOf(lines.join("\n")));
/** The rows of one TCP flow of RA's columns. */
const tcp = (state: string, direction: string, counts: string): readonly Row[] =>
  read(RA, `1383354000.125,0.5, e ,tcp,192.0.2.1,40000,${direction},198.51.100.2,445,${state},${counts},64,60`).rows;
const flags = (state: string, direction: string, counts: string): readonly number[] =>
  tcp(state, direction, counts).map((row) => row.tcpFlags);

test.skipIf(!existsSync(SAMPLE))("a data set's port scan: SYN to ports downwards from 999, and pings, none of them answered", () => {
  const bytes = new Uint8Array(readFileSync(SAMPLE));
  expect(BINETFLOW.recognises(bytes.subarray(0, 200))).toBe(true);
  const { rows, stats } = decodeWhole(BINETFLOW, bytes);
  expect(stats).toMatchObject({ records: 66, unparsed: 0 });
  expect(stats.skipped.size).toBe(0);
  const scan = rows.filter((row) => row.protocol === 6);
  expect(scan.map((row) => row.destinationPort)).toEqual(Array.from({ length: 20 }, (_, i) => 999 - i));
  expect(
    scan.every((row) => row.source === "10.8.0.69" && row.destination === "14.1.11.113" && row.tcpFlags === TCP_SYN && row.payload === 0),
  ).toBe(true);
  expect(scan[0]).toMatchObject({ time: 1_554_395_087.672448, packets: 15, record: RECORD_FLOW, grade: GRADE_UNCONFIRMED });
  const pings = rows.filter((row) => row.protocol === 1);
  expect(pings).toHaveLength(46);
  expect(
    pings.every((row) => row.icmpType === 8 && row.icmpCode === 0 && row.sourcePort === NO_PORT && row.destinationPort === NO_PORT),
  ).toBe(true);
});

test("the columns of CTU: a refusal, a conversation, a datagram, a ping with its answer; ARP is counted", () => {
  const { rows, stats } = decodeWhole(BINETFLOW, INPUTS[0]!.bytes);
  const told = rows.map((row) => [
    row.source,
    row.sourcePort,
    row.destinationPort,
    row.tcpFlags,
    row.packets,
    row.bytes,
    row.payload > 0,
    row.icmpType,
  ]);
  const all = TCP_SYN | TCP_ACK | TCP_PSH | TCP_FIN;
  expect(told).toEqual([
    ["192.0.2.1", 0, 445, TCP_SYN, 1, 46, false, 0],
    ["198.51.100.2", 445, 0, TCP_RST | TCP_ACK, 1, 40, false, 0],
    ["192.0.2.1", 40_000, 80, all, 6, 816, true, 0],
    ["198.51.100.2", 80, 40_000, all, 6, 4016, true, 0],
    ["192.0.2.1", 53, 5353, 0, 1, 76, true, 0],
    ["192.0.2.1", NO_PORT, NO_PORT, FLAGS_UNKNOWN, 1, 92, true, 8],
    ["198.51.100.2", NO_PORT, NO_PORT, FLAGS_UNKNOWN, 1, 92, true, 0],
  ]);
  expect(rows[0]).toMatchObject({ time: 1_383_354_000.125, duration: 1.375 });
  expect(rows[1]!.time).toBeGreaterThan(rows[0]!.time);
  expect(Object.fromEntries(stats.skipped)).toEqual({ "not IP (ARP)": 1 });
  expect(stats.records).toBe(5);
});

test("the columns of ra: payload as told, fragments without ports, management records passed over", () => {
  const { rows, stats } = decodeWhole(BINETFLOW, INPUTS[1]!.bytes);
  expect(Object.fromEntries(stats.skipped)).toEqual({ "Argus management record": 1 });
  expect(rows[0]).toMatchObject({ sourcePort: 0, destinationPort: 445, tcpFlags: TCP_SYN, bytes: 60, ttl: 64, fragment: FRAGMENT_NONE });
  expect(rows.slice(1, 3)).toMatchObject([
    { family: 6, source: "2001:db8::1", payload: 800, packets: 3, ttl: 64 },
    { family: 6, source: "2001:db8::2", payload: 700, packets: 2, ttl: 60 },
  ]);
  expect(rows[3]).toMatchObject({ fragment: FRAGMENT_LATER, sourcePort: NO_PORT, destinationPort: NO_PORT, tcpFlags: FLAGS_UNKNOWN });
  expect(rows[4]).toMatchObject({ protocol: 58, icmpType: 128, icmpCode: 0 });
});

describe("TCP states", () => {
  const ONE = "1,0,74,0,0,0";
  const TWO = "1,1,74,54,0,0";
  const TALK = "5,4,1500,2000,800,900";

  test("as flags of both sides", () => {
    expect(flags("S_", "   ->", ONE)).toEqual([TCP_SYN]);
    expect(flags("S_RA", "   ->", TWO)).toEqual([TCP_SYN, TCP_RST | TCP_ACK]);
    expect(flags("_RA", "   ->", "0,1,0,54,0,0")).toEqual([TCP_RST | TCP_ACK]);
    expect(flags("FPU_", "   ?>", ONE)).toEqual([TCP_FIN | TCP_PSH | TCP_URG]);
    expect(flags("_", "   ?>", ONE)).toEqual([0]);
  });

  test("as Argus's words, which tell less", () => {
    expect(flags("REQ", "   ->", ONE)).toEqual([TCP_SYN]);
    expect(flags("ACC", "   ->", TWO)).toEqual([TCP_SYN, TCP_SYN | TCP_ACK]);
    expect(flags("RST", "   ->", TWO)).toEqual([TCP_SYN, TCP_RST | TCP_ACK]);
    expect(flags("RST", "   ->", TALK)).toEqual([TCP_SYN | TCP_ACK, TCP_SYN | TCP_ACK]);
    expect(flags("CON", "   ->", TALK)).toEqual([TCP_SYN | TCP_ACK, TCP_SYN | TCP_ACK]);
    expect(flags("CON", "  <?>", TALK)).toEqual([TCP_ACK, TCP_ACK]);
    expect(flags("FIN", "   ->", TALK)).toEqual([TCP_SYN | TCP_ACK | TCP_FIN, TCP_SYN | TCP_ACK | TCP_FIN]);
    // What argus calls a NULL or a FIN scan.
    expect(flags("CON", "   ?>", ONE)).toEqual([FLAGS_UNKNOWN]);
    expect(flags("TIM", "   ->", TALK)).toEqual([FLAGS_UNKNOWN, FLAGS_UNKNOWN]);
  });

  test("as Zeek's words: an attempt without an answer has none, whatever was counted", () => {
    expect(flags("S0", "   ->", TALK)).toEqual([TCP_SYN]);
    expect(flags("REJ", "   ->", TWO)).toEqual([TCP_SYN, TCP_RST | TCP_ACK]);
    expect(flags("SF", "   ->", TALK)).toEqual([TCP_SYN | TCP_ACK | TCP_FIN, TCP_SYN | TCP_ACK | TCP_FIN]);
  });

  test("an arrow to the left names the opener second: its row comes first", () => {
    const rows = tcp("SA_S", "  <- ", TWO);
    expect(rows.map((row) => [row.source, row.tcpFlags])).toEqual([
      ["198.51.100.2", TCP_SYN],
      ["192.0.2.1", TCP_SYN | TCP_ACK],
    ]);
    expect(rows[1]!.time).toBeGreaterThan(rows[0]!.time);
  });
});

test("ICMP: type and code in one hexadecimal word; the answer alone has its own type", () => {
  const icmp = (type: string, direction: string, state: string, counts: string): readonly (readonly number[])[] =>
    read(RA, `1383354000,0, e ,icmp,192.0.2.1,${type},${direction},198.51.100.2,0x3412,${state},${counts},64,60`).rows.map((row) => [
      row.icmpType,
      row.icmpCode,
      row.sourcePort,
    ]);
  expect(icmp("0x0103", "   ->", "URH", "1,0,70,0,0,0")).toEqual([[3, 1, NO_PORT]]);
  expect(icmp("0x000b", "   ->", "TXD", "1,0,70,0,0,0")).toEqual([[11, 0, NO_PORT]]);
  expect(icmp("0x0000", "  <- ", "ECR", "0,1,0,42,0,8")).toEqual([[0, 0, NO_PORT]]);
});

describe("what does not fit", () => {
  test("is a fault or is passed over, and says why", () => {
    const { rows, stats } = read(
      CTU,
      "01:00:00.125,0,tcp,192.0.2.1,1,->,198.51.100.2,2,S_,0,,1,60,60,",
      "2013/11/02 01:00:00,0,tcp",
      "2013/11/02 01:00:00,0,\u001b[2Jx,192.0.2.1,1,->,198.51.100.2,2,S_,0,,1,60,60,",
      "2013/11/02 01:00:00,0,tcp,00:11:22:33:44:55,1,->,198.51.100.2,2,S_,0,,1,60,60,",
      "2013/11/02 01:00:00,0,tcp,192.0.2.1,1,->,198.51.100.2,2,S_,0,,0,0,0,",
      "2013/11/02 01:00:00,0,rtp,192.0.2.1,http,->,198.51.100.2,2,INT,0,,1,100,100,",
      CTU,
      "2013/11/02 01:00:00,0,tcp,192.0.2.1,,->,198.51.100.2,,S_,0,,1,60,60",
    );
    expect(stats).toMatchObject({ records: 7, unparsed: 3 });
    expect(stats.faults.map((fault) => [fault.at, fault.reason])).toEqual([
      [2, "Argus time without a date: run ra -u"],
      [3, "Argus line with fewer columns than its header"],
      [4, "Argus line of an unknown protocol"],
    ]);
    expect(stats.skipped.get("Argus flow that is not IP")).toBe(1);
    expect(stats.skipped.get("flow record without packets")).toBe(1);
    expect(rows).toMatchObject([
      { protocol: 17, sourcePort: NO_PORT, grade: GRADE_PLACEHOLDER },
      { protocol: 6, sourcePort: NO_PORT, grade: GRADE_PLACEHOLDER },
    ]);
  });

  test("other tables are not taken for it", () => {
    for (const head of ["ts,te,td,sa,da,sp,dp,pr", "srcAddr,dstAddr,StartTime", "StartTime Dur Proto SrcAddr", ""]) {
      expect(BINETFLOW.recognises(bytesOf(`${head}\n`))).toBe(false);
    }
  });
});
