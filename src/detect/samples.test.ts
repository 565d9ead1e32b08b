/** Real captures, read where they lie, from octets to findings: those that must give a scan, and those that must give none. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeBytes } from "../formats/decode-bytes.ts";
import { ObservationWriter } from "../formats/format.ts";
import type { Detection } from "../model/finding.ts";
import { ObservationBatch } from "../model/observation.ts";
import { Observer } from "../observe/index.ts";
import { detect } from "./index.ts";

const SAMPLES = new URL("../../../shared/samples/", import.meta.url).pathname;
const present = existsSync(SAMPLES);
if (!present) console.warn("skipped: real captures are not here (../shared/samples)");

function detectIn(path: string): Detection {
  const bytes = readFileSync(join(SAMPLES, path));
  const observer = new Observer();
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    observer.observe(batch);
    batch.length = 0;
    return batch;
  });
  if (decodeBytes(bytes, writer) === null) throw new Error(`${path} is no capture`);
  return detect(observer.finish(), { home: [] });
}

/** One scan each; what the tool itself says it did (the `.cmd` beside the capture), or the verdict of Zeek, nDPI or Maltrail. */
const SCANS: readonly (readonly [path: string, scan: object])[] = [
  [
    "pcap-scanners-live/hping_port_walk.pcap",
    { source: "10.77.0.1", kind: "vertical", technique: "syn", portCount: 60, tool: { name: "hping", packets: 60 } },
  ],
  [
    "pcap-scanners-live/hping_syn_p0.pcap",
    { source: "10.77.0.1", technique: "syn", ports: [0], portZero: true, tool: { name: "hping", packets: 20 } },
  ],
  [
    "pcap-scanners-live/masscan_p0_80_23.pcap",
    {
      source: "10.77.0.1",
      kind: "strobe",
      technique: "syn",
      portCount: 3,
      targetCount: 16,
      portZero: true,
      tool: { name: "masscan", packets: 48 },
    },
  ],
  ["pcap-scanners-live/nmap_ack.pcap", { source: "10.77.0.1", kind: "vertical", technique: "ack", portCount: 50, targetCount: 1 }],
  [
    "pcap-scanners-live/nmap_connect.pcap",
    { source: "10.77.0.1", kind: "vertical", technique: "connect", portCount: 100, tool: null, spoofable: false },
  ],
  [
    "pcap-scanners-live/nmap_fin.pcap",
    { source: "10.77.0.1", kind: "vertical", technique: "fin", portCount: 50, tool: { name: "nmap", packets: 50 } },
  ],
  [
    "pcap-scanners-live/nmap_sweep_p0_23_445.pcap",
    { source: "10.77.0.1", kind: "strobe", technique: "syn", ports: [0, 23, 445], targetCount: 13, tool: { name: "nmap", packets: 39 } },
  ],
  [
    "pcap-scanners-live/nmap_syn_p0_1-100.pcap",
    { source: "10.77.0.1", kind: "vertical", technique: "syn", portCount: 101, portZero: true, tool: { name: "nmap", packets: 101 } },
  ],
  [
    "pcap-scanners-live/nmap_udp_p0.pcap",
    { source: "10.77.0.1", kind: "vertical", technique: "udp", ports: [0, 53, 123, 161, 1900], portZero: true },
  ],
  ["pcap-scanners-live/nmap_xmas.pcap", { source: "10.77.0.1", kind: "vertical", technique: "xmas", portCount: 50 }],
  [
    "pcap-scanners-live/zmap_p443.pcap",
    { source: "10.77.0.1", kind: "horizontal", technique: "syn", ports: [443], targetCount: 16, tool: { name: "zmap", packets: 16 } },
  ],
  [
    "pcap-scans/445_scan.pcap",
    { source: "176.192.150.3", kind: "horizontal", technique: "connect", ports: [445], targetCount: 9, darkTargetCount: 9, slow: true },
  ],
  ["pcap-scans/port_scan.pcap", { source: "192.168.2.154", kind: "vertical", portCount: 10, targetCount: 1, tool: null }],
  [
    "pcap-scans/synscan.pcap",
    { source: "172.16.0.8", kind: "vertical", technique: "syn", portCount: 1000, tool: { name: "nmap", packets: 1994 } },
  ],
  ["pcapng/synscan.pcapng", { source: "172.16.0.8", kind: "vertical", technique: "syn", portCount: 1000 }],
  ["maltrail-corpus/port_scan.pcap", { source: "203.0.113.9", kind: "vertical", technique: "syn", portCount: 20 }],
  ["maltrail-corpus/stealth_scan_fin.pcap", { source: "203.0.113.9", kind: "vertical", technique: "fin", portCount: 20 }],
  ["maltrail-corpus/stealth_scan_null.pcap", { source: "203.0.113.9", kind: "vertical", technique: "null", portCount: 20 }],
  ["maltrail-corpus/udp_scan.pcap", { source: "203.0.113.9", kind: "vertical", technique: "udp" }],
];

