import { describe, expect, test } from "vitest";
import { encodeCapture } from "../../lab/capture-writer.ts";
import { ethernet } from "../../lab/frame.ts";
import { fragmentIPv4, icmpError, icmpPacket, ipPacket, sctpInitPacket, tcpPacket, udpPacket } from "../../lab/packet.ts";
import {
  FLAGS_UNKNOWN,
  FRAGMENT_FIRST,
  NO_PORT,
  OPTION_EOL,
  OPTION_MSS,
  OPTION_NOP,
  OPTION_OTHER,
  OPTION_SACK_PERMITTED,
  OPTION_TIMESTAMP,
  OPTION_WINDOW_SCALE,
  QUIRK_BAD_HEADER_LENGTH,
  QUIRK_DONT_FRAGMENT,
  QUIRK_QUOTES_PACKET,
  QUIRK_RESERVED_BITS,
  QUIRK_SNAPPED,
  QUIRK_TINY_FRAGMENT,
  QUIRK_URGENT_POINTER,
} from "../../model/observation.ts";
import {
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_UDP_LITE,
  TCP_ACK,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
} from "../../model/protocol.ts";
import { decodeWhole, type Row } from "../decode-whole.ts";
import { PCAP } from "./pcap.ts";

const ENDS = { source: 0xc0000201, destination: 0xc6336402 };
const ENDS6 = { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] } as const;
/** With an IPv4 option, a packet leaves the fast path: both ways must read the same. */
const SLOW = { ...ENDS, options: Uint8Array.of(1, 1, 1, 0) };
const PATHS = [
  ["the fast path", ENDS],
  ["the slow path", SLOW],
  ["IPv6", ENDS6],
] as const;

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

function observe(packet: Uint8Array, snapLength?: number): Row | undefined {
  const options = snapLength === undefined ? {} : { snapLength };
  return decodeWhole(PCAP, encodeCapture([{ time: 1, frame: ethernet(packet) }], options)).rows[0];
}

describe.each(PATHS)("TCP on %s", (_path, ends) => {
  test("every field is kept", () => {
    const packet = tcpPacket(ends, {
      sourcePort: 0,
      destinationPort: 65_535,
      flags: 0x100 | TCP_ACK | TCP_PSH | TCP_URG,
      sequence: 0xfedcba98,
      acknowledgement: 0x89abcdef,
      window: 1024,
      urgent: 7,
      payload: new Uint8Array(9),
    });
    expect(observe(packet)).toMatchObject({
      protocol: PROTOCOL_TCP,
      sourcePort: 0,
      destinationPort: 65_535,
      tcpFlags: 0x138,
      sequence: 0xfedcba98,
      acknowledgement: 0x89abcdef,
      window: 1024,
      urgent: 7,
      payload: 9,
      options: 0,
      optionsHash: 0,
      mss: 0,
      icmpType: 0,
      icmpCode: 0,
      quoted: null,
    });
  });

  test("reserved bits and an urgent pointer without URG are quirks", () => {
    const row = observe(tcpPacket(ends, { sourcePort: 1, destinationPort: 2, flags: 0x800 | TCP_SYN, urgent: 0xf7f5 }));
    expect((row?.quirks ?? 0) & (QUIRK_RESERVED_BITS | QUIRK_URGENT_POINTER)).toBe(QUIRK_RESERVED_BITS | QUIRK_URGENT_POINTER);
    expect(row?.tcpFlags).toBe(0x802);
  });

  test.each([
    [
      "Linux",
      "020405b4 0402080a0000000100000000 01030307",
      OPTION_MSS | OPTION_SACK_PERMITTED | OPTION_TIMESTAMP | OPTION_NOP | OPTION_WINDOW_SCALE,
      1460,
    ],
    ["Nmap", "020405b4", OPTION_MSS, 1460],
    ["an unknown option", "fe0449af 01010100", OPTION_OTHER | OPTION_NOP | OPTION_EOL, 0],
    ["an option of length 0", "02000000", OPTION_MSS, 0],
    ["an option longer than the header", "08ff0000", OPTION_TIMESTAMP, 0],
  ])("options of %s", (_name, options, mask, mss) => {
    const row = observe(tcpPacket(ends, { sourcePort: 1, destinationPort: 2, flags: TCP_SYN, options: hex(options) }));
    expect(row).toMatchObject({ options: mask, mss, optionsHash: fnv1a(hex(options)), payload: 0 });
  });

  test("routine options of an established conversation have no hash, unusual ones have", () => {
    const flags = TCP_ACK;
    const routine = observe(tcpPacket(ends, { sourcePort: 1, destinationPort: 2, flags, options: hex("0101080a 00000001 00000002") }));
    expect(routine).toMatchObject({ options: OPTION_NOP | OPTION_TIMESTAMP, optionsHash: 0 });
    const probe = hex("03030a01 020405b4 080affffffff00000000 0402");
    expect(observe(tcpPacket(ends, { sourcePort: 1, destinationPort: 2, flags, options: probe }))?.optionsHash).toBe(fnv1a(probe));
  });

  test.each([0, 4, 16, 60])("a header length of %i octets is malformed, ports and flags are not", (length) => {
    const packet = tcpPacket(ends, { sourcePort: 0, destinationPort: 0, flags: TCP_RST });
    const at = packet.length - 8;
    packet[at] = ((length / 4) << 4) | ((packet[at] ?? 0) & 15);
    const row = observe(packet);
    expect(row).toMatchObject({ sourcePort: 0, destinationPort: 0, tcpFlags: TCP_RST, payload: 0 });
    expect((row?.quirks ?? 0) & QUIRK_BAD_HEADER_LENGTH).toBe(QUIRK_BAD_HEADER_LENGTH);
  });

  test("a header that the capture cut keeps what was there", () => {
    const packet = tcpPacket(ends, { sourcePort: 0, destinationPort: 445, flags: TCP_SYN, sequence: 5, options: hex("020405b4 01010100") });
    const header = 14 + packet.length - 28;
    const cut = (kept: number): Partial<Row> => observe(packet, header + kept) ?? {};
    for (let kept = 0; kept <= 28; kept++) {
      expect(cut(kept)).toMatchObject({
        sourcePort: kept < 4 ? NO_PORT : 0,
        destinationPort: kept < 4 ? NO_PORT : 445,
        tcpFlags: kept < 14 ? FLAGS_UNKNOWN : TCP_SYN,
        sequence: kept < 8 ? 0 : 5,
        mss: kept < 24 ? 0 : 1460,
        payload: 0,
        bytes: packet.length,
      });
      expect(((cut(kept).quirks ?? 0) & QUIRK_SNAPPED) !== 0).toBe(kept < 28);
      expect((cut(kept).quirks ?? 0) & QUIRK_BAD_HEADER_LENGTH).toBe(0);
    }
  });
});

