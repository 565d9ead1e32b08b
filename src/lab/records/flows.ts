/** Packets to flows: of one direction, as routers keep them, and of both, as those who follow connections do. */
import { PROTOCOL_ICMP, PROTOCOL_UDP } from "../../model/protocol.ts";
import type { CapturedPacket, FlowPacket } from "./captured-packet.ts";

/** Octets of an IPv4 header without options. */
const IP_HEADER = 20;

/** Seconds without a packet, and seconds since the first one, after which a flow is exported. */
export interface FlowTimeouts {
  readonly idle: number;
  readonly active: number;
}

/** Packets of one direction between the same addresses and ports, summed up. */
export interface FlowSum {
  readonly opening: FlowPacket;
  packets: number;
  bytes: number;
  flags: number;
  last: number;
}

/** Flows of one direction, in the order in which they began. @param packets in order of time */
export function flowsOf(packets: readonly FlowPacket[], { idle, active }: FlowTimeouts): FlowSum[] {
  const flows: FlowSum[] = [];
  const current = new Map<string, FlowSum>();
  for (const packet of packets) {
    const { source, destination, sourcePort, destinationPort, protocol, icmp, time } = packet;
    const key = [source, destination, sourcePort, destinationPort, protocol, icmp].join();
    const flow = current.get(key);
    if (flow === undefined || time - flow.last > idle || time - flow.opening.time > active) {
      const fresh = { opening: packet, packets: 1, bytes: packet.bytes, flags: packet.tcpFlags, last: time };
      current.set(key, fresh);
      flows.push(fresh);
      continue;
    }
    flow.packets++;
    flow.bytes += packet.bytes;
    flow.flags |= packet.tcpFlags;
    flow.last = Math.max(flow.last, time);
  }
  return flows;
}

/** Packets of both directions, in order of time; the first one's sender is the opener. */
export type Connection = [CapturedPacket, ...CapturedPacket[]];

/** How a program follows connections. */
export interface Following {
  /** Whether the packet that has come is past the connection's end, and begins another. */
  readonly isOver: (connection: Connection, packet: CapturedPacket) => boolean;
  /** Whether an ICMP error about a packet with ports counts in its connection. */
  readonly joinsErrors: boolean;
}

/** Connections in the order in which they began, of datagrams: fragments are put together before. */
export function connectionsOf(packets: readonly CapturedPacket[], { isOver, joinsErrors }: Following): Connection[] {
  const connections: Connection[] = [];
  const current = new Map<string, Connection>();
  for (const packet of datagramsOf(packets)) {
    const joins = joinsErrors && packet.about !== null && packet.about.sourcePort >= 0;
    const key = joins && packet.about !== null ? keyOfQuoted(packet, packet.about) : keyOf(packet);
    const known = current.get(key);
    if (known !== undefined && !isOver(known, packet)) known.push(packet);
    else {
      const fresh: Connection = [packet];
      current.set(key, fresh);
      connections.push(fresh);
    }
  }
  return connections;
}

/** Later fragments joined to the first one that last went the same way; those without a first one are never whole, and left out. */
function datagramsOf(packets: readonly CapturedPacket[]): CapturedPacket[] {
  const datagrams: CapturedPacket[] = [];
  const begun = new Map<string, { bytes: number; payload: number }>();
  for (const packet of packets) {
    const way = `${packet.source} ${packet.destination} ${packet.protocol}`;
    if (packet.isLaterFragment) {
      const datagram = begun.get(way);
      if (datagram === undefined) continue;
      datagram.bytes += packet.bytes - IP_HEADER;
      // Of TCP it may be the rest of the header.
      if (packet.protocol === PROTOCOL_UDP) datagram.payload += packet.bytes - IP_HEADER;
      continue;
    }
    const datagram = { ...packet };
    if (packet.isFragment) begun.set(way, datagram);
    datagrams.push(datagram);
  }
  return datagrams;
}

/** Whether the packet goes the way of the connection's first one. */
export function isForward(connection: Connection, packet: CapturedPacket): boolean {
  const { source, sourcePort, icmp } = connection[0];
  return packet.about !== null && icmp < 0 ? packet.destination !== source : packet.source === source && packet.sourcePort === sourcePort;
}

/** The same for both directions. */
function keyOf({ source, destination, sourcePort, destinationPort, protocol, icmp }: CapturedPacket): string {
  const kind = protocol === PROTOCOL_ICMP ? requestOf(icmp >> 8) : 0;
  return pairKey(protocol, kind, `${source}:${sourcePort}`, `${destination}:${destinationPort}`);
}

function keyOfQuoted(
  { destination }: CapturedPacket,
  { protocol, sourcePort, destinationPort, target }: NonNullable<CapturedPacket["about"]>,
): string {
  return pairKey(protocol, 0, `${destination}:${sourcePort}`, `${target}:${destinationPort}`);
}

function pairKey(protocol: number, kind: number, a: string, b: string): string {
  return `${protocol} ${kind} ${a < b ? `${a} ${b}` : `${b} ${a}`}`;
}

/** The request that an ICMP type answers, or the type itself. */
function requestOf(type: number): number {
  return type === 0 ? 8 : type === 14 || type === 16 || type === 18 ? type - 1 : type;
}
