import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { containsIPv4, containsIPv6, formatIPv4, formatIPv6, type Network, parseNetwork } from "../model/address.ts";
import { NetworkTable } from "./network-table.ts";
import { isBogon, specialPurpose } from "./special-purpose.ts";

const MISP = new URL("../../../shared/intel/misp/", import.meta.url);

describe("special-purpose addresses", () => {
  test.skipIf(!existsSync(MISP))("agree with MISP's lists of the RFCs", () => {
    for (const file of ["rfc1918", "rfc3849", "rfc5735", "rfc6598"]) {
      const list = JSON.parse(readFileSync(new URL(`${file}.json`, MISP), "utf8")) as { list: string[] };
      for (const text of list.list) {
        const address = text.replace(/\/\d+$/, "");
        expect(specialPurpose(address), text).not.toBeNull();
      }
    }
  });
  test.each([
    ["10.77.0.1", "private-use", false],
    ["192.0.0.9", "port-control-protocol-anycast", true],
    ["192.0.0.1", "ipv4-service-continuity", false],
    ["192.0.0.200", "ietf-protocol-assignments", false],
    ["255.255.255.255", "limited-broadcast", false],
    ["240.1.2.3", "reserved", false],
    ["239.255.255.250", "multicast", false],
    ["2001:db8::1", "documentation", false],
    ["2001:0:53aa:64c:0:fffe:1234:5678", "teredo", true],
    ["2001:1ff::1", "ietf-protocol-assignments", false],
    ["fe80::1", "link-local", false],
    ["ff02::fb", "multicast", false],
  ])("%s is %s", (address, name, globallyReachable) => {
    expect(specialPurpose(address)).toMatchObject({ name, globallyReachable });
  });
  test.each(["11.0.0.0", "9.255.255.255", "172.32.0.1", "192.0.3.0", "223.255.255.255", "2001:200::1", "2a00::1"])(
    "%s is ordinary",
    (address) => {
      expect(specialPurpose(address)).toBeNull();
      expect(isBogon(address)).toBe(false);
    },
  );
  test("what cannot have come over the Internet is a bogon", () => {
    for (const address of ["0.0.0.0", "127.0.0.1", "100.64.1.1", "224.0.0.1", "::", "4000::1", "fd00::1", "no address"]) {
      expect(isBogon(address), address).toBe(true);
    }
  });
});

describe("network table", () => {
  const network4 = fc
    .tuple(fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 }))
    .map(([word, bits]) => parseNetwork(`${formatIPv4(word)}/${bits}`) as Network);
  const word = fc.nat(0xffffffff);
  const network6 = fc
    .tuple(word, word, word, word, fc.integer({ min: 0, max: 128 }))
    .map(([a, b, c, d, bits]) => parseNetwork(`${formatIPv6(a, b, c, d)}/${bits}`) as Network);

  test("gives what the longest matching prefix gives", () => {
    fc.assert(
      fc.property(fc.array(network4, { maxLength: 20 }), fc.array(word, { maxLength: 20 }), (networks, words) => {
        const table = new NetworkTable(networks.map((network) => [network, network.bits] as const));
        const edges = networks.flatMap((network) => [network.words[3], (network.words[3] + 2 ** (32 - network.bits) - 1) >>> 0]);
        for (const address of [...words, ...edges, 0, 0xffffffff]) {
          const longest = Math.max(-1, ...networks.filter((network) => containsIPv4(network, address)).map((network) => network.bits));
          expect(table.lookupIPv4(address)).toBe(longest < 0 ? null : longest);
        }
      }),
    );
    fc.assert(
      fc.property(
        fc.array(network6, { maxLength: 12 }),
        fc.array(fc.tuple(word, word, word, word), { maxLength: 8 }),
        (networks, addresses) => {
          const table = new NetworkTable(networks.map((network) => [network, network.bits] as const));
          for (const [a, b, c, d] of [...addresses, ...networks.map((network) => network.words)]) {
            const longest = Math.max(-1, ...networks.filter((network) => containsIPv6(network, a, b, c, d)).map((network) => network.bits));
            expect(table.lookupIPv6(a, b, c, d)).toBe(longest < 0 ? null : longest);
          }
        },
      ),
    );
  });
  test("is null for what is no address", () => {
    const table = new NetworkTable([[parseNetwork("0.0.0.0/0") as Network, 1]]);
    for (const text of ["", "1.2.3", "1.2.3.4.5", "::1::", "x", "1.2.3.4/8"]) expect(table.lookup(text)).toBeNull();
  });
});
