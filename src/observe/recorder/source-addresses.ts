/** Addresses of sources, numbered, and their networks: what a store keeps has whole addresses, and networks have owners to be looked up. */
import { hashIPv6 } from "../../model/address.ts";
import type { ObservationBatch } from "../../model/observation.ts";
import { KeyTable } from "./key-table.ts";

/** IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffff;
/** Word of a network of IPv4: the upper 24 bits of its addresses; of IPv6 a hash with this bit, so that the two do not meet. */
const NETWORK_6 = 0x80000000;

export class SourceAddresses {
  /** Rows of addresses: three upper words make the key with the lowest beside it. */
  readonly #table = new KeyTable();
  #upper = new Uint32Array(1 << 10);
  /** Words of networks, and for each the index of one address in it. */
  readonly #networks = new Map<number, number>();

  get size(): number {
    return this.#table.size;
  }

  /** The number of a row's source. */
  number(batch: ObservationBatch, row: number): number {
    const six = batch.family[row] === 6;
    const at = 4 * row;
    const a = six ? batch.source6[at]! : 0;
    const b = six ? batch.source6[at + 1]! : 0;
    const c = six ? batch.source6[at + 2]! : MAPPED;
    const d = six ? batch.source6[at + 3]! : batch.source[row]!;
    // Four words in a key of three: the upper two of IPv6 are rarely apart from one another, and a hash of both that collides merges two /64.
    const before = this.#table.size;
    const number = this.#table.row(six ? hashIPv6(a, b, 0, 0) : 0, c, d);
    if (number === before) {
      if (2 * number + 1 >= this.#upper.length) {
        const larger = new Uint32Array(2 * this.#upper.length);
        larger.set(this.#upper);
        this.#upper = larger;
      }
      this.#upper[2 * number] = a;
      this.#upper[2 * number + 1] = b;
    }
    return number;
  }

  /** The word of the source's network, /24 or /48. */
  network(number: number): number {
    const a = this.#upper[2 * number]!;
    const b = this.#upper[2 * number + 1]!;
    const c = this.#table.keys[3 * number + 1]!;
    const word =
      a === 0 && b === 0 && c === MAPPED ? this.#table.keys[3 * number + 2]! >>> 8 : (hashIPv6(a, b >>> 16, 0, 0) | NETWORK_6) >>> 0;
    if (!this.#networks.has(word)) this.#networks.set(word, number);
    return word;
  }

  /** Writes sixteen octets of an address. */
  write(number: number, octets: Uint8Array, at: number): void {
    const { keys } = this.#table;
    const words = [this.#upper[2 * number]!, this.#upper[2 * number + 1]!, keys[3 * number + 1]!, keys[3 * number + 2]!];
    for (const [index, word] of words.entries()) {
      for (let octet = 0; octet < 4; octet++) octets[at + 4 * index + octet] = word >>> (24 - 8 * octet);
    }
  }

  /** Some address of each network, as sixteen octets that are reused. */
  eachNetwork(visitor: (word: number, address: Uint8Array) => void): void {
    const octets = new Uint8Array(16);
    for (const [word, number] of this.#networks) {
      this.write(number, octets, 0);
      visitor(word, octets);
    }
  }

  clear(): void {
    this.#table.clear();
    this.#networks.clear();
  }
}
