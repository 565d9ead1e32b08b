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
import type { Row } from "../decode-whole.ts";
import { decodeLines, onlyRow } from "./messages.fixture.ts";

const TIME = Date.UTC(2013, 10, 2, 1, 2, 3) / 1000;
const line = (message: string): string => `<189>45: rtr: 000123: .Nov  2 01:02:03.000: %${message}`;
const row = (message: string): Row => onlyRow(line(message));
const logp = (rest: string): Row => row(`SEC-6-IPACCESSLOGP: list 101 denied ${rest}`);

describe("ports", () => {
  test("both real", () => {
    expect(logp("tcp 192.0.2.1(24667) -> 198.51.100.2(80), 1 packet")).toMatchObject({
      time: TIME,
      source: "192.0.2.1",
      destination: "198.51.100.2",
      protocol: 6,
      sourcePort: 24_667,
      destinationPort: 80,
      tcpFlags: FLAGS_UNKNOWN,
      packets: 1,
      record: RECORD_PACKET,
      action: ACTION_DENIED,
      grade: GRADE_CONFIRMED,
    });
  });

  test("both (0): nobody looked", () => {
    for (const protocol of ["tcp", "udp", "sctp", "17"]) {
      expect(logp(`${protocol} 192.0.2.1(0) -> 198.51.100.2(0), 1 packet`)).toMatchObject({
        sourcePort: NO_PORT,
        destinationPort: NO_PORT,
        grade: GRADE_PLACEHOLDER,
      });
    }
  });

  test("one (0): it was on the wire", () => {
    expect(logp("tcp 192.0.2.1(0) -> 198.51.100.2(445), 1 packet")).toMatchObject({
      sourcePort: 0,
      destinationPort: 445,
      grade: GRADE_CONFIRMED,
    });
    expect(logp("udp 192.0.2.1(53) -> 198.51.100.2(0), 1 packet")).toMatchObject({
      sourcePort: 53,
      destinationPort: 0,
      grade: GRADE_CONFIRMED,
    });
  });

  test("none at all", () => {
    expect(row("SEC-6-IPACCESSLOGNP: list 7 denied 6 192.0.2.1 -> 198.51.100.2, 1 packet")).toMatchObject({
      protocol: 6,
      sourcePort: NO_PORT,
      grade: GRADE_PLACEHOLDER,
    });
  });
});

