/** TCP flags as nfdump prints them: `...AP.SF`, a place for each, CWR first; 1.6 had six places, and `0x` where others were set. */
import { FLAGS_UNKNOWN } from "../../model/observation.ts";
import { hexDigit, NOT_A_NUMBER } from "../text/fields.ts";

const DOT = 46;
const LETTER_X = 120;
/** C, E, U, A, P, R, S, F: bits 7 to 0. */
const BITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const place = "FSRPAUEC".indexOf(String.fromCharCode(code));
  return place < 0 ? 0 : 1 << place;
});

/** The flags that fill `bytes[start, end)`, or FLAGS_UNKNOWN where they are none. */
export function flagLetters(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > 8) return FLAGS_UNKNOWN;
  let flags = 0;
  if (bytes[start + 1] === LETTER_X) {
    for (let at = start + 2; at < end; at++) {
      const digit = hexDigit(bytes[at]!);
      if (digit === NOT_A_NUMBER) return FLAGS_UNKNOWN;
      flags = flags * 16 + digit;
    }
    return flags & 0xff;
  }
  for (let at = start; at < end; at++) {
    const code = bytes[at]!;
    if (code === DOT) continue;
    const bit = code < 128 ? BITS[code]! : 0;
    if (bit === 0) return FLAGS_UNKNOWN;
    flags |= bit;
  }
  return flags;
}
