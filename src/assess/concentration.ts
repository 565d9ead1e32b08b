/** How concentrated sources are in one network, against what background noise looks like. */
import { parseIPv4, parseIPv6 } from "../model/address.ts";
import type { AddressLabels } from "../model/label.ts";
import { binomialTail } from "../stats/binomial-tail.ts";

/**
 * The share of background sources that one network has at most: even the largest consumer networks send about a tenth of a telescope's
 * sources. Stated judgement, on the generous side.
 */
const BASE_SHARE = 0.1;

export interface Concentration {
  /** Addresses that were placed in a network. */
  readonly placed: number;
  /** Distinct networks among them: by ASN where it is known, else by /24 (IPv6 /48). */
  readonly networks: number;
  /** Distinct /24 (IPv6 /48) networks. */
  readonly prefixes: number;
  /** The largest network; `name` is for people: "AS202425, IP Volume inc", "192.0.2.0/24". */
  readonly largest: { readonly name: string; readonly sources: number } | null;
  /** P(at least so many in one network | background): small is concentrated. 1 where there are too few to tell. */
  readonly chance: number;
}

/** Places each address. Texts that are no address (hashes) are left out. */
export function concentrationOf(addresses: Iterable<string>, labels: ReadonlyMap<string, AddressLabels>): Concentration {
  const networks = new Map<string, number>();
  const prefixes = new Set<string>();
  let placed = 0;
  for (const address of addresses) {
    const prefix = prefixOf(address);
    if (prefix === null) continue;
    const network = labels.get(address)?.network ?? null;
    const name = network?.asn === null || network === null ? prefix : `AS${network.asn}${network.name === null ? "" : `, ${network.name}`}`;
    networks.set(name, (networks.get(name) ?? 0) + 1);
    prefixes.add(prefix);
    placed++;
  }
  let largest: Concentration["largest"] = null;
  for (const [name, sources] of networks) if (largest === null || sources > largest.sources) largest = { name, sources };
  return {
    placed,
    networks: networks.size,
    prefixes: prefixes.size,
    largest,
    chance: largest === null || placed < 5 ? 1 : binomialTail(largest.sources, placed, BASE_SHARE),
  };
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
