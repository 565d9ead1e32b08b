/**
 * What a TCP probe's header looks like, in six bits: window, which options, don't-fragment, the TTL's first value. Three of the six are set
 * (a superimposed code: Mooers 1947), so that the marks of all packets of a source can be joined by OR, whatever their order: sources that
 * make all their packets alike keep three bits, and equal ones where they are made alike; those who vary fill up.
 */
import type { ObservationBatch } from "../model/observation.ts";
import { QUIRK_DONT_FRAGMENT } from "../model/observation.ts";

export const HEADER_BITS = 0x3f;

/** All words of six bits of which three are set. */
const CODES = Uint8Array.from(Array.from({ length: 64 }, (_, word) => word).filter((word) => bitsIn(word) === 3));

/** The mark of a TCP probe of a row that is a packet; 0 where the record tells no header. */
export function headerMark(batch: ObservationBatch, row: number): number {
  const window = batch.window[row]!;
  const ttl = batch.ttl[row]!;
  if (window === 0 && ttl === 0) return 0;
  const first = ttl > 128 ? 3 : ttl > 64 ? 2 : ttl > 32 ? 1 : 0;
  const shape = (batch.options[row]! << 3) | (first << 1) | ((batch.quirks[row]! & QUIRK_DONT_FRAGMENT) !== 0 ? 1 : 0);
  const hash = Math.imul(window ^ (shape << 16), 0x9e3779b1) >>> 0;
  return CODES[((hash >>> 16) * CODES.length) >>> 16]!;
}

function bitsIn(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}
