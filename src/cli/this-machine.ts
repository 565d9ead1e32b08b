/** Addresses that this machine has or depends on: whoever blocks them locks himself out. Read from the system; nothing is asked of the network. */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { parseNetwork } from "../model/address.ts";

interface Needed {
  readonly network: string;
  /** Goes on after "is". */
  readonly why: string;
}

/** Own addresses, resolvers, gateways, and the other end of the session in which the command runs. */
export function neededAddresses(environment: Readonly<Record<string, string | undefined>>): readonly Needed[] {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
  const client = (environment["SSH_CONNECTION"] ?? environment["SSH_CLIENT"] ?? "").split(" ")[0] ?? "";
  return [
    ...named(client === "" ? [] : [client], "where this session comes from (SSH)"),
    ...named(own, "an address of this machine"),
    ...named(resolvers(read("/etc/resolv.conf")), "a resolver of this machine"),
    ...named(gateways(read("/proc/net/route")), "a gateway of this machine"),
  ];
}

/** Name servers of resolv.conf(5). */
export function resolvers(text: string): string[] {
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1] ?? "");
}

/** Gateways of IPv4 in /proc/net/route, whose words are little-endian hexadecimal (proc(5)). */
export function gateways(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const gateway = line.trim().split(/\s+/)[2] ?? "";
    if (!/^[0-9A-F]{8}$/i.test(gateway) || gateway === "00000000") return [];
    return [[6, 4, 2, 0].map((at) => Number.parseInt(gateway.slice(at, at + 2), 16)).join(".")];
  });
}

function named(addresses: readonly string[], why: string): Needed[] {
  return addresses
    .map((address) => address.replace(/%.*$/, ""))
    .flatMap((network) => (parseNetwork(network) === null ? [] : [{ network, why }]));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
