import { describe, expect, test } from "vitest";
import {
  ACTION_ALLOWED,
  ACTION_DENIED,
  FLAGS_UNKNOWN,
  GRADE_CONFIRMED,
  GRADE_PLACEHOLDER,
  GRADE_UNCONFIRMED,
  NO_PORT,
  QUIRK_BAD_HEADER_LENGTH,
  RECORD_FLOW,
  RECORD_PACKET,
} from "../../model/observation.ts";
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import type { Row } from "../decode-whole.ts";
import { decodeLines, onlyRow } from "./messages.fixture.ts";

const TIME = Date.UTC(2013, 10, 2, 1, 2, 3) / 1000;
const line = (message: string): string => `<166>Nov 02 2013 01:02:03 fw : %ASA-4-${message}`;
const row = (message: string): Row => onlyRow(line(message));
const BROKEN = "Cisco message with another text than documented";
const NAMED = "Cisco message with a name in place of an address";

/** What all packets from 192.0.2.1:0 to 198.51.100.2:445 have in common. */
const PORT_ZERO = {
  time: TIME,
  source: "192.0.2.1",
  destination: "198.51.100.2",
  sourcePort: 0,
  destinationPort: 445,
  packets: 1,
  record: RECORD_PACKET,
  action: ACTION_DENIED,
  grade: GRADE_CONFIRMED,
};

