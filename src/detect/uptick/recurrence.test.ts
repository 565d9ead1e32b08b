import { describe, expect, test } from "vitest";
import { UptickDetector } from "./detector.ts";
import { FALSE_HABITS, recurrenceOf, SurgeMemory } from "./recurrence.ts";
import { countOf, SERIES_START, uniform } from "./series.fixture.ts";

const HOUR = 3600;
const DAY = 86_400;
const WEEK = 7 * DAY;

/** Which of the surges at these times, all as high, are told; the others are known. */
function told(starts: readonly number[], bucketSeconds: number, peaks: (index: number) => number = () => 100): number[] {
  const surges = new SurgeMemory(bucketSeconds);
  return starts.flatMap((start, index) => {
    const isHabit = surges.isHabit(0, start, peaks(index));
    surges.note(0, start, peaks(index));
    return isHabit ? [] : [index];
  });
}

const every = (period: number, count: number): number[] => Array.from({ length: count }, (_, index) => SERIES_START + index * period);

describe("surges that come back", () => {
  test("at an hour of the week: told twice; at an hour of the day, or by the day on a weekday: three times", () => {
    for (const bucket of [300, HOUR]) {
      expect(told(every(WEEK, 12), bucket)).toEqual([0, 1]);
      expect(told(every(DAY, 12), bucket)).toEqual([0, 1, 2]);
    }
    expect(told(every(WEEK, 12), DAY)).toEqual([0, 1, 2]);
  });
  test("it is said how often it came, and how likely that is by chance", () => {
    const past = every(WEEK, 3).flatMap((start) => [start, 100]);
    expect(recurrenceOf(past, SERIES_START + 3 * WEEK, 100, DAY)).toEqual({ period: WEEK, times: 3, chance: expect.closeTo(7 ** -3, 9) });
    expect(recurrenceOf(past, SERIES_START + 3 * WEEK, 100, HOUR)).toEqual({
      period: WEEK,
      times: 3,
      chance: expect.closeTo((3 / 168) ** 3, 9),
    });
  });
  test("a little early or late, and left out now and then, as one that is known may be", () => {
    const random = uniform(3);
    const starts = every(WEEK, 30).map((start) => start + HOUR + 600 * Math.floor(6 * random()));
    expect(told(starts, 300)).toEqual([0, 1]);
    expect(
      told(
        starts.filter((_, index) => index < 4 || index % 5 === 0),
        300,
      ),
    ).toEqual([0, 1]);
  });
  test("found among others at any time", () => {
    const random = uniform(11);
    const weekly = every(WEEK, 40);
    const others = Array.from({ length: 20 }, () => SERIES_START + HOUR * Math.floor(40 * 168 * random()));
    const all = [...weekly, ...others].sort((a, b) => a - b);
    const known = all.filter((_, index) => !told(all, HOUR).includes(index));
    expect(known.filter((start) => (start - SERIES_START) % WEEK === 0).length).toBeGreaterThanOrEqual(34);
  });
  test("much higher than ever, at another hour, or after months without: news", () => {
    expect(told(every(WEEK, 8), HOUR, (index) => (index === 5 ? 201 : 100))).toEqual([0, 1, 5]);
    expect(told([...every(WEEK, 6), SERIES_START + 6 * WEEK + 5 * HOUR], HOUR)).toEqual([0, 1, 6]);
    expect(told([...every(WEEK, 6), SERIES_START + 5 * WEEK + 10 * WEEK], HOUR)).toEqual([0, 1, 6]);
  });
});

describe("surges at random times", () => {
  const SURGES = 20_000;
  for (const bucket of [300, HOUR, 6 * HOUR, DAY]) {
    for (const apart of [0.3 * DAY, 2 * DAY, 4 * DAY, WEEK, 20 * DAY]) {
      test(`by ${bucket} s, ${(apart / DAY).toFixed(1)} days apart on average: hardly any is taken for a habit`, () => {
        const random = uniform(bucket + apart);
        let time = 0;
        const starts = Array.from({ length: SURGES }, () => {
          time += bucket * Math.ceil((-Math.log(1 - random()) * apart) / bucket);
          return time;
        });
        const known = SURGES - told(starts, bucket).length;
        expect(known / SURGES).toBeLessThanOrEqual(FALSE_HABITS);
      });
    }
  }
  test("in the days of a year: all that the detector tells of but one in a hundred is told", () => {
    let [surges, known] = [0, 0];
    for (let seed = 1; seed <= 60; seed++) {
      const random = uniform(seed);
      const detector = new UptickDetector({ bucketSeconds: DAY, seriesCount: 1 });
      let end = 40;
      for (let day = 0; day < 400; day++) {
        const isSurge = day > end && random() < 0.12;
        if (isSurge) end = day + 1;
        detector.observe(SERIES_START + day * DAY, { length: 1, series: [0], values: [countOf(random, isSurge ? 600 : 60, 0.02)] }, "gap");
        for (const event of detector.events.values()) {
          if (detector.calendar.timeOf(event.start) !== SERIES_START + day * DAY) continue;
          surges++;
          if (event.isHabit) known++;
        }
      }
    }
    expect(surges).toBeGreaterThan(500);
    expect(known / surges).toBeLessThanOrEqual(FALSE_HABITS);
  });
});
