/** A set of networks that answers in logarithmic time for IPv4: block lists of thousands of addresses are pasted into filters. */
import { containsIPv6, type Network } from "../../model/address.ts";

export class NetworkSet {
  /** First and last addresses of disjoint ranges, rising. */
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  /** IPv6 networks, one after another: lists of them are short. */
  readonly #networks6: readonly Network[];

  constructor(networks: readonly Network[]) {
    const ranges = networks
      .filter(({ family }) => family === 4)
      .map(({ words, bits }): [number, number] => [words[3], words[3] + 2 ** (32 - bits) - 1]);
    ranges.sort(([a], [b]) => a - b);
    const merged: [number, number][] = [];
    for (const [start, end] of ranges) {
      const last = merged.at(-1);
      if (last !== undefined && start <= last[1] + 1) last[1] = Math.max(last[1], end);
      else merged.push([start, end]);
    }
    this.#starts = Uint32Array.from(merged, ([start]) => start);
    this.#ends = Uint32Array.from(merged, ([, end]) => end);
    this.#networks6 = networks.filter(({ family }) => family === 6);
  }

  /** Whether an IPv4 address lies in one of the networks. */
  hasIPv4(word: number): boolean {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! <= word) low = middle + 1;
      else high = middle;
    }
    return low > 0 && word <= this.#ends[low - 1]!;
  }

  /** Whether the IPv6 address at `4 * row` of a column lies in one of the networks. */
  hasIPv6(words: Uint32Array, row: number): boolean {
    const at = 4 * row;
    for (let i = 0; i < this.#networks6.length; i++) {
      if (containsIPv6(this.#networks6[i]!, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!)) return true;
    }
    return false;
  }
}
