import { existsSync, readFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeCapture } from "../../lab/capture-writer.ts";
import { ethernet, gre, ipInIp, vxlan } from "../../lab/frame.ts";
import { fragmentIPv4, ipPacket, tcpPacket, udpPacket, type IpFields } from "../../lab/packet.ts";
import { FRAGMENT_LATER, NO_PORT, QUIRK_SNAPPED } from "../../model/observation.ts";
import { PROTOCOL_TCP, PROTOCOL_UDP, TCP_SYN } from "../../model/protocol.ts";
import { type Decoded, decodeWhole } from "../decode-whole.ts";
import { PCAP } from "./pcap.ts";

const ENCAP_SAMPLES = joinPath(import.meta.dirname, "../../../../shared/samples/pcap-encap");
const OUTER: IpFields = { source: 0x0a000001, destination: 0x0a000002 };
const OUTER6: IpFields = { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] };
const V4 = tcpPacket({ source: 0xc0000201, destination: 0xc6336402 }, { sourcePort: 0, destinationPort: 445, flags: TCP_SYN });
const V6 = tcpPacket(
  { source: [0x20010db8, 1, 0, 1], destination: [0x20010db8, 1, 0, 2] },
  { sourcePort: 1025, destinationPort: 0, flags: TCP_SYN },
);
const SEEN_V4 = {
  family: 4,
  source: "192.0.2.1",
  destination: "198.51.100.2",
  protocol: PROTOCOL_TCP,
  sourcePort: 0,
  destinationPort: 445,
};
const SEEN_V6 = { family: 6, protocol: PROTOCOL_TCP, sourcePort: 1025, destinationPort: 0 };
const SEEN_OUTER = { family: 4, source: "10.0.0.1", destination: "10.0.0.2", tunnels: 0 };

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

function join(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === "string" ? hex(part) : part))));
}

function udp(destinationPort: number, ...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return udpPacket(OUTER, { sourcePort: 40_000, destinationPort, payload: join(...parts) });
}

function ip(protocol: number, ...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return ipPacket(OUTER, protocol, join(...parts));
}

function observe(packet: Uint8Array, snapLength?: number): Decoded {
  return decodeWhole(PCAP, encodeCapture([{ time: 1, frame: ethernet(packet) }], snapLength === undefined ? {} : { snapLength }));
}

const FRAME = ethernet(V4);
const FRAME6 = ethernet(V6);

test.skipIf(!existsSync(ENCAP_SAMPLES))("a BIG TCP segment inside VXLAN, both lengths 0, is seen whole", () => {
  const bytes = new Uint8Array(readFileSync(joinPath(ENCAP_SAMPLES, "bigtcp-ipv4-vxlan-ipv4.pcap")));
  const { rows, stats } = decodeWhole(PCAP, bytes);
  expect(rows).toEqual([expect.objectContaining({ source: "192.168.1.2", destination: "192.168.1.1", bytes: 80_052, tunnels: 1 })]);
  expect(Object.fromEntries(stats.encapsulations)).toEqual({ VXLAN: 1 });
});

