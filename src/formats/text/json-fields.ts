/** One JSON object of a line, walked once in its octets (RFC 8259): where the members that a format asked for stand, with no object or string made. */
import { NOT_A_NUMBER, parseInteger, startsWith } from "./fields.ts";
import { escapeEnd, jsonNumberEnd, parseJsonNumber, unescapeJson } from "./json-values.ts";

/** What stands in a slot of {@link JsonFields.kinds}. */
export const JSON_ABSENT = 0;
export const JSON_STRING = 1;
/** A string with a backslash in it: its octets are not its text, see {@link JsonFields.text}. */
export const JSON_ESCAPED = 2;
export const JSON_NUMBER = 3;
export const JSON_TRUE = 4;
export const JSON_FALSE = 5;
export const JSON_NULL = 6;
export const JSON_OBJECT = 7;
export const JSON_ARRAY = 8;

/** Containers within containers that are followed: the deepest known record (Suricata's `stats`) needs 7. */
const MAX_DEPTH = 64;

export const JSON_NOT_AN_OBJECT = "not a JSON object";
export const JSON_CUT = "JSON cut before its end";
export const JSON_BROKEN = "not valid JSON";
export const JSON_TOO_DEEP = "JSON nested more than 64 deep";

const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const MINUS = 45;
const PLUS = 43;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const LETTER_U = 117;

const WORD_TRUE = Uint8Array.of(116, 114, 117, 101);
const WORD_FALSE = Uint8Array.of(102, 97, 108, 115, 101);
const WORD_NULL = Uint8Array.of(110, 117, 108, 108);

/** 1 for the octets at which a run of plain string octets stops: quote, backslash, control characters. */
const STOPS = Uint8Array.from({ length: 256 }, (_, octet) => (octet < 32 || octet === QUOTE || octet === BACKSLASH ? 1 : 0));
/** The way to a member: `"ts"`, or through objects: `["flow", "pkts_toserver"]`. A dot in a key is part of it. */
export type JsonPath = string | readonly string[];

/** A key that is wanted inside a certain object. */
interface Entry {
  /** The object it is wanted in; 0 is the outermost. */
  readonly parent: number;
  readonly key: Uint8Array;
  /** Where its value is noted, or -1. */
  slot: number;
  /** The number that its own members call parent, or -1. */
  child: number;
}

/**
 * Where the members stand that a format asked for: after {@link scan} of a line, slot `i` tells of path `i`. Of a key that comes twice
 * the last counts; members of a repeated object are merged. Keys written with escapes are not recognised. Paths do not lead into arrays.
 */
