/** What nfdump prints, in the forms of its versions: rows equal those of its own files, times apart. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FLAGS_UNKNOWN, FRAGMENT_LATER, GRADE_CONFIRMED, GRADE_PLACEHOLDER, GRADE_UNCONFIRMED, NO_PORT } from "../../model/observation.ts";
import { TCP_ACK, TCP_PSH, TCP_SYN } from "../../model/protocol.ts";
import { type Decoded, decodeWhole } from "../decode-whole.ts";
import type { Format } from "../format.ts";
import { INPUTS } from "./inputs.fixture.ts";
import { MAX_OBJECT } from "./json-objects.ts";
import { NFDUMP_CSV } from "./nfdump-csv.ts";
import { NFDUMP } from "./nfdump-file.ts";
import { NFDUMP_JSON } from "./nfdump-json.ts";

const SAMPLE = join(import.meta.dirname, "../../../../shared/samples/nfdump-binetflow/test1-malicious.nfdump");
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (format: Format, text: string): Decoded => decodeWhole(format, bytesOf(text));
const csv = (...lines: readonly string[]): Decoded => read(NFDUMP_CSV, lines.join("\n"));

/** What nfdump prints of the sample, or null where one of them is missing. */
function printed(...options: readonly string[]): Uint8Array | null {
  if (!existsSync(SAMPLE)) return null;
  try {
    const run = { env: { ...process.env, TZ: "UTC" }, maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] as const };
    return new Uint8Array(execFileSync("nfdump", ["-r", SAMPLE, ...options], { ...run, stdio: [...run.stdio] }));
  } catch {
    return null;
  }
}
const hasNfdump = printed("-o", "null") !== null;
if (!hasNfdump) console.warn("nfdump: no sample or no nfdump, the tests with what it prints are skipped");

describe.skipIf(!hasNfdump)("a file of 4,593 flows", () => {
  const rows = hasNfdump ? decodeWhole(NFDUMP, new Uint8Array(readFileSync(SAMPLE))).rows : [];

  test.each([
    ["-o", "json"],
    ["-q", "-o", "json"],
  ])("printed as JSON is the same rows", (...options) => {
    const bytes = printed(...options) ?? new Uint8Array(0);
    expect(NFDUMP_JSON.recognises(bytes.subarray(0, 65_536))).toBe(true);
    expect(NFDUMP_JSON.recognises(bytes.subarray(0, 120))).toBe(true);
    const found = decodeWhole(NFDUMP_JSON, bytes, 4096);
    expect(found.stats).toMatchObject({ records: 4593, unparsed: 0 });
    expect(found.rows).toEqual(rows);
  });

  test("printed as CSV is the same rows, in whole seconds", () => {
    const bytes = printed("-o", "csv") ?? new Uint8Array(0);
    expect(NFDUMP_CSV.recognises(bytes.subarray(0, 65_536))).toBe(true);
    const found = decodeWhole(NFDUMP_CSV, bytes, 4096);
    expect(found.stats).toMatchObject({ records: 4593, unparsed: 0 });
    const duration = expect.any(Number);
    expect(found.rows.map((row) => ({ ...row, duration }))).toEqual(rows.map((row) => ({ ...row, duration, time: Math.floor(row.time) })));
  });
});

