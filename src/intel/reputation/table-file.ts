/**
 * The file of a compiled table: a head of 64 octets, columns of 32-bit words in the machine's order, lengths of IPv6 networks, and JSON of the
 * feeds. It is read at once and used where it lies. It is damaged where its checksum (CRC-32) differs or any number in it leads outside.
 */
import { crc32 } from "node:zlib";
import { IntelError } from "../../model/errors.ts";
import type { FeedOverlap } from "./agreement.ts";
import type { Networks6, Stretches4 } from "./compile.ts";
import { LENGTH_BITS, type SetInterner } from "./set-interner.ts";
import { areGroupsOf, GROUP_WORDS, groupsIn, groupsOf, type SortedGroups } from "./sorted-groups.ts";
import type { TableFeed } from "./table-feed.ts";

/** "PCRT" as a word: octets in another order say that the file is from a machine of the other kind. */
const MAGIC = 0x54524350;
const VERSION = 3;
const HEAD_WORDS = 16;
/** Places in a block of IPv4 have 16 bits; an index of a million words is 4 MB and most of the last search step. */
export const MIN_INDEX_BITS_4 = 16;
export const MAX_INDEX_BITS_4 = 20;
/** Global unicast, 2000::/3, where all IPv6 entries of feeds are (RFC 4291 §2.4): its blocks are of 16 bits. */
const FIRST_6 = 0x20000000;
const BLOCKS_6 = 0x2000;

export interface TableMeta {
  readonly feeds: readonly TableFeed[];
  readonly overlaps: readonly FeedOverlap[];
  readonly copies: readonly (readonly [number, number])[];
}

/** A table's columns where they lie in the file. */
export interface TableColumns {
  readonly indexBits4: number;
  readonly index4: Uint32Array;
  readonly pairs4: Uint32Array;
  readonly sets4: Uint32Array;
  /** The different first words of IPv6 networks, by {@link blockOf6}. */
  readonly blocks6: SortedGroups;
  readonly firsts6: Uint32Array;
  /** The second word of each IPv6 network, by first word. */
  readonly groups6: SortedGroups;
  readonly seconds6: Uint32Array;
  /** Its third and fourth word, its set, and the number of the network around it plus one or 0: an answer needs them all, on one cache line. */
  readonly rest6: Uint32Array;
  /** Its length, and in the upper octet that of the widest network around it: addresses that are not in that are in none. */
  readonly lengths6: Uint16Array;
  readonly offsets: Uint32Array;
  readonly members: Uint32Array;
  readonly meta: TableMeta;
}

/** The block of an IPv6 address, by its first word: ascending with it. */
export function blockOf6(first: number): number {
  if (first < FIRST_6) return 0;
  return first >= 2 * FIRST_6 ? BLOCKS_6 - 1 : (first - FIRST_6) >>> 16;
}

