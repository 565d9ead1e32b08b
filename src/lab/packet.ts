/** Builds IP packets and Ethernet frames as they stand on the wire: RFC 791, 8200, 9293, 768, 792, 4443, 9260, 826. Checksums are right unless asked otherwise. */
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from "../model/protocol.ts";
import { crc32c, internetChecksum, partialSum } from "./checksum.ts";

/** An IPv4 address as an unsigned 32-bit integer, or the four words of an IPv6 address. Both ends of a packet are of one family. */
export type Address = number | readonly [number, number, number, number];

export interface IpFields {
  readonly source: Address;
  readonly destination: Address;
  /** 64 where left out. */
  readonly ttl?: number;
  /** IPv4 identification; 0 where left out. */
  readonly id?: number;
  readonly dontFragment?: boolean;
  /** The reserved bit of the IPv4 flags. */
  readonly evil?: boolean;
  readonly tos?: number;
  /** IPv4 options, padded by the caller to a multiple of four. */
  readonly options?: Uint8Array;
}

export interface TcpFields {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** The twelve bits of offset 12–13 below the header length (TCP_SYN, …). */
  readonly flags: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  /** 65,535 where left out. */
  readonly window?: number;
  readonly urgent?: number;
  /** Padded by the caller to a multiple of four. */
  readonly options?: Uint8Array;
  readonly payload?: Uint8Array;
  /** What the header claims as its length in octets (0 to 60, multiples of four), where it should lie. */
  readonly claimedHeaderLength?: number;
}

