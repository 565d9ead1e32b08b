/**
 * What a record that sums up many TCP packets of one direction (or a log line without flags) says about them. A lone probe or refusal is
 * plain; where SYN and ACK stand together, opener and answerer look alike until both directions are seen, and the conversation decides.
 */
import type { ObservationBatch } from "../model/observation.ts";
import {
  ACTION_DENIED,
  FLAGS_UNKNOWN,
  GRADE_UNCONFIRMED,
  QUIRK_BAD_HEADER_LENGTH,
  QUIRK_SNAPPED,
  QUIRK_TINY_FRAGMENT,
  RECORD_PACKET,
} from "../model/observation.ts";
import { TCP_ACK, TCP_RST, TCP_SYN } from "../model/protocol.ts";
import { looksLikeTcpAnswer } from "./service-ports.ts";

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
  // What a filter drops without telling flags is the first packet of something (it lets the rest of conversations through), or an answer
  // to what it did not see: a forged packet, or one that went another way.
  if (all === FLAGS_UNKNOWN) {
    const probes = batch.action[row] === ACTION_DENIED && !looksLikeTcpAnswer(batch.sourcePort[row]!, batch.destinationPort[row]!);
    return probes ? RECORD_PROBE : RECORD_CONVERSATION;
  }
  const flags = all & 0x3f;
  // SYN and RST are a half-open scan's two packets, SYN and ACK either side's of a connection.
  if ((flags & TCP_SYN) !== 0) return (flags & (TCP_ACK | TCP_RST)) === 0 ? RECORD_PROBE : RECORD_CONVERSATION;
  if ((flags & TCP_RST) !== 0) return (flags & ~(TCP_RST | TCP_ACK)) === 0 ? RECORD_REFUSAL : RECORD_CONVERSATION;
  return (flags & TCP_ACK) === 0 ? RECORD_PROBE : RECORD_CONVERSATION;
}

/**
 * Whether a row is what exporters without fragment elements make of later fragments: ports zero at both ends, and no flags. Port zero is
 * counted, as unconfirmed; of a probe it is no sign (PAM 2021: most 0 -> 0 in flow data are fragments).
 */
export function maybeFragments(batch: ObservationBatch, row: number): boolean {
  if (batch.grade[row] !== GRADE_UNCONFIRMED || batch.sourcePort[row] !== 0 || batch.destinationPort[row] !== 0) return false;
  const flags = batch.tcpFlags[row]!;
  return flags === FLAGS_UNKNOWN || (flags & 0x3f) === 0;
}
