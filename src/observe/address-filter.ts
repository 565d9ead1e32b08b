/**
 * Which addresses may be among some, told by one bit each (Bloom 1970, with one hash). Addresses of a network lie on one line of memory:
 * most traffic is with few networks, and a look that stays in the cache costs a nanosecond.
 */
import { mix32 } from "../sketch/hash.ts";

/** Bits an address: so many let one in sixteen of the others through. */
const BITS_AN_ADDRESS = 16;
/** log2 of the least and the most bits: 2 MiB. */
const MIN_BITS = 12;
const MAX_BITS = 24;
/** log2 of the bits in a line of memory: the lower bits of an address say where in its line it is. */
const LINE_BITS = 9;

export class AddressFilter {
  readonly #words: Uint32Array;
  readonly #shift: number;

  /** @param addresses that will be added, about. */
  constructor(addresses: number) {
    const bits = Math.min(MAX_BITS, Math.max(MIN_BITS, Math.ceil(Math.log2(BITS_AN_ADDRESS * addresses + 1))));
    this.#words = new Uint32Array(2 ** (bits - 5));
    this.#shift = 32 - (bits - LINE_BITS);
  }

  add(address: number): void {
    const at = this.#wordOf(address);
    this.#words[at] = this.#words[at]! | (1 << (address & 31));
  }

  /** False where the address was surely not added. */
  mayHave(address: number): boolean {
    return ((this.#words[this.#wordOf(address)]! >>> (address & 31)) & 1) !== 0;
  }

  #wordOf(address: number): number {
    return ((mix32(address >>> LINE_BITS) >>> this.#shift) << (LINE_BITS - 5)) | ((address >>> 5) & 15);
  }
}