export interface UdpFields {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload?: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** An IPv4 or IPv6 packet around a payload. */
export function ipPacket(ip: IpFields, protocol: number, payload: Uint8Array): Uint8Array {
  return typeof ip.source === "number" ? ipv4Packet(ip, protocol, payload) : ipv6Packet(ip, protocol, payload);
}

/** An IP packet with a TCP segment in it. */
export function tcpPacket(ip: IpFields, tcp: TcpFields): Uint8Array {
  const options = tcp.options ?? NOTHING;
  const payload = tcp.payload ?? NOTHING;
  const segment = new Uint8Array(20 + options.length + payload.length);
  const view = new DataView(segment.buffer);
  view.setUint16(0, tcp.sourcePort);
  view.setUint16(2, tcp.destinationPort);
  view.setUint32(4, tcp.sequence ?? 0);
  view.setUint32(8, tcp.acknowledgement ?? 0);
  const words = (tcp.claimedHeaderLength ?? 20 + options.length) >>> 2;
  view.setUint16(12, (words << 12) | (tcp.flags & 0xfff));
  view.setUint16(14, tcp.window ?? 65_535);
  view.setUint16(18, tcp.urgent ?? 0);
  segment.set(options, 20);
  segment.set(payload, 20 + options.length);
  view.setUint16(16, transportChecksum(ip, PROTOCOL_TCP, segment));
  return ipPacket(ip, PROTOCOL_TCP, segment);
}

/** An IP packet with a UDP datagram in it. */
export function udpPacket(ip: IpFields, udp: UdpFields): Uint8Array {
  const payload = udp.payload ?? NOTHING;
  const datagram = new Uint8Array(8 + payload.length);
  const view = new DataView(datagram.buffer);
  view.setUint16(0, udp.sourcePort);
  view.setUint16(2, udp.destinationPort);
  view.setUint16(4, datagram.length);
  datagram.set(payload, 8);
  view.setUint16(6, transportChecksum(ip, PROTOCOL_UDP, datagram) || 0xffff); // 0 would mean "no checksum"
  return ipPacket(ip, PROTOCOL_UDP, datagram);
}

/** An ICMP or ICMPv6 message; `rest` is the second word of the header, `body` what follows it. */
export function icmpPacket(ip: IpFields, type: number, code: number, rest: number, body: Uint8Array = NOTHING): Uint8Array {
  const six = typeof ip.source !== "number";
  const message = new Uint8Array(8 + body.length);
  const view = new DataView(message.buffer);
  view.setUint8(0, type);
  view.setUint8(1, code);
  view.setUint32(4, rest);
  message.set(body, 8);
  view.setUint16(2, six ? transportChecksum(ip, PROTOCOL_ICMPV6, message) : internetChecksum(message));
  return ipPacket(ip, six ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP, message);
}

/** An ICMP error that quotes the IP header and eight octets of `about`, as RFC 792 asks (ICMPv6: up to 1,232 octets of it). */
export function icmpError(ip: IpFields, type: number, code: number, about: Uint8Array): Uint8Array {
  const quote = typeof ip.source === "number" ? ((about[0] ?? 0x45) & 15) * 4 + 8 : 1232;
  return icmpPacket(ip, type, code, 0, about.subarray(0, quote));
}

/** An IP packet with an SCTP INIT chunk, as an opening association sends it. */
export function sctpInitPacket(ip: IpFields, sourcePort: number, destinationPort: number, tag: number): Uint8Array {
  const packet = new Uint8Array(32);
  const view = new DataView(packet.buffer);
  view.setUint16(0, sourcePort);
  view.setUint16(2, destinationPort);
  view.setUint8(12, 1); // INIT
  view.setUint16(14, 20);
  view.setUint32(16, tag);
  view.setUint32(20, 32_768); // advertised receiver window
  view.setUint16(24, 10);
  view.setUint16(26, 2048);
  view.setUint32(28, tag ^ 0x5bd1e995);
  view.setUint32(8, crc32c(packet), true);
  return ipPacket(ip, PROTOCOL_SCTP, packet);
}

/** ARP over Ethernet, from the sender's to the target's IPv4 address; operation 1 asks, 2 answers. */
export function arpBody(operation: 1 | 2, sender: Uint8Array, senderIp: number, target: Uint8Array, targetIp: number): Uint8Array {
  const body = new Uint8Array(28);
  const view = new DataView(body.buffer);
  view.setUint16(0, 1);
  view.setUint16(2, 0x0800);
  view.setUint8(4, 6);
  view.setUint8(5, 4);
  view.setUint16(6, operation);
  body.set(sender, 8);
  view.setUint32(14, senderIp);
  body.set(target, 18);
  view.setUint32(24, targetIp);
  return body;
}

/** Splits an IPv4 packet into fragments of at most `size` payload octets (a multiple of eight). */
export function fragmentIPv4(packet: Uint8Array, size: number): Uint8Array[] {
  if (size < 8 || size % 8 !== 0) throw new RangeError(`a fragment of ${size} octets is not a multiple of eight`);
  const headerLength = ((packet[0] ?? 0) & 15) * 4;
  const payload = packet.subarray(headerLength);
  const fragments: Uint8Array[] = [];
  for (let offset = 0; offset < payload.length || offset === 0; offset += size) {
    const part = payload.subarray(offset, offset + size);
    const fragment = new Uint8Array(headerLength + part.length);
    fragment.set(packet.subarray(0, headerLength));
    fragment.set(part, headerLength);
    const view = new DataView(fragment.buffer);
    view.setUint16(2, fragment.length);
    view.setUint16(6, (offset + size < payload.length ? 0x2000 : 0) | (offset >>> 3));
    view.setUint16(10, 0);
    view.setUint16(10, internetChecksum(fragment.subarray(0, headerLength)));
    fragments.push(fragment);
  }
  return fragments;
}

function ipv4Packet(ip: IpFields, protocol: number, payload: Uint8Array): Uint8Array {
  const options = ip.options ?? NOTHING;
  const headerLength = 20 + options.length;
  const packet = new Uint8Array(headerLength + payload.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x40 | (headerLength >>> 2));
  view.setUint8(1, ip.tos ?? 0);
  view.setUint16(2, packet.length);
  view.setUint16(4, ip.id ?? 0);
  view.setUint16(6, (ip.evil === true ? 0x8000 : 0) | (ip.dontFragment === true ? 0x4000 : 0));
  view.setUint8(8, ip.ttl ?? 64);
  view.setUint8(9, protocol);
  view.setUint32(12, ip.source as number);
  view.setUint32(16, ip.destination as number);
  packet.set(options, 20);
  view.setUint16(10, internetChecksum(packet.subarray(0, headerLength)));
  packet.set(payload, headerLength);
  return packet;
}

function ipv6Packet(ip: IpFields, nextHeader: number, payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(40 + payload.length);
  const view = new DataView(packet.buffer);
  view.setUint32(0, ((6 << 28) | ((ip.tos ?? 0) << 20)) >>> 0);
  view.setUint16(4, payload.length);
  view.setUint8(6, nextHeader);
  view.setUint8(7, ip.ttl ?? 64);
  wordsOf(ip.source).forEach((word, index) => view.setUint32(8 + 4 * index, word));
  wordsOf(ip.destination).forEach((word, index) => view.setUint32(24 + 4 * index, word));
  packet.set(payload, 40);
  return packet;
}

/** Checksum over the pseudo-header and the segment, whose own checksum field is still zero. */
function transportChecksum(ip: IpFields, protocol: number, segment: Uint8Array): number {
  let sum = protocol + segment.length;
  for (const word of [...wordsOf(ip.source), ...wordsOf(ip.destination)]) sum += (word >>> 16) + (word & 0xffff);
  return internetChecksum(segment, partialSum(sum));
}

function wordsOf(address: Address): readonly number[] {
  return typeof address === "number" ? [address] : address;
}
