import { existsSync, readFileSync } from "node:fs";
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
} from "../../model/observation.ts";
import { PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_PSH, TCP_SYN } from "../../model/protocol.ts";
import type { Row } from "../decode-whole.ts";
import { MIKROTIK_PACKETS as PACKETS } from "./inputs.fixture.ts";
import { decodeLines, onlyRow } from "./messages.fixture.ts";

const SAMPLE = new URL("../../../../shared/samples/other-fw-logs/mikrotik-scan-multi_ports.log", import.meta.url);
const HEAD = "2013-11-02T02:02:03.500000+01:00 192.0.2.254 firewall,info ";
const rowOf = (packet: string, prefix: string = ""): Row => onlyRow(`${HEAD}${prefix}${packet}`);

test("CrowdSec's log: 19 lines of one scanner, 17 ports", () => {
  if (!existsSync(SAMPLE)) return console.warn("skipped: the sample is absent");
  const lines = readFileSync(SAMPLE, "utf8").trimEnd().split("\n");
  const { rows, stats } = decodeLines(...lines);
  expect(stats).toMatchObject({ records: 19, unparsed: 0 });
  expect(rows).toHaveLength(19);
  expect(new Set(rows.map((row) => row.source))).toEqual(new Set(["36.97.161.219"]));
  expect(new Set(rows.map((row) => row.destinationPort)).size).toBe(17);
  expect(rows[0]).toMatchObject({
    time: Date.UTC(2023, 2, 18, 19, 36, 59) / 1000 + 0.594792,
    destination: "80.82.202.145",
    protocol: PROTOCOL_TCP,
    sourcePort: 59_388,
    destinationPort: 23,
    tcpFlags: TCP_SYN,
    bytes: 40,
    payload: 0,
    action: ACTION_DENIED,
    grade: GRADE_CONFIRMED,
  });
});

describe("packets", () => {
  test("interfaces may have spaces in their names", () => {
    expect(rowOf(PACKETS.syn)).toMatchObject({
      source: "192.0.2.1",
      sourcePort: 40_000,
      destination: "198.51.100.2",
      destinationPort: 22,
      bytes: 60,
    });
  });

  test("port zero beside TCP flags was read from a header; elsewhere a fragment might look the same", () => {
    expect(rowOf(PACKETS.portZero)).toMatchObject({ sourcePort: 0, destinationPort: 445, grade: GRADE_CONFIRMED });
    expect(rowOf(PACKETS.portZero.replace(" (SYN)", ""))).toMatchObject({
      sourcePort: 0,
      tcpFlags: FLAGS_UNKNOWN,
      grade: GRADE_UNCONFIRMED,
    });
    expect(rowOf(PACKETS.udpZero)).toMatchObject({ sourcePort: 0, destinationPort: 0, grade: GRADE_UNCONFIRMED });
    expect(rowOf(PACKETS.noPorts)).toMatchObject({ protocol: PROTOCOL_UDP, sourcePort: NO_PORT, grade: GRADE_PLACEHOLDER });
  });

  test("what NAT makes of a packet is not what came", () => {
    expect(rowOf(PACKETS.nat)).toMatchObject({
      source: "192.0.2.1",
      destination: "198.51.100.2",
      destinationPort: 443,
      tcpFlags: TCP_ACK | TCP_PSH,
      bytes: 152,
      payload: 100,
    });
  });

  test("protocols without ports", () => {
    expect(rowOf(PACKETS.ping)).toMatchObject({ icmpType: 8, icmpCode: 0, sourcePort: NO_PORT, grade: GRADE_CONFIRMED });
    expect(rowOf(PACKETS.gre)).toMatchObject({ protocol: 47, sourcePort: NO_PORT, grade: GRADE_CONFIRMED });
    // Ports that such a line printed all the same would be none
    expect(rowOf(PACKETS.gre.replace("192.0.2.1->198.51.100.2", "192.0.2.1:0->198.51.100.2:0"))).toMatchObject({ sourcePort: NO_PORT });
  });

  test("IPv6 stands in brackets where it has a port", () => {
    expect(rowOf(PACKETS.ipv6)).toMatchObject({
      family: 6,
      source: "2001:db8::1",
      sourcePort: 40_000,
      destination: "2001:db8::2",
      destinationPort: 22,
    });
    expect(rowOf(PACKETS.neighbour)).toMatchObject({ family: 6, protocol: PROTOCOL_ICMPV6, source: "fe80::1", icmpType: 135, bytes: 72 });
  });

  test.each([
    ["", ACTION_UNKNOWN],
    ["drop-wan ", ACTION_DENIED],
    ["REJECTED: ", ACTION_DENIED],
    ["accept ssh ", ACTION_ALLOWED],
  ])("prefix %j", (prefix, action) => {
    expect(rowOf(PACKETS.syn, prefix).action).toBe(action);
  });

  test.each([
    "nov/02/2013 01:02:03 firewall,info ",
    "Nov  2 01:02:03 router ",
    "<134>Nov  2 01:02:03 router firewall,info DROP: ",
    "2013-11-02 01:02:03 firewall,info drop ",
  ])("behind %j", (head) => {
    const time = Date.UTC(2013, 10, 2, 1, 2, 3) / 1000;
    expect(onlyRow(`${head}${PACKETS.syn}`)).toMatchObject({ time, destinationPort: 22 });
  });
});

describe("lines that are not what they seem", () => {
  test.each([
    `Nov  2 01:02:03 fw sshd[812]: Invalid user ${PACKETS.syn} from 203.0.113.9`,
    "Nov  2 01:02:03 fw prog: in:box out:box, no packet",
    "Nov  2 01:02:03 router system,info,account user admin logged in from 192.0.2.1 via winbox",
    "Nov  2 01:02:03 router dhcp,info dhcp1 assigned 192.0.2.7 to 02:00:00:00:00:07",
  ])("%s", (line) => {
    const { rows, stats } = decodeLines(line);
    expect(rows).toEqual([]);
    expect(Object.fromEntries(stats.skipped)).toEqual({ "not a firewall record": 1 });
  });

  test.each([
    [PACKETS.syn.replace("TCP", "XYZ"), "unknown protocol"],
    [PACKETS.syn.replace(":22,", ":65536,"), "addresses do not parse"],
    [PACKETS.syn.replace("192.0.2.1:", "192.0.2.256:"), "addresses do not parse"],
    [PACKETS.syn.replace("192.0.2.1:", "[2001:db8::1]:"), "addresses do not parse"],
    [PACKETS.syn.replace(", len 60", ""), "line without the packet's length"],
    [PACKETS.ping.replace("type 8", "type 256"), "unknown protocol"],
  ])("%s is a fault", (packet, reason) => {
    const { rows, stats } = decodeLines(`${HEAD}${packet}`);
    expect(rows).toEqual([]);
    expect(stats.faults).toEqual([{ at: 1, unit: "line", reason: `MikroTik: ${reason}` }]);
  });

  test("a line cut anywhere gives the whole line's row, or none", () => {
    for (const packet of Object.values(PACKETS)) {
      const line = `${HEAD}${packet}`;
      const { bytes: _, payload: __, ...whole } = onlyRow(line);
      for (let length = HEAD.length; length < line.length; length++) {
        const row = decodeLines(line.slice(0, length)).rows[0];
        // The length stands last: it may be cut
        if (row !== undefined) expect(row).toMatchObject(whole);
      }
    }
  });
});
