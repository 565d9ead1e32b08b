import fc from "fast-check";
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
  NO_PORT,
  OPTION_MSS,
  QUIRK_DONT_FRAGMENT,
  QUIRK_EVIL_BIT,
  QUIRK_IP_OPTIONS,
  QUIRK_QUOTES_PACKET,
  QUIRK_RESERVED_BITS,
  QUIRK_TINY_FRAGMENT,
  QUIRK_URGENT_POINTER,
  RECORD_PACKET,
} from "../../model/observation.ts";
import { PROTOCOL_ARP, PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP, TCP_ACK, TCP_PSH, TCP_SYN } from "../../model/protocol.ts";
import type { Decoded, Row } from "../decode-whole.ts";
import { NETFILTER_PACKETS as PACKETS } from "./inputs.fixture.ts";
import { decodeLines, onlyRow } from "./messages.fixture.ts";

const SAMPLES = new URL("../../../../shared/samples/iptables-logs/", import.meta.url);
const HEAD = "Nov  2 01:02:03 fw kernel: ";
const rowOf = (packet: string, prefix: string = ""): Row => onlyRow(`${HEAD}${prefix}${packet}`);

function sample(name: string): { readonly lines: readonly string[]; readonly decoded: Decoded } | null {
  const path = new URL(name, SAMPLES);
  if (!existsSync(path)) {
    console.warn(`skipped: ${name} is absent`);
    return null;
  }
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return { lines, decoded: decodeLines(...lines) };
}

/** A field as an independent reader sees it: the first match of a pattern in the line. */
const matched = (line: string, pattern: RegExp): string | null => pattern.exec(line)?.[1] ?? null;

describe("real logs", () => {
  test.each([
    ["syn_scan_1000_1500", 1002],
    ["null_scan_1000_1150", 303],
    ["ack_scan_1000_1150", 302],
    ["syn_sweep", 12],
    ["mirai_default_credentials_scan", 11],
    ["ipv4_valid_ping", 5],
    ["topera_ipv6_syn_scan_no_ip_opts", 1058],
    ["elastic-beats-iptables.log", 10],
  ])("%s: every line is a row, with the ports, flags and addresses that patterns find in it", (name, count) => {
    const found = sample(name);
    if (found === null) return;
    const { lines, decoded } = found;
    expect(decoded.stats).toMatchObject({ records: count, unparsed: 0 });
    expect(decoded.rows).toHaveLength(count);
    for (const [i, line] of lines.entries()) {
      const row = decoded.rows[i]!;
      const outer = line.replace(/\[SRC.*\]/, "");
      const port = (key: string): number => Number(matched(outer, new RegExp(` ${key}=(\\d+)`)) ?? NO_PORT);
      expect([row.sourcePort, row.destinationPort], line).toEqual([port("SPT"), port("DPT")]);
      expect(row.bytes, line).toBe(Number(matched(outer, / LEN=(\d+)/)));
      expect(row.ttl, line).toBe(Number(matched(outer, / (?:TTL|HOPLIMIT)=(\d+)/)));
      if (row.family === 4) expect(row.source, line).toBe(matched(outer, / SRC=(\S+)/));
      if (row.protocol !== PROTOCOL_TCP) continue;
      const flags = matched(outer, / RES=0x00 ((?:[A-Z]{3} )*)URGP/) ?? "?";
      expect(row.tcpFlags, line).toBe({ "": 0, "SYN ": TCP_SYN, "ACK ": TCP_ACK }[flags]);
    }
  });

  test("CrowdSec's log holds exactly two scanners with more than 15 ports", () => {
    const found = sample("iptables-scan-multi-port.log");
    if (found === null) return;
    const ports = new Map<string, Set<number>>();
    for (const row of found.decoded.rows) ports.set(row.source, (ports.get(row.source) ?? new Set()).add(row.destinationPort));
    const scanners = [...ports].filter(([, distinct]) => distinct.size > 15).map(([source]) => source);
    expect(scanners).toEqual(["62.34.17.168", "127.0.0.2"]);
    expect(found.decoded.stats).toMatchObject({ records: 49, unparsed: 0 });
    expect(Object.fromEntries(found.decoded.stats.skipped)).toEqual({ "netfilter: ufw audit, before any rule judged the packet": 16 });
  });

  test("psad's IPv6 scan has its packets to port zero, and they are confirmed", () => {
    const found = sample("topera_ipv6_syn_scan_no_ip_opts");
    if (found === null) return;
    const toZero = found.decoded.rows.filter((row) => row.destinationPort === 0);
    expect(toZero).toHaveLength(found.lines.filter((line) => line.includes(" DPT=0 ")).length);
    expect(new Set(toZero.map((row) => row.grade))).toEqual(new Set([GRADE_CONFIRMED]));
  });
});

