/** LZ4 and LZO: blocks with matches, by hand from their descriptions, and anything at all without harm. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BLOCK_DAMAGED, BLOCK_TOO_LARGE } from "./compression-codes.ts";
import { lz4Literals, lzoLiterals } from "./inputs.fixture.ts";
import { lz4Decode } from "./lz4-block.ts";
import { lzo1xDecode } from "./lzo1x.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const octets = (...parts: readonly (number | string)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "number" ? [part] : [...new TextEncoder().encode(part)])));

function unpack(decode: typeof lz4Decode, packed: Uint8Array, room = 1000): string | number {
  const target = new Uint8Array(room);
  const length = decode(packed, target);
  return length < 0 ? length : text(target.subarray(0, length));
}

describe("LZ4", () => {
  test("literals, matches that overlap what they make, and long ones", () => {
    expect(unpack(lz4Decode, octets(0x34, "abc", 3, 0, 0x10, "!"))).toBe("abcabcabcab!");
    expect(unpack(lz4Decode, octets(0x1f, "x", 1, 0, 255, 1, 0x00))).toBe("x".repeat(1 + 15 + 255 + 1 + 4));
  });

  test("too little room, a match before the start, a cut", () => {
    expect(unpack(lz4Decode, octets(0x34, "abc", 3, 0, 0x10, "!"), 10)).toBe(BLOCK_TOO_LARGE);
    expect(unpack(lz4Decode, octets(0x14, "a", 2, 0, 0x00))).toBe(BLOCK_DAMAGED);
    expect(unpack(lz4Decode, octets(0x14, "a", 0, 0, 0x00))).toBe(BLOCK_DAMAGED);
    expect(unpack(lz4Decode, octets(0x34, "abc", 3))).toBe(BLOCK_DAMAGED);
    expect(unpack(lz4Decode, octets())).toBe(BLOCK_DAMAGED);
  });
});

describe("LZO1X", () => {
  const END = [0x11, 0, 0] as const;

  test("a first run, each form of match, and literals that ride along", () => {
    // Four literals, then 3 octets from 4 back with one literal behind.
    expect(unpack(lzo1xDecode, octets(17 + 4, "abcd", 0x40 | (3 << 2) | 1, 0, "!", ...END))).toBe("abcdabc!");
    // The form of 32 to 63: length 2 + 31 + 7, distance 1.
    expect(unpack(lzo1xDecode, octets(17 + 4, "abcd", 0x20, 7, 0, 0, ...END))).toBe(`abcd${"d".repeat(40)}`);
    // Behind a literal, two octets from near by.
    expect(unpack(lzo1xDecode, octets(17 + 4, "abcd", 0x40 | (3 << 2) | 1, 0, "!", 1 << 2, 0, ...END))).toBe("abcdabc!c!");
    // A run of literals after a match without any.
    expect(unpack(lzo1xDecode, octets(17 + 4, "abcd", 0x80, 0, 1, "wxyz", ...END))).toBe("abcddddddwxyz");
  });

  test("too little room, a match before the start, a cut, something behind the end", () => {
    expect(unpack(lzo1xDecode, octets(17 + 4, "abcd", ...END), 3)).toBe(BLOCK_TOO_LARGE);
    expect(unpack(lzo1xDecode, octets(17 + 4, "abcd", 0x40 | (7 << 2), 9, ...END))).toBe(BLOCK_DAMAGED);
    expect(unpack(lzo1xDecode, octets(17 + 4, "abcd"))).toBe(BLOCK_DAMAGED);
    expect(unpack(lzo1xDecode, octets(17 + 4, "abcd", ...END, 0))).toBe(BLOCK_DAMAGED);
  });
});

test("what was packed comes back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 19, maxLength: 900 }), (bytes) => {
      const target = new Uint8Array(bytes.length);
      expect(lz4Decode(lz4Literals(bytes), target)).toBe(bytes.length);
      expect(target).toEqual(bytes);
      target.fill(0);
      expect(lzo1xDecode(lzoLiterals(bytes), target)).toBe(bytes.length);
      expect(target).toEqual(bytes);
    }),
  );
});

test("any octets end, within the room", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const target = new Uint8Array(500);
      expect(lz4Decode(bytes, target)).toBeLessThanOrEqual(500);
      expect(lzo1xDecode(bytes, target)).toBeLessThanOrEqual(500);
    }),
    { numRuns: 3000 },
  );
});
