/** Reading inputs one after another: what is damaged, unknown or empty is told, and never stops the others. */
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { netflow9, PLAIN, PROBE, record, set, template } from "../formats/flow-export/datagrams.fixture.ts";
import { ObservationWriter } from "../formats/format.ts";
import { encodeCapture } from "../lab/capture-writer.ts";
import { ethernet } from "../lab/frame.ts";
import { tcpPacket } from "../lab/packet.ts";
import { ObservationBatch } from "../model/observation.ts";
import { TCP_SYN } from "../model/protocol.ts";
import type { SourceSpec } from "../sources/open.ts";
import { InputReader, type ReadSummary } from "./read-inputs.ts";

const SAMPLES = new URL("../../../shared/samples/", import.meta.url);
const present = existsSync(SAMPLES);
if (!present) console.warn("skipped: real captures are not here (../shared/samples)");

const capture = (packets: number): Uint8Array =>
  encodeCapture(
    Array.from({ length: packets }, (_, i) => ({
      time: 1_383_354_000 + i,
      frame: ethernet(
        tcpPacket({ source: 0x0a000001, destination: 0xc0000200 + i }, { sourcePort: 0, destinationPort: 445, flags: TCP_SYN }),
      ),
    })),
  );
const input = (name: string, bytes: Uint8Array): SourceSpec => ({ name, bytes });

async function read(specs: readonly SourceSpec[]): Promise<{ summary: ReadSummary; rows: number; progress: [number, number][] }> {
  let rows = 0;
  const progress: [number, number][] = [];
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    rows += batch.length;
    batch.length = 0;
    return batch;
  });
  const reader = new InputReader(writer, { format: null, mapping: null }, (bytes, records) => {
    progress.push([bytes, records]);
    return null;
  });
  for (const spec of specs) await reader.read(spec);
  writer.flush();
  return { summary: reader.finish(), rows, progress };
}

describe.skipIf(!present)("real captures", () => {
  test("by path: records, octets and format of each, in order", async () => {
    const paths = ["pcap-scans/synscan.pcap", "maltrail-corpus/port_scan.pcap"].map((path) => new URL(path, SAMPLES).pathname);
    const { summary } = await read(paths);
    expect(summary.unreadable).toEqual([]);
    expect(summary.sources.map((source) => source.bytes)).toEqual(paths.map((path) => readFileSync(path).length));
    expect(summary.sources[1]).toMatchObject({ name: paths[1], format: "pcap", records: 21, damage: null });
  });
});

describe("inputs in memory", () => {
  test("several give their rows together, and progress that only rises", async () => {
    const { summary, rows, progress } = await read([input("a", capture(3)), input("b", capture(40)), input("c", gzipSync(capture(5)))]);
    expect(rows).toBe(48);
    expect(summary.sources.map(({ name, records, damage }) => [name, records, damage])).toEqual([
      ["a", 3, null],
      ["b", 40, null],
      ["c", 5, null],
    ]);
    expect(summary.sources[2]?.format).toBe("pcap+gzip");
    expect(progress.at(-1)?.[1]).toBe(48);
    for (let i = 1; i < progress.length; i++) {
      expect(progress[i]![0]).toBeGreaterThanOrEqual(progress[i - 1]![0]);
      expect(progress[i]![1]).toBeGreaterThanOrEqual(progress[i - 1]![1]);
    }
  });

  test("larger than what is read at a time", async () => {
    const { summary, rows } = await read([input("large", capture(40_000))]);
    expect(rows).toBe(40_000);
    expect(summary.sources[0]).toMatchObject({ records: 40_000, damage: null });
  });

  test("none of which is a capture are named, and the others are read", async () => {
    const { summary, rows } = await read([
      input("empty", new Uint8Array(0)),
      input("text", new TextEncoder().encode("remember the milk\n")),
      input("good", capture(4)),
      input("octets", Uint8Array.of(0xde, 0xad, 0xbe, 0xef, 0, 1)),
      input("empty gzip", gzipSync(new Uint8Array(0))),
      "/no/such/capture.pcap",
    ]);
    expect(rows).toBe(4);
    expect(summary.sources.map((source) => source.name)).toEqual(["good"]);
    expect(summary.unreadable.map(({ source, code }) => [source, code])).toEqual([
      ["empty", "E_INPUT_EMPTY"],
      ["text", "E_INPUT_UNKNOWN"],
      ["octets", "E_INPUT_UNKNOWN"],
      ["empty gzip", "E_INPUT_EMPTY"],
      ["/no/such/capture.pcap", "E_INPUT_UNREADABLE"],
    ]);
    expect(summary.unreadable[1]?.reason).toContain("text");
    expect(summary.unreadable[2]?.reason).toContain("de ad be ef");
  });

  test("cut short give what came before, and where it ends", async () => {
    const whole = capture(10);
    const { summary, rows } = await read([input("cut", whole.subarray(0, whole.length - 7)), input("next", capture(2))]);
    expect(rows).toBe(11);
    expect(summary.sources[0]).toMatchObject({ records: 9, damage: { reason: expect.any(String) } });
    const offset = summary.sources[0]?.damage?.offset ?? -1;
    expect(offset).toBe(24 + (9 * (whole.length - 24)) / 10);
    expect(summary.sources[1]).toMatchObject({ records: 2, damage: null });
  });

  test("with broken compression are damaged or unreadable, and stop nobody", async () => {
    const packed = gzipSync(capture(3000));
    packed.fill(0x5a, packed.length >> 1, (packed.length >> 1) + 40);
    const { summary, rows } = await read([input("broken", packed), input("good", capture(2))]);
    expect(rows).toBeGreaterThanOrEqual(2);
    const told = summary.sources[0]?.name === "broken" ? summary.sources[0].damage : summary.unreadable[0];
    expect(told).toMatchObject({ reason: expect.any(String) });
    expect(summary.sources.at(-1)).toMatchObject({ name: "good", damage: null });
  });

  test("of flow export may come before those with their templates; what none reads is counted where it stood", async () => {
    const announced = netflow9({}, set(0, template(256, PLAIN)));
    const data = netflow9({}, set(256, record(PLAIN, PROBE)));
    const orphans = netflow9({ domain: 9 }, set(256, record(PLAIN, PROBE)), set(257, new Uint8Array(20)));
    const { summary, rows } = await read([input("1", data), input("2", orphans), input("3", announced), input("4", data)]);
    expect(rows).toBe(2);
    expect(summary.sources.map(({ name, records, unparsed }) => [name, records, unparsed])).toEqual([
      ["1", 1, 0],
      ["2", 2, 0],
      ["3", 0, 0],
      ["4", 1, 0],
    ]);
    expect([...summary.skipped]).toEqual([["data whose template did not come", 2]]);
  });

  test("of any octets whatever never throw, and rows never outnumber records", async () => {
    const whole = capture(20);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 12 }),
        fc.nat(whole.length),
        async (changes, length) => {
          const bent = whole.slice(0, length);
          for (const [at, octet] of changes) if (at < length) bent[at] = octet;
          const { summary, rows } = await read([input("bent", bent), input("good", capture(1))]);
          expect(summary.sources.at(-1)?.name).toBe("good");
          expect(rows).toBeLessThanOrEqual(summary.sources.reduce((sum, source) => sum + source.records, 0));
          expect(summary.sources.length + summary.unreadable.length).toBe(2);
        },
      ),
      { numRuns: 60 },
    );
  });
});
