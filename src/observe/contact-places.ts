/** Where contacts lie in a block, and which samples they are in: both by one hash. */
import { mixPair } from "../sketch/hash.ts";
import { CONTACT_WORDS, LARGEST_BLOCK } from "./contact-blocks.ts";
import { CONTACT_KEY } from "./slot-layout.ts";

/** Distinct contacts of a slot that are kept exactly: half the largest block. */
export const EXACT_CONTACTS = 1024;
/** Contacts that arrays need room for where a set is copied: one more than there can be, since every place is written before it is known to count. */
export const CONTACT_ROOM = EXACT_CONTACTS + 1;
/** log2 of the contacts in a block that is a plain list, searched from end to end: eight contacts are one cache line. */
export const LARGEST_LIST = 3;

/** The hash that places a contact in its block and decides which samples it is in: the same in every class and table. */
export function contactHash(target: number, key: number): number {
  return mixPair(target, key);
}

/** Levels use the top bits of the hash, places in a block the bottom ones. */
export function passes(hash: number, level: number): boolean {
  return level === 0 || hash >>> (32 - level) === 0;
}

/** Where in a block of a size the search for a hash starts: lists start at the beginning. */
export function startOf(size: number, hash: number): number {
  return size <= LARGEST_LIST ? 0 : hash & ((1 << size) - 1);
}

/** Contacts that a block of a size holds before it must grow: lists all, hashed blocks three quarters, the largest EXACT_CONTACTS. */
export function mostOf(size: number): number {
  if (size <= LARGEST_LIST) return 1 << size;
  return size === LARGEST_BLOCK ? EXACT_CONTACTS : (3 << size) >>> 2;
}

/** Word of the contact in a block, or of the empty place where it would go; -1 where the block is a list that is full of others. */
export function findContact(segment: Uint32Array, base: number, size: number, target: number, key: number, hash: number): number {
  const length = 1 << size;
  let index = startOf(size, hash);
  for (let tries = 0; tries < length; tries++) {
    const at = base + index * CONTACT_WORDS;
    const held = segment[at + 1]!;
    if (held === 0 || (segment[at] === target && (held & CONTACT_KEY) === key)) return at;
    index = (index + 1) & (length - 1);
  }
  return -1;
}
