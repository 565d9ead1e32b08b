/**
 * Addresses that no longer change, at two octets each: the hash is one to one, so its upper bits name a bucket and its lower bits, kept in
 * the bucket, are the rest of the address (quotienting: Knuth, TAOCP 3, 6.4, exercise 13). Filled in two passes over the same addresses.
 */
import { mix32 } from "../sketch/hash.ts";
import { AddressFilter } from "./address-filter.ts";

/** log2 of the buckets: at a million addresses a bucket is eight long. */
const BUCKET_BITS = 17;
const REST_BITS = 32 - BUCKET_BITS;
const REST_MASK = (1 << REST_BITS) - 1;
const BUCKETS = 1 << BUCKET_BITS;

export class AddressSet {
  /** How long each bucket will be; then where it starts, and one more at the end. */
  readonly #starts = new Uint32Array(BUCKETS + 1);
  #rests = new Uint16Array(0);
  /** Asked first: most questions are about addresses that are not here. */
  #filter = new AddressFilter(0);

  /** First pass: an address that will be put in, as often as it will be. */
  expect(address: number): void {
    const bucket = mix32(address) >>> REST_BITS;
    this.#starts[bucket] = this.#starts[bucket]! + 1;
  }

  /** Between the passes. */
  makeRoom(): void {
    let total = 0;
    for (let bucket = 0; bucket <= BUCKETS; bucket++) this.#starts[bucket] = total += this.#starts[bucket]!;
    this.#rests = new Uint16Array(total);
    this.#filter = new AddressFilter(total);
  }

  /** Second pass. Buckets fill from their ends, so that each start comes to stand where it belongs. */
  put(address: number): void {
    const hash = mix32(address);
    const bucket = hash >>> REST_BITS;
    const at = this.#starts[bucket]! - 1;
    this.#starts[bucket] = at;
    this.#rests[at] = hash & REST_MASK;
    this.#filter.add(address);
  }

  has(address: number): boolean {
    return this.#filter.mayHave(address) && this.#isInBucket(address);
  }

  /** Counts, and where wanted marks with 1 (others with 0), those that are not here. */
  markAbsent(addresses: Uint32Array, length: number, marks: Uint8Array | null): number {
    let absent = 0;
    for (let i = 0; i < length; i++) {
      const isAbsent = this.has(addresses[i]!) ? 0 : 1;
      if (marks !== null) marks[i] = isAbsent;
      absent += isAbsent;
    }
    return absent;
  }

  #isInBucket(address: number): boolean {
    const hash = mix32(address);
    const bucket = hash >>> REST_BITS;
    const rest = hash & REST_MASK;
    const rests = this.#rests;
    const end = this.#starts[bucket + 1]!;
    for (let at = this.#starts[bucket]!; at < end; at++) if (rests[at] === rest) return true;
    return false;
  }
}
