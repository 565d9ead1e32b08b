/** How a slot of the table of sources is laid out: sixteen words, one cache line. */
import { ENTRY_FAMILY_6 } from "./entry-block.ts";
import { HEADER_BITS } from "./header-mark.ts";

export const SLOT_WORDS = 16;
/** The same in 64-bit floats. */
export const SLOT_TIMES = 8;

// Words of a slot.
export const ADDRESS = 0;
/** Traffic class (8 bits), family and returning flags, header marks (6 bits), least and greatest TTL. */
export const KIND = 1;
export const PACKETS = 2;
/** Contact block, or 0 while the one contact is inline. */
export const BLOCK = 3;
/** As 64-bit floats: index within a slot's SLOT_TIMES; the last time stands behind the first. */
export const FIRST_TIME = 2;
/** Counters of marks 1 to 4 stand at words 8 to 11. */
export const MARKS = 8;
/** Unicornscan: matches (low 16 bits) and the session key of the packet before (high). */
export const UNICORNSCAN = 12;
/** hping (low 16 bits) and packets as a stack or a service sends them (high), both held at 65,535. */
export const HPING_ORDINARY = 13;
/** Inline: the contact. With a block: the number of contacts kept, and size, level and number of sketches. */
export const INLINE_TARGET = 14;
export const INLINE_CONTACT = 15;
export const COUNT = 14;
export const SHAPE = 15;

/** In KIND: the source was forgotten and came back. */
export const FLAG_RETURNING = 0x200;
/** In KIND: where the header marks stand (`header-mark.ts`), joined over all packets. */
export const HEADER_SHIFT = 10;
/** In KIND: what tells slots of one address apart. */
export const KEY_MASK = 0xff | ENTRY_FAMILY_6;
/** A contact without its OUTCOME bits. */
export const CONTACT_KEY = 0x00ffffff;

/** log2 of the contacts in the slot's block. */
export function sizeOf(shape: number): number {
  return shape & 0xff;
}
/** The level of the slot's sample: each contact kept stands for 2^level. */
export function levelOfShape(shape: number): number {
  return (shape >>> 8) & 0xff;
}
/** Number of the slot's sketches, or 0. */
export function wideOfShape(shape: number): number {
  return shape >>> 16;
}
/** The header marks in KIND. */
export function headerMarksIn(kind: number): number {
  return (kind >>> HEADER_SHIFT) & HEADER_BITS;
}
