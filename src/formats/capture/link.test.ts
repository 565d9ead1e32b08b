import { describe, expect, test } from "vitest";
import { encodeCapture } from "../../lab/capture-writer.ts";
import { ethernet, vlan } from "../../lab/frame.ts";
import { arpBody, tcpPacket } from "../../lab/packet.ts";
import { NO_PORT } from "../../model/observation.ts";
import { PROTOCOL_ARP, PROTOCOL_TCP, TCP_SYN } from "../../model/protocol.ts";
import { type Decoded, decodeWhole } from "../decode-whole.ts";
import { PCAP } from "./pcap.ts";
import { PCAPNG } from "./pcapng.ts";

const V4 = tcpPacket({ source: 0xc0000201, destination: 0xc6336402 }, { sourcePort: 0, destinationPort: 445, flags: TCP_SYN });
const V6 = tcpPacket(
  { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] },
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
const SEEN_V6 = {
  family: 6,
  source: "2001:db8::1",
  destination: "2001:db8::2",
  protocol: PROTOCOL_TCP,
  sourcePort: 1025,
  destinationPort: 0,
};

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

function join(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === "string" ? hex(part) : part))));
}

function observe(linkType: number, ...parts: readonly (string | Uint8Array)[]): Decoded {
  return decodeWhole(PCAP, encodeCapture([{ time: 1, frame: join(...parts) }], { linkType }));
}

const MACS = "020000000001 020000000002";

describe("the IP packet is found behind", () => {
  test.each<[string, number, (string | Uint8Array)[], object, Record<string, number>]>([
    ["Ethernet", 1, [MACS, "0800", V4], SEEN_V4, {}],
    ["Ethernet with IPv6", 1, [MACS, "86dd", V6], SEEN_V6, {}],
    ["an 802.1Q tag", 1, [MACS, "8100 0069 0800", V4], SEEN_V4, { "802.1Q": 1 }],
    ["two tags of 802.1ad", 1, [MACS, "88a8 0001 8100 0002 86dd", V6], SEEN_V6, { QinQ: 1, "802.1Q": 1 }],
    ["tags of 0x9100", 1, [MACS, "9100 0001 8100 0002 0800", V4], SEEN_V4, { QinQ: 1, "802.1Q": 1 }],
    ["MPLS labels", 1, [MACS, "8847 00010040 00011140", V4], SEEN_V4, { MPLS: 1 }],
    ["multicast MPLS with IPv6", 1, [MACS, "8848 00011140", V6], SEEN_V6, { MPLS: 1 }],
    ["a pseudo-wire with control word", 1, [MACS, "8847 00011140 00000000", MACS, "0800", V4], SEEN_V4, { MPLS: 1 }],
    ["a pseudo-wire without one", 1, [MACS, "8847 00011140", "460000000001 020000000002 0800", V4], SEEN_V4, { MPLS: 1 }],
    ["PPPoE", 1, [MACS, "8864 1100 0001 002a 0021", V4], SEEN_V4, { PPPoE: 1, PPP: 1 }],
    ["SNAP in an 802.3 frame", 1, [MACS, "0030 aaaa03 000000 0800", V4], SEEN_V4, { LLC: 1 }],
    ["BSD loopback, little-endian", 0, ["02000000", V4], SEEN_V4, {}],
    ["BSD loopback, big-endian", 0, ["00000002", V4], SEEN_V4, {}],
    ["macOS loopback with IPv6", 0, ["1e000000", V6], SEEN_V6, {}],
    ["OpenBSD loopback", 108, ["00000018", V6], SEEN_V6, {}],
    ["OpenBSD enc", 109, ["02000000 00000000 00000000", V4], SEEN_V4, {}],
    ["PPP with address and control", 9, ["ff03 0021", V4], SEEN_V4, { PPP: 1 }],
    ["PPP with a short protocol", 9, ["21", V4], SEEN_V4, { PPP: 1 }],
    ["PPP in HDLC framing", 50, ["ff03 0057", V6], SEEN_V6, { PPP: 1 }],
    ["Cisco HDLC in PPP's link type", 50, ["0f00 0800", V4], SEEN_V4, {}],
    ["PPPoE without Ethernet", 51, ["1100 0001 002a 0057", V6], SEEN_V6, { PPPoE: 1, PPP: 1 }],
    ["Cisco HDLC", 104, ["8f00 86dd", V6], SEEN_V6, {}],
    ["PPP with direction", 204, ["01 ff03 0021", V4], SEEN_V4, { PPP: 1 }],
    ["FDDI", 10, ["50", MACS, "aaaa03 000000 0800", V4], SEEN_V4, { LLC: 1 }],
    ["ATM with LLC", 100, ["aaaa03 000000 0800", V4], SEEN_V4, { LLC: 1 }],
    ["bridged Ethernet over ATM", 100, ["aaaa03 0080c2 0007 0000", MACS, "0800", V4], SEEN_V4, { LLC: 1 }],
    ["raw IP", 101, [V6], SEEN_V6, {}],
    ["raw IP by BSD's number", 12, [V4], SEEN_V4, {}],
    ["raw IP by OpenBSD's number", 14, [V4], SEEN_V4, {}],
    ["raw IPv4", 228, [V4], SEEN_V4, {}],
    ["raw IPv6", 229, [V6], SEEN_V6, {}],
    ["Linux cooked", 113, ["0000 0001 0006 020000000001 0000 0800", V4], SEEN_V4, {}],
    ["Linux cooked with a tag", 113, ["0000 0001 0006 020000000001 0000 8100 0001 0800", V4], SEEN_V4, { "802.1Q": 1 }],
    ["Linux cooked 2", 276, ["86dd 0000 00000001 0001 00 06 020000000001 0000", V6], SEEN_V6, {}],
    ["pflog", 117, ["3d 02 00 00", new Uint8Array(60), V4], SEEN_V4, {}],
    ["netfilter log, little-endian", 239, ["02 00 0000 0800 0100 08000000 3000 0900", V4, "0000"], SEEN_V4, {}],
    ["netfilter log, big-endian", 239, ["02 00 0000 0008 0001 08000000 002c 0009", V4], SEEN_V4, {}],
  ])("%s", (_name, linkType, parts, seen, encapsulations) => {
    const { rows, stats } = observe(linkType, ...parts);
    expect(rows).toEqual([expect.objectContaining({ ...seen, bytes: seen === SEEN_V4 ? 40 : 60, payload: 0, tunnels: 0 })]);
    expect(Object.fromEntries(stats.encapsulations)).toEqual(encapsulations);
    expect(stats.skipped.size).toBe(0);
  });
});

