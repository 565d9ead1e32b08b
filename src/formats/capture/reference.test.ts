/** Over real captures, our rows are those of tshark field by field, and our counts those of tcpdump's filters. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { formatIPv4, formatIPv6 } from "../../model/address.ts";
import { FRAGMENT_FIRST, FRAGMENT_LATER, NO_PORT, ObservationBatch, QUIRK_QUOTES_PACKET } from "../../model/observation.ts";
import { PROTOCOL_ARP, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP } from "../../model/protocol.ts";
import { type DecodeStats, ObservationWriter } from "../format.ts";
import { recogniseFormat } from "../index.ts";

const SAMPLES = join(import.meta.dirname, "../../../../shared/samples");
/** Debian's golang-github-gopacket-gopacket-dev. */
const GOPACKET = "/usr/share/gocode/src/github.com/gopacket/gopacket";

/** Captures that are not compared: a section of a version that nobody can read, and a BIG TCP segment, whose length of 0 tshark refuses. */
const BEYOND_TSHARK: ReadonlySet<string> = new Set([
  "gopacket/pcapgo/tests/be/test901.pcapng",
  "gopacket/pcapgo/tests/le/test901.pcapng",
  "pcap-encap/bigtcp-ipv4-vxlan-ipv4.pcap",
]);

interface Row {
  family: number;
  source: string;
  destination: string;
  protocol: number;
  sourcePort: number;
  destinationPort: number;
  flags: number;
  window: number;
  sequence: number;
  acknowledgement: number;
  urgent: number;
  mss: number;
  payload: number;
  ttl: number;
  ipId: number;
  tos: number;
  bytes: number;
  fragment: number;
  icmpType: number;
  icmpCode: number;
  quoted: string;
}

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

function ours(path: string): { rows: Row[]; frames: number; stats: DecodeStats } {
  const bytes = new Uint8Array(readFileSync(path));
  const rows: Row[] = [];
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    for (let i = 0; i < batch.length; i++) rows.push(rowOf(batch, i));
    batch.length = 0;
    return batch;
  });
  const format = recogniseFormat(bytes.subarray(0, 4096));
  if (format === null) throw new Error(`${path}: not recognised`);
  const decoder = format.decoder(writer);
  decoder.end(bytes.length - decoder.push(bytes, 0, bytes.length));
  writer.flush();
  return { rows, frames: decoder.stats.records, stats: decoder.stats };
}

function rowOf(batch: ObservationBatch, i: number): Row {
  const v6 = (words: Uint32Array): string => formatIPv6(words[4 * i]!, words[4 * i + 1]!, words[4 * i + 2]!, words[4 * i + 3]!);
  const six = batch.family[i] === 6;
  const quotes = (batch.quirks[i]! & QUIRK_QUOTES_PACKET) !== 0;
  const quotedDestination = six ? v6(batch.quotedDestination6) : formatIPv4(batch.quotedDestination[i]!);
  return {
    family: batch.family[i]!,
    source: six ? v6(batch.source6) : formatIPv4(batch.source[i]!),
    destination: six ? v6(batch.destination6) : formatIPv4(batch.destination[i]!),
    protocol: batch.protocol[i]!,
    sourcePort: batch.sourcePort[i]!,
    destinationPort: batch.destinationPort[i]!,
    flags: batch.tcpFlags[i]!,
    window: batch.window[i]!,
    sequence: batch.protocol[i] === PROTOCOL_TCP ? batch.sequence[i]! : 0,
    acknowledgement: batch.acknowledgement[i]!,
    urgent: batch.urgent[i]!,
    mss: batch.mss[i]!,
    payload: batch.protocol[i] === PROTOCOL_TCP || batch.protocol[i] === PROTOCOL_UDP ? batch.payload[i]! : 0,
    ttl: batch.ttl[i]!,
    ipId: batch.ipId[i]!,
    tos: batch.tos[i]!,
    bytes: batch.bytes[i]!,
    fragment: batch.fragment[i]!,
    icmpType: batch.icmpType[i]!,
    icmpCode: batch.icmpCode[i]!,
    quoted: quotes ? `${quotedDestination} ${batch.quotedProtocol[i]} ${batch.quotedSourcePort[i]} ${batch.quotedDestinationPort[i]}` : "",
  };
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
function expectedRow(frame: Map<string, string[]>): Partial<Row> | null {
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
  const row: Partial<Row> = { family: last === "ip" ? 4 : 6 };
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
    row.fragment = later ? FRAGMENT_LATER : list("ip.flags.mf").at(back) === "1" || list("ip.flags.mf").at(back) === "True" ? FRAGMENT_FIRST : 0;
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
      const port = (side: "src" | "dst"): number => number((quotedLayers.includes("tcp") ? list(`tcp.${side}port`) : list(`udp.${side}port`)).at(-1) ?? "-1");
      const protocol = quotedLayers[0] === "ip" ? list("ip.proto").at(-1) : list("ipv6.nxt").at(-1);
      const destination = quotedLayers[0] === "ip" ? list("ip.dst").at(-1) : list("ipv6.dst").at(-1);
      row.quoted = `${destination} ${protocol} ${port("src")} ${port("dst")}`;
    }
  } else if (transport === "tcp") {
    row.protocol = PROTOCOL_TCP;
    row.sourcePort = number(list("tcp.srcport").at(-1));
    row.destinationPort = number(list("tcp.dstport").at(-1));
    // tshark says no more of a header whose length is below 20 octets.
    if (list("tcp.flags").length > 0) {
      row.flags = number(list("tcp.flags").at(-1));
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
      first += ours(path).frames;
    }
  });

  test.each(files.map((path) => [nameOf(path), path]))("%s", (name, path) => {
    const first = firstFrame.get(path) ?? 0;
    const { rows, frames: count } = ours(path);
    const expected = frames.slice(first, first + count).map(expectedRow);
    const wanted = expected.filter((row) => row !== null);
    const differences: string[] = [];
    if (rows.length !== wanted.length) differences.push(`${rows.length} rows, tshark ${wanted.length}`);
    for (const [i, want] of wanted.entries()) {
      const row = rows[i];
      if (row === undefined) break;
      for (const [field, value] of Object.entries(want)) {
        const got = row[field as keyof Row];
        if (got !== value) differences.push(`row ${i} ${field}: ${got}, tshark ${value}`);
      }
    }
    expect(differences.slice(0, 20)).toEqual([]);
  });
});

function nameOf(path: string): string {
  return path.startsWith(SAMPLES) ? relative(SAMPLES, path) : `gopacket/${relative(GOPACKET, path)}`;
}
