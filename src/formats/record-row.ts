/** Rows from records that are no packets (flow records, log lines): every column has its neutral value until the decoder knows better. */
import { hashIPv6 } from "../model/address.ts";
import {
  ACTION_UNKNOWN,
  FLAGS_UNKNOWN,
  FRAGMENT_FIRST,
  FRAGMENT_NONE,
  GRADE_CONFIRMED,
  NO_PORT,
  type ObservationBatch,
  RECORD_FLOW,
  RECORD_PACKET,
} from "../model/observation.ts";
import type { ObservationWriter } from "./format.ts";

/**
 * Makes room for a row in `writer.batch`, sets all its columns to their neutral values (one packet, IPv4, no ports, flags unknown) and
 * returns its index. It counts once the decoder calls {@link commitRow}; until then another `startRow` gives the same row again.
 */
export function startRow(writer: ObservationWriter): number {
  if (writer.batch.length >= writer.batch.capacity) writer.flush();
  const { batch } = writer;
  const row = batch.length;
  batch.time[row] = 0;
  batch.duration[row] = 0;
  batch.source[row] = 0;
  batch.destination[row] = 0;
  batch.sourcePort[row] = NO_PORT;
  batch.destinationPort[row] = NO_PORT;
  batch.sequence[row] = 0;
  batch.acknowledgement[row] = 0;
  batch.optionsHash[row] = 0;
  batch.bytes[row] = 0;
  batch.payload[row] = 0;
  batch.packets[row] = 1;
  batch.protocol[row] = 0;
  batch.tcpFlags[row] = FLAGS_UNKNOWN;
  batch.window[row] = 0;
  batch.mss[row] = 0;
  batch.ipId[row] = 0;
  batch.quirks[row] = 0;
  batch.urgent[row] = 0;
  batch.family[row] = 4;
  batch.fragment[row] = FRAGMENT_NONE;
  batch.grade[row] = GRADE_CONFIRMED;
  batch.ttl[row] = 0;
  batch.options[row] = 0;
  batch.icmpType[row] = 0;
  batch.icmpCode[row] = 0;
  batch.quotedProtocol[row] = 0;
  batch.tunnels[row] = 0;
  batch.tos[row] = 0;
  batch.record[row] = RECORD_PACKET;
  batch.action[row] = ACTION_UNKNOWN;
  return row;
}

/** Octets of the largest packet that Ethernet carries: all paths through the Internet are that narrow. */
const MTU = 1500;

/**
 * Marks a row of datagrams that are larger than any packet as begun by a first fragment: who wrote the record had put fragments together.
 * Only for those who do (Zeek, Suricata), and only where packets were counted: a stand-in of one would make every long flow one datagram.
 */
export function markReassembled(batch: ObservationBatch, row: number): void {
  if (batch.record[row] === RECORD_FLOW && batch.bytes[row]! > MTU * batch.packets[row]!) batch.fragment[row] = FRAGMENT_FIRST;
}

/** Makes the row that {@link startRow} gave count. */
export function commitRow(writer: ObservationWriter): void {
  writer.batch.length++;
}

/** Sets the row's source to an IPv6 address of four words; the family with it. */
export function setSource6(batch: ObservationBatch, row: number, a: number, b: number, c: number, d: number): void {
  setWords(batch.source6, row, a, b, c, d);
  batch.source[row] = hashIPv6(a, b, c, d);
  batch.family[row] = 6;
}

/** Sets the row's destination to an IPv6 address of four words; the family with it. */
export function setDestination6(batch: ObservationBatch, row: number, a: number, b: number, c: number, d: number): void {
  setWords(batch.destination6, row, a, b, c, d);
  batch.destination[row] = hashIPv6(a, b, c, d);
  batch.family[row] = 6;
}

function setWords(column: Uint32Array, row: number, a: number, b: number, c: number, d: number): void {
  const at = 4 * row;
  column[at] = a;
  column[at + 1] = b;
  column[at + 2] = c;
  column[at + 3] = d;
}

/** The most that a 32-bit count column holds: larger counts stay there instead of wrapping round. */
export function clampCount(count: number): number {
  return count < 0xffffffff ? count : 0xffffffff;
}
