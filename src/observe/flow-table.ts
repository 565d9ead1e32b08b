/**
 * Conversations: UDP exchanges and TCP segments past the first SYN, kept by address pair and ports without regard to direction, so that
 * who opened, who answered and who was never answered can be told at the end, in whatever order the packets came.
 */
import { lineMemory } from "../sketch/cache-lines.ts";
import { mix32, mixPair } from "../sketch/hash.ts";
import type { EntryBlock } from "./entry-block.ts";
import {
  FLOW_ROW_TIMES,
  FLOW_ROW_WORDS,
  ROW_DATA,
  ROW_DENIED,
  ROW_DESTINATION,
  ROW_FAMILY_6,
  ROW_FIRST,
  ROW_FLAGS,
  ROW_LAST,
  ROW_META,
  ROW_PACKETS,
  ROW_PORTS,
  ROW_SOURCE,
} from "./flow-rows.ts";
import { longestRun, seedByChance } from "./placing-seed.ts";

const SLOT_WORDS = 16;
const SLOT_TIMES = 8;
const INITIAL_SLOTS = 1 << 10;
const MAX_LOAD = 0.75;
/** Rows that one pass takes: their slots fit the first-level cache. */
const GROUP = 256;
/** Takes the sums of what is read ahead, so that the reads are not optimised away. */
const TOUCHED = new Uint32Array(1);

// Words of a slot. "Low" is the end with the smaller (address, port).
const LOW = 0;
const HIGH = 1;
const PORTS = 2;
const META = 3;
/** As 64-bit floats: when each end first sent, and when either sent last. */
const LOW_FIRST = 2;
const HIGH_FIRST = 3;
const LAST = 4;
const LOW_PACKETS = 10;
const HIGH_PACKETS = 11;
const LOW_FLAGS = 12;
const HIGH_FLAGS = 13;
const TTLS = 14;

const META_FAMILY_6 = ROW_FAMILY_6;
const META_KEY = META_FAMILY_6 | 0xffff;
/** The end sent application data, by end. */
const META_LOW_DATA = 0x20000;
const META_HIGH_DATA = 0x40000;
/** The device dropped packets of the end, by end. */
const META_LOW_DENIED = 0x80000;
const META_HIGH_DENIED = 0x100000;

/** One side of a conversation. */
export interface FlowEnd {
  address: number;
  port: number;
  /** Packets it sent; 0 where it was never heard. */
  packets: number;
  /** When it first sent; meaningless without packets. */
  first: number;
  /** TCP flags of all its packets together, and of all of them in common (high 16 bits). */
  flags: number;
  data: boolean;
  /** The device dropped packets that it sent. */
  denied: boolean;
  ttl: number;
}

/** A conversation as it is handed on when it ends. The object is reused. */
export interface Flow {
  readonly protocol: number;
  readonly family6: boolean;
  readonly low: FlowEnd;
  readonly high: FlowEnd;
  readonly last: number;
}

/** A bounded table of conversations. When full, those that are one-sided and idle are ended early, then all. */
export class FlowTable {
  size = 0;
  /** Conversations that were ended because the table was full. */
  endedEarly = 0;
  readonly #maxSlots: number;
  #seed = 0;
  #longestRun = longestRun(INITIAL_SLOTS);
  /** A conversation of the group in hand lies further from where it was looked for than chance has it. */
  #isCrowded = false;
  #mask = INITIAL_SLOTS - 1;
  #words: Uint32Array;
  #times: Float64Array;
  readonly #onEnd: (flow: Flow) => void;
  /** By row of the group in hand: where its slot is looked for first. */
  readonly #homeOfRow = new Int32Array(GROUP);

  /** @param maxSlots a power of two; 64 octets each. @param onEnd gets each conversation once, when it ends. */
  constructor(maxSlots: number, onEnd: (flow: Flow) => void) {
    this.#maxSlots = maxSlots;
    this.#onEnd = onEnd;
    const { words, times } = lineMemory(INITIAL_SLOTS * SLOT_WORDS * 4);
    this.#words = words;
    this.#times = times;
  }

  /** Sets the seed of a table that is empty yet. */
  placeBy(seed: number): void {
    if (this.size > 0) throw new RangeError("a table that holds conversations has its seed");
    this.#seed = seed;
  }

