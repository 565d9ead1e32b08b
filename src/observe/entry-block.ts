/**
 * Entries on their way into the table of sources: what classifying an observation, or ending a conversation, comes down to. They travel as
 * rows in blocks, each of which goes to one part of the table.
 */

/** An entry's `who` is an IPv6 hash: bit 8 of its kind, above the traffic class. */
export const ENTRY_FAMILY_6 = 0x100;

/** `mark` values: 0 none, or 1 + index in TOOLS. */
export const MARK_MIRAI = 1;
export const MARK_MASSCAN = 2;
export const MARK_ZMAP = 3;
export const MARK_NMAP = 4;
export const MARK_UNICORNSCAN = 5;
export const MARK_HPING = 6;
/** What tools do not send: a SYN with the options of an operating system's stack, or, in the other classes, a packet from a service's port. */
export const MARK_ORDINARY = 7;

/** In a contact word, above the OUTCOME bits: the contact is known by a record that does not tell TCP flags. */
export const CONTACT_FLAGS_UNTOLD = 0x20000000;

/** In class UDP, where the first two counters have no tool to count: a packet from a port that amplifiers answer from, to a client's port, and to a service's. */
export const MARK_AMPLIFIED = 1;
export const MARK_AMPLIFIED_AT_SERVICE = 2;

/** Words of a row: 32 octets, two rows a cache line. */
export const ENTRY_WORDS = 8;
/** The same in 64-bit floats. */
export const ENTRY_TIMES = 4;

// Words of a row. Each says: this address, in this class, touched this contact, with so many packets, at this time. What went on for a
// time is two rows, the second without packets.
/** IPv4 address or IPv6 hash of the address that the entry is kept under. */
export const ENTRY_WHO = 0;
/** Traffic class with ENTRY_FAMILY_6, and header marks where they stand in a slot (`slot-layout.ts`); mark; TTL. */
export const ENTRY_KIND = 1;
export const ENTRY_TARGET = 2;
/** Contact word: port | transport + 1 << 16 | OUTCOME bits << 24, and CONTACT_FLAGS_UNTOLD. */
export const ENTRY_CONTACT = 3;
export const ENTRY_PACKETS = 4;
/** Unicornscan's session key as this packet would imply it (16 bits), 0 where it does not apply. */
export const ENTRY_SESSION = 5;
/** As a 64-bit float, index within a row's ENTRY_TIMES. */
export const ENTRY_TIME = 3;

/** Where in ENTRY_KIND mark and TTL stand. */
export const ENTRY_MARK_SHIFT = 16;
export const ENTRY_TTL_SHIFT = 24;

/** Rows in a block: so many of one part of the table that its lines are used more than once while they are in the cache. */
export const BLOCK_ROWS = 8192;

/** What the rows of a block are. */
export const BLOCK_OF_SOURCES = 0;
export const BLOCK_OF_PORT_ZERO = 1;
/** Rows of conversations (`flow-rows.ts`). */
export const BLOCK_OF_CONVERSATIONS = 2;

/** Rows, of which the first `length` are valid. */
export class EntryBlock {
  length = 0;
  /** BLOCK_OF_… */
  content = BLOCK_OF_SOURCES;
  /** What the rows were sorted by, and tables are to place by. */
  seed = 0;
  /** Its number among the blocks that share a piece of memory. */
  readonly number: number;
  readonly words: Uint32Array;
  readonly times: Float64Array;

  /** @param memory with room for block `number` of {@link EntryBlock.byteLength} octets each. */
  constructor(rows: number = BLOCK_ROWS, memory?: ArrayBufferLike, number: number = 0) {
    const bytes = EntryBlock.byteLength(rows);
    const buffer = memory ?? new ArrayBuffer(bytes);
    this.number = number;
    this.words = new Uint32Array(buffer, number * bytes, bytes / 4);
    this.times = new Float64Array(buffer, number * bytes, bytes / 8);
  }

  static byteLength(rows: number = BLOCK_ROWS): number {
    return rows * ENTRY_WORDS * 4;
  }
}

/** Blocks in one piece of memory, a new one where none is given: what is never filled takes none. */
export function makeBlocks(
  count: number,
  rows: number,
  memory: ArrayBufferLike = new ArrayBuffer(count * EntryBlock.byteLength(rows)),
): EntryBlock[] {
  return Array.from({ length: count }, (_, number) => new EntryBlock(rows, memory, number));
}

/** Takes a block with rows in it and returns the one to fill next: the same one where the rows were used at once. */
export type BlockSink = (block: EntryBlock) => EntryBlock;
