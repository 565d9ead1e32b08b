/**
 * Whether members chose their targets together: shared out, so that they meet in fewer of them than independent sources would (the occupancy
 * problem: Feller I, §IV.2; for distributed scans Gates 2009), or the same short list, which nobody else has.
 */
import type { Population } from "./population.ts";
import { KEPT_TARGETS, targetsHash } from "./suspects.ts";
import { mix32 } from "../../sketch/hash.ts";
import { WordCounts } from "../../sketch/word-counts.ts";

/** Meetings to be expected of strangers: with fewer, that there were none says nothing. */
const LEAST_MEETINGS = 3;
/** Share of members that must have the same list. */
const SAME_SHARE = 0.8;
const FEWEST_SAME_TARGETS = 3;
/** Lists of so many that fill so much of a range are a network, which strangers choose alike. */
const RANGE_TARGETS = 16;
const RANGE_DENSITY = 0.8;
/** Lists of more than this share of all targets are what there is to find. */
const WHOLE_SHARE = 0.5;

export interface SharedOut {
  /** Standard deviations above independent choice. */
  readonly sigma: number;
  /** Of the targets that hash below the members' limits; all, unless members have more than are kept. */
  readonly contacts: number;
  readonly distinct: number;
  /** Distinct targets to be expected of independent sources. */
  readonly expected: number;
  /** Meetings as a share of those expected: 0 where all is shared out, 1 where nobody agreed on anything. */
  readonly meetings: number;
}

const targetsOf = new WordCounts();
const networksOf = new WordCounts();

/** Whether the members share out their targets; null where chance would not have brought them together either. IPv4. */
export function sharedOut(members: readonly number[], { suspects }: Population): SharedOut | null {
  const { kept, targetCount, targets } = suspects;
  if (members.some((at) => suspects.family(at) === 6)) return null;
  let limit = 0xffffffff;
  for (const at of members)
    if (kept[at] === KEPT_TARGETS && targetCount[at]! > KEPT_TARGETS)
      limit = Math.min(limit, mix32(targets[at * KEPT_TARGETS + KEPT_TARGETS - 1]!));
  targetsOf.clear();
  networksOf.clear();
  const counts: number[] = [];
  for (const at of members) {
    let own = 0;
    for (let i = 0; i < kept[at]!; i++) {
      const target = targets[at * KEPT_TARGETS + i]!;
      if (mix32(target) > limit) break;
      own++;
      targetsOf.add(target);
      networksOf.add(target >>> 8);
    }
    counts.push(own);
  }
  const contacts = counts.reduce((sum, count) => sum + count, 0);
  const distinct = targetsOf.size;
  const space = Math.max(distinct, networksOf.size * 256 * (limit / 2 ** 32));
  // A source's own targets differ, so that each leaves an address out with 1 - n / space.
  let logEmpty = 0;
  for (const count of counts) logEmpty += Math.log1p(-Math.min(1 - 1e-9, count / space));
  const empty = Math.exp(logEmpty);
  const expected = space * (1 - empty);
  if (contacts - expected < LEAST_MEETINGS) return null;
  const variance = space * empty * (1 - (1 - logEmpty) * empty);
  const sigma = (distinct - expected) / Math.sqrt(Math.max(0.25, variance));
  return { sigma, contacts, distinct, expected, meetings: (contacts - distinct) / (contacts - expected) };
}

export interface SameTargets {
  readonly members: readonly number[];
  readonly targets: readonly number[];
  /** log10 of the chance that a stranger asks for just these. */
  readonly logChance: number;
}

/** The members that ask for one and the same list, where they are most and the list is no common one. */
export function sameTargets(members: readonly number[], population: Population): SameTargets | null {
  const { suspects } = population;
  const lists = new Map<number, number[]>();
  for (const at of members) {
    const hash = targetsHash(suspects, at);
    const list = lists.get(hash);
    if (list === undefined) lists.set(hash, [at]);
    else list.push(at);
  }
  const [same] = [...lists.values()].toSorted((a, b) => b.length - a.length || a[0]! - b[0]!);
  if (same === undefined || same.length < SAME_SHARE * members.length) return null;
  const [at] = same;
  const count = suspects.kept[at!]!;
  const targets = [...suspects.targets.subarray(at! * KEPT_TARGETS, at! * KEPT_TARGETS + count)].toSorted((a, b) => a - b);
  const whole = suspects.targetCount[at!]!;
  if (count < FEWEST_SAME_TARGETS || whole > WHOLE_SHARE * population.distinctTargets || isRange(targets, suspects.family(at!)))
    return null;
  const own = same.length * count;
  const logChance = targets.reduce(
    (sum, target) => sum + Math.min(0, Math.log10(whole * population.targetShare(target, same.length, own))),
    0,
  );
  return { members: same, targets, logChance };
}

function isRange(targets: readonly number[], family: 4 | 6): boolean {
  if (family === 6 || targets.length < RANGE_TARGETS) return false;
  // Of a longer list the ones kept are a sample: a network's lie within it.
  const span = targets.at(-1)! - targets[0]! + 1;
  return targets.length >= RANGE_DENSITY * span || (targets.length === KEPT_TARGETS && span <= 65_536);
}
