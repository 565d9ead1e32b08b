/** Networks as ranges of integers, and back as the fewest networks. */
import type { Network } from "../model/address.ts";

/** From `start` to `end`, both in it. */
export interface Range {
  readonly start: bigint;
  readonly end: bigint;
}

export function width(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

export function rangeOf({ family, words, bits }: Network): Range {
  const start = words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
  return { start, end: start + (1n << BigInt(width(family) - bits)) - 1n };
}

/** Ranges in order, without overlap, and joined where they touch. */
export function union(ranges: readonly Range[]): Range[] {
  const joined: { start: bigint; end: bigint }[] = [];
  for (const range of ranges.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))) {
    const last = joined.at(-1);
    if (last !== undefined && range.start <= last.end + 1n) last.end = range.end > last.end ? range.end : last.end;
    else joined.push({ ...range });
  }
  return joined;
}

/** The fewest networks that are exactly the range: the largest aligned one at a time. */
export function networksIn({ start, end }: Range, family: 4 | 6): Network[] {
  const networks: Network[] = [];
  for (let at = start; at <= end;) {
    let size = 0;
    while (size < width(family) && (at & ((1n << BigInt(size + 1)) - 1n)) === 0n && at + (1n << BigInt(size + 1)) - 1n <= end) size++;
    networks.push(networkAt(at, width(family) - size, family));
    at += 1n << BigInt(size);
  }
  return networks;
}

export function networkAt(start: bigint, bits: number, family: 4 | 6): Network {
  const word = (shift: bigint): number => Number((start >> shift) & 0xffffffffn);
  return { family, words: [word(96n), word(64n), word(32n), word(0n)], bits };
}
