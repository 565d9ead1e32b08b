/** LZ4 blocks, decompressed within bounds. Source: lz4_Block_format.md of the LZ4 project. */
import { BLOCK_DAMAGED, BLOCK_TOO_LARGE } from "./compression-codes.ts";

/** A length of this value in a token goes on in the octets behind. */
const MORE = 15;
/** The shortest match. */
const LEAST_MATCH = 4;

/** Decompresses all of `packed` into `target`; returns how many octets it filled, BLOCK_DAMAGED, or BLOCK_TOO_LARGE. */
export function lz4Decode(packed: Uint8Array, target: Uint8Array): number {
  const end = packed.length;
  const room = target.length;
  let at = 0;
  let out = 0;
  while (at < end) {
    const token = packed[at++]!;
    let literals = token >>> 4;
    if (literals === MORE) {
      let more: number;
      do {
        if (at >= end) return BLOCK_DAMAGED;
        more = packed[at++]!;
        literals += more;
      } while (more === 255);
    }
    if (literals > end - at) return BLOCK_DAMAGED;
    if (literals > room - out) return BLOCK_TOO_LARGE;
    for (const stop = at + literals; at < stop;) target[out++] = packed[at++]!;
    // The last sequence has literals only.
    if (at === end) return out;
    if (end - at < 2) return BLOCK_DAMAGED;
    const offset = packed[at]! | (packed[at + 1]! << 8);
    at += 2;
    if (offset === 0 || offset > out) return BLOCK_DAMAGED;
    let match = token & MORE;
    if (match === MORE) {
      let more: number;
      do {
        if (at >= end) return BLOCK_DAMAGED;
        more = packed[at++]!;
        match += more;
      } while (more === 255);
    }
    match += LEAST_MATCH;
    if (match > room - out) return BLOCK_TOO_LARGE;
    // A match may overlap what it makes, so it is copied octet by octet.
    for (const stop = out + match; out < stop; out++) target[out] = target[out - offset]!;
  }
  return BLOCK_DAMAGED;
}
