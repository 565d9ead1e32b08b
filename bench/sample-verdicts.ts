/**
 * What a correct assessment says of the captures in ../shared/samples, by the manifest there: the verdicts of Zeek, of the tools' own
 * command lines, and of the corpora's authors. Port-zero counts are tshark's, looking inside VLANs and tunnels, without ICMP quotes.
 */
import type { Transport, ToolName } from "../src/model/activity.ts";
import type { Technique } from "../src/model/finding.ts";

export interface ExpectedScan {
  readonly source: string;
  /** Any of these is right: whether unanswered SYNs of an ordinary stack are a connect scan, the verdicts do not say. */
  readonly techniques: readonly Technique[];
  readonly transport: Transport;
  /** The tool whose mark the packets carry, null where they carry none, undefined where nobody can say. */
  readonly tool?: ToolName | null;
}

export interface SampleVerdict {
  readonly path: string;
  readonly scans: readonly ExpectedScan[];
  /** Addresses that may be reported without it being a mistake. */
  readonly mayReport?: readonly string[];
  /** Victims whose answers these are. */
  readonly backscatter?: readonly string[];
  /** Packets from, to, and between port zero; none of it where left out. */
  readonly tcpZero?: readonly [source: number, destination: number, both: number];
  readonly udpZero?: readonly [source: number, destination: number, both: number];
  /** Defended networks, told to psad only: it has no way to guess them. */
  readonly home?: readonly string[];
}

const SCANNER = "10.77.0.1";
const scan = (source: string, technique: Technique | readonly Technique[], transport: Transport, tool?: ToolName | null): ExpectedScan => ({
  source,
  techniques: typeof technique === "string" ? [technique] : technique,
  transport,
  ...(tool === undefined ? {} : { tool }),
});

export const SAMPLE_VERDICTS: readonly SampleVerdict[] = [
  // Made with the real scanners; the .cmd beside each says how
  { path: "pcap-scanners-live/hping_port_walk.pcap", scans: [scan(SCANNER, "syn", "tcp", "hping")] },
  { path: "pcap-scanners-live/hping_syn_p0.pcap", scans: [scan(SCANNER, "syn", "tcp", "hping")], tcpZero: [20, 20, 0] },
  { path: "pcap-scanners-live/masscan_p0_80_23.pcap", scans: [scan(SCANNER, "syn", "tcp", "masscan")], tcpZero: [13, 29, 0] },
  { path: "pcap-scanners-live/nmap_ack.pcap", scans: [scan(SCANNER, "ack", "tcp", "nmap")] },
  { path: "pcap-scanners-live/nmap_connect.pcap", scans: [scan(SCANNER, "connect", "tcp", null)] },
  { path: "pcap-scanners-live/nmap_fin.pcap", scans: [scan(SCANNER, "fin", "tcp", "nmap")] },
  { path: "pcap-scanners-live/nmap_sweep_p0_23_445.pcap", scans: [scan(SCANNER, "syn", "tcp", "nmap")], tcpZero: [13, 13, 0] },
  { path: "pcap-scanners-live/nmap_syn_p0_1-100.pcap", scans: [scan(SCANNER, "syn", "tcp", "nmap")], tcpZero: [1, 1, 0] },
  { path: "pcap-scanners-live/nmap_udp_p0.pcap", scans: [scan(SCANNER, "udp", "udp")], udpZero: [0, 1, 0] },
  { path: "pcap-scanners-live/nmap_xmas.pcap", scans: [scan(SCANNER, "xmas", "tcp", "nmap")] },
  { path: "pcap-scanners-live/zmap_p443.pcap", scans: [scan(SCANNER, "syn", "tcp", "zmap")] },
  // Zeek's verdicts
  { path: "pcap-scans/445_scan.pcap", scans: [scan("176.192.150.3", ["syn", "connect"], "tcp")] },
  { path: "pcap-scans/port_scan.pcap", scans: [scan("192.168.2.154", "syn", "tcp")] },
  { path: "pcap-backscatter-dos/bro-simple-scan-backscatter.pcap", scans: [], backscatter: ["202.229.120.98"] },
  // nDPI's
  { path: "pcap-scans/synscan.pcap", scans: [scan("172.16.0.8", "syn", "tcp")] },
  { path: "pcapng/synscan.pcapng", scans: [scan("172.16.0.8", "syn", "tcp")] },
  { path: "pcap-benign-control/gnutella.pcap", scans: [], home: ["10.0.0.0/8"] },
  { path: "pcap-benign-control/icmp-tracert-slow.pcap", scans: [], home: ["24.6.126.0/24"] },
  { path: "pcap-fragments/badpackets.pcap", scans: [] },
  { path: "pcap-fragments/ip_fragmented_garbage.pcap", scans: [] },
  { path: "pcap-port0/fuzz-2006-06-26-2594.pcap", scans: [], mayReport: ["192.168.1.2"] },
  // maltrail's
  { path: "maltrail-corpus/port_scan.pcap", scans: [scan("203.0.113.9", "syn", "tcp")] },
  { path: "maltrail-corpus/stealth_scan_fin.pcap", scans: [scan("203.0.113.9", "fin", "tcp")] },
  { path: "maltrail-corpus/stealth_scan_null.pcap", scans: [scan("203.0.113.9", "null", "tcp")] },
  { path: "maltrail-corpus/udp_scan.pcap", scans: [scan("203.0.113.9", "udp", "udp")] },
  { path: "maltrail-corpus/ack_sweep_no_fp.pcap", scans: [] },
  { path: "maltrail-corpus/clean_tcp.pcap", scans: [] },
  { path: "maltrail-corpus/duplicate_syn.pcap", scans: [] },
  { path: "maltrail-corpus/icmp.pcap", scans: [] },
  { path: "maltrail-corpus/truncated.pcap", scans: [], tcpZero: [0, 0, 1] },
  // An infected host's shell, and captures of encapsulations: no scans
  { path: "pcap-malware/blaster.pcap", scans: [] },
  { path: "pcap-encap/zeek-erspan.pcap", scans: [] },
  { path: "pcap-encap/zeek-http-qinq-0.pcap", scans: [] },
  { path: "pcap-encap/zeek-http-vlan-0.pcap", scans: [] },
  { path: "pcap-encap/zeek-llc.pcap", scans: [] },
  { path: "pcap-encap/zeek-mixed-vlan-mpls.pcap", scans: [] },
  { path: "pcap-encap/zeek-nflog-http.pcap", scans: [] },
  { path: "pcap-encap/zeek-pppoe.pcap", scans: [] },
  { path: "pcap-port0/zeek-geneve-udp-src0.pcap", scans: [] },
];
