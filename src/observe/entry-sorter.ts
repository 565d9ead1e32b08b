/**
 * Sorts entries by the part of the table that they go to, so that one part at a time is worked on and stays in the cache with its pages
 * (radix partitioning: Manegold, Boncz, Kersten 2002). Entries of one source keep their order.
 */
import { mix32 } from "../sketch/hash.ts";
import {
  BLOCK_OF_SOURCES,
  type BlockSink,
  ENTRY_CONTACT,
  ENTRY_KIND,
  ENTRY_MARK_SHIFT,
  ENTRY_PACKETS,
  ENTRY_SESSION,
  ENTRY_TARGET,
  ENTRY_TIME,
  ENTRY_TIMES,
  ENTRY_TTL_SHIFT,
  ENTRY_WHO,
  ENTRY_WORDS,
  type EntryBlock,
} from "./entry-block.ts";

/** log2 of the parts of a table: a part of the largest is 2 MiB, with as much of contacts. */
export const PART_BITS = 6;
export const PARTS = 1 << PART_BITS;

/** Places an address × class in a table, by its upper bits. `seed` is what an attacker who chooses his addresses does not know. */
export function slotHash(word: number, kind: number, seed: number): number {
  return mix32(word ^ seed ^ Math.imul(kind, 0x9e3779b1));
}

/** Fills blocks, one a part, and hands on those that are full. */
export class EntrySorter {
  readonly #sink: BlockSink;
  /** What entries are placed by: that of the table that they go to. Set before the first one. */
  seed: number;
  readonly #content: number;
  readonly #shift: number;
  readonly #blocks: EntryBlock[];
  /** By part: rows in its block, and how many it takes. */
  readonly #length: Int32Array;
  readonly #rows: number;
  /** Times of the entry in hand. */
  readonly #span = new Float64Array(2);

  /**
   * @param sink gets full blocks. @param blocks empty ones, all of one size, whose number is a power of two: the parts.
   * @param content BLOCK_OF_….
   */
  constructor(sink: BlockSink, blocks: EntryBlock[], seed: number, content: number = BLOCK_OF_SOURCES) {
    this.#sink = sink;
    this.seed = seed;
    this.#content = content;
    this.#blocks = blocks;
    this.#shift = 32 - Math.log2(blocks.length);
    this.#length = new Int32Array(blocks.length);
    this.#rows = blocks[0]!.words.length / ENTRY_WORDS;
  }

  /**
   * Puts in an entry. `kind` is its class, with ENTRY_FAMILY_6 where it applies; the others are those of a row (`entry-block.ts`). Its time
   * is `times[timeAt]`: calls that take floats, or words beyond 31 bits, allocate.
   */
  put(
    who: number,
    kind: number,
    target: number,
    contact: number,
    packets: number,
    times: Float64Array,
    timeAt: number,
    ttl: number,
    mark: number,
    session: number,
    header: number,
  ): void {
    const hash = slotHash(who, kind, this.seed);
    // A shift by 32 is one by 0.
    const part = this.#shift === 32 ? 0 : hash >>> this.#shift;
    const row = this.#length[part]!;
    const block = this.#blocks[part]!;
    const { words } = block;
    const at = row * ENTRY_WORDS;
    words[at + ENTRY_WHO] = who;
    words[at + ENTRY_KIND] = kind | header | (mark << ENTRY_MARK_SHIFT) | (ttl << ENTRY_TTL_SHIFT);
    words[at + ENTRY_TARGET] = target;
    words[at + ENTRY_CONTACT] = contact;
    words[at + ENTRY_PACKETS] = packets;
    words[at + ENTRY_SESSION] = session;
    block.times[row * ENTRY_TIMES + ENTRY_TIME] = times[timeAt]!;
    this.#length[part] = row + 1;
    if (row + 1 === this.#rows) this.#handOn(part);
  }

  /** The same of what went on from `first` to `last`. */
  putSpan(
    who: number,
    kind: number,
    target: number,
    contact: number,
    packets: number,
    first: number,
    last: number,
    ttl: number,
    mark: number,
  ): void {
    const span = this.#span;
    span[0] = first;
    span[1] = last;
    this.put(who | 0, kind, target | 0, contact | 0, packets | 0, span, 0, ttl, mark, 0, 0);
    if (last !== first) this.put(who | 0, kind, target | 0, contact | 0, 0, span, 1, 0, 0, 0, 0);
  }

  /** Hands on all that there is. */
  flush(): void {
    for (let part = 0; part < this.#blocks.length; part++) if (this.#length[part]! > 0) this.#handOn(part);
  }

  #handOn(part: number): void {
    const block = this.#blocks[part]!;
    block.length = this.#length[part]!;
    block.content = this.#content;
    block.seed = this.seed;
    this.#blocks[part] = this.#sink(block);
    this.#length[part] = 0;
  }
}
