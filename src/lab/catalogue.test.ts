import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeCapture, EVENTS, makeEvent, mix, november2013Capture, writeCapture } from "./index.ts";

const TCPDUMP = spawnSync("tcpdump", ["--version"]).error === undefined;
const TSHARK = spawnSync("tshark", ["--version"]).error === undefined;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Headers that lie are the point of these. */
const MEANT_TO_BE_ODD = new Set(["november-2013", "cert-polska-2011"]);
/** Payloads of placeholders are not of the protocol that their port suggests, so faults above the transport do not count. */
const WRONG = [
  "(_ws.malformed && !(dns || cldap || ssdp || chargen || memcache || snmp || ntp || nbns || nbdgm || dhcp || mdns || db-lsp-disc || tls || http || isakmp || udpencap || esp))",
  ...["ip", "tcp", "udp", "icmp", "icmpv6", "sctp"].map((protocol) => `${protocol}.checksum.status == 0`),
].join(" || ");

function count(path: string, filter: string): number {
  const lines = execFileSync("tcpdump", ["-nn", "-t", "-r", path, filter], {
    encoding: "latin1",
    maxBuffer: 1 << 30,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return lines.split("\n").filter((line) => line !== "" && !/^\s/.test(line)).length;
}

test.skipIf(!TCPDUMP)("tcpdump agrees with the truth about port zero (skipped without tcpdump)", () => {
  const all = mix(
    "all",
    EVENTS.map((event) => makeEvent(event.name, 7)),
  );
  const path = join(folder, "all.pcap");
  writeCapture(path, all.packets);
  for (const transport of ["tcp", "udp"] as const) {
    const { source, destination, both } = all.truth.portZero[transport];
    expect(count(path, `${transport} src port 0 and not ${transport} dst port 0`)).toBe(source);
    expect(count(path, `${transport} dst port 0 and not ${transport} src port 0`)).toBe(destination);
    expect(count(path, `${transport} src port 0 and ${transport} dst port 0`)).toBe(both);
  }
});

test.skipIf(!TSHARK)("tshark finds nothing wrong that was not meant (skipped without tshark)", () => {
  const packets = EVENTS.filter((event) => !MEANT_TO_BE_ODD.has(event.name)).flatMap((event) =>
    [...makeEvent(event.name, 3).packets].slice(0, 1000),
  );
  const path = join(folder, "sane.pcap");
  writeCapture(path, packets);
  const checks = ["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
  const lines = execFileSync("tshark", ["-n", "-r", path, ...checks, "-Y", WRONG], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  expect(lines).toBe("");
});

describe("events", () => {
  test("are the same for the same seed, and others for another", () => {
    for (const event of EVENTS.filter((one) => one.name !== "november-2013")) {
      const bytes = (seed: number): Buffer => Buffer.from(encodeCapture(makeEvent(event.name, seed, { scale: 0.2 }).packets));
      const first = bytes(1);
      expect(first.equals(bytes(1)), event.name).toBe(true);
      expect(first.equals(bytes(2)), event.name).toBe(false);
    }
  });

  test("come in order of time and tell how many packets they have", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...EVENTS.filter((one) => one.name !== "november-2013").map((event) => event.name)),
        fc.nat(),
        (name, seed) => {
          const { packets, truth } = makeEvent(name, seed, { scale: 0.3 });
          let last = 0;
          let packetCount = 0;
          let wrong = 0;
          for (const { time, frame } of packets) {
            if (time < last || frame.length < 34) wrong++;
            last = time;
            packetCount++;
          }
          expect(wrong).toBe(0);
          expect(packetCount).toBe(truth.packets);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("have names of their own", () => {
    expect(new Set(EVENTS.map((event) => event.name)).size).toBe(EVENTS.length);
    expect(() => makeEvent("no-such-event", 1)).toThrow(RangeError);
  });

  test("mix in order of time, with the truths joined", () => {
    const parts = ["vertical-syn", "web-browsing", "horizontal-udp"].map((name) => makeEvent(name, 5));
    const mixed = mix("mixed", parts);
    let last = 0;
    let packetCount = 0;
    for (const { time } of mixed.packets) {
      expect(time).toBeGreaterThanOrEqual(last);
      last = time;
      packetCount++;
    }
    expect(packetCount).toBe(mixed.truth.packets);
    expect(mixed.truth.scans.map((scan) => scan.technique)).toEqual(["syn", "udp"]);
  });
});

test("the demo's capture holds the three hours of November 2013 in at most 100,000 packets", () => {
  const { bytes, truth } = november2013Capture();
  expect(truth.packets).toBeLessThanOrEqual(100_000);
  expect(bytes.length).toBeLessThan(12e6);
  expect(truth.portZero.tcp.source).toBeGreaterThan(30_000);
  expect(truth.scans.filter((scan) => scan.ports.includes(445)).length).toBeGreaterThan(10);
});
