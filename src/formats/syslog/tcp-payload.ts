/** How much of a logged TCP packet is surely data, where the line does not give the header's length. */
import { TCP_PSH, TCP_SYN } from "../../model/protocol.ts";

const HEADER = 20;
/** Options of an established conversation: NOP NOP timestamp. */
const TIMESTAMPS = 12;
const MOST_OPTIONS = 40;

/**
 * Octets of application data at least, of a segment of `room` octets with its header. A SYN carries nothing but options, PSH is set on
 * data behind timestamps at most, and of other segments only what no options could fill is surely data.
 * @param flags as logged, FLAGS_UNKNOWN too.
 * @param optionsLength octets of TCP options, or -1 where the line does not tell.
 */
export function leastTcpPayload(room: number, flags: number, optionsLength: number): number {
  let header = HEADER + MOST_OPTIONS;
  if (optionsLength >= 0) header = HEADER + optionsLength;
  else if ((flags & TCP_SYN) !== 0) return 0;
  else if ((flags & TCP_PSH) !== 0) header = HEADER + TIMESTAMPS;
  return room > header ? room - header : 0;
}