/** Only sets that something is in are written, numbered as they come. */
export function encodeTable(four: Stretches4, six: Networks6, sets: SetInterner, meta: TableMeta): Uint8Array {
  const renumbered = new Uint32Array(sets.count);
  const used: number[] = [0];
  let memberCount = 0;
  for (const column of [four.sets, six.sets]) {
    for (let i = 0; i < column.length; i++) {
      const set = column[i]!;
      if (renumbered[set] === 0 && set !== 0) {
        renumbered[set] = used.length;
        used.push(set);
        memberCount += sets.offsets[set + 1]! - sets.offsets[set]!;
      }
    }
  }
  const json = new TextEncoder().encode(JSON.stringify(meta));
  const count4 = four.pairs.length;
  const count6 = six.bits.length;
  const { blocks, firsts, groups, seconds } = columnsOf6(six.words);
  const head = [MAGIC, VERSION, 0, 0, four.indexBits, count4, firsts.length, count6, used.length, memberCount, json.length];
  const sizes = sizesOf(head);
  const octets = new Uint8Array(sizes.total);
  head[3] = sizes.total;
  const all = new Uint32Array(octets.buffer, 0, sizes.words);
  all.set(head);
  let at = HEAD_WORDS;
  const write = (column: ArrayLike<number>): void => {
    all.set(column, at);
    at += column.length;
  };
  write(four.index);
  write(four.pairs);
  for (let i = 0; i < count4; i++) all[at + i] = renumbered[four.sets[i]!]!;
  at += count4;
  for (const column of [blocks.rows, firsts, groups.rows, seconds]) write(column);
  for (let i = 0; i < count6; i++, at += 4) {
    all[at] = six.words[4 * i + 2]!;
    all[at + 1] = six.words[4 * i + 3]!;
    all[at + 2] = renumbered[six.sets[i]!]!;
    all[at + 3] = six.parents[i]!;
  }
  const members = at + used.length + 1;
  let filled = 0;
  for (const [i, set] of used.entries()) {
    all[at + i] = filled;
    for (let from = sets.offsets[set]!; from < sets.offsets[set + 1]!; from++) all[members + filled++] = sets.pool[from]!;
  }
  all[at + used.length] = filled;
  const lengths = new Uint16Array(octets.buffer, 4 * sizes.words, count6);
  for (let i = 0; i < count6; i++) {
    const parent = six.parents[i]!;
    lengths[i] = ((parent === 0 ? six.bits[i]! : lengths[parent - 1]! >>> 8) << 8) | six.bits[i]!;
  }
  octets.set(json, 4 * sizes.words + 2 * count6);
  all[2] = crc32(octets);
  return octets;
}

/** Columns of IPv6 networks by their first two words, of networks in order, four words each. */
function columnsOf6(words: Uint32Array) {
  const seconds = Uint32Array.from({ length: words.length / 4 }, (_, i) => words[4 * i + 1]!);
  const begins = Array.from(seconds.keys()).filter((i) => i === 0 || words[4 * i] !== words[4 * i - 4]);
  const firsts = Uint32Array.from(begins, (i) => words[4 * i]!);
  const blocks = new Uint32Array(BLOCKS_6 + 1).fill(firsts.length);
  for (let i = firsts.length; i-- > 0;) blocks[blockOf6(firsts[i]!)] = i;
  for (let block = BLOCKS_6; block-- > 0;) blocks[block] = Math.min(blocks[block]!, blocks[block + 1]!);
  return { blocks: groupsOf(blocks, firsts), firsts, groups: groupsOf(Uint32Array.from([...begins, seconds.length]), seconds), seconds };
}

/** The columns of a file's octets. `place` names it in errors. @throws IntelError E_INTEL_TABLE where it is none, damaged, or of another version. */
export function decodeTable(file: Uint8Array, place: string): TableColumns {
  const fail = (reason: string): never => {
    throw new IntelError("E_INTEL_TABLE", place, reason);
  };
  // Columns of words need their alignment; what a file is read into has it
  const octets = file.byteOffset % 4 === 0 ? file : Uint8Array.from(file);
  if (octets.length < 4 * HEAD_WORDS) fail("is no table of reputation");
  const head = [...new Uint32Array(octets.buffer, octets.byteOffset, HEAD_WORDS)];
  if (head[0] !== MAGIC) fail(head[0] === 0x50435254 ? "was compiled on a machine of another octet order" : "is no table of reputation");
  if (head[1] !== VERSION) fail(`is a table of version ${head[1] ?? 0}, and this program reads version ${VERSION}`);
  const sizes = sizesOf(head);
  if (sizes.total !== octets.length || head[3] !== octets.length)
    fail(`is cut or damaged: ${octets.length} octets, and its head tells of ${head[3] ?? 0}`);
  // The checksum is over the file with zeros in its own place
  const zeros = new Uint8Array(4);
  const before = crc32(zeros, crc32(octets.subarray(0, 8)));
  if (crc32(octets.subarray(12), before) !== head[2]) fail("is damaged: its checksum differs");
  const { indexBits4, count4, firsts, count6, setCount, memberCount } = sizes;
  let at = octets.byteOffset + 4 * HEAD_WORDS;
  const words = (length: number): Uint32Array => {
    const column = new Uint32Array(octets.buffer, at, length);
    at += 4 * length;
    return column;
  };
  const groups = (count: number): SortedGroups => groupsIn(words(GROUP_WORDS * count));
  const columns = {
    indexBits4,
    index4: words(2 ** indexBits4 + 1),
    pairs4: words(count4),
    sets4: words(count4),
    blocks6: groups(BLOCKS_6),
    firsts6: words(firsts),
    groups6: groups(firsts),
    seconds6: words(count6),
    rest6: words(4 * count6),
    offsets: words(setCount + 1),
    members: words(memberCount),
    lengths6: new Uint16Array(octets.buffer, octets.byteOffset + 4 * sizes.words, count6),
    meta: metaOf(octets.subarray(4 * sizes.words + 2 * count6)) ?? fail("is damaged: its feeds cannot be read"),
  };
  if (!isSound(columns)) fail("is damaged: a number in it leads outside");
  return columns;
}

