/** The columns of suspects: bounded, and the same whatever the order. */
import { expect, test } from "vitest";
import { CLASS_SYN } from "../../model/activity.ts";
import { mix32 } from "../../sketch/hash.ts";
import { ProbeSet } from "../probe-set.ts";
import { KEPT_TARGETS, Suspects } from "./suspects.ts";

const MOST = 1 << 17;

/** Suspects of the addresses given, in that order: two silent contacts each. */
function suspectsOf(words: readonly number[]): Suspects {
  const suspects = new Suspects();
  const set = new ProbeSet();
  for (const word of words) {
    set.word = word;
    set.trafficClass = CLASS_SYN;
    set.length = set.wholeLength = set.wholeCount = 2;
    set.packets = 2;
    set.firstSeen = word % 1000;
    set.lastSeen = set.firstSeen + 10;
    set.targetCounts.clear();
    set.targetCounts.add(word & 0xff);
    set.targetCounts.add(0x10000 + (word & 0xff));
    set.targetCount = 2;
    suspects.add(set, 7, null, true);
  }
  return suspects;
}

test("a flood of sources is thinned to a sample of addresses, which does not depend on their order", () => {
  const words = Array.from({ length: MOST + 5000 }, (_, index) => mix32(index + 1));
  const forth = suspectsOf(words);
  const back = suspectsOf(words.toReversed());
  forth.settle();
  back.settle();
  expect(forth.level).toBe(1);
  expect(forth.length).toBeLessThan(MOST * 0.55);
  expect(back.length).toBe(forth.length);
  expect(back.word.subarray(0, back.length)).toEqual(forth.word.subarray(0, forth.length));
  const targetsOf = ({ targets, kept, length }: Suspects): number[] =>
    Array.from({ length }, (_, at) => kept[at]! * 2 ** 40 + targets[at * KEPT_TARGETS]! * 2 ** 20 + targets[at * KEPT_TARGETS + 1]!);
  expect(targetsOf(back)).toEqual(targetsOf(forth));
});
