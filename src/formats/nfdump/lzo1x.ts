/** LZO1X streams, decompressed within bounds. Source: the format's description in the Linux kernel, Documentation/staging/lzo.rst. */
import { BLOCK_DAMAGED, BLOCK_TOO_LARGE } from "./compression-codes.ts";

/** What went before an instruction: a run of four or more literals; 0 to 3 are as many literals behind a match. */
const STATE_RUN = 4;
/** The first octet of a stream, where it is above this, is a run of literals of its own. */
const FIRST_RUN = 17;
/** Distances that the shortest form of each instruction cannot reach. */
const FAR = 0x4000;
const NEAR = 0x800;

/** Decompresses all of `packed` into `target`; returns how many octets it filled, BLOCK_DAMAGED, or BLOCK_TOO_LARGE. */
export function lzo1xDecode(packed: Uint8Array, target: Uint8Array): number {
  const end = packed.length;
  const room = target.length;
  let at = 0;
  let out = 0;
  let state = 0;
  let literals = 0;
  if (end > 0 && packed[0]! > FIRST_RUN) {
    literals = packed[0]! - FIRST_RUN;
    at = 1;
    state = literals < STATE_RUN ? literals : STATE_RUN;
  }
  for (;;) {
    if (literals > end - at) return BLOCK_DAMAGED;
    if (literals > room - out) return BLOCK_TOO_LARGE;
    for (const stop = at + literals; at < stop;) target[out++] = packed[at++]!;
    if (at >= end) return BLOCK_DAMAGED;

    const code = packed[at++]!;
    if (code < 16 && state === 0) {
      literals = code;
      if (literals === 0) {
        const zeros = zerosAt(packed, at);
        at += zeros;
        if (at >= end) return BLOCK_DAMAGED;
        literals = 15 + 255 * zeros + packed[at++]!;
      }
      literals += 3;
      state = STATE_RUN;
      continue;
    }
    let length: number;
    let distance: number;
    if (code < 16 || code >= 64) {
      if (at >= end) return BLOCK_DAMAGED;
      const high = packed[at++]!;
      if (code < 16) {
        length = state === STATE_RUN ? 3 : 2;
        distance = (high << 2) + (code >>> 2) + 1 + (state === STATE_RUN ? NEAR : 0);
      } else {
        length = (code >>> 5) + 1;
        distance = (high << 3) + ((code >>> 2) & 7) + 1;
      }
      literals = code & 3;
    } else {
      const mask = code < 32 ? 7 : 31;
      length = code & mask;
      if (length === 0) {
        const zeros = zerosAt(packed, at);
        at += zeros;
        if (at >= end) return BLOCK_DAMAGED;
        length = mask + 255 * zeros + packed[at++]!;
      }
      length += 2;
      if (end - at < 2) return BLOCK_DAMAGED;
      const word = packed[at]! | (packed[at + 1]! << 8);
      at += 2;
      literals = word & 3;
      if (code < 32) {
        distance = FAR + ((code & 8) << 11) + (word >>> 2);
        // A match at the distance that means none ends the stream.
        if (distance === FAR) return at === end ? out : BLOCK_DAMAGED;
      } else distance = (word >>> 2) + 1;
    }
    if (distance > out) return BLOCK_DAMAGED;
    if (length > room - out) return BLOCK_TOO_LARGE;
    for (const stop = out + length; out < stop; out++) target[out] = target[out - distance]!;
    state = literals;
  }
}

/** How many zero octets stand at `at`. */
function zerosAt(packed: Uint8Array, at: number): number {
  let next = at;
  while (next < packed.length && packed[next] === 0) next++;
  return next - at;
}
