/** What every format must hold to, whatever it reads: chunks never matter, hostile input never throws, and no input is two formats'. */
import fc from "fast-check";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FORMAT_INPUTS } from "./conformance.fixture.ts";
import { decodeWhole } from "./decode-whole.ts";
import { freshContext, HEAD_BYTES } from "./format.ts";
import { claimants, FORMATS, recogniseFormat } from "./index.ts";
import { problemOf } from "./row-laws.fixture.ts";

const SAMPLES = join(import.meta.dirname, "../../../shared/samples");
/** Samples larger than this are left to the comparison with tshark. */
const SMALL = 120_000;
/** When all inputs were last written: the year of their stamps must not depend on today. */
const WRITTEN_AT = 1_400_000_000;

test("every format has an input here, and is recognised by it alone", () => {
  expect(new Set(FORMAT_INPUTS.map((input) => input.format))).toEqual(new Set(FORMATS));
  for (const input of FORMAT_INPUTS) {
    const claimed = claimants(input.bytes.subarray(0, HEAD_BYTES));
    expect(
      claimed.map((format) => format.name),
      input.name,
    ).toEqual([input.format.name]);
  }
});

test("formats have names of their own and take heads of any length", () => {
  expect(new Set(FORMATS.map((format) => format.name)).size).toBe(FORMATS.length);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (head) => {
      for (const format of FORMATS) expect(format.recognises(head)).toBeTypeOf("boolean");
    }),
  );
  for (const { bytes } of FORMAT_INPUTS) {
    for (let length = 0; length < Math.min(bytes.length, 300); length++) {
      for (const format of FORMATS) expect(format.recognises(bytes.subarray(0, length))).toBeTypeOf("boolean");
    }
  }
  expect(recogniseFormat(new Uint8Array(0))).toBeNull();
  expect(recogniseFormat(new TextEncoder().encode("not a capture at all, but text of some length"))).toBeNull();
});

const decode = (format: (typeof FORMATS)[number], bytes: Uint8Array, step?: number, capacity?: number): ReturnType<typeof decodeWhole> =>
  decodeWhole(format, bytes, step, capacity, freshContext(WRITTEN_AT));

describe.each(FORMAT_INPUTS)("$name", ({ format, bytes }) => {
  const whole = decode(format, bytes);

  test("something is read, and nothing in it is a fault", () => {
    expect(whole.rows.length).toBeGreaterThan(0);
    expect(whole.stats).toMatchObject({ unparsed: 0, damage: null });
    for (const row of whole.rows) expect(problemOf(row)).toBeNull();
  });

  test("chunks of any size give the same rows and the same counts", () => {
    for (const step of [1, 2, 3, 5, 7, 11, 16, 24, 53, 97, 128, 255, 1024, bytes.length]) {
      for (const capacity of [1, 3, 256]) {
        const { rows, stats } = decode(format, bytes, step, capacity);
        expect(rows).toEqual(whole.rows);
        expect(stats).toEqual(whole.stats);
      }
    }
  });

  test("mutated inputs never throw, and every row stays within its columns", () => {
    fc.assert(
      fc.property(mutations(bytes.length), fc.integer({ min: 1, max: 600 }), (changes, step) => {
        const mutant = mutate(bytes, changes);
        const one = decode(format, mutant);
        for (const row of one.rows) expect(problemOf(row)).toBeNull();
        const steps = decode(format, mutant, step);
        expect(steps.rows).toEqual(one.rows);
        expect(steps.stats).toEqual(one.stats);
      }),
      { numRuns: 1500 },
    );
  });

  test("random octets never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        decode(format, noise, 64);
        const behindHead = new Uint8Array(Buffer.concat([bytes.subarray(0, Math.min(24, bytes.length)), noise]));
        for (const row of decode(format, behindHead, 64).rows) expect(problemOf(row)).toBeNull();
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
    const format = recogniseFormat(bytes.subarray(0, HEAD_BYTES));
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