/** What the head tells: numbers of everything, words of all columns, and octets of the file (−1 where it cannot be). */
function sizesOf(head: readonly number[]) {
  const [, , , , indexBits4 = 0, count4 = 0, firsts = 0, count6 = 0, setCount = 0, memberCount = 0, jsonLength = 0] = head;
  const counts = { indexBits4, count4, firsts, count6, setCount, memberCount };
  if (indexBits4 < MIN_INDEX_BITS_4 || indexBits4 > MAX_INDEX_BITS_4) return { ...counts, words: 0, total: -1 };
  const words4 = 2 ** indexBits4 + 1 + 2 * count4;
  const words6 = GROUP_WORDS * (BLOCKS_6 + firsts) + firsts + 5 * count6;
  const words = HEAD_WORDS + words4 + words6 + setCount + 1 + memberCount;
  return { ...counts, words, total: 4 * words + 2 * count6 + jsonLength };
}

function metaOf(octets: Uint8Array): TableMeta | null {
  try {
    const meta = JSON.parse(new TextDecoder().decode(octets)) as TableMeta;
    return Array.isArray(meta.feeds) && Array.isArray(meta.overlaps) && Array.isArray(meta.copies) ? meta : null;
  } catch {
    return null;
  }
}

/** Whether no lookup can leave its columns or go on for ever: what a checksum alone cannot promise of a file that somebody made. */
function isSound(table: TableColumns): boolean {
  const { index4, pairs4, sets4, blocks6, firsts6, groups6, rest6, lengths6, offsets, members, meta } = table;
  const sets = offsets.length - 1;
  if (!isAscending(index4, pairs4.length) || !isAscending(offsets, members.length)) return false;
  if (!areGroupsOf(blocks6, firsts6.length) || !areGroupsOf(groups6, lengths6.length)) return false;
  for (let i = 0; i < sets4.length; i++) if (sets4[i]! >= sets) return false;
  for (let i = 0; i < lengths6.length; i++) {
    const parent = rest6[4 * i + 3]!;
    if (rest6[4 * i + 2]! >= sets || parent > i) return false;
    // A walk outwards ends at the widest
    if (lengths6[i]! >>> 8 !== (parent === 0 ? lengths6[i]! & 0xff : lengths6[parent - 1]! >>> 8)) return false;
  }
  for (let i = 0; i < members.length; i++) if (members[i]! >>> LENGTH_BITS >= meta.feeds.length) return false;
  return true;
}

function isAscending(column: Uint32Array, last: number): boolean {
  for (let i = 1; i < column.length; i++) if (column[i]! < column[i - 1]!) return false;
  return column[0] === 0 && column.at(-1) === last;
}
