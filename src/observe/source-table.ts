/**
 * The table of sources: one 64-octet slot (a cache line) an address × class, with its contact set beside. Entries come sorted by
 * part of the table, so that what they touch stays in the cache, and go in by passes over some hundred of them, so that the processor
 * overlaps the cache misses that are left (group prefetching: Chen, Ailamaki, Gibbons, Mowry 2004).
 *
 * When full, the least contacted and longest idle slots are forgotten and counted, and a count-min sketch remembers that they were
 * here: a source that keeps coming back is then held on to, so a flood of forged sources cannot flush out a slow scan.
 */
import { lineMemory } from "../sketch/cache-lines.ts";
import { CONTACT_ROOM, EXACT_CONTACTS } from "./contact-places.ts";
import { ContactSets } from "./contact-sets.ts";
import {
  ENTRY_FAMILY_6,
  ENTRY_KIND,
  ENTRY_WHO,
  ENTRY_WORDS,
  type EntryBlock,
  MARK_HPING,
  MARK_ORDINARY,
  MARK_UNICORNSCAN,
} from "./entry-block.ts";
import { PARTS, slotHash } from "./entry-sorter.ts";
import { ForgottenSources } from "./forgotten-sources.ts";
import { longestRun, seedByChance } from "./placing-seed.ts";
import { addMark, countEntries } from "./slot-counts.ts";
import {
  ADDRESS,
  FIRST_TIME,
  FLAG_RETURNING,
  headerMarksIn,
  HPING_ORDINARY,
  KEY_MASK,
  KIND,
  MARKS,
  PACKETS,
  SLOT_TIMES,
  SLOT_WORDS,
  UNICORNSCAN,
} from "./slot-layout.ts";

