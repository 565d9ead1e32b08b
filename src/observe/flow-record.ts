/**
 * What a record that sums up many TCP packets of one direction (or a log line without flags) says about them. A lone probe or refusal is
 * plain; where SYN and ACK stand together, opener and answerer look alike until both directions are seen, and the conversation decides.
 */
import type { ObservationBatch } from "../model/observation.ts";
import {
  ACTION_DENIED,
  FLAGS_UNKNOWN,
  QUIRK_BAD_HEADER_LENGTH,
  QUIRK_SNAPPED,
  QUIRK_TINY_FRAGMENT,
  RECORD_PACKET,
} from "../model/observation.ts";
import { TCP_ACK, TCP_RST, TCP_SYN } from "../model/protocol.ts";

export const RECORD_PROBE = 1;
export const RECORD_REFUSAL = 2;
export const RECORD_CONVERSATION = 3;

/** A packet whose flags lie behind the end of what was sent or kept is no record. */
const HEADER_CUT = QUIRK_SNAPPED | QUIRK_TINY_FRAGMENT | QUIRK_BAD_HEADER_LENGTH;

/** Whether a TCP row must be read as a record: it sums up packets, or is a log line of a device that told no flags. */
export function isRecord(batch: ObservationBatch, row: number): boolean {
  return batch.record[row] !== RECORD_PACKET || (batch.tcpFlags[row] === FLAGS_UNKNOWN && (batch.quirks[row]! & HEADER_CUT) === 0);
}

/** RECORD_PROBE (with the flags that one packet would have had), RECORD_REFUSAL or RECORD_CONVERSATION. */
export function recordKind(batch: ObservationBatch, row: number): number {
  const all = batch.tcpFlags[row]!;
  // What a filter drops without telling flags is the first packet of something: it lets the rest of conversations through.
  if (all === FLAGS_UNKNOWN) return batch.action[row] === ACTION_DENIED ? RECORD_PROBE : RECORD_CONVERSATION;
  const flags = all & 0x3f;
  // SYN and RST are a half-open scan's two packets, SYN and ACK either side's of a connection.
  if ((flags & TCP_SYN) !== 0) return (flags & (TCP_ACK | TCP_RST)) === 0 ? RECORD_PROBE : RECORD_CONVERSATION;
  if ((flags & TCP_RST) !== 0) return (flags & ~(TCP_RST | TCP_ACK)) === 0 ? RECORD_REFUSAL : RECORD_CONVERSATION;
  return (flags & TCP_ACK) === 0 ? RECORD_PROBE : RECORD_CONVERSATION;
}
