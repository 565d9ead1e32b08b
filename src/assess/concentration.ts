/**
 * How concentrated sources are in one network and in one /24, against the share that background noise has there at most.
 *
 * The base rates are measured on 30,744 addresses that two or more of ipsum's thirty blocklists agree on (github.com/stamparm/ipsum,
 * levels/2.txt of 2026-08-22; 14,202 of them on three), placed by RouteViews' data. Networks of homes and offices have 0.6 to 2.2 times
 * their share of announced addresses there, none of them above 2.3 %; clouds and hosters up to 60 times theirs, the largest (Google Cloud)
 * 9.6 to 11.5 %, small ones up to 5.7 %, Alibaba 6.5 %; no /24 more than 1.5 %. What is set below is above each of these.
 */
import { parseIPv4, parseIPv6 } from "../model/address.ts";
import type { AddressLabels, NetworkKind, NetworkLabel } from "../model/label.ts";
import { binomialTail } from "../stats/binomial-tail.ts";

/** Addresses that all networks together announce (RouteViews by `@ip-location-db/asn`, June 2026): 3.31 billion. */
const ANNOUNCED = 3.31e9;
/** Times its share of announced addresses that a network of noise has at most, and its share at least, by what the network is for. */
const HOSTING = { factor: 20, floor: 0.07 };
const OTHERS = { factor: 7, floor: 0.025 };
/** Above the largest network's share, so that no network is expected to have more, however much it announces. */
const CEILING = 0.15;
/** Above the largest /24's share. */
const PREFIX_SHARE = 0.02;
/** Sources that must be placed before anything is said. */
const FEWEST = 5;
/** Networks that are tested, those with the most sources: others have few. */
const TESTED = 32;

/** One network or /24 with its sources. */
export interface Concentrated {
  /** For people: "AS202425, IP Volume inc", "192.0.2.0/24". */
  readonly name: string;
  readonly sources: number;
  /** The share of sources that noise has there at most. */
  readonly base: number;
  /** P(at least so many there | noise), times the number of networks that it could have been: small is concentrated. */
  readonly chance: number;
}

export interface Concentration {
  /** Addresses that were placed in a network. */
  readonly placed: number;
  /** Distinct networks among them: by ASN where it is known, else by /24 (IPv6 /48). */
  readonly networks: number;
  /** Distinct /24 (IPv6 /48) networks. */
  readonly prefixes: number;
  /** The network with the least chance (with most sources where none stands out), and the same of /24s. Null where nothing was placed. */
  readonly largest: Concentrated | null;
  readonly largestPrefix: Concentrated | null;
  /** Addresses in networks that rent hosts out, and in those of homes and phones; others' networks are of another kind, or of none that is known. */
  readonly rented: number;
  readonly homes: number;
  /** Of the lesser of both chances, twice: there were two to choose from. 1 where there are too few sources to tell. */
  readonly chance: number;
}

interface Counted {
  readonly name: string;
  readonly base: number;
  sources: number;
}

/**
 * Places each address. Texts that are no address (hashes) are left out.
 * @param announced ASN → IPv4 addresses that it announces, as far as known
 */
export function concentrationOf(
  addresses: Iterable<string>,
  labels: ReadonlyMap<string, AddressLabels>,
  announced: ReadonlyMap<number, number> = new Map(),
): Concentration {
  const networks = new Map<string, Counted>();
  const prefixes = new Map<string, Counted>();
  let placed = 0;
  let rented = 0;
  let homes = 0;
  for (const address of addresses) {
    const prefix = prefixOf(address);
    if (prefix === null) continue;
    const network = labels.get(address)?.network ?? null;
    const key = network === null || network.asn === null ? prefix : `AS${network.asn}`;
    add(networks, key, () => countedNetwork(network, prefix, announced));
    add(prefixes, prefix, () => ({ name: prefix, base: PREFIX_SHARE, sources: 0 }));
    placed++;
    if (network?.kind === "hosting") rented++;
    else if (network?.kind === "access" || network?.kind === "mobile") homes++;
  }
  const largest = leastLikely(networks, placed);
  const largestPrefix = leastLikely(prefixes, placed);
  return {
    placed,
    networks: networks.size,
    prefixes: prefixes.size,
    rented,
    homes,
    largest,
    largestPrefix,
    chance: Math.min(1, 2 * Math.min(largest?.chance ?? 1, largestPrefix?.chance ?? 1)),
  };
}

function add(counts: Map<string, Counted>, key: string, make: () => Counted): void {
  let entry = counts.get(key);
  if (entry === undefined) {
    entry = make();
    counts.set(key, entry);
  }
  entry.sources++;
}

function countedNetwork(network: NetworkLabel | null, prefix: string, announced: ReadonlyMap<number, number>): Counted {
  if (network === null || network.asn === null) return { name: prefix, base: PREFIX_SHARE, sources: 0 };
  const name = `AS${network.asn}${network.name === null ? "" : `, ${network.name}`}`;
  return { name, base: baseShare(network.kind, announced.get(network.asn) ?? 0), sources: 0 };
}

/** The share of sources that noise has in a network at most. A network of unknown kind may be a hoster. */
export function baseShare(kind: NetworkKind | null, addresses: number): number {
  const { factor, floor } = kind === null || kind === "hosting" ? HOSTING : OTHERS;
  return Math.min(CEILING, Math.max(floor, (factor * addresses) / ANNOUNCED));
}

function leastLikely(counts: ReadonlyMap<string, Counted>, placed: number): Concentrated | null {
  const most = [...counts.values()].toSorted((a, b) => b.sources - a.sources || (a.name < b.name ? -1 : 1));
  let least: Concentrated | null = null;
  for (const { name, sources, base } of most.slice(0, TESTED)) {
    // Of networks with so large a base there can only be few.
    const choices = Math.min(counts.size, 1 / base);
    const chance = placed < FEWEST ? 1 : Math.min(1, choices * binomialTail(sources, placed, base));
    if (least === null || chance < least.chance) least = { name, sources, base, chance };
  }
  return least;
}

/** "192.0.2.77" → "192.0.2.0/24"; IPv6 by /48; null for what is no address. */
function prefixOf(address: string): string | null {
  const word = parseIPv4(address);
  if (word !== null) return `${address.slice(0, address.lastIndexOf("."))}.0/24`;
  const words = parseIPv6(address);
  if (words === null) return null;
  const groups = [words[0] >>> 16, words[0] & 0xffff, words[1] >>> 16];
  return `${groups.map((group) => group.toString(16)).join(":")}::/48`;
}
