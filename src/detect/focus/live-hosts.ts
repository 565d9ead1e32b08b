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

/** The IPv4 hosts of the space that talk with others than `scanners` (keys of sources). */
export function findLiveHosts(activity: Activity, space: AddressSpace, scanners: ReadonlySet<number>): WordSet {
  const hosts = new WordSet();
  activity.visit(1, (view) => {
    if (view.family !== 4 || hosts.size >= MAXIMUM_HOSTS || !isOwnAccord(view.trafficClass)) return;
    if (space.find(view.word) < 0 || scanners.has(sourceKey(view)) || !hasOtherPeer(view, scanners)) return;
    hosts.add(view.word);
  });
  return hosts;
}

function isOwnAccord(trafficClass: number): boolean {
  return trafficClass <= LAST_PROBE_CLASS || trafficClass === CLASS_SERVED || trafficClass === CLASS_CONVERSED;
}

function hasOtherPeer(view: SourceView, scanners: ReadonlySet<number>): boolean {
  const { length, target } = view.targets();
  for (let at = 0; at < length; at++) if (!scanners.has(target[at]!)) return true;
  return false;
}