const INITIAL_SLOTS = 1 << 12;
/** Slots from which a table goes to its full size at once; below, it grows fourfold: moving slots costs more than the room. */
const LAST_STEP = 1 << 18;
/** Fill at which the table grows or, at its cap, forgets. */
const MAX_LOAD = 0.8;
/** Slots in use from which a table is large, and contact sets are kept small. */
const LARGE_TABLE = 1 << 16;
/** Entries that one pass takes: their slots fit the first-level cache. */
const GROUP = 128;
const HASH_BITS = 32;
/** Takes the sums of what is read ahead, so that the reads are not optimised away. */
const TOUCHED = new Uint32Array(1);
/** From slot to slot where tables are merged: odd, so that it comes by all of them, and about the golden section of 2^32. */
const MERGE_STEP = 0x9e3779b1 | 0;

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
  readonly #limits: SourceTableLimits;
  readonly #sets: ContactSets;
  #forgotten: ForgottenSources | null = null;
  #seed: number;
  /** An entry of the group in hand lies further from where it was looked for than chance has it. */
  #isCrowded = false;
  #mask = INITIAL_SLOTS - 1;
  /** Slots go by the upper bits of the hash, so that the table's parts are the sorter's, and growing keeps their order. */
  #shift = HASH_BITS - Math.log2(INITIAL_SLOTS);
  #words: Uint32Array;
  #times: Float64Array;
  /** By entry of the group in hand: its slot. */
  readonly #slotOfEntry = new Int32Array(GROUP);

  /** @param seed that of the sorters whose blocks it gets, as far as it is known yet. */
  constructor(limits: SourceTableLimits, seed: number) {
    this.#limits = limits;
    this.#seed = seed;
    this.#sets = new ContactSets(limits.contactBytes);
    this.#sets.capacity = INITIAL_SLOTS;
    const { words, times } = lineMemory(INITIAL_SLOTS * SLOT_WORDS * 4);
    this.#words = words;
    this.#times = times;
  }

  /** Sets the seed of a table that is empty yet. */
  placeBy(seed: number): void {
    if (this.size > 0) throw new RangeError("a table that holds sources has its seed");
    this.#seed = seed;
  }

  /** Distinct address × class that had to be forgotten (estimated). */
  get forgottenSources(): number {
    return this.#forgotten === null ? 0 : this.#forgotten.count;
  }

  /** Contacts that found no room. */
  get forgottenContacts(): number {
    return this.#sets.forgotten;
  }

  /** Slots in all, used or not: indices for the readers below run from 0 to this. */
  get capacity(): number {
    return this.#mask + 1;
  }

  /** Puts a block of entries, of one part of the table, into it. */
  apply(block: EntryBlock): void {
    const { length } = block;
    const before = this.size;
    for (let from = 0; from < length; from += GROUP) {
      const to = Math.min(length, from + GROUP);
      this.#makeRoom(to - from);
      // What is new in this part will be in the others: a part must not overflow into the next while they are empty.
      while (before + (this.size - before) * PARTS > this.capacity * MAX_LOAD && this.capacity < this.#limits.slots) this.#grow();
      this.#locateSlots(block, from, to);
      TOUCHED[0] = this.#touchSlots(to - from);
      this.#findSlots(block, from, to);
      this.#sets.isLarge = this.size > LARGE_TABLE;
      this.#sets.locate(block, from, to, this.#words, this.#slotOfEntry);
      TOUCHED[0] = this.#sets.touch(to - from);
      countEntries(block, from, to, this.#slotOfEntry, this.#words, this.#times);
      this.#sets.addAll(block, from, to, this.#words, this.#slotOfEntry);
      if (this.#isCrowded) this.#placeAnew();
    }
  }

  /** The slot of an address in a class, or -1. `kind` is the class with ENTRY_FAMILY_6 where it applies. */
  find(word: number, kind: number): number {
    const words = this.#words;
    let slot = slotHash(word, kind, this.#seed) >>> this.#shift;
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
    return this.#sets.outcomeOf(this.#words, slot * SLOT_WORDS, target, contact);
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
  /** The class, with ENTRY_FAMILY_6 where it applies. */
  kindOf(slot: number): number {
    return this.#words[slot * SLOT_WORDS + KIND]! & KEY_MASK;
  }
  familyOf(slot: number): 4 | 6 {
    return (this.#words[slot * SLOT_WORDS + KIND]! & ENTRY_FAMILY_6) === 0 ? 4 : 6;
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
    return this.#times[slot * SLOT_TIMES + FIRST_TIME + 1]!;
  }
  ttlMinOf(slot: number): number {
    return (this.#words[slot * SLOT_WORDS + KIND]! >>> 16) & 0xff;
  }
  ttlMaxOf(slot: number): number {
    return this.#words[slot * SLOT_WORDS + KIND]! >>> 24;
  }
  headerMarksOf(slot: number): number {
    return headerMarksIn(this.#words[slot * SLOT_WORDS + KIND]!);
  }
  /** Packets that carry a mark (1 to MARK_ORDINARY); 65,535 means at least so many for the last three. */
  markOf(slot: number, mark: number): number {
    const at = slot * SLOT_WORDS;
    if (mark < MARK_UNICORNSCAN) return this.#words[at + MARKS + mark - 1]!;
    if (mark === MARK_UNICORNSCAN) return this.#words[at + UNICORNSCAN]! & 0xffff;
    return mark === MARK_HPING ? this.#words[at + HPING_ORDINARY]! & 0xffff : this.#words[at + HPING_ORDINARY]! >>> 16;
  }
  /** Contacts kept in the slot's sample. */
  keptOf(slot: number): number {
    return this.#sets.kept(this.#words, slot * SLOT_WORDS);
  }
  /** The level of the slot's sample: each contact kept stands for 2^level. */
  levelOf(slot: number): number {
    return this.#sets.level(this.#words, slot * SLOT_WORDS);
  }
  /** Distinct contacts of a slot, those that its sample stands for. */
  contactCountOf(slot: number): number {
    return this.#sets.count(this.#words, slot * SLOT_WORDS);
  }
  /** Distinct targets of a slot beyond its exact contacts, by a sketch of its own; null where it has none. */
  wideTargets(slot: number): number | null {
    return this.#sets.wideTargets(this.#words, slot * SLOT_WORDS);
  }
  /** Registers of that sketch (a HyperLogLog of mix32 of targets), to be read only. */
  wideRegisters(slot: number): Uint8Array | null {
    return this.#sets.wideRegisters(this.#words, slot * SLOT_WORDS);
  }
  /** Distinct ports, likewise. */
  widePorts(slot: number): number | null {
    return this.#sets.widePorts(this.#words, slot * SLOT_WORDS);
  }

  /**
   * Copies the slot's contacts whose hash passes `level` into the arrays, and returns how many.
   * The arrays must hold CONTACT_ROOM.
   */
  readContacts(slot: number, level: number, target: Uint32Array, contact: Uint32Array): number {
    return this.#sets.read(this.#words, slot * SLOT_WORDS, level, target, contact);
  }

  /** Reads the first line of a slot's contacts, so that misses overlap where many are touched one after another. */
  touchContacts(slot: number): number {
    return this.#sets.touchBlock(this.#words, slot * SLOT_WORDS);
  }

  /** Copies the targets of the slot's contacts, as far as they are kept, into an array of CONTACT_ROOM, and returns how many. */
  readTargets(slot: number, target: Uint32Array): number {
    return this.#sets.readTargets(this.#words, slot * SLOT_WORDS, target);
  }

  /** Takes in another table, as if this one had seen its entries too. Exact while neither was large or has forgotten anything. */
  merge(other: SourceTable): void {
    const target = new Uint32Array(CONTACT_ROOM);
    const contact = new Uint32Array(CONTACT_ROOM);
    // In no order of hashes: in their order all would crowd at one end of a table that is yet small.
    for (let turn = 0, from = 0; turn < other.capacity; turn++, from = (from + MERGE_STEP) & other.#mask) {
      if (!other.isUsed(from)) continue;
      this.#makeRoom(1);
      const theirs = from * SLOT_WORDS;
      const slot = this.#findOrAdd(other.wordOf(from), other.#words[theirs + KIND]! & KEY_MASK);
      this.#mergeSlot(slot, other, from);
      this.#sets.merge(this.#words, slot * SLOT_WORDS, other.#sets, other.#words, theirs, target, contact);
    }
    this.#sets.forgotten += other.#sets.forgotten;
    if (other.#forgotten === null) return;
    this.#forgotten ??= new ForgottenSources();
    this.#forgotten.merge(other.#forgotten);
  }

  /** Works out where the entries will start looking: apart from the reading, so that the reads come close together. */
  #locateSlots({ words: rows }: EntryBlock, from: number, to: number): void {
    const shift = this.#shift;
    const seed = this.#seed;
    const slotOf = this.#slotOfEntry;
    for (let i = from; i < to; i++) {
      const row = i * ENTRY_WORDS;
      slotOf[i - from] = slotHash(rows[row + ENTRY_WHO]! | 0, rows[row + ENTRY_KIND]! & KEY_MASK, seed) >>> shift;
    }
  }

  /** Reads the line of every slot that the entries will start looking at, so that the misses overlap. */
  #touchSlots(length: number): number {
    const words = this.#words;
    const slotOf = this.#slotOfEntry;
    let sum = 0;
    for (let i = 0; i < length; i++) sum ^= words[slotOf[i]! * SLOT_WORDS]!;
    return sum;
  }

  #findSlots({ words: rows }: EntryBlock, from: number, to: number): void {
    const slotOf = this.#slotOfEntry;
    const words = this.#words;
    const mask = this.#mask;
    const longest = longestRun(this.capacity);
    for (let i = from; i < to; i++) {
      const row = i * ENTRY_WORDS;
      const address = rows[row + ENTRY_WHO]!;
      const key = rows[row + ENTRY_KIND]! & KEY_MASK;
      const home = slotOf[i - from]!;
      let slot = home;
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
      slotOf[i - from] = slot;
      if (((slot - home) & mask) > longest) this.#isCrowded = true;
    }
  }

  #findOrAdd(word: number, kind: number): number {
    const found = this.find(word, kind);
    if (found >= 0) return found;
    let slot = slotHash(word, kind, this.#seed) >>> this.#shift;
    while (this.#words[slot * SLOT_WORDS + KIND] !== 0) slot = (slot + 1) & this.#mask;
    this.#occupy(slot, word, kind);
    return slot;
  }

  #occupy(slot: number, word: number, kind: number): void {
    const at = slot * SLOT_WORDS;
    this.#words[at + ADDRESS] = word;
    this.#words[at + KIND] = kind;
    this.size++;
    if (this.#forgotten?.knows(word, kind) === true) this.#words[at + KIND] = kind | FLAG_RETURNING;
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
    for (let mark = 1; mark <= MARK_ORDINARY; mark++) addMark(words, at, mark, other.markOf(from, mark));
    this.#words[at + UNICORNSCAN] = (this.#words[at + UNICORNSCAN]! & 0xffff) | (other.#words[theirs + UNICORNSCAN]! & 0xffff0000);
  }

  #makeRoom(more: number): void {
    if (more > this.#limits.slots * MAX_LOAD)
      throw new RangeError(`a table of ${this.#limits.slots} slots cannot take ${more} entries at once`);
    while (this.size + more > this.capacity * MAX_LOAD) {
      if (this.capacity < this.#limits.slots) this.#grow();
      else this.#forget();
    }
  }

  /** Somebody knew the seed and chose his addresses by it: looking for them would take for ever. */
  #placeAnew(): void {
    this.#seed = seedByChance();
    this.#isCrowded = false;
    this.#moveTo(this.capacity);
  }

  #grow(): void {
    const slots = this.capacity >= LAST_STEP ? this.#limits.slots : Math.min(this.capacity * 4, this.#limits.slots);
    this.#moveTo(slots);
  }

  /** Moves the sources to a table of `slots`. */
  #moveTo(slots: number): void {
    const old = this.#words;
    const { words, times } = lineMemory(slots * SLOT_WORDS * 4);
    const mask = slots - 1;
    const shift = HASH_BITS - Math.log2(slots);
    for (let at = 0; at < old.length; at += SLOT_WORDS) {
      const kind = old[at + KIND]!;
      if (kind === 0) continue;
      let slot = slotHash(old[at]!, kind & KEY_MASK, this.#seed) >>> shift;
      while (words[slot * SLOT_WORDS + KIND] !== 0) slot = (slot + 1) & mask;
      const to = slot * SLOT_WORDS;
      for (let w = 0; w < SLOT_WORDS; w++) words[to + w] = old[at + w]!;
    }
    this.#words = words;
    this.#times = times;
    this.#mask = mask;
    this.#shift = shift;
    this.#sets.capacity = slots;
  }

  /** Frees at least an eighth of the slots, the least contacted first and among them the three quarters that were idle longest. */
  #forget(): void {
    this.#forgotten ??= new ForgottenSources();
    const wanted = this.size - this.capacity / 8;
    for (let contacts = 1; this.size > wanted; contacts *= 2) {
      // When sparing those who come back, or are active, frees too few, nobody is spared.
      const sparing = contacts <= EXACT_CONTACTS;
      const cutoff = sparing ? this.#idleSince(contacts) : Number.POSITIVE_INFINITY;
      for (let slot = 0; slot < this.capacity; slot++) {
        while (this.#isForgettable(slot, contacts, cutoff, sparing)) this.#remove(slot);
      }
    }
  }

  #isForgettable(slot: number, contacts: number, cutoff: number, sparing: boolean): boolean {
    if (!this.isUsed(slot) || this.keptOf(slot) * 2 ** this.levelOf(slot) > contacts) return false;
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
    this.#forgotten?.add(words[at]!, kind);
    this.#sets.release(words, at);
    this.size--;
    const mask = this.#mask;
    let gap = slot;
    let next = (slot + 1) & mask;
    for (;;) {
      const nextAt = next * SLOT_WORDS;
      const nextKind = words[nextAt + KIND]!;
      if (nextKind === 0) break;
      const home = slotHash(words[nextAt]!, nextKind & KEY_MASK, this.#seed) >>> this.#shift;
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        words.copyWithin(gap * SLOT_WORDS, nextAt, nextAt + SLOT_WORDS);
        gap = next;
      }
      next = (next + 1) & mask;
    }
    words.fill(0, gap * SLOT_WORDS, (gap + 1) * SLOT_WORDS);
  }
}