describe("one packet", () => {
  test.each<[string, object]>([
    [
      "106001: Inbound TCP connection denied from 192.0.2.1/0 to 198.51.100.2/445 flags SYN  on interface outside",
      { protocol: 6, tcpFlags: TCP_SYN },
    ],
    [
      "106015: Deny TCP (no connection) from 192.0.2.1/0 to 198.51.100.2/445 flags FIN PSH ACK  on interface outside",
      { protocol: 6, tcpFlags: TCP_FIN | TCP_PSH | TCP_ACK },
    ],
    ["106015: Deny TCP (no connection) from 192.0.2.1/0 to 198.51.100.2/445 flags RST on interface outside.", { tcpFlags: TCP_RST }],
    // A NULL packet has no flags to print
    ["106015: Deny TCP (no connection) from 192.0.2.1/0 to 198.51.100.2/445 flags  on interface outside", { tcpFlags: 0 }],
    [
      "106015: Deny TCP (no connection) from 192.0.2.1/0 to 198.51.100.2/445 flags INVALID on interface outside",
      { tcpFlags: FLAGS_UNKNOWN },
    ],
    ["106006: Deny inbound UDP from 192.0.2.1/0 to 198.51.100.2/445 on interface outside", { protocol: 17, tcpFlags: 0 }],
    ["106007: Deny inbound UDP from 192.0.2.1/0 to 198.51.100.2/445 due to DNS Query", { protocol: 17 }],
    ["106010: Deny inbound sctp src outside:192.0.2.1/0 dst inside:198.51.100.2/445", { protocol: 132 }],
    ["106011: Deny inbound (No xlate) tcp src outside:192.0.2.1/0 dst outside:198.51.100.2/445", { protocol: 6 }],
    [
      '106023: Deny tcp src outside:192.0.2.1/0 dst inside:198.51.100.2/445 by access-group "outside_in" [0x5f2c81d4, 0x0]',
      { protocol: 6, tcpFlags: FLAGS_UNKNOWN },
    ],
    [
      String.raw`106023: Deny udp src v1:outside:192.0.2.1/0(LOCAL\First Last, 9999:sgt) dst NP Identity Ifc:198.51.100.2/445(host.example) by access-group "x"`,
      { protocol: 17 },
    ],
    ["500004: Invalid transport field for protocol=UDP, from 192.0.2.1/0 to 198.51.100.2/445", { protocol: 17 }],
    ["500004: Invalid transport field for protocol=6, from 192.0.2.1/0 to 198.51.100.2/445", { protocol: 6, tcpFlags: FLAGS_UNKNOWN }],
    [
      "500003: Bad TCP hdr length (hdrlen=4, pktlen=74) from 192.0.2.1/0 to 198.51.100.2/445, flags: SYN ACK, on interface outside",
      { protocol: 6, tcpFlags: TCP_SYN | TCP_ACK, bytes: 74, quirks: QUIRK_BAD_HEADER_LENGTH },
    ],
    [
      "500003: Bad TCP hdr length (hdrlen=4, pktlen=74) from 192.0.2.1/0 to 198.51.100.2/445, flags: INVALID, on interface outside",
      { tcpFlags: FLAGS_UNKNOWN },
    ],
    ["710003: TCP access denied by ACL from 192.0.2.1/0 to outside:198.51.100.2/445", { protocol: 6 }],
    ["710005: UDP request discarded from 192.0.2.1/0 to outside:198.51.100.2/445", { protocol: 17 }],
    [
      "106100: access-list outside_in denied tcp outside/192.0.2.1(0) -> inside/198.51.100.2(445) hit-cnt 1 first hit [0x71a87d94, 0x0]",
      { protocol: 6, tcpFlags: FLAGS_UNKNOWN, duration: 0 },
    ],
    [
      String.raw`106100: access-list outside_in denied udp outside/192.0.2.1(0)(LOCAL\user) -> inside/198.51.100.2(445)(LOCAL\other) hit-cnt 1 first hit`,
      { protocol: 17 },
    ],
    [
      "106103: access-list x denied tcp for user 'u' outside/192.0.2.1(0) -> inside/198.51.100.2(445) hit-cnt 1 first hit [0xd3e666fa, 0x0]",
      {},
    ],
  ])("%s", (message, differs) => {
    expect(row(message)).toMatchObject({ ...PORT_ZERO, ...differs });
  });

  test("services by name", () => {
    expect(row("710003: TCP access denied by ACL from 192.0.2.1/6370 to outside:198.51.100.2/ssh").destinationPort).toBe(22);
    expect(row("710002: TCP access permitted from 192.0.2.1/6370 to outside:198.51.100.2/https")).toMatchObject({
      destinationPort: 443,
      action: ACTION_ALLOWED,
    });
  });

  test("IPv6", () => {
    expect(row('106023: Deny tcp src outside:2001:db8::1/0 dst inside:2001:db8::2/445 by access-group "x"')).toMatchObject({
      family: 6,
      source: "2001:db8::1",
      destination: "2001:db8::2",
      sourcePort: 0,
      destinationPort: 445,
    });
    expect(row("106015: Deny TCP (no connection) from 2001:db8::1/80 to 2001:db8::2/0 flags ACK  on interface outside")).toMatchObject({
      source: "2001:db8::1",
      sourcePort: 80,
      destinationPort: 0,
    });
  });

  test("without ports they are placeholders", () => {
    for (const message of [
      "106021: Deny TCP reverse path check from 192.0.2.1 to 198.51.100.2 on interface outside",
      'Deny udp src outside:192.0.2.1 dst inside:198.51.100.2/53 by access-group "x"',
      'Deny udp src outside:192.0.2.1/53 dst v2:inside:198.51.100.2 by access-group "x"',
    ]) {
      expect(row(message.startsWith("106") ? message : `106023: ${message}`)).toMatchObject({
        source: "192.0.2.1",
        destination: "198.51.100.2",
        sourcePort: NO_PORT,
        destinationPort: NO_PORT,
        grade: GRADE_PLACEHOLDER,
        action: ACTION_DENIED,
      });
    }
  });

  test("other protocols have no ports", () => {
    expect(row('106023: Deny protocol 47 src outside:192.0.2.1 dst inside:198.51.100.2 by access-group "x"')).toMatchObject({
      protocol: 47,
      sourcePort: NO_PORT,
      grade: GRADE_CONFIRMED,
    });
  });

  test("the class of messages, and the other devices", () => {
    for (const tag of ["%ASA-session-5-106001", "%FTD-2-106001", "%PIX-2-106001", "%FWSM-2-106001"]) {
      const text = "Inbound TCP connection denied from 192.0.2.1/0 to 198.51.100.2/445 flags SYN  on interface outside";
      expect(onlyRow(`Nov  2 01:02:03 fw ${tag}: ${text}`)).toMatchObject(PORT_ZERO);
      expect(onlyRow(`Nov  2 01:02:03 fw CiscoASA[999]: ${tag} ${text}`)).toMatchObject(PORT_ZERO);
    }
  });
});

