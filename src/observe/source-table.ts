/**
 * The table of sources: one 64-octet slot (a cache line) an address × class, with its contact set in a block beside. It is filled in
 * passes over a batch of entries, so that the processor overlaps the cache misses of many rows (group prefetching: Chen, Ailamaki,
 * Gibbons, Mowry 2004), which is what makes a million sources affordable.
 *
 * Contact sets are exact to EXACT_CONTACTS; beyond, they are a uniform sample kept by distinct sampling (Gibbons, VLDB 2001): level L
 * keeps the contacts whose hash ends in L zero bits, each standing for 2^L. Samples of the same contacts are the same in every table,
 * so tables merge as if one had seen it all, and probes join with answers even when both are samples.
 *
 * When full, the least contacted and longest idle slots are forgotten and counted, and a count-min sketch remembers that they were
 * here: a source that keeps coming back is then held on to, so a flood of forged sources cannot flush out a slow scan.
 */
import { CountMin } from "../sketch/count-min.ts";
import { mix32, mixPair } from "../sketch/hash.ts";
import { HyperLogLog } from "../sketch/hyperloglog.ts";
import { BLOCK_GROWTH, CONTACT_WORDS, ContactBlocks, LARGEST_BLOCK, SMALLEST_BLOCK } from "./contact-blocks.ts";
import type { EntryBatch } from "./entry-batch.ts";
import { ENTRY_FAMILY_6, MARK_HPING, MARK_ORDINARY, MARK_UNICORNSCAN } from "./entry-batch.ts";
import { WideSources } from "./wide-sources.ts";

/** Distinct contacts of a slot that are kept exactly: half the largest block. */
export const EXACT_CONTACTS = 1024;
/** log2 of the contacts in a block that is a plain list, searched from end to end: eight contacts are one cache line. */
const LARGEST_LIST = 3;
/**
 * Slots in use from which a table is large: sets are then exact to 96 only, and samples grow with what they stand for, so that the sets
 * of the busy sources stay in the cache. Sizes are log2 of the contacts in the largest block, by the level from which they hold.
 */
const LARGE_TABLE = 1 << 16;
const LARGE_TABLE_BLOCKS = [7, 7, 7, 7, 9, 9] as const;

const SLOT_WORDS = 16;
const SLOT_TIMES = 8;
const INITIAL_SLOTS = 1 << 12;
/** Fill at which the table doubles or, at its cap, forgets. */
const MAX_LOAD = 0.8;
/** Precision of the counter of forgotten sources: 16 KiB, 0.8 %. */
const FORGOTTEN_PRECISION = 14;
/** log2 of the counters in a row of the memory of forgotten sources: 16 MiB in four rows. */
const MEMORY_BITS = 22;

// Words of a slot.
const ADDRESS = 0;
/** Traffic class (8 bits), family and returning flags, least and greatest TTL. */
const KIND = 1;
const PACKETS = 2;
/** Contact block, or 0 while the one contact is inline. */
const BLOCK = 3;
/** As 64-bit floats: index within a slot's SLOT_TIMES. */
const FIRST_TIME = 2;
const LAST_TIME = 3;
/** Counters of marks 1 to 4 stand at words 8 to 11. */
const MARKS = 8;
/** Unicornscan: matches (low 16 bits) and the session key of the packet before (high). */
const UNICORNSCAN = 12;
/** hping (low 16 bits) and packets as a stack or a service sends them (high), both held at 65,535. */
const HPING_ORDINARY = 13;
/** Inline: the contact. With a block: the number of contacts kept, and size, level and wide index. */
const INLINE_TARGET = 14;
const INLINE_CONTACT = 15;
const COUNT = 14;
const SHAPE = 15;

const FLAG_FAMILY_6 = ENTRY_FAMILY_6;
const FLAG_RETURNING = 0x200;
const KEY_MASK = 0xff | FLAG_FAMILY_6;
/** A contact without its OUTCOME bits. */
const CONTACT_KEY = 0x00ffffff;

