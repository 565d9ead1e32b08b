/**
 * Whom the scans meant: distinct targets and their /24 networks, over all scans, bounded. Where a scan's contacts are a sample, its
 * targets beyond the sample are counted by the sketch of its class.
 */
import type { TargetSummary } from "../model/finding.ts";
import { mix32 } from "../sketch/hash.ts";
import { HyperLogLog } from "../sketch/hyperloglog.ts";
import { WordCounts } from "../sketch/word-counts.ts";
import { WordSet } from "../sketch/word-set.ts";

/** Distinct targets counted exactly: 4 MB at most. Beyond it the count is a lower bound. */
const MAXIMUM_TARGETS = 1 << 18;
/** Networks on the map: a /8 of /24s. */
const MAXIMUM_NETWORKS = 65_536;

/** The targets of one scan. */
export interface ScannedTargets {
  readonly family: 4 | 6;
  readonly contacts: {
    /** The target of every contact that is kept, each standing for `scale`. */
    readonly targets: Uint32Array;
    readonly scale: number;
    /** Registers of sketches of all targets, where contacts are a sample. */
    readonly registers: readonly Uint8Array[];
  };
  /** Distinct targets, estimated where contacts are a sample, and those that never sent a packet. */
  readonly scan: { readonly targetCount: number; readonly darkTargetCount: number };
}

/** Adds up the targets of scans. */
export class TargetCounter {
  readonly #targets = { 4: new WordSet(), 6: new WordSet() };
  readonly #networks = new WordCounts();
  #dark = 0;
  /** Union of the sketches of sampled scans, and what those scans say of themselves. */
  #sketch: HyperLogLog | null = null;
  #sampled = 0;
  #sampledTargets = 0;
  #sampledDark = 0;
  /** Bounds of the whole: the largest scan's targets, and those of all scans together. */
  #largest = 0;
  #sum = 0;

  /** Takes the targets of one scan; `isDark` tells whether a target never sent a packet. */
  add({ family, contacts, scan }: ScannedTargets, isDark: (target: number) => boolean): void {
    const targets = this.#targets[family];
    const networks = this.#networks;
    for (let i = 0; i < contacts.targets.length; i++) {
      const target = contacts.targets[i]!;
      if (this.#known < MAXIMUM_TARGETS && targets.add(target) && isDark(target)) this.#dark++;
      if (family === 6) continue;
      const network = (target & 0xffffff00) >>> 0;
      if (networks.size < MAXIMUM_NETWORKS || networks.get(network) > 0) networks.add(network, contacts.scale);
    }
    this.#largest = Math.max(this.#largest, scan.targetCount);
    this.#sum += scan.targetCount;
    if (contacts.scale === 1) return;
    this.#sampled++;
    this.#sampledTargets += scan.targetCount;
    this.#sampledDark += scan.darkTargetCount;
    for (const registers of contacts.registers) {
      this.#sketch ??= sketchLike(registers);
      this.#sketch.merge(sketchOver(registers));
    }
  }

  /** Whether a target is one of a scan's. */
  has(family: 4 | 6, target: number): boolean {
    return this.#targets[family].has(target);
  }

  summary(): TargetSummary {
    const unseen = this.#unseen();
    const darkShare = this.#sampledTargets === 0 ? 0 : this.#sampledDark / this.#sampledTargets;
    return {
      count: this.#known + unseen,
      dark: this.#dark + Math.round(unseen * darkShare),
      networks: this.#networks.top(MAXIMUM_NETWORKS),
    };
  }

  /** Targets that were counted one by one. */
  get #known(): number {
    return this.#targets[4].size + this.#targets[6].size;
  }

  /** Targets of sampled scans that are in no sample: what their sketches add to a sketch of those known. */
  #unseen(): number {
    const known = this.#known;
    const largest = this.#largest - known;
    if (this.#sketch === null) return Math.max(0, largest);
    const sketch = sketchLike(this.#sketch.registers);
    for (const targets of [this.#targets[4], this.#targets[6]]) targets.each((target) => sketch.add(mix32(target)));
    const before = sketch.estimate();
    sketch.merge(this.#sketch);
    // All together are no more than the sum, and no fewer than the largest scan's. But the largest of many estimates is too large.
    const unseen = Math.max(0, Math.min(Math.round(sketch.estimate() - before), this.#sum - known));
    const error = (known + unseen) / Math.sqrt(sketch.registers.length);
    return Math.max(unseen, this.#sampled === 1 ? largest : Math.min(largest, Math.round(unseen + error)));
  }
}

function sketchLike(registers: Uint8Array): HyperLogLog {
  return new HyperLogLog(Math.log2(registers.length));
}

function sketchOver(registers: Uint8Array): HyperLogLog {
  return new HyperLogLog(Math.log2(registers.length), registers);
}
