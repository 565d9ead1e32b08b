/** What every format must hold to, whatever it reads: damage never loses what came before, chunks never matter, hostile input never throws. */
import fc from "fast-check";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeCapture } from "../lab/capture-writer.ts";
import { ethernet, gre, vlan, vxlan } from "../lab/frame.ts";
import { fragmentIPv4, icmpError, icmpPacket, tcpPacket, udpPacket } from "../lab/packet.ts";
import { NO_PORT } from "../model/observation.ts";
import { hasPorts, TCP_SYN } from "../model/protocol.ts";
import { decodeWhole, type Row } from "./decode-whole.ts";
import type { Format } from "./format.ts";
import { FORMATS, PCAP, PCAPNG, recogniseFormat } from "./index.ts";

const SAMPLES = join(import.meta.dirname, "../../../shared/samples");
/** Samples larger than this are left to the comparison with tshark. */
const SMALL = 120_000;

const ENDS = { source: 0xc0000201, destination: 0xc6336402 };
const ENDS6 = { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] } as const;
const SYN = { sourcePort: 0, destinationPort: 445, flags: TCP_SYN, options: Uint8Array.of(2, 4, 5, 0xb4) };
const PACKETS = [
  ethernet(tcpPacket(ENDS, SYN)),
  ethernet(tcpPacket(ENDS6, SYN)),
  vlan(ethernet(udpPacket(ENDS, { sourcePort: 0, destinationPort: 53, payload: new Uint8Array(7) })), 105),
  ethernet(icmpError(ENDS, 3, 3, udpPacket(ENDS, { sourcePort: 1, destinationPort: 0 }))),
  ethernet(icmpPacket(ENDS6, 128, 0, 1)),
  ethernet(gre(ENDS, tcpPacket(ENDS6, SYN))),
  ethernet(vxlan(ENDS, 40_000, 7, ethernet(tcpPacket(ENDS, SYN)))),
  ...fragmentIPv4(udpPacket(ENDS, { sourcePort: 5, destinationPort: 0, payload: new Uint8Array(90) }), 64).map((fragment) =>
    ethernet(fragment),
  ),
].map((frame, i) => ({ time: 1_383_354_000 + i / 8, frame }));

interface Input {
  readonly name: string;
  readonly format: Format;
  readonly bytes: Uint8Array;
  /** Where one may cut without damage, each with the records before it. */
  readonly boundaries: ReadonlyMap<number, number>;
}

/** One small input of each format in each byte order. A new format adds its own here. */
const INPUTS: readonly Input[] = [true, false].flatMap((littleEndian) =>
  (["pcap", "pcapng"] as const).map((format) => ({
    name: `${format}, ${littleEndian ? "little-endian" : "big-endian"}`,
    format: format === "pcap" ? PCAP : PCAPNG,
    bytes: encodeCapture(PACKETS, { format, littleEndian }),
    boundaries: new Map([
      ...PACKETS.map((_, i): [number, number] => [encodeCapture(PACKETS.slice(0, i), { format, littleEndian }).length, i]),
      [encodeCapture(PACKETS, { format, littleEndian }).length, PACKETS.length] as [number, number],
      // A pcapng section may end before its first interface.
      ...(format === "pcapng" ? [[28, 0] as [number, number]] : []),
    ]),
  })),
);

test("every format has an input here, and is recognised by it alone", () => {
  expect(new Set(INPUTS.map((input) => input.format))).toEqual(new Set(FORMATS));
  for (const input of INPUTS) {
    expect(FORMATS.filter((format) => format.recognises(input.bytes.subarray(0, 4096)))).toEqual([input.format]);
  }
});

test("formats have names of their own and take heads of any length", () => {
  expect(new Set(FORMATS.map((format) => format.name)).size).toBe(FORMATS.length);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (head) => {
      for (const format of FORMATS) expect(format.recognises(head)).toBeTypeOf("boolean");
    }),
  );
  expect(recogniseFormat(new Uint8Array(0))).toBeNull();
  expect(recogniseFormat(new TextEncoder().encode("not a capture at all, but text of some length"))).toBeNull();
});

