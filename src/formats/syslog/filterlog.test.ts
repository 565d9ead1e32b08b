import { existsSync, readFileSync } from "node:fs";
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
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  NO_PORT,
  OPTION_MSS,
  OPTION_NOP,
  OPTION_OTHER,
  OPTION_SACK_PERMITTED,
  OPTION_TIMESTAMP,
  OPTION_WINDOW_SCALE,
  QUIRK_BAD_HEADER_LENGTH,
  QUIRK_DONT_FRAGMENT,
  QUIRK_EVIL_BIT,
  RECORD_PACKET,
} from "../../model/observation.ts";
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, TCP_URG } from "../../model/protocol.ts";
import type { Row } from "../decode-whole.ts";
import { decodeLines, onlyRow } from "./messages.fixture.ts";

const SAMPLE = new URL("../../../../shared/samples/other-fw-logs/pf-scan-multi-port.log", import.meta.url);
const STAMP = "Nov  2 01:02:03 fw filterlog[72237]: ";
const TIME = Date.UTC(2013, 10, 2, 1, 2, 3) / 1000;
/** Up to the flags of the IP header, and what stands before a transport header. */
const V4 = (middle: string, rest: string): string =>
  `${STAMP}5,,,1000000103,igb0,match,block,in,4,0x2,,64,4660,${middle},192.0.2.1,198.51.100.2,${rest}`;
const V6 = (middle: string, rest: string): string =>
  `${STAMP}6,,,1000000105,igb1.27,match,pass,in,6,0x1c,0xf6279,255,${middle},2001:db8::1,ff02::1:2,${rest}`;
const TCP4 = (rest: string): string => V4("0,none,6,tcp,60", rest);
const TCP6 = (rest: string, length = 40): string => V6(`tcp,6,${length}`, rest);

function row(line: string): Row {
  return onlyRow(line);
}

function reasonOf(line: string): string {
  const { rows, stats } = decodeLines(line);
  expect(rows).toEqual([]);
  return [...stats.skipped.keys()].join();
}

describe("real lines", () => {
  test.skipIf(!existsSync(SAMPLE))("CrowdSec's scan: 16 SYNs of one source to 16 ports, all blocked", () => {
    const { rows, stats } = decodeLines(readFileSync(SAMPLE, "utf8"));
    expect(stats.records).toBe(16);
    expect(stats.skipped.size).toBe(0);
    expect(new Set(rows.map((each) => each.destinationPort)).size).toBe(16);
    for (const each of rows) {
      expect(each).toMatchObject({
        source: "10.0.2.2",
        destination: "10.0.2.15",
        protocol: 6,
        sourcePort: 59_576,
        tcpFlags: TCP_SYN,
        sequence: 17_536_001,
        window: 65_535,
        options: OPTION_MSS,
        ttl: 64,
        ipId: 892,
        bytes: 44,
        payload: 0,
        packets: 1,
        action: ACTION_DENIED,
        record: RECORD_PACKET,
        grade: GRADE_CONFIRMED,
      });
    }
  });
  if (!existsSync(SAMPLE)) console.warn("skipped: the samples folder is absent");

  test("pfSense and OPNsense, BSD and RFC 5424", () => {
    const csv = "124,,,fae559338f65e11c53669fc3642c93c2,ixl1_vlan70,match,pass,out,4,0x0,,63,5687,0,DF,6,tcp,60,192.0.2.1,198.51.100.9,";
    const tcp = "40370,80,0,S,3364871769,,65535,,mss;sackOK;TS;nop;wscale";
    for (const head of [
      "<134>Nov  2 01:02:03 fw filterlog[97530]: ",
      "<134>Nov  2 01:02:03 filterlog: ",
      "<134>1 2013-11-02T01:02:03+00:00 fw filterlog 76404 - - ",
      '<134>1 2013-11-02T02:02:03+01:00 fw filterlog 76404 - [meta sequenceId="1"] ',
    ]) {
      expect(row(head + csv + tcp)).toMatchObject({
        time: TIME,
        source: "192.0.2.1",
        destination: "198.51.100.9",
        sourcePort: 40_370,
        destinationPort: 80,
        tcpFlags: TCP_SYN,
        sequence: 3_364_871_769,
        window: 65_535,
        options: OPTION_MSS | OPTION_SACK_PERMITTED | OPTION_TIMESTAMP | OPTION_NOP | OPTION_WINDOW_SCALE,
        ttl: 63,
        ipId: 5687,
        quirks: QUIRK_DONT_FRAGMENT,
        action: ACTION_ALLOWED,
        grade: GRADE_CONFIRMED,
      });
    }
  });
});