describe("ICMP is never a port", () => {
  test.each<[string, number, number]>([
    ["106014: Deny inbound icmp src outside:192.0.2.1 dst inside:198.51.100.2(type 8, code 0)", 8, 0],
    ["106014: Deny inbound icmp src outside:192.0.2.1 dst inside:198.51.100.2 (type 3, code 13)", 3, 13],
    ['106023: Deny icmp src outside:192.0.2.1 dst inside:198.51.100.2 (type 11, code 1) by access-group "x" [0x0, 0x0]', 11, 1],
    ['106023: Deny icmp src outside:192.0.2.1 dst inside:198.51.100.2 type 3, code 0, by access-group "x"', 3, 0],
    ["106100: access-list x denied icmp outside/192.0.2.1(8) -> inside/198.51.100.2(0) hit-cnt 1 first hit", 8, 0],
    ["106100: access-list x denied icmp outside/192.0.2.1(0) -> inside/198.51.100.2(8) hit-cnt 1 first hit", 8, 0],
    ["106100: access-list x denied icmp outside/192.0.2.1(0) -> inside/198.51.100.2(0) hit-cnt 1 first hit", 0, 0],
    ["106021: Deny icmp reverse path check from 192.0.2.1 to 198.51.100.2 on interface outside", 255, 0],
    ["313004: Denied ICMP type=0, from laddr 192.0.2.1 on interface outside to 198.51.100.2: no matching session", 0, 0],
  ])("%s", (message, icmpType, icmpCode) => {
    expect(row(message)).toMatchObject({
      protocol: 1,
      source: "192.0.2.1",
      destination: "198.51.100.2",
      icmpType,
      icmpCode,
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
      grade: GRADE_CONFIRMED,
      action: ACTION_DENIED,
    });
  });

  test("of IPv6 too", () => {
    expect(row('106023: Deny icmp src outside:2001:db8::1 dst inside:2001:db8::2 (type 128, code 0) by access-group "x"')).toMatchObject({
      protocol: 58,
      icmpType: 128,
    });
  });

  test("an error names whom it is about", () => {
    const message =
      "313005: No matching connection for ICMP error message: icmp src outside:192.0.2.1(LOCAL\\u) dst inside:198.51.100.2 (type 3, code 3) " +
      "on outside interface.  Original IP payload: udp src 198.51.100.2/53 dst 203.0.113.9/0.";
    expect(row(message)).toMatchObject({
      source: "192.0.2.1",
      icmpType: 3,
      icmpCode: 3,
      quoted: { destination: "203.0.113.9", protocol: 17, sourcePort: 53, destinationPort: 0 },
    });
    expect(
      row(message.replace("udp src 198.51.100.2/53 dst 203.0.113.9/0.", "protocol 51 src 198.51.100.2 dst 203.0.113.9.")).quoted,
    ).toEqual({
      destination: "203.0.113.9",
      protocol: 51,
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
    });
  });

  test("a connection counts when it is built", () => {
    const inbound = String.raw`302020: Built inbound ICMP connection for faddr 192.0.2.1/1(LOCAL\u) gaddr 203.0.113.1/0 laddr 198.51.100.2/0 (u) type 8 code 0 `;
    const expected = { icmpType: 8, packets: 1, action: ACTION_ALLOWED, sourcePort: NO_PORT };
    expect(row(inbound)).toMatchObject({ ...expected, source: "192.0.2.1", destination: "198.51.100.2" });
    expect(row(inbound.replace("inbound", "outbound"))).toMatchObject({ ...expected, source: "198.51.100.2", destination: "192.0.2.1" });
    const { rows, stats } = decodeLines(line(inbound.replace("302020: Built inbound", "302021: Teardown")));
    expect(rows).toEqual([]);
    expect(stats.unparsed).toBe(0);
  });
});

describe("sums of 106100", () => {
  test("hits of an interval", () => {
    expect(
      row(
        "106100: access-list x permitted udp inside/192.0.2.1(1065) -> outside/198.51.100.2(53) hit-cnt 144 300-second interval [0xe982c7a4, 0x0]",
      ),
    ).toMatchObject({ time: TIME - 300, duration: 300, packets: 144, record: RECORD_FLOW, action: ACTION_ALLOWED, grade: GRADE_CONFIRMED });
    expect(row("106100: access-list x est-allowed tcp i/192.0.2.1(1) -> o/198.51.100.2(53) hit-cnt 1 (first hit)")).toMatchObject({
      record: RECORD_PACKET,
      action: ACTION_ALLOWED,
    });
  });
});

