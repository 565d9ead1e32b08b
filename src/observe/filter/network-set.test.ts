import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { containsIPv4, type Network, parseNetwork } from "../../model/address.ts";
import { NetworkSet } from "./network-set.ts";

function network(text: string): Network {
  const parsed = parseNetwork(text);
  if (parsed === null) throw new Error(text);
  return parsed;
}

describe("NetworkSet", () => {
  test("has the first and last address of each network and neither neighbour", () => {
    const set = new NetworkSet(["10.0.0.0/8", "192.0.2.4/31", "255.255.255.255"].map(network));
    expect([0x0a000000, 0x0affffff, 0xc0000204, 0xc0000205, 0xffffffff].map((word) => set.hasIPv4(word))).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect([0x09ffffff, 0x0b000000, 0xc0000203, 0xc0000206, 0xfffffffe, 0].map((word) => set.hasIPv4(word))).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(new NetworkSet([network("0.0.0.0/0")]).hasIPv4(0xffffffff)).toBe(true);
    expect(new NetworkSet([]).hasIPv4(0)).toBe(false);
  });

  test("is the union of its networks", () => {
    const small = fc
      .tuple(fc.nat(1023), fc.integer({ min: 22, max: 32 }))
      .map(([word, bits]) => network(`0.0.${word >>> 8}.${word & 255}/${bits}`));
    fc.assert(
      fc.property(fc.array(small, { maxLength: 20 }), fc.nat(1100), (networks, word) => {
        expect(new NetworkSet(networks).hasIPv4(word)).toBe(networks.some((one) => containsIPv4(one, word)));
      }),
      { numRuns: 2000 },
    );
  });

  test("IPv6 networks are apart from IPv4 ones", () => {
    const set = new NetworkSet(["2001:db8::/32", "10.0.0.0/8"].map(network));
    expect(set.hasIPv6(Uint32Array.of(0, 0, 0, 0, 0x20010db8, 1, 2, 3), 1)).toBe(true);
    expect(set.hasIPv6(Uint32Array.of(0, 0, 0, 0x0a000001), 0)).toBe(false);
  });
});