export interface SourceTableLimits {
  /** Most slots, a power of two: 64 octets each. */
  readonly slots: number;
  /** Most memory for contact blocks, octets. */
  readonly contactBytes: number;
}

/** A bounded table of address × class. Entries go in by `apply`; slots are read by index. */
export class SourceTable {
  /** Slots in use. */
  size = 0;
  /** What had to be forgotten: slots, and contacts that found no room. */
  forgottenContacts = 0;
  #forgottenSources: HyperLogLog | null = null;
  #memory: CountMin | null = null;
  readonly #limits: SourceTableLimits;
  readonly #blocks: ContactBlocks;
  #mask = INITIAL_SLOTS - 1;
  #words: Uint32Array;
  #times: Float64Array;
  readonly #wide = new WideSources();
  /** By entry of the batch in hand: its slot, the hash of its contact, and where in the blocks and sketches it will be looked for. */
  #slotOfEntry = new Int32Array(0);
  #hashOfEntry = new Uint32Array(0);
  #placeOfEntry = new Int32Array(0);
  #sketchOfEntry = new Int32Array(0);
  /** A block that is being rebuilt in place. */
  readonly #scratch = new Uint32Array(CONTACT_WORDS << LARGEST_BLOCK);

  constructor(limits: SourceTableLimits) {
    this.#limits = limits;
    this.#blocks = new ContactBlocks(limits.contactBytes);
    const memory = new ArrayBuffer(INITIAL_SLOTS * SLOT_WORDS * 4);
    this.#words = new Uint32Array(memory);
    this.#times = new Float64Array(memory);
  }

  /** Distinct address × class that were forgotten (estimated). */
  get forgottenSources(): number {
    return this.#forgottenSources === null ? 0 : Math.round(this.#forgottenSources.estimate());
  }

  /** Slots in all, used or not: indices for the readers below run from 0 to this. */
  get capacity(): number {
    return this.#mask + 1;
  }

  /** Puts a batch of entries into the table. */
  apply(entries: EntryBatch): void {
    const { length } = entries;
    if (length === 0) return;
    this.#makeRoom(length);
    if (this.#slotOfEntry.length < entries.capacity) {
      this.#slotOfEntry = new Int32Array(entries.capacity);
      this.#hashOfEntry = new Uint32Array(entries.capacity);
      this.#placeOfEntry = new Int32Array(entries.capacity);
      this.#sketchOfEntry = new Int32Array(entries.capacity);
    }
    this.#touchSlots(entries);
    this.#findSlots(entries);
    this.#locateContacts(entries);
    this.#touchContacts(length);
    this.#count(entries);
    this.#mark(entries);
    this.#addContacts(entries);
  }

