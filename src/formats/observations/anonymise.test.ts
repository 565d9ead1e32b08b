import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatIPv4, formatIPv6, hashIPv6, parseIPv4, parseIPv6 } from "../../model/address.ts";
import { ObservationBatch, QUIRK_QUOTES_PACKET } from "../../model/observation.ts";
import { Anonymiser } from "./anonymise.ts";
import { CryptoPan, KEY_BYTES, keyOfPassphrase, randomKey } from "./crypto-pan.ts";

/** The key of the sample trace in the authors' distribution of Crypto-PAn 1.0. */
const SAMPLE_KEY = new Uint8Array(Buffer.from("1522178d33a4cf80130a5b1649907d10d8988f837979652762574c2d2a842202", "hex"));

function map4(pan: CryptoPan, text: string): string {
  const words = Uint32Array.of(parseIPv4(text)!);
  pan.mapIPv4(words, 1);
  return formatIPv4(words[0]!);
}

function map6(pan: CryptoPan, text: string): string {
  const words = Uint32Array.from(parseIPv6(text)!);
  pan.mapIPv6(words, 1);
  return formatIPv6(words[0]!, words[1]!, words[2]!, words[3]!);
}

describe("published vectors", () => {
  const pan = new CryptoPan(SAMPLE_KEY);

  // sample_trace_raw.dat and sample_trace_sanitized.dat of Crypto-PAn 1.0.
  test.each([
    ["128.11.68.132", "135.242.180.132"],
    ["129.118.74.4", "134.136.186.123"],
    ["130.132.252.244", "133.68.164.234"],
    ["141.223.7.43", "141.167.8.160"],
    ["152.163.225.39", "151.140.114.167"],
    ["156.29.3.236", "147.225.12.42"],
    ["165.247.96.84", "162.9.99.234"],
    ["192.102.249.13", "252.138.62.131"],
    ["198.51.77.238", "249.18.186.254"],
    ["207.33.151.131", "241.1.233.131"],
    ["216.35.217.178", "235.195.157.81"],
    ["24.0.250.221", "100.15.198.226"],
    ["24.14.213.138", "100.1.42.141"],
    ["38.15.67.68", "64.3.66.187"],
    ["4.3.88.225", "124.60.155.63"],
    ["63.97.7.140", "95.97.9.123"],
    ["64.34.154.117", "0.221.154.117"],
    ["10.185.25.118", "117.161.29.118"],
  ])("%s is %s", (original, mapped) => {
    expect(map4(pan, original)).toBe(mapped);
  });

  // Those of the Go implementation (Yawning/cryptopan), which others took over.
  test.each([
    ["::1", "78ff:f001:9fc0:20df:8380:b1f1:704:ed"],
    ["::2", "78ff:f001:9fc0:20df:8380:b1f1:704:ef"],
    ["::ffff", "78ff:f001:9fc0:20df:8380:b1f1:704:f838"],
    ["2001:db8::1", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e"],
    ["2001:db8::2", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1c"],
  ])("%s is %s", (original, mapped) => {
    expect(map6(pan, original)).toBe(mapped);
  });

  test("another key, of yacryptopan's manual", () => {
    expect(map4(new CryptoPan(new TextEncoder().encode("32-char-str-for-AES-key-and-pad.")), "192.0.2.1")).toBe("192.0.125.244");
  });
});

const address = fc.integer({ min: 1, max: 0xfffffffe });

test("two addresses share as long a prefix as before, and different ones stay different", () => {
  const pan = new CryptoPan(SAMPLE_KEY);
  fc.assert(
    fc.property(address, fc.integer({ min: 0, max: 31 }), address, (first, bits, other) => {
      const second = bits === 0 ? other : ((first & (-1 << (32 - bits))) | (other & (0xffffffff >>> bits))) >>> 0;
      const words = Uint32Array.of(first, second);
      pan.mapIPv4(words, 2);
      expect(Math.clz32(words[0]! ^ words[1]!)).toBe(Math.clz32(first ^ second));
    }),
  );
});

test("many at once are as one by one", () => {
  const pan = new CryptoPan(SAMPLE_KEY);
  const many = Uint32Array.from({ length: 1000 }, (_, i) => Math.imul(i, 0x9e3779b1));
  const one = many.map((word) => {
    const words = Uint32Array.of(word);
    pan.mapIPv4(words, 1);
    return words[0]!;
  });
  const copy = many.slice();
  pan.mapIPv4(copy, copy.length);
  expect(copy).toEqual(one);
  const six = many.slice();
  pan.mapIPv6(six, 250);
  const last = many.slice(996);
  pan.mapIPv6(last, 1);
  expect(six.slice(996)).toEqual(last);
});

test("keys: of random octets, of a passphrase (always the same), and of no other length", () => {
  expect(randomKey()).not.toEqual(randomKey());
  expect(keyOfPassphrase("correct horse")).toEqual(keyOfPassphrase("correct horse"));
  expect(keyOfPassphrase("correct horse")).not.toEqual(keyOfPassphrase("correct hors"));
  expect(keyOfPassphrase("\u0065\u0301")).toEqual(keyOfPassphrase("\u00e9"));
  expect(keyOfPassphrase("x").length).toBe(KEY_BYTES);
  expect(() => new CryptoPan(new Uint8Array(16))).toThrow(RangeError);
});

describe("batches", () => {
  const anonymiser = new Anonymiser(new CryptoPan(SAMPLE_KEY));
  const SOURCE = parseIPv4("141.223.7.43")!;
  const DESTINATION = parseIPv4("128.11.68.132")!;
  const NEW_SOURCE = parseIPv4("141.167.8.160")!;
  const NEW_DESTINATION = parseIPv4("135.242.180.132")!;

  /** A batch of one TCP packet with these columns. */
  function batchWith(
    columns: Partial<Record<"sequence" | "acknowledgement" | "ipId" | "quirks" | "quotedDestination" | "protocol" | "icmpType", number>>,
  ): ObservationBatch {
    const batch = new ObservationBatch(1);
    batch.length = 1;
    batch.family[0] = 4;
    batch.protocol[0] = 6;
    batch.source[0] = SOURCE;
    batch.destination[0] = DESTINATION;
    batch.destinationPort[0] = 445;
    batch.sequence[0] = 0x12345678;
    for (const [name, value] of Object.entries(columns)) {
      const column: unknown = Reflect.get(batch, name);
      if (ArrayBuffer.isView(column)) Reflect.set(column, 0, value);
    }
    anonymiser.anonymise(batch);
    return batch;
  }

  test("both addresses are replaced, other columns are not", () => {
    const batch = batchWith({ acknowledgement: 7, ipId: 9 });
    expect([batch.source[0], batch.destination[0]]).toEqual([NEW_SOURCE, NEW_DESTINATION]);
    expect([batch.sequence[0], batch.acknowledgement[0], batch.ipId[0], batch.destinationPort[0]]).toEqual([0x12345678, 7, 9, 445]);
  });

  test("Mirai's sequence number stays its mark and tells no address; nor does what is answered to it", () => {
    expect(batchWith({ sequence: DESTINATION }).sequence[0]).toBe(NEW_DESTINATION);
    expect(batchWith({ acknowledgement: SOURCE + 1 }).acknowledgement[0]).toBe(NEW_SOURCE + 1);
  });

  test("Masscan's IP identification stays its mark", () => {
    const batch = batchWith({ ipId: (DESTINATION ^ 445 ^ 0x12345678) & 0xffff });
    expect(batch.ipId[0]).toBe((NEW_DESTINATION ^ 445 ^ 0x12345678) & 0xffff);
  });

  test("what an ICMP error quotes, and the gateway of a redirect", () => {
    const batch = batchWith({
      protocol: 1,
      icmpType: 5,
      sequence: DESTINATION,
      quirks: QUIRK_QUOTES_PACKET,
      quotedDestination: DESTINATION,
    });
    expect([batch.sequence[0], batch.quotedDestination[0]]).toEqual([NEW_DESTINATION, NEW_DESTINATION]);
    expect(batchWith({ protocol: 1, icmpType: 8, sequence: DESTINATION }).sequence[0]).toBe(DESTINATION);
  });

  test("IPv6, with the hashes that stand for it", () => {
    const batch = new ObservationBatch(1);
    batch.length = 1;
    batch.family[0] = 6;
    batch.source6.set(parseIPv6("2001:db8::1")!);
    batch.destination6.set(parseIPv6("2001:db8::2")!);
    anonymiser.anonymise(batch);
    expect(formatIPv6(batch.source6[0]!, batch.source6[1]!, batch.source6[2]!, batch.source6[3]!)).toBe(
      "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e",
    );
    expect(batch.source[0]).toBe(hashIPv6(batch.source6[0]!, batch.source6[1]!, batch.source6[2]!, batch.source6[3]!));
    expect(batch.destination[0]).not.toBe(batch.source[0]);
  });

  test("no address and broadcast stay what they are, and no host becomes them", () => {
    const batch = new ObservationBatch(2);
    batch.length = 2;
    batch.family.fill(4);
    batch.source.set([0, 0xffffffff]);
    anonymiser.anonymise(batch);
    expect([...batch.source]).toEqual([0, 0xffffffff]);
    // Find who would become 0.0.0.0, bit by bit: the map keeps prefixes.
    const pan = new CryptoPan(SAMPLE_KEY);
    for (const taken of [0, 0xffffffff]) {
      let original = 0;
      for (let bit = 31; bit >= 0; bit--) {
        const words = Uint32Array.of(original);
        pan.mapIPv4(words, 1);
        if (((words[0]! ^ taken) >>> bit) & 1) original = (original | (1 << bit)) >>> 0;
      }
      batch.source[0] = original;
      anonymiser.anonymise(batch);
      expect([0, 0xffffffff]).not.toContain(batch.source[0]);
    }
  });

  test("the same address gives the same in every batch, however many there are", () => {
    const mine = new Anonymiser(new CryptoPan(SAMPLE_KEY));
    const batch = new ObservationBatch(2048);
    const expected = new Map<number, number>();
    for (let round = 0; round < 40; round++) {
      batch.length = 2048;
      const before = Uint32Array.from({ length: 2048 }, (_, i) => Math.imul((round * 1999 + i) % 60_000, 0x9e3779b1));
      batch.family.fill(4);
      batch.source.set(before);
      batch.destination.set(before);
      mine.anonymise(batch);
      for (let row = 0; row < 2048; row++) {
        const known = expected.get(before[row]!);
        if (known === undefined) expected.set(before[row]!, batch.source[row]!);
        if ((known !== undefined && known !== batch.source[row]) || batch.source[row] !== batch.destination[row]) throw new Error("unlike");
      }
    }
    expect(new Set(expected.values()).size).toBe(expected.size);
  });
});
