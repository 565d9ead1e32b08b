/**
 * The fewest networks for a list of addresses. Without a budget nothing is covered that was not asked for; with one, so many innocent
 * addresses may be, and the number of networks is the least that this buys: dynamic programming over the tree of prefixes, in which g(node,
 * n), the innocents of covering a node with n networks, is the least sum of its two halves (a knapsack on a tree, O(n²) for n networks).
 */
import type { Network } from "../model/address.ts";
import { networkAt, networksIn, type Range, rangeOf, union, width } from "./ranges.ts";

/** Networks of one version of IP for which innocents are weighed: at most 16 million steps. */
export const MOST_WEIGHED = 4096;

export interface Aggregate {
  readonly networks: readonly Network[];
  /** Addresses covered that nobody asked for. */
  readonly innocents: number;
}

/**
 * @param innocents how many addresses may be covered that were not asked for.
 * @param isForbidden ranges that no network may grow over, whatever the budget.
 */
export function aggregate(
  asked: readonly Network[],
  innocents = 0,
  isForbidden: (range: Range, family: 4 | 6) => boolean = () => false,
): Aggregate {
  const networks: Network[] = [];
  let covered = 0;
  for (const family of [4, 6] as const) {
    const exact = union(asked.filter((network) => network.family === family).map(rangeOf)).flatMap((range) => networksIn(range, family));
    const budget = innocents - covered;
    if (budget < 1 || exact.length < 2 || exact.length > MOST_WEIGHED) {
      networks.push(...exact);
      continue;
    }
    const chosen = weigh(exact, family, budget, isForbidden);
    networks.push(...chosen.networks);
    covered += chosen.innocents;
  }
  return { networks, innocents: covered };
}

interface Node {
  readonly cover: Network;
  /** g(node, n) at index n − 1. */
  readonly cost: Float64Array;
  readonly halves: readonly [Node, Node] | null;
}

function weigh(exact: readonly Network[], family: 4 | 6, budget: number, isForbidden: (range: Range, family: 4 | 6) => boolean): Aggregate {
  const ranges = exact.map(rangeOf);
  const root = build(0, exact.length);
  const count = root.cost.findIndex((cost) => cost <= budget) + 1;
  const networks: Network[] = [];
  pick(root, count);
  return { networks, innocents: root.cost[count - 1] ?? 0 };

  function build(from: number, to: number): Node {
    const first = ranges[from]!;
    const last = ranges[to - 1]!;
    if (to - from === 1) return { cover: exact[from]!, cost: Float64Array.of(0), halves: null };
    const size = (first.start ^ last.end).toString(2).length;
    const bits = width(family) - size;
    const start = (first.start >> BigInt(size)) << BigInt(size);
    const middle = start + (1n << BigInt(size - 1));
    let split = from + 1;
    while (ranges[split]!.start < middle) split++;
    const halves = [build(from, split), build(split, to)] as const;
    const cost = new Float64Array(to - from).fill(Number.POSITIVE_INFINITY);
    halves[0].cost.forEach((left, i) => {
      halves[1].cost.forEach((right, j) => {
        if (left + right < cost[i + j + 1]!) cost[i + j + 1] = left + right;
      });
    });
    const whole = { start, end: start + (1n << BigInt(size)) - 1n };
    const askedFor = ranges.slice(from, to).reduce((sum, range) => sum + range.end - range.start + 1n, 0n);
    // Nothing shorter than a network that anybody holds, and nothing that is protected.
    if (bits > 0 && !isForbidden(whole, family)) cost[0] = Number(whole.end - whole.start + 1n - askedFor);
    return { cover: networkAt(start, bits, family), cost, halves };
  }

  function pick(node: Node, networksLeft: number): void {
    if (networksLeft === 1 || node.halves === null) {
      networks.push(node.cover);
      return;
    }
    const [left, right] = node.halves;
    const target = node.cost[networksLeft - 1]!;
    for (let i = 0; i < left.cost.length; i++) {
      const j = networksLeft - 2 - i;
      if (j < 0 || j >= right.cost.length || left.cost[i]! + right.cost[j]! !== target) continue;
      pick(left, i + 1);
      pick(right, j + 1);
      return;
    }
  }
}
