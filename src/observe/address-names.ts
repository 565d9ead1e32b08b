/** Texts of the IPv6 addresses behind the 32-bit hashes that tables are keyed by: a bounded map; beyond it a hash prints as itself. */
import { formatIPv4, formatIPv6 } from "../model/address.ts";
import type { ObservationBatch } from "../model/observation.ts";
import { mix32 } from "../sketch/hash.ts";

/** Addresses kept: 5 words each, 5 MiB when full. */
const MAX_ADDRESSES = 1 << 18;
const INITIAL = 1 << 8;
const MAX_LOAD = 0.7;
const WORDS = 5;

/** What is remembered, as plain values. */
export interface AddressNamesState {
  readonly words: Uint32Array;
}

/** Remembers IPv6 addresses by their hash. When full, further addresses are not remembered; those there stay. */
export class AddressNames {
  #size = 0;
  #mask = INITIAL - 1;
  /** Hash, then the four words of the address; all zero is empty (the unspecified address is not remembered). */
  #words = new Uint32Array(INITIAL * WORDS);

  /** Notes the addresses of the batch's IPv6 rows. */
  note(batch: ObservationBatch): void {
    const { length, family, source, destination, source6, destination6 } = batch;
    for (let row = 0; row < length; row++) {
      if (family[row] !== 6) continue;
      this.#add(source[row]!, source6, row * 4);
      this.#add(destination[row]!, destination6, row * 4);
    }
  }

  /** Notes the source of one IPv6 row. */
  noteSource(batch: ObservationBatch, row: number): void {
    this.#add(batch.source[row]!, batch.source6, row * 4);
  }

  /** Addresses that still fit. */
  get room(): number {
    return Math.floor(MAX_ADDRESSES * MAX_LOAD) - this.#size;
  }

  /** Copies the four words of an address to `into` at `at`; zeros where it is not remembered. */
  copyWords(hash: number, into: Uint32Array, at: number): void {
    const from = this.#find(hash);
    for (let i = 0; i < 4; i++) into[at + i] = this.#words[from + 1 + i]!;
  }

  text(family: 4 | 6, word: number): string {
    if (family === 4) return formatIPv4(word);
    const at = this.#find(word);
    const w = this.#words;
    if (isEmpty(w, at)) return `[ipv6 #${word.toString(16).padStart(8, "0")}]`;
    return formatIPv6(w[at + 1]!, w[at + 2]!, w[at + 3]!, w[at + 4]!);
  }

  state(): AddressNamesState {
    return { words: this.#words };
  }

  merge({ words }: AddressNamesState): void {
    for (let at = 0; at < words.length; at += WORDS) if (!isEmpty(words, at)) this.#add(words[at]!, words, at + 1);
  }

  #add(hash: number, from: Uint32Array, offset: number): void {
    const at = this.#find(hash);
    if (!isEmpty(this.#words, at)) return;
    if (this.#size + 1 > (this.#mask + 1) * MAX_LOAD) {
      if (this.#mask + 1 >= MAX_ADDRESSES) return;
      this.#grow();
      this.#add(hash, from, offset);
      return;
    }
    this.#words[at] = hash;
    for (let i = 0; i < 4; i++) this.#words[at + 1 + i] = from[offset + i]!;
    if (!isEmpty(this.#words, at)) this.#size++;
  }

  /** Word of the hash's entry, or of the empty one where it would go. */
  #find(hash: number): number {
    let index = mix32(hash) & this.#mask;
    for (;;) {
      const at = index * WORDS;
      if (isEmpty(this.#words, at) || this.#words[at] === hash) return at;
      index = (index + 1) & this.#mask;
    }
  }

  #grow(): void {
    const old = this.#words;
    this.#mask = this.#mask * 2 + 1;
    this.#words = new Uint32Array((this.#mask + 1) * WORDS);
    for (let from = 0; from < old.length; from += WORDS) {
      if (isEmpty(old, from)) continue;
      const to = this.#find(old[from]!);
      for (let i = 0; i < WORDS; i++) this.#words[to + i] = old[from + i]!;
    }
  }
}

function isEmpty(words: Uint32Array, at: number): boolean {
  return words[at + 1] === 0 && words[at + 2] === 0 && words[at + 3] === 0 && words[at + 4] === 0;
}
