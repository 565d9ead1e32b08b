import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeCapture } from "../../lab/capture-writer.ts";
import { ethernet } from "../../lab/frame.ts";
import { tcpPacket, udpPacket } from "../../lab/packet.ts";
import { ACTION_ALLOWED, ACTION_DENIED, ACTION_UNKNOWN, GRADE_CONFIRMED, RECORD_PACKET } from "../../model/observation.ts";
import { TCP_SYN } from "../../model/protocol.ts";
import { decodeWhole, type Row } from "../decode-whole.ts";
import { PCAP } from "./pcap.ts";
import { PCAPNG } from "./pcapng.ts";

const LINK_PFLOG = 117;
const V4 = tcpPacket({ source: 0xc0000201, destination: 0xc6336402 }, { sourcePort: 0, destinationPort: 445, flags: TCP_SYN });
const V6 = udpPacket({ source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] }, { sourcePort: 4000, destinationPort: 0 });
const INET = 2;
/** AF_INET6 of OpenBSD, FreeBSD and macOS. */
const INET6 = [24, 28, 30] as const;
const PASS = 0;
const BLOCK = 1;

/** A pf log header of `length` octets, padded to a word, before a packet. */
function logged(length: number, family: number, action: number, packet: Uint8Array): Uint8Array {
  const padded = (length + 3) & ~3;
  const frame = new Uint8Array(padded + packet.length);
  frame.set([length, family, action, 0]);
  frame.set(new TextEncoder().encode("em0"), 4);
  new DataView(frame.buffer).setUint32(36, 53);
  new DataView(frame.buffer).setUint32(40, 0xffffffff);
  frame.set(packet, padded);
  return frame;
}

function observe(...frames: readonly Uint8Array[]): readonly Row[] {
  return decodeWhole(PCAP, capture(frames)).rows;
}

function capture(frames: readonly Uint8Array[], format: "pcap" | "pcapng" = "pcap"): Uint8Array {
  return encodeCapture(
    frames.map((frame, i) => ({ time: 1_383_354_000 + i, frame })),
    { linkType: LINK_PFLOG, format },
  );
}

describe("what pf did stands in the rows", () => {
  test.each<[string, number, number]>([
    ["pass", PASS, ACTION_ALLOWED],
    ["block", BLOCK, ACTION_DENIED],
    ["scrub", 2, ACTION_UNKNOWN],
    ["rdr", 8, ACTION_UNKNOWN],
    ["synproxy-drop", 10, ACTION_UNKNOWN],
    ["an action of tomorrow", 200, ACTION_UNKNOWN],
  ])("%s", (_name, logs, action) => {
    expect(observe(logged(61, INET, logs, V4))).toEqual([
      expect.objectContaining({
        time: 1_383_354_000,
        source: "192.0.2.1",
        destination: "198.51.100.2",
        sourcePort: 0,
        destinationPort: 445,
        tcpFlags: TCP_SYN,
        bytes: 40,
        grade: GRADE_CONFIRMED,
        record: RECORD_PACKET,
        action,
      }),
    ]);
  });

  test.each([45, 48, 61, 64, 69, 100])("with a header of %d octets", (length) => {
    expect(observe(logged(length, INET, BLOCK, V4))).toEqual([expect.objectContaining({ source: "192.0.2.1", action: ACTION_DENIED })]);
  });

  test.each(INET6)("with IPv6 as address family %d", (family) => {
    expect(observe(logged(100, family, PASS, V6))).toEqual([
      expect.objectContaining({ source: "2001:db8::1", sourcePort: 4000, destinationPort: 0, action: ACTION_ALLOWED }),
    ]);
  });

  test("one frame's action does not stick to the next row", () => {
    const cut = logged(61, INET, BLOCK, V4.subarray(0, 12));
    const rows = observe(logged(61, INET, BLOCK, V4), cut, logged(61, INET, 2, V4), logged(61, INET, PASS, V4));
    expect(rows.map((row) => row.action)).toEqual([ACTION_DENIED, ACTION_UNKNOWN, ACTION_ALLOWED]);
  });

  test("pcapng too", () => {
    const { rows } = decodeWhole(PCAPNG, capture([logged(61, INET, BLOCK, V4)], "pcapng"));
    expect(rows).toEqual([expect.objectContaining({ action: ACTION_DENIED })]);
  });
});

test("an Ethernet frame has no action", () => {
  const { rows } = decodeWhole(PCAP, encodeCapture([{ time: 1, frame: ethernet(V4) }]));
  expect(rows).toEqual([expect.objectContaining({ action: ACTION_UNKNOWN })]);
});

test.each<[string, Uint8Array, string]>([
  ["a header that is too short to be one", logged(44, INET, BLOCK, V4), "malformed pf log header"],
  ["a length of nought", Uint8Array.from([0, INET, BLOCK, 0, ...V4]), "malformed pf log header"],
  ["a cut header", logged(61, INET, BLOCK, V4).subarray(0, 40), "cut before the IP header"],
  ["another address family", logged(61, 7, BLOCK, V4), "not IP (other address family)"],
])("%s is named and counted", (_name, frame, reason) => {
  const { rows, stats } = decodeWhole(PCAP, capture([frame]));
  expect(rows).toEqual([]);
  expect(Object.fromEntries(stats.skipped)).toEqual({ [reason]: 1 });
});

const tshark = ((): string | null => {
  try {
    return execFileSync("tshark", ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).slice(0, 40);
  } catch {
    console.warn("skipped: tshark is not installed");
    return null;
  }
})();

test.skipIf(tshark === null)("tshark reads the same actions, addresses and ports", () => {
  const frames = [logged(61, INET, PASS, V4), logged(61, INET, BLOCK, V4), logged(61, 24, BLOCK, V6)];
  const folder = mkdtempSync(join(tmpdir(), "pflog-"));
  try {
    writeFileSync(join(folder, "log.pcap"), capture(frames));
    const fields = ["pflog.action", "ip.src", "ipv6.src", "tcp.srcport", "udp.srcport", "tcp.dstport", "udp.dstport"];
    const options = ["-r", join(folder, "log.pcap"), "-T", "fields", ...fields.flatMap((field) => ["-e", field])];
    const told = execFileSync("tshark", options, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const seen = observe(...frames).map((row) => [
      row.action === ACTION_ALLOWED ? PASS : BLOCK,
      row.family === 4 ? row.source : "",
      row.family === 6 ? row.source : "",
      ...[row.sourcePort, row.destinationPort].flatMap((port) => (row.protocol === 6 ? [port, ""] : ["", port])),
    ]);
    expect(told).toBe(seen.map((row) => `${row.join("\t")}\n`).join(""));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
