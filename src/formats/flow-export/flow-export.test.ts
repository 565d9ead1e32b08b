import { existsSync, readFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import { describe, expect, test } from "vitest";
import { GRADE_UNCONFIRMED, ObservationBatch } from "../../model/observation.ts";
import { decodeBytes } from "../decode-bytes.ts";
import { decodeWhole, type Row } from "../decode-whole.ts";
import { FLOW_CAPTURE } from "../flow-capture/flow-capture.ts";
import { freshContext, HEAD_BYTES, ObservationWriter } from "../format.ts";
import { type Field, ipfix, join, netflow5, netflow9, PLAIN, PROBE, record, SENT, set, template, UPTIME } from "./datagrams.fixture.ts";
import { FLOW_EXPORT } from "./flow-export.ts";
import { heldBackOf } from "./held-back.ts";

const SAMPLES = joinPath(import.meta.dirname, "../../../../shared/samples");
const BARE = joinPath(SAMPLES, "netflow-dat");
const CAPTURED = joinPath(SAMPLES, "flow-exports");
const QUIRKS = joinPath(SAMPLES, "flow-captures/netflow");
const hasSamples = existsSync(BARE) && existsSync(CAPTURED) && existsSync(QUIRKS);
if (!hasSamples) console.warn("flow-export: the samples are not here; nothing is compared with nfdump");

const sum = (rows: readonly Row[], column: "packets" | "bytes"): number => rows.reduce((total, row) => total + row[column], 0);
const read = (folder: string, name: string): Uint8Array => new Uint8Array(readFileSync(joinPath(folder, name)));

/** Where our rows are other than nfdump's, and why. */
const OTHERWISE: ReadonlyMap<string, readonly [records: number, packets: number, bytes: number]> = new Map([
  // Two messages in one file, of which nfdump was given the first as a datagram: 6, 42, 10563 are those of its records
  ["ipfix", [12, 54, 13_279]],
  // No packets are told: a flow with octets had at least one
  ["netflow9_test_cisco_asa_1", [14, 14, 888]],
  // nfdump adds OUT_PKTS and OUT_BYTES, which repeat the same flow's counts behind the firewall
  ["netflow9_test_fortigate_fortios_542_appid", [17, 105, 29_492]],
]);

const groups = hasSamples
  ? readFileSync(joinPath(BARE, "nfdump-counts.txt"), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const [name = "", files = "", counts = ""] = line.split("\t");
        return { name, files: files.split("+"), counts: OTHERWISE.get(name) ?? counts.split(", ").map(Number) };
      })
  : [];

