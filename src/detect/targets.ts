/** Whom the scans meant: distinct targets and their /24 networks, over all scans, bounded. */
import type { TargetSummary } from "../model/finding.ts";
import type { ProbeSet } from "./probe-set.ts";

/** Distinct targets counted exactly: 16 MB at most. Beyond it the count is a lower bound. */
const MAXIMUM_TARGETS = 1 << 18;
/** Networks on the map: a /8 of /24s. */
const MAXIMUM_NETWORKS = 65_536;

/** Adds up the targets of scans. */
export class TargetCounter {
  /** Target word to 1 where it never sent a packet. IPv6 words are kept apart by a high bit. */
  readonly #targets = new Map<number, boolean>();
  readonly #networks = new Map<number, number>();
  #dark = 0;

  /** Takes the targets of one scan; `isDark` tells whether a target never sent a packet. */
  add(set: ProbeSet, isDark: (target: number) => boolean): void {
    const family = set.family === 6 ? 2 ** 32 : 0;
    for (let i = 0; i < set.length; i++) {
      const target = set.target[i]!;
      if (!this.#targets.has(target + family) && this.#targets.size < MAXIMUM_TARGETS) {
        const dark = isDark(target);
        this.#targets.set(target + family, dark);
        if (dark) this.#dark++;
      }
      if (family > 0) continue;
      const network = (target & 0xffffff00) >>> 0;
      const contacts = this.#networks.get(network);
      if (contacts !== undefined || this.#networks.size < MAXIMUM_NETWORKS) this.#networks.set(network, (contacts ?? 0) + set.scale);
    }
  }

  /** Whether a target is one of a scan's. */
  has(family: 4 | 6, target: number): boolean {
    return this.#targets.has(family === 6 ? target + 2 ** 32 : target);
  }

  summary(): TargetSummary {
    return {
      count: this.#targets.size,
      dark: this.#dark,
      networks: [...this.#networks].toSorted(([a, x], [b, y]) => y - x || a - b),
    };
  }
}
