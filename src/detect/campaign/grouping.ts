/**
 * Blocking (as record linkage calls it: Fellegi and Sunter 1969): only suspects that agree in some key are compared at all, under several
 * keys, so that whatever an operation keeps equal brings its members together. A key proves nothing: it says where to look.
 */
import { mixPair } from "../../sketch/hash.ts";
import { targetsHash, type Suspects } from "./suspects.ts";

/** Fewest members of a campaign: as of a distributed scan. */
export const FEWEST_MEMBERS = 5;
/** Fewest targets that can be the same by design. */
const FEWEST_SAME_TARGETS = 3;

export type KeyName = "made-alike" | "service" | "maker" | "port-zero" | "network" | "targets";
export const KEYS: readonly KeyName[] = ["made-alike", "service", "maker", "port-zero", "network", "targets"];

/** Groups of suspects under a key, FEWEST_MEMBERS or more each, members in the columns' order; groups in order of the key's hash. */
export function groupsUnder(key: KeyName, suspects: Suspects): Uint32Array[] {
  const hashes = new Float64Array(suspects.length);
  let length = 0;
  for (let at = 0; at < suspects.length; at++) {
    if (!hasKey(key, suspects, at)) continue;
    // Exact below 2^53; equal keys stay in the columns' order.
    hashes[length++] = keyHash(key, suspects, at) * 2 ** 18 + at;
  }
  const sorted = hashes.subarray(0, length).sort();
  const groups: Uint32Array[] = [];
  for (let from = 0; from < length;) {
    const hash = Math.floor(sorted[from]! / 2 ** 18);
    let to = from + 1;
    while (to < length && Math.floor(sorted[to]! / 2 ** 18) === hash) to++;
    if (to - from >= FEWEST_MEMBERS) groups.push(Uint32Array.from(sorted.subarray(from, to), (value) => value % 2 ** 18));
    from = to;
  }
  return groups;
}

function hasKey(key: KeyName, suspects: Suspects, at: number): boolean {
  if (key === "port-zero") return suspects.probesPortZero(at);
  if (key === "network") return suspects.family(at) === 4;
  return key !== "targets" || suspects.kept[at]! >= FEWEST_SAME_TARGETS;
}

function keyHash(key: KeyName, suspects: Suspects, at: number): number {
  const kind = suspects.trafficClass[at]! * 2 + (suspects.family(at) === 6 ? 1 : 0);
  switch (key) {
    case "made-alike":
      return mixPair(mixPair(kind, suspects.ports[at]!), suspects.made(at));
    case "service":
      return mixPair(mixPair(kind, suspects.mainPort[at]!), suspects.toolCode(at));
    case "maker":
      return mixPair(kind, suspects.made(at));
    case "port-zero":
      return mixPair(kind, 0);
    case "network":
      return mixPair(mixPair(kind, suspects.mainPort[at]!), suspects.word[at]! >>> 8);
    case "targets":
      return mixPair(kind, targetsHash(suspects, at));
  }
}
