/** Whether a network overlaps any of a small set of others: sorted disjoint ranges, and for IPv4 a bit for each /16 that one touches. */
import type { Network } from "../../model/address.ts";
import { maskOf } from "./entry-columns.ts";

/** Of a few hundred networks at most; questions allocate nothing. */
export class NetworkOverlaps {
  readonly #ranges4: readonly (readonly [first: number, last: number])[];
  readonly #networks6: readonly Network[];
  /** One octet a /16: most questions end here. */
  readonly #touched = new Uint8Array(65_536);

  constructor(networks: readonly Network[]) {
    this.#ranges4 = networks
      .filter(({ family }) => family === 4)
      .map(({ words, bits }) => [words[3], (words[3] | ~maskOf(bits)) >>> 0] as const);
    this.#networks6 = networks.filter(({ family }) => family === 6);
    for (const [first, last] of this.#ranges4) this.#touched.fill(1, first >>> 16, (last >>> 16) + 1);
  }

  /** Whether any address of `first…last` is in the set. */
  overlaps4(first: number, last: number): boolean {
    const end = last >>> 16;
    let isTouched = false;
    for (let top = first >>> 16; top <= end && !isTouched; top++) isTouched = this.#touched[top] === 1;
    if (!isTouched) return false;
    for (const [start, stop] of this.#ranges4) if (start <= last && first <= stop) return true;
    return false;
  }

  /** Whether the network and one of the set share an address: the shorter prefix decides. */
  overlaps6(a: number, b: number, c: number, d: number, bits: number): boolean {
    for (const { words, bits: theirs } of this.#networks6) {
      const common = Math.min(bits, theirs);
      if (
        ((a ^ words[0]) & maskOf(common)) === 0 &&
        ((b ^ words[1]) & maskOf(common - 32)) === 0 &&
        ((c ^ words[2]) & maskOf(common - 64)) === 0 &&
        ((d ^ words[3]) & maskOf(common - 96)) === 0
      )
        return true;
    }
    return false;
  }
}