/** Folders and files where nothing probes. */
const ORDINARY: readonly string[] = [
  "maltrail-corpus/ack_sweep_no_fp.pcap",
  "maltrail-corpus/clean_tcp.pcap",
  "maltrail-corpus/duplicate_syn.pcap",
  "maltrail-corpus/icmp.pcap",
  "maltrail-corpus/truncated.pcap",
  "pcap-benign-control",
  "pcap-malware",
  "pcap-encap",
  "pcap-fragments",
  "pcap-port0",
  "flow-captures/netflow",
  "flow-captures/sflow",
  "netflow-pcap-tcpdump",
];

describe.skipIf(!present)("real captures", () => {
  test.each(SCANS)("%s is one scan", (path, scan) => {
    const { scans, backscatter } = detectIn(path);
    expect(scans).toHaveLength(1);
    expect(scans[0]).toMatchObject(scan);
    expect(backscatter).toEqual([]);
  });

  test("several stealth techniques, four packets each, are found together (Maltrail's soup)", () => {
    const { scans } = detectIn("maltrail-corpus/mixed_soup.pcap");
    expect(scans.map(({ source, technique }) => `${source} ${technique}`)).toEqual([
      "203.0.113.9 fin",
      "203.0.113.9 null",
      "203.0.113.9 xmas",
    ]);
  });

  test.each(filesOf(ORDINARY))("%s holds no scan", (path) => {
    const { scans, scansTotal, backscatter, targets } = detectIn(path);
    expect(scans).toEqual([]);
    expect(scansTotal).toBe(0);
    expect(backscatter).toEqual([]);
    expect(targets.count).toBe(0);
  });

  // A bot's HTTP POSTs, which another detector calls a scan for its ten dead servers: whoever browses old links looks the same.
  test("a client that 17 of 27 web servers talk with is no scanner", () => {
    expect(detectIn("zeek-logs/port-scans/horizontal/conn.log").scans).toEqual([]);
  });

  test("the victim that answers is named as such and never called a scanner", () => {
    const { scans, backscatter } = detectIn("pcap-backscatter-dos/bro-simple-scan-backscatter.pcap");
    expect(scans).toEqual([]);
    // tshark counts 511 addresses and 10 packets in the fullest minute: an event, but none by RSDoS thresholds.
    expect(backscatter).toMatchObject([
      { victim: "202.229.120.98", transport: "tcp", ports: [80], packets: 3468, peers: 511, qualifies: false },
    ]);
  });
});

function filesOf(paths: readonly string[]): string[] {
  if (!present) return [];
  return paths.flatMap((path) =>
    /\.pcap(ng)?$/.test(path)
      ? [path]
      : readdirSync(join(SAMPLES, path))
          .filter((name) => /\.pcap(ng)?$/.test(name))
          .map((name) => `${path}/${name}`),
  );
}