  /** The slot of an address in a class, or -1. `kind` is the class with ENTRY_FAMILY_6 where it applies. */
  find(word: number, kind: number): number {
    const words = this.#words;
    let slot = slotHash(word, kind) & this.#mask;
    for (;;) {
      const at = slot * SLOT_WORDS;
      const there = words[at + KIND]! & KEY_MASK;
      if (there === 0) return -1;
      if (there === kind && words[at]! === word) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** OUTCOME bits of a contact in a slot; -1 where the slot does not hold it. */
  outcomeOf(slot: number, target: number, contact: number): number {
    const words = this.#words;
    const at = slot * SLOT_WORDS;
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

  /** Whether a slot is in use. */
  isUsed(slot: number): boolean {
    return this.#words[slot * SLOT_WORDS + KIND] !== 0;
  }
  wordOf(slot: number): number {
    return this.#words[slot * SLOT_WORDS]!;
  }
  classOf(slot: number): number {
    return this.#words[slot * SLOT_WORDS + KIND]! & 0xff;
  }
  familyOf(slot: number): 4 | 6 {
    return (this.#words[slot * SLOT_WORDS + KIND]! & FLAG_FAMILY_6) === 0 ? 4 : 6;
  }
  isReturning(slot: number): boolean {
    return (this.#words[slot * SLOT_WORDS + KIND]! & FLAG_RETURNING) !== 0;
  }
  packetsOf(slot: number): number {
    return this.#words[slot * SLOT_WORDS + PACKETS]!;
  }
  firstSeenOf(slot: number): number {
    return this.#times[slot * SLOT_TIMES + FIRST_TIME]!;
  }
  lastSeenOf(slot: number): number {
    return this.#times[slot * SLOT_TIMES + LAST_TIME]!;
  }
  ttlMinOf(slot: number): number {
    return (this.#words[slot * SLOT_WORDS + KIND]! >>> 16) & 0xff;
  }
  ttlMaxOf(slot: number): number {
    return this.#words[slot * SLOT_WORDS + KIND]! >>> 24;
  }
  /** Packets that carry a mark (1 to MARK_ORDINARY); 65,535 means at least so many for the last three. */
  markOf(slot: number, mark: number): number {
    const at = slot * SLOT_WORDS;
    if (mark < MARK_UNICORNSCAN) return this.#words[at + MARKS + mark - 1]!;
    if (mark === MARK_UNICORNSCAN) return this.#words[at + UNICORNSCAN]! & 0xffff;
    return mark === MARK_HPING ? this.#words[at + HPING_ORDINARY]! & 0xffff : this.#words[at + HPING_ORDINARY]! >>> 16;
  }
  /** Contacts kept in the slot's sample, and the level of the sample: each stands for 2^level. */
  keptOf(slot: number): number {
    const at = slot * SLOT_WORDS;
    if (this.#words[at + BLOCK] === 0) return this.#words[at + INLINE_CONTACT] === 0 ? 0 : 1;
    return this.#words[at + COUNT]!;
  }
  levelOf(slot: number): number {
    const at = slot * SLOT_WORDS;
    return this.#words[at + BLOCK] === 0 ? 0 : levelOfShape(this.#words[at + SHAPE]!);
  }
  /** Distinct targets and ports of a slot that is beyond EXACT_CONTACTS, by sketches of its own; null where it has none. */
  wideCounts(slot: number): { targets: number; ports: number } | null {
    const wide = this.#wideOf(slot * SLOT_WORDS);
    return wide === 0 ? null : { targets: this.#wide.targetCount(wide), ports: this.#wide.portCount(wide) };
  }

  /**
   * Copies the slot's contacts whose hash passes `level` into the arrays, and returns how many.
   * The arrays must hold EXACT_CONTACTS.
   */
  readContacts(slot: number, level: number, target: Uint32Array, contact: Uint32Array): number {
    const at = slot * SLOT_WORDS;
    const words = this.#words;
    if (words[at + BLOCK] === 0) {
      if (words[at + INLINE_CONTACT] === 0 || !passes(contactHash(words[at + INLINE_TARGET]!, words[at + INLINE_CONTACT]! & CONTACT_KEY), level)) return 0;
      target[0] = words[at + INLINE_TARGET]!;
      contact[0] = words[at + INLINE_CONTACT]!;
      return 1;
    }
    const held = this.#blocks.segmentOf(words[at + BLOCK]!);
    const from = ContactBlocks.wordOf(words[at + BLOCK]!);
    const to = from + (CONTACT_WORDS << sizeOf(words[at + SHAPE]!));
    let count = 0;
    for (let c = from; c < to; c += CONTACT_WORDS) {
      if (held[c + 1] === 0) continue;
      if (level > 0 && !passes(contactHash(held[c]!, held[c + 1]! & CONTACT_KEY), level)) continue;
      target[count] = held[c]!;
      contact[count] = held[c + 1]!;
      count++;
    }
    return count;
  }

  /** Takes in another table, as if this one had seen its entries too. Exact while neither has forgotten anything. */
  merge(other: SourceTable): void {
    const target = new Uint32Array(EXACT_CONTACTS);
    const contact = new Uint32Array(EXACT_CONTACTS);
    for (let from = 0; from < other.capacity; from++) {
      if (!other.isUsed(from)) continue;
      this.#makeRoom(1);
      const slot = this.#findOrAdd(other.wordOf(from), other.#words[from * SLOT_WORDS + KIND]! & KEY_MASK);
      const count = other.readContacts(from, 0, target, contact);
      this.#mergeSlot(slot, other, from);
      this.#raiseLevel(slot, other.levelOf(from));
      for (let i = 0; i < count; i++) this.#addContact(slot * SLOT_WORDS, target[i]!, contact[i]!, contactHash(target[i]!, contact[i]! & CONTACT_KEY));
      const theirs = other.#wideOf(from * SLOT_WORDS);
      const ours = this.#wideOf(slot * SLOT_WORDS);
      if (theirs !== 0 && ours !== 0) this.#wide.merge(ours, other.#wide, theirs);
    }
    this.forgottenContacts += other.forgottenContacts;
    if (other.#forgottenSources === null || other.#memory === null) return;
    this.#startForgetting();
    this.#forgottenSources?.merge(other.#forgottenSources);
    this.#memory?.merge(other.#memory);
  }

  /** Reads the line of every slot that the entries will start looking at, so that the misses overlap. The sum keeps the reads alive. */
  #touchSlots(entries: EntryBatch): number {
    const { length, who, kind } = entries;
    const words = this.#words;
    const mask = this.#mask;
    const slotOf = this.#slotOfEntry;
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const slot = slotHash(who[i]!, kind[i]!) & mask;
      slotOf[i] = slot;
      sum ^= words[slot * SLOT_WORDS + KIND]!;
    }
    return sum;
  }

  #findSlots(entries: EntryBatch): void {
    const { length, who, kind } = entries;
    const slotOf = this.#slotOfEntry;
    const words = this.#words;
    const mask = this.#mask;
    for (let i = 0; i < length; i++) {
      const address = who[i]!;
      const key = kind[i]!;
      let slot = slotOf[i]!;
      for (;;) {
        const at = slot * SLOT_WORDS;
        const there = words[at + KIND]! & KEY_MASK;
        if (there === key && words[at] === address) break;
        if (there === 0) {
          this.#occupy(slot, address, key);
          break;
        }
        slot = (slot + 1) & mask;
      }
      slotOf[i] = slot;
    }
  }

  /** Works out where in the blocks and sketches the entries will look: apart from the reading, so that the reads come close together. */
  #locateContacts(entries: EntryBatch): void {
    const { length, target, contact } = entries;
    const words = this.#words;
    const slotOf = this.#slotOfEntry;
    const hashOf = this.#hashOfEntry;
    const placeOf = this.#placeOfEntry;
    const sketchOf = this.#sketchOfEntry;
    for (let i = 0; i < length; i++) {
      const at = slotOf[i]! * SLOT_WORDS;
      const hash = contactHash(target[i]!, contact[i]! & CONTACT_KEY);
      hashOf[i] = hash;
      const block = words[at + BLOCK]! | 0;
      const shape = words[at + SHAPE]! | 0;
      const isSampled = block !== 0 && passes(hash, levelOfShape(shape));
      placeOf[i] = isSampled ? ContactBlocks.placeOf(block) + startOf(sizeOf(shape), hash) * CONTACT_WORDS : 0;
      sketchOf[i] = block !== 0 && wideOfShape(shape) !== 0 ? WideSources.placeOf(wideOfShape(shape), target[i]!) : 0;
    }
  }

  /** Reads the line of every contact block and sketch that the entries will look into. */
  #touchContacts(length: number): number {
    const blocks = this.#blocks;
    const sketches = this.#wide.registers;
    const placeOf = this.#placeOfEntry;
    const sketchOf = this.#sketchOfEntry;
    let sum = 0;
    for (let i = 0; i < length; i++) sum ^= blocks.at(placeOf[i]!);
    for (let i = 0; i < length; i++) sum ^= sketches[sketchOf[i]!]!;
    return sum;
  }

  /** Packets, times and TTLs. */
  #count(entries: EntryBatch): void {
    const { length, packets, first, last, ttl } = entries;
    const slotOf = this.#slotOfEntry;
    const words = this.#words;
    const times = this.#times;
    for (let i = 0; i < length; i++) {
      const slot = slotOf[i]!;
      const at = slot * SLOT_WORDS;
      const timeAt = slot * SLOT_TIMES + FIRST_TIME;
      const before = words[at + PACKETS]! | 0;
      const from = first[i]!;
      const to = last[i]!;
      const held = times[timeAt]!;
      if (before === 0 && held === 0) {
        times[timeAt] = from;
        times[timeAt + 1] = to;
      } else {
        if (from < held) times[timeAt] = from;
        if (to > times[timeAt + 1]!) times[timeAt + 1] = to;
      }
      // Held at the most that 31 bits count.
      const sum = (before + packets[i]!) | 0;
      words[at + PACKETS] = sum < before ? 0x7fffffff : sum;
      const seen = ttl[i]!;
      if (seen === 0) continue;
      const kind = words[at + KIND]! | 0;
      const least = (kind >>> 16) & 0xff;
      if (seen > kind >>> 24) words[at + KIND] = (kind & 0x00ffffff) | (seen << 24) | (least === 0 ? seen << 16 : 0);
      else if (seen < least) words[at + KIND] = (kind & 0xff00ffff) | (seen << 16);
    }
  }

  #mark(entries: EntryBatch): void {
    const { length, mark, session, packets } = entries;
    const slotOf = this.#slotOfEntry;
    for (let i = 0; i < length; i++) {
      if (mark[i] !== 0) this.#addMark(slotOf[i]! * SLOT_WORDS, mark[i]!, packets[i]!);
      else if (session[i] !== 0) this.#compareSession(slotOf[i]! * SLOT_WORDS, session[i]!);
    }
  }

  /** The common cases of #addContact, in one loop: the same again, a contact that a sample leaves out, and room in the block. */
  #addContacts(entries: EntryBatch): void {
    const { length, target, contact } = entries;
    const slotOf = this.#slotOfEntry;
    const hashOf = this.#hashOfEntry;
    const words = this.#words;
    const blocks = this.#blocks;
    const wides = this.#wide;
    for (let i = 0; i < length; i++) {
      const at = slotOf[i]! * SLOT_WORDS;
      const hash = hashOf[i]!;
      const block = words[at + BLOCK]!;
      if (block === 0) {
        this.#addContact(at, target[i]!, contact[i]!, hash);
        continue;
      }
      const shape = words[at + SHAPE]! | 0;
      const wide = wideOfShape(shape);
      if (wide !== 0) wides.add(wide, target[i]!, contact[i]! & 0xffff);
      const level = levelOfShape(shape);
      if (level !== 0 && hash >>> (32 - level) !== 0) continue;
      this.#addToBlock(blocks.segmentOf(block), at, target[i]!, contact[i]!, hash);
    }
  }

  #addMark(at: number, mark: number, count: number): void {
    const words = this.#words;
    if (mark < MARK_UNICORNSCAN) {
      words[at + MARKS + mark - 1] = words[at + MARKS + mark - 1]! + count;
      return;
    }
    if (mark === MARK_UNICORNSCAN) {
      const held = words[at + UNICORNSCAN]!;
      words[at + UNICORNSCAN] = (held & 0xffff0000) | Math.min(0xffff, (held & 0xffff) + count);
      return;
    }
    const held = words[at + HPING_ORDINARY]!;
    if (mark === MARK_HPING) words[at + HPING_ORDINARY] = (held & 0xffff0000) | Math.min(0xffff, (held & 0xffff) + count);
    else words[at + HPING_ORDINARY] = (Math.min(0xffff, (held >>> 16) + count) << 16) | (held & 0xffff);
  }