  /** Adds the rows of a block of them. */
  add(block: EntryBlock): void {
    for (let from = 0; from < block.length; from += GROUP) {
      const to = Math.min(block.length, from + GROUP);
      this.#makeRoom(to - from);
      this.#touch(block, from, to);
      this.#addRows(block, from, to);
      if (this.#isCrowded) this.#placeAnew();
    }
  }

  /** Ends every conversation, and gives the table's memory back. */
  end(): void {
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (this.#words[slot * SLOT_WORDS + META] !== 0) this.#onEnd(this.#read(slot));
    }
    const { words, times } = lineMemory(INITIAL_SLOTS * SLOT_WORDS * 4);
    this.#words = words;
    this.#times = times;
    this.#mask = INITIAL_SLOTS - 1;
    this.size = 0;
  }

  /** Takes in the conversations of another table. */
  merge(other: FlowTable): void {
    for (let from = 0; from <= other.#mask; from++) {
      const theirs = from * SLOT_WORDS;
      const meta = other.#words[theirs + META]!;
      if (meta === 0) continue;
      this.#makeRoom(1);
      const w = other.#words;
      const home = this.#homeOf(w, theirs) & this.#mask;
      const slot = this.#findOrAdd(w[theirs]!, w[theirs + HIGH]!, w[theirs + PORTS]!, meta & META_KEY, home);
      const at = slot * SLOT_WORDS;
      const mine = this.#words;
      const fresh = mine[at + LOW_PACKETS] === 0 && mine[at + HIGH_PACKETS] === 0;
      const t = other.#times;
      const ot = from * SLOT_TIMES;
      const mt = slot * SLOT_TIMES;
      this.#mergeEnd(at, mt, LOW_PACKETS, LOW_FIRST, LOW_FLAGS, w[theirs + LOW_PACKETS]!, t[ot + LOW_FIRST]!, w[theirs + LOW_FLAGS]!);
      this.#mergeEnd(at, mt, HIGH_PACKETS, HIGH_FIRST, HIGH_FLAGS, w[theirs + HIGH_PACKETS]!, t[ot + HIGH_FIRST]!, w[theirs + HIGH_FLAGS]!);
      this.#times[mt + LAST] = fresh ? t[ot + LAST]! : Math.max(this.#times[mt + LAST]!, t[ot + LAST]!);
      mine[at + META] = mine[at + META]! | meta;
      mine[at + TTLS] = mergeTtls(mine[at + TTLS]!, w[theirs + TTLS]!);
    }
    this.endedEarly += other.endedEarly;
  }

  #mergeEnd(
    at: number,
    timeAt: number,
    packets: number,
    first: number,
    flags: number,
    morePackets: number,
    moreFirst: number,
    moreFlags: number,
  ): void {
    if (morePackets === 0) return;
    const words = this.#words;
    const none = words[at + packets] === 0;
    this.#times[timeAt + first] = none ? moreFirst : Math.min(this.#times[timeAt + first]!, moreFirst);
    words[at + flags] = none ? moreFlags : ((words[at + flags]! | moreFlags) & 0xffff) | (words[at + flags]! & moreFlags & 0xffff0000);
    words[at + packets] = words[at + packets]! + morePackets;
  }

