/** Min-wise hashes of sets of contacts (Broder 1997): two sets agree in as many as they share. Kept flat, one set after another. */
import { mixPair } from "../sketch/hash.ts";
import type { ProbeSet } from "./probe-set.ts";

/** Minima in a signature: 16 agree by chance at one in 2^16 for sets that share half. */
const LENGTH = 16;
/** Halves of a signature of which one must agree to bring two sets together. */
export const HALVES = 2;

/** Signatures numbered from 0. */
export class Signatures {
  #count = 0;
  readonly #minima: Uint32Array;

  /** @param most signatures that there will be. */
  constructor(most: number) {
    this.#minima = new Uint32Array(most * LENGTH).fill(0xffffffff);
  }

  /** Adds the signature of a set and returns its number. */
  add({ target, port, length }: ProbeSet): number {
    const minima = this.#minima.subarray(this.#count * LENGTH, (this.#count + 1) * LENGTH);
    // Two contacts at a time, the last one twice if need be: each hash waits for the one before.
    for (let i = 0; i < length; i += 2) {
      const j = Math.min(i + 1, length - 1);
      let a = firstHash(target[i]!, port[i]!);
      let b = firstHash(target[j]!, port[j]!);
      for (let k = 0; k < LENGTH; k++) {
        a = (Math.imul(a ^ (a >>> 13), 0xc2b2ae35) + 0x9e3779b9) | 0;
        b = (Math.imul(b ^ (b >>> 13), 0xc2b2ae35) + 0x9e3779b9) | 0;
        const value = Math.min((a ^ (a >>> 16)) >>> 0, (b ^ (b >>> 16)) >>> 0);
        if (value < minima[k]!) minima[k] = value;
      }
    }
    return this.#count++;
  }

  /** A hash of four minima of a half. */
  half(number: number, half: number): number {
    const minima = this.#minima;
    const from = number * LENGTH + (half * LENGTH) / HALVES;
    return mixPair(mixPair(minima[from]!, minima[from + 1]!), mixPair(minima[from + 2]!, minima[from + 3]!));
  }

  /** In how many places two signatures differ. */
  differences(a: number, b: number): number {
    let different = 0;
    for (let k = 0; k < LENGTH; k++) if (this.#minima[a * LENGTH + k] !== this.#minima[b * LENGTH + k]) different++;
    return different;
  }
}

function firstHash(target: number, port: number): number {
  const hash = Math.imul(target ^ Math.imul(port + 1, 0x9e3779b1), 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
