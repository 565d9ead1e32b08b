/**
 * The contact sets of the slots of a table: one contact inline, then a block, exact to EXACT_CONTACTS; beyond, a uniform sample kept by
 * distinct sampling (Gibbons, VLDB 2001): level L keeps the contacts whose hash begins with L zero bits, each standing for 2^L. Samples
 * of the same contacts are the same in every table, so tables merge as if one had seen it all, and probes join with answers even when
 * both are samples.
 */
import { BLOCK_GROWTH, CONTACT_WORDS, ContactBlocks, LARGEST_BLOCK, SMALLEST_BLOCK } from "./contact-blocks.ts";
import { contactHash, findContact, LARGEST_LIST, mostOf, passes } from "./contact-places.ts";
import { ENTRY_CONTACT, ENTRY_TARGET, ENTRY_WORDS, type EntryBlock } from "./entry-block.ts";
import { PART_BITS } from "./entry-sorter.ts";
import {
  BLOCK,
  CONTACT_KEY,
  COUNT,
  INLINE_CONTACT,
  INLINE_TARGET,
  SHAPE,
  SLOT_WORDS,
  levelOfShape,
  sizeOf,
  wideOfShape,
} from "./slot-layout.ts";
import { WideSources } from "./wide-sources.ts";

/**
 * While the table is large, sets are exact to 96 only, and samples grow with what they stand for, so that the sets of the busy sources
 * stay in the cache. Sizes are log2 of the contacts in the largest block, by the level of the sample.
 */
const LARGE_TABLE_BLOCKS = [7, 7, 7, 7, 9, 9] as const;
/** Beyond this a hash has no bits left to halve a sample by. */
const LAST_LEVEL = 31;

/** Memory and rules of the contact sets of one table. Slots are named by their words and the index of the first. */
export class ContactSets {
  /** Whether the table that the sets belong to is large. */
  isLarge = false;
  /** Contacts that found no room. */
  forgotten = 0;
  readonly #blocks: ContactBlocks;
  readonly #wide = new WideSources();
  /** log2 of the words of slots in a part of the table. */
  #partShift = 0;
  /** By entry of the group in hand: the hash of its contact, and where in the blocks and sketches it will be looked for. */
  #hashOfEntry = new Uint32Array(0);
  #placeOfEntry = new Int32Array(0);
  #sketchOfEntry = new Int32Array(0);
  /** A block that is being rebuilt in place. */
  readonly #scratch = new Uint32Array(CONTACT_WORDS << LARGEST_BLOCK);

  /** @param maxBytes the most memory that blocks may take. */
  constructor(maxBytes: number) {
    this.#blocks = new ContactBlocks(maxBytes);
  }

  /** Slots of the table that the sets belong to: the sets of each of its parts lie together. */
  set capacity(slots: number) {
    this.#partShift = Math.log2(slots * SLOT_WORDS) - PART_BITS;
  }

  /** Works out where in the blocks and sketches the entries will look: apart from the reading, so that the reads come close together. */
  locate({ words: rows }: EntryBlock, from: number, to: number, words: Uint32Array, slotOf: Int32Array): void {
    if (this.#hashOfEntry.length < slotOf.length) {
      this.#hashOfEntry = new Uint32Array(slotOf.length);
      this.#placeOfEntry = new Int32Array(slotOf.length);
      this.#sketchOfEntry = new Int32Array(slotOf.length);
    }
    const hashOf = this.#hashOfEntry;
    const placeOf = this.#placeOfEntry;
    const sketchOf = this.#sketchOfEntry;
    // Without branches, which no processor foresees here: masks are -1 where a thing is so, and 0 where not.
    for (let i = from; i < to; i++) {
      const at = slotOf[i - from]! * SLOT_WORDS;
      const target = rows[i * ENTRY_WORDS + ENTRY_TARGET]! | 0;
      const hash = contactHash(target, rows[i * ENTRY_WORDS + ENTRY_CONTACT]! & CONTACT_KEY) | 0;
      hashOf[i - from] = hash;
      const block = words[at + BLOCK]! | 0;
      const shape = words[at + SHAPE]! | 0;
      const hasBlock = -block >> 31;
      const passesLevel = ~(-((hash >>> 1) >>> (31 - levelOfShape(shape))) >> 31);
      const size = sizeOf(shape);
      const start = hash & ((1 << size) - 1) & ((LARGEST_LIST - size) >> 31);
      placeOf[i - from] = (ContactBlocks.placeOf(block) + start * CONTACT_WORDS) & hasBlock & passesLevel;
      const wide = wideOfShape(shape) & hasBlock;
      sketchOf[i - from] = WideSources.placeOf(wide, target) & (-wide >> 31);
    }
  }

