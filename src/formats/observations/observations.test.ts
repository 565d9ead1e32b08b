import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { NO_PORT, ObservationBatch, RECORD_FLOW } from "../../model/observation.ts";
import { TCP_SYN } from "../../model/protocol.ts";
import { decodeWhole, type Row, rowOf } from "../decode-whole.ts";
import { ObservationWriter } from "../format.ts";
import { decodeBytes } from "../decode-bytes.ts";
import { PCAP } from "../capture/pcap.ts";
import { CAPTURE } from "./inputs.fixture.ts";
import { GROUP_ROWS } from "./layout.ts";
import { OBSERVATIONS } from "./observations.ts";
import { ObservationsWriter } from "./writer.ts";

const SAMPLES = join(import.meta.dirname, "../../../../shared/samples");
/** Samples of this size at most: the property is the same for larger ones. */
const SMALL = 400_000;
const NOTE = { createdBy: "a test", isAnonymised: false };

/** What `input` decodes to, and the file that its observations make. */
function convert(input: Uint8Array, capacity = 256): { readonly rows: Row[]; readonly file: Uint8Array } | null {
  const rows: Row[] = [];
  const parts: Uint8Array[] = [];
  const converted = new ObservationsWriter((octets) => parts.push(octets.slice()), NOTE);
  const writer = new ObservationWriter(new ObservationBatch(capacity), (batch) => {
    for (let row = 0; row < batch.length; row++) rows.push(rowOf(batch, row));
    converted.write(batch);
    batch.length = 0;
    return batch;
  });
  if (decodeBytes(input, writer) === null) return null;
  converted.finish();
  return { rows, file: new Uint8Array(Buffer.concat(parts)) };
}

const { rows: ROWS, file: FILE } = convert(CAPTURE)!;

