import fc from "fast-check";
import { parquetWriteBuffer, type ColumnSource } from "hyparquet-writer";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ColumnCursor } from "./column-cursor.ts";
import { readMetadata, UNIT_DAY } from "./metadata.ts";
import { ParquetFault } from "./thrift.ts";

type Options = Omit<Parameters<typeof parquetWriteBuffer>[0], "columnData">;

/** All values of all columns, by path: numbers, text, or null. */
function readAll(file: Uint8Array): Map<string, (number | string | null)[]> {
  const { leaves, groups } = readMetadata(file);
  const columns = new Map<string, (number | string | null)[]>();
  for (const [i, leaf] of leaves.entries()) {
    const values: (number | string | null)[] = [];
    for (const group of groups) {
      const cursor = new ColumnCursor(file, leaf, group.chunks[i]!);
      for (let row = 0; row < group.rows; row++) {
        cursor.next();
        const { values: page, index } = cursor;
        if (!cursor.isPresent) values.push(null);
        else if (page.isOctets) values.push(new TextDecoder().decode(page.octets.subarray(page.start(index), page.end(index))));
        else values.push(page.number(index));
      }
    }
    columns.set(leaf.path, values);
  }
  return columns;
}

function written(columnData: ColumnSource[], options: Options = {}): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData, ...options }));
}

const ROWS = 700;
const times = <T>(value: (i: number) => T): T[] => Array.from({ length: ROWS }, (_, i) => value(i));
const INTS = times((i) => ((i * 2_654_435_761) | 0) >> (i % 30));
const LONGS = times((i) => BigInt(i) * 1_000_003n - 5_000_000n);
const DOUBLES = times((i) => i / 7 - 3);
const TEXTS = times((i) => `value ${(i * 7919) % 1000}`);