describe.skipIf(!hasSamples)("real datagrams", () => {
  test.each(groups)("$name: as many flows, packets and octets as nfdump reads", ({ files, counts }) => {
    const context = freshContext(0);
    const rows = files.flatMap((file) => decodeWhole(FLOW_EXPORT, read(BARE, file), undefined, 64, context).rows);
    expect([rows.length, sum(rows, "packets"), sum(rows, "bytes")]).toEqual(counts);
  });

  test.each(groups.filter(({ files }) => files.length > 1))("$name: the same rows in whatever order its files come", ({ files }) => {
    const inOrder = (names: readonly string[]): string[] => {
      const context = freshContext(0);
      const rows = names.flatMap((name) => decodeWhole(FLOW_EXPORT, read(BARE, name), undefined, 64, context).rows);
      return [`${heldBackOf(context.memory).size} wait`, ...rows.map((row) => JSON.stringify(row)).toSorted()];
    };
    expect(inOrder(files.toReversed())).toEqual(inOrder(files));
    expect(inOrder(files.toSorted())).toEqual(inOrder(files));
  });

  test("every bare file is recognised, but for the one whose header makes no sense", () => {
    const files = groups.flatMap((group) => group.files);
    expect(files.filter((file) => !FLOW_EXPORT.recognises(read(BARE, file)))).toEqual(["netflow5_test_invalid01.dat"]);
  });

  test.each(["nf5", "nf9", "nf10"])("softflowd's %s of a sweep with port zero: 13 to it and 13 from it, unconfirmed", (version) => {
    const { rows, stats } = decodeWhole(FLOW_CAPTURE, read(CAPTURED, `nmap_sweep_p0.${version}.pcap`));
    expect(rows).toHaveLength(78);
    expect(rows.filter((row) => row.destinationPort === 0)).toHaveLength(13);
    expect(rows.filter((row) => row.sourcePort === 0)).toHaveLength(13);
    expect(rows.every((row) => row.grade === GRADE_UNCONFIRMED)).toBe(true);
    expect(stats.lost.size).toBe(0);
  });

  test.each(["nf5", "nf9", "nf10"])("softflowd's %s of backscatter: 1,292 flows, none lost", (version) => {
    const { rows, stats } = decodeWhole(FLOW_CAPTURE, read(CAPTURED, `backscatter.${version}.pcap`));
    expect([rows.length, sum(rows, "packets"), sum(rows, "bytes")]).toEqual([1292, 4771, 220_250]);
    expect(stats.lost.size).toBe(0);
  });

  test("quirks of exporters: samplers by number, templates behind their data, frames, ICMP, NAT events", () => {
    const all = (...names: readonly string[]): Row[] => {
      const context = freshContext(0);
      return names.flatMap((name) => decodeWhole(FLOW_CAPTURE, read(QUIRKS, `${name}.pcap`), undefined, 64, context).rows);
    };
    const multiple = ["options-template", "options-data", "template", "data"].map((part) => `multiplesamplingrates-${part}`);
    expect(all(...multiple).map((row) => row.packets)).toEqual([72_000, 8000, 2000, 8000, 4000, 4000, 2000, 4000, 2000, 2000, 2000, 2000]);
    expect(all("options-template", "options-data", "template", "data").map((row) => row.packets)).toEqual(Array(4).fill(30_000));
    expect(all("data+templates")).toHaveLength(21);
    expect(all("datalink-template", "datalink-data")).toMatchObject([
      { source: "51.51.51.51", sourcePort: 55_501, destinationPort: 11_777, grade: 0 },
    ]);
    expect(all("icmp-template", "icmp-data").map((row) => row.icmpType)).toEqual([128, 129, 8, 0]);
    expect(all("nat")).toEqual([]);
  });
});

describe("data whose template stands in another input", () => {
  const announced = netflow9({ sequence: 1 }, set(0, template(256, PLAIN)));
  const data = netflow9({ sequence: 2, sent: SENT - 3600, uptime: UPTIME - 3_600_000 + 5000 }, set(256, record(PLAIN, PROBE)));

  test("is read when it comes, dated by its own datagram, and counted where it stood", () => {
    const first = freshContext(0);
    const before = decodeWhole(FLOW_EXPORT, data, undefined, 64, first);
    expect([before.rows.length, before.stats.records, heldBackOf(first.memory).holds(before.stats)]).toEqual([0, 0, true]);
    const after = decodeWhole(FLOW_EXPORT, join(netflow5({}, [{}]), announced), undefined, 64, first);
    expect(heldBackOf(first.memory).size).toBe(0);
    expect([before.stats.records, after.stats.records]).toEqual([1, 1]);

    const second = freshContext(0);
    decodeWhole(FLOW_EXPORT, announced, undefined, 64, second);
    const { rows } = decodeWhole(FLOW_EXPORT, data, undefined, 64, second);
    expect(after.rows.slice(1)).toEqual(rows);
    expect(rows).toMatchObject([{ time: SENT - 3600 + (UPTIME - 2000 - 5000) / 1000, sourcePort: 0, destinationPort: 445 }]);
  });

  test("is not read by a layout that its octets do not fit", () => {
    const { memory } = freshContext(0);
    decodeWhole(FLOW_EXPORT, data, undefined, 64, { writtenAt: 0, memory });
    const other = netflow9({}, set(0, template(256, PLAIN.slice(0, 5))));
    expect(decodeWhole(FLOW_EXPORT, other, undefined, 64, { writtenAt: 0, memory }).rows).toEqual([]);
    expect(heldBackOf(memory).size).toBe(1);
    expect(decodeWhole(FLOW_EXPORT, announced, undefined, 64, { writtenAt: 0, memory }).rows).toHaveLength(1);
  });

  test("shares no batch with rows of another input, whose clock may be years apart", () => {
    const lengths: number[] = [];
    const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
      lengths.push(batch.length);
      batch.length = 0;
      return batch;
    });
    const context = freshContext(0);
    for (const bytes of [data, data, join(netflow5({}, [{}, {}]), announced, netflow5({ sequence: 2 }, [{}]))]) {
      decodeBytes(bytes, writer, FLOW_EXPORT, context);
    }
    expect(lengths).toEqual([2, 1, 1, 1]);
  });

  test("has a fault told with its place in the input it stood in", () => {
    const fields: readonly Field[] = [...PLAIN, [96, -1]];
    const context = freshContext(0);
    const cut = ipfix(
      {},
      set(
        256,
        record(fields, [...PROBE, new Uint8Array(3)]),
        Uint8Array.from({ length: 60 }, () => 255),
      ),
    );
    const early = decodeWhole(FLOW_EXPORT, join(netflow5({}, [{}]), cut), undefined, 64, context);
    const late = decodeWhole(FLOW_EXPORT, ipfix({}, set(2, template(256, fields))), undefined, 64, context);
    const at = 72 + 16 + 4 + record(fields, [...PROBE, new Uint8Array(3)]).length;
    expect(early.stats.faults).toEqual([{ at, unit: "octet", reason: "flow record longer than its set" }]);
    expect([late.rows.length, late.stats.faults]).toEqual([1, []]);
  });
});

