/** Link layers and tunnels around packets: IEEE 802.3 and 802.1Q, RFC 2784 (GRE), RFC 7348 (VXLAN), RFC 4213 (6in4), RFC 4303 (ESP). */
import { ipPacket, udpPacket, type IpFields } from "./packet.ts";

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_ARP = 0x0806;
const ETHERTYPE_VLAN = 0x8100;
const ETHERNET_HEADER = 14;
const PROTOCOL_IPV4 = 4;
const PROTOCOL_IPV6 = 41;
const PROTOCOL_GRE = 47;
const VXLAN_PORT = 4789;

/** A locally administered hardware address whose last four octets are `number`. */
export function hardwareAddress(number: number): Uint8Array {
  return Uint8Array.of(0x02, 0x50, number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255);
}

export const BROADCAST = new Uint8Array(6).fill(255);
/** The router that brings the Internet in, and the defended side of the link: ends of frames where nothing else is said. */
export const ROUTER = hardwareAddress(1);
export const INSIDE = hardwareAddress(2);

/** An Ethernet frame around an IP packet (told by its version) or, with `etherType`, around anything else. Not padded to 60 octets: as a capture on the sending side. */
export function ethernet(
  packet: Uint8Array,
  source: Uint8Array = ROUTER,
  destination: Uint8Array = INSIDE,
  etherType: number = etherTypeOf(packet),
): Uint8Array {
  const frame = new Uint8Array(ETHERNET_HEADER + packet.length);
  frame.set(destination, 0);
  frame.set(source, 6);
  frame[12] = etherType >>> 8;
  frame[13] = etherType & 255;
  frame.set(packet, ETHERNET_HEADER);
  return frame;
}

/** An Ethernet frame around an ARP body. */
export function arpFrame(body: Uint8Array, source: Uint8Array, destination: Uint8Array): Uint8Array {
  return ethernet(body, source, destination, ETHERTYPE_ARP);
}

/** The frame with an 802.1Q tag put in; twice for QinQ. */
export function vlan(frame: Uint8Array, id: number): Uint8Array {
  const tagged = new Uint8Array(frame.length + 4);
  tagged.set(frame.subarray(0, 12));
  tagged.set([ETHERTYPE_VLAN >>> 8, ETHERTYPE_VLAN & 255, (id >>> 8) & 15, id & 255], 12);
  tagged.set(frame.subarray(12), 16);
  return tagged;
}

/** An IP packet inside GRE. */
export function gre(outer: IpFields, packet: Uint8Array): Uint8Array {
  const body = new Uint8Array(4 + packet.length);
  const etherType = etherTypeOf(packet);
  body.set([0, 0, etherType >>> 8, etherType & 255]);
  body.set(packet, 4);
  return ipPacket(outer, PROTOCOL_GRE, body);
}

/** An Ethernet frame inside VXLAN. */
export function vxlan(outer: IpFields, sourcePort: number, network: number, frame: Uint8Array): Uint8Array {
  const payload = new Uint8Array(8 + frame.length);
  payload.set([0x08, 0, 0, 0, network >>> 16, (network >>> 8) & 255, network & 255, 0]);
  payload.set(frame, 8);
  return udpPacket(outer, { sourcePort, destinationPort: VXLAN_PORT, payload });
}

/** An IP packet directly inside an IPv4 packet: IP-in-IP, or 6in4. */
export function ipInIp(outer: IpFields, packet: Uint8Array): Uint8Array {
  return ipPacket(outer, etherTypeOf(packet) === ETHERTYPE_IPV4 ? PROTOCOL_IPV4 : PROTOCOL_IPV6, packet);
}

function etherTypeOf(packet: Uint8Array): number {
  return (packet[0] ?? 0) >>> 4 === 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
}
