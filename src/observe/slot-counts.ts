/** What entries add to the slots of their sources: packets, first and last time, TTLs, header marks and the marks of tools. */
import {
  ENTRY_KIND,
  ENTRY_MARK_SHIFT,
  ENTRY_PACKETS,
  ENTRY_SESSION,
  ENTRY_TIME,
  ENTRY_TIMES,
  ENTRY_TTL_SHIFT,
  ENTRY_WORDS,
  type EntryBlock,
  MARK_HPING,
  MARK_UNICORNSCAN,
} from "./entry-block.ts";
import { HEADER_BITS } from "./header-mark.ts";
import { FIRST_TIME, HEADER_SHIFT, HPING_ORDINARY, KIND, MARKS, PACKETS, SLOT_TIMES, SLOT_WORDS, UNICORNSCAN } from "./slot-layout.ts";

/** In an entry's kind: header marks, where they stand in a slot too. */
const HEADER_MASK = HEADER_BITS << HEADER_SHIFT;

/** Counts entries `from` up to but without `to` of a block in their slots: `slotOf` has those, the first at 0. */
export function countEntries(
  { words: rows, times: rowTimes }: EntryBlock,
  from: number,
  to: number,
  slotOf: Int32Array,
  words: Uint32Array,
  times: Float64Array,
): void {
  for (let i = from; i < to; i++) {
    const row = i * ENTRY_WORDS;
    const slot = slotOf[i - from]!;
    const at = slot * SLOT_WORDS;
    const timeAt = slot * SLOT_TIMES + FIRST_TIME;
    const before = words[at + PACKETS]! | 0;
    const time = rowTimes[i * ENTRY_TIMES + ENTRY_TIME]!;
    const held = times[timeAt]!;
    if (before === 0 && held === 0) {
      times[timeAt] = time;
      times[timeAt + 1] = time;
    } else {
      if (time < held) times[timeAt] = time;
      if (time > times[timeAt + 1]!) times[timeAt + 1] = time;
    }
    // Held at the most that 31 bits count.
    const packets = rows[row + ENTRY_PACKETS]!;
    const sum = (before + packets) | 0;
    words[at + PACKETS] = sum < before ? 0x7fffffff : sum;
    const told = rows[row + ENTRY_KIND]!;
    const mark = (told >>> ENTRY_MARK_SHIFT) & 0xff;
    if (mark !== 0) addMark(words, at, mark, packets);
    else if (rows[row + ENTRY_SESSION] !== 0) compareSession(words, at, rows[row + ENTRY_SESSION]!);
    const seen = told >>> ENTRY_TTL_SHIFT;
    const kind = words[at + KIND]! | (told & HEADER_MASK);
    if ((told & HEADER_MASK) !== 0) words[at + KIND] = kind;
    if (seen === 0) continue;
    const least = (kind >>> 16) & 0xff;
    if (seen > kind >>> 24) words[at + KIND] = (kind & 0x00ffffff) | (seen << 24) | (least === 0 ? seen << 16 : 0);
    else if (seen < least) words[at + KIND] = (kind & 0xff00ffff) | (seen << 16);
  }
}

/** Adds to the count of a mark in the slot whose words begin at `at`; full counters stay full. */
export function addMark(words: Uint32Array, at: number, mark: number, count: number): void {
  if (mark < MARK_UNICORNSCAN) {
    words[at + MARKS + mark - 1] = Math.min(0xffffffff, words[at + MARKS + mark - 1]! + count);
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
function compareSession(words: Uint32Array, at: number, session: number): void {
  const held = words[at + UNICORNSCAN]!;
  const matches = held & 0xffff;
  const same = held >>> 16 === session ? Math.min(0xffff, matches + 1) : matches;
  words[at + UNICORNSCAN] = (session << 16) | same;
}
