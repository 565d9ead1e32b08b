/** What there was to be asked: the /24s that count as visible, and how many addresses of each stretch, dark and live, they expose. */
import type { WordSet } from "../../sketch/word-set.ts";
import type { AddressSpace } from "./address-space.ts";
import type { TargetVotes } from "./target-votes.ts";

/**
 * Of a home larger than this (sixteen /16s), or a guessed one, nobody's sensors need see all: then only /24s with a target or a live host
 * count. Stated judgement: users write 10.0.0.0/8 for what they use a thousandth of.
 */
const LARGEST_SEEN_WHOLE = 1 << 20;

export interface Exposure {
  /** Addresses of all /24s that count. */
  readonly size: number;
  /** By /24, its addresses in the space, and how many of them are live. */
  readonly subnets: ReadonlyMap<number, { readonly size: number; readonly live: number }>;
  /** By stretch, the same. */
  readonly sizes: Float64Array;
  readonly live: Float64Array;
}

/** Exposure of the space, from what the owner says, and where he does not from the hosts that were seen. */
export function exposureOf(space: AddressSpace, votes: TargetVotes, hosts: WordSet, isGuessed: boolean): Exposure {
  const liveOf = new Map<string, number>();
  const touched = new Set<number>(votes.subnets);
  hosts.each((host) => {
    const subnet = host >>> 8;
    touched.add(subnet);
    const key = `${subnet} ${space.find(host)}`;
    liveOf.set(key, (liveOf.get(key) ?? 0) + 1);
  });
  const seen = !isGuessed && space.size <= LARGEST_SEEN_WHOLE ? allSubnets(space) : touched;
  const subnets = new Map<number, { size: number; live: number }>();
  const sizes = new Float64Array(space.starts.length);
  const live = new Float64Array(space.starts.length);
  for (const subnet of [...seen].toSorted((a, b) => a - b)) {
    const whole = { size: 0, live: 0 };
    space.eachPart(subnet, (stretch, size) => {
      const said = space.exposureOf(stretch);
      const alive = said === "live" ? size : said === "dark" ? 0 : (liveOf.get(`${subnet} ${stretch}`) ?? 0);
      whole.size += size;
      whole.live += alive;
      sizes[stretch] = sizes[stretch]! + size;
      live[stretch] = live[stretch]! + alive;
    });
    if (whole.size > 0) subnets.set(subnet, whole);
  }
  return { size: sizes.reduce((sum, of) => sum + of, 0), subnets, sizes, live };
}

function allSubnets(space: AddressSpace): Set<number> {
  const all = new Set<number>();
  for (let at = 0; at < space.starts.length; at++)
    for (let subnet = space.starts[at]! >>> 8; subnet <= space.ends[at]! >>> 8; subnet++) all.add(subnet);
  return all;
}
