import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeCapture, writeCapture, type CaptureOptions } from "./capture-writer.ts";
import { ethernet, gre, ipInIp, vlan, vxlan } from "./frame.ts";
import { fragmentIPv4, tcpPacket, udpPacket } from "./packet.ts";

const TCPDUMP = spawnSync("tcpdump", ["--version"]).error === undefined;
const SYN = tcpPacket({ source: 0x01020304, destination: 0x05060708 }, { sourcePort: 0, destinationPort: 445, flags: 2 });
const SYN6 = tcpPacket(
  { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] },
  { sourcePort: 1234, destinationPort: 0, flags: 2 },
);

function tcpdump(bytes: Uint8Array, ...args: string[]): string {
  return spawnSync("tcpdump", ["-nn", "-tt", ...args, "-r", "-"], { input: bytes, encoding: "utf8" }).stdout;
}

const SHAPES: CaptureOptions[] = (["pcap", "pcapng"] as const).flatMap((format) =>
  (["us", "ns"] as const).flatMap((precision) => [true, false].map((littleEndian) => ({ format, precision, littleEndian }))),
);

describe.skipIf(!TCPDUMP)("captures as tcpdump reads them (skipped without tcpdump)", () => {
  test.each(SHAPES)("$format, $precision, little-endian: $littleEndian", (options) => {
    const bytes = encodeCapture([{ time: 1_383_354_000.25, frame: ethernet(SYN) }], options);
    const line = tcpdump(bytes, ...(options.precision === "ns" ? ["--time-stamp-precision=nano"] : []));
    expect(line).toContain(options.precision === "ns" ? "1383354000.250000000" : "1383354000.250000");
    expect(line).toContain("1.2.3.4.0 > 5.6.7.8.445: Flags [S]");
  });

  test("wrappers and fragments", () => {
    const outer = { source: 0x0a000001, destination: 0x0a000002 };
    const frames = [
      ethernet(SYN6),
      vlan(ethernet(SYN), 105),
      ethernet(gre(outer, SYN)),
      ethernet(ipInIp(outer, SYN6)),
      ethernet(vxlan(outer, 50_000, 7, ethernet(SYN))),
      ...fragmentIPv4(udpPacket(outer, { sourcePort: 53, destinationPort: 9, payload: new Uint8Array(3000) }), 1480).map((part) =>
        ethernet(part),
      ),
    ];
    const text = tcpdump(encodeCapture(frames.map((frame, index) => ({ time: index, frame }))), "-v", "-e");
    expect(text).toContain("2001:db8::2.0: Flags [S], cksum 0x");
    expect(text).toContain("vlan 105");
    expect(text).toContain("GREv0");
    expect(text).toContain("VXLAN");
    expect(text.match(/offset 1480/g)).toHaveLength(1);
    expect(text).not.toMatch(/incorrect|bad cksum|truncated/);
  });
});

test("a file holds the same octets as memory, over many chunks", () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-"));
  const packets = Array.from({ length: 40_000 }, (_, index) => ({ time: index / 1000, frame: ethernet(SYN) }));
  for (const format of ["pcap", "pcapng"] as const) {
    const written = writeCapture(join(folder, format), packets, { format });
    const bytes = readFileSync(join(folder, format));
    expect(bytes.length).toBe(written);
    expect(bytes.equals(encodeCapture(packets, { format }))).toBe(true);
  }
  rmSync(folder, { recursive: true });
});

test("a snapped frame keeps its length on the wire", () => {
  const bytes = encodeCapture([{ time: 0, frame: new Uint8Array(200) }], { snapLength: 60 });
  const view = new DataView(bytes.buffer);
  expect(bytes.length).toBe(24 + 16 + 60);
  expect([view.getUint32(32, true), view.getUint32(36, true)]).toEqual([60, 200]);
});
