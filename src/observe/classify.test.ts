/** What each packet is a sign of, from frames as the lab builds them, through the decoder, to the activity of its sender and receiver. */
import { describe, expect, test } from "vitest";
import { arpFrame, BROADCAST, hardwareAddress } from "../lab/frame.ts";
import type { TcpFields } from "../lab/packet.ts";
import { arpBody, fragmentIPv4, icmpError, icmpPacket, ipPacket, sctpInitPacket, tcpPacket, udpPacket } from "../lab/packet.ts";
import {
  CLASS_ACK,
  CLASS_ARP_REQUEST,
  CLASS_CONVERSED,
  CLASS_FIN,
  CLASS_ICMP_ERROR_SENT,
  CLASS_ICMP_REPLY_SENT,
  CLASS_ICMP_REQUEST,
  CLASS_IP_PROTOCOL,
  CLASS_MAIMON,
  CLASS_NULL,
  CLASS_OS_DETECTION,
  CLASS_OTHER_TRANSPORT,
  CLASS_RECEIVED,
  CLASS_RST_SENT,
  CLASS_SCTP_INIT,
  CLASS_SERVED,
  CLASS_STRAY,
  CLASS_SYN,
  CLASS_SYN_ACK_SENT,
  CLASS_TCP_ODD,
  CLASS_TINY_FRAGMENT,
  CLASS_UDP,
  CLASS_XMAS,
  OS_TESTS,
  OUTCOME_ANSWERED,
  OUTCOME_COMPLETED,
  OUTCOME_DATA,
  OUTCOME_REFUSED,
  OUTCOME_UNREACHABLE,
} from "../model/activity.ts";
import { TCP_ACK, TCP_CWR, TCP_ECE, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, TCP_URG } from "../model/protocol.ts";
import { classesOf, observePackets } from "./captures.fixture.ts";

const SCANNER = 0x0a000001;
const TARGET = 0xc0000201;
const FROM = "10.0.0.1";
const TO = "192.0.2.1";
const there = { source: SCANNER, destination: TARGET };
const back = { source: TARGET, destination: SCANNER };
/** MSS 1460, SACK permitted, timestamps, NOP, window scale: what OS-detection probes and stacks carry. */
const FULL_OPTIONS = Uint8Array.of(2, 4, 5, 0xb4, 4, 2, 8, 10, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 1, 3, 3, 10);

function probe(fields: Partial<TcpFields>, ip = there): Uint8Array {
  return tcpPacket(ip, { sourcePort: 40_000, destinationPort: 80, flags: TCP_SYN, ...fields });
}

function answer(fields: Partial<TcpFields>): Uint8Array {
  return tcpPacket(back, { sourcePort: 80, destinationPort: 40_000, flags: TCP_SYN | TCP_ACK, ...fields });
}

/** DCCP (RFC 4340 §5.1): ports, then the packet type in bits 1 to 4 of octet 8. */
function dccp(type: number): Uint8Array {
  const packet = new Uint8Array(20);
  packet.set([0x9c, 0x40, 0x13, 0x88, 5, 0, 0, 0, (type << 1) | 1]);
  return ipPacket(there, 33, packet);
}

