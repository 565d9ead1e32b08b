/**
 * Data sets whose template has not come yet, kept for when it does: within a bound of octets and of time, for all exporters together.
 * What is given up is counted where the set was held back.
 */
import type { Domain } from "./template-cache.ts";

/** Octets kept in all. */
export const MOST_HELD_OCTETS = 4 << 20;
/** Seconds: exporters announce their templates at least every half hour, most every few minutes. */
export const LONGEST_HOLD = 1800;
/** Counted for each set beside its octets: what an object costs. */
const OVERHEAD = 256;

/** One data set, and what its datagram's header said. */
export interface HeldSet {
  readonly domain: Domain;
  readonly template: number;
  readonly octets: Uint8Array;
  readonly exportTime: number;
  readonly uptime: number;
  readonly receivedAt: number;
}

/** A queue of sets, oldest first. */
export class HeldBack {
  #octets = 0;
  #newest = Number.NEGATIVE_INFINITY;
  /** In the order they came. */
  readonly #sets: Set<HeldSet> = new Set();
  readonly #byDomain: Map<Domain, Map<number, Set<HeldSet>>> = new Map();

  get size(): number {
    return this.#sets.size;
  }

  /** Keeps a set; returns how many had to be given up for it. */
  add(set: HeldSet): number {
    this.#sets.add(set);
    this.#octets += set.octets.length + OVERHEAD;
    let ofDomain = this.#byDomain.get(set.domain);
    if (ofDomain === undefined) {
      ofDomain = new Map();
      this.#byDomain.set(set.domain, ofDomain);
    }
    const waiting = ofDomain.get(set.template);
    if (waiting === undefined) ofDomain.set(set.template, new Set([set]));
    else waiting.add(set);
    this.#newest = Math.max(this.#newest, set.receivedAt);
    return this.#giveUp();
  }

  /** Takes out the sets that wait for a template, in the order they came. */
  take(domain: Domain, template: number): readonly HeldSet[] {
    const found = this.#byDomain.get(domain)?.get(template);
    if (found === undefined) return [];
    const sets = [...found];
    for (const set of sets) this.#remove(set);
    return sets;
  }

  /** Gives all up; returns how many there were. */
  clear(): number {
    const count = this.#sets.size;
    this.#sets.clear();
    this.#byDomain.clear();
    this.#octets = 0;
    return count;
  }

  #giveUp(): number {
    let count = 0;
    for (const oldest of this.#sets) {
      if (this.#octets <= MOST_HELD_OCTETS && this.#newest - oldest.receivedAt <= LONGEST_HOLD) break;
      this.#remove(oldest);
      count++;
    }
    return count;
  }

  #remove(set: HeldSet): void {
    this.#sets.delete(set);
    this.#octets -= set.octets.length + OVERHEAD;
    const ofDomain = this.#byDomain.get(set.domain);
    const waiting = ofDomain?.get(set.template);
    waiting?.delete(set);
    if (waiting?.size === 0) ofDomain?.delete(set.template);
    if (ofDomain?.size === 0) this.#byDomain.delete(set.domain);
  }
}
