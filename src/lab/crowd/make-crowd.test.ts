/** Crowds: the same for the same seed, everybody with one role. */
import { describe, expect, test } from "vitest";
import { BATCH_ROWS } from "../../model/observation.ts";
import { batchesOf } from "./crowd.ts";
import { makeCrowd } from "./make-crowd.ts";
import { PLANTED } from "./planted.ts";

describe("a crowd", () => {
  const { crowd, planted } = makeCrowd(1, 500);

  test("has a campaign of each kind, and nobody in two", () => {
    expect(planted.map(({ name }) => name)).toEqual(PLANTED.map(({ name }) => name));
    const members = planted.flatMap((campaign) => campaign.members);
    expect(new Set(members).size).toBe(members.length);
  });

  test("is the same for the same seed, and another for another", () => {
    expect(makeCrowd(1, 500).crowd.packets).toEqual(crowd.packets);
    expect(makeCrowd(2, 500).crowd.packets[0]).not.toEqual(crowd.packets[0]);
  });

  test("comes in batches in order of time, every packet once", () => {
    let rows = 0;
    let before = 0;
    for (const batch of batchesOf(crowd)) {
      expect(batch.length).toBeLessThanOrEqual(BATCH_ROWS);
      for (let row = 0; row < batch.length; row++) {
        expect(batch.time[row]).toBeGreaterThanOrEqual(before);
        before = batch.time[row]!;
      }
      rows += batch.length;
    }
    expect(rows).toBe(crowd.packets.length);
  });
});