describe("TCP probes", () => {
  test.each([
    ["SYN", TCP_SYN, CLASS_SYN],
    ["SYN that asks for ECN", TCP_SYN | TCP_ECE | TCP_CWR, CLASS_SYN],
    ["FIN", TCP_FIN, CLASS_FIN],
    ["nothing", 0, CLASS_NULL],
    ["FIN PSH URG", TCP_FIN | TCP_PSH | TCP_URG, CLASS_XMAS],
    ["SYN FIN", TCP_SYN | TCP_FIN, CLASS_TCP_ODD],
    ["SYN RST", TCP_SYN | TCP_RST, CLASS_TCP_ODD],
    ["SYN URG", TCP_SYN | TCP_URG, CLASS_TCP_ODD],
    ["RST FIN", TCP_RST | TCP_FIN, CLASS_TCP_ODD],
    ["SYN ACK FIN", TCP_SYN | TCP_ACK | TCP_FIN, CLASS_TCP_ODD],
    ["PSH", TCP_PSH, CLASS_TCP_ODD],
    ["all", 0x3f, CLASS_TCP_ODD],
    ["ACK alone", TCP_ACK, CLASS_ACK],
    ["FIN ACK alone", TCP_FIN | TCP_ACK, CLASS_MAIMON],
  ])("%s", (_, flags, expected) => {
    expect(classesOf(observePackets([probe({ flags })]), FROM)).toEqual(new Map([[expected, [`${TO}:80`]]]));
  });

  test.each([
    ["data with ACK", [probe({ flags: TCP_ACK, payload: new Uint8Array(9) })]],
    ["a reset that nothing preceded", [probe({ flags: TCP_RST })]],
    ["ACK and FIN ACK in one conversation", [probe({ flags: TCP_ACK }), probe({ flags: TCP_ACK | TCP_FIN })]],
    ["a SYN/ACK", [probe({ flags: TCP_SYN | TCP_ACK })]],
  ])("near miss: %s is no probe", (_, packets) => {
    for (const kind of classesOf(observePackets(packets), FROM).keys())
      expect([CLASS_STRAY, CLASS_RST_SENT, CLASS_SYN_ACK_SENT]).toContain(kind);
  });

  test("a first fragment too short for its flags is a tiny fragment, and one that is long enough is what its flags say", () => {
    expect(classesOf(observePackets(fragmentIPv4(probe({}), 8)), FROM)).toEqual(new Map([[CLASS_TINY_FRAGMENT, [`${TO}:80`]]]));
    expect(classesOf(observePackets(fragmentIPv4(probe({ payload: new Uint8Array(40) }), 24)), FROM)).toEqual(
      new Map([[CLASS_SYN, [`${TO}:80`]]]),
    );
  });

  test("later fragments are counted, and are nobody's probe", () => {
    const [, later] = fragmentIPv4(udpPacket(there, { sourcePort: 0, destinationPort: 0, payload: new Uint8Array(100) }), 64);
    const activity = observePackets([later!]);
    expect(activity.totals.get("fragments")).toBe(1);
    expect(classesOf(activity, FROM).size).toBe(0);
    expect(activity.portZero.excluded.fragments).toBe(1);
    expect(activity.portZero.udp).toEqual({ source: 0, destination: 0, both: 0 });
  });
});

describe("probes of other protocols", () => {
  test.each([
    ["UDP", udpPacket(there, { sourcePort: 40_000, destinationPort: 161 }), CLASS_UDP, 161],
    ["SCTP INIT", sctpInitPacket(there, 40_000, 5060, 7), CLASS_SCTP_INIT, 5060],
    ["DCCP request", dccp(0), CLASS_OTHER_TRANSPORT, 5000],
    ["ICMP echo", icmpPacket(there, 8, 0, 1), CLASS_ICMP_REQUEST, 8],
    ["ICMP timestamp", icmpPacket(there, 13, 0, 1, new Uint8Array(12)), CLASS_ICMP_REQUEST, 13],
    ["ICMP mask", icmpPacket(there, 17, 0, 1, new Uint8Array(4)), CLASS_ICMP_REQUEST, 17],
    ["ICMP information", icmpPacket(there, 15, 0, 1), CLASS_ICMP_REQUEST, 15],
    ["EGP", ipPacket(there, 8, new Uint8Array(20)), CLASS_IP_PROTOCOL, 8],
    [
      "ARP",
      arpFrame(arpBody(1, hardwareAddress(1), SCANNER, new Uint8Array(6), TARGET), hardwareAddress(1), BROADCAST),
      CLASS_ARP_REQUEST,
      0,
    ],
  ])("%s", (_, packet, expected, port) => {
    expect(classesOf(observePackets([packet]), FROM)).toEqual(new Map([[expected, [`${TO}:${port}`]]]));
  });

  test("near misses: ARP announcements and probes for a free address, router advertisements, later DCCP packets", () => {
    const announce = arpFrame(arpBody(1, hardwareAddress(1), SCANNER, new Uint8Array(6), SCANNER), hardwareAddress(1), BROADCAST);
    const claim = arpFrame(arpBody(1, hardwareAddress(1), 0, new Uint8Array(6), TARGET), hardwareAddress(1), BROADCAST);
    const activity = observePackets([announce, claim, icmpPacket(there, 9, 0, 1), dccp(2)]);
    expect(classesOf(activity, FROM).size).toBe(0);
    expect(classesOf(activity, "0.0.0.0").size).toBe(0);
    expect(activity.totals.get("arp")).toBe(2);
  });

  test("IPv6 probes carry their addresses' text", () => {
    const source = [0x20010db8, 0, 0, 1] as const;
    const destination = [0x20010db8, 1, 0, 0x80] as const;
    const activity = observePackets([probe({}, { source, destination } as never), icmpPacket({ source, destination }, 128, 0, 1)]);
    expect(classesOf(activity, "2001:db8::1")).toEqual(
      new Map([
        [CLASS_SYN, ["2001:db8:0:1::80:80"]],
        [CLASS_ICMP_REQUEST, ["2001:db8:0:1::80:128"]],
      ]),
    );
    expect(activity.totals.get("ipv6")).toBe(2);
    let visited = 0;
    activity.visitAddress("2001:0db8::0001", () => visited++);
    expect(visited).toBe(2);
  });
});