describe("forms", () => {
  test.each<[string, string, object]>([
    [
      "log-input",
      "SEC-6-IPACCESSLOGP: list a permitted udp 192.0.2.1(5) (TenGigabitEthernet3/3 0022.bd37.c800) -> 198.51.100.2(6), 1 packet",
      { sourcePort: 5 },
    ],
    [
      "log-input of a serial line",
      "SEC-6-IPACCESSLOGP: list a permitted tcp 192.0.2.1(5) (Serial1/0.123) -> 198.51.100.2(6), 1 packet",
      { sourcePort: 5 },
    ],
    [
      "IOS XE",
      "FMANFP-6-IPACCESSLOGP: R0/0: fman_fp_image: list a permitted tcp 192.0.2.1(5) -> 198.51.100.2(6), 1 packet",
      { sourcePort: 5 },
    ],
    [
      "IOS XE with spaces",
      "FMANFP-6-IPACCESSLOGP:  SIP0: fman_fp_image:  list a permitted tcp 192.0.2.1(5) -> 198.51.100.2(6), 1 packet",
      {},
    ],
    [
      "log-input of IOS XE",
      "FMANFP-6-IPACCESSLOGP: F0/0: fman_fp_image: list a permitted tcp 00-00-5E-00-53-23 192.0.2.1(5) TenGigabitEthernet0/1/1-> 198.51.100.2(6), 1 packet",
      { sourcePort: 5, destinationPort: 6 },
    ],
    [
      "ICMP",
      "SEC-6-IPACCESSLOGDP: list a permitted icmp 192.0.2.1 -> 198.51.100.2 (3/4), 1 packet",
      { protocol: 1, icmpType: 3, icmpCode: 4, sourcePort: NO_PORT },
    ],
    [
      "ICMP with log-input",
      "SEC-6-IPACCESSLOGDP: list a permitted icmp 192.0.2.1 (Ethernet0 0010.7b3a.0001) -> 198.51.100.2 (8/0), 1 packet",
      { icmpType: 8 },
    ],
    ["ICMP without a type", "SEC-6-IPACCESSLOGDP: list a permitted icmp 192.0.2.1 -> 198.51.100.2, 1 packet", { icmpType: 255 }],
    [
      "by number",
      "SEC-6-IPACCESSLOGNP: list 171 permitted 89 192.0.2.1 -> 198.51.100.2, 1 packet",
      { protocol: 89, sourcePort: NO_PORT, grade: GRADE_CONFIRMED },
    ],
    ["IGMP", "SEC-6-IPACCESSLOGRP: list 177 permitted igmp 192.0.2.1 -> 198.51.100.2, 1 packet", { protocol: 2 }],
    [
      "IGMP with its type",
      "SEC-6-IPACCESSLOGSP: list I permitted igmp 192.0.2.1 -> 198.51.100.2 (20), 1 packet",
      { protocol: 2, icmpType: 0 },
    ],
  ])("%s", (_name, message, differs) => {
    expect(row(message)).toMatchObject({
      time: TIME,
      source: "192.0.2.1",
      destination: "198.51.100.2",
      packets: 1,
      record: RECORD_PACKET,
      action: ACTION_ALLOWED,
      ...differs,
    });
  });

  test("sums", () => {
    expect(logp("udp 192.0.2.1(1985) -> 198.51.100.2(1985), 342 packets")).toMatchObject({ packets: 342, record: RECORD_FLOW, time: TIME });
  });

  test("IPv6", () => {
    for (const tag of ["IPV6_ACL-6-ACCESSLOGP", "IPV6-6-ACCESSLOGP", "FMANFP-6-IPV6ACCESSLOGP: R0/0: fman_fp_image"]) {
      expect(row(`${tag}: list ACL-IPv6-E0/0-IN/10 denied tcp 2001:db8::1(0) -> 2001:db8::(22), 9 packets`)).toMatchObject({
        family: 6,
        source: "2001:db8::1",
        destination: "2001:db8::",
        sourcePort: 0,
        destinationPort: 22,
        packets: 9,
        grade: GRADE_CONFIRMED,
      });
    }
    expect(row("IPV6_ACL-6-ACCESSLOGDP: list X/10 denied icmpv6 2001:db8::1 -> 2001:db8::2 (128/0), 1 packet")).toMatchObject({
      protocol: 58,
      icmpType: 128,
    });
  });

  test("IOS XR", () => {
    const xr =
      "<190>Nov  2 01:02:04 xr RP/0/RP0/CPU0:Nov  2 01:02:03.630 UTC: ipv4_acl_mgr[310]: %ACL-IPV4_ACL-6-IPACCESSLOGP : " +
      "access-list outgoing deny tcp 192.0.2.1(39527) -> 198.51.100.2(0), 1 packet";
    expect(onlyRow(xr)).toMatchObject({ source: "192.0.2.1", sourcePort: 39_527, destinationPort: 0, action: ACTION_DENIED });
  });
});

