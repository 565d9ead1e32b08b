/**
 * Memory for the contact sets of sources: blocks of 8, 32, 128, 512 and 2,048 contacts carved from segments, by size class with free lists, so that
 * a million small sets cost neither objects nor garbage collection, and growing copies nothing. The blocks of one part of the table lie
 * together, so that working on a part at a time touches few pages.
 */
import { lineMemory } from "../sketch/cache-lines.ts";
import { PARTS } from "./entry-sorter.ts";

/** Words of a contact: target, and port | transport | outcome. */
export const CONTACT_WORDS = 2;
/** log2 of the contacts in the smallest and the largest block. */
export const SMALLEST_BLOCK = 3;
export const LARGEST_BLOCK = 11;
/** log2 by which a block grows: fourfold, since moving to a new block costs more than the room. */
export const BLOCK_GROWTH = 2;
/** Size classes, those that no block has with them. */
const SIZES = LARGEST_BLOCK + 1;
/** Blocks are aligned to units of eight contacts, 64 octets: one cache line. */
const UNIT_LOG = 4;
const UNIT_WORDS = 1 << UNIT_LOG;
/**
 * log2 of the words in a segment: 32 MiB, which the C library always takes from the system whole, so that blocks begin at cache lines. A
 * power of two, so that a place is one number: segment above, word below.
 */
const SEGMENT_LOG = 23;
const SEGMENT_WORDS = 1 << SEGMENT_LOG;
/** Words of the first segment, which is all that most tables need, and of the steps in which memory counts as taken: 4 MiB. */
const STEP_WORDS = 1 << 20;
/** The same in units. */
const SEGMENT_UNITS_LOG = SEGMENT_LOG - UNIT_LOG;
const SEGMENT_UNITS = 1 << SEGMENT_UNITS_LOG;
const STEP_UNITS = STEP_WORDS / UNIT_WORDS;
/** Units that a part of the table takes at a time, 32 KiB: what is left of one is given up, at most 16 KiB. */
const CHUNK_UNITS = 512;

/** An allocator of contact blocks. A block is named by its first unit; 0 is no block. */
export class ContactBlocks {
  /** Two words a contact. */
  readonly segments: Uint32Array[] = [];
  readonly #maxSteps: number;
  #steps = 0;
  #nextUnit = 0;
  /** By part: what is left of its chunk, from one unit to another. */
  readonly #from = new Uint32Array(PARTS);
  readonly #to = new Uint32Array(PARTS);
  /** First free block of each part and size class, linked through each block's first word. */
  readonly #free = new Uint32Array(PARTS * SIZES);

  /** @param maxBytes the most memory it may take: at least one step. */
  constructor(maxBytes: number) {
    this.#maxSteps = Math.max(1, Math.floor(maxBytes / (STEP_WORDS * 4)));
    this.segments.push(lineMemory(STEP_WORDS * 4).words);
  }

  /** The segment that a block lies in. */
  segmentOf(block: number): Uint32Array {
    return this.segments[block >>> SEGMENT_UNITS_LOG]!;
  }

  /** First word of a block in its segment. */
  static wordOf(block: number): number {
    return (block & (SEGMENT_UNITS - 1)) << UNIT_LOG;
  }

  /** Place of a block's first word over all segments. */
  static placeOf(block: number): number {
    return block << UNIT_LOG;
  }

  /** Reads the word at a place. */
  at(place: number): number {
    return this.segments[place >>> SEGMENT_LOG]![place & (SEGMENT_WORDS - 1)]!;
  }

  /** Whether more than half of the memory is in use. */
  get isTight(): boolean {
    return this.#steps * 2 > this.#maxSteps;
  }

  /** A zeroed block of 2^sizeLog contacts for a part of the table, or 0 where memory is used up. */
  allocate(sizeLog: number, part: number): number {
    const head = this.#free[part * SIZES + sizeLog]!;
    if (head !== 0) {
      const segment = this.segmentOf(head);
      const at = ContactBlocks.wordOf(head);
      this.#free[part * SIZES + sizeLog] = segment[at]!;
      segment.fill(0, at, at + (CONTACT_WORDS << sizeLog));
      return head;
    }
    const units = (CONTACT_WORDS << sizeLog) / UNIT_WORDS;
    if (this.#to[part]! - this.#from[part]! < units && !this.#takeChunk(part)) return 0;
    const first = this.#from[part]!;
    this.#from[part] = first + units;
    return first;
  }

  release(block: number, sizeLog: number, part: number): void {
    this.segmentOf(block)[ContactBlocks.wordOf(block)] = this.#free[part * SIZES + sizeLog]!;
    this.#free[part * SIZES + sizeLog] = block;
  }

  /** Chunks fill a step to the end: no block straddles two segments. */
  #takeChunk(part: number): boolean {
    const first = this.#nextUnit === STEP_UNITS ? SEGMENT_UNITS : this.#nextUnit;
    if (first % STEP_UNITS === 0) {
      if (this.#steps === this.#maxSteps) return false;
      this.#steps++;
      if (first >>> SEGMENT_UNITS_LOG === this.segments.length) this.segments.push(lineMemory(SEGMENT_WORDS * 4).words);
    }
    this.#nextUnit = first + CHUNK_UNITS;
    // Unit 0 is no block.
    this.#from[part] = Math.max(1, first);
    this.#to[part] = this.#nextUnit;
    return true;
  }
}