describe("answers", () => {
  test.each([
    ["SYN/ACK", [probe({}), answer({})], CLASS_SYN, `${TO}:80 ${OUTCOME_ANSWERED}`, CLASS_SYN_ACK_SENT],
    ["RST", [probe({}), answer({ flags: TCP_RST | TCP_ACK })], CLASS_SYN, `${TO}:80 ${OUTCOME_REFUSED}`, CLASS_RST_SENT],
    [
      "RST to a FIN",
      [probe({ flags: TCP_FIN }), answer({ flags: TCP_RST | TCP_ACK })],
      CLASS_FIN,
      `${TO}:80 ${OUTCOME_REFUSED}`,
      CLASS_RST_SENT,
    ],
    ["unreachable", [probe({}), icmpError(back, 3, 13, probe({}))], CLASS_SYN, `${TO}:80 ${OUTCOME_UNREACHABLE}`, CLASS_ICMP_ERROR_SENT],
    [
      "echo reply",
      [icmpPacket(there, 8, 0, 1), icmpPacket(back, 0, 0, 1)],
      CLASS_ICMP_REQUEST,
      `${TO}:8 ${OUTCOME_ANSWERED}`,
      CLASS_ICMP_REPLY_SENT,
    ],
    [
      "protocol unreachable",
      [ipPacket(there, 8, new Uint8Array(20)), icmpError(back, 3, 2, ipPacket(there, 8, new Uint8Array(20)))],
      CLASS_IP_PROTOCOL,
      `${TO}:8 ${OUTCOME_UNREACHABLE}`,
      CLASS_ICMP_ERROR_SENT,
    ],
  ])("%s is the prober's outcome and the answerer's deed, whichever comes first", (_, packets, kind, contact, deed) => {
    for (const order of [packets, [...packets].reverse()]) {
      const activity = observePackets(order);
      expect(classesOf(activity, FROM).get(kind)).toEqual([contact]);
      expect(classesOf(activity, FROM).has(CLASS_RECEIVED)).toBe(true);
      expect(classesOf(activity, TO).has(deed)).toBe(true);
    }
  });

  test("port unreachable from a router counts for the target that the quote names", () => {
    const datagram = udpPacket(there, { sourcePort: 40_000, destinationPort: 161 });
    const activity = observePackets([datagram, icmpError({ source: 0x0a0000fe, destination: SCANNER }, 3, 3, datagram)]);
    expect(classesOf(activity, FROM).get(CLASS_UDP)).toEqual([`${TO}:161 ${OUTCOME_UNREACHABLE}`]);
    expect(classesOf(activity, "10.0.0.254").get(CLASS_ICMP_ERROR_SENT)).toEqual([`${FROM}:161`]);
    expect(classesOf(activity, TO).size).toBe(0);
  });

  test("near miss: time exceeded is nobody's outcome", () => {
    const activity = observePackets([probe({}), icmpError({ source: 0x0a0000fe, destination: SCANNER }, 11, 0, probe({}))]);
    expect(classesOf(activity, FROM)).toEqual(new Map([[CLASS_SYN, [`${TO}:80`]]]));
  });

  test("a UDP answer makes the probe answered and the answerer a service", () => {
    const activity = observePackets([
      udpPacket(there, { sourcePort: 40_000, destinationPort: 53 }),
      udpPacket(back, { sourcePort: 53, destinationPort: 40_000 }),
    ]);
    expect(classesOf(activity, FROM).get(CLASS_UDP)).toEqual([`${TO}:53 ${OUTCOME_ANSWERED | OUTCOME_DATA}`]);
    expect(classesOf(activity, TO).get(CLASS_SERVED)).toEqual([`${FROM}:53`]);
    expect(activity.serves(TARGET, 53)).toBe(true);
    expect(activity.serves(TARGET, 54)).toBe(false);
    expect(activity.isLive(TARGET)).toBe(true);
    expect(activity.isLive(0xc0000202)).toBe(false);
  });

  test("a whole TCP conversation is one completed contact with data, and no probe of any other kind", () => {
    const activity = observePackets([
      probe({}),
      answer({}),
      probe({ flags: TCP_ACK }),
      probe({ flags: TCP_ACK | TCP_PSH, payload: new Uint8Array(20) }),
      answer({ flags: TCP_ACK }),
      probe({ flags: TCP_ACK | TCP_FIN }),
      answer({ flags: TCP_ACK | TCP_FIN }),
    ]);
    const classes = classesOf(activity, FROM);
    expect(classes.get(CLASS_SYN)).toEqual([`${TO}:80 ${OUTCOME_ANSWERED | OUTCOME_COMPLETED | OUTCOME_DATA}`]);
    expect([...classes.keys()].sort((a, b) => a - b)).toEqual([CLASS_SYN, CLASS_RECEIVED]);
    expect(classesOf(activity, TO).has(CLASS_SERVED)).toBe(true);
  });

  test("a conversation whose opening was missed is told by its ports", () => {
    const activity = observePackets([answer({ flags: TCP_ACK | TCP_PSH, payload: new Uint8Array(9) }), probe({ flags: TCP_ACK })]);
    expect(classesOf(activity, FROM).get(CLASS_CONVERSED)).toEqual([`${TO}:80 ${OUTCOME_DATA}`]);
    expect(classesOf(activity, TO).get(CLASS_SERVED)).toEqual([`${FROM}:80`]);
  });
});