describe("packets", () => {
  test("a SYN: every field, and the options that were logged", () => {
    expect(rowOf(PACKETS.syn)).toMatchObject({
      time: Date.UTC(2013, 10, 2, 1, 2, 3) / 1000,
      source: "192.0.2.1",
      destination: "198.51.100.2",
      protocol: PROTOCOL_TCP,
      sourcePort: 40_000,
      destinationPort: 445,
      tcpFlags: TCP_SYN,
      window: 1024,
      options: OPTION_MSS,
      mss: 1460,
      bytes: 60,
      payload: 16,
      packets: 1,
      ttl: 52,
      tos: 0x28,
      ipId: 54_321,
      fragment: FRAGMENT_NONE,
      grade: GRADE_CONFIRMED,
      quirks: QUIRK_DONT_FRAGMENT,
      record: RECORD_PACKET,
      action: ACTION_UNKNOWN,
    });
  });

  test("port zero is a port; all flags, sequence numbers and the reserved bits are read", () => {
    expect(rowOf(PACKETS.portZero)).toMatchObject({
      sourcePort: 0,
      destinationPort: 0,
      grade: GRADE_CONFIRMED,
      tcpFlags: 0x1ff,
      sequence: 3_325_256_706,
      acknowledgement: 7,
      urgent: 3,
      quirks: 0,
    });
    expect(rowOf(PACKETS.portZero.replace("RES=0x04", "RES=0x3c"))).toMatchObject({ tcpFlags: 0xfff, quirks: QUIRK_RESERVED_BITS });
  });

  test("a packet without flags has none, and is not one whose flags are unknown", () => {
    expect(rowOf(PACKETS.null)).toMatchObject({ tcpFlags: 0, payload: 0 });
    expect(rowOf(PACKETS.null.replace("URGP=0", "URGP=9"))).toMatchObject({ tcpFlags: 0, quirks: QUIRK_URGENT_POINTER });
  });

  test("payload is what no header could hold", () => {
    expect(rowOf(PACKETS.data)).toMatchObject({ tcpFlags: TCP_ACK | TCP_PSH, payload: 100 });
    expect(rowOf(PACKETS.data.replace("ACK PSH", "ACK"))).toMatchObject({ tcpFlags: TCP_ACK, payload: 72 });
    expect(rowOf(PACKETS.data.replace("ACK PSH", "SYN"))).toMatchObject({ payload: 0 });
    expect(rowOf(PACKETS.udp)).toMatchObject({ sourcePort: 0, destinationPort: 53, tcpFlags: 0, payload: 32 });
  });

  test("IP options and the reserved bit of IPv4", () => {
    const odd = PACKETS.udp.replace("ID=54321", "ID=54321 CE DF OPT (94040000)");
    expect(rowOf(odd).quirks).toBe(QUIRK_EVIL_BIT | QUIRK_DONT_FRAGMENT | QUIRK_IP_OPTIONS);
  });

  test("ICMP has type and code, and no ports", () => {
    expect(rowOf(PACKETS.ping)).toMatchObject({
      protocol: PROTOCOL_ICMP,
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
      icmpType: 8,
      icmpCode: 0,
      sequence: 2158 * 65_536 + 512,
      ipId: 54_321,
      quoted: null,
    });
  });

  test("an ICMP error tells what it is about, and that is not the packet's own", () => {
    expect(rowOf(PACKETS.unreachable)).toMatchObject({
      source: "192.0.2.1",
      bytes: 60,
      sourcePort: NO_PORT,
      icmpType: 3,
      icmpCode: 3,
      quirks: QUIRK_QUOTES_PACKET,
      quoted: { destination: "192.0.2.1", protocol: PROTOCOL_UDP, sourcePort: 21_458, destinationPort: 0 },
    });
    expect(rowOf(PACKETS.shortQuote).quoted).toEqual({
      destination: "192.0.2.1",
      protocol: PROTOCOL_TCP,
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
    });
    expect(rowOf(PACKETS.tooBig)).toMatchObject({ icmpType: 2, quoted: { destination: "2001:db8::9", sourcePort: 443 } });
  });

  test("fragments: the first has ports, later ones have none and are no port zero", () => {
    expect(rowOf(PACKETS.firstFragment)).toMatchObject({ fragment: FRAGMENT_FIRST, sourcePort: 53, grade: GRADE_CONFIRMED });
    const later = { fragment: FRAGMENT_LATER, sourcePort: NO_PORT, destinationPort: NO_PORT, grade: GRADE_CONFIRMED };
    expect(rowOf(PACKETS.laterFragment)).toMatchObject(later);
    expect(rowOf(PACKETS.ipv6FirstFragment)).toMatchObject({ fragment: FRAGMENT_FIRST, destinationPort: 40_000 });
    expect(rowOf(PACKETS.ipv6LaterFragment)).toMatchObject(later);
    expect(rowOf(PACKETS.laterFragment.replace("UDP", "TCP"))).toMatchObject({ ...later, tcpFlags: FLAGS_UNKNOWN, quirks: 0 });
  });

  test("headers that are not whole, and protocols whose ports the kernel does not print, give placeholders", () => {
    const none = { sourcePort: NO_PORT, destinationPort: NO_PORT, grade: GRADE_PLACEHOLDER };
    expect(rowOf(PACKETS.tinyFragment)).toMatchObject({ ...none, tcpFlags: FLAGS_UNKNOWN, quirks: QUIRK_TINY_FRAGMENT, payload: 0 });
    expect(rowOf(PACKETS.sctp)).toMatchObject({ ...none, protocol: 132, tcpFlags: FLAGS_UNKNOWN });
  });

  test("other protocols, IPv6 and ARP", () => {
    expect(rowOf(PACKETS.esp)).toMatchObject({ protocol: 50, grade: GRADE_CONFIRMED, tcpFlags: 0 });
    expect(rowOf(PACKETS.esp.replace("ESP SPI=0xcb886522", "89"))).toMatchObject({ protocol: 89 });
    expect(rowOf(PACKETS.ipv6)).toMatchObject({
      family: 6,
      source: "2001:db8::1",
      destination: "2001:db8::2",
      destinationPort: 0,
      ttl: 57,
      tos: 8,
    });
    expect(rowOf(PACKETS.ipv6.replaceAll(":0000", ":0"))).toMatchObject({ family: 6, source: "2001:db8::1" });
    expect(rowOf(PACKETS.arp)).toMatchObject({
      protocol: PROTOCOL_ARP,
      source: "192.0.2.1",
      destination: "198.51.100.2",
      icmpType: 1,
      bytes: 28,
    });
    // What no kernel writes: a length and a fragment's offset of ARP
    expect(rowOf(PACKETS.arp.replace("ARP", "LEN=60 FRAG:185 ARP"))).toMatchObject({ protocol: PROTOCOL_ARP, bytes: 28, payload: 0 });
  });
});