export class JsonFields {
  /** JSON_… of each path. */
  readonly kinds: Uint8Array;
  /** Offsets of each value in the scanned buffer, valid where its kind is not JSON_ABSENT: of strings without the quotes, of containers with their brackets. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;

  readonly #entries: Entry[] = [];
  /** Numbers of entries + 1 by {@link hashOf}, colliding ones in the next free place; 0 is free. */
  readonly #table: Uint16Array;
  readonly #mask: number;
  /** By the number of an entry + 1 (0 at the start of a line): which entry came behind it last, or -1. Lines of a log are alike. */
  readonly #next: Int16Array;
  /** Of every open container but the innermost: its number as a parent (-1: none of its members are wanted), its slot, whether it is an object. */
  readonly #parents = new Int16Array(MAX_DEPTH);
  readonly #slots = new Int16Array(MAX_DEPTH);
  readonly #objects = new Uint8Array(MAX_DEPTH);
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(paths: readonly JsonPath[]) {
    this.kinds = new Uint8Array(paths.length);
    this.starts = new Int32Array(paths.length);
    this.ends = new Int32Array(paths.length);
    let parents = 1;
    for (const [slot, path] of paths.entries()) {
      const keys = typeof path === "string" ? [path] : path;
      let parent = 0;
      for (const [depth, key] of keys.entries()) {
        const entry = this.#entryOf(parent, new TextEncoder().encode(key));
        if (depth === keys.length - 1) entry.slot = slot;
        else if (entry.child < 0) entry.child = parents++;
        parent = entry.child;
      }
    }
    let size = 16;
    while (size < 4 * this.#entries.length) size *= 2;
    this.#mask = size - 1;
    this.#table = new Uint16Array(size);
    this.#next = new Int16Array(this.#entries.length + 1).fill(-1);
    for (const [i, { parent, key }] of this.#entries.entries()) {
      let place = hashOf(parent, key, 0, key.length) & this.#mask;
      while (this.#table[place] !== 0) place = (place + 1) & this.#mask;
      this.#table[place] = i + 1;
    }
  }

  /** Walks the object that fills `bytes[start, end)`, spaces around it aside. Null, or why it is none: then no slot means anything. */
  scan(bytes: Uint8Array, start: number, end: number): string | null {
    const { kinds, starts, ends } = this;
    const entries = this.#entries;
    const next = this.#next;
    let previous = 0;
    kinds.fill(JSON_ABSENT);
    this.#bytes = bytes;
    let at = skipSpace(bytes, start, end);
    if (at >= end || bytes[at] !== OPEN_BRACE) return JSON_NOT_AN_OBJECT;
    at++;
    let depth = 0;
    let inObject = true;
    let parent = 0;
    let ownSlot = -1;
    let empty = true;
    for (;;) {
      if (at < end && bytes[at]! <= SPACE) at = skipSpace(bytes, at, end);
      if (at >= end) return JSON_CUT;
      let octet = bytes[at]!;
      if (!empty || octet !== (inObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
        let slot = -1;
        let child = -1;
        if (inObject) {
          if (octet !== QUOTE) return JSON_BROKEN;
          const keyStart = at + 1;
          const guess = parent < 0 ? -1 : next[previous]!;
          let found = guess < 0 ? -1 : keyEndAs(entries[guess]!, parent, bytes, keyStart, end);
          if (found >= 0) {
            previous = guess + 1;
            slot = entries[guess]!.slot;
            child = entries[guess]!.child;
          } else {
            found = stringEnd(bytes, keyStart, end);
            const entry = found < 0 || parent < 0 ? -1 : this.#find(parent, bytes, keyStart, found);
            if (entry >= 0) {
              next[previous] = entry;
              previous = entry + 1;
              slot = entries[entry]!.slot;
              child = entries[entry]!.child;
            }
          }
          if (found >= 0) at = found + 1;
          else if (found > FIRST_ESCAPED) return found === STRING_CUT ? JSON_CUT : JSON_BROKEN;
          else at = FIRST_ESCAPED - found + 1;
          if (at >= end || bytes[at] !== COLON) {
            at = skipSpace(bytes, at, end);
            if (at >= end) return JSON_CUT;
            if (bytes[at] !== COLON) return JSON_BROKEN;
          }
          at++;
          if (at < end && bytes[at]! <= SPACE) at = skipSpace(bytes, at, end);
          if (at >= end) return JSON_CUT;
          octet = bytes[at]!;
        }
        if (octet === QUOTE) {
          const valueStart = at + 1;
          const found = stringEnd(bytes, valueStart, end);
          if (found < 0 && found > FIRST_ESCAPED) return found === STRING_CUT ? JSON_CUT : JSON_BROKEN;
          at = found >= 0 ? found : FIRST_ESCAPED - found;
          if (slot >= 0) {
            kinds[slot] = found >= 0 ? JSON_STRING : JSON_ESCAPED;
            starts[slot] = valueStart;
            ends[slot] = at;
          }
          at++;
        } else if (octet === OPEN_BRACE || octet === OPEN_BRACKET) {
          if (depth >= MAX_DEPTH) return JSON_TOO_DEEP;
          this.#parents[depth] = parent;
          this.#slots[depth] = ownSlot;
          this.#objects[depth] = inObject ? 1 : 0;
          depth++;
          inObject = octet === OPEN_BRACE;
          parent = inObject ? child : -1;
          ownSlot = slot;
          if (slot >= 0) {
            kinds[slot] = inObject ? JSON_OBJECT : JSON_ARRAY;
            starts[slot] = at;
          }
          empty = true;
          at++;
          continue;
        } else {
          const kind = octet === MINUS || (octet >= ZERO && octet <= NINE) ? JSON_NUMBER : literalAt(bytes, at, end);
          const stop =
            kind === JSON_NUMBER ? jsonNumberEnd(bytes, at, end) : kind === JSON_ABSENT ? -1 : at + (kind === JSON_FALSE ? 5 : 4);
          if (stop < 0) return isCut(bytes, at, end) ? JSON_CUT : JSON_BROKEN;
          if (slot >= 0) {
            kinds[slot] = kind;
            starts[slot] = at;
            ends[slot] = stop;
          }
          at = stop;
        }
      }
      // Behind a member: a comma, or the ends of as many containers as end here.
      for (;;) {
        if (at >= end) return JSON_CUT;
        octet = bytes[at]!;
        if (octet === COMMA) {
          at++;
          break;
        }
        if (octet === (inObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
          at++;
          if (ownSlot >= 0) ends[ownSlot] = at;
          if (depth === 0) return skipSpace(bytes, at, end) < end ? JSON_BROKEN : null;
          depth--;
          parent = this.#parents[depth]!;
          ownSlot = this.#slots[depth]!;
          inObject = this.#objects[depth] === 1;
        } else {
          const next = skipSpace(bytes, at, end);
          if (next === at) return JSON_BROKEN;
          at = next;
        }
      }
      empty = false;
    }
  }

  /** Whether slot `slot` is a string that reads exactly `word`. */
  is(slot: number, word: Uint8Array): boolean {
    const start = this.starts[slot]!;
    const end = this.ends[slot]!;
    return this.kinds[slot] === JSON_STRING && end - start === word.length && startsWith(this.#bytes, start, end, word);
  }

  /** The unsigned integer in slot `slot`, written as a number or as a string of digits (at most 15), or NOT_A_NUMBER. */
  integer(slot: number): number {
    const kind = this.kinds[slot];
    return kind === JSON_NUMBER || kind === JSON_STRING ? parseInteger(this.#bytes, this.starts[slot]!, this.ends[slot]!) : NOT_A_NUMBER;
  }

  /** The number in slot `slot`, with sign, fraction and exponent, written as a number or as a string of one, or NaN. Exact to 15 digits. */
  number(slot: number): number {
    const kind = this.kinds[slot];
    if (kind !== JSON_NUMBER && kind !== JSON_STRING) return Number.NaN;
    return parseJsonNumber(this.#bytes, this.starts[slot]!, this.ends[slot]!);
  }

  /**
   * Writes the text of the string in slot `slot` to `target` in UTF-8, its escapes resolved, and returns how many octets it has (what
   * does not fit is left out); NOT_A_NUMBER where the slot is no string.
   */
  text(slot: number, target: Uint8Array): number {
    const kind = this.kinds[slot];
    if (kind !== JSON_STRING && kind !== JSON_ESCAPED) return NOT_A_NUMBER;
    return unescapeJson(this.#bytes, this.starts[slot]!, this.ends[slot]!, target);
  }

  #entryOf(parent: number, key: Uint8Array): Entry {
    const known = this.#entries.find(
      (entry) => entry.parent === parent && entry.key.length === key.length && sameOctets(entry.key, key, 0),
    );
    if (known !== undefined) return known;
    const entry = { parent, key, slot: -1, child: -1 };
    this.#entries.push(entry);
    return entry;
  }

  #find(parent: number, bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    let place = hashOf(parent, bytes, start, end) & this.#mask;
    for (;;) {
      const number = this.#table[place]!;
      if (number === 0) return -1;
      const entry = this.#entries[number - 1]!;
      if (entry.parent === parent && entry.key.length === length && sameOctets(entry.key, bytes, start)) return number - 1;
      place = (place + 1) & this.#mask;
    }
  }
}

/** The end of the key at `start` if it is the one of `entry`, or -1. */
function keyEndAs(entry: Entry, parent: number, bytes: Uint8Array, start: number, end: number): number {
  const stop = start + entry.key.length;
  return entry.parent === parent && stop < end && bytes[stop] === QUOTE && sameOctets(entry.key, bytes, start) ? stop : -1;
}

/** Mixes what tells keys of logs apart at the least cost: length, first, middle and last octet. Collisions only cost a comparison. */
function hashOf(parent: number, bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 0) return parent;
  const mixed = parent * 0x3d + length * 0x1f35 + bytes[start]! * 0x2b + bytes[end - 1]! * 0x107 + bytes[start + (length >> 1)]! * 0x11;
  return mixed ^ (mixed >>> 7);
}

function sameOctets(key: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[at + i]) return false;
  return true;
}

function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const octet = bytes[at]!;
    if (octet > 32 || (octet !== 32 && octet !== 9 && octet !== 10 && octet !== 13)) break;
    at++;
  }
  return at;
}

const STRING_CUT = -1;
const STRING_BROKEN = -2;
/** A string with escapes that ends at offset `n` is answered as FIRST_ESCAPED - n. */
const FIRST_ESCAPED = -3;

/** Offset of the quote that ends the string whose octets begin at `start`, or what the constants above say. */
function stringEnd(bytes: Uint8Array, start: number, end: number): number {
  let escaped = false;
  let at = start;
  for (;;) {
    while (at < end && STOPS[bytes[at]!] === 0) at++;
    if (at >= end) return STRING_CUT;
    const octet = bytes[at]!;
    if (octet === QUOTE) return escaped ? FIRST_ESCAPED - at : at;
    if (octet !== BACKSLASH) return STRING_BROKEN;
    escaped = true;
    if (at + 1 >= end) return STRING_CUT;
    if (at + (bytes[at + 1] === LETTER_U ? 6 : 2) > end) return STRING_CUT;
    at = escapeEnd(bytes, at);
    if (at < 0) return STRING_BROKEN;
  }
}

/** Which literal stands at `at`, or JSON_ABSENT. */
function literalAt(bytes: Uint8Array, at: number, end: number): number {
  if (startsWith(bytes, at, end, WORD_TRUE)) return JSON_TRUE;
  if (startsWith(bytes, at, end, WORD_FALSE)) return JSON_FALSE;
  return startsWith(bytes, at, end, WORD_NULL) ? JSON_NULL : JSON_ABSENT;
}

/** Whether what is no value at `start` may have been one, had the line not ended. */
function isCut(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const octet = bytes[at]!;
    const letter = octet | 0x20;
    const plain = (octet >= ZERO && octet <= NINE) || (letter >= 97 && letter <= 122) || octet === MINUS || octet === PLUS || octet === DOT;
    if (!plain) return false;
  }
  return true;
}