describe("TCP", () => {
  test("port zero is a port", () => {
    expect(row(TCP4("0,445,0,S,1,,1024,,mss"))).toMatchObject({ sourcePort: 0, destinationPort: 445, grade: GRADE_CONFIRMED });
    expect(row(TCP4("0,0,0,S,1,,1024,,"))).toMatchObject({ sourcePort: 0, destinationPort: 0, options: 0 });
  });

  test.each([
    ["S", TCP_SYN],
    ["SA", TCP_SYN | TCP_ACK],
    ["FPU", TCP_FIN | TCP_PSH | TCP_URG],
    ["R", TCP_RST],
    ["SEC", TCP_SYN | 0xc0],
    ["", 0],
  ])("flags %j", (letters, flags) => {
    expect(row(TCP4(`1,2,0,${letters},1,,1024,,`)).tcpFlags).toBe(flags);
  });

  test("sequence, acknowledgement, urgent pointer, data", () => {
    expect(row(V4("0,none,6,tcp,140", "1,2,100,PAU,4294967290:94,77,512,9,nop;nop;TS"))).toMatchObject({
      sequence: 4_294_967_290,
      acknowledgement: 77,
      window: 512,
      urgent: 9,
      payload: 100,
      bytes: 140,
      tos: 2,
    });
  });

  test("a header too short to be one: filterlog prints no ports, so there are none", () => {
    expect(row(TCP4("errormsg='tcp 40 [bad hdr length 0 - too short < 20]',"))).toMatchObject({
      protocol: 6,
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
      tcpFlags: FLAGS_UNKNOWN,
      grade: GRADE_PLACEHOLDER,
      quirks: QUIRK_BAD_HEADER_LENGTH,
    });
  });

  test("a header too long for its packet still has its ports and flags", () => {
    expect(row(TCP4("0,0,-20,FS,errormsg='[bad hdr length 60 - too long, > 40]',"))).toMatchObject({
      sourcePort: 0,
      destinationPort: 0,
      tcpFlags: TCP_FIN | TCP_SYN,
      payload: 0,
      grade: GRADE_CONFIRMED,
      quirks: QUIRK_BAD_HEADER_LENGTH,
    });
  });

  test("options without a name of their own", () => {
    expect(row(TCP4("1,2,0,S,1,,1024,,mss;unknown(99)")).options).toBe(OPTION_MSS | OPTION_OTHER);
    expect(row(TCP4("1,2,0,S,1,,1024,,[bad opt],")).options).toBe(OPTION_OTHER);
  });

  test("a record cut behind its flags is still one", () => {
    expect(row(TCP4("1,2,0,S"))).toMatchObject({ sourcePort: 1, tcpFlags: TCP_SYN, sequence: 0, window: 0 });
  });
});

describe("fragments", () => {
  test("a later one ends behind its addresses", () => {
    for (const protocol of ["6,tcp", "17,udp", "1,icmp", "132,sctp"]) {
      const seen = row(V4(`1480,none,${protocol},520`, ""));
      expect(seen).toMatchObject({ fragment: FRAGMENT_LATER, sourcePort: NO_PORT, destinationPort: NO_PORT, bytes: 520, icmpType: 0 });
    }
    expect(row(V4("1480,+,6,tcp,520", "")).tcpFlags).toBe(FLAGS_UNKNOWN);
  });

  test("a first one has its ports, an unfragmented one is none", () => {
    expect(row(V4("0,+,17,udp,1500", "53,0,4000"))).toMatchObject({
      fragment: FRAGMENT_FIRST,
      sourcePort: 53,
      destinationPort: 0,
      payload: 1472,
    });
    expect(row(V4("0,none,17,udp,78", "137,0,58"))).toMatchObject({ fragment: FRAGMENT_NONE, payload: 50 });
    expect(row(V4("0,rsvd,17,udp,78", "137,0,58")).quirks).toBe(QUIRK_EVIL_BIT);
  });

  test("IPv6, pfSense: a later one says so, a first one does not say of what", () => {
    expect(row(V6("Fragment,44,512", "FRAG6, 0x0000abcd:1448|504,"))).toMatchObject({
      protocol: 44,
      fragment: FRAGMENT_LATER,
      sourcePort: NO_PORT,
      bytes: 552,
    });
    expect(reasonOf(V6("Fragment,44,512", "FRAG6, 0x0000abcd:0|504,,0,0,504"))).toBe("filterlog line about an IPv6 extension header");
  });

  test("IPv6, OPNsense: octets of a later one are read as ports, which is not confirmed", () => {
    // a datagram of 40 octets behind a fragment header of 8
    expect(row(V6("udp,17,48", "0,0,40"))).toMatchObject({ sourcePort: 0, destinationPort: 0, grade: GRADE_UNCONFIRMED });
    expect(row(V6("udp,17,48", "0,0,48"))).toMatchObject({ sourcePort: 0, payload: 40, bytes: 88, grade: GRADE_CONFIRMED });
    expect(row(TCP6("0,0,12,,,,0,,")).grade).toBe(GRADE_UNCONFIRMED);
    expect(row(TCP6("0,0,20,S,1:21,,0,,"))).toMatchObject({ grade: GRADE_CONFIRMED, payload: 20 });
    expect(row(TCP6("0,0,0,S,1,,0,,mss;sackOK;TS;nop;wscale")).grade).toBe(GRADE_CONFIRMED);
    expect(row(TCP6("0,0,0,S,1,,0,,mss;sackOK;TS;nop;wscale", 48)).grade).toBe(GRADE_UNCONFIRMED);
    expect(row(TCP6("1,2,0,A,,7,0,,nop;nop;sack", 32)).grade).toBe(GRADE_CONFIRMED);
    expect(row(TCP6("1,2,-20,S,errormsg='[bad hdr length 60 - too long, > 40]',")).grade).toBe(GRADE_UNCONFIRMED);
    expect(row(TCP6("1,2,12,S,1:13,,0,,unknown(99)")).grade).toBe(GRADE_UNCONFIRMED);
  });
});

