/** Words of a fixed vocabulary (protocols, flags, services) looked up in octets of text as they stand, in any case of letters. */
import { NOT_A_NUMBER } from "./fields.ts";

/** FNV-1a's offset and prime (RFC 9923), 32 bits. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;
/** Slots per word: few words meet, and the table stays within a cache line or two of its words. */
const ROOM = 4;

/** Numbers that words stand for. Nothing is allocated by a look-up. */
export class WordTable {
  /** Longest word, octets. */
  readonly longest: number;
  readonly #slots: Int32Array;
  readonly #words: readonly Uint8Array[];
  readonly #values: Int32Array;

  /** @param entries words of ASCII and what each stands for, 0 or more. */
  constructor(entries: Iterable<readonly [string, number]>) {
    const list = [...entries];
    const size = 1 << Math.ceil(Math.log2(Math.max(1, list.length) * ROOM));
    const slots = new Int32Array(size).fill(-1);
    this.#words = list.map(([word]) => Uint8Array.from(word, (character) => lower(character.charCodeAt(0))));
    this.#values = Int32Array.from(list, ([, value]) => value);
    this.longest = this.#words.reduce((most, word) => Math.max(most, word.length), 0);
    this.#slots = slots;
    this.#words.forEach((word, index) => {
      let slot = hash(word, 0, word.length) & (size - 1);
      while (slots[slot]! >= 0) slot = (slot + 1) & (size - 1);
      slots[slot] = index;
    });
  }

  /** What the word that fills `bytes[start, end)` stands for, or NOT_A_NUMBER. */
  find(bytes: Uint8Array, start: number, end: number): number {
    if (end <= start || end - start > this.longest) return NOT_A_NUMBER;
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash(bytes, start, end) & mask; ; slot = (slot + 1) & mask) {
      const index = slots[slot]!;
      if (index < 0) return NOT_A_NUMBER;
      if (same(this.#words[index]!, bytes, start, end)) return this.#values[index]!;
    }
  }
}

function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = OFFSET;
  for (let i = start; i < end; i++) value = Math.imul(value ^ lower(bytes[i]!), PRIME);
  return value ^ (value >>> 15);
}

function same(word: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let i = 0; i < word.length; i++) if (word[i] !== lower(bytes[start + i]!)) return false;
  return true;
}

function lower(code: number): number {
  return code >= 65 && code <= 90 ? code | 0x20 : code;
}
