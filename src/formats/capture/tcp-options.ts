/** TCP options (RFC 9293 §3.2): which there are, the MSS, and a hash of their octets that groups senders by stack or tool. */
import {
  OPTION_EOL,
  OPTION_MSS,
  OPTION_NOP,
  OPTION_OTHER,
  OPTION_SACK_PERMITTED,
  OPTION_TIMESTAMP,
  OPTION_WINDOW_SCALE,
} from "../../model/observation.ts";

const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

/** The first word of "NOP NOP timestamp" (RFC 7323 appendix A), which nearly every established segment carries. */
const NOP_NOP_TIMESTAMP = 0x0101080a;
/** "NOP NOP SACK", whose last octet is the length. */
const NOP_NOP_SACK = 0x010105;

/** Whether options at `at` are those of an established conversation, which tell nothing and are not worth a hash. */
export function areRoutineOptions(view: DataView, at: number): boolean {
  const word = view.getUint32(at);
  return word === NOP_NOP_TIMESTAMP || word >>> 8 === NOP_NOP_SACK;
}

/** OPTION_… bits in the low octet and the MSS (0 where there is none) in the sixteen bits above it. Never reads past `end`. */
export function readOptions(view: DataView, at: number, end: number): number {
  // The MSS alone is what most scanners send.
  if (end - at === 4 && view.getUint16(at) === 0x0204) return (view.getUint16(at + 2) << 8) | OPTION_MSS;
  let mask = 0;
  let mss = 0;
  while (at < end) {
    const kind = view.getUint8(at);
    if (kind === 0) {
      mask |= OPTION_EOL;
      break;
    }
    if (kind === 1) {
      mask |= OPTION_NOP;
      at++;
      continue;
    }
    const length = at + 1 < end ? view.getUint8(at + 1) : 0;
    if (kind === 2) {
      mask |= OPTION_MSS;
      if (length === 4 && at + 4 <= end) mss = view.getUint16(at + 2);
    } else if (kind === 3) mask |= OPTION_WINDOW_SCALE;
    else if (kind === 4) mask |= OPTION_SACK_PERMITTED;
    else if (kind === 8) mask |= OPTION_TIMESTAMP;
    else mask |= OPTION_OTHER;
    if (length < 2) break;
    at += length;
  }
  return (mss << 8) | mask;
}

/** FNV-1a (32 bits) of the option octets in `[at, end)`, never 0, so that 0 can say "none". */
export function hashOptions(view: DataView, at: number, end: number): number {
  let hash = FNV_OFFSET;
  for (; at + 4 <= end; at += 4) {
    const word = view.getUint32(at);
    hash = Math.imul(hash ^ (word >>> 24), FNV_PRIME);
    hash = Math.imul(hash ^ ((word >>> 16) & 255), FNV_PRIME);
    hash = Math.imul(hash ^ ((word >>> 8) & 255), FNV_PRIME);
    hash = Math.imul(hash ^ (word & 255), FNV_PRIME);
  }
  for (; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), FNV_PRIME);
  return hash >>> 0 || 1;
}