describe("other transports", () => {
  test("IPv6 UDP of pfSense", () => {
    const line = `${STAMP}6,,,1000000105,igb1.27,match,block,in,6,0x00,0xf6279,1,UDP,17,32,fe80::208:9bff:fef3:652b,ff02::1:2,546,547,32`;
    expect(row(line)).toMatchObject({
      family: 6,
      source: "fe80::208:9bff:fef3:652b",
      destination: "ff02::1:2",
      protocol: 17,
      sourcePort: 546,
      destinationPort: 547,
      bytes: 72,
      payload: 24,
      ttl: 1,
      grade: GRADE_CONFIRMED,
      action: ACTION_DENIED,
    });
  });

  test("SCTP with ports (pfSense) and without (OPNsense)", () => {
    expect(row(V4("0,none,132,sctp,52", "36412,0,20"))).toMatchObject({
      protocol: 132,
      sourcePort: 36_412,
      destinationPort: 0,
      payload: 20,
      tcpFlags: FLAGS_UNKNOWN,
      grade: GRADE_CONFIRMED,
    });
    expect(row(V4("0,none,132,sctp,52", "datalength=32"))).toMatchObject({ sourcePort: NO_PORT, grade: GRADE_PLACEHOLDER });
    expect(row(V4("0,none,136,udplite,52", "datalength=32 "))).toMatchObject({ sourcePort: NO_PORT, grade: GRADE_PLACEHOLDER });
  });

  test("what has no ports has none", () => {
    expect(row(V4("0,none,2,igmp,32", "datalength=8"))).toMatchObject({ protocol: 2, sourcePort: NO_PORT, bytes: 32 });
    expect(row(V4("0,none,112,carp,56", "advertise,255,1,2,0,1"))).toMatchObject({ protocol: 112, sourcePort: NO_PORT });
    expect(row(V4("0,none,4,ipencap,60", "IPV4-IN-IPV4,"))).toMatchObject({ protocol: 4, sourcePort: NO_PORT });
  });
});

