/**
 * Addresses with a special purpose: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, updated by RFC 8190),
 * and multicast (RFC 5771, RFC 4291), which those registries leave to registries of their own.
 */
import { type Network, parseIPv4, parseIPv6, parseNetwork } from "../model/address.ts";
import type { ReservedLabel } from "../model/label.ts";
import { NetworkTable } from "./network-table.ts";

export const SPECIAL_PURPOSE_LIST = "IANA special-purpose registries (RFC 6890)";
/** The newest entry that the table below knows: 100:0:0:1::/64 of RFC 9780. */
export const SPECIAL_PURPOSE_DATE = "2025-05";

/**
 * [network, name, RFC, globally reachable]. "Not applicable" of the registry (6to4, Teredo, the old 6to4 relay anycast) counts as reachable:
 * such sources do arrive over the Internet.
 */
const SPECIAL_PURPOSE: readonly (readonly [network: string, name: string, rfc: string, globallyReachable: boolean])[] = [
  ["0.0.0.0/8", "this-network", "RFC 791", false],
  ["0.0.0.0/32", "this-host", "RFC 1122", false],
  ["10.0.0.0/8", "private-use", "RFC 1918", false],
  ["100.64.0.0/10", "shared-address-space", "RFC 6598", false],
  ["127.0.0.0/8", "loopback", "RFC 1122", false],
  ["169.254.0.0/16", "link-local", "RFC 3927", false],
  ["172.16.0.0/12", "private-use", "RFC 1918", false],
  ["192.0.0.0/24", "ietf-protocol-assignments", "RFC 6890", false],
  ["192.0.0.0/29", "ipv4-service-continuity", "RFC 7335", false],
  ["192.0.0.8/32", "ipv4-dummy", "RFC 7600", false],
  ["192.0.0.9/32", "port-control-protocol-anycast", "RFC 7723", true],
  ["192.0.0.10/32", "turn-anycast", "RFC 8155", true],
  ["192.0.0.170/32", "nat64-dns64-discovery", "RFC 8880", false],
  ["192.0.0.171/32", "nat64-dns64-discovery", "RFC 8880", false],
  ["192.0.2.0/24", "documentation", "RFC 5737", false],
  ["192.31.196.0/24", "as112", "RFC 7535", true],
  ["192.52.193.0/24", "amt", "RFC 7450", true],
  ["192.88.99.0/24", "deprecated-6to4-relay-anycast", "RFC 7526", true],
  ["192.88.99.2/32", "6a44-relay-anycast", "RFC 6751", false],
  ["192.168.0.0/16", "private-use", "RFC 1918", false],
  ["192.175.48.0/24", "as112-direct-delegation", "RFC 7534", true],
  ["198.18.0.0/15", "benchmarking", "RFC 2544", false],
  ["198.51.100.0/24", "documentation", "RFC 5737", false],
  ["203.0.113.0/24", "documentation", "RFC 5737", false],
  ["224.0.0.0/4", "multicast", "RFC 5771", false],
  ["240.0.0.0/4", "reserved", "RFC 1112", false],
  ["255.255.255.255/32", "limited-broadcast", "RFC 8190", false],

  ["::/128", "unspecified", "RFC 4291", false],
  ["::1/128", "loopback", "RFC 4291", false],
  ["::ffff:0:0/96", "ipv4-mapped", "RFC 4291", false],
  ["64:ff9b::/96", "ipv4-ipv6-translation", "RFC 6052", true],
  ["64:ff9b:1::/48", "ipv4-ipv6-translation", "RFC 8215", false],
  ["100::/64", "discard-only", "RFC 6666", false],
  ["100:0:0:1::/64", "dummy-prefix", "RFC 9780", false],
  ["2001::/23", "ietf-protocol-assignments", "RFC 2928", false],
  ["2001::/32", "teredo", "RFC 4380", true],
  ["2001:1::1/128", "port-control-protocol-anycast", "RFC 7723", true],
  ["2001:1::2/128", "turn-anycast", "RFC 8155", true],
  ["2001:1::3/128", "dns-sd-registration-anycast", "RFC 9665", true],
  ["2001:2::/48", "benchmarking", "RFC 5180", false],
  ["2001:3::/32", "amt", "RFC 7450", true],
  ["2001:4:112::/48", "as112", "RFC 7535", true],
  ["2001:10::/28", "deprecated-orchid", "RFC 4843", false],
  ["2001:20::/28", "orchid-v2", "RFC 7343", true],
  ["2001:30::/28", "drone-remote-id", "RFC 9374", true],
  ["2001:db8::/32", "documentation", "RFC 3849", false],
  ["2002::/16", "6to4", "RFC 3056", true],
  ["2620:4f:8000::/48", "as112-direct-delegation", "RFC 7534", true],
  ["3fff::/20", "documentation", "RFC 9637", false],
  ["5f00::/16", "segment-routing-sids", "RFC 9602", false],
  ["fc00::/7", "unique-local", "RFC 4193", false],
  ["fe80::/10", "link-local", "RFC 4291", false],
  ["fec0::/10", "deprecated-site-local", "RFC 3879", false],
  ["ff00::/8", "multicast", "RFC 4291", false],
];

const TABLE = new NetworkTable<ReservedLabel>(
  SPECIAL_PURPOSE.flatMap(([text, name, rfc, globallyReachable]) => {
    const network = parseNetwork(text);
    const label: ReservedLabel = { list: `${SPECIAL_PURPOSE_LIST}: ${rfc}`, date: SPECIAL_PURPOSE_DATE, name, globallyReachable };
    return network === null ? [] : [[network, label] as const];
  }),
);

/** Networks of the registries from which no honest packet can come over the Internet. */
export const SPECIAL_PURPOSE_NETWORKS: readonly Network[] = SPECIAL_PURPOSE.flatMap(([text, , , globallyReachable]) =>
  globallyReachable ? [] : (parseNetwork(text) ?? []),
);

/** The special purpose of an address (text), or null for ordinary unicast and for what is no address. */
export function specialPurpose(address: string): ReservedLabel | null {
  return TABLE.lookup(address);
}

/**
 * Whether no honest packet from this address can come over the Internet: special-purpose and not globally reachable, multicast, or IPv6
 * outside global unicast 2000::/3 (IANA assigns from nowhere else) but for the translation prefix. Not an address: true.
 */
export function isBogon(address: string): boolean {
  const label = TABLE.lookup(address);
  if (label !== null) return !label.globallyReachable;
  if (parseIPv4(address) !== null) return false;
  const words = parseIPv6(address);
  return words === null || words[0] >>> 29 !== 1;
}

/** Networks from which no honest packet comes over the Internet, with what they are: those that {@link isBogon} tells, as a list. */
export function bogonNetworks(): readonly (readonly [network: string, name: string])[] {
  const outside = ["::/3", "4000::/2", "8000::/1"].map((network) => [network, "outside IPv6's global unicast"] as const);
  return [...SPECIAL_PURPOSE.flatMap(([network, name, , reachable]) => (reachable ? [] : [[network, name] as const])), ...outside];
}
