/**
 * NetFlow v5 datagrams as a router would export them: packets of one direction between the same addresses, ports and protocol make one
 * flow. Like most exporters, it writes later fragments with ports 0 and 0, and ICMP type × 256 + code as the destination port.
 * Layout: Cisco, "NetFlow Export Datagram Format", table B-3 and B-4.
 */

/** A packet as far as a v5 record tells of it. */
export interface FlowPacket {
  /** Seconds since 1970. */
  readonly time: number;
  /** IPv4 addresses as 32-bit integers. */
  readonly source: number;
  readonly destination: number;
  /** -1 where there are none. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  readonly tcpFlags: number;
  readonly bytes: number;
  readonly icmp: number;
}

const HEADER_BYTES = 24;
const RECORD_BYTES = 48;
const RECORDS_A_DATAGRAM = 30;

interface FlowSum {
  readonly opening: FlowPacket;
  packets: number;
  bytes: number;
  flags: number;
  last: number;
}

/** The flows of all packets, as concatenated datagrams. */
export function netflow5Datagrams(packets: readonly FlowPacket[]): Uint8Array {
  const flows = [...sumsOf(packets).values()];
  const start = flows.reduce((least, flow) => Math.min(least, flow.opening.time), Number.POSITIVE_INFINITY);
  const datagrams: Uint8Array[] = [];
  for (let first = 0; first < flows.length; first += RECORDS_A_DATAGRAM) {
    datagrams.push(datagram(flows.slice(first, first + RECORDS_A_DATAGRAM), first, Math.floor(start) - 60));
  }
  return Buffer.concat(datagrams);
}

function sumsOf(packets: readonly FlowPacket[]): Map<string, FlowSum> {
  const flows = new Map<string, FlowSum>();
  for (const packet of packets) {
    const { source, destination, sourcePort, destinationPort, protocol, icmp } = packet;
    const key = [source, destination, sourcePort, destinationPort, protocol, icmp].join();
    const flow = flows.get(key);
    if (flow === undefined) flows.set(key, { opening: packet, packets: 1, bytes: packet.bytes, flags: packet.tcpFlags, last: packet.time });
    else {
      flow.packets++;
      flow.bytes += packet.bytes;
      flow.flags |= packet.tcpFlags;
      flow.last = Math.max(flow.last, packet.time);
    }
  }
  return flows;
}

/** @param boot seconds since 1970 when the router started: times of flows count from there. */
function datagram(flows: readonly FlowSum[], sequence: number, boot: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + flows.length * RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  const sent = Math.ceil(flows.reduce((latest, flow) => Math.max(latest, flow.last), boot)) + 1;
  view.setUint16(0, 5);
  view.setUint16(2, flows.length);
  view.setUint32(4, (sent - boot) * 1000);
  view.setUint32(8, sent);
  view.setUint32(16, sequence);
  for (const [i, flow] of flows.entries()) {
    const at = HEADER_BYTES + i * RECORD_BYTES;
    const { opening } = flow;
    view.setUint32(at, opening.source);
    view.setUint32(at + 4, opening.destination);
    view.setUint32(at + 16, flow.packets);
    view.setUint32(at + 20, flow.bytes);
    view.setUint32(at + 24, Math.round((opening.time - boot) * 1000));
    view.setUint32(at + 28, Math.round((flow.last - boot) * 1000));
    view.setUint16(at + 32, Math.max(0, opening.sourcePort));
    view.setUint16(at + 34, opening.icmp >= 0 ? opening.icmp : Math.max(0, opening.destinationPort));
    view.setUint8(at + 37, flow.flags & 0xff);
    view.setUint8(at + 38, opening.protocol);
  }
  return bytes;
}
