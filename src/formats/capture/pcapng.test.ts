import { describe, expect, test } from "vitest";
import { ethernet } from "../../lab/frame.ts";
import { tcpPacket } from "../../lab/packet.ts";
import { TCP_SYN } from "../../model/protocol.ts";
import { decodeWhole } from "../decode-whole.ts";
import { recogniseFormat } from "../index.ts";
import { PCAPNG } from "./pcapng.ts";

const PACKET = tcpPacket({ source: 1, destination: 2 }, { sourcePort: 0, destinationPort: 445, flags: TCP_SYN });
const FRAME = ethernet(PACKET);
const SEEN = { source: "0.0.0.1", destination: "0.0.0.2", sourcePort: 0, destinationPort: 445, bytes: 40 };
/** 2013-11-02T01:00:00.5Z. */
const TIME = 1_383_354_000.5;

/** Blocks in one byte order; 32- and 16-bit fields as numbers, octets as they are. */
class Section {
  readonly little: boolean;
  readonly #parts: Uint8Array[] = [];

  constructor(little: boolean, major: number = 1) {
    this.little = little;
    this.block(0x0a0d0d0a, [0x1a2b3c4d, this.half(major), this.half(0), 0xffffffff, 0xffffffff]);
  }

  half(value: number): Uint8Array {
    const bytes = new Uint8Array(2);
    new DataView(bytes.buffer).setUint16(0, value, this.little);
    return bytes;
  }

  block(type: number, body: readonly (number | Uint8Array)[], length?: number, trailer?: number): this {
    const octets = this.#octets(body);
    const padded = (octets.length + 3) & ~3;
    const total = length ?? padded + 12;
    this.#parts.push(this.#octets([type, total]), octets, new Uint8Array(padded - octets.length), this.#octets([trailer ?? total]));
    return this;
  }

  interface(linkType: number = 1, options: readonly (readonly [number, Uint8Array])[] = [], snapLength: number = 0): this {
    const body: (number | Uint8Array)[] = [this.half(linkType), this.half(0), snapLength];
    for (const [code, value] of options) body.push(this.half(code), this.half(value.length), value, new Uint8Array(-value.length & 3));
    if (options.length > 0) body.push(0);
    return this.block(1, body);
  }

  enhanced(interfaceId: number, ticks: bigint, frame: Uint8Array = FRAME, captured: number = frame.length): this {
    return this.block(6, [interfaceId, Number(ticks >> 32n), Number(ticks & 0xffffffffn), captured, frame.length, frame]);
  }

  signed64(value: bigint): Uint8Array {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, value, this.little);
    return bytes;
  }

  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }

  #octets(body: readonly (number | Uint8Array)[]): Uint8Array {
    return new Uint8Array(
      Buffer.concat(
        body.map((part) => {
          if (typeof part !== "number") return part;
          const bytes = new Uint8Array(4);
          new DataView(bytes.buffer).setUint32(0, part, this.little);
          return bytes;
        }),
      ),
    );
  }
}

function join(...sections: readonly Section[]): Uint8Array {
  return new Uint8Array(Buffer.concat(sections.map((section) => section.bytes())));
}

