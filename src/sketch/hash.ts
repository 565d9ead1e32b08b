/** Integer hashes for tables and sketches: the finalisers of MurmurHash3 (Appleby, public domain), good avalanche at a few nanoseconds. */

/** Mixes 32 bits; a bijection, so distinct addresses never collide before they are cut to a table's size. */
export function mix32(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Mixes two words into one. */
export function mixPair(a: number, b: number): number {
  return mix32(Math.imul(a ^ 0x9e3779b9, 0x27d4eb2f) ^ Math.imul(b ^ (b >>> 15), 0x165667b1) ^ (a >>> 17));
}
