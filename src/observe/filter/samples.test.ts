import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { decodeBytes } from "../../formats/decode-bytes.ts";
import { ObservationWriter } from "../../formats/format.ts";
import { ObservationBatch } from "../../model/observation.ts";
import { compileFilter } from "./compile.ts";

const SAMPLES = fileURLToPath(new URL("../../../../shared/samples", import.meta.url));
const hasTcpdump = spawnSync("tcpdump", ["--version"]).status === 0;

/** Captures over Ethernet or Linux cooked without VLAN, MPLS or tunnels, into which tcpdump's filters do not look. */
const FOLDERS = ["pcap-scanners-live", "pcap-benign-control", "pcap-backscatter-dos", "maltrail-corpus"];
/** Its packets end before the IP header: they give no row to filter. */
const CUT = "truncated.pcap";
/** Where both have a meaning for it, they mean the same. */
const FILTERS = [
  "tcp",
  "udp or icmp",
  "arp",
  "ip6",
  "port 0",
  "tcp src port 0",
  "dst port 80 or 443",
  "(ip or ip6 or arp) and not port 53",
  "portrange 1-1023 and not udp",
  "net 10",
  "src net 192.168 and dst net 0.0.0.0/0",
  "ip and tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn",
  "ip and tcp[tcpflags] & tcp-rst != 0",
];

const captures = existsSync(SAMPLES)
  ? FOLDERS.flatMap((folder) =>
      readdirSync(join(SAMPLES, folder))
        .filter((name) => name.endsWith(".pcap") && name !== CUT)
        .map((name) => `${folder}/${name}`),
    )
  : [];

describe("on the sample captures", () => {
  test.skipIf(!hasTcpdump || captures.length === 0).for(captures.length === 0 ? ["../shared/samples is not here"] : captures)(
    "%s: keeps as many packets as tcpdump",
    (path) => {
      const bytes = readFileSync(join(SAMPLES, path));
      const filters = FILTERS.map((text) => compileFilter(text));
      const counts = countRows(bytes, filters);
      const expected = FILTERS.map((text) => {
        const run = spawnSync("tcpdump", ["-r", join(SAMPLES, path), "--count", "-O", text], { encoding: "utf8" });
        return Number(/^(\d+) packets?/m.exec(run.stdout)?.[1]);
      });
      // A filter that tcpdump refuses for the capture's link type says nothing.
      for (const [index, text] of FILTERS.entries()) {
        if (!Number.isNaN(expected[index])) expect([text, counts[index]]).toEqual([text, expected[index]]);
      }
      expect(expected.some((count) => count > 0)).toBe(true);
    },
  );
});

function countRows(bytes: Uint8Array, filters: readonly ReturnType<typeof compileFilter>[]): number[] {
  const counts = filters.map(() => 0);
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    for (const [index, filter] of filters.entries()) {
      for (let row = 0; row < batch.length; row++) if (filter.matches(batch, row)) counts[index] = (counts[index] ?? 0) + 1;
    }
    batch.length = 0;
    return batch;
  });
  if (decodeBytes(bytes, writer) === null) throw new Error("not a capture");
  return counts;
}