describe("CSV", () => {
  const HEADER_16 = "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt";
  const HEADER_17 = "cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,srcAS,dstAS,input,output,flags,srcTos,packets,bytes";

  test("of 1.7.4 and later: times in milliseconds, protocols as numbers, ICMP as type.code", () => {
    const { rows, stats } = csv(
      HEADER_17,
      "1,2,1383354000125,1383354001500,6,192.0.2.1,0,198.51.100.2,445,0,0,1,2,......S.,0,1,60",
      "2,2,1383354000125,1383354001500,1,192.0.2.1,0,198.51.100.2,8.0,0,0,1,2,........,0,2,168",
      "3,10,1383354000125,1383354001500,17,fe80::1,53,fe80::2,5353,0,0,1,2,........,0,1,80",
    );
    expect(stats).toMatchObject({ records: 3, unparsed: 0 });
    expect(rows[0]).toMatchObject({
      time: 1_383_354_000.125,
      sourcePort: 0,
      destinationPort: 445,
      tcpFlags: TCP_SYN,
      grade: GRADE_UNCONFIRMED,
    });
    expect(rows[0]?.duration).toBeCloseTo(1.375, 5);
    expect(rows[1]).toMatchObject({ protocol: 1, icmpType: 8, icmpCode: 0, sourcePort: NO_PORT, destinationPort: NO_PORT });
    expect(rows[2]).toMatchObject({ family: 6, source: "fe80::1", sourcePort: 53, payload: 32 });
  });

  test("of 1.6: names of protocols, ICMP's type × 256 + code as a port, both directions", () => {
    const { rows } = csv(
      HEADER_16,
      "2013-11-02 01:00:00,2013-11-02 01:00:01,1.375,192.0.2.1,198.51.100.2,0,771,ICMP,........,0,0,1,56,0,0",
      "2013-11-02 01:00:00,2013-11-02 01:00:01,1.375,192.0.2.1,198.51.100.2,40000,80,TCP,...AP.S.,0,0,5,900,4,5000",
      "2013-11-02 01:00:00,2013-11-02 01:00:01,0.000,192.0.2.1,198.51.100.2,40000,80,TCP,0x53,128,0,5,900,5,900",
    );
    expect(
      rows.map((row) => [row.time, row.protocol, row.icmpType, row.icmpCode, row.sourcePort, row.tcpFlags, row.packets, row.action]),
    ).toEqual([
      [1_383_354_000, 1, 3, 3, NO_PORT, FLAGS_UNKNOWN, 1, 0],
      [1_383_354_000, 6, 0, 0, 40_000, TCP_SYN | TCP_ACK | TCP_PSH, 5, 0],
      [1_383_354_000.000001, 6, 0, 0, 80, FLAGS_UNKNOWN, 4, 0],
      [1_383_354_000, 6, 0, 0, 40_000, 0x53, 5, 2],
    ]);
  });

  test("of columns of one's own; without ports they are placeholders", () => {
    const { rows } = csv("firstSeen,proto,srcAddr,dstAddr,packets,bytes", "2013-11-02 01:00:00.250,6,192.0.2.1,198.51.100.2,2,120");
    expect(rows).toMatchObject([
      { time: 1_383_354_000.25, sourcePort: NO_PORT, destinationPort: NO_PORT, grade: GRADE_PLACEHOLDER, packets: 2 },
    ]);
  });

  test("lines that are no flows are faults with their number; the summary is none of them; a second header begins anew", () => {
    const { rows, stats } = csv(
      HEADER_16,
      "2013-11-02 01:00:00,2013-11-02",
      "yesterday,today,1,192.0.2.1,198.51.100.2,1,2,TCP,......S.,0,0,1,60,0,0",
      "2013-11-02 01:00:00,2013-11-02 01:00:00,0,nobody,198.51.100.2,1,2,TCP,......S.,0,0,1,60,0,0",
      "2013-11-02 01:00:00,2013-11-02 01:00:00,0,::1,198.51.100.2,1,2,TCP,......S.,0,0,1,60,0,0",
      "2013-11-02 01:00:00,2013-11-02 01:00:00,0,192.0.2.1,198.51.100.2,1,2,\u001b[31m,......S.,0,0,1,60,0,0",
      "Summary",
      "flows,bytes,packets,avg_bps,avg_pps,avg_bpp",
      "5,1,2,3,4,5",
      HEADER_16,
      "2013-11-02 01:00:00,2013-11-02 01:00:00,0,192.0.2.1,198.51.100.2,1,2,TCP,......S.,0,0,1,60,0,0",
      "No matched flows",
    );
    expect(rows).toHaveLength(1);
    expect(stats).toMatchObject({ records: 6, unparsed: 5 });
    expect(stats.faults.map((fault) => [fault.at, fault.reason])).toEqual([
      [2, "nfdump CSV line with fewer columns than its header"],
      [3, "nfdump CSV line without a time"],
      [4, "nfdump CSV line without two addresses"],
      [5, "nfdump CSV line without two addresses"],
      [6, "nfdump CSV line of an unknown protocol"],
    ]);
  });

  test("other tables are not taken for it", () => {
    for (const head of ["ts,te,td,pr,val,fl,flP", "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr", "a,b,c", ""]) {
      expect(NFDUMP_CSV.recognises(bytesOf(`${head}\n1,2,3\n`))).toBe(false);
    }
  });
});