describe("Nmap's OS detection", () => {
  const tests: readonly (readonly [string, Uint8Array])[] = [
    ["SEQ", probe({ window: 1, options: FULL_OPTIONS })],
    ["SEQ", probe({ window: 63, options: FULL_OPTIONS })],
    [
      "ECN",
      probe({
        window: 3,
        urgent: 0xf7f5,
        flags: TCP_SYN | TCP_ECE | TCP_CWR,
        options: Uint8Array.of(3, 3, 10, 1, 2, 4, 5, 0xb4, 4, 2, 1, 1),
      }),
    ],
    ["T2", probe({ window: 128, flags: 0, options: FULL_OPTIONS })],
    ["T3", probe({ window: 256, flags: TCP_SYN | TCP_FIN | TCP_URG | TCP_PSH, options: FULL_OPTIONS })],
    ["T4", probe({ window: 1024, flags: TCP_ACK, options: FULL_OPTIONS })],
    ["T5", probe({ window: 31_337, options: FULL_OPTIONS })],
    ["T6", probe({ window: 32_768, flags: TCP_ACK, options: FULL_OPTIONS })],
    ["T7", probe({ window: 65_535, flags: TCP_FIN | TCP_PSH | TCP_URG, options: FULL_OPTIONS })],
    ["IE", icmpPacket(there, 8, 9, 0x12340127, new Uint8Array(120))],
    ["U1", udpPacket({ ...there, id: 0x1042 }, { sourcePort: 40_000, destinationPort: 33_333, payload: new Uint8Array(300).fill(0x43) })],
  ];
  test.each(tests)("%s is told beside the class it is of", (name, packet) => {
    const classes = classesOf(observePackets([packet]), FROM);
    expect(classes.get(CLASS_OS_DETECTION)).toEqual([`${TO}:${(OS_TESTS as readonly string[]).indexOf(name)}`]);
    expect(classes.size).toBe(2);
  });

  test.each([
    ["a stack's SYN", probe({ window: 64_240, options: FULL_OPTIONS })],
    ["a small window without timestamps", probe({ window: 1, options: Uint8Array.of(2, 4, 5, 0xb4) })],
    [
      "an ordinary ACK with window 1024",
      probe({ window: 1024, flags: TCP_ACK, options: Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1) }),
    ],
    ["NULL without options", probe({ window: 128, flags: 0 })],
    ["an ordinary ping", icmpPacket(there, 8, 0, 1, new Uint8Array(56))],
    [
      "300 octets of UDP",
      udpPacket({ ...there, id: 0x1043 }, { sourcePort: 40_000, destinationPort: 33_333, payload: new Uint8Array(300) }),
    ],
  ])("near miss: %s", (_, packet) => {
    expect(classesOf(observePackets([packet]), FROM).has(CLASS_OS_DETECTION)).toBe(false);
  });
});
