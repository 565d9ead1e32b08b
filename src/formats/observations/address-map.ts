/** Addresses and what they are replaced by: those of one batch in a table, those of earlier ones remembered in a cache of fixed size. */
import { hashIPv6 } from "../../model/address.ts";
import type { CryptoPan } from "./crypto-pan.ts";

/** Addresses remembered from batch to batch; a power of two. */
const CACHE_4 = 1 << 17;
const CACHE_6 = 1 << 14;
/** These say "no address" and "all of them"; replaced, they would look like hosts. */
const UNSPECIFIED = 0;
const BROADCAST = 0xffffffff;

/** Usage, batch by batch: {@link begin}, {@link want4} of every address, {@link resolve}, then {@link get4} of each. */
export class AddressMap {
  readonly #pan: CryptoPan;
  readonly #four = new Table(1, CACHE_4);
  readonly #six = new Table(4, CACHE_6);
  readonly #words = new Uint32Array(4);
  /** What the unspecified address and broadcast would be replaced by: whatever is replaced by them takes that instead. */
  readonly #exceptions = new Map<number, number>();

  constructor(pan: CryptoPan) {
    this.#pan = pan;
    const special = Uint32Array.of(UNSPECIFIED, BROADCAST);
    pan.mapIPv4(special, 2);
    let unspecified = special[0]!;
    let broadcast = special[1]!;
    // One may be replaced by the other.
    if (unspecified === BROADCAST) unspecified = broadcast;
    else if (broadcast === UNSPECIFIED) broadcast = unspecified;
    this.#exceptions.set(UNSPECIFIED, unspecified);
    this.#exceptions.set(BROADCAST, broadcast);
  }

  begin(): void {
    this.#four.clear();
    this.#six.clear();
  }

  want4(address: number): void {
    this.#words[0] = address;
    this.#four.want(this.#words, 0, hash4(address));
  }

  /** Asks for the address of row `row` of a column of four words a row. */
  want6(words: Uint32Array, row: number): void {
    const at = 4 * row;
    this.#six.want(words, at, hashIPv6(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!));
  }

  resolve(): void {
    this.#four.resolve((words, count) => this.#map4(words, count));
    this.#six.resolve((words, count) => this.#map6(words, count));
  }

  get4(address: number): number {
    this.#words[0] = address;
    this.#four.get(this.#words, 0, hash4(address));
    return this.#words[0];
  }

  /** Replaces the address of row `row` of a column of four words a row. */
  get6(words: Uint32Array, row: number): void {
    const at = 4 * row;
    this.#six.get(words, at, hashIPv6(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!));
  }

  #map4(addresses: Uint32Array, count: number): void {
    const before = addresses.slice(0, count);
    this.#pan.mapIPv4(addresses, count);
    for (let i = 0; i < count; i++) {
      const original = before[i]!;
      if (original === UNSPECIFIED || original === BROADCAST) addresses[i] = original;
      else if (addresses[i] === UNSPECIFIED || addresses[i] === BROADCAST) addresses[i] = this.#exceptions.get(addresses[i]!)!;
    }
  }

  #map6(words: Uint32Array, count: number): void {
    const before = words.slice(0, 4 * count);
    this.#pan.mapIPv6(words, count);
    for (let at = 0; at < 4 * count; at += 4) {
      if (before[at] === 0 && before[at + 1] === 0 && before[at + 2] === 0 && before[at + 3] === 0) words.fill(0, at, at + 4);
    }
  }
}

function hash4(address: number): number {
  const mixed = Math.imul(address ^ (address >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

/** Keys of `width` words, each with the words it is replaced by. */
class Table {
  readonly #width: number;
  /** Of the batch: place of an entry + 1 by hash; colliding ones in the next free place. */
  #slots = new Uint32Array(1 << 12);
  #keys: Uint32Array;
  #values: Uint32Array;
  #hashes = new Uint32Array(1 << 11);
  #count = 0;
  /** Entries that the cache did not know. */
  readonly #missing: number[] = [];
  readonly #cachedKeys: Uint32Array;
  readonly #cachedValues: Uint32Array;
  readonly #isCached: Uint8Array;

  constructor(width: number, cache: number) {
    this.#width = width;
    this.#keys = new Uint32Array(width * this.#hashes.length);
    this.#values = new Uint32Array(width * this.#hashes.length);
    this.#cachedKeys = new Uint32Array(width * cache);
    this.#cachedValues = new Uint32Array(width * cache);
    this.#isCached = new Uint8Array(cache);
  }

  clear(): void {
    if (this.#count > 0) this.#slots.fill(0);
    this.#count = 0;
    this.#missing.length = 0;
  }

  want(words: Uint32Array, at: number, hash: number): void {
    const slot = this.#find(words, at, hash);
    if (this.#slots[slot] !== 0) return;
    if (this.#count === this.#hashes.length) {
      this.#grow();
      this.want(words, at, hash);
      return;
    }
    const entry = this.#count++;
    this.#slots[slot] = entry + 1;
    this.#hashes[entry] = hash;
    this.#copy(words, at, this.#keys, entry * this.#width);
    const cached = hash & (this.#isCached.length - 1);
    if (this.#isCached[cached] === 1 && this.#same(this.#cachedKeys, cached * this.#width, words, at)) {
      this.#copy(this.#cachedValues, cached * this.#width, this.#values, entry * this.#width);
    } else this.#missing.push(entry);
  }

  /** Has `map` replace the keys that are not known, in place. */
  resolve(map: (words: Uint32Array, count: number) => void): void {
    const width = this.#width;
    const missing = this.#missing;
    const words = new Uint32Array(width * missing.length);
    for (let i = 0; i < missing.length; i++) this.#copy(this.#keys, missing[i]! * width, words, i * width);
    map(words, missing.length);
    for (let i = 0; i < missing.length; i++) {
      const entry = missing[i]!;
      const cached = this.#hashes[entry]! & (this.#isCached.length - 1);
      this.#copy(words, i * width, this.#values, entry * width);
      this.#copy(words, i * width, this.#cachedValues, cached * width);
      this.#copy(this.#keys, entry * width, this.#cachedKeys, cached * width);
      this.#isCached[cached] = 1;
    }
  }

  /** Puts what the key at `words[at…]` is replaced by in its place. It was wanted before. */
  get(words: Uint32Array, at: number, hash: number): void {
    const entry = this.#slots[this.#find(words, at, hash)]! - 1;
    this.#copy(this.#values, entry * this.#width, words, at);
  }

  #find(words: Uint32Array, at: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0 && !this.#same(this.#keys, (this.#slots[slot]! - 1) * this.#width, words, at)) slot = (slot + 1) & mask;
    return slot;
  }

  #same(a: Uint32Array, atA: number, b: Uint32Array, atB: number): boolean {
    for (let i = 0; i < this.#width; i++) if (a[atA + i] !== b[atB + i]) return false;
    return true;
  }

  #copy(from: Uint32Array, at: number, to: Uint32Array, toAt: number): void {
    for (let i = 0; i < this.#width; i++) to[toAt + i] = from[at + i]!;
  }

  #grow(): void {
    const keys = new Uint32Array(2 * this.#keys.length);
    const values = new Uint32Array(2 * this.#values.length);
    const hashes = new Uint32Array(2 * this.#hashes.length);
    keys.set(this.#keys);
    values.set(this.#values);
    hashes.set(this.#hashes);
    this.#keys = keys;
    this.#values = values;
    this.#hashes = hashes;
    this.#slots = new Uint32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let entry = 0; entry < this.#count; entry++) {
      let slot = hashes[entry]! & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = entry + 1;
    }
  }
}