describe("ICMP", () => {
  const icmp = (rest: string): Row => row(V4("0,none,1,icmp,84", rest));
  test.each([
    ["request,37728,164", 8, 0, 37_728 * 65_536 + 1],
    ["reply,1,2064", 0, 0, 65_536 + 20],
    ["unreach,host 10.0.0.1 unreachable - admin prohibited filter64", 3, 13, 0],
    ["unreach,net 10.0.0.1 unreachable64", 3, 0, 0],
    ["unreach,host 10.0.0.1 unreachable64", 3, 1, 0],
    ["unreach,net 10.0.0.1 unreachable - tos prohibited64", 3, 11, 0],
    ["needfrag,10.0.0.1,140064", 3, 4, 0],
    ["timexceed,time exceeded in-transit64", 11, 0, 0],
    ["redirect,redirect 10.0.0.1 to host 10.0.0.264", 5, 0, 0],
    ["tstamp,5,664", 13, 0, 5 * 65_536 + 6],
    ["source quench64", 4, 0, 0],
    ["type-??64", 255, 0, 0],
    ["datalength=64", 255, 0, 0],
    ["datalength=64,echoreq,0,37728,1,", 8, 0, 37_728 * 65_536 + 1],
    ["datalength=64,unreach,filter-prohib,,,", 3, 13, 0],
    ["datalength=64,unknown(42),7,,,", 42, 7, 0],
    ["datalength=1,truncated-icmp=1,,,,", 255, 0, 0],
    ["", 255, 0, 0],
  ])("%s", (rest, icmpType, icmpCode, sequence) => {
    expect(icmp(rest)).toMatchObject({
      icmpType,
      icmpCode,
      sequence,
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
      payload: 56,
      tcpFlags: 0,
    });
  });

  test("an error names whom it is about", () => {
    expect(icmp("unreachport,203.0.113.9,UDP,064")).toMatchObject({
      icmpType: 3,
      icmpCode: 3,
      quoted: { destination: "203.0.113.9", protocol: 17, sourcePort: NO_PORT, destinationPort: 0 },
    });
    expect(icmp("unreachproto,203.0.113.9,4764").quoted).toEqual({
      destination: "203.0.113.9",
      protocol: 47,
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
    });
    expect(icmp("unreachport,203.0.113.9,UDP,53").quoted).toBeNull();
  });

  test("ICMPv6: keywords of OPNsense, nothing of pfSense", () => {
    expect(row(V6("icmp6,58,32", "datalength=32,neighbrsol,0,,,"))).toMatchObject({
      protocol: 58,
      icmpType: 135,
      icmpCode: 0,
      payload: 24,
    });
    expect(row(V6("ICMPv6,58,32", ""))).toMatchObject({ protocol: 58, icmpType: 255 });
  });
});

describe("lines without a row", () => {
  test.each([
    ["filterlog line with too few fields", `${STAMP}5,,,1,igb0,match,block,in,4`],
    ["filterlog line with too few fields", `${STAMP}[|pflog]`],
    ["filterlog line with too few fields", `${STAMP}5,,,1,igb0,match,block,in,4,0x0,,64,1,0,none,6,tcp,60,192.0.2.1`],
    ["filterlog line with too few fields", TCP4("59576")],
    ["filterlog line with too few fields", TCP4("59576,22,0")],
    ["filterlog line about no IPv4 or IPv6 packet", `${STAMP}5,,,1,igb0,match,block,in,7,`],
    ["filterlog line about a malformed IP header", `${STAMP}5,,,1,igb0,match,block,in,4,bad-hlen=4,`],
    ["filterlog line about a malformed IP header", `${STAMP}5,,,1,igb0,match,block,in,4,truncated-ip=12,`],
    ["filterlog line about an IPv6 extension header", V6("Options,0,36", "HBH,RTALERT,0x0000,PADN,")],
    ["filterlog field that is not a number", TCP4("x,22,0,S,1,,1,,")],
    ["filterlog field that is not a number", TCP4("65536,22,0,S,1,,1,,")],
    ["filterlog field that is not a number", TCP4("1,22,0,SX,1,,1,,")],
    ["filterlog field that is not a number", V4("0,none,600,tcp,60", "1,2,0,S,1,,1,,")],
    [
      "filterlog field that is not an address",
      `${STAMP}5,,,1,igb0,match,block,in,4,0x0,,64,1,0,none,6,tcp,60,fe80::1,fe80::2,1,2,0,S,1,,1,,`,
    ],
    [
      "filterlog field that is not an address",
      `${STAMP}5,,,1,igb0,match,block,in,6,0x00,0x0,64,tcp,6,60,192.0.2.1,192.0.2.2,1,2,0,S,1,,1,,`,
    ],
    [
      "not a firewall record",
      "Nov  2 01:02:03 fw sshd[1]: 5,,,1,igb0,match,block,in,4,0x0,,64,1,0,none,6,tcp,60,192.0.2.1,192.0.2.2,1,2,0,S,1,,1,,",
    ],
  ])("%s", (reason, line) => {
    expect(reasonOf(line)).toBe(reason);
  });

  test("a cut packet is read behind the note that says so", () => {
    const rest = "0x0,,64,1,0,none,17,udp,60,192.0.2.1,192.0.2.2,1,0,40";
    for (const note of ["truncated-ip=60", "error='truncated-ip 20 bytes missing!'"]) {
      expect(row(`${STAMP}5,,,1,igb0,match,block,in,4,${note},${rest}`)).toMatchObject({ sourcePort: 1, destinationPort: 0 });
    }
  });

  test("actions that are neither pass nor block are not told", () => {
    expect(row(TCP4("1,2,0,S,1,,1,,").replace(",block,", ",synproxy-drop,")).action).toBe(ACTION_UNKNOWN);
  });
});