test("a first fragment of eight octets has ports and no flags, as nmap -f sends it", () => {
  const fragments = fragmentIPv4(tcpPacket(ENDS, { sourcePort: 40_000, destinationPort: 0, flags: TCP_SYN }), 8);
  expect(observe(fragments[0]!)).toMatchObject({
    sourcePort: 40_000,
    destinationPort: 0,
    fragment: FRAGMENT_FIRST,
    tcpFlags: FLAGS_UNKNOWN,
    window: 0,
    quirks: QUIRK_TINY_FRAGMENT,
  });
  expect(observe(fragments[1]!)).toMatchObject({ sourcePort: NO_PORT, destinationPort: NO_PORT, tcpFlags: FLAGS_UNKNOWN, quirks: 0 });
});

test("an ordinary first fragment is neither tiny nor malformed", () => {
  const fragments = fragmentIPv4(
    tcpPacket(ENDS, { sourcePort: 1, destinationPort: 2, flags: TCP_ACK, payload: new Uint8Array(2000) }),
    1480,
  );
  expect(observe(fragments[0]!)).toMatchObject({ tcpFlags: TCP_ACK, payload: 1460, quirks: 0 });
});

describe.each(PATHS)("UDP on %s", (_path, ends) => {
  test("source port 0 is a port", () => {
    const row = observe(udpPacket(ends, { sourcePort: 0, destinationPort: 53, payload: new Uint8Array(12) }));
    expect(row).toMatchObject({
      protocol: PROTOCOL_UDP,
      sourcePort: 0,
      destinationPort: 53,
      payload: 12,
      tcpFlags: 0,
      window: 0,
      sequence: 0,
    });
  });

  test("UDP-Lite, SCTP and DCCP have ports as well", () => {
    const lite = ipPacket(ends, PROTOCOL_UDP_LITE, hex("00000035 00080000 abcd"));
    expect(observe(lite)).toMatchObject({ protocol: PROTOCOL_UDP_LITE, sourcePort: 0, destinationPort: 53, payload: 2 });
    const init = sctpInitPacket(ends, 0, 38_412, 77);
    expect(observe(init)).toMatchObject({
      protocol: PROTOCOL_SCTP,
      sourcePort: 0,
      destinationPort: 38_412,
      tcpFlags: 1,
      sequence: 0,
      payload: 20,
    });
    const request = ipPacket(ends, PROTOCOL_DCCP, hex("0000 1388 05 00 0000 01 000000 00000001 00000000"));
    expect(observe(request)).toMatchObject({ protocol: PROTOCOL_DCCP, sourcePort: 0, destinationPort: 5000, tcpFlags: 0, payload: 0 });
    const data = ipPacket(ends, PROTOCOL_DCCP, hex("0001 1388 03 00 0000 04 000001 ffff"));
    expect(observe(data)).toMatchObject({ tcpFlags: 2, payload: 2 });
  });
});