describe("the inner packet is observed", () => {
  test.each<[string, Uint8Array, object, Record<string, number>]>([
    ["GRE", gre(OUTER, V4), SEEN_V4, { GRE: 1 }],
    ["GRE with checksum, key and sequence number", ip(47, "b000 0800 00000000 00000001 00000002", V4), SEEN_V4, { GRE: 1 }],
    ["GRE with routing", ip(47, "4000 0800 00000000 0800 04 04 01020304 00000000", V4), SEEN_V4, { GRE: 1 }],
    ["GRE with Ethernet (NVGRE)", ip(47, "2000 6558 00123400", FRAME6), SEEN_V6, { GRE: 1 }],
    ["GRE with MPLS", ip(47, "0000 8847 00011140", V4), SEEN_V4, { GRE: 1, MPLS: 1 }],
    ["WCCP version 2", ip(47, "0000 883e 00000000", V4), SEEN_V4, { GRE: 1 }],
    ["PPTP", ip(47, "3081 880b 002e0001 00000001 00000000 ff03 0021", V4), SEEN_V4, { PPTP: 1, PPP: 1 }],
    ["ERSPAN I", ip(47, "0000 88be", FRAME), SEEN_V4, { "ERSPAN I": 1 }],
    ["ERSPAN II", ip(47, "1000 88be 00000001 10010001 00000000", FRAME), SEEN_V4, { "ERSPAN II": 1 }],
    ["ERSPAN III", ip(47, "1000 22eb 00000001 20010001 00000000 0000 0000", FRAME), SEEN_V4, { "ERSPAN III": 1 }],
    [
      "ERSPAN III with a platform header",
      ip(47, "1000 22eb 00000001 20010001 00000000 0000 0001 0000000000000000", FRAME6),
      SEEN_V6,
      { "ERSPAN III": 1 },
    ],
    ["IP in IP", ipInIp(OUTER, V4), SEEN_V4, { "IP-in-IP": 1 }],
    ["IPv6 in IPv4", ip(41, V6), SEEN_V6, { "IPv6-in-IP": 1 }],
    ["IPv6 in IPv6", ipPacket(OUTER6, 41, V6), SEEN_V6, { "IPv6-in-IP": 1 }],
    ["EtherIP", ip(97, "3000", FRAME), SEEN_V4, { EtherIP: 1 }],
    ["MPLS in IP", ip(137, "00011140", V4), SEEN_V4, { MPLS: 1 }],
    ["VXLAN", vxlan(OUTER, 40_000, 7, FRAME), SEEN_V4, { VXLAN: 1 }],
    [
      "VXLAN with a tag inside",
      udp(4789, "08000000 00000700", FRAME.subarray(0, 12), "8100 0001 0800", V4),
      SEEN_V4,
      { VXLAN: 1, "802.1Q": 1 },
    ],
    ["VXLAN with group policy", udp(4789, "88000010 00000700", FRAME), SEEN_V4, { VXLAN: 1 }],
    ["VXLAN on Linux's port", udp(8472, "08000000 00000700", FRAME6), SEEN_V6, { VXLAN: 1 }],
    ["VXLAN-GPE", udp(4790, "0c000001 00000700", V4), SEEN_V4, { "VXLAN-GPE": 1 }],
    ["Geneve with options", udp(6081, "0200 6558 00000700 0102800100000001", FRAME), SEEN_V4, { Geneve: 1 }],
    ["Geneve with bare IP", udp(6081, "0000 86dd 00000700", V6), SEEN_V6, { Geneve: 1 }],
    ["GTP-U", udp(2152, "30ff 0028 00000001", V4), SEEN_V4, { "GTP-U": 1 }],
    ["GTP-U with an extension header", udp(2152, "34ff 0030 00000001 0000 00 85 01 0000 00", V4), SEEN_V4, { "GTP-U": 1 }],
    ["Teredo", udp(3544, V6), SEEN_V6, { Teredo: 1 }],
    ["Teredo with its origin", udp(3544, "0000 1234 01020304", V6), SEEN_V6, { Teredo: 1 }],
  ])("%s", (_name, packet, seen, encapsulations) => {
    const { rows, stats } = observe(packet);
    expect(rows).toEqual([expect.objectContaining({ ...seen, tunnels: 1, bytes: seen === SEEN_V4 ? 40 : 60 })]);
    expect(Object.fromEntries(stats.encapsulations)).toEqual(encapsulations);
  });

  test("tunnels within tunnels are all noted", () => {
    const { rows, stats } = observe(gre(OUTER, vxlan(OUTER, 1, 7, ethernet(ipInIp(OUTER, V4)))));
    expect(rows).toEqual([expect.objectContaining({ ...SEEN_V4, tunnels: 3 })]);
    expect(Object.fromEntries(stats.encapsulations)).toEqual({ GRE: 1, VXLAN: 1, "IP-in-IP": 1 });
  });

  test("eight tunnels are followed and the ninth is observed as it is", () => {
    let packet = V4;
    for (let i = 0; i < 9; i++) packet = ipInIp(OUTER, packet);
    expect(observe(packet).rows).toEqual([expect.objectContaining({ ...SEEN_OUTER, tunnels: 8, protocol: 4 })]);
  });
});

