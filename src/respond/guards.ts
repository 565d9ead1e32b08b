/**
 * Who is never blocked, whoever asks: one's own networks, special ranges, resolvers, acknowledged scanners; and never more than so many
 * addresses. What a network has of them is cut out of it, and said.
 */
import { formatNetwork, type Network } from "../model/address.ts";
import type { LeftOut } from "../model/block.ts";
import { networksIn, type Range, rangeOf, union } from "./ranges.ts";

/** Left alone, and why, as a sentence goes on after "is": "a public resolver (Google)". */
export interface Protected {
  readonly network: Network;
  readonly why: string;
  /** Parts of it that are not protected. */
  readonly except?: readonly Network[];
}

export interface Guarded {
  readonly kept: readonly Network[];
  readonly leftOut: readonly LeftOut[];
  /** Addresses kept: of IPv4 each, of IPv6 each /64, which is one host's or one line's. */
  readonly addresses: number;
}

/** Protected ranges, disjoint and in order, of which each knows its reason. */
export class Protection {
  readonly #ranges: Readonly<Record<4 | 6, readonly (Range & { readonly why: string })[]>>;

  /** Where they overlap, the first named gives the reason. */
  constructor(all: readonly Protected[]) {
    this.#ranges = { 4: disjoint(all, 4), 6: disjoint(all, 6) };
  }

  /** What of a range is protected, in order. */
  within({ start, end }: Range, family: 4 | 6): (Range & { readonly why: string })[] {
    const ranges = this.#ranges[family];
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ranges[middle]!.end < start) low = middle + 1;
      else high = middle;
    }
    const found: (Range & { readonly why: string })[] = [];
    for (let at = low; at < ranges.length && ranges[at]!.start <= end; at++) {
      const range = ranges[at]!;
      found.push({ start: range.start > start ? range.start : start, end: range.end < end ? range.end : end, why: range.why });
    }
    return found;
  }
}

/**
 * What may be blocked of what is asked for.
 * @param asked heaviest first: where there are more than `most` addresses, the last are left out.
 */
export function guard(asked: readonly Network[], protection: Protection, most: number): Guarded {
  const kept: Network[] = [];
  const leftOut: LeftOut[] = [];
  const seen = new Set<string>();
  let addresses = 0;
  for (const network of asked) {
    const text = formatNetwork(network);
    if (seen.has(text)) continue;
    seen.add(text);
    const whole = rangeOf(network);
    const covered = protection.within(whole, network.family);
    const free = without(whole, covered).flatMap((range) => networksIn(range, network.family));
    const size = free.reduce((sum, one) => sum + sizeOf(one), 0);
    if (addresses + size > most) {
      leftOut.push({ network: text, reason: `over the most that is blocked at once (${most} addresses; --max allows more)` });
      continue;
    }
    leftOut.push(...named(covered, free.length === 0 ? text : null, network.family));
    addresses += size;
    kept.push(...free);
  }
  return { kept, leftOut, addresses };
}

/** Addresses of a network as they are counted against the limit. */
function sizeOf({ family, bits }: Network): number {
  return family === 4 ? 2 ** (32 - bits) : 2 ** Math.max(0, 64 - bits);
}

/** Protected parts with their reasons; a network that is protected as a whole under its own name, once. */
function named(covered: readonly (Range & { readonly why: string })[], whole: string | null, family: 4 | 6): LeftOut[] {
  const reasons = [...new Set(covered.map(({ why }) => why))];
  if (whole !== null) return reasons.length === 0 ? [] : [{ network: whole, reason: reasons.slice(0, 3).join("; ") }];
  return reasons.flatMap((reason) =>
    union(covered.filter(({ why }) => why === reason))
      .flatMap((range) => networksIn(range, family))
      .map((network) => ({ network: formatNetwork(network), reason })),
  );
}

function without({ start, end }: Range, holes: readonly Range[]): Range[] {
  const rest: Range[] = [];
  let at = start;
  for (const hole of holes) {
    if (hole.start > at) rest.push({ start: at, end: hole.start - 1n });
    at = hole.end + 1n;
  }
  if (at <= end) rest.push({ start: at, end });
  return rest;
}

function disjoint(all: readonly Protected[], family: 4 | 6): (Range & { readonly why: string })[] {
  const placed: (Range & { readonly why: string })[] = [];
  for (const { network, why, except = [] } of all) {
    if (network.family !== family) continue;
    const whole = rangeOf(network);
    const holes = union([...placed, ...except.filter((part) => part.family === family).map(rangeOf)]).filter(
      (range) => range.start <= whole.end && range.end >= whole.start,
    );
    placed.push(...without(whole, holes).map((range) => ({ ...range, why })));
    placed.sort((a, b) => (a.start < b.start ? -1 : 1));
  }
  return placed;
}
