import fc from "fast-check";
import { snappyUncompress } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { expect, test } from "vitest";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import { decompressHadoopLz4, decompressLz4, decompressSnappy } from "./block-codecs.ts";

/** Octets with repetitions of all lengths. */
const data = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 40 })), { maxLength: 40 })
  .map((pieces) => new Uint8Array(Buffer.concat(pieces.flatMap(([piece, times]) => Array.from({ length: times }, () => piece)))));

test("what an independent writer compressed by Snappy comes out again", () => {
  fc.assert(
    fc.property(data, (octets) => {
      const page = new Uint8Array(octets.length);
      expect(decompressSnappy(snappyCompress(octets), page)).toBe(true);
      expect(page).toEqual(octets);
    }),
  );
});

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

test("LZ4 by hand: literals, a copy, a copy that overlaps itself, lengths in several octets", () => {
  const page = new Uint8Array(16);
  expect(decompressLz4(bytes("36616263030030646566"), page)).toBe(true);
  expect(new TextDecoder().decode(page)).toBe("abcabcabcabcadef");
  const long = new Uint8Array(1 + 4 + 15 + 255 + 7 + 1);
  expect(decompressLz4(bytes("1f780100ff071079"), long)).toBe(true);
  expect(new TextDecoder().decode(long)).toBe(`${"x".repeat(long.length - 1)}y`);
  const framed = bytes("0000001a00000008");
  framed[3] = long.length & 0xff;
  framed[2] = long.length >>> 8;
  const again = new Uint8Array(long.length);
  expect(decompressHadoopLz4(new Uint8Array([...framed, ...bytes("1f780100ff071079")]), again)).toBe(true);
  expect(again).toEqual(long);
});

test("any octets give what an independent reader gives, or nothing, and end soon", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: 300 }), (input, size) => {
      const page = new Uint8Array(size);
      if (decompressSnappy(input, page)) {
        const other = new Uint8Array(size);
        snappyUncompress(input, other);
        expect(page).toEqual(other);
      }
      const block = new Uint8Array(size);
      // An empty block is one token, which the other reader refuses.
      if (decompressLz4(input, block) && size > 0) expect(block).toEqual(compressors.LZ4_RAW?.(input, size));
      decompressHadoopLz4(input, block);
    }),
    { numRuns: 3000 },
  );
  // A length that claims gigabytes.
  expect(decompressLz4(new Uint8Array(1 << 20).fill(255), new Uint8Array(100))).toBe(false);
  expect(decompressSnappy(bytes("ffffff7ffcffffffff"), new Uint8Array(100))).toBe(false);
});
