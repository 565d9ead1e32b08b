/** Over real captures, our rows are those of tshark field by field, and our counts those of tcpdump's filters. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FLAGS_UNKNOWN, FRAGMENT_FIRST, FRAGMENT_LATER, FRAGMENT_NONE, NO_PORT } from "../../model/observation.ts";
import {
  PROTOCOL_ARP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
} from "../../model/protocol.ts";
import { type Decoded, decodeWhole, type Row } from "../decode-whole.ts";
import { PCAP } from "./pcap.ts";
import { PCAPNG } from "./pcapng.ts";

const SAMPLES = join(import.meta.dirname, "../../../../shared/samples");
/** Debian's golang-github-gopacket-gopacket-dev. */
const GOPACKET = "/usr/share/gocode/src/github.com/gopacket/gopacket";

/** Captures that are not compared: a section of a version that nobody can read, and a BIG TCP segment, whose length of 0 tshark refuses. */
const BEYOND_TSHARK: ReadonlySet<string> = new Set([
  "gopacket/pcapgo/tests/be/test901.pcapng",
  "gopacket/pcapgo/tests/le/test901.pcapng",
  "pcap-encap/bigtcp-ipv4-vxlan-ipv4.pcap",
]);

/** What tshark says of a row. */
type Expected = { -readonly [Column in keyof Row]?: Row[Column] };

function captures(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".pcap") || name.endsWith(".pcapng"))
    .toSorted()
    .map((name) => join(root, name));
}

function has(program: string): boolean {
  return spawnSync(program, ["--version"]).error === undefined;
}

function ours(path: string): Decoded {
  const bytes = new Uint8Array(readFileSync(path));
  // Captures of flow export are read here as the packets they are
  const format = [PCAP, PCAPNG].find((candidate) => candidate.recognises(bytes.subarray(0, 4096)));
  if (format === undefined) throw new Error(`${path}: not recognised`);
  return decodeWhole(format, bytes);
}

const FIELDS = [
  "frame.protocols",
  "ip.src",
  "ip.dst",
  "ip.proto",
  "ip.ttl",
  "ip.id",
  "ip.dsfield",
  "ip.len",
  "ip.flags.mf",
  "ip.frag_offset",
  "ipv6.src",
  "ipv6.dst",
  "ipv6.nxt",
  "ipv6.hlim",
  "ipv6.tclass",
  "ipv6.plen",
  "ipv6.fraghdr.offset",
  "ipv6.fraghdr.more",
  "tcp.srcport",
  "tcp.dstport",
  "tcp.flags",
  "tcp.window_size_value",
  "tcp.seq_raw",
  "tcp.ack_raw",
  "tcp.urgent_pointer",
  "tcp.options.mss_val",
  "tcp.hdr_len",
  "udp.srcport",
  "udp.dstport",
  "udp.length",
  "icmp.type",
  "icmp.code",
  "icmpv6.type",
  "icmpv6.code",
  "arp.src.proto_ipv4",
  "arp.dst.proto_ipv4",
  "arp.opcode",
  "sctp.srcport",
  "sctp.dstport",
  "ip.version",
  "ipv6.version",
  "ip.hdr_len",
  "eth.type",
] as const;

