/**
 * The file of a compiled table: a head of 64 octets, columns of 32-bit words in the machine's order, lengths of IPv6 networks, and JSON of the
 * feeds. It is read at once and used where it lies. It is damaged where its checksum (CRC-32) differs or any number in it leads outside.
 */
import { crc32 } from "node:zlib";
import { IntelError } from "../../model/errors.ts";
import type { FeedOverlap } from "./agreement.ts";
import type { Networks6, Stretches4 } from "./compile.ts";
import { LENGTH_BITS, type SetInterner } from "./set-interner.ts";
import type { TableFeed } from "./table-feed.ts";

/** "PCRT" as a word: octets in another order say that the file is from a machine of the other kind. */
const MAGIC = 0x54524350;
const VERSION = 1;
const HEAD_WORDS = 16;
/** Global unicast, 2000::/3, where all IPv6 entries of feeds are (RFC 4291 §2.4). */
const FIRST_6 = 0x20000000;
const WIDTH_6 = 29;
const MIN_INDEX_BITS = 8;
const MAX_INDEX_BITS = 20;

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
  /** `2 ** indexBits + 1` places in the order of the first word, so that a search looks at few networks. */
  readonly indexBits: number;
  readonly index6: Uint32Array;
  readonly words6: Uint32Array;
  readonly parents6: Uint32Array;
  readonly sets6: Uint32Array;
  readonly offsets: Uint32Array;
  readonly members: Uint32Array;
  readonly bits6: Uint8Array;
  readonly meta: TableMeta;
}

/** The place of an IPv6 address in an index of `2 ** indexBits`, by its first word: ascending with it. */
export function bucketOf(a: number, indexBits: number): number {
  if (a < FIRST_6) return 0;
  return a >= 2 * FIRST_6 ? 2 ** indexBits - 1 : (a - FIRST_6) >>> (WIDTH_6 - indexBits);
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
  const indexBits = Math.min(MAX_INDEX_BITS, Math.max(MIN_INDEX_BITS, Math.ceil(Math.log2(count6 + 1))));
  const head = [MAGIC, VERSION, 0, 0, count4, count6, indexBits, used.length, memberCount, json.length, four.indexBits];
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
  let bucket = 0;
  for (let i = 0; i < count6; i++) for (const own = bucketOf(six.words[4 * i]!, indexBits); bucket < own;) all[at + ++bucket] = i;
  while (bucket < 2 ** indexBits) all[at + ++bucket] = count6;
  at += 2 ** indexBits + 1;
  write(six.words);
  write(six.parents);
  for (let i = 0; i < count6; i++) all[at + i] = renumbered[six.sets[i]!]!;
  at += count6;
  const members = at + used.length + 1;
  let filled = 0;
  for (const [i, set] of used.entries()) {
    all[at + i] = filled;
    for (let from = sets.offsets[set]!; from < sets.offsets[set + 1]!; from++) all[members + filled++] = sets.pool[from]!;
  }
  all[at + used.length] = filled;
  octets.set(six.bits, 4 * sizes.words);
  octets.set(json, 4 * sizes.words + count6);
  all[2] = crc32(octets);
  return octets;
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
  const [, , , , count4 = 0, count6 = 0, indexBits = 0, setCount = 0, memberCount = 0, , indexBits4 = 0] = head;
  let at = octets.byteOffset + 4 * HEAD_WORDS;
  const words = (length: number): Uint32Array => {
    const column = new Uint32Array(octets.buffer, at, length);
    at += 4 * length;
    return column;
  };
  const columns = {
    indexBits4,
    index4: words(2 ** indexBits4 + 1),
    pairs4: words(count4),
    sets4: words(count4),
    indexBits,
    index6: words(2 ** indexBits + 1),
    words6: words(4 * count6),
    parents6: words(count6),
    sets6: words(count6),
    offsets: words(setCount + 1),
    members: words(memberCount),
    bits6: octets.subarray(4 * sizes.words, 4 * sizes.words + count6),
    meta: metaOf(octets.subarray(4 * sizes.words + count6)) ?? fail("is damaged: its feeds cannot be read"),
  };
  if (!isSound(columns)) fail("is damaged: a number in it leads outside");
  return columns;
}

/** Words of all columns, and octets of the file, by its head. */
function sizesOf(head: readonly number[]): { readonly words: number; readonly total: number } {
  const [, , , , count4 = 0, count6 = 0, indexBits = 0, setCount = 0, memberCount = 0, jsonLength = 0, indexBits4 = 0] = head;
  if (indexBits < MIN_INDEX_BITS || indexBits > MAX_INDEX_BITS || indexBits4 < 16 || indexBits4 > MAX_INDEX_BITS)
    return { words: 0, total: -1 };
  const words = HEAD_WORDS + 2 ** indexBits4 + 1 + 2 * count4 + 2 ** indexBits + 1 + 6 * count6 + setCount + 1 + memberCount;
  return { words, total: 4 * words + count6 + jsonLength };
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
  const { index4, pairs4, sets4, index6, parents6, sets6, offsets, members, bits6, meta } = table;
  const sets = offsets.length - 1;
  if (!isAscending(index4, pairs4.length) || !isAscending(index6, bits6.length) || !isAscending(offsets, members.length)) return false;
  for (let i = 0; i < sets4.length; i++) if (sets4[i]! >= sets) return false;
  for (let i = 0; i < sets6.length; i++) if (sets6[i]! >= sets || parents6[i]! > i || bits6[i]! > 128) return false;
  for (let i = 0; i < members.length; i++) if (members[i]! >>> LENGTH_BITS >= meta.feeds.length) return false;
  return true;
}

function isAscending(column: Uint32Array, last: number): boolean {
  for (let i = 1; i < column.length; i++) if (column[i]! < column[i - 1]!) return false;
  return column[0] === 0 && column.at(-1) === last;
}
