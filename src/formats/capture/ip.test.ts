import { describe, expect, test } from "vitest";
import { encodeCapture } from "../../lab/capture-writer.ts";
import { ethernet } from "../../lab/frame.ts";
import { fragmentIPv4, ipPacket, tcpPacket, udpPacket } from "../../lab/packet.ts";
import {
  FLAGS_UNKNOWN,
  FRAGMENT_FIRST,
  FRAGMENT_LATER,
  FRAGMENT_NONE,
  GRADE_CONFIRMED,
  NO_PORT,
  QUIRK_BAD_HEADER_LENGTH,
  QUIRK_DONT_FRAGMENT,
  QUIRK_EVIL_BIT,
  QUIRK_IP_OPTIONS,
  QUIRK_SNAPPED,
} from "../../model/observation.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_SYN } from "../../model/protocol.ts";
import { decodeWhole, type Row } from "../decode-whole.ts";
import { PCAP } from "./pcap.ts";

const ENDS = { source: 0xc0000201, destination: 0xc6336402 };
const ENDS6 = { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] } as const;
const SYN = { sourcePort: 0, destinationPort: 445, flags: TCP_SYN };

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

function observe(frame: Uint8Array, snapLength?: number): Row | undefined {
  const { rows } = decodeWhole(PCAP, encodeCapture([{ time: 1, frame }], snapLength === undefined ? {} : { snapLength }));
  expect(rows.length).toBeLessThan(2);
  return rows[0];
}

/** The packet with some octets replaced. */
function patched(packet: Uint8Array, ...changes: readonly (readonly [at: number, octet: number])[]): Uint8Array {
  const copy = packet.slice();
  for (const [at, octet] of changes) copy[at] = octet;
  return copy;
}

/** An IPv6 packet whose chain of extension headers is given as it stands on the wire. */
function extended(first: number, chain: string, transport: Uint8Array): Uint8Array {
  return ipPacket(ENDS6, first, new Uint8Array(Buffer.concat([hex(chain), transport])));
}

describe("IPv4", () => {
  test("every field of a plain header is kept", () => {
    const packet = tcpPacket({ ...ENDS, ttl: 250, id: 54_321, tos: 0x28, dontFragment: true, evil: true }, SYN);
    expect(observe(ethernet(packet))).toMatchObject({
      time: 1,
      family: 4,
      source: "192.0.2.1",
      destination: "198.51.100.2",
      ttl: 250,
      ipId: 54_321,
      tos: 0x28,
      bytes: 40,
      fragment: FRAGMENT_NONE,
      grade: GRADE_CONFIRMED,
      tunnels: 0,
      packets: 1,
      quirks: QUIRK_DONT_FRAGMENT | QUIRK_EVIL_BIT,
    });
  });

  test("options are stepped over and noted", () => {
    const packet = tcpPacket({ ...ENDS, options: hex("94040000") }, SYN);
    expect(observe(ethernet(packet))).toMatchObject({
      sourcePort: 0,
      destinationPort: 445,
      bytes: 44,
      payload: 0,
      quirks: QUIRK_IP_OPTIONS,
    });
  });

  test("Ethernet's padding is not payload", () => {
    const frame = new Uint8Array(60);
    frame.set(ethernet(tcpPacket(ENDS, SYN)));
    expect(observe(frame)).toMatchObject({ bytes: 40, payload: 0 });
  });

  test("ports are not read from padding", () => {
    const frame = new Uint8Array(60);
    frame.set(ethernet(ipPacket(ENDS, PROTOCOL_TCP, new Uint8Array(0))));
    expect(observe(frame)).toMatchObject({
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
      tcpFlags: FLAGS_UNKNOWN,
      quirks: QUIRK_BAD_HEADER_LENGTH,
    });
  });

  test("a total length of 0 is an offloaded segment, as long as the wire says", () => {
    const packet = tcpPacket(ENDS, { ...SYN, payload: new Uint8Array(3000) });
    expect(observe(ethernet(patched(packet, [2, 0], [3, 0])))).toMatchObject({ bytes: 3040, payload: 3000 });
  });

  test.each([
    ["a header length under 20", [0, 0x44]],
    ["a total length under the header's", [3, 19]],
  ] as const)("%s leaves addresses and no ports", (_name, change) => {
    const row = observe(ethernet(patched(tcpPacket(ENDS, SYN), [2, 0], [3, 40], change)));
    expect(row).toMatchObject({ source: "192.0.2.1", sourcePort: NO_PORT, destinationPort: NO_PORT, tcpFlags: FLAGS_UNKNOWN });
    expect((row?.quirks ?? 0) & QUIRK_BAD_HEADER_LENGTH).toBe(QUIRK_BAD_HEADER_LENGTH);
  });

  test("first fragments have ports and later ones never do", () => {
    const packet = udpPacket(ENDS, { sourcePort: 53, destinationPort: 0, payload: new Uint8Array(4000) });
    const rows = fragmentIPv4(packet, 1480).map((fragment) => observe(ethernet(fragment)));
    expect(rows[0]).toMatchObject({ fragment: FRAGMENT_FIRST, sourcePort: 53, destinationPort: 0, protocol: PROTOCOL_UDP });
    for (const row of rows.slice(1)) {
      expect(row).toMatchObject({ fragment: FRAGMENT_LATER, sourcePort: NO_PORT, destinationPort: NO_PORT, protocol: PROTOCOL_UDP });
    }
    expect(rows.length).toBe(3);
  });

  test("an authentication header is stepped over", () => {
    const tcp = tcpPacket(ENDS, SYN).subarray(20);
    const packet = ipPacket(ENDS, 51, new Uint8Array(Buffer.concat([hex("06040000 00000001 00000001 000000000000000000000000"), tcp])));
    expect(observe(ethernet(packet))).toMatchObject({ protocol: PROTOCOL_TCP, sourcePort: 0, destinationPort: 445 });
  });

  test("ESP has no ports", () => {
    const packet = ipPacket(ENDS, 50, hex("0000000100000001 00000000"));
    expect(observe(ethernet(packet))).toMatchObject({ protocol: 50, sourcePort: NO_PORT, destinationPort: NO_PORT, payload: 12 });
  });
});

