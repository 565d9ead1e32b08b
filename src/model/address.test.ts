/** Addresses and networks as text: against Node's own parser and the URL standard's serialiser. */
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  containsIPv4,
  containsIPv6,
  formatIPv4,
  formatIPv6,
  formatNetwork,
  hashIPv6,
  parseIPv4,
  parseIPv6,
  parseNetwork,
} from "./address.ts";

const word = fc.nat({ max: 0xffffffff });
/** Words with runs of zeros, where the forms of RFC 5952 differ. */
const sparse = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 1, 0x10000, 0xffff) }, { weight: 1, arbitrary: word });
const words6 = fc.tuple(sparse, sparse, sparse, sparse);

/** Text that looks like an address and mostly is not one. */
const almost = fc
  .array(
    fc.constantFrom("0", "1", "255", "256", "01", "f", "ffff", "10000", "g", ".", ".", ":", ":", "::", "%eth0", " ", "1.2.3.4", "-", "/"),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));
/** True IPv6 texts in any of the forms of RFC 4291 §2.2, then bent in one place. */
const bent = fc
  .tuple(fc.ipV6(), fc.nat(40), fc.constantFrom("", ":", ".", "0", "::", "1.2.3.4", "g"))
  .map(([text, at, insert]) => text.slice(0, at) + insert + text.slice(at));

describe("IPv4", () => {
  test("goes to text and back", () => {
    expect(formatIPv4(0x0a000001)).toBe("10.0.0.1");
    expect(parseIPv4("255.255.255.255")).toBe(0xffffffff);
    fc.assert(fc.property(word, (address) => parseIPv4(formatIPv4(address)) === address));
  });

  test.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "1.2.3.04",
    "1.2.3.256",
    "1..2.3",
    ".1.2.3",
    "1.2.3.",
    "1.2.3.4 ",
    "0x1.2.3.4",
    "1.2.3.4/24",
    "١.2.3.4",
  ])("refuses %j", (text) => {
    expect(parseIPv4(text)).toBeNull();
  });

  test("takes exactly what Node takes", () => {
    fc.assert(
      fc.property(fc.oneof(almost, fc.ipV4(), fc.string()), (text) => (parseIPv4(text) !== null) === isIPv4(text)),
      { numRuns: 2000 },
    );
  });
});

describe("IPv6", () => {
  test("is written as RFC 5952 asks", () => {
    const cases: readonly (readonly [string, string])[] = [
      ["2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"],
      ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
      ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
      ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
      ["2001:DB8::A", "2001:db8::a"],
      ["0:0:0:0:0:0:0:0", "::"],
      ["::1", "::1"],
      ["1::", "1::"],
      ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ];
    for (const [text, canonical] of cases) expect(formatIPv6(...parseIPv6(text)!), text).toBe(canonical);
  });

  test("goes to text and back, in the URL standard's form", () => {
    fc.assert(
      fc.property(words6, (words) => {
        const text = formatIPv6(...words);
        expect(parseIPv6(text)).toEqual(words);
        expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`);
      }),
      { numRuns: 1000 },
    );
  });

  test("reads any form of an address as the URL standard does", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        expect(`[${formatIPv6(...parseIPv6(text)!)}]`).toBe(new URL(`http://[${text}]/`).hostname);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    "",
    ":",
    ":::",
    "1",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "::1::",
    "12345::",
    "fe80::1%eth0",
    "[::1]",
    "1.2.3.4",
    "1.2.3.4::",
    "1.2.3.4::1",
    "::1.2.3",
    "::1.2.3.4:5",
  ])("refuses %j", (text) => {
    expect(parseIPv6(text)).toBeNull();
  });

  test("takes exactly what Node takes, zones aside", () => {
    fc.assert(
      fc.property(fc.oneof(almost, bent, fc.string()), (text) => {
        expect(parseIPv6(text) !== null, text).toBe(isIPv6(text) && !text.includes("%"));
      }),
      { numRuns: 4000 },
    );
  });

  test("hashes to an unsigned word, and neighbours apart", () => {
    fc.assert(
      fc.property(words6, ([a, b, c, d]) => {
        const hash = hashIPv6(a, b, c, d);
        return Number.isInteger(hash) && hash >= 0 && hash <= 0xffffffff;
      }),
    );
    const hashes = new Set(Array.from({ length: 20_000 }, (_, i) => hashIPv6(0x20010db8, i >>> 8, 0, i & 255)));
    expect(hashes.size).toBeGreaterThan(19_990); // chance leaves 0.05 pairs
  });
});

describe("networks", () => {
  test("go to text and back, host bits cleared", () => {
    for (const [text, canonical] of [
      ["192.0.2.77/24", "192.0.2.0/24"],
      ["192.0.2.77", "192.0.2.77"],
      ["192.0.2.77/32", "192.0.2.77"],
      ["0.0.0.0/0", "0.0.0.0/0"],
      ["255.255.255.255/1", "128.0.0.0/1"],
      ["2001:db8:ffff::1/33", "2001:db8:8000::/33"],
      ["::/0", "::/0"],
      ["2001:db8::1/128", "2001:db8::1"],
    ] as const) {
      expect(formatNetwork(parseNetwork(text)!)).toBe(canonical);
      expect(parseNetwork(canonical)).toEqual(parseNetwork(text));
    }
  });

  test.each([
    "",
    "/",
    "/8",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "10.0.0.0/8 ",
    "10.0.0/8",
    "::/129",
    "::/1000",
    "2001:db8::/3a",
    "10.0.0.0/1e1",
    "example.org/8",
  ])("are not %j", (text) => {
    expect(parseNetwork(text)).toBeNull();
  });

  test("hold what Node's block list holds", () => {
    const near = fc
      .tuple(word, fc.nat(32), fc.nat(32))
      .map(([address, bits, flip]) => ({ address, bits, other: flip === 32 ? address : (address ^ (1 << flip)) >>> 0 }));
    fc.assert(
      fc.property(near, ({ address, bits, other }) => {
        const list = new BlockList();
        list.addSubnet(formatIPv4(address), bits);
        const network = parseNetwork(`${formatIPv4(address)}/${bits}`)!;
        expect(containsIPv4(network, other)).toBe(list.check(formatIPv4(other)));
        expect(containsIPv6(network, 0, 0, 0, other)).toBe(false);
      }),
    );
    fc.assert(
      fc.property(words6, fc.nat(128), fc.nat(128), (words, bits, flip) => {
        const list = new BlockList();
        list.addSubnet(formatIPv6(...words), bits, "ipv6");
        const network = parseNetwork(`${formatIPv6(...words)}/${bits}`)!;
        const other = words.map((value, index) =>
          flip >>> 5 === index ? (value ^ (1 << (31 - (flip & 31)))) >>> 0 : value,
        ) as typeof words;
        const expected = flip === 128 ? list.check(formatIPv6(...words), "ipv6") : flip >= bits;
        expect(containsIPv6(network, ...other)).toBe(expected);
        expect(containsIPv4(network, other[3])).toBe(false);
      }),
    );
  });

  test("take exactly what is an address with a length that fits", () => {
    fc.assert(
      fc.property(fc.oneof(almost, fc.ipV4(), fc.ipV6()), fc.option(fc.nat(200)), (address, bits) => {
        const family = address.includes("%") || address.includes("/") ? 0 : isIP(address);
        const fits = family !== 0 && (bits === null || bits <= (family === 4 ? 32 : 128));
        const text = bits === null ? address : `${address}/${bits}`;
        if (!address.includes("/")) expect(parseNetwork(text) !== null, text).toBe(fits);
      }),
      { numRuns: 1000 },
    );
  });
});