  /** Unicornscan xors one secret into all its sequence numbers: the key that a packet implies is the same as that of the one before. */
  #compareSession(at: number, session: number): void {
    const held = this.#words[at + UNICORNSCAN]!;
    const matches = held & 0xffff;
    const same = held >>> 16 === session ? Math.min(0xffff, matches + 1) : matches;
    this.#words[at + UNICORNSCAN] = (session << 16) | same;
  }

  #addContact(at: number, target: number, contact: number, hash: number): void {
    const words = this.#words;
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
      if (!this.#openBlock(at)) {
        this.forgottenContacts++;
        return;
      }
    }
    const shape = words[at + SHAPE]!;
    const wide = wideOfShape(shape);
    if (wide !== 0) this.#wide.add(wide, target, contact & 0xffff);
    if (passes(hash, levelOfShape(shape))) this.#addToBlock(this.#blocks.segmentOf(words[at + BLOCK]!), at, target, contact, hash);
  }

  /** Adds a contact that passes the slot's level to its block, which lies in `held`. */
  #addToBlock(held: Uint32Array, at: number, target: number, contact: number, hash: number): void {
    const words = this.#words;
    const size = sizeOf(words[at + SHAPE]!);
    const found = findContact(held, ContactBlocks.wordOf(words[at + BLOCK]!), size, target, contact & CONTACT_KEY, hash);
    if (found < 0) {
      // A full list: after it has grown, or its sample was halved, look again.
      this.#enlarge(at);
      if (passes(hash, levelOfShape(words[at + SHAPE]!))) this.#addToBlock(this.#blocks.segmentOf(words[at + BLOCK]!), at, target, contact, hash);
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
    if (size > LARGEST_LIST && count > mostOf(size)) this.#enlarge(at);
  }

  /** Moves the inline contact into a block of its own. */
  #openBlock(at: number): boolean {
    const block = this.#blocks.allocate(SMALLEST_BLOCK);
    if (block === 0) return false;
    const words = this.#words;
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
  #enlarge(at: number): void {
    const words = this.#words;
    const shape = words[at + SHAPE]!;
    const size = sizeOf(shape);
    const isLarge = this.size > LARGE_TABLE || this.#blocks.isTight;
    const most = isLarge ? (LARGE_TABLE_BLOCKS[levelOfShape(shape)] ?? LARGEST_BLOCK) : LARGEST_BLOCK;
    if (size < most) {
      const block = this.#blocks.allocate(size + BLOCK_GROWTH);
      if (block !== 0) {
        this.#rebuild(at, block, size + BLOCK_GROWTH, levelOfShape(shape));
        return;
      }
    } else this.#becomeWide(at);
    this.#halveSample(at);
  }

  #halveSample(at: number): void {
    const words = this.#words;
    const shape = words[at + SHAPE]!;
    const size = sizeOf(shape);
    let level = levelOfShape(shape);
    do this.#rebuild(at, words[at + BLOCK]!, size, ++level);
    while (words[at + COUNT]! >= mostOf(size) && level < 31);
  }

  /** Puts the contacts that pass `level` into `block`, releasing the old block if it is another. */
  #rebuild(at: number, block: number, size: number, level: number): void {
    const words = this.#words;
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
    if (oldBlock !== block) this.#blocks.release(oldBlock, oldSize);
    words[at + BLOCK] = block;
    words[at + COUNT] = count;
    words[at + SHAPE] = (words[at + SHAPE]! & 0xffff0000) | (level << 8) | size;
  }

  /** Gives a slot sketches of its own, where there are any left. */
  #becomeWide(at: number): void {
    const words = this.#words;
    if (this.#wideOf(at) !== 0) return;
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

  /** Number of a slot's sketches, or 0. */
  #wideOf(at: number): number {
    return this.#words[at + BLOCK] === 0 ? 0 : wideOfShape(this.#words[at + SHAPE]!);
  }

  #findOrAdd(word: number, kind: number): number {
    const found = this.find(word, kind);
    if (found >= 0) return found;
    let slot = slotHash(word, kind) & this.#mask;
    while (this.#words[slot * SLOT_WORDS + KIND] !== 0) slot = (slot + 1) & this.#mask;
    this.#occupy(slot, word, kind);
    return slot;
  }

  #occupy(slot: number, word: number, kind: number): void {
    const at = slot * SLOT_WORDS;
    this.#words[at + ADDRESS] = word;
    this.#words[at + KIND] = kind;
    this.size++;
    const memory = this.#memory;
    if (memory === null) return;
    const usual = memory.noise;
    if (memory.estimate(slotHash(word, kind)) > usual + 4 * Math.sqrt(usual) + 2) this.#words[at + KIND] = kind | FLAG_RETURNING;
  }

  #mergeSlot(slot: number, other: SourceTable, from: number): void {
    const words = this.#words;
    const at = slot * SLOT_WORDS;
    const theirs = from * SLOT_WORDS;
    const fresh = words[at + PACKETS] === 0 && this.#times[slot * SLOT_TIMES + FIRST_TIME] === 0;
    const first = slot * SLOT_TIMES + FIRST_TIME;
    this.#times[first] = fresh ? other.firstSeenOf(from) : Math.min(this.#times[first]!, other.firstSeenOf(from));
    this.#times[first + 1] = fresh ? other.lastSeenOf(from) : Math.max(this.#times[first + 1]!, other.lastSeenOf(from));
    words[at + PACKETS] = Math.min(0x7fffffff, words[at + PACKETS]! + other.packetsOf(from));
    const mine = words[at + KIND]!;
    const kind = other.#words[theirs + KIND]!;
    const least = [(mine >>> 16) & 0xff, (kind >>> 16) & 0xff].filter((ttl) => ttl !== 0);
    const greatest = Math.max(mine >>> 24, kind >>> 24);
    words[at + KIND] = ((mine | kind) & 0xffff) | (greatest << 24) | ((least.length === 0 ? 0 : Math.min(...least)) << 16);
    for (let mark = 1; mark <= MARK_ORDINARY; mark++) this.#addMark(at, mark, other.markOf(from, mark));
    this.#words[at + UNICORNSCAN] = (this.#words[at + UNICORNSCAN]! & 0xffff) | (other.#words[theirs + UNICORNSCAN]! & 0xffff0000);
  }

  /** Thins a slot's sample to the level of the slot that is to be merged in. */
  #raiseLevel(slot: number, level: number): void {
    if (level === 0) return;
    const at = slot * SLOT_WORDS;
    const words = this.#words;
    if (words[at + BLOCK] === 0 && !this.#openBlock(at)) return;
    this.#becomeWide(at);
    if (levelOfShape(words[at + SHAPE]!) < level) this.#rebuild(at, words[at + BLOCK]!, sizeOf(words[at + SHAPE]!), level);
  }

  #makeRoom(more: number): void {
    while (this.size + more > this.capacity * MAX_LOAD) {
      if (this.capacity < this.#limits.slots) this.#grow();
      else this.#forget();
    }
  }

  #grow(): void {
    const old = this.#words;
    const memory = new ArrayBuffer(old.byteLength * 2);
    const words = new Uint32Array(memory);
    const mask = this.#mask * 2 + 1;
    for (let at = 0; at < old.length; at += SLOT_WORDS) {
      const kind = old[at + KIND]!;
      if (kind === 0) continue;
      let slot = slotHash(old[at]!, kind & KEY_MASK) & mask;
      while (words[slot * SLOT_WORDS + KIND] !== 0) slot = (slot + 1) & mask;
      const to = slot * SLOT_WORDS;
      for (let w = 0; w < SLOT_WORDS; w++) words[to + w] = old[at + w]!;
    }
    this.#words = words;
    this.#times = new Float64Array(memory);
    this.#mask = mask;
  }

  #startForgetting(): void {
    this.#forgottenSources ??= new HyperLogLog(FORGOTTEN_PRECISION);
    this.#memory ??= new CountMin(MEMORY_BITS);
  }

  /** Frees at least an eighth of the slots, the least contacted first and among them the three quarters that were idle longest. */
  #forget(): void {
    this.#startForgetting();
    const wanted = this.size - this.capacity / 8;
    for (let contacts = 1; this.size > wanted; contacts *= 2) {
      const cutoff = contacts > EXACT_CONTACTS ? Number.POSITIVE_INFINITY : this.#idleSince(contacts);
      const sparing = contacts <= EXACT_CONTACTS;
      for (let slot = 0; slot < this.capacity; slot++) {
        while (this.#isForgettable(slot, contacts, cutoff, sparing)) this.#remove(slot);
      }
    }
  }

  #isForgettable(slot: number, contacts: number, cutoff: number, sparing: boolean): boolean {
    if (!this.isUsed(slot) || this.levelOf(slot) > 0 || this.keptOf(slot) > contacts) return false;
    return this.lastSeenOf(slot) <= cutoff && !(sparing && this.isReturning(slot));
  }

  /** The time before which three quarters of the slots with at most `contacts` contacts were last seen, from a sample of slots. */
  #idleSince(contacts: number): number {
    const times: number[] = [];
    const step = Math.max(1, Math.floor(this.capacity / 8192));
    for (let slot = 0; slot < this.capacity; slot += step) {
      if (this.isUsed(slot) && this.keptOf(slot) <= contacts) times.push(this.lastSeenOf(slot));
    }
    times.sort((a, b) => a - b);
    return times[Math.floor(times.length * 0.75)] ?? Number.NEGATIVE_INFINITY;
  }

  /** Deletes a slot and closes the gap behind it (Knuth, TAOCP 3, 6.4, algorithm R). */
  #remove(slot: number): void {
    const words = this.#words;
    const at = slot * SLOT_WORDS;
    const kind = words[at + KIND]! & KEY_MASK;
    const hash = slotHash(words[at]!, kind);
    this.#forgottenSources?.add(mix32(hash));
    this.#memory?.add(hash, 1);
    if (words[at + BLOCK] !== 0) this.#blocks.release(words[at + BLOCK]!, sizeOf(words[at + SHAPE]!));
    this.size--;
    const mask = this.#mask;
    let gap = slot;
    let next = (slot + 1) & mask;
    for (;;) {
      const nextAt = next * SLOT_WORDS;
      const nextKind = words[nextAt + KIND]!;
      if (nextKind === 0) break;
      const home = slotHash(words[nextAt]!, nextKind & KEY_MASK) & mask;
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        words.copyWithin(gap * SLOT_WORDS, nextAt, nextAt + SLOT_WORDS);
        gap = next;
      }
      next = (next + 1) & mask;
    }
    words.fill(0, gap * SLOT_WORDS, (gap + 1) * SLOT_WORDS);
  }
}

