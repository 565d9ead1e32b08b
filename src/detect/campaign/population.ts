/** What all suspects together are like: the null that a group is held against. A quirk that is common in the capture ties nothing. */
import { WordCounts } from "../../sketch/word-counts.ts";
import { KEPT_TARGETS, type Suspects } from "./suspects.ts";

/** Fewest packets from which a source has a pace. */
const PACED_PACKETS = 4;
/** A source that was there before the reading began is first seen within its usual gap; twice that leaves one in seven. */
const CENSORED_GAPS = 2;

export class Population {
  readonly suspects: Suspects;
  /** Seconds since 1970. */
  readonly start: number;
  readonly end: number;
  /** First times, durations and paces (packets a second) of all, rising. */
  readonly #starts: Float64Array;
  readonly #durations: Float64Array;
  readonly #paces: Float64Array;
  /** How many suspects keep each target. */
  readonly #popularity = new WordCounts();
  readonly #keptContacts: number;

  constructor(suspects: Suspects, start: number, end: number) {
    this.suspects = suspects;
    this.start = start;
    this.end = end;
    const { length, first, last } = suspects;
    this.#starts = first.slice(0, length).sort();
    this.#durations = Float64Array.from({ length }, (_, at) => last[at]! - first[at]!).sort();
    const paces: number[] = [];
    for (let at = 0; at < length; at++) {
      const pace = this.paceOf(at);
      if (pace !== null) paces.push(pace);
    }
    this.#paces = Float64Array.from(paces).sort();
    let kept = 0;
    for (let at = 0; at < length; at++) {
      kept += suspects.kept[at]!;
      for (let i = 0; i < suspects.kept[at]!; i++) this.#popularity.add(suspects.targets[at * KEPT_TARGETS + i]!);
    }
    this.#keptContacts = kept;
  }

  /** Seconds read. */
  get span(): number {
    return this.end - this.start;
  }
  /** Distinct targets that are kept of anybody. */
  get distinctTargets(): number {
    return this.#popularity.size;
  }

  startsWithin(from: number, to: number): number {
    return countWithin(this.#starts, from, to);
  }
  durationsWithin(from: number, to: number): number {
    return countWithin(this.#durations, from, to);
  }
  /** Share of those that have a pace whose pace lies there, `own` of them left out of the count. */
  paceShare(from: number, to: number, own: number): number {
    return (Math.max(0, countWithin(this.#paces, from, to) - own) + 1) / (Math.max(0, this.#paces.length - own) + 1);
  }

  /** Packets a second, or null where there are too few. */
  paceOf(at: number): number | null {
    const { packets, first, last } = this.suspects;
    const seconds = last[at]! - first[at]!;
    return packets[at]! < PACED_PACKETS || seconds <= 0 ? null : (packets[at]! - 1) / seconds;
  }

  /** Whether the moment a source was first (or last) seen may be the reading's, not its own. */
  isStartCensored(at: number): boolean {
    return this.suspects.first[at]! - this.start <= CENSORED_GAPS * this.#gapOf(at);
  }
  isStopCensored(at: number): boolean {
    return this.end - this.suspects.last[at]! <= CENSORED_GAPS * this.#gapOf(at);
  }

  /** How likely a strange contact is with the target, `own` of the suspects that keep it left out, and `ownContacts` of all that is kept. */
  targetShare(target: number, own: number, ownContacts: number): number {
    return (Math.max(0, this.#popularity.get(target) - own) + 0.5) / (Math.max(0, this.#keptContacts - ownContacts) + 1);
  }

  #gapOf(at: number): number {
    const { packets, first, last } = this.suspects;
    return packets[at]! < 2 ? 0 : (last[at]! - first[at]!) / (packets[at]! - 1);
  }
}

/** How many of rising values lie in [from, to]. */
function countWithin(values: Float64Array, from: number, to: number): number {
  return firstAbove(values, to) - firstFrom(values, from);
}

function firstFrom(values: Float64Array, bound: number): number {
  let low = 0;
  for (let high = values.length; low < high;) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAbove(values: Float64Array, bound: number): number {
  let low = 0;
  for (let high = values.length; low < high;) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
