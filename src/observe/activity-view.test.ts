/** The ways of asking an activity, which must agree with one another. */
import { describe, expect, test } from "vitest";
import { encodeCapture, makeEvent } from "../lab/index.ts";
import { LAST_PROBE_CLASS } from "../model/activity.ts";
import type { Activity } from "../model/activity.ts";
import { observeCapture } from "./captures.fixture.ts";

const activity: Activity = observeCapture(encodeCapture(makeEvent("vulnerability-search", 1).packets));

function sorted(words: Uint32Array, length: number): Uint32Array {
  return words.slice(0, length).sort();
}

describe("asking an activity", () => {
  test("by word gives what a visit gives, and nothing of addresses that are not there", () => {
    const visited = new Map<string, number[]>();
    activity.visit(0, (view) =>
      visited.set(`${view.family} ${view.word}`, [...(visited.get(`${view.family} ${view.word}`) ?? []), view.trafficClass]),
    );
    expect(visited.size).toBeGreaterThan(10);
    for (const [key, classes] of visited) {
      const [family, word] = key.split(" ").map(Number);
      const found: number[] = [];
      activity.visitWord(family === 6 ? 6 : 4, word ?? 0, (view) => found.push(view.trafficClass));
      expect(found).toEqual(classes.toSorted((a, b) => a - b));
    }
    let found = 0;
    activity.visitWord(4, 0xdeadbeef, () => found++);
    activity.visitWord(6, 0xdeadbeef, () => found++);
    expect(found).toBe(0);
  });

  test("for targets gives those of the contacts, and for dark ones those that are not live", () => {
    let dark = 0;
    activity.visit(1, (view) => {
      if (view.trafficClass > LAST_PROBE_CLASS) return;
      const contacts = view.contacts();
      if (contacts.scale > 1) return;
      const { length, target } = view.targets();
      expect(sorted(target, length)).toEqual(sorted(contacts.target, contacts.length));
      const marks = new Uint8Array(length);
      const count = activity.findDark(target, length, marks);
      expect([...marks]).toEqual(Array.from({ length }, (_, i) => (activity.isLive(target[i]!) ? 0 : 1)));
      expect(count).toBe(marks.reduce((sum, mark) => sum + mark, 0));
      expect(activity.findDark(target, length, null)).toBe(count);
      dark += count;
    });
    expect(dark).toBeGreaterThan(0);
  });

  test("until there are enough visits no more", () => {
    let visits = 0;
    activity.visit(
      0,
      () => visits++,
      () => visits === 3,
    );
    expect(visits).toBe(3);
  });
});
