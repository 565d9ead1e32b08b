/** Where an sFlow datagram ends, and whether octets are one at all: for streams of bare datagrams, and for recognition by content. */

const VERSION_5 = 5;
/** Octets of the header behind the agent's address: sub-agent, number, uptime, samples. */
const HEADER_REST = 16;
/** Samples in one datagram at most: a datagram of 64 KiB holds no more of the shortest there are. */
const MOST_SAMPLES = 4096;
/** The shortest sample (counters without a record), octets. */
const SHORTEST_SAMPLE = 12;
/** Formats of enterprise 0 in use go to 5; vendors have their own numbers above. */
const MOST_STANDARD_FORMAT = 5;

/** What {@link sflowEnd} returns where the octets begin no sFlow datagram, and where more of them are needed to tell. */
export const NOT_SFLOW = -1;
export const SFLOW_NEEDS_MORE = -2;

/**
 * Where the sFlow v5 datagram that begins at `at` ends, by the lengths of its samples; NOT_SFLOW, or SFLOW_NEEDS_MORE where all that
 * stands before `end` is sound. A datagram does not tell its own length.
 */
export function sflowEnd(view: DataView, at: number, end: number): number {
  if (end - at < 8) return SFLOW_NEEDS_MORE;
  const kind = view.getUint32(at + 4);
  if (view.getUint32(at) !== VERSION_5 || kind > 2) return NOT_SFLOW;
  const header = at + 8 + (kind === 1 ? 4 : kind === 2 ? 16 : 0);
  if (end - header < HEADER_REST) return SFLOW_NEEDS_MORE;
  const samples = view.getUint32(header + 12);
  if (samples > MOST_SAMPLES) return NOT_SFLOW;
  let next = header + HEADER_REST;
  for (let i = 0; i < samples; i++) {
    if (end - next < 8) return SFLOW_NEEDS_MORE;
    const format = view.getUint32(next);
    const length = view.getUint32(next + 4);
    if (format === 0 || (format < 0x1000 && format > MOST_STANDARD_FORMAT)) return NOT_SFLOW;
    if (length < SHORTEST_SAMPLE || (length & 3) !== 0 || length > 0xffff) return NOT_SFLOW;
    next += 8 + length;
    if (next > end) return SFLOW_NEEDS_MORE;
  }
  return next;
}