describe("values as an independent writer wrote them", () => {
  test.each<[string, ColumnSource, (number | string)[]]>([
    ["INT32, plain", { name: "c", data: INTS, type: "INT32", encoding: "PLAIN" }, INTS],
    ["INT32, differences", { name: "c", data: INTS, type: "INT32", encoding: "DELTA_BINARY_PACKED" }, INTS],
    ["INT32, split", { name: "c", data: INTS, type: "INT32", encoding: "BYTE_STREAM_SPLIT" }, INTS],
    ["INT32, dictionary", { name: "c", data: times((i) => i % 9), type: "INT32" }, times((i) => i % 9)],
    ["INT32, one value", { name: "c", data: times(() => -5), type: "INT32" }, times(() => -5)],
    ["INT64, plain", { name: "c", data: LONGS, type: "INT64", encoding: "PLAIN" }, LONGS.map(Number)],
    ["INT64, differences", { name: "c", data: LONGS, type: "INT64", encoding: "DELTA_BINARY_PACKED" }, LONGS.map(Number)],
    ["DOUBLE, plain", { name: "c", data: DOUBLES, type: "DOUBLE", encoding: "PLAIN" }, DOUBLES],
    ["DOUBLE, split", { name: "c", data: DOUBLES, type: "DOUBLE", encoding: "BYTE_STREAM_SPLIT" }, DOUBLES],
    ["FLOAT", { name: "c", data: DOUBLES.map(Math.fround), type: "FLOAT", encoding: "PLAIN" }, DOUBLES.map(Math.fround)],
    ["BOOLEAN", { name: "c", data: times((i) => i % 3 === 0), type: "BOOLEAN" }, times((i) => (i % 3 === 0 ? 1 : 0))],
    ["BOOLEAN, few", { name: "c", data: [true, false, true], type: "BOOLEAN" }, [1, 0, 1]],
    ["text, plain", { name: "c", data: TEXTS, type: "STRING", encoding: "PLAIN" }, TEXTS],
    ["text, dictionary", { name: "c", data: times((i) => `${i % 9}`), type: "STRING" }, times((i) => `${i % 9}`)],
    ["text, lengths", { name: "c", data: TEXTS, type: "STRING", encoding: "DELTA_LENGTH_BYTE_ARRAY" }, TEXTS],
    ["text, shared beginnings", { name: "c", data: TEXTS, type: "STRING", encoding: "DELTA_BYTE_ARRAY" }, TEXTS],
  ])("%s", (_, column, values) => {
    for (const pageSize of [200, 1 << 20]) {
      expect(readAll(written([{ ...column, nullable: false }], { pageSize })).get("c")).toEqual(values);
      const gaps = Array.from(column.data, (value: unknown, i) => (i % 4 === 1 ? null : value));
      const nullable = readAll(written([{ ...column, data: gaps, nullable: true }], { pageSize })).get("c");
      expect(nullable).toEqual(values.map((value, i) => (i % 4 === 1 ? null : value)));
    }
  });

  test.each([
    ["UNCOMPRESSED", undefined],
    ["SNAPPY", undefined],
    ["GZIP", gzipSync],
    ["ZSTD", zstdCompressSync],
    ["BROTLI", brotliCompressSync],
  ] as const)("compressed by %s", (codec, compress) => {
    const compressors = compress === undefined ? {} : { [codec]: (page: Uint8Array) => new Uint8Array(compress(page)) };
    const file = written([{ name: "c", data: TEXTS, type: "STRING" }], { codec, compressors });
    expect(readAll(file).get("c")).toEqual(TEXTS);
  });

  test("times come with the seconds of their unit, unsigned integers without a sign", () => {
    const file = written(
      [
        { name: "ms", data: [1n] },
        { name: "us", data: [1n] },
        { name: "ns", data: [1n] },
        { name: "day", data: [1] },
        { name: "u", data: [4_000_000_000] },
      ],
      {
        schema: [
          { name: "root", num_children: 5 },
          { name: "ms", type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
          { name: "us", type: "INT64", converted_type: "TIMESTAMP_MICROS" },
          { name: "ns", type: "INT64", logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "NANOS" } },
          { name: "day", type: "INT32", converted_type: "DATE" },
          { name: "u", type: "INT32", converted_type: "UINT_32" },
        ],
      },
    );
    expect(readMetadata(file).leaves.map((leaf) => [leaf.path, leaf.timeUnit])).toEqual([
      ["ms", 1e3],
      ["us", 1e6],
      ["ns", 1e9],
      ["day", UNIT_DAY],
      ["u", 0],
    ]);
    expect(readAll(file).get("u")).toEqual([4_000_000_000]);
  });

  test("members of structs are columns with a path; lists are refused", () => {
    const file = written([{ name: "end", data: [{ ip: "192.0.2.1" }, null, { ip: null }, { ip: "192.0.2.2" }] }], {
      schema: [
        { name: "root", num_children: 1 },
        { name: "end", num_children: 1, repetition_type: "OPTIONAL" },
        { name: "ip", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      ],
    });
    expect([...readAll(file)]).toEqual([["end.ip", ["192.0.2.1", null, null, "192.0.2.2"]]]);
    const list = written([{ name: "l", data: [[1, 2], [3]] }], {
      schema: [
        { name: "root", num_children: 1 },
        { name: "l", num_children: 1, repetition_type: "OPTIONAL", converted_type: "LIST" },
        { name: "list", num_children: 1, repetition_type: "REPEATED" },
        { name: "element", type: "INT32", repetition_type: "OPTIONAL" },
      ],
    });
    expect(() => readAll(list)).toThrow("Parquet column that holds lists");
  });
});

describe("hostile files", () => {
  const FILES = [
    written(
      [
        { name: "i", data: INTS, type: "INT32", encoding: "DELTA_BINARY_PACKED" },
        { name: "t", data: TEXTS, type: "STRING", encoding: "DELTA_BYTE_ARRAY" },
        { name: "l", data: TEXTS, type: "STRING", encoding: "DELTA_LENGTH_BYTE_ARRAY" },
        { name: "d", data: times((i) => `${i % 9}`), type: "STRING" },
      ],
      { codec: "UNCOMPRESSED" },
    ),
    written([
      { name: "t", data: TEXTS, type: "STRING" },
      { name: "n", data: times((i) => (i % 3 === 0 ? null : i)), type: "INT32" },
    ]),
  ];

  test("whatever octets are changed, the fault is one of ours", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FILES),
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.999_999, noNaN: true }), fc.constantFrom(0, 1, 0x15, 0x7f, 0x80, 0xff)), {
          minLength: 1,
          maxLength: 5,
        }),
        (file, changes) => {
          const mutant = file.slice();
          for (const [place, octet] of changes) mutant[Math.floor(place * mutant.length)] = octet;
          try {
            readAll(mutant);
          } catch (error) {
            if (!(error instanceof ParquetFault)) throw error;
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  test("a file cut anywhere has no footer", () => {
    for (let length = 0; length < FILES[1]!.length; length += 37) {
      expect(() => readAll(FILES[1]!.subarray(0, length))).toThrow(ParquetFault);
    }
  });
});
