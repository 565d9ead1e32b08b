/** Rows of conversations on their way into their table: what it needs of an observation, in blocks. */
import { ACTION_DENIED, FLAGS_UNKNOWN, type ObservationBatch, RECORD_FLOW } from "../model/observation.ts";
import { TCP_PSH } from "../model/protocol.ts";
import type { EntryBlock } from "./entry-block.ts";

/** Words of a row, an even number: 40 octets. */
export const FLOW_ROW_WORDS = 10;
/** The same in 64-bit floats. */
export const FLOW_ROW_TIMES = 5;

// Words of a row.
export const ROW_SOURCE = 0;
export const ROW_DESTINATION = 1;
/** Source port in the upper half. */
export const ROW_PORTS = 2;
/** Protocol, and the bits below. */
export const ROW_META = 3;
/** TCP flags (low 16 bits) and TTL. */
export const ROW_FLAGS = 4;
export const ROW_PACKETS = 5;
/** As 64-bit floats, index within a row's FLOW_ROW_TIMES: when it began, and when it was over. */
export const ROW_FIRST = 3;
export const ROW_LAST = 4;

export const ROW_FAMILY_6 = 0x10000;
/** The packets carry application data; the device dropped them. */
export const ROW_DATA = 0x20000;
export const ROW_DENIED = 0x40000;

/** Rows that fit a block. */
export function flowRowsIn(block: EntryBlock): number {
  return Math.floor(block.words.length / FLOW_ROW_WORDS);
}

/** Copies a row of a batch, which has ports, behind those of a block. */
export function putFlowRow(block: EntryBlock, batch: ObservationBatch, row: number): void {
  const { words, times } = block;
  const at = block.length * FLOW_ROW_WORDS;
  const timeAt = block.length * FLOW_ROW_TIMES;
  block.length++;
  const allFlags = batch.tcpFlags[row]!;
  const flags = allFlags === FLAGS_UNKNOWN ? 0 : allFlags & 0x3f;
  // Records that count octets of whole packets tell of data by the push flag alone.
  const hasData = batch.payload[row]! > 0 || ((flags & TCP_PSH) !== 0 && batch.record[row] === RECORD_FLOW);
  words[at + ROW_SOURCE] = batch.source[row]!;
  words[at + ROW_DESTINATION] = batch.destination[row]!;
  words[at + ROW_PORTS] = (batch.sourcePort[row]! << 16) | batch.destinationPort[row]!;
  words[at + ROW_META] =
    batch.protocol[row]! |
    (batch.family[row] === 6 ? ROW_FAMILY_6 : 0) |
    (hasData ? ROW_DATA : 0) |
    (batch.action[row] === ACTION_DENIED ? ROW_DENIED : 0);
  words[at + ROW_FLAGS] = flags | (batch.ttl[row]! << 16);
  words[at + ROW_PACKETS] = batch.packets[row]!;
  times[timeAt + ROW_FIRST] = batch.time[row]!;
  times[timeAt + ROW_LAST] = batch.time[row]! + batch.duration[row]!;
}