  /** Works out where the rows will start looking, then reads those lines close together, so that the misses overlap. */
  #touch({ words: rows }: EntryBlock, from: number, to: number): void {
    const words = this.#words;
    const mask = this.#mask;
    const seed = this.#seed;
    const homeOf = this.#homeOfRow;
    for (let row = from; row < to; row++) {
      const at = row * FLOW_ROW_WORDS;
      const ports = rows[at + ROW_PORTS]! | 0;
      homeOf[row - from] = flowHash(seed, rows[at + ROW_SOURCE]! | 0, ports >>> 16, rows[at + ROW_DESTINATION]! | 0, ports & 0xffff) & mask;
    }
    let sum = 0;
    for (let i = 0; i < to - from; i++) sum ^= words[homeOf[i]! * SLOT_WORDS]!;
    TOUCHED[0] = sum;
  }

  #addRows(block: EntryBlock, from: number, to: number): void {
    const homeOf = this.#homeOfRow;
    for (let row = from; row < to; row++) this.#addRow(block, row, homeOf[row - from]!);
  }

  /** @param home where its slot is looked for first. */
  #addRow({ words: rows, times: rowTimes }: EntryBlock, row: number, home: number): void {
    const from = row * FLOW_ROW_WORDS;
    const source = rows[from + ROW_SOURCE]!;
    const destination = rows[from + ROW_DESTINATION]!;
    const ports = rows[from + ROW_PORTS]!;
    const meta = rows[from + ROW_META]!;
    const fromLow = source < destination || (source === destination && ports >>> 16 <= (ports & 0xffff));
    const slot = fromLow
      ? this.#findOrAdd(source, destination, ports, meta & META_KEY, home)
      : this.#findOrAdd(destination, source, ((ports << 16) | (ports >>> 16)) >>> 0, meta & META_KEY, home);
    if (((slot - home) & this.#mask) > this.#longestRun) this.#isCrowded = true;
    const at = slot * SLOT_WORDS;
    const timeAt = slot * SLOT_TIMES;
    const words = this.#words;
    const times = this.#times;
    const first = rowTimes[row * FLOW_ROW_TIMES + ROW_FIRST]!;
    const last = rowTimes[row * FLOW_ROW_TIMES + ROW_LAST]!;
    const packetsAt = at + (fromLow ? LOW_PACKETS : HIGH_PACKETS);
    const flagsAt = at + (fromLow ? LOW_FLAGS : HIGH_FLAGS);
    const firstAt = timeAt + (fromLow ? LOW_FIRST : HIGH_FIRST);
    const flags = rows[from + ROW_FLAGS]! & 0xffff;
    const ttl = rows[from + ROW_FLAGS]! >>> 16;
    const before = words[packetsAt]!;
    if (before === 0) {
      times[firstAt] = first;
      words[flagsAt] = (flags << 16) | flags;
    } else {
      if (first < times[firstAt]!) times[firstAt] = first;
      const held = words[flagsAt]!;
      words[flagsAt] = ((held | flags) & 0xffff) | (held & (flags << 16));
    }
    if (last > times[timeAt + LAST]! || (before === 0 && words[at + LOW_PACKETS]! + words[at + HIGH_PACKETS]! === 0))
      times[timeAt + LAST] = last;
    words[packetsAt] = before + rows[from + ROW_PACKETS]!;
    if ((meta & ROW_DATA) !== 0) words[at + META] = words[at + META]! | (fromLow ? META_LOW_DATA : META_HIGH_DATA);
    if ((meta & ROW_DENIED) !== 0) words[at + META] = words[at + META]! | (fromLow ? META_LOW_DENIED : META_HIGH_DENIED);
    words[at + TTLS] = mergeTtls(words[at + TTLS]!, fromLow ? ttl : ttl << 8);
  }

  /** @param slot where to look first. */
  #findOrAdd(low: number, high: number, ports: number, key: number, slot: number): number {
    const words = this.#words;
    for (;;) {
      const at = slot * SLOT_WORDS;
      const meta = words[at + META]!;
      if (meta === 0) {
        words[at + LOW] = low;
        words[at + HIGH] = high;
        words[at + PORTS] = ports;
        words[at + META] = key;
        this.size++;
        return slot;
      }
      if (words[at + LOW] === low && words[at + HIGH] === high && words[at + PORTS] === ports && (meta & META_KEY) === key) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  #makeRoom(more: number): void {
    if (more > this.#maxSlots * MAX_LOAD) throw new RangeError(`a table of ${this.#maxSlots} slots cannot take ${more} rows at once`);
    while (this.size + more > (this.#mask + 1) * MAX_LOAD) {
      if (this.#mask + 1 < this.#maxSlots) this.#grow(Math.min((this.#mask + 1) * 4, this.#maxSlots));
      else this.#endIdle();
    }
  }

  /** Ends the half that was idle longest; where clocks make that too few, all. */
  #endIdle(): void {
    const times: number[] = [];
    const step = Math.max(1, Math.floor((this.#mask + 1) / 8192));
    for (let slot = 0; slot <= this.#mask; slot += step) {
      if (this.#words[slot * SLOT_WORDS + META] !== 0) times.push(this.#times[slot * SLOT_TIMES + LAST]!);
    }
    times.sort((a, b) => a - b);
    const before = this.size;
    this.#endUntil(times[times.length >>> 1] ?? Number.POSITIVE_INFINITY);
    if (this.size > before * 0.9) this.#endUntil(Number.POSITIVE_INFINITY);
    this.endedEarly += before - this.size;
  }

  /** Ends the conversations that were not active after `idleSince`, and closes the gaps: each that is left moves to the first free slot. */
  #endUntil(idleSince: number): void {
    const words = this.#words;
    const times = this.#times;
    const mask = this.#mask;
    // Behind a free slot no conversation has been pushed on from before it.
    let start = 0;
    while (words[start * SLOT_WORDS + META] !== 0) start++;
    for (let turn = 1; turn <= mask; turn++) {
      const slot = (start + turn) & mask;
      const at = slot * SLOT_WORDS;
      const meta = words[at + META]!;
      if (meta === 0) continue;
      if (times[slot * SLOT_TIMES + LAST]! <= idleSince) {
        this.#onEnd(this.#read(slot));
        words[at + META] = 0;
        words[at + LOW_PACKETS] = 0;
        words[at + HIGH_PACKETS] = 0;
        words[at + TTLS] = 0;
        this.size--;
        continue;
      }
      let free = this.#homeOf(words, at) & mask;
      while (free !== slot && words[free * SLOT_WORDS + META] !== 0) free = (free + 1) & mask;
      if (free === slot) continue;
      const to = free * SLOT_WORDS;
      for (let w = 0; w < SLOT_WORDS; w++) {
        words[to + w] = words[at + w]!;
        words[at + w] = 0;
      }
    }
  }

  /** Somebody knew the seed and chose addresses and ports by it: looking for them would take for ever. */
  #placeAnew(): void {
    this.#seed = seedByChance();
    this.#isCrowded = false;
    this.#grow(this.#mask + 1);
  }

  /** Moves the conversations to a table of `slots`. */
  #grow(slots: number): void {
    const old = this.#words;
    const { words, times } = lineMemory(slots * SLOT_WORDS * 4);
    const mask = slots - 1;
    for (let at = 0; at < old.length; at += SLOT_WORDS) {
      if (old[at + META] === 0) continue;
      let slot = this.#homeOf(old, at) & mask;
      while (words[slot * SLOT_WORDS + META] !== 0) slot = (slot + 1) & mask;
      const to = slot * SLOT_WORDS;
      for (let w = 0; w < SLOT_WORDS; w++) words[to + w] = old[at + w]!;
    }
    this.#words = words;
    this.#times = times;
    this.#mask = mask;
    this.#longestRun = longestRun(slots);
  }

  /** The hash of the conversation in a slot. */
  #homeOf(words: Uint32Array, at: number): number {
    const ports = words[at + PORTS]!;
    return flowHash(this.#seed, words[at + LOW]!, ports >>> 16, words[at + HIGH]!, ports & 0xffff);
  }

  readonly #low: FlowEnd = { address: 0, port: 0, packets: 0, first: 0, flags: 0, data: false, denied: false, ttl: 0 };
  readonly #high: FlowEnd = { address: 0, port: 0, packets: 0, first: 0, flags: 0, data: false, denied: false, ttl: 0 };
  readonly #flow = { protocol: 0, family6: false, low: this.#low, high: this.#high, last: 0 };

  /** The conversation in a slot: an object that is reused. */
  #read(slot: number): Flow {
    const words = this.#words;
    const times = this.#times;
    const at = slot * SLOT_WORDS;
    const timeAt = slot * SLOT_TIMES;
    const meta = words[at + META]!;
    const low = this.#low;
    const high = this.#high;
    low.address = words[at + LOW]!;
    low.port = words[at + PORTS]! >>> 16;
    low.packets = words[at + LOW_PACKETS]!;
    low.first = times[timeAt + LOW_FIRST]!;
    low.flags = words[at + LOW_FLAGS]!;
    low.data = (meta & META_LOW_DATA) !== 0;
    low.denied = (meta & META_LOW_DENIED) !== 0;
    low.ttl = words[at + TTLS]! & 0xff;
    high.address = words[at + HIGH]!;
    high.port = words[at + PORTS]! & 0xffff;
    high.packets = words[at + HIGH_PACKETS]!;
    high.first = times[timeAt + HIGH_FIRST]!;
    high.flags = words[at + HIGH_FLAGS]!;
    high.data = (meta & META_HIGH_DATA) !== 0;
    high.denied = (meta & META_HIGH_DENIED) !== 0;
    high.ttl = words[at + TTLS]! >>> 8;
    this.#flow.protocol = meta & 0xffff;
    this.#flow.family6 = (meta & META_FAMILY_6) !== 0;
    this.#flow.last = times[timeAt + LAST]!;
    return this.#flow;
  }
}

/** The same from either end. `seed` is what an attacker who chooses addresses and ports does not know. */
export function flowHash(seed: number, a: number, aPort: number, b: number, bPort: number): number {
  return mix32((mixPair(a ^ seed, aPort) + mixPair(b ^ seed, bPort)) | 0);
}

/** The greatest TTL of each end: low in bits 0–7, high in bits 8–15. */
function mergeTtls(a: number, b: number): number {
  return Math.max(a & 0xff, b & 0xff) | (Math.max(a >>> 8, b >>> 8) << 8);
}