describe.each([
  ["little-endian", true],
  ["big-endian", false],
] as const)("%s sections", (_name, little) => {
  test.each<[string, (section: Section) => [number, Uint8Array][], bigint]>([
    ["microseconds where nothing is said", () => [], 1_383_354_000_500_000n],
    ["nanoseconds", () => [[9, Uint8Array.of(9)]], 1_383_354_000_500_000_000n],
    [
      "whole seconds and an offset",
      (section) => [
        [9, Uint8Array.of(1)],
        [14, section.signed64(1_000_000_000n)],
      ],
      3_833_540_005n,
    ],
    ["a negative offset", (section) => [[14, section.signed64(-10n)]], 1_383_354_010_500_000n],
    ["a power of two", () => [[9, Uint8Array.of(0x80 | 10)]], 1_383_354_000n * 1024n + 512n],
    [
      "among other options",
      () => [
        [2, new TextEncoder().encode("eth0")],
        [9, Uint8Array.of(3)],
        [12, new TextEncoder().encode("Linux")],
      ],
      1_383_354_000_500n,
    ],
  ])("time in %s", (_unit, options, ticks) => {
    const section = new Section(little);
    const bytes = section.interface(1, options(section)).enhanced(0, ticks).bytes();
    expect(recogniseFormat(bytes)).toBe(PCAPNG);
    const { rows, stats } = decodeWhole(PCAPNG, bytes);
    expect(rows).toEqual([expect.objectContaining({ ...SEEN, time: TIME })]);
    expect(stats).toMatchObject({ records: 1, damage: null });
  });

  test("several interfaces with link types and clocks of their own", () => {
    const section = new Section(little).interface(1).interface(101, [[9, Uint8Array.of(9)]]);
    section.enhanced(1, 1_383_354_000_500_000_000n, PACKET).enhanced(0, 1_383_354_000_500_000n);
    expect(decodeWhole(PCAPNG, section.bytes()).rows).toEqual([
      expect.objectContaining({ ...SEEN, time: TIME }),
      expect.objectContaining({ ...SEEN, time: TIME }),
    ]);
  });

  test("the obsolete packet block", () => {
    const section = new Section(little).interface();
    section.block(2, [
      section.half(0),
      section.half(7),
      Number(1_383_354_000_500_000n >> 32n),
      Number(1_383_354_000_500_000n & 0xffffffffn),
      FRAME.length,
      FRAME.length,
      FRAME,
    ]);
    expect(decodeWhole(PCAPNG, section.bytes()).rows).toEqual([expect.objectContaining({ ...SEEN, time: TIME })]);
  });

  test("simple packets have the time of the packet before, and are cut at the interface's snap length", () => {
    const section = new Section(little).interface(1, [], 14 + 20 + 4).enhanced(0, 1_383_354_000_500_000n);
    section.block(3, [FRAME.length, FRAME.subarray(0, 14 + 20 + 4)]);
    const { rows } = decodeWhole(PCAPNG, section.bytes());
    expect(rows[1]).toMatchObject({ time: TIME, sourcePort: 0, destinationPort: 445, window: 0, bytes: 40 });
  });

  test("blocks without packets are stepped over; those of unknown types are counted", () => {
    const section = new Section(little).interface();
    section
      .block(4, [new Uint8Array(40)])
      .block(5, [0, 0, 0])
      .block(10, [new Uint8Array(100)]);
    section.block(0x0bad, [32_473, new Uint8Array(9)]).block(0x7fff0000, [new Uint8Array(1_000_000)]);
    section.enhanced(0, 0n);
    const { rows, stats, largestRest } = decodeWhole(PCAPNG, section.bytes(), 1000);
    expect(rows.length).toBe(1);
    expect(Object.fromEntries(stats.skipped)).toEqual({ "pcapng block of an unknown type": 2 });
    expect(largestRest).toBeLessThan(1100);
  });
});

test("a section may have the other byte order, and its interfaces replace those before", () => {
  const bytes = join(
    new Section(true).interface(1).interface(101).enhanced(0, 0n),
    new Section(false).interface(101).enhanced(0, 0n, PACKET).enhanced(1, 0n),
    new Section(true).interface(1).enhanced(0, 0n),
  );
  const { rows, stats } = decodeWhole(PCAPNG, bytes);
  expect(rows.length).toBe(3);
  expect(stats.records).toBe(4);
  expect(Object.fromEntries(stats.skipped)).toEqual({ "packet of an interface that was not described": 1 });
});

describe("damage keeps what came before and says where", () => {
  const start = new Section(true).interface().enhanced(0, 0n).bytes().length;
  const good = (): Section => new Section(true).interface().enhanced(0, 0n);

  test.each<[string, Section, string]>([
    ["a length under twelve", good().block(6, [], 8), "a block claims a length of 8 octets, which no block can have"],
    ["a length that is no multiple of four", good().block(6, [], 33), "a block claims a length of 33 octets, which no block can have"],
    [
      "a packet of 4 GiB",
      good().block(6, [], 0xfffffffc),
      "a block claims 4294967292 octets, more than the 524288 that one of its type can have",
    ],
    ["lengths that differ", good().block(6, [new Uint8Array(24)], undefined, 32), "a block's two lengths differ"],
    ["a packet longer than its block", good().enhanced(0, 0n, FRAME, 1000), "a packet of 1000 octets in a block of 88"],
    ["a packet block without its fields", good().block(6, [0]), "a packet block that is too short"],
    ["a simple packet block without its field", good().block(3, []), "a packet block that is too short"],
    ["an interface without its fields", good().block(1, []), "an interface description that is too short"],
    ["a section without its mark", good().block(0x0a0d0d0a, [0, 0, 0, 0]), "a section without its byte-order mark"],
  ])("%s", (_name, section, reason) => {
    const { rows, stats } = decodeWhole(PCAPNG, section.bytes());
    expect(rows.length).toBe(1);
    expect(stats.damage).toEqual({ offset: start, reason });
  });

  test("a version that nobody knows", () => {
    const { rows, stats } = decodeWhole(PCAPNG, join(good(), new Section(true, 2)));
    expect(rows.length).toBe(1);
    expect(stats.damage).toEqual({ offset: start, reason: "a section of version 2, which is not readable" });
  });

  test("a cut inside a block that is stepped over", () => {
    const bytes = good()
      .block(0x0bad, [new Uint8Array(600_000)])
      .bytes();
    for (const length of [start + 5, start + 20, bytes.length - 1]) {
      expect(decodeWhole(PCAPNG, bytes.subarray(0, length), 4096).stats.damage).toEqual({
        offset: start,
        reason: "the input ends inside a block",
      });
    }
    expect(decodeWhole(PCAPNG, bytes, 4096).stats.damage).toBeNull();
  });
});
