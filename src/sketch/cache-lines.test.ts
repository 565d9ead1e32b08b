/** Memory by lines: words and floats are the same octets, all of them, and zero. */
import { describe, expect, test } from "vitest";
import { lineMemory } from "./cache-lines.ts";

describe("lineMemory", () => {
  test("words and 64-bit floats are the same octets", () => {
    const { words, times } = lineMemory(128);
    expect([words.length, times.length]).toEqual([32, 16]);
    expect(words.every((word) => word === 0)).toBe(true);
    times[15] = 1.5;
    expect(words[31]).toBe(0x3ff80000);
    expect(words.byteOffset).toBe(times.byteOffset);
    expect(words.byteOffset % 16).toBe(0);
  });
});