  /** Reads the line of every contact block and sketch that the located entries will look into, so that the misses overlap. */
  touch(length: number): number {
    const blocks = this.#blocks;
    const sketches = this.#wide.registers;
    const placeOf = this.#placeOfEntry;
    const sketchOf = this.#sketchOfEntry;
    let sum = 0;
    for (let i = 0; i < length; i++) sum ^= blocks.at(placeOf[i]!);
    for (let i = 0; i < length; i++) sum ^= sketches[sketchOf[i]!]!;
    return sum;
  }

  /** Adds the contacts of the located entries to their slots. The loop holds the common cases of #add. */
  addAll({ words: rows }: EntryBlock, from: number, to: number, words: Uint32Array, slotOf: Int32Array): void {
    const hashOf = this.#hashOfEntry;
    const blocks = this.#blocks;
    const wides = this.#wide;
    for (let i = from; i < to; i++) {
      const at = slotOf[i - from]! * SLOT_WORDS;
      const hash = hashOf[i - from]!;
      const target = rows[i * ENTRY_WORDS + ENTRY_TARGET]!;
      const contact = rows[i * ENTRY_WORDS + ENTRY_CONTACT]!;
      const block = words[at + BLOCK]!;
      if (block === 0) {
        this.#add(words, at, target, contact, hash);
        continue;
      }
      const shape = words[at + SHAPE]! | 0;
      const wide = wideOfShape(shape);
      if (wide !== 0) wides.add(wide, target, contact & 0xffff);
      const level = levelOfShape(shape);
      if (level !== 0 && hash >>> (32 - level) !== 0) continue;
      this.#addToBlock(blocks.segmentOf(block), words, at, target, contact, hash);
    }
  }

  /** OUTCOME bits of a contact in a slot; -1 where the slot does not hold it. */
  outcomeOf(words: Uint32Array, at: number, target: number, contact: number): number {
    const key = contact & CONTACT_KEY;
    if (words[at + BLOCK] === 0) {
      const inline = words[at + INLINE_CONTACT]!;
      return inline !== 0 && (inline & CONTACT_KEY) === key && words[at + INLINE_TARGET] === target ? inline >>> 24 : -1;
    }
    const block = words[at + BLOCK]!;
    const segment = this.#blocks.segmentOf(block);
    const found = findContact(segment, ContactBlocks.wordOf(block), sizeOf(words[at + SHAPE]!), target, key, contactHash(target, key));
    return found < 0 || segment[found + 1] === 0 ? -1 : segment[found + 1]! >>> 24;
  }

  /** Contacts kept in the slot's sample. */
  kept(words: Uint32Array, at: number): number {
    if (words[at + BLOCK] === 0) return words[at + INLINE_CONTACT] === 0 ? 0 : 1;
    return words[at + COUNT]!;
  }

  /** The level of the slot's sample: each contact kept stands for 2^level. */
  level(words: Uint32Array, at: number): number {
    return words[at + BLOCK] === 0 ? 0 : levelOfShape(words[at + SHAPE]!);
  }

  /** Distinct contacts that the slot's sample stands for. */
  count(words: Uint32Array, at: number): number {
    if (words[at + BLOCK] === 0) return words[at + INLINE_CONTACT] === 0 ? 0 : 1;
    return words[at + COUNT]! * ((1 << levelOfShape(words[at + SHAPE]!)) >>> 0);
  }