describe("lines without a row", () => {
  test.each([
    ["Cisco ASA message about no packet", "305011: Built dynamic TCP translation from inside:192.0.2.1/1772 to outside:198.51.100.2/8256"],
    ["Cisco ASA message about no packet", "111009: User 'a' executed cmd: show access-list"],
    ["Cisco message without a destination", "313001: Denied ICMP type=8, code=0 from 192.0.2.1 on interface outside"],
    [
      "Cisco message without a protocol",
      "106100: access-list x denied ip outside/192.0.2.1(0) -> inside/198.51.100.2(0) hit-cnt 1 first hit",
    ],
    [NAMED, "106015: Deny TCP (no connection) from 192.0.2.1/56594 to mailgw1/25 flags FIN ACK on interface outside"],
    [NAMED, 'Deny tcp src MG:exp_srv/64593 dst OSS:192.0.2.1/2511 by access-group "x" [0x0, 0x0]'],
    [NAMED, "106100: access-list x denied tcp in/some.domain(27218) -> OUTSIDE/192.0.2.1(53) hit-cnt 1 first hit"],
    [NAMED, "302020: Built inbound ICMP connection for faddr eth0_fw/6553 gaddr 192.0.2.1/0 laddr 192.0.2.1/0 type 8 code 0"],
    ["Cisco message between an IPv4 and an IPv6 address", '106023: Deny tcp src o:192.0.2.1/1 dst i:2001:db8::1/2 by access-group "x"'],
    [BROKEN, "106015: Deny TCP (no connection) from 192.0.2.1/56594"],
    [BROKEN, "106015: Deny TCP (no connection) from 192.0.2.1/port to 198.51.100.2/port flags tcp_flags on interface outside"],
    [BROKEN, "106023: Deny tcp src outside:192.0.2.1/65536 dst inside:198.51.100.2/1"],
    [BROKEN, "106100: access-list x denied tcp outside/192.0.2.1(0) -> inside/198.51.100.2(445)"],
    [BROKEN, "106100: access-list x rejected tcp outside/192.0.2.1(0) -> inside/198.51.100.2(445) hit-cnt 1 first hit"],
    [BROKEN, "1060"],
    [BROKEN, "302014: Teardown TCP connection 1 for outside:192.0.2.1/443 duration 0:00:01 bytes 12"],
  ])("%s: %s", (reason, message) => {
    const { rows, stats } = decodeLines(line(message.startsWith("Deny") ? `106023: ${message}` : message));
    expect(rows).toEqual([]);
    expect(Object.fromEntries(stats.skipped)).toEqual({ [reason]: 1 });
    expect(stats.unparsed).toBe(reason === BROKEN ? 1 : 0);
  });
});