describe.each(INPUTS)("$name", ({ format, bytes, boundaries }) => {
  const whole = decodeWhole(format, bytes);

  test("the input is read without loss", () => {
    expect(whole.stats).toMatchObject({ records: PACKETS.length, damage: null });
    expect(whole.stats.skipped.size).toBe(0);
    expect(whole.rows.length).toBe(PACKETS.length);
  });

  test("both byte orders give the same rows", () => {
    for (const other of INPUTS.filter((input) => input.format === format)) {
      expect(decodeWhole(format, other.bytes).rows).toEqual(whole.rows);
    }
  });

  test("cut at any octet, it keeps all that came before and says where it broke", () => {
    for (let length = 0; length <= bytes.length; length++) {
      const { rows, stats } = decodeWhole(format, bytes.subarray(0, length));
      const boundary = Math.max(0, ...[...boundaries.keys()].filter((at) => at <= length));
      const records = boundaries.get(boundary) ?? 0;
      expect(rows).toEqual(whole.rows.slice(0, records));
      expect(stats.records).toBe(records);
      if (boundaries.has(length)) expect(stats.damage).toBeNull();
      else
        expect(stats.damage).toEqual({
          offset: length < 4096 && records === 0 ? expect.any(Number) : boundary,
          reason: expect.stringMatching(/^the input /),
        });
    }
  });

  test("chunks of any size give the same rows and the same counts", () => {
    for (const step of [1, 2, 3, 5, 7, 11, 16, 24, 53, 97, 128, 255, 1024, bytes.length]) {
      for (const capacity of [1, 3, 256]) {
        const { rows, stats } = decodeWhole(format, bytes, step, capacity);
        expect(rows).toEqual(whole.rows);
        expect(stats).toEqual(whole.stats);
      }
    }
  });

  test("a decoder reads from anywhere inside a buffer", () => {
    const roomy = new Uint8Array(bytes.length + 300);
    roomy.set(bytes, 123);
    expect(decodeWhole(format, roomy.subarray(123, 123 + bytes.length)).rows).toEqual(whole.rows);
  });

  test("after damage everything is swallowed", () => {
    const noise = new Uint8Array(200_000).fill(0xff);
    const { rows, stats, largestRest } = decodeWhole(format, new Uint8Array(Buffer.concat([bytes, noise])), 1000);
    expect(rows).toEqual(whole.rows);
    expect(stats.damage?.offset).toBe(bytes.length);
    expect(largestRest).toBeLessThan(2000);
  });

  test("mutated inputs never throw, and every row stays within its columns", () => {
    fc.assert(
      fc.property(mutations(bytes.length), fc.integer({ min: 1, max: 600 }), (changes, step) => {
        const mutant = mutate(bytes, changes);
        const one = decodeWhole(format, mutant);
        for (const row of one.rows) expect(problemOf(row)).toBeNull();
        const steps = decodeWhole(format, mutant, step);
        expect(steps.rows).toEqual(one.rows);
        expect(steps.stats).toEqual(one.stats);
      }),
      { numRuns: 1500 },
    );
  });

  test("random octets never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        decodeWhole(format, noise, 64);
        const behindHead = new Uint8Array(Buffer.concat([bytes.subarray(0, Math.min(24, bytes.length)), noise]));
        for (const row of decodeWhole(format, behindHead, 64).rows) expect(problemOf(row)).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });
});

const samples = existsSync(SAMPLES)
  ? readdirSync(SAMPLES, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".pcap") || name.endsWith(".pcapng"))
  : [];

describe.skipIf(samples.length === 0)("real captures", () => {
  test.each(samples.toSorted())("%s: chunks do not matter, and mutants never throw", (name) => {
    const bytes = new Uint8Array(readFileSync(join(SAMPLES, name)));
    const format = recogniseFormat(bytes.subarray(0, 4096));
    if (format === null) throw new Error("not recognised");
    const whole = decodeWhole(format, bytes);
    expect(whole.stats.damage).toBeNull();
    for (const row of whole.rows) if (problemOf(row) !== null) expect(problemOf(row)).toBeNull();
    if (bytes.length > SMALL) return;
    expect(decodeWhole(format, bytes, 1009).rows).toEqual(whole.rows);
    fc.assert(
      fc.property(mutations(bytes.length), (changes) => {
        for (const row of decodeWhole(format, mutate(bytes, changes)).rows) {
          const problem = problemOf(row);
          if (problem !== null) throw new Error(problem);
        }
      }),
      { numRuns: 15 },
    );
  });
});

type Change = readonly [at: number, octet: number];

function mutations(length: number): fc.Arbitrary<Change[]> {
  const octet = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.integer({ min: 0, max: 255 }));
  return fc.array(fc.tuple(fc.integer({ min: 0, max: Math.max(0, length - 1) }), octet), { minLength: 1, maxLength: 12 });
}

function mutate(bytes: Uint8Array, changes: readonly Change[]): Uint8Array {
  const mutant = bytes.slice();
  for (const [at, octet] of changes) mutant[at] = octet;
  return mutant;
}

/** What is impossible about a row, or null. */
function problemOf(row: Row): string | null {
  if (row.family !== 4 && row.family !== 6) return `family ${row.family}`;
  if (row.grade > 1 || row.fragment > 3) return `grade ${row.grade}, fragment ${row.fragment}`;
  if (row.packets !== 1) return `${row.packets} packets`;
  if (row.sourcePort < NO_PORT || row.sourcePort > 65_535) return `source port ${row.sourcePort}`;
  if ((row.sourcePort === NO_PORT) !== (row.destinationPort === NO_PORT)) return "one port without the other";
  if (row.sourcePort !== NO_PORT && !hasPorts(row.protocol)) return `ports of protocol ${row.protocol}`;
  if (row.sourcePort !== NO_PORT && row.fragment === 2) return "ports of a later fragment";
  if (row.payload > row.bytes) return `payload ${row.payload} of ${row.bytes} octets`;
  if (row.tunnels > 8) return `${row.tunnels} tunnels`;
  return null;
}