  /** Distinct targets of a slot beyond its exact contacts, by a sketch of its own; null where it has none. */
  wideTargets(words: Uint32Array, at: number): number | null {
    const wide = wideOf(words, at);
    return wide === 0 ? null : this.#wide.targetCount(wide);
  }

  /** Registers of the same sketch. */
  wideRegisters(words: Uint32Array, at: number): Uint8Array | null {
    const wide = wideOf(words, at);
    return wide === 0 ? null : this.#wide.registersOf(wide);
  }

  /** Distinct ports, likewise. */
  widePorts(words: Uint32Array, at: number): number | null {
    const wide = wideOf(words, at);
    return wide === 0 ? null : this.#wide.portCount(wide);
  }

  /**
   * Copies the slot's contacts whose hash passes `level` into the arrays, and returns how many.
   * The arrays must hold CONTACT_ROOM.
   */
  read(words: Uint32Array, at: number, level: number, target: Uint32Array, contact: Uint32Array): number {
    if (words[at + BLOCK] === 0) {
      if (
        words[at + INLINE_CONTACT] === 0 ||
        !passes(contactHash(words[at + INLINE_TARGET]!, words[at + INLINE_CONTACT]! & CONTACT_KEY), level)
      )
        return 0;
      target[0] = words[at + INLINE_TARGET]!;
      contact[0] = words[at + INLINE_CONTACT]!;
      return 1;
    }
    const held = this.#blocks.segmentOf(words[at + BLOCK]!);
    const from = ContactBlocks.wordOf(words[at + BLOCK]!);
    const shape = words[at + SHAPE]!;
    const to = from + (CONTACT_WORDS << sizeOf(shape));
    // What is held has passed the slot's own level.
    const thins = level > levelOfShape(shape);
    let count = 0;
    for (let c = from; c < to; c += CONTACT_WORDS) {
      const key = held[c + 1]! | 0;
      if (thins && key !== 0 && !passes(contactHash(held[c]!, key & CONTACT_KEY), level)) continue;
      target[count] = held[c]!;
      contact[count] = key;
      count += isSet(key);
    }
    return count;
  }

  /** Reads the first word of a slot's block. */
  touchBlock(words: Uint32Array, at: number): number {
    const block = words[at + BLOCK]!;
    return block === 0 ? 0 : this.#blocks.at(ContactBlocks.placeOf(block));
  }

  /** Copies the targets of all contacts held, once a contact, into an array of CONTACT_ROOM, and returns how many. */
  readTargets(words: Uint32Array, at: number, target: Uint32Array): number {
    if (words[at + BLOCK] === 0) {
      target[0] = words[at + INLINE_TARGET]!;
      return words[at + INLINE_CONTACT] === 0 ? 0 : 1;
    }
    const held = this.#blocks.segmentOf(words[at + BLOCK]!);
    const from = ContactBlocks.wordOf(words[at + BLOCK]!);
    const to = from + (CONTACT_WORDS << sizeOf(words[at + SHAPE]!));
    let count = 0;
    for (let c = from; c < to; c += CONTACT_WORDS) {
      target[count] = held[c]!;
      count += isSet(held[c + 1]! | 0);
    }
    return count;
  }

  /** Takes the set of a slot of another table into a slot of this one. The arrays are scratch of CONTACT_ROOM. */
  merge(
    words: Uint32Array,
    at: number,
    other: ContactSets,
    theirWords: Uint32Array,
    from: number,
    target: Uint32Array,
    contact: Uint32Array,
  ): void {
    const count = other.read(theirWords, from, 0, target, contact);
    this.#raiseLevel(words, at, other.level(theirWords, from));
    for (let i = 0; i < count; i++) this.#add(words, at, target[i]!, contact[i]!, contactHash(target[i]!, contact[i]! & CONTACT_KEY));
    const theirs = wideOf(theirWords, from);
    const ours = wideOf(words, at);
    if (ours === 0) return;
    if (theirs !== 0) this.#wide.merge(ours, other.#wide, theirs);
    else if (other.level(theirWords, from) > 0) {
      // Theirs is a bare sample: sketches that saw no more of it than that would count too few.
      words[at + SHAPE] = words[at + SHAPE]! & 0xffff;
      this.#wide.release(ours);
    }
  }