describe("near misses stay what they are", () => {
  test.each<[string, Uint8Array, number]>([
    ["an empty datagram to VXLAN's port", udp(4789), 4789],
    ["text to VXLAN's port", udp(4789, new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n and more of the same")), 4789],
    ["a VXLAN header with a reserved bit", udp(4789, "08000100 00000700", FRAME), 4789],
    ["a VXLAN header without the I flag", udp(4789, "00000000 00000700", FRAME), 4789],
    ["a VXLAN header before no frame", udp(4789, "08000000 00000700", new Uint8Array(60)), 4789],
    ["a VXLAN header before a packet longer than its datagram", udp(4789, "08000000 00000700", FRAME.subarray(0, 40)), 4789],
    ["a probe of Geneve's port", udp(6081, new Uint8Array(20)), 6081],
    ["a Geneve header of version 1", udp(6081, "4000 6558 00000700", FRAME), 6081],
    ["a GTP echo request", udp(2152, "3201 0004 00000000 0000 0000"), 2152],
    ["a GTP length beyond its datagram", udp(2152, "30ff 0128 00000001", V4), 2152],
    ["a DNS query to Teredo's port", udp(3544, "123401000001000000000000 03777777076578616d706c6503636f6d0000010001"), 3544],
    ["IPv6 in Teredo with a wrong length", udp(3544, V6, "00"), 3544],
    ["a datagram without a tunnel's port", udp(53, "08000000 00000700", FRAME), 53],
  ])("%s", (_name, packet, port) => {
    const { rows, stats } = observe(packet);
    const seen = { ...SEEN_OUTER, protocol: PROTOCOL_UDP, sourcePort: 40_000, destinationPort: port, payload: packet.length - 28 };
    expect(rows).toEqual([expect.objectContaining(seen)]);
    expect(stats.encapsulations.size).toBe(0);
  });

  test.each<[string, Uint8Array, number]>([
    ["a GRE keepalive", ip(47, "0000 0000"), 47],
    ["GRE of an unknown version", ip(47, "0002 0800", V4), 47],
    ["GRE with an unknown payload", ip(47, "0000 7777", V4), 47],
    ["IP in IP with nothing inside", ip(4), 4],
    ["IP in IP with IPv6 inside", ip(4, V6), 4],
    ["IPv6 in IP, cut", ip(41, V6.subarray(0, 30)), 41],
  ])("%s is observed by its outer header", (_name, packet, protocol) => {
    const { rows, stats } = observe(packet);
    expect(rows).toEqual([expect.objectContaining({ ...SEEN_OUTER, protocol, sourcePort: NO_PORT, destinationPort: NO_PORT })]);
    expect(stats.encapsulations.size).toBe(0);
  });
});

test("a later fragment of a tunnel packet is no inner packet", () => {
  const fragments = fragmentIPv4(
    gre(OUTER, tcpPacket(OUTER, { sourcePort: 1, destinationPort: 2, flags: 16, payload: new Uint8Array(100) })),
    64,
  );
  const rows = fragments.map((fragment) => observe(fragment).rows[0]);
  expect(rows[0]).toMatchObject({ sourcePort: 1, tunnels: 1 });
  expect(rows[1]).toMatchObject({ protocol: 47, fragment: FRAGMENT_LATER, sourcePort: NO_PORT, tunnels: 0 });
});

test("an inner header that the capture cut says so", () => {
  const { rows } = observe(gre(OUTER, V4), 14 + 20 + 4 + 20 + 6);
  expect(rows).toEqual([expect.objectContaining({ ...SEEN_V4, tunnels: 1, quirks: QUIRK_SNAPPED })]);
});