describe("a stream of datagrams", () => {
  const nine = netflow9({}, set(0, template(256, PLAIN)), set(256, record(PLAIN, PROBE)));
  const five = netflow5({}, [{}]);

  test("what comes last ends where the input ends", () => {
    expect(decodeWhole(FLOW_EXPORT, nine).rows).toHaveLength(1);
    expect(decodeWhole(FLOW_EXPORT, join(five, nine, new Uint8Array(1000)), 7)).toMatchObject({
      rows: { length: 2 },
      stats: { damage: null },
    });
  });

  test("damage is told with its place, and what came before is kept", () => {
    const { rows, stats } = decodeWhole(FLOW_EXPORT, join(five, Uint8Array.of(77, 78, 79, 80, 81), nine));
    expect(rows).toHaveLength(1);
    expect(stats.damage).toEqual({ offset: five.length, reason: "not a flow-export datagram" });
    const cut = decodeWhole(FLOW_EXPORT, join(nine, five.subarray(0, 60)));
    expect(cut.rows).toHaveLength(1);
    expect(cut.stats.damage).toEqual({ offset: nine.length, reason: "the input ends inside a datagram" });
    expect(decodeWhole(FLOW_EXPORT, new Uint8Array(0)).stats.damage).toEqual({ offset: 0, reason: "the input is empty" });
  });

  test("faults tell their place in the input, however it arrives", () => {
    const bad = ipfix({}, set(2, template(7, PLAIN)));
    for (const step of [1, 50, 1000]) {
      const { stats } = decodeWhole(FLOW_EXPORT, join(five, bad, five), step);
      expect(stats.faults).toEqual([{ at: five.length + 20, unit: "octet", reason: "template with an id below 256" }]);
    }
  });

  test("zeros without end never fill the caller's buffer", () => {
    const { largestRest } = decodeWhole(FLOW_EXPORT, join(nine, new Uint8Array(400_000)), 5000);
    expect(largestRest).toBeLessThanOrEqual(FLOW_EXPORT.maxRecord);
  });

  test("a head cut anywhere behind its first set header is recognised; text and other numbers are not", () => {
    for (const datagram of [five, nine, ipfix({}, set(2, template(256, PLAIN)))]) {
      for (let length = 24; length <= datagram.length; length++) expect(FLOW_EXPORT.recognises(datagram.subarray(0, length))).toBe(true);
    }
    const other = five.slice();
    other[3] = 0;
    expect(FLOW_EXPORT.recognises(other)).toBe(false);
    expect(FLOW_EXPORT.recognises(join(five, Uint8Array.of(1, 2, 3, 4)))).toBe(false);
    expect(FLOW_EXPORT.recognises(new Uint8Array(HEAD_BYTES))).toBe(false);
    expect(FLOW_EXPORT.recognises(new TextEncoder().encode("\n\n a line"))).toBe(false);
  });
});