describe("JSON", () => {
  const flow = (more: string): string =>
    `{"cnt":1,"type":"FLOW","export_sysid":1,"sampled":0,"first":"2013-11-02T01:00:00.125","last":"2013-11-02T01:00:01.500","proto":6,"src_port":0,"dst_port":445,"tcp_flags":"......S.","src4_addr":"192.0.2.1","dst4_addr":"198.51.100.2","in_packets":1,"in_bytes":60${more}}`;

  test("an object a line, as ndjson prints it", () => {
    const { rows, stats } = read(NFDUMP_JSON, `${flow("")}\n${flow(',"sampled":1,"in_packets":500')}\n`);
    expect(NFDUMP_JSON.recognises(bytesOf(flow("")))).toBe(true);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ time: 1_383_354_000.125, duration: 1.375, sourcePort: 0, destinationPort: 445, tcpFlags: TCP_SYN });
    expect(stats.sampled).toEqual({ records: 1, least: 500, greatest: 500 });
  });

  test("fragments, verdicts and answers", () => {
    const { rows } = read(
      NFDUMP_JSON,
      [
        flow(',"ip_fragment":"DF--","ip_minttl":63'),
        flow(',"ip_fragment":"--MF","dst_port":0'),
        flow(',"fwd_status":128'),
        flow(',"out_packets":3,"out_bytes":200'),
        flow(',"event_id":3,"in_packets":0,"in_bytes":0'),
      ].join("\n"),
    );
    expect(rows[0]).toMatchObject({ grade: GRADE_CONFIRMED, ttl: 63 });
    expect(rows[1]).toMatchObject({ fragment: FRAGMENT_LATER, sourcePort: NO_PORT });
    expect(rows[2]).toMatchObject({ action: 2 });
    expect(rows[4]).toMatchObject({ source: "198.51.100.2", packets: 3 });
    expect(rows[5]).toMatchObject({ action: 2, packets: 1 });
  });

  test("what is no flow, or damaged, is counted with its place", () => {
    const { rows, stats } = read(
      NFDUMP_JSON,
      [
        flow(""),
        '{"type":"STAT"}',
        flow(',"proto":900'),
        flow(',"src4_addr":"x"'),
        flow(',"first":"soon"'),
        '{"type":"FLOW",}',
        flow("").slice(0, 90),
      ].join("\n"),
    );
    expect(rows).toHaveLength(1);
    expect(stats).toMatchObject({ records: 7, unparsed: 5 });
    expect(stats.skipped.get("nfdump JSON that is no flow")).toBe(1);
    expect(stats.faults.at(-1)).toMatchObject({ reason: "JSON cut before its end", unit: "octet" });
  });

  test("an object without end never fills the caller's buffer, and what follows on a line of its own is read", () => {
    const text = `${flow("")}\n{"a":"${"{".repeat(3 * MAX_OBJECT)}\n${flow("")}\n`;
    for (const step of [1000, 70_000, text.length]) {
      const { rows, stats } = decodeWhole(NFDUMP_JSON, bytesOf(text), step);
      expect(rows).toHaveLength(2);
      expect(stats).toMatchObject({ records: 3, unparsed: 1 });
    }
  });

  test("other JSON is not taken for it", () => {
    for (const text of ['{"event_type":"flow","src_ip":"192.0.2.1"}', '[{"type":"FLOW"}]', '{"ts":1}', "[]", '"FLOW"']) {
      expect(NFDUMP_JSON.recognises(bytesOf(text))).toBe(false);
    }
  });
});

test.each(INPUTS)("$name is recognised however little of it has come", ({ format, bytes }) => {
  if (format === NFDUMP) expect(format.recognises(bytes.subarray(0, 12))).toBe(true);
  expect(format.recognises(bytes.subarray(0, 100))).toBe(true);
});
