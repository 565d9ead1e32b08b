/** The columns of Argus's text by the names that ra(1) prints over them. */
import { columnsOf } from "../text/comma-fields.ts";

/** Fields of a flow; those not told have column -1. */
export const START = 0;
export const DURATION = 1;
export const PROTOCOL = 2;
export const SOURCE = 3;
export const SOURCE_PORT = 4;
export const DIRECTION = 5;
export const DESTINATION = 6;
export const DESTINATION_PORT = 7;
export const STATE = 8;
export const SOURCE_TOS = 9;
export const DESTINATION_TOS = 10;
export const PACKETS = 11;
export const BYTES = 12;
export const SOURCE_BYTES = 13;
export const DESTINATION_BYTES = 14;
export const SOURCE_PACKETS = 15;
export const DESTINATION_PACKETS = 16;
export const SOURCE_TTL = 17;
export const DESTINATION_TTL = 18;
export const SOURCE_DATA = 19;
export const DESTINATION_DATA = 20;
export const FLAGS = 21;
export const FIELDS = 22;
const NAMES: ReadonlyMap<string, number> = new Map([
  ["StartTime", START],
  ["Dur", DURATION],
  ["Proto", PROTOCOL],
  ["SrcAddr", SOURCE],
  ["Sport", SOURCE_PORT],
  ["Dir", DIRECTION],
  ["DstAddr", DESTINATION],
  ["Dport", DESTINATION_PORT],
  ["State", STATE],
  ["sTos", SOURCE_TOS],
  ["dTos", DESTINATION_TOS],
  ["TotPkts", PACKETS],
  ["TotBytes", BYTES],
  ["SrcBytes", SOURCE_BYTES],
  ["DstBytes", DESTINATION_BYTES],
  ["SrcPkts", SOURCE_PACKETS],
  ["DstPkts", DESTINATION_PACKETS],
  ["sTtl", SOURCE_TTL],
  ["dTtl", DESTINATION_TTL],
  ["SAppBytes", SOURCE_DATA],
  ["DAppBytes", DESTINATION_DATA],
  ["Flgs", FLAGS],
]);
/** What every flow has. */
export const NEEDED = [START, PROTOCOL, SOURCE, DESTINATION] as const;

/** The column of each field in a header, or null where the line is none. */
export function readHeader(bytes: Uint8Array, start: number, end: number): Int16Array | null {
  return columnsOf(bytes, start, end, NAMES, FIELDS, NEEDED);
}
