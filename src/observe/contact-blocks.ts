/**
 * Memory for the contact sets of sources: blocks of 8 to 2,048 contacts carved from one array, by size class with free lists, so that
 * a million small sets cost neither objects nor garbage collection.
 */

/** Words of a contact: target, and port | transport | outcome. */
export const CONTACT_WORDS = 2;
/** log2 of the contacts in the smallest and the largest block. */
export const SMALLEST_BLOCK = 3;
export const LARGEST_BLOCK = 11;
/** Blocks are aligned to units of eight contacts, 64 octets: one cache line. */
const UNIT_WORDS = 8 * CONTACT_WORDS;
/** Units to start with: 1 MiB. */
const INITIAL_UNITS = 1 << 14;

/** An allocator of contact blocks. A block is named by its first unit; 0 is no block. */
export class ContactBlocks {
  /** Two words a contact. Replaced when it grows: read it anew after `allocate`. */
  words: Uint32Array;
  readonly #maxUnits: number;
  #nextUnit = 1;
  /** First free block of each size class, linked through each block's first word. */
  readonly #free = new Uint32Array(LARGEST_BLOCK + 1);

  /** @param maxBytes the most memory it may take; rounded down to a power of two. */
  constructor(maxBytes: number) {
    this.#maxUnits = 2 ** Math.floor(Math.log2(maxBytes / (UNIT_WORDS * 4)));
    this.words = new Uint32Array(Math.min(INITIAL_UNITS, this.#maxUnits) * UNIT_WORDS);
  }

  /** First word of a block. */
  static wordOf(block: number): number {
    return block * UNIT_WORDS;
  }

  /** A zeroed block of 2^sizeLog contacts, or 0 where memory is used up. */
  allocate(sizeLog: number): number {
    const head = this.#free[sizeLog]!;
    const wordCount = CONTACT_WORDS << sizeLog;
    if (head !== 0) {
      const at = ContactBlocks.wordOf(head);
      this.#free[sizeLog] = this.words[at]!;
      this.words.fill(0, at, at + wordCount);
      return head;
    }
    const units = wordCount / UNIT_WORDS;
    const end = this.#nextUnit + units;
    if (end > this.#maxUnits) return 0;
    if (end * UNIT_WORDS > this.words.length) this.#grow(end);
    const block = this.#nextUnit;
    this.#nextUnit = end;
    return block;
  }

  release(block: number, sizeLog: number): void {
    this.words[ContactBlocks.wordOf(block)] = this.#free[sizeLog]!;
    this.#free[sizeLog] = block;
  }

  #grow(neededUnits: number): void {
    let units = this.words.length / UNIT_WORDS;
    while (units < neededUnits) units *= 2;
    const grown = new Uint32Array(Math.min(units, this.#maxUnits) * UNIT_WORDS);
    grown.set(this.words);
    this.words = grown;
  }
}