describe("what was written is read back the same", () => {
  test("a capture with IPv6, quotes, fragments and tunnels, in chunks and batches of any size", () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(8);
    for (const step of [1, 7, 1000, FILE.length]) {
      const { rows, stats } = decodeWhole(OBSERVATIONS, FILE, step, 3);
      expect(rows).toEqual(ROWS);
      expect(stats).toMatchObject({ records: ROWS.length, unparsed: 0, damage: null });
    }
  });

  const names = existsSync(SAMPLES)
    ? readdirSync(SAMPLES, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(?:pcap|pcapng|log|json|dat)$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => readFileSync(path).length < SMALL)
    : [];
  if (names.length === 0) console.warn("the samples are absent: no real records are converted");
  test.skipIf(names.length === 0)("every sample", () => {
    let converted = 0;
    for (const path of names) {
      const made = convert(new Uint8Array(readFileSync(path)));
      if (made === null || made.rows.length === 0) continue;
      const { rows, stats } = decodeWhole(OBSERVATIONS, made.file, 1 << 20, 2048);
      expect([path, stats.damage, stats.unparsed, rows.length]).toEqual([path, null, 0, made.rows.length]);
      expect(rows).toEqual(made.rows);
      converted++;
    }
    expect(converted).toBeGreaterThan(30);
  });

  test("any numbers that columns hold", () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    const half = fc.integer({ min: 0, max: 0xffff });
    const row = fc.record({
      time: fc.double({ noNaN: true, min: 0, max: 4e9 }),
      source: word,
      port: half,
      sequence: word,
      id: half,
      six: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 200 }), (many) => {
        const batch = new ObservationBatch(many.length);
        for (const [i, value] of many.entries()) {
          batch.time[i] = value.time;
          batch.family[i] = value.six ? 6 : 4;
          batch.source[i] = value.source;
          batch.source6.set([value.source, i, value.sequence, 0], 4 * i);
          batch.destination6.set([value.sequence, 0, 0, value.id], 4 * i);
          batch.protocol[i] = 17;
          batch.record[i] = RECORD_FLOW;
          batch.sourcePort[i] = i % 3 === 0 ? NO_PORT : value.port;
          batch.destinationPort[i] = i % 3 === 0 ? NO_PORT : value.id;
          batch.sequence[i] = value.sequence;
          batch.ipId[i] = value.id;
          batch.duration[i] = Math.fround(value.port / 7);
          batch.packets[i] = value.sequence;
        }
        batch.length = many.length;
        const expected = many.map((_, i) => rowOf(batch, i));
        const parts: Uint8Array[] = [];
        const writer = new ObservationsWriter((octets) => parts.push(octets.slice()), NOTE);
        writer.write(batch);
        writer.finish();
        expect(decodeWhole(OBSERVATIONS, new Uint8Array(Buffer.concat(parts))).rows).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test("more rows than a group holds, handed on group by group", () => {
    const batch = new ObservationBatch(2048);
    batch.family.fill(4);
    batch.protocol.fill(6);
    batch.tcpFlags.fill(TCP_SYN);
    batch.length = 2048;
    const parts: Uint8Array[] = [];
    const writer = new ObservationsWriter((octets) => parts.push(octets.slice()), NOTE);
    const batches = (3 * GROUP_ROWS) / 2 / 2048;
    for (let i = 0; i < batches; i++) {
      batch.time.fill(i);
      writer.write(batch);
    }
    expect(parts.length).toBe(1);
    writer.finish();
    expect(writer.rows).toBe(batches * 2048);
    const { rows, stats } = decodeWhole(OBSERVATIONS, new Uint8Array(Buffer.concat(parts)), 1 << 16, 2048);
    expect(stats).toMatchObject({ records: batches * 2048, damage: null });
    expect(rows.at(-1)?.time).toBe(batches - 1);
  });

  test("nothing at all is a file without rows", () => {
    const parts: Uint8Array[] = [];
    new ObservationsWriter((octets) => parts.push(octets.slice()), NOTE).finish();
    const file = new Uint8Array(Buffer.concat(parts));
    expect(OBSERVATIONS.recognises(file)).toBe(true);
    expect(decodeWhole(OBSERVATIONS, file)).toMatchObject({ rows: [], stats: { records: 0, damage: null } });
  });
});

test("an independent reader of Parquet finds the same, with nulls where there is nothing", async () => {
  const file = new ArrayBuffer(FILE.length);
  new Uint8Array(file).set(FILE);
  const objects = await parquetReadObjects({
    file: { byteLength: file.byteLength, slice: (start, end) => file.slice(start, end) },
    compressors: { ZSTD: (page, length) => new Uint8Array(zstdDecompressSync(page, { maxOutputLength: Math.max(1, length) })) },
  });
  expect(objects.length).toBe(ROWS.length);
  for (const [i, row] of ROWS.entries()) {
    const { quoted, ...columns } = row;
    const found = objects[i]!;
    for (const [name, value] of Object.entries(columns)) {
      if (name === "source" || name === "destination") continue;
      const isNull = value === NO_PORT || (name === "tcpFlags" && value === 0xffff);
      expect([name, found[name]]).toEqual([name, isNull ? null : value]);
    }
    expect(found["source"] === null).toBe(row.family === 6);
    expect(found["source6"] === null).toBe(row.family === 4);
    expect(found["quotedProtocol"]).toBe(quoted?.protocol ?? null);
  }
});

describe("damage", () => {
  test("a file cut anywhere says so, and keeps the row groups before", () => {
    for (let length = 0; length < FILE.length - 1; length += 23) {
      const { rows, stats } = decodeWhole(OBSERVATIONS, FILE.subarray(0, length));
      if (stats.damage === null) expect(rows).toEqual(ROWS);
      else expect(rows).toEqual([]);
    }
  });

  test("whatever octets are changed, nothing throws, and chunks do not matter", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: FILE.length - 1 }), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 999 }),
        (changes, step) => {
          const mutant = FILE.slice();
          for (const [at, octet] of changes) mutant[at] = octet;
          const whole = decodeWhole(OBSERVATIONS, mutant);
          const parts = decodeWhole(OBSERVATIONS, mutant, step);
          expect(parts.rows).toEqual(whole.rows);
          expect(parts.stats).toEqual(whole.stats);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("other Parquet is not taken for observations", () => {
    expect(OBSERVATIONS.recognises(new TextEncoder().encode("PAR1precursor.observations/2\n"))).toBe(false);
    expect(PCAP.recognises(FILE)).toBe(false);
  });
});
