/**
 * Hosts that show that they are there without a scanner's help: they open or serve conversations with somebody else. Those that only answer
 * a scan would make any scan look as if it had known them.
 */
import { CLASS_CONVERSED, CLASS_SERVED, LAST_PROBE_CLASS } from "../../model/activity.ts";
import type { Activity, SourceView } from "../../model/activity.ts";
import { WordSet } from "../../sketch/word-set.ts";
import { sourceKey } from "../source-class.ts";
import type { AddressSpace } from "./address-space.ts";

/** Hosts remembered: 2 MB. Further ones count as dark, which speaks against a focus on live hosts, never for it. */
const MAXIMUM_HOSTS = 1 << 18;

/** Gathers the IPv4 hosts of the space that act of their own accord; then tells which of them talk with others than scanners. */
export class LiveHosts {
  readonly #space: AddressSpace;
  readonly #candidates = new WordSet();

  constructor(space: AddressSpace) {
    this.#space = space;
  }

  /** Takes a source × class. */
  collect(view: SourceView): void {
    if (!isOwnAccord(view.trafficClass) || view.family !== 4 || this.#candidates.size >= MAXIMUM_HOSTS) return;
    if (this.#space.find(view.word) >= 0) this.#candidates.add(view.word);
  }

  /** The hosts that talk with others than `scanners` (keys of sources). Call it outside of a visit. */
  find(activity: Activity, scanners: ReadonlySet<number>): WordSet {
    const hosts = new WordSet();
    this.#candidates.each((word) => {
      activity.visitWord(4, word, (view) => {
        if (isOwnAccord(view.trafficClass) && !scanners.has(sourceKey(view)) && hasOtherPeer(view, scanners)) hosts.add(word);
      });
    });
    return hosts;
  }
}

function isOwnAccord(trafficClass: number): boolean {
  return trafficClass <= LAST_PROBE_CLASS || trafficClass === CLASS_SERVED || trafficClass === CLASS_CONVERSED;
}

function hasOtherPeer(view: SourceView, scanners: ReadonlySet<number>): boolean {
  const { length, target } = view.targets();
  for (let at = 0; at < length; at++) if (!scanners.has(target[at]!)) return true;
  return false;
}
