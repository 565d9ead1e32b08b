/** A home of three sectors, live hosts in it, and sources that choose their targets in stated ways: what the tests of focus are tested with. */
import type { Asset } from "../../model/asset.ts";
import type { TargetFocus } from "../../model/asset.ts";
import { type Network, parseNetwork } from "../../model/address.ts";
import type { Random } from "../../lab/random.ts";
import { WordSet } from "../../sketch/word-set.ts";
import { AddressSpace } from "./address-space.ts";
import { findFocus } from "./find-focus.ts";
import { TargetVotes } from "./target-votes.ts";

export function network(text: string): Network {
  const parsed = parseNetwork(text);
  if (parsed === null) throw new RangeError(text);
  return parsed;
}

export function asset(name: string, networks: readonly string[], rest: Partial<Asset> = {}): Asset {
  return { name, networks: networks.map(network), sector: null, role: null, services: [], exposure: null, ...rest };
}

/** 16 /24s of 198.18.0.0/20: energy has a half, health a quarter, finance an eighth in two places; an eighth is nobody's. */
export const HOME_20 = network("198.18.0.0/20");
export const START = HOME_20.words[3];
export const THREE_SECTORS: readonly Asset[] = [
  asset("grid", ["198.18.0.0/21"], { sector: "energy" }),
  asset("clinic", ["198.18.8.0/22"], { sector: "health" }),
  asset("bank", ["198.18.12.0/24", "198.18.15.0/24"], { sector: "finance" }),
];
export const FINANCE: readonly (readonly [from: number, size: number])[] = [
  [START + 12 * 256, 256],
  [START + 15 * 256, 256],
];

/** How many of the addresses are hosts that talk by themselves: every eighth or so, by a mixed key. */
export function hostsOf(random: Random, size = 4096, share = 0.125): WordSet {
  const hosts = new WordSet();
  for (let at = 0; at < size; at++) if (random.chance(share)) hosts.add(START + at);
  return hosts;
}

/** A choice of distinct addresses from stretches. */
export function chosen(random: Random, count: number, from: readonly (readonly [number, number])[] = [[START, 4096]]): number[] {
  const all = from.reduce((sum, [, size]) => sum + size, 0);
  const targets = new Set<number>();
  while (targets.size < Math.min(count, all)) {
    let at = random.integer(0, all - 1);
    for (const [start, size] of from) {
      if (at < size) {
        targets.add(start + at);
        break;
      }
      at -= size;
    }
  }
  return [...targets];
}

/** The focus of sources, each a list of targets. */
export function focusOf(
  sources: readonly (readonly number[])[],
  {
    assets = THREE_SECTORS,
    hosts = new WordSet(),
    home = [HOME_20] as readonly Network[],
    guessed = false,
    ipv6 = [] as readonly number[],
  } = {},
): TargetFocus {
  const space = new AddressSpace(home, assets);
  const votes = new TargetVotes(space, (target, stretch) => space.exposureOf(stretch) === "live" || hosts.has(target), space.size);
  sources.forEach((targets, source) => votes.add(source, 4, Uint32Array.from(targets), 1));
  if (ipv6.length > 0) votes.add(sources.length, 6, Uint32Array.from(ipv6), 1);
  const focus = findFocus({ space, votes, hosts, isHomeGuessed: guessed, tellsSilence: true, scans: [] });
  if (focus === null) throw new RangeError("nothing was probed");
  return focus;
}