/** tshark's fields of every frame of the captures, one after another: one run over all, because starting it costs more than reading. */
function tshark(paths: readonly string[]): Map<string, string[]>[] {
  const folder = mkdtempSync(join(tmpdir(), "precursor-reference-"));
  const merged = join(folder, "merged.pcapng");
  spawnSync("mergecap", ["-a", "-I", "none", "-F", "pcapng", "-w", merged, ...paths]);
  const args = ["-n", "-r", merged, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,", "-o", "ip.defragment:FALSE"];
  args.push("-o", "ipv6.defragment:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE", "--disable-protocol", "sflow");
  for (const field of FIELDS) args.push("-e", field);
  const { stdout } = spawnSync("tshark", args, { maxBuffer: 1 << 28, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  // Custom blocks of pcapng are frames to tshark, of protocol "data".
  const frames = stdout.split("\n").filter((line) => line !== "" && !line.startsWith("data\t"));
  return frames.map((line) => new Map(line.split("\t").map((value, i) => [FIELDS[i] ?? "", value === "" ? [] : value.split(",")])));
}

/** What tshark's fields say our row should be, or null where the frame holds nothing that we observe. */
function expectedRow(frame: Map<string, string[]>): Expected | null {
  const layers = (frame.get("frame.protocols")?.[0] ?? "").split(":");
  const list = (field: (typeof FIELDS)[number]): string[] => frame.get(field) ?? [];
  const number = (text: string | undefined): number => (text === undefined ? Number.NaN : Number(text));
  // Headers behind ICMP are those of the quoted packet.
  const icmpAt = layers.findIndex((layer) => layer === "icmp" || layer === "icmpv6");
  const quotedLayers = icmpAt < 0 ? [] : layers.slice(icmpAt + 1);
  const quotes = quotedLayers[0] === "ip" || quotedLayers[0] === "ipv6";
  const own = icmpAt < 0 ? layers : layers.slice(0, icmpAt + 1);
  const last = own.findLast((layer) => layer === "ip" || layer === "ipv6" || layer === "arp");
  if (last === undefined) return null;
  if (last === "arp") {
    if (list("arp.src.proto_ipv4").length === 0 || ["3", "4"].includes(list("arp.opcode").at(-1) ?? "")) return null; // RARP
    return {
      family: 4,
      source: list("arp.src.proto_ipv4").at(-1)!,
      destination: list("arp.dst.proto_ipv4").at(-1)!,
      protocol: PROTOCOL_ARP,
      icmpType: number(list("arp.opcode").at(-1)) > 255 ? 255 : number(list("arp.opcode").at(-1)),
      sourcePort: NO_PORT,
    };
  }
  const back = -1 - quotedLayers.filter((layer) => layer === last).length;
  const row: Expected = { family: last === "ip" ? 4 : 6 };
  let later = false;
  if (last === "ip") {
    if (number(list("ip.version").at(back)) !== 4) return null;
    if (number(list("ip.hdr_len").at(back)) < 20) return {}; // tshark stops there; we keep the addresses
    if (list("ip.dst").length === 0) return null;
    const offset = number(list("ip.frag_offset").at(back));
    later = offset !== 0;
    row.source = list("ip.src").at(back)!;
    row.destination = list("ip.dst").at(back)!;
    row.protocol = number(list("ip.proto").at(back));
    row.ttl = number(list("ip.ttl").at(back));
    row.ipId = number(list("ip.id").at(back));
    row.tos = number(list("ip.dsfield").at(back));
    const length = number(list("ip.len").at(back));
    if (length > 0) row.bytes = length;
    row.fragment = later
      ? FRAGMENT_LATER
      : list("ip.flags.mf").at(back) === "1" || list("ip.flags.mf").at(back) === "True"
        ? FRAGMENT_FIRST
        : 0;
  } else {
    if (list("ipv6.dst").length === 0) return null;
    if (list("eth.type").at(-1) === "0x0800") return null; // a version that belies the EtherType, which tshark lets pass
    row.source = list("ipv6.src").at(back)!;
    row.destination = list("ipv6.dst").at(back)!;
    row.ttl = number(list("ipv6.hlim").at(back));
    row.tos = number(list("ipv6.tclass").at(back));
    row.ipId = 0;
    const payload = number(list("ipv6.plen").at(back));
    if (payload > 0) row.bytes = payload + 40;
    const offset = list("ipv6.fraghdr.offset").at(-1);
    later = offset !== undefined && number(offset) !== 0;
    if (!quotes) {
      const more = list("ipv6.fraghdr.more").at(-1);
      row.fragment = later ? FRAGMENT_LATER : more === "1" || more === "True" ? FRAGMENT_FIRST : 0;
    }
  }
  const transport = own.slice(own.lastIndexOf(last) + 1).find((layer) => layer === "tcp" || layer === "udp" || layer === "sctp");
  if (icmpAt >= 0 && !later) {
    row.protocol = last === "ip" ? PROTOCOL_ICMP : PROTOCOL_ICMPV6;
    row.icmpType = number(list(last === "ip" ? "icmp.type" : "icmpv6.type").at(0));
    row.icmpCode = number(list(last === "ip" ? "icmp.code" : "icmpv6.code").at(0));
    row.sourcePort = NO_PORT;
    row.destinationPort = NO_PORT;
    if (quotes) {
      const port = (side: "src" | "dst"): number =>
        number((quotedLayers.includes("tcp") ? list(`tcp.${side}port`) : list(`udp.${side}port`)).at(-1) ?? "-1");
      const protocol = quotedLayers[0] === "ip" ? list("ip.proto").at(-1) : list("ipv6.nxt").at(-1);
      const destination = quotedLayers[0] === "ip" ? list("ip.dst").at(-1) : list("ipv6.dst").at(-1);
      row.quoted = { destination: destination ?? "", protocol: number(protocol), sourcePort: port("src"), destinationPort: port("dst") };
    }
  } else if (transport === "tcp") {
    row.protocol = PROTOCOL_TCP;
    row.sourcePort = number(list("tcp.srcport").at(-1));
    row.destinationPort = number(list("tcp.dstport").at(-1));
    // tshark says no more of a header whose length is below 20 octets.
    if (list("tcp.flags").length > 0) {
      row.tcpFlags = number(list("tcp.flags").at(-1));
      row.window = number(list("tcp.window_size_value").at(-1) ?? "0");
      row.sequence = number(list("tcp.seq_raw").at(-1));
      row.acknowledgement = number(list("tcp.ack_raw").at(-1) ?? "0");
      row.urgent = number(list("tcp.urgent_pointer").at(-1) ?? "0");
      row.mss = number(list("tcp.options.mss_val").at(-1) ?? "0");
      // Not tcp.len, which is what an outer fragment holds of it.
      const headers = number(list("tcp.hdr_len").at(-1)) + number(list("ip.hdr_len").at(-1));
      if (last === "ip" && (row.bytes ?? 0) >= headers) row.payload = (row.bytes ?? 0) - headers;
    }
  } else if (transport === "udp") {
    row.protocol = PROTOCOL_UDP;
    row.sourcePort = number(list("udp.srcport").at(-1));
    row.destinationPort = number(list("udp.dstport").at(-1));
  } else if (transport === "sctp") {
    row.sourcePort = number(list("sctp.srcport").at(-1));
    row.destinationPort = number(list("sctp.dstport").at(-1));
  } else {
    row.sourcePort = NO_PORT;
    row.destinationPort = NO_PORT;
  }
  return row;
}

const files = [...captures(SAMPLES), ...captures(GOPACKET)].filter((path) => !BEYOND_TSHARK.has(nameOf(path)));

describe.skipIf(files.length === 0 || !has("tshark") || !has("mergecap"))("the rows of real captures are tshark's", () => {
  let frames: Map<string, string[]>[] = [];
  const firstFrame = new Map<string, number>();
  beforeAll(() => {
    frames = tshark(files);
    let first = 0;
    for (const path of files) {
      firstFrame.set(path, first);
      first += ours(path).stats.records;
    }
  });

  test.each(files.map((path) => [nameOf(path), path]))("%s", (_name, path) => {
    const first = firstFrame.get(path) ?? 0;
    const { rows, stats } = ours(path);
    const expected = frames.slice(first, first + stats.records).map(expectedRow);
    const wanted = expected.filter((row) => row !== null);
    const differences: string[] = [];
    if (rows.length !== wanted.length) differences.push(`${rows.length} rows, tshark ${wanted.length}`);
    for (const [i, want] of wanted.entries()) {
      const row = rows[i];
      if (row === undefined) break;
      for (const [field, value] of Object.entries(want)) {
        const got = row[field as keyof Row];
        if (!isDeepStrictEqual(got, value)) differences.push(`row ${i} ${field}: ${JSON.stringify(got)}, tshark ${JSON.stringify(value)}`);
      }
    }
    expect(differences.slice(0, 20)).toEqual([]);
  });
});

/** A tcpdump filter and the same question to a row. tcpdump sees outermost headers only, and believes any IPv4 version and header length. */
const SANE = "ip[0] & 0xf0 = 0x40 and ip[0] & 0xf >= 5";
const FILTERS: readonly (readonly [filter: string, matches: (row: Row) => boolean])[] = [
  ["ip and ip[0] & 0xf0 = 0x40 and ip[19] >= 0", (row) => row.family === 4 && row.protocol !== PROTOCOL_ARP],
  ["ip6 and ip6[39] >= 0", (row) => row.family === 6],
  ["ip proto 6 and ip[0] & 0xf0 = 0x40", (row) => row.family === 4 && row.protocol === PROTOCOL_TCP],
  ["ip proto 17 and ip[0] & 0xf0 = 0x40", (row) => row.family === 4 && row.protocol === PROTOCOL_UDP],
  ["icmp", (row) => row.protocol === PROTOCOL_ICMP],
  [`${SANE} and tcp[0:2] = 0 and tcp[2:2] != 0`, (row) => isV4(row, PROTOCOL_TCP) && row.sourcePort === 0 && row.destinationPort > 0],
  [`${SANE} and tcp[0:2] != 0 and tcp[2:2] = 0`, (row) => isV4(row, PROTOCOL_TCP) && row.sourcePort > 0 && row.destinationPort === 0],
  [`${SANE} and tcp[0:2] = 0 and tcp[2:2] = 0`, (row) => isV4(row, PROTOCOL_TCP) && row.sourcePort === 0 && row.destinationPort === 0],
  [`${SANE} and udp[0:2] = 0 and udp[2:2] != 0`, (row) => isV4(row, PROTOCOL_UDP) && row.sourcePort === 0 && row.destinationPort > 0],
  [`${SANE} and udp[0:2] != 0 and udp[2:2] = 0`, (row) => isV4(row, PROTOCOL_UDP) && row.sourcePort > 0 && row.destinationPort === 0],
  [`${SANE} and udp[0:2] = 0 and udp[2:2] = 0`, (row) => isV4(row, PROTOCOL_UDP) && row.sourcePort === 0 && row.destinationPort === 0],
  [`${SANE} and tcp[13] & 0x3f = 0x02`, (row) => flags(row) === TCP_SYN],
  [`${SANE} and tcp[13] & 0x3f = 0x12`, (row) => flags(row) === (TCP_SYN | TCP_ACK)],
  [`${SANE} and tcp[13] & 0x04 != 0`, (row) => flags(row) >= 0 && (flags(row) & TCP_RST) !== 0],
  [`${SANE} and tcp[13] & 0x3f = 0x01`, (row) => flags(row) === TCP_FIN],
  [`${SANE} and tcp[13] & 0x3f = 0`, (row) => flags(row) === 0],
  [`${SANE} and tcp[13] & 0x3f = 0x29`, (row) => flags(row) === (TCP_FIN | TCP_PSH | TCP_URG)],
  [`${SANE} and icmp[0] = 3`, (row) => row.protocol === PROTOCOL_ICMP && row.fragment !== FRAGMENT_LATER && row.icmpType === 3],
  [`${SANE} and ip[6:2] & 0x3fff != 0`, (row) => row.family === 4 && row.fragment !== FRAGMENT_NONE],
  [`${SANE} and ip[6:2] & 0x1fff != 0`, (row) => row.family === 4 && row.fragment === FRAGMENT_LATER],
];

function isV4(row: Row, protocol: number): boolean {
  return row.family === 4 && row.protocol === protocol;
}

/** The six old flags of an IPv4 TCP segment, -1 where they were not seen. */
function flags(row: Row): number {
  return isV4(row, PROTOCOL_TCP) && row.tcpFlags !== FLAGS_UNKNOWN ? row.tcpFlags & 0x3f : -1;
}

describe.skipIf(!existsSync(SAMPLES) || !has("tcpdump") || !has("mergecap"))(
  "the counts of captures without tunnels are those of tcpdump's filters (skipped without ../shared/samples, tcpdump or mergecap)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "precursor-reference-"));
    const merged = join(folder, "merged.pcap");
    let rows: readonly Row[] = [];
    beforeAll(() => {
      const plain = files.filter((path) => isEthernet(path) && ours(path).stats.encapsulations.size === 0);
      spawnSync("mergecap", ["-a", "-F", "pcap", "-w", merged, ...plain]);
      ({ rows } = ours(merged));
      expect(rows.length).toBeGreaterThan(10_000);
      expect(rows).toEqual(plain.flatMap((path) => ours(path).rows.map((row) => ({ ...row, time: expect.any(Number) }))));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    test.each(FILTERS)("%s", (filter, matches) => {
      const { stdout } = spawnSync("tcpdump", ["-n", "-r", merged, "--count", filter], { encoding: "utf8" });
      expect(rows.filter(matches).length).toBe(Number.parseInt(stdout, 10));
    });
  },
);

function isEthernet(path: string): boolean {
  const head = readFileSync(path).subarray(0, 24);
  return head.readUInt32LE(0) === 0xa1b2c3d4 && head.readUInt32LE(20) === 1;
}

function nameOf(path: string): string {
  return path.startsWith(SAMPLES) ? relative(SAMPLES, path) : `gopacket/${relative(GOPACKET, path)}`;
}
