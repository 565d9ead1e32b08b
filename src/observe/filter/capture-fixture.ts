/** For tests: small random packets as rows of a batch and, octet for octet, as a libpcap capture that tcpdump reads. */
import fc from "fast-check";
import { FLAGS_UNKNOWN, FRAGMENT_FIRST, FRAGMENT_LATER, FRAGMENT_NONE, NO_PORT, ObservationBatch } from "../../model/observation.ts";
import { hashIPv6 } from "../../model/address.ts";
import { PROTOCOL_ARP, PROTOCOL_ICMP, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from "../../model/protocol.ts";

/** Few values, so that filters drawn from them hit. */
export const FIXTURE_ADDRESSES = [0x0a000001, 0x0a000002, 0x0a010001, 0xc0a80101, 0xc0a80201] as const;
export const FIXTURE_PORTS = [0, 22, 53, 80, 443, 8080] as const;

export interface FixturePacket {
  readonly family: 4 | 6;
  readonly protocol: number;
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: number;
  readonly ttl: number;
  readonly fragment: number;
  readonly payload: number;
}

/** Packets of TCP, UDP, SCTP, ICMP and ARP, over IPv4 (whole, first and later fragments) and IPv6. */
export const fixturePacket: fc.Arbitrary<FixturePacket> = fc
  .record({
    family: fc.constantFrom<4 | 6>(4, 4, 4, 6),
    protocol: fc.constantFrom(PROTOCOL_TCP, PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_SCTP, PROTOCOL_ICMP, PROTOCOL_ARP),
    source: fc.constantFrom(...FIXTURE_ADDRESSES),
    destination: fc.constantFrom(...FIXTURE_ADDRESSES),
    sourcePort: fc.constantFrom(...FIXTURE_PORTS),
    destinationPort: fc.constantFrom(...FIXTURE_PORTS),
    flags: fc.nat(255),
    ttl: fc.nat(255),
    fragment: fc.constantFrom(FRAGMENT_NONE, FRAGMENT_NONE, FRAGMENT_NONE, FRAGMENT_FIRST, FRAGMENT_LATER),
    payload: fc.nat(40),
  })
  .map((packet) => {
    if (packet.protocol === PROTOCOL_ARP) return { ...packet, family: 4 as const, fragment: FRAGMENT_NONE };
    if (packet.family === 6) {
      const protocol = packet.protocol === PROTOCOL_ICMP ? 58 : packet.protocol;
      return { ...packet, protocol, fragment: FRAGMENT_NONE };
    }
    return packet;
  });

/** An IPv4 address's counterpart in 2001:db8::/32. */
export function words6(address: number): [number, number, number, number] {
  return [0x20010db8, 0, 0, address];
}

/** One row for each packet; its time is its index. */
export function batchOf(packets: readonly FixturePacket[]): ObservationBatch {
  const batch = new ObservationBatch(Math.max(packets.length, 1));
  for (const [row, packet] of packets.entries()) {
    const later = packet.fragment === FRAGMENT_LATER;
    const ported = carriesPorts(packet) && !later;
    batch.time[row] = row;
    batch.packets[row] = 1;
    batch.family[row] = packet.family;
    batch.protocol[row] = packet.protocol;
    if (packet.family === 6) {
      batch.source6.set(words6(packet.source), 4 * row);
      batch.destination6.set(words6(packet.destination), 4 * row);
      batch.source[row] = hashIPv6(...words6(packet.source));
      batch.destination[row] = hashIPv6(...words6(packet.destination));
    } else {
      batch.source[row] = packet.source;
      batch.destination[row] = packet.destination;
    }
    batch.sourcePort[row] = ported ? packet.sourcePort : NO_PORT;
    batch.destinationPort[row] = ported ? packet.destinationPort : NO_PORT;
    batch.tcpFlags[row] = packet.protocol === PROTOCOL_TCP && later ? FLAGS_UNKNOWN : packet.flags;
    batch.ttl[row] = packet.ttl;
    batch.fragment[row] = packet.fragment;
    batch.payload[row] = packet.payload;
    batch.bytes[row] = ipPacket(packet).length;
  }
  batch.length = packets.length;
  return batch;
}

/** The packets as an Ethernet capture in seconds since 1970; a packet's time is its index. */
export function captureOf(packets: readonly FixturePacket[]): Uint8Array {
  const frames = packets.map((packet) => {
    const etherType = packet.protocol === PROTOCOL_ARP ? 0x0806 : packet.family === 6 ? 0x86dd : 0x0800;
    return Buffer.concat([Buffer.alloc(12), big16(etherType), ipPacket(packet)]);
  });
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(1, 20);
  const records = frames.flatMap((frame, index) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(index, 0);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    return [record, frame];
  });
  return Buffer.concat([header, ...records]);
}

function carriesPorts(packet: FixturePacket): boolean {
  return packet.protocol === PROTOCOL_TCP || packet.protocol === PROTOCOL_UDP || packet.protocol === PROTOCOL_SCTP;
}

function ipPacket(packet: FixturePacket): Buffer {
  if (packet.protocol === PROTOCOL_ARP) {
    const arp = Buffer.alloc(28);
    arp.set([0, 1, 8, 0, 6, 4, 0, 1]);
    arp.writeUInt32BE(packet.source, 14);
    arp.writeUInt32BE(packet.destination, 24);
    return arp;
  }
  const body = transport(packet);
  if (packet.family === 6) {
    const header = Buffer.alloc(40);
    header[0] = 0x60;
    header.writeUInt16BE(body.length, 4);
    header[6] = packet.protocol;
    header[7] = packet.ttl;
    for (const [index, word] of words6(packet.source).entries()) header.writeUInt32BE(word, 8 + 4 * index);
    for (const [index, word] of words6(packet.destination).entries()) header.writeUInt32BE(word, 24 + 4 * index);
    return Buffer.concat([header, body]);
  }
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + body.length, 2);
  header.writeUInt16BE(packet.fragment === FRAGMENT_FIRST ? 0x2000 : packet.fragment === FRAGMENT_LATER ? 0x0007 : 0, 6);
  header[8] = packet.ttl;
  header[9] = packet.protocol;
  header.writeUInt32BE(packet.source, 12);
  header.writeUInt32BE(packet.destination, 16);
  return Buffer.concat([header, body]);
}

function transport(packet: FixturePacket): Buffer {
  const header = Buffer.alloc(packet.protocol === PROTOCOL_TCP ? 20 : packet.protocol === PROTOCOL_SCTP ? 12 : 8);
  if (carriesPorts(packet)) {
    header.writeUInt16BE(packet.sourcePort, 0);
    header.writeUInt16BE(packet.destinationPort, 2);
  }
  if (packet.protocol === PROTOCOL_TCP) {
    header[12] = 0x50;
    header[13] = packet.flags;
  }
  return Buffer.concat([header, Buffer.alloc(packet.payload, 0x41)]);
}

function big16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value, 0);
  return buffer;
}