function slotHash(word: number, kind: number): number {
  return mix32(word ^ Math.imul(kind, 0x9e3779b1));
}

/** The hash that places a contact in its block and decides which samples it is in: the same in every class and table. */
function contactHash(target: number, key: number): number {
  return mixPair(target, key);
}

/** Levels use the top bits of the hash, places in a block the bottom ones. */
function passes(hash: number, level: number): boolean {
  return level === 0 || hash >>> (32 - level) === 0;
}

/** Where in a block of a size the search for a hash starts: lists start at the beginning. */
function startOf(size: number, hash: number): number {
  return size <= LARGEST_LIST ? 0 : hash & ((1 << size) - 1);
}

/** Contacts that a block of a size holds before it must grow: lists all, hashed blocks three quarters, the largest EXACT_CONTACTS. */
function mostOf(size: number): number {
  if (size <= LARGEST_LIST) return 1 << size;
  return size === LARGEST_BLOCK ? EXACT_CONTACTS : (3 << size) >>> 2;
}

/** Word of the contact in a block, or of the empty place where it would go; -1 where the block is a list that is full of others. */
function findContact(segment: Uint32Array, base: number, size: number, target: number, key: number, hash: number): number {
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

function sizeOf(shape: number): number {
  return shape & 0xff;
}
function levelOfShape(shape: number): number {
  return (shape >>> 8) & 0xff;
}
function wideOfShape(shape: number): number {
  return shape >>> 16;
}