describe("ICMP", () => {
  test("an echo has type, code, identifier and sequence, and no ports", () => {
    const row = observe(icmpPacket(ENDS, 8, 9, 0x12340127, new Uint8Array(120)));
    expect(row).toMatchObject({
      protocol: PROTOCOL_ICMP,
      icmpType: 8,
      icmpCode: 9,
      sequence: 0x12340127,
      sourcePort: NO_PORT,
      payload: 120,
    });
    expect(row?.quoted).toBeNull();
  });

  const quoted = { destination: "198.51.100.2", protocol: PROTOCOL_UDP, sourcePort: 40_000, destinationPort: 0 };
  const probe = udpPacket({ ...ENDS, dontFragment: true }, { sourcePort: 40_000, destinationPort: 0 });
  const back = { source: ENDS.destination, destination: ENDS.source };

  test("an error tells whom it is about", () => {
    const row = observe(icmpError(back, 3, 3, probe));
    expect(row).toMatchObject({
      icmpType: 3,
      icmpCode: 3,
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
      quirks: QUIRK_QUOTES_PACKET,
      quoted,
    });
  });

  test("an IPv6 error does too, past extension headers", () => {
    const inner = ipPacket(
      ENDS6,
      60,
      new Uint8Array(
        Buffer.concat([hex("06000104 00000000"), tcpPacket(ENDS6, { sourcePort: 0, destinationPort: 22, flags: TCP_SYN }).subarray(40)]),
      ),
    );
    const row = observe(icmpPacket({ source: ENDS6.destination, destination: ENDS6.source }, 1, 4, 0, inner));
    expect(row).toMatchObject({
      protocol: PROTOCOL_ICMPV6,
      icmpType: 1,
      icmpCode: 4,
      quoted: { destination: "2001:db8::2", protocol: PROTOCOL_TCP, sourcePort: 0, destinationPort: 22 },
    });
  });

  test("no ports are quoted from a later fragment, from ICMP, or past the end", () => {
    const none = { sourcePort: NO_PORT, destinationPort: NO_PORT };
    const later = fragmentIPv4(udpPacket(ENDS, { sourcePort: 1, destinationPort: 2, payload: new Uint8Array(64) }), 32)[1]!;
    expect(observe(icmpError(back, 3, 3, later))?.quoted).toMatchObject({ ...none, protocol: PROTOCOL_UDP });
    expect(observe(icmpPacket(back, 11, 0, 0, icmpPacket(ENDS, 8, 0, 0)))?.quoted).toMatchObject({ ...none, protocol: PROTOCOL_ICMP });
    expect(observe(icmpPacket(back, 3, 3, 0, probe.subarray(0, 22)))?.quoted).toMatchObject({ ...none, protocol: PROTOCOL_UDP });
    expect(observe(icmpPacket(back, 3, 3, 0, probe.subarray(0, 19)))?.quoted).toBeNull();
  });

  test("an echo that carries a packet quotes nothing", () => {
    expect(observe(icmpPacket(back, 0, 0, 0, probe))?.quoted).toBeNull();
  });

  test("a cut header says so", () => {
    expect(observe(icmpPacket(ENDS, 8, 0, 1), 14 + 20 + 3)).toMatchObject({ icmpType: 8, quirks: QUIRK_SNAPPED });
    expect(observe(ipPacket({ ...ENDS, dontFragment: true }, PROTOCOL_ICMP, hex("08")))).toMatchObject({
      icmpType: 0,
      quirks: QUIRK_BAD_HEADER_LENGTH | QUIRK_DONT_FRAGMENT,
    });
  });
});

test("other protocols have no ports", () => {
  expect(observe(ipPacket(ENDS, 89, hex("02010030 00000000")))).toMatchObject({
    protocol: 89,
    sourcePort: NO_PORT,
    destinationPort: NO_PORT,
    payload: 8,
  });
});

function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const octet of bytes) hash = Math.imul(hash ^ octet, 0x01000193) >>> 0;
  return hash;
}
