import { expect, test } from "vitest";
import { WatchClock } from "./watch-clock.ts";

function made(): { clock: WatchClock; pass: (seconds: number) => number; jump: (seconds: number) => void } {
  const start = Date.UTC(2013, 10, 2) / 1000;
  let [wall, steady] = [start, 0];
  const clock = new WatchClock({ wall: () => wall, steady: () => steady });
  return {
    clock,
    pass: (seconds) => {
      wall += seconds;
      steady += seconds;
      return clock.now() - start;
    },
    jump: (seconds) => (wall += seconds),
  };
}

test("time passes", () => {
  const { clock, pass } = made();
  expect(pass(10)).toBe(10);
  expect(clock.trouble).toBeNull();
});

test("a clock that runs ahead for a moment is not followed", () => {
  const { clock, pass, jump } = made();
  jump(86_400);
  expect(pass(10)).toBe(10);
  expect(clock.trouble).toBe("the clock jumped ahead by 24 h; judging goes on by the old one for 10 min");
  jump(-86_400);
  expect(pass(10)).toBe(20);
  expect(clock.trouble).toBe("the clock had jumped ahead, and came back");
});

test("a clock that stays ahead is believed", () => {
  const { pass, jump } = made();
  jump(86_400);
  pass(10);
  expect(pass(600)).toBe(86_400 + 610);
});

test("a clock that is set back is followed and told", () => {
  const { clock, pass, jump } = made();
  jump(-7200);
  expect(pass(10)).toBe(-7190);
  expect(clock.trouble).toBe("the clock jumped back by 2 h");
});