describe("Nexus", () => {
  const nexus = (rest: string): string => `2013 Nov  2 01:02:03 n7k %ACLLOG-5-ACLLOG_FLOW_INTERVAL: ${rest}`;
  const ends = "Src IP: 192.0.2.1, Dst IP: 198.51.100.2, ";
  test("ports of TCP, and what was done", () => {
    const rest = `${ends}Src Port: 40000, Dst Port: 0, Src Intf: Ethernet3/3, Protocol: "TCP"(6), ACL Name: x, ACE Action: Deny, Appl Intf: Vlan10, Hit-count: 600`;
    expect(onlyRow(nexus(rest))).toMatchObject({
      time: TIME,
      source: "192.0.2.1",
      destination: "198.51.100.2",
      protocol: 6,
      sourcePort: 40_000,
      destinationPort: 0,
      packets: 600,
      record: RECORD_FLOW,
      action: ACTION_DENIED,
      grade: GRADE_UNCONFIRMED,
    });
  });

  test("ports 0 and 0 are placeholders, of ICMP they are nothing", () => {
    const older = `${ends}Src Port: 0, Dst Port: 0, Src Intf: Ethernet4/1, Protocol: `;
    expect(onlyRow(`Nov  2 01:02:03 n7k %ACLLOG-5-ACLLOG_FLOW_INTERVAL: ${older}"UDP"(17), Hit-count = 2589`)).toMatchObject({
      sourcePort: NO_PORT,
      packets: 2589,
      action: ACTION_UNKNOWN,
      grade: GRADE_PLACEHOLDER,
    });
    expect(onlyRow(`Nov  2 01:02:03 n7k %ACLLOG-5-ACLLOG_FLOW_INTERVAL: ${older}"ICMP"(1), Hit-count = 2589`)).toMatchObject({
      protocol: 1,
      sourcePort: NO_PORT,
      icmpType: 255,
    });
  });
});

describe("lines without a row", () => {
  const BROKEN = "Cisco message with another text than documented";
  test.each([
    ["Cisco message without a destination", "SEC-6-IPACCESSLOGS: list 1 denied 192.0.2.1 1 packet"],
    ["Cisco message without a protocol", "SEC-6-IPACCESSLOGNP: list 171 denied 0 192.0.2.1 -> 255.255.255.255, 1 packet"],
    ["Cisco message without a protocol", "IPV6_ACL-6-ACCESSLOGSP: list x/40 denied ipv6 :: -> 2001:db8::1, 6 packets"],
    [
      "Cisco message without a protocol",
      'ACLLOG-5-ACLLOG_FLOW_INTERVAL: Src IP: 192.0.2.1, Dst IP: 192.0.2.2, Src Port: 0, Dst Port: 0, Src Intf: E3/3, Protocol: "IP"(253), Hit-count: 600',
    ],
    ["Cisco message with a name in place of an address", "SEC-6-IPACCESSLOGP: list 1 denied tcp host.example(1) -> 192.0.2.1(2), 1 packet"],
    ["Cisco IOS: packets that went unlogged (rate limit)", "SEC-6-IPACCESSLOGRL: access-list logging rate-limited or missed 18 packets"],
    ["not a firewall record", "LINEPROTO-5-UPDOWN: Line protocol on Interface Te1/0/1, changed state to up"],
    [BROKEN, "SEC-6-IPACCESSLOGP: list 101 denied tcp 192.0.2.1(1) -> 192.0.2.2(2)"],
    [BROKEN, "SEC-6-IPACCESSLOGP: list 101 denied tcp 192.0.2.1(1)"],
    [BROKEN, "SEC-6-IPACCESSLOGP: list 101 ignored tcp 192.0.2.1(1) -> 192.0.2.2(2), 1 packet"],
    [BROKEN, "SEC-6-IPACCESSLOGP: "],
    [BROKEN, "ACLLOG-5-ACLLOG_FLOW_INTERVAL: Src IP: 192.0.2.1"],
  ])("%s: %s", (reason, message) => {
    const { rows, stats } = decodeLines(line(message));
    expect(rows).toEqual([]);
    expect(Object.fromEntries(stats.skipped)).toEqual({ [reason]: 1 });
    expect(stats.unparsed).toBe(reason === BROKEN ? 1 : 0);
  });
});

test("what a router did not log is lost, and said to be", () => {
  const { stats } = decodeLines(line("SEC-6-IPACCESSLOGRL: access-list logging rate-limited or missed 18 packets"));
  expect(Object.fromEntries(stats.lost)).toEqual({ "Cisco IOS access list packets": 18 });
});
