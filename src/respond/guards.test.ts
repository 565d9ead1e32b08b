import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatNetwork, type Network, parseNetwork } from "../model/address.ts";
import { guard, Protection } from "./guards.ts";
import { rangeOf } from "./ranges.ts";

const network = (text: string): Network => parseNetwork(text)!;
const protection = new Protection([
  { network: network("45.80.10.0/24"), why: "one of your own networks" },
  { network: network("8.8.8.8"), why: "a public resolver (Google)" },
  { network: network("10.0.0.0/8"), why: "a special range (private-use)" },
  { network: network("2a09:bac0::/32"), why: "one of your own networks" },
]);

describe("guards", () => {
  test("leave out whoever is protected, with the reason", () => {
    const { kept, leftOut } = guard(
      ["93.174.93.175", "45.80.10.7", "8.8.8.8", "10.1.2.0/24", "2a09:bac0:1::/48"].map(network),
      protection,
      1000,
    );
    expect(kept.map(formatNetwork)).toEqual(["93.174.93.175"]);
    expect(leftOut).toEqual([
      { network: "45.80.10.7", reason: "one of your own networks" },
      { network: "8.8.8.8", reason: "a public resolver (Google)" },
      { network: "10.1.2.0/24", reason: "a special range (private-use)" },
      { network: "2a09:bac0:1::/48", reason: "one of your own networks" },
    ]);
  });
  test("cut a protected address out of a network, and keep the rest", () => {
    const { kept, leftOut, addresses } = guard([network("8.8.8.0/28")], protection, 1000);
    expect(kept.map(formatNetwork)).toEqual(["8.8.8.0/29", "8.8.8.9", "8.8.8.10/31", "8.8.8.12/30"]);
    expect(leftOut).toEqual([{ network: "8.8.8.8", reason: "a public resolver (Google)" }]);
    expect(addresses).toBe(15);
  });
  test("block no more addresses than allowed, the heaviest first", () => {
    const { kept, leftOut } = guard(["93.174.93.175", "80.82.0.0/16", "80.82.65.237"].map(network), protection, 2);
    expect(kept.map(formatNetwork)).toEqual(["93.174.93.175", "80.82.65.237"]);
    expect(leftOut).toEqual([{ network: "80.82.0.0/16", reason: expect.stringContaining("--max") }]);
  });
  test("everything and nothing: the whole Internet is over any limit", () => {
    expect(guard([network("0.0.0.0/0"), network("::/0")], protection, 2 ** 24).kept).toEqual([]);
  });
  test("whatever is asked for, nothing protected is ever kept", () => {
    const asked = fc
      .tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 2, max: 32 }))
      .map(([a, b, bits]) => network(`${a}.80.10.${b}/${bits}`));
    const guarded = fc
      .tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 4, max: 32 }))
      .map(([a, b, bits]) => network(`${a}.80.10.${b}/${bits}`));
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 8 }), fc.array(guarded, { maxLength: 8 }), (wanted, left) => {
        const { kept } = guard(wanted, new Protection(left.map((one) => ({ network: one, why: "" }))), 2 ** 33);
        for (const range of kept.map(rangeOf)) {
          for (const hole of left.map(rangeOf)) expect(range.end < hole.start || range.start > hole.end).toBe(true);
        }
        const size = (list: readonly Network[]): bigint => list.map(rangeOf).reduce((sum, { start, end }) => sum + end - start + 1n, 0n);
        if (left.length === 0 && wanted.length === 1) expect(size(kept)).toBe(size(wanted));
      }),
    );
  });
});