describe("frames without IP are named and counted", () => {
  test.each<[string, number, (string | Uint8Array)[]]>([
    ["not IP (LLDP)", 1, [MACS, "88cc", "0207"]],
    ["not IP (spanning tree)", 1, [MACS, "0026 424203", new Uint8Array(35)]],
    ["not IP (PPPoE discovery)", 1, [MACS, "8863 1109 0000 0004 01010000"]],
    ["not IP (PPP control)", 1, [MACS, "8864 1100 0001 000a c021 01010004"]],
    ["not IP (other EtherType)", 1, [MACS, "7777", "0000"]],
    ["not IP (MPLS payload)", 1, [MACS, "8847 00011140 11223344", new Uint8Array(30)]],
    ["neither IPv4 nor IPv6", 1, [MACS, "0800", new Uint8Array(40)]],
    ["cut before the IP header", 1, ["020000000001"]],
    ["cut inside the IP header", 1, [MACS, "0800", V4.subarray(0, 19)]],
    ["ARP not for IPv4", 1, [MACS, "0806 0001 809b 06 04", new Uint8Array(22)]],
    ["no packet in the record", 239, ["02 00 0000 0800 0100 08000000"]],
    ["link type 127 (IEEE 802.11 with radiotap header) not decoded", 127, [V4]],
    ["link type 4711 not decoded", 4711, [V4]],
  ])("%s", (reason, linkType, parts) => {
    const { rows, stats } = observe(linkType, ...parts);
    expect(rows).toEqual([]);
    expect(stats.records).toBe(1);
    expect(Object.fromEntries(stats.skipped)).toEqual({ [reason]: 1 });
  });

  test("names of link types do not grow with the input", () => {
    // pcapng can name a link type an interface: here 40 of them, all unknown
    const blocks: Uint8Array[] = [hex("0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c")];
    for (let i = 0; i < 40; i++) {
      const number = (0x7000 + i).toString(16);
      blocks.push(hex(`00000001 00000014 ${number} 0000 00000000 00000014`));
      blocks.push(hex(`00000006 00000024 000000${i.toString(16).padStart(2, "0")} 00000000 00000000 00000004 00000004 45000000 00000024`));
    }
    const { stats } = decodeWhole(PCAPNG, join(...blocks));
    expect(stats.records).toBe(40);
    expect(stats.skipped.size).toBe(17);
    expect(stats.skipped.get("other link types not decoded")).toBe(24);
  });
});

test("a tag stack without end is given up, not followed", () => {
  const { rows, stats } = observe(1, MACS, ...new Array<string>(500).fill("8100 0001"), "0800", V4);
  expect(rows).toEqual([]);
  expect(Object.fromEntries(stats.skipped)).toEqual({ "nested too deeply": 1 });
});

test("an ARP request is a row of its own kind", () => {
  const body = arpBody(1, hex("020000000001"), 0xc0000201, new Uint8Array(6), 0xc0000207);
  const { rows } = observe(1, vlan(ethernet(body, undefined, undefined, 0x0806), 7));
  expect(rows).toEqual([
    expect.objectContaining({
      family: 4,
      source: "192.0.2.1",
      destination: "192.0.2.7",
      protocol: PROTOCOL_ARP,
      icmpType: 1,
      sourcePort: NO_PORT,
      destinationPort: NO_PORT,
      bytes: 28,
    }),
  ]);
});