describe("connections", () => {
  const BUILT =
    "302013: Built inbound TCP connection 7 for outside:192.0.2.1/40000 (192.0.2.1/40000) to inside:10.0.0.2/8443 (198.51.100.2/443)";
  const END = "302014: Teardown TCP connection 7 for outside:192.0.2.1/40000 to inside:10.0.0.2/8443 duration 0:00:30 bytes";
  const rows = (...messages: readonly string[]): readonly Row[] => {
    const decoded = decodeLines(...messages.map(line));
    expect(Object.fromEntries(decoded.stats.skipped)).toEqual({});
    return decoded.rows;
  };
  const OPENS = { source: "192.0.2.1", destination: "10.0.0.2", sourcePort: 40_000, destinationPort: 8443 };
  const ANSWERS = { source: "10.0.0.2", destination: "192.0.2.1", sourcePort: 8443, destinationPort: 40_000 };
  const SYN_ACK = TCP_SYN | TCP_ACK;

  test("built is one packet of whoever opened", () => {
    const expected = { time: TIME, packets: 1, record: RECORD_PACKET, tcpFlags: TCP_SYN, action: ACTION_ALLOWED, grade: GRADE_UNCONFIRMED };
    expect(row(BUILT)).toMatchObject({ ...OPENS, ...expected });
    expect(row(BUILT.replace("inbound", "outbound"))).toMatchObject({ ...ANSWERS, ...expected });
    expect(
      row(
        String.raw`302013: Built inbound Probe TCP connection 7 for NP Identity Ifc:192.0.2.1/1 (192.0.2.1/1)(LOCAL\a, 1:x) to i:10.0.0.2/2 (10.0.0.2/2) (a)`,
      ),
    ).toMatchObject({ source: "192.0.2.1", destination: "10.0.0.2", sourcePort: 1, destinationPort: 2 });
  });

  test.each<[string, number, number, number | null, number]>([
    ["0 SYN Timeout", TCP_SYN, 0, null, 0],
    ["0 TCP Reset-I", TCP_SYN, 0, TCP_RST | TCP_ACK, 1],
    ["0 TCP Reset-I from inside", TCP_SYN, 0, TCP_RST | TCP_ACK, 1],
    ["0 TCP Reset-O from outside", TCP_SYN | TCP_RST, 1, SYN_ACK, 1],
    ["512 TCP Reset-O from outside (user)", SYN_ACK | TCP_RST, 1, SYN_ACK, 1],
    ["512 TCP Reset-I", SYN_ACK, 1, SYN_ACK | TCP_RST, 2],
    ["512 TCP FINs from inside", SYN_ACK | TCP_FIN, 1, SYN_ACK | TCP_FIN, 2],
    ["512 Conn-timeout", SYN_ACK, 1, SYN_ACK, 1],
    ["0 Conn-timeout", TCP_SYN, 0, null, 0],
    ["0", TCP_SYN, 0, null, 0],
  ])("torn down after %s", (rest, tcpFlags, packets, answerFlags, answerPackets) => {
    const [, opener, answerer, ...more] = rows(BUILT, `${END} ${rest}`);
    const common = { duration: 30, record: RECORD_FLOW, action: ACTION_ALLOWED, grade: GRADE_UNCONFIRMED };
    expect(opener).toMatchObject({ ...OPENS, ...common, time: TIME - 30, tcpFlags, packets, payload: Number.parseInt(rest, 10) });
    if (answerFlags === null) expect(answerer).toBeUndefined();
    else expect(answerer).toMatchObject({ ...ANSWERS, ...common, tcpFlags: answerFlags, packets: answerPackets, payload: 0 });
    if (answerer !== undefined) expect(answerer.time).toBeGreaterThan(TIME - 30);
    expect(more).toEqual([]);
  });

  test("without data, time tells that it was established", () => {
    const [opener, answerer] = rows(`${END.replace("0:00:30", "1:00:04")} 0 Conn-timeout`).slice(-2);
    expect(opener?.duration).toBe(3604);
    expect(answerer).toBeDefined();
  });

  test("where it was not seen built, whoever spoke to a service opened, and the SYN counts now", () => {
    const end = "302014: Teardown TCP connection 9 for outside:192.0.2.1/443 to inside:10.0.0.2/51000 duration 0:00:01 bytes 0 SYN Timeout";
    expect(rows(end)).toEqual([expect.objectContaining({ source: "10.0.0.2", destinationPort: 443, tcpFlags: TCP_SYN, packets: 1 })]);
    expect(rows(`${END} 0 SYN Timeout`)).toEqual([expect.objectContaining({ ...OPENS, tcpFlags: FLAGS_UNKNOWN, packets: 1 })]);
  });

  test("a number that comes again is another connection", () => {
    const outbound = BUILT.replace("inbound", "outbound");
    const end = `${END} 0 SYN Timeout`;
    const seen = rows(BUILT, end, outbound, end, end);
    expect(seen.map(({ source, packets }) => `${source} ${packets}`)).toEqual([
      "192.0.2.1 1",
      "192.0.2.1 0",
      "10.0.0.2 1",
      "10.0.0.2 0",
      "192.0.2.1 1",
    ]);
  });

  test("UDP: one direction, for nothing tells of an answer", () => {
    const built = "302015: Built inbound UDP connection 8 for outside:192.0.2.1/0 (192.0.2.1/0) to inside:10.0.0.2/53 (10.0.0.2/53)";
    const end = String.raw`302016: Teardown UDP connection 8 for outside:192.0.2.1/0(LOCAL\u) to inside:10.0.0.2/53 duration 92:24:20 bytes 4671944 (u)`;
    expect(rows(built, end)).toEqual([
      expect.objectContaining({ protocol: 17, sourcePort: 0, destinationPort: 53, packets: 1, tcpFlags: 0, grade: GRADE_UNCONFIRMED }),
      expect.objectContaining({
        time: TIME - (92 * 3600 + 24 * 60 + 20),
        sourcePort: 0,
        packets: 0,
        payload: 4_671_944,
        record: RECORD_FLOW,
        grade: GRADE_UNCONFIRMED,
      }),
    ]);
  });
});

test("what is remembered of connections does not grow", () => {
  const lines = Array.from({ length: 70_000 }, (_, i) =>
    line(`302013: Built inbound TCP connection ${i} for outside:192.0.2.1/${i % 65_536} (a) to inside:10.0.0.2/80 (b)`),
  );
  const { rows } = decodeLines(...lines);
  expect(rows.length).toBe(70_000);
});
