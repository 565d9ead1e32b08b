/** Whom the scans meant: distinct targets and their /24 networks, over all scans, bounded. */
import type { TargetSummary } from "../model/finding.ts";

/** Distinct targets counted exactly: 16 MB at most. Beyond it the count is a lower bound. */
const MAXIMUM_TARGETS = 1 << 18;
/** Networks on the map: a /8 of /24s. */
const MAXIMUM_NETWORKS = 65_536;

/** The target of every contact of a scan, each standing for `scale`. */
export interface ScannedTargets {
  readonly family: 4 | 6;
  readonly targets: Uint32Array;
  readonly scale: number;
}

/** Adds up the targets of scans. */
export class TargetCounter {
  /** Target word to 1 where it never sent a packet. IPv6 words are kept apart by a high bit. */
  readonly #targets = new Map<number, boolean>();
  readonly #networks = new Map<number, number>();
  #dark = 0;

  /** Takes the targets of one scan; `isDark` tells whether a target never sent a packet. */
  add(scan: ScannedTargets, isDark: (target: number) => boolean): void {
    const family = scan.family === 6 ? 2 ** 32 : 0;
    for (const target of scan.targets) {
      if (!this.#targets.has(target + family) && this.#targets.size < MAXIMUM_TARGETS) {
        const dark = isDark(target);
        this.#targets.set(target + family, dark);
        if (dark) this.#dark++;
      }
      if (family > 0) continue;
      const network = (target & 0xffffff00) >>> 0;
      const contacts = this.#networks.get(network);
      if (contacts !== undefined || this.#networks.size < MAXIMUM_NETWORKS) this.#networks.set(network, (contacts ?? 0) + scan.scale);
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
