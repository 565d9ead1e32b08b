import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseIPv4 } from "../../model/address.ts";
import { cellOf, enclosingBlock } from "./hilbert.ts";

const address = (text: string): number => parseIPv4(text) ?? 0;
const INTERNET = { network: 0, bits: 0 };

describe("the map of the address space", () => {
  test("is the one that people know: 0/8 top left, 127/8 bottom, 255/8 top right", () => {
    expect(cellOf(INTERNET, address("0.0.0.0"), 4)).toEqual({ x: 0, y: 0 });
    expect(cellOf(INTERNET, address("127.0.0.0"), 1)).toEqual({ x: 0, y: 1 });
    expect(cellOf(INTERNET, address("255.0.0.0"), 4)).toEqual({ x: 15, y: 0 });
  });

  test("zooms to the smallest block that holds all, no closer than a /16", () => {
    expect(enclosingBlock([address("10.77.0.0"), address("10.77.255.0")])).toEqual({ network: address("10.77.0.0"), bits: 16 });
    expect(enclosingBlock([address("10.77.3.0")])).toEqual({ network: address("10.77.0.0"), bits: 16 });
    expect(enclosingBlock([address("10.0.0.0"), address("10.128.0.0")])).toEqual({ network: address("10.0.0.0"), bits: 8 });
    expect(enclosingBlock([address("10.0.0.0"), address("200.0.0.0")])).toEqual(INTERNET);
  });

  test("property: neighbours in number are neighbours on the map, at any zoom", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 254 }), (prefix, third) => {
        const block = { network: prefix * 65_536, bits: 16 };
        const here = cellOf(block, block.network + third * 256, 4);
        const next = cellOf(block, block.network + (third + 1) * 256, 4);
        expect(Math.abs(here.x - next.x) + Math.abs(here.y - next.y)).toBe(1);
        for (const { x, y } of [here, next]) expect(Math.min(x, y) >= 0 && Math.max(x, y) < 16).toBe(true);
      }),
    );
  });
});
