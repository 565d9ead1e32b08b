/**
 * The seed by which tables place what they hold. It is drawn from what is observed first: two runs over one input then do the same to the
 * bit, be it in the order in which full tables forget, and yet nobody who sends packets can foresee it, for he would have to know the
 * times, ports and numbers of all that came at the beginning. Who writes the whole file can; a table that he fills up in one place
 * is placed anew by chance.
 */
import { randomBytes } from "node:crypto";
import type { ObservationBatch } from "../model/observation.ts";

/**
 * Nothing lies by chance so many slots past the one where it is looked for first: at a load of 0.8 the longest run of two million slots is
 * some hundred long, and a part that got its block before the others did is some thousand slots ahead of them.
 */
export function longestRun(slots: number): number {
  return Math.max(2048, slots >>> 7);
}

/** Draws a seed from the rows of a batch: a multiply-xorshift chain with the constants of MurmurHash3's finaliser (Appleby, 2011). */
export function seedOf({
  length,
  time,
  source,
  destination,
  sourcePort,
  destinationPort,
  sequence,
  ipId,
  bytes,
}: ObservationBatch): number {
  const fraction = new Float64Array(1);
  const [low, high] = [new Uint32Array(fraction.buffer, 0, 1), new Uint32Array(fraction.buffer, 4, 1)];
  let seed = length;
  for (let row = 0; row < length; row++) {
    fraction[0] = time[row]!;
    seed = step(step(seed, low[0]!), high[0]!);
    seed = step(step(seed, source[row]!), destination[row]!);
    seed = step(step(seed, (sourcePort[row]! << 16) ^ destinationPort[row]!), sequence[row]!);
    seed = step(seed, (ipId[row]! << 16) ^ bytes[row]!);
  }
  return seed >>> 0;
}

/** A seed that nothing tells. */
export function seedByChance(): number {
  return randomBytes(4).readUInt32LE();
}

function step(seed: number, word: number): number {
  const mixed = Math.imul(seed ^ word, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) ^ (mixed >>> 16);
}
