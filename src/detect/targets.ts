/** Whom the scans meant: distinct targets and their /24 networks, over all scans, bounded. */
import type { TargetSummary } from "../model/finding.ts";
import { WordCounts } from "./word-counts.ts";

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
  readonly #targets = { 4: new WordCounts(), 6: new WordCounts() };
  readonly #networks = new WordCounts();
  #dark = 0;

  /** Takes the targets of one scan; `isDark` tells whether a target never sent a packet. */
  add(scan: ScannedTargets, isDark: (target: number) => boolean): void {
    const targets = this.#targets[scan.family];
    for (const target of scan.targets) {
      if (this.#count < MAXIMUM_TARGETS && targets.add(target) && isDark(target)) this.#dark++;
      if (scan.family === 6) continue;
      const network = (target & 0xffffff00) >>> 0;
      if (this.#networks.size < MAXIMUM_NETWORKS || this.#networks.get(network) > 0) this.#networks.add(network, scan.scale);
    }
  }

  /** Whether a target is one of a scan's. */
  has(family: 4 | 6, target: number): boolean {
    return this.#targets[family].get(target) > 0;
  }

  summary(): TargetSummary {
    return { count: this.#count, dark: this.#dark, networks: this.#networks.top(MAXIMUM_NETWORKS) };
  }

  get #count(): number {
    return this.#targets[4].size + this.#targets[6].size;
  }
}
