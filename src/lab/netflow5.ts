/**
 * NetFlow v5 datagrams as a router would export them: packets of one direction between the same addresses, ports and protocol make one
 * flow. Like most exporters, it writes later fragments with ports 0 and 0, and ICMP type × 256 + code as the destination port.
 * Layout: Cisco, "NetFlow Export Datagram Format", table B-3 and B-4.
 */

import type { FlowPacket } from "./records/captured-packet.ts";
import { flowsOf, type FlowSum, type FlowTimeouts } from "./records/flows.ts";

export type { FlowPacket } from "./records/captured-packet.ts";

const HEADER_BYTES = 24;
const RECORD_BYTES = 48;
const RECORDS_A_DATAGRAM = 30;

/** How the router exports. */
export interface Export5 extends FlowTimeouts {
  /** One packet of so many was looked at, as the headers say; 1 where all were. */
  readonly sampling: number;
}

/** One record a flow, however long. */
const WHOLE_FLOWS: Export5 = { idle: Number.POSITIVE_INFINITY, active: Number.POSITIVE_INFINITY, sampling: 1 };
/** Sampling mode of the header: random, one out of so many. */
const RANDOM_SAMPLING = 0x8000;

/** The flows of all packets, which are in order of time (the sampled ones, where there is sampling), as concatenated datagrams. */
export function netflow5Datagrams(packets: readonly FlowPacket[], how: Export5 = WHOLE_FLOWS): Uint8Array {
  const flows = flowsOf(packets, how);
  const start = flows.reduce((least, flow) => Math.min(least, flow.opening.time), Number.POSITIVE_INFINITY);
  const datagrams: Uint8Array[] = [];
  for (let first = 0; first < flows.length; first += RECORDS_A_DATAGRAM) {
    datagrams.push(datagram(flows.slice(first, first + RECORDS_A_DATAGRAM), first, Math.floor(start) - 60, how.sampling));
  }
  return Buffer.concat(datagrams);
}

/** @param boot seconds since 1970 when the router started: times of flows count from there. */
function datagram(flows: readonly FlowSum[], sequence: number, boot: number, sampling: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + flows.length * RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  const sent = Math.ceil(flows.reduce((latest, flow) => Math.max(latest, flow.last), boot)) + 1;
  view.setUint16(0, 5);
  view.setUint16(2, flows.length);
  view.setUint32(4, (sent - boot) * 1000);
  view.setUint32(8, sent);
  view.setUint32(16, sequence);
  if (sampling > 1) view.setUint16(22, RANDOM_SAMPLING | sampling);
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