describe("IPv6", () => {
  const tcp = tcpPacket(ENDS6, SYN).subarray(40);

  test("every field of a plain header is kept", () => {
    const row = observe(ethernet(tcpPacket({ ...ENDS6, ttl: 64, tos: 0xb8 }, { ...SYN, payload: new Uint8Array(5) })));
    expect(row).toMatchObject({
      family: 6,
      source: "2001:db8::1",
      destination: "2001:db8::2",
      ttl: 64,
      tos: 0xb8,
      ipId: 0,
      bytes: 65,
      payload: 5,
      sourcePort: 0,
      destinationPort: 445,
      fragment: FRAGMENT_NONE,
      quirks: 0,
    });
  });

  test.each<[string, number, string, Partial<Row>]>([
    ["hop-by-hop options", 0, "06000502 00000000", { quirks: QUIRK_IP_OPTIONS }],
    ["routing", 43, "06020000 00000000 00000000000000000000000000000000", { quirks: QUIRK_IP_OPTIONS }],
    ["destination options", 60, "06000104 00000000", { quirks: QUIRK_IP_OPTIONS }],
    ["an authentication header", 51, "06040000 00000001 00000001 000000000000000000000000", { quirks: 0 }],
    ["mobility before a payload", 135, "06000000 00000000", { quirks: 0 }],
    ["a chain of three", 0, "2b000502 00000000 3c000000 00000000 06000104 00000000", { quirks: QUIRK_IP_OPTIONS }],
    ["an atomic fragment", 44, "06000000 00000001", { fragment: FRAGMENT_NONE, quirks: 0 }],
    ["a first fragment", 44, "06000001 00000001", { fragment: FRAGMENT_FIRST, quirks: 0 }],
  ])("%s: the ports behind are read", (_name, first, chain, seen) => {
    const row = observe(ethernet(extended(first, chain, tcp)));
    expect(row).toMatchObject({ protocol: PROTOCOL_TCP, sourcePort: 0, destinationPort: 445, tcpFlags: TCP_SYN, payload: 0, ...seen });
  });

  test("a later fragment has no ports, though its octets look like some", () => {
    const row = observe(ethernet(extended(44, "06000008 00000001", tcp)));
    expect(row).toMatchObject({
      protocol: PROTOCOL_TCP,
      fragment: FRAGMENT_LATER,
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
      payload: 20,
    });
  });

  test("ESP and no next header have no ports", () => {
    expect(observe(ethernet(extended(50, "00000001 00000001", tcp)))).toMatchObject({ protocol: 50, sourcePort: NO_PORT });
    expect(observe(ethernet(extended(59, "", tcp)))).toMatchObject({ protocol: 59, sourcePort: NO_PORT });
    expect(observe(ethernet(extended(135, "3b000000 00000000", tcp)))).toMatchObject({ protocol: 135, sourcePort: NO_PORT });
  });

  test("an extension header that the capture cut leaves no ports", () => {
    const packet = extended(0, "06000502 00000000", tcp);
    expect(observe(ethernet(packet), 14 + 40 + 4)).toMatchObject({
      protocol: 0,
      sourcePort: NO_PORT,
      quirks: QUIRK_SNAPPED | QUIRK_IP_OPTIONS,
    });
  });

  test("a jumbogram is as long as the wire says", () => {
    const chain = "0600c204 00011170";
    const packet = patched(extended(0, chain, new Uint8Array(Buffer.concat([tcp, new Uint8Array(70_000)]))), [4, 0], [5, 0]);
    expect(observe(ethernet(packet))).toMatchObject({ sourcePort: 0, destinationPort: 445, bytes: packet.length, payload: 70_000 });
  });

  test("a chain without end is given up", () => {
    expect(observe(ethernet(extended(60, "3c000104 00000000".repeat(170), tcp)))).toMatchObject({
      sourcePort: NO_PORT,
      quirks: QUIRK_BAD_HEADER_LENGTH | QUIRK_IP_OPTIONS,
    });
  });
});