describe("what was done with it", () => {
  test.each([
    ["[UFW BLOCK] ", ACTION_DENIED],
    ["[UFW ALLOW] ", ACTION_ALLOWED],
    ["[12.345678] [UFW LIMIT BLOCK] ", ACTION_DENIED],
    ["FINAL_REJECT: ", ACTION_DENIED],
    ["filter_IN_public_DROP: ", ACTION_DENIED],
    ["filter_FWD_policy_allow-host_DROP: ", ACTION_DENIED],
    ["Shorewall:net-fw:DROP:", ACTION_DENIED],
    ["iptables denied: ", ACTION_DENIED],
    ["INPUT:ACCEPT:", ACTION_ALLOWED],
    ["[WAN_LOCAL-default-D]", ACTION_DENIED],
    ["[WAN_OUT-2000-A]", ACTION_ALLOWED],
    ["[LAN_IN-3-R]", ACTION_DENIED],
    ["[WAN_LOCAL-D-4001] ", ACTION_DENIED],
    ["drop-what-is-not-permitted ", ACTION_UNKNOWN],
    ["SCAN ", ACTION_UNKNOWN],
    ["[WAN-AD-1] ", ACTION_UNKNOWN],
    ["", ACTION_UNKNOWN],
  ])("prefix %j", (prefix, action) => {
    expect(rowOf(PACKETS.syn, prefix).action).toBe(action);
  });

  test("a prefix that looks like a program's name, with a host before it or none", () => {
    expect(onlyRow(`Nov  2 01:02:03 FW-DROP: ${PACKETS.syn}`).action).toBe(ACTION_DENIED);
    expect(onlyRow(`Nov  2 01:02:03 fw DENY: ${PACKETS.syn}`).action).toBe(ACTION_DENIED);
    expect(onlyRow(`Nov  2 01:02:03 fw ulogd[80]: DROP ${PACKETS.syn}`).action).toBe(ACTION_DENIED);
  });
});

