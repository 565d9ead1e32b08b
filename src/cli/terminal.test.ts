import { describe, expect, test } from "vitest";
import { lacksUnicode, outputWidth, wantsColour } from "./terminal.ts";

describe("what the output can show", () => {
  test("colours on a terminal only, unless forced or forbidden", () => {
    expect(wantsColour(true, true, {})).toBe(true);
    expect(wantsColour(false, true, {})).toBe(false);
    expect(wantsColour(true, true, { TERM: "dumb" })).toBe(false);
    expect(wantsColour(true, true, { NO_COLOR: "1" })).toBe(false);
    expect(wantsColour(true, true, { NO_COLOR: "" })).toBe(true);
    expect(wantsColour(false, true, { FORCE_COLOR: "1" })).toBe(true);
    expect(wantsColour(true, true, { FORCE_COLOR: "0" })).toBe(false);
    expect(wantsColour(false, true, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(true);
    expect(wantsColour(true, false, { FORCE_COLOR: "1" })).toBe(false);
  });

  test("a terminal's width within reason, 100 columns elsewhere", () => {
    expect(outputWidth(true, 120)).toBe(120);
    expect(outputWidth(true, 20)).toBe(60);
    expect(outputWidth(true, 0)).toBe(100);
    expect(outputWidth(true, undefined)).toBe(100);
    expect(outputWidth(false, 40)).toBe(100);
  });

  test("ASCII where a locale without Unicode was chosen", () => {
    expect(lacksUnicode({})).toBe(false);
    expect(lacksUnicode({ LANG: "C.UTF-8" })).toBe(false);
    expect(lacksUnicode({ LANG: "en_US.utf8", LC_ALL: "C" })).toBe(true);
    expect(lacksUnicode({ LANG: "POSIX", LC_CTYPE: "de_DE.UTF-8" })).toBe(false);
  });
});
