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

function capture(name: string, seed: number): string {
  const path = join(folder, `${name}-${seed}.pcap`);
  writeCapture(path, makeEvent(name, seed).packets);
  return path;
}

function count(path: string, filter: string): number {
  const lines = execFileSync("tcpdump", ["-nn", "-t", "-r", path, filter], {
    encoding: "latin1",
    maxBuffer: 1 << 30,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return lines.split("\n").filter((line) => line !== "" && !/^\s/.test(line)).length;
}

describe.skipIf(!TCPDUMP)("tcpdump agrees with the truth about port zero (skipped without tcpdump)", () => {
  test.each(EVENTS.map((event) => event.name))("%s", (name) => {
    const path = capture(name, 7);
    const { truth } = makeEvent(name, 7);
    for (const transport of ["tcp", "udp"] as const) {
      const { source, destination, both } = truth.portZero[transport];
      expect(count(path, `${transport} src port 0 and not ${transport} dst port 0`)).toBe(source);
      expect(count(path, `${transport} dst port 0 and not ${transport} src port 0`)).toBe(destination);
      expect(count(path, `${transport} src port 0 and ${transport} dst port 0`)).toBe(both);
    }
    expect(count(path, "")).toBe(truth.packets);
  });
});

describe.skipIf(!TSHARK)("tshark finds nothing wrong that was not meant (skipped without tshark)", () => {
  const meantToBeOdd = new Set(["november-2013", "cert-polska-2011"]);
  test.each(EVENTS.map((event) => event.name).filter((name) => !meantToBeOdd.has(name)))("%s", (name) => {
    const path = capture(name, 3);
    // Placeholder payloads are not of the protocol that their port suggests, so only the layers up to the transport are asked.
    const wrong =
      "_ws.malformed && !(dns || snmp || ntp || nbns || nbdgm || dhcp || mdns || db-lsp-disc || tls || http) || ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0 || icmp.checksum.status == 0 || sctp.checksum.status == 0 || icmpv6.checksum.status == 0";
    const checks = ["ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"].flatMap((name) => ["-o", `${name}:TRUE`]);
    const lines = execFileSync("tshark", ["-n", "-r", path, "-c", "2000", ...checks, "-o", "sctp.checksum:TRUE", "-Y", wrong], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    expect(lines).toBe("");
  });
});

describe("events", () => {
  test("are the same for the same seed, and others for another", () => {
    for (const event of EVENTS.filter((one) => one.name !== "november-2013")) {
      const bytes = (seed: number): Buffer => Buffer.from(encodeCapture(makeEvent(event.name, seed).packets));
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
          const { packets, truth } = makeEvent(name, seed);
          let last = 0;
          let packetCount = 0;
          for (const { time, frame } of packets) {
            expect(time).toBeGreaterThanOrEqual(last);
            expect(frame.length).toBeGreaterThanOrEqual(34);
            last = time;
            packetCount++;
          }
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