describe("lines that are not what they seem", () => {
  const { syn } = PACKETS;

  test.each([
    ["a user name at the door of another program", `Nov  2 01:02:03 fw sshd[812]: Invalid user ${syn}from 203.0.113.9`],
    ["the same with a bracket", `Nov  2 01:02:03 fw sshd[812]: [UFW BLOCK] ${syn}`],
    ["a program without a process id", `Nov  2 01:02:03 fw sudo: mallory : COMMAND=/bin/echo ${syn}`],
    ["no interface behind IN=", `${HEAD}IN=eth0 DROP everything`],
  ])("%s is not the firewall's", (_, line) => {
    const { rows, stats } = decodeLines(line);
    expect(rows).toEqual([]);
    expect(Object.fromEntries(stats.skipped)).toEqual({ "not a firewall record": 1 });
    expect(stats.unparsed).toBe(0);
  });

  test.each([
    "SRC=203.0.113.9 DST=203.0.113.10 ",
    "SPT=1 DPT=0 ",
    "IN=a OUT=b SRC=203.0.113.9 PROTO=UDP SPT=1 DPT=0 LEN=9 ",
    "SRC=203.0.113.9",
  ])("a prefix that reads %j changes nothing", (prefix) => {
    expect(rowOf(syn, prefix)).toEqual(rowOf(syn));
  });

  test("whatever the length of MAC= and of what follows, no field is passed over", () => {
    for (let octets = 0; octets <= 20; octets++) {
      const mac = `MAC=${Array.from({ length: octets }, () => "02").join(":")}`;
      for (const destination of ["1.1.1.1", "10.0.0.1", "198.51.100.1", "198.51.100.10", "198.51.100.100"]) {
        const { rows, stats } = decodeLines(`${HEAD}IN=eth0 OUT= ${mac} ${tail(destination)}`);
        expect([octets, destination, stats.unparsed, rows.length]).toEqual([octets, destination, 0, 1]);
      }
    }
    function tail(destination: string): string {
      return `SRC=203.0.113.77 DST=${destination} LEN=40 TOS=0x00 PREC=0x00 TTL=54 ID=1 PROTO=TCP SPT=1 DPT=23 WINDOW=1 RES=0x00 SYN URGP=0`;
    }
  });

  test.each([
    ["a port above 65535", syn.replace("DPT=445", "DPT=65536"), "a number does not parse"],
    ["a port that is no number", syn.replace("DPT=445", "DPT=http"), "a number does not parse"],
    ["an address that is none", syn.replace("192.0.2.1", "192.0.2.256"), "an address does not parse"],
    ["two families", syn.replace("192.0.2.1", "2001:db8::1"), "addresses of two families"],
    ["a protocol nobody knows", syn.replace("TCP", "XYZ"), "unknown protocol name"],
    ["no destination", syn.replace(/DST=\S+ /, ""), "line cut before the end of the packet"],
  ])("%s is a fault", (_, packet, reason) => {
    const { rows, stats } = decodeLines(`${HEAD}${packet}`);
    expect(rows).toEqual([]);
    expect(stats.faults).toEqual([{ at: 1, unit: "line", reason: `netfilter: ${reason}` }]);
  });

  test("a frame that holds no IP packet is none", () => {
    const { rows, stats } = decodeLines(`${HEAD}IN=eth0 OUT= MACSRC=02:00:00:00:00:02 MACDST=ff:ff:ff:ff:ff:ff MACPROTO=88cc `);
    expect(rows).toEqual([]);
    expect(Object.fromEntries(stats.skipped)).toEqual({ "netfilter: not an IP packet": 1 });
  });

  test("a line cut anywhere gives no port, flag or address that the whole one does not have", () => {
    for (const [name, packet] of Object.entries(PACKETS)) {
      // A number at the end of a line, as tools leave it that strip spaces, may be a whole one
      if (name === "sctp") continue;
      const line = `${HEAD}${packet}`;
      const whole = onlyRow(line);
      for (let length = HEAD.length; length < line.length; length++) {
        const row = decodeLines(line.slice(0, length)).rows[0];
        if (row === undefined) continue;
        const { source, destination, sourcePort, destinationPort, tcpFlags, protocol, icmpType, icmpCode } = whole;
        expect(row, line.slice(0, length)).toMatchObject({
          source,
          destination,
          sourcePort,
          destinationPort,
          tcpFlags,
          protocol,
          icmpType,
          icmpCode,
        });
      }
    }
  });

  test("fields in any order and number give rows within bounds, or none", () => {
    const fields = fc.constantFrom(
      ...new Set(Object.values(PACKETS).flatMap((packet) => packet.split(" "))),
      "[",
      "]",
      "OPT (",
      "(0204",
      "INCOMPLETE [",
      "DPT=",
      "=",
    );
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 40 }), (parts) => {
        for (const row of decodeLines(`${HEAD}IN=eth0 OUT= ${parts.join(" ")}`).rows) {
          expect((row.sourcePort === NO_PORT) === (row.destinationPort === NO_PORT)).toBe(true);
          expect(row.payload).toBeLessThanOrEqual(row.bytes);
          if (row.fragment === FRAGMENT_LATER) expect(row.sourcePort).toBe(NO_PORT);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