  /** Gives back the memory of a slot's set. */
  release(words: Uint32Array, at: number): void {
    const wide = wideOf(words, at);
    if (wide !== 0) this.#wide.release(wide);
    if (words[at + BLOCK] !== 0) this.#blocks.release(words[at + BLOCK]!, sizeOf(words[at + SHAPE]!), at >>> this.#partShift);
  }

  #add(words: Uint32Array, at: number, target: number, contact: number, hash: number): void {
    if (words[at + BLOCK] === 0) {
      const inline = words[at + INLINE_CONTACT]!;
      if (inline === 0) {
        words[at + INLINE_TARGET] = target;
        words[at + INLINE_CONTACT] = contact;
        return;
      }
      if (((inline ^ contact) & CONTACT_KEY) === 0 && words[at + INLINE_TARGET] === target) {
        words[at + INLINE_CONTACT] = inline | contact;
        return;
      }
      if (!this.#open(words, at)) {
        this.forgotten++;
        return;
      }
    }
    const shape = words[at + SHAPE]!;
    const wide = wideOfShape(shape);
    if (wide !== 0) this.#wide.add(wide, target, contact & 0xffff);
    if (passes(hash, levelOfShape(shape))) this.#addToBlock(this.#blocks.segmentOf(words[at + BLOCK]!), words, at, target, contact, hash);
  }

  /** Adds a contact that passes the slot's level to its block, which lies in `held`. */
  #addToBlock(held: Uint32Array, words: Uint32Array, at: number, target: number, contact: number, hash: number): void {
    const size = sizeOf(words[at + SHAPE]!);
    const found = findContact(held, ContactBlocks.wordOf(words[at + BLOCK]!), size, target, contact & CONTACT_KEY, hash);
    if (found < 0) {
      if (levelOfShape(words[at + SHAPE]!) === LAST_LEVEL) {
        this.forgotten++;
        return;
      }
      // A full list: after it has grown, or its sample was halved, look again.
      this.#enlarge(words, at);
      if (passes(hash, levelOfShape(words[at + SHAPE]!)))
        this.#addToBlock(this.#blocks.segmentOf(words[at + BLOCK]!), words, at, target, contact, hash);
      return;
    }
    if (held[found + 1] !== 0) {
      held[found + 1] = held[found + 1]! | contact;
      return;
    }
    held[found] = target;
    held[found + 1] = contact;
    const count = words[at + COUNT]! + 1;
    words[at + COUNT] = count;
    if (size > LARGEST_LIST && count > mostOf(size)) this.#enlarge(words, at);
  }

  /** Moves the inline contact into a block of its own. */
  #open(words: Uint32Array, at: number): boolean {
    const block = this.#blocks.allocate(SMALLEST_BLOCK, at >>> this.#partShift);
    if (block === 0) return false;
    const target = words[at + INLINE_TARGET]!;
    const contact = words[at + INLINE_CONTACT]!;
    words[at + BLOCK] = block;
    words[at + COUNT] = 0;
    words[at + SHAPE] = SMALLEST_BLOCK;
    if (contact !== 0) {
      const segment = this.#blocks.segmentOf(block);
      segment[ContactBlocks.wordOf(block)] = target;
      segment[ContactBlocks.wordOf(block) + 1] = contact;
      words[at + COUNT] = 1;
    }
    return true;
  }

  /** A full block grows fourfold; at the largest size, or where memory is used up, the sample halves instead. */
  #enlarge(words: Uint32Array, at: number): void {
    const shape = words[at + SHAPE]!;
    const size = sizeOf(shape);
    const isLarge = this.isLarge || this.#blocks.isTight;
    const most = isLarge ? (LARGE_TABLE_BLOCKS[levelOfShape(shape)] ?? LARGEST_BLOCK) : LARGEST_BLOCK;
    if (size < most) {
      const block = this.#blocks.allocate(size + BLOCK_GROWTH, at >>> this.#partShift);
      if (block !== 0) {
        this.#rebuild(words, at, block, size + BLOCK_GROWTH, levelOfShape(shape));
        return;
      }
    } else this.#becomeWide(words, at);
    this.#halve(words, at);
  }

  #halve(words: Uint32Array, at: number): void {
    const shape = words[at + SHAPE]!;
    const size = sizeOf(shape);
    let level = levelOfShape(shape);
    do this.#rebuild(words, at, words[at + BLOCK]!, size, ++level);
    while (words[at + COUNT]! >= mostOf(size) && level < LAST_LEVEL);
  }

  /** Puts the contacts that pass `level` into `block`, releasing the old block if it is another. */
  #rebuild(words: Uint32Array, at: number, block: number, size: number, level: number): void {
    const oldBlock = words[at + BLOCK]!;
    const oldSize = sizeOf(words[at + SHAPE]!);
    const oldSegment = this.#blocks.segmentOf(oldBlock);
    const from = ContactBlocks.wordOf(oldBlock);
    const oldWords = CONTACT_WORDS << oldSize;
    let source = oldSegment;
    let start = from;
    if (oldBlock === block) {
      // In place: read from a copy.
      source = this.#scratch;
      start = 0;
      for (let i = 0; i < oldWords; i++) source[i] = oldSegment[from + i]!;
      oldSegment.fill(0, from, from + oldWords);
    }
    const segment = this.#blocks.segmentOf(block);
    const base = ContactBlocks.wordOf(block);
    const isList = size <= LARGEST_LIST;
    let count = 0;
    for (let c = start; c < start + oldWords; c += CONTACT_WORDS) {
      const contact = source[c + 1]!;
      if (contact === 0) continue;
      const target = source[c]!;
      let found = base + count * CONTACT_WORDS;
      if (!isList || level > 0) {
        const key = contact & CONTACT_KEY;
        const hash = contactHash(target, key);
        if (!passes(hash, level)) continue;
        if (!isList) found = findContact(segment, base, size, target, key, hash);
      }
      segment[found] = target;
      segment[found + 1] = contact;
      count++;
    }
    if (oldBlock !== block) this.#blocks.release(oldBlock, oldSize, at >>> this.#partShift);
    words[at + BLOCK] = block;
    words[at + COUNT] = count;
    words[at + SHAPE] = (words[at + SHAPE]! & 0xffff0000) | (level << 8) | size;
  }

  /** Gives a slot sketches of its own, where there are any left. */
  #becomeWide(words: Uint32Array, at: number): void {
    if (wideOf(words, at) !== 0) return;
    const wide = this.#wide.take();
    if (wide === 0) return;
    words[at + SHAPE] = words[at + SHAPE]! | (wide << 16);
    const held = this.#blocks.segmentOf(words[at + BLOCK]!);
    const from = ContactBlocks.wordOf(words[at + BLOCK]!);
    const to = from + (CONTACT_WORDS << sizeOf(words[at + SHAPE]!));
    for (let c = from; c < to; c += CONTACT_WORDS) {
      if (held[c + 1] !== 0) this.#wide.add(wide, held[c]!, held[c + 1]! & 0xffff);
    }
  }

  /** Thins a slot's sample to the level of the slot that is to be merged in. */
  #raiseLevel(words: Uint32Array, at: number, level: number): void {
    if (level === 0) return;
    if (words[at + BLOCK] === 0 && !this.#open(words, at)) return;
    this.#becomeWide(words, at);
    if (levelOfShape(words[at + SHAPE]!) < level) this.#rebuild(words, at, words[at + BLOCK]!, sizeOf(words[at + SHAPE]!), level);
  }
}

/** 1 where a word is not 0: without a branch, which in a hashed block no processor foresees. */
function isSet(word: number): number {
  return (word | (0 - word)) >>> 31;
}

/** Number of a slot's sketches, or 0. */
function wideOf(words: Uint32Array, at: number): number {
  return words[at + BLOCK] === 0 ? 0 : wideOfShape(words[at + SHAPE]!);
}
