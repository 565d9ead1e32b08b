/** Which networks are defended: as the user says, or guessed from who is probed. Direction of a probe follows from it (Zeek's local and remote scans). */
import { LAST_PROBE_CLASS, CLASS_ARP_REQUEST } from "../model/activity.ts";
import type { Activity, SourceView } from "../model/activity.ts";
import { containsIPv6, formatNetwork, parseIPv6, parseNetwork } from "../model/address.ts";
import type { Network } from "../model/address.ts";
import type { Home } from "../model/finding.ts";
import { WordCounts } from "../sketch/word-counts.ts";

/** Contacts looked at for a guess: enough for shares to a percent, however large the activity. */
const GUESS_CONTACTS = 200_000;
/** A private range is home when it is an end of this share of contacts: forged private sources in a darknet stay below it. */
const PRIVATE_SHARE = 0.2;
/** A public network is home when this share of probes goes there. */
const PUBLIC_SHARE = 0.1;
/** Networks in a guess: a site seldom has more, and a longer list is no guess. */
const GUESS_NETWORKS = 8;
/** Distinct /24 networks counted for the guess: bounds memory. */
const GUESS_BUCKETS = 65_536;

/** RFC 1918. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** The defended networks, ready for look-ups. */
export class HomeNetworks {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #six: readonly Network[];

  constructor(networks: readonly Network[]) {
    const ranges = networks
      .filter((network) => network.family === 4)
      .map((network) => ({ start: network.words[3], end: network.words[3] + 2 ** (32 - network.bits) - 1 }))
      .toSorted((a, b) => a.start - b.start);
    const merged: { start: number; end: number }[] = [];
    for (const range of ranges) {
      const last = merged.at(-1);
      if (last !== undefined && range.start <= last.end + 1) last.end = Math.max(last.end, range.end);
      else merged.push(range);
    }
    this.#starts = Float64Array.from(merged, (range) => range.start);
    this.#ends = Float64Array.from(merged, (range) => range.end);
    this.#six = networks.filter((network) => network.family === 6);
  }

  /** IPv4 addresses that are defended. */
  get sizeIPv4(): number {
    return this.#starts.reduce((sum, start, at) => sum + this.#ends[at]! - start + 1, 0);
  }

  /** Whether an IPv4 address is defended. */
  hasIPv4(word: number): boolean {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (word < this.#starts[middle]!) high = middle - 1;
      else if (word > this.#ends[middle]!) low = middle + 1;
      else return true;
    }
    return false;
  }

  /** Whether an IPv6 address is defended; false for text that is none (a hash). */
  hasIPv6(text: string): boolean {
    if (this.#six.length === 0) return false;
    const words = parseIPv6(text);
    return words !== null && this.#six.some((network) => containsIPv6(network, ...words));
  }

  /** Whether an address of the activity is defended. */
  has(activity: Activity, family: 4 | 6, word: number): boolean {
    if (family === 4) return this.hasIPv4(word);
    return this.#six.length > 0 && this.hasIPv6(activity.addressText(6, word));
  }
}

/** The defended networks of an activity: those given, or where there are none a guess that says so. */
export function findHome(activity: Activity, given: readonly Network[]): { home: Home; networks: HomeNetworks } {
  const guessed = given.length === 0;
  const networks = guessed ? guessHome(activity) : given;
  return { home: { networks: networks.map(formatNetwork), guessed }, networks: new HomeNetworks(networks) };
}

/** Private ranges that take part in the traffic; else the /24 (or /16, where several are probed) networks that probes go to. */
function guessHome(activity: Activity): Network[] {
  const ranges = PRIVATE_RANGES.map((text) => parseNetwork(text)).filter((network) => network !== null);
  const privates = ranges.map((range) => new HomeNetworks([range]));
  const privateContacts = ranges.map(() => 0);
  const rangeOf = (word: number): number => {
    for (let index = 0; index < privates.length; index++) if (privates[index]!.hasIPv4(word)) return index;
    return -1;
  };
  const networks24 = new WordCounts();
  let budget = GUESS_CONTACTS;
  let total = 0;
  const look = (source: SourceView): void => {
    if (source.family !== 4 || source.trafficClass > LAST_PROBE_CLASS) return;
    if (source.trafficClass === CLASS_ARP_REQUEST && source.word === 0) return;
    const { length, target: targets } = source.targets();
    const sourcePrivate = rangeOf(source.word);
    budget -= length;
    total += length;
    for (let i = 0; i < length; i++) {
      const target = targets[i]!;
      const targetPrivate = rangeOf(target);
      if (sourcePrivate >= 0) privateContacts[sourcePrivate]!++;
      if (targetPrivate >= 0 && targetPrivate !== sourcePrivate) privateContacts[targetPrivate]!++;
      const network = target >>> 8;
      if (networks24.size < GUESS_BUCKETS || networks24.get(network) > 0) networks24.add(network);
    }
  };
  activity.visit(1, look, () => budget <= 0);
  const home = ranges.filter((_, index) => privateContacts[index]! > 0 && privateContacts[index]! >= PRIVATE_SHARE * total);
  return home.length > 0 ? home : mostProbed(networks24, total);
}

function mostProbed(networks24: WordCounts, total: number): Network[] {
  const networks16 = new Map<number, { contacts: number; parts: number; largest: number; largestPart: number }>();
  for (let at = 0; at < networks24.size; at++) {
    const network = networks24.words[at]!;
    const contacts = networks24.counts[at]!;
    const entry = networks16.get(network >>> 8) ?? { contacts: 0, parts: 0, largest: 0, largestPart: 0 };
    entry.contacts += contacts;
    entry.parts++;
    if (contacts > entry.largest) {
      entry.largest = contacts;
      entry.largestPart = network;
    }
    networks16.set(network >>> 8, entry);
  }
  return [...networks16]
    .filter(([, entry]) => entry.contacts >= PUBLIC_SHARE * total)
    .toSorted(([a, x], [b, y]) => y.contacts - x.contacts || a - b)
    .slice(0, GUESS_NETWORKS)
    .map(([network, entry]) =>
      entry.parts === 1
        ? { family: 4, words: [0, 0, 0, (entry.largestPart << 8) >>> 0], bits: 24 }
        : { family: 4, words: [0, 0, 0, (network << 16) >>> 0], bits: 16 },
    );
}
