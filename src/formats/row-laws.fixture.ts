/** What no row may be, whatever input it came from: `conformance.test.ts` and `scripts/fuzz.ts` ask for every one. */
import {
  ACTION_DENIED,
  FLAGS_UNKNOWN,
  FRAGMENT_LATER,
  GRADE_PLACEHOLDER,
  NO_PORT,
  RECORD_FLOW,
  RECORD_PACKET,
} from "../model/observation.ts";
import { hasPorts, PROTOCOL_ARP } from "../model/protocol.ts";
import type { Row } from "./decode-whole.ts";

/** Tunnels within tunnels that are followed at all. */
const MOST_TUNNELS = 8;
/** The twelve bits that the flags column holds. */
const ALL_FLAGS = 0xfff;

/** What is impossible about a row, or null. */
export function problemOf(row: Row): string | null {
  const { sourcePort, destinationPort } = row;
  if (row.family !== 4 && row.family !== 6) return `family ${row.family}`;
  if (row.protocol > 255 && row.protocol !== PROTOCOL_ARP) return `protocol ${row.protocol}`;
  if (row.tcpFlags > ALL_FLAGS && row.tcpFlags !== FLAGS_UNKNOWN) return `flags ${row.tcpFlags}`;
  if (row.grade > GRADE_PLACEHOLDER || row.fragment > FRAGMENT_LATER) return `grade ${row.grade}, fragment ${row.fragment}`;
  if (row.record > RECORD_FLOW || row.action > ACTION_DENIED) return `record ${row.record}, action ${row.action}`;
  if (row.grade === GRADE_PLACEHOLDER && sourcePort !== NO_PORT) return `a placeholder with port ${sourcePort}`;
  if (row.record === RECORD_PACKET && row.duration !== 0) return `a packet of ${row.duration} s`;
  if (!Number.isFinite(row.time) || !(row.duration >= 0 && Number.isFinite(row.duration))) return `time ${row.time} and ${row.duration} s`;
  if (sourcePort < NO_PORT || sourcePort > 65_535 || destinationPort < NO_PORT || destinationPort > 65_535) {
    return `ports ${sourcePort} and ${destinationPort}`;
  }
  if ((sourcePort === NO_PORT) !== (destinationPort === NO_PORT)) return "one port without the other";
  if (sourcePort !== NO_PORT && !hasPorts(row.protocol)) return `ports of protocol ${row.protocol}`;
  if (sourcePort !== NO_PORT && row.fragment === FRAGMENT_LATER) return "ports of a later fragment";
  if (row.payload > row.bytes && row.record === RECORD_PACKET) return `payload ${row.payload} of ${row.bytes} octets`;
  if (row.tunnels > MOST_TUNNELS) return `${row.tunnels} tunnels`;
  return null;
}
