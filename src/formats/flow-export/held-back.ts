/**
 * Data sets whose template has not come yet, kept for when it does, in a later input too (files of a folder come by name, not by time):
 * within a bound of octets and of time, for all exporters of a run together. What is given up is counted where it stood.
 */
import type { DecodeStats } from "../format.ts";
import type { Domain } from "./template-cache.ts";

/** Octets kept in all. */
export const MOST_HELD_OCTETS = 4 << 20;
/** Seconds: exporters announce their templates at least every half hour, most every few minutes. */
export const LONGEST_HOLD = 1800;
/** Counted for each set beside its octets: what an object costs. */
const OVERHEAD = 256;
const NO_TEMPLATE = "data whose template did not come";
const KEY = "flow-export, held back";

/** One data set, and what its datagram's header said. */
export interface HeldSet {
  readonly domain: Domain;
  readonly template: number;
  readonly octets: Uint8Array;
  readonly exportTime: number;
  readonly uptime: number;
  /** When it came, by the receiver's clock; null in bare files, whose sets do not age. */
  readonly receivedAt: number | null;
  /** Where its records are counted: in the input it stood in. */
  readonly stats: DecodeStats;
  /** Offset in that input of its first octet. */
  readonly place: number;
}

/** Queues of sets, oldest first. */
export class HeldBack {
  #octets = 0;
  /** When the set came that was kept last: captures of a folder may be read in any order of time. */
  #latest = 0;
  /** In the order they came. */
  readonly #ageing: Set<HeldSet> = new Set();
  readonly #ageless: Set<HeldSet> = new Set();
  readonly #byDomain: Map<Domain, Map<number, Set<HeldSet>>> = new Map();
  /** How many there are of each input. */
  readonly #waiting: Map<DecodeStats, number> = new Map();

  get size(): number {
    return this.#ageing.size + this.#ageless.size;
  }

  /** Keeps a set; others may have to be given up for it. */
  add(set: HeldSet): void {
    (set.receivedAt === null ? this.#ageless : this.#ageing).add(set);
    this.#octets += set.octets.length + OVERHEAD;
    let ofDomain = this.#byDomain.get(set.domain);
    if (ofDomain === undefined) {
      ofDomain = new Map();
      this.#byDomain.set(set.domain, ofDomain);
    }
    const waiting = ofDomain.get(set.template);
    if (waiting === undefined) ofDomain.set(set.template, new Set([set]));
    else waiting.add(set);
    this.#waiting.set(set.stats, (this.#waiting.get(set.stats) ?? 0) + 1);
    if (set.receivedAt !== null) this.#latest = set.receivedAt;
    this.#makeRoom();
  }

  /** Takes out those of the sets that wait for a template that `suits` agrees to, in the order they came. */
  take(domain: Domain, template: number, suits: (set: HeldSet) => boolean): readonly HeldSet[] {
    const found = this.#byDomain.get(domain)?.get(template);
    if (found === undefined) return [];
    const sets = [...found].filter((set) => suits(set));
    for (const set of sets) this.#remove(set);
    return sets;
  }

  /** Whether sets wait that stood in the input counted there. */
  holds(stats: DecodeStats): boolean {
    return this.#waiting.has(stats);
  }

  /** Gives up all sets, or those of one input. */
  giveUp(stats: DecodeStats | null = null): void {
    if (stats !== null && !this.holds(stats)) return;
    for (const queue of [this.#ageless, this.#ageing]) {
      for (const set of queue) if (stats === null || set.stats === stats) this.#giveUp(set);
    }
  }

  #makeRoom(): void {
    for (const oldest of this.#ageing) {
      if (this.#octets <= MOST_HELD_OCTETS && this.#latest - (oldest.receivedAt ?? 0) <= LONGEST_HOLD) break;
      this.#giveUp(oldest);
    }
    for (const oldest of this.#ageless) {
      if (this.#octets <= MOST_HELD_OCTETS) break;
      this.#giveUp(oldest);
    }
  }

  #giveUp(set: HeldSet): void {
    this.#remove(set);
    countNoTemplate(set.stats);
  }

  #remove(set: HeldSet): void {
    (set.receivedAt === null ? this.#ageless : this.#ageing).delete(set);
    this.#octets -= set.octets.length + OVERHEAD;
    const left = (this.#waiting.get(set.stats) ?? 0) - 1;
    if (left > 0) this.#waiting.set(set.stats, left);
    else this.#waiting.delete(set.stats);
    const ofDomain = this.#byDomain.get(set.domain);
    const waiting = ofDomain?.get(set.template);
    waiting?.delete(set);
    if (waiting?.size === 0) ofDomain?.delete(set.template);
    if (ofDomain?.size === 0) this.#byDomain.delete(set.domain);
  }
}

/** Counts a set that nobody can read. */
export function countNoTemplate(stats: DecodeStats): void {
  stats.records++;
  stats.miss(NO_TEMPLATE);
}

/** What waits in a run's memory, made where there is nothing yet. */
export function heldBackOf(memory: Map<string, unknown>): HeldBack {
  const known = memory.get(KEY);
  if (known instanceof HeldBack) return known;
  const held = new HeldBack();
  memory.set(KEY, held);
  return held;
}
