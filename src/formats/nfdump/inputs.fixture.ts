/** nfdump's files and texts, made octet by octet as its sources lay them out, for the laws that every format obeys. */
import { zstdCompressSync } from "node:zlib";
import { TCP_ACK, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import type { FormatInput } from "../conformance.fixture.ts";
import { NFDUMP_CSV } from "./nfdump-csv.ts";
import { NFDUMP } from "./nfdump-file.ts";
import { NFDUMP_JSON } from "./nfdump-json.ts";

export interface Flow {
  /** An IPv4 address as its integer, or IPv6 as four words. */
  readonly source: number | readonly number[];
  readonly destination: number | readonly number[];
  /** Seconds since 1970, with milliseconds. */
  readonly first: number;
  readonly last: number;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: number;
  readonly packets: number;
  readonly bytes: number;
  readonly outPackets?: number;
  readonly outBytes?: number;
  readonly sampled?: boolean;
  readonly event?: number;
  /** Fragment bits and time to live (layout 2). */
  readonly ip?: readonly [bits: number, ttl: number];
  /** pf's action (layout 2). */
  readonly pf?: number;
  readonly status?: number;
}

const base = { first: 1_383_354_000.125, last: 1_383_354_001.5, outPackets: 0, outBytes: 0 };
/** A probe from port zero and its refusal, a ping over IPv6, a datagram. */
export const FLOWS: readonly Flow[] = [
  {
    ...base,
    source: 0xc0000201,
    destination: 0xc6336402,
    protocol: 6,
    sourcePort: 0,
    destinationPort: 445,
    flags: TCP_SYN,
    packets: 1,
    bytes: 60,
  },
  {
    ...base,
    source: 0xc6336402,
    destination: 0xc0000201,
    protocol: 6,
    sourcePort: 445,
    destinationPort: 0,
    flags: TCP_RST | TCP_ACK,
    packets: 1,
    bytes: 40,
  },
  {
    ...base,
    source: [0x20010db8, 0, 0, 1],
    destination: [0x20010db8, 0, 0, 2],
    protocol: 58,
    sourcePort: 0,
    destinationPort: 0x8000,
    flags: 0,
    packets: 2,
    bytes: 208,
  },
  {
    ...base,
    source: 0xc0000201,
    destination: 0xc6336402,
    protocol: 17,
    sourcePort: 53,
    destinationPort: 5353,
    flags: 0,
    packets: 3,
    bytes: 300,
  },
];

/** A growing run of octets in one byte order. */
class Octets {
  readonly #little: boolean;
  readonly #bytes: number[] = [];

  constructor(little: boolean) {
    this.#little = little;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Numbers of `size` octets each. */
  add(size: 1 | 2 | 4 | 8, ...values: readonly number[]): this {
    for (const value of values) {
      const octets: number[] = [];
      for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256)) octets.push(rest % 256);
      this.#bytes.push(...(this.#little ? octets : octets.toReversed()));
    }
    return this;
  }

  bytes(...parts: readonly Uint8Array[]): this {
    for (const part of parts) this.#bytes.push(...part);
    return this;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Both words of each half as the 64-bit integer that nfdump keeps. */
function addAddress6(octets: Octets, words: readonly number[], little: boolean): void {
  for (const half of [0, 2])
    octets.add(4, ...(little ? [words[half + 1] ?? 0, words[half] ?? 0] : [words[half] ?? 0, words[half + 1] ?? 0]));
}

/** A record of nfdump 1.7 (type 11). */
export function recordV3(flow: Flow, little = true): Uint8Array {
  const elements: Uint8Array[] = [];
  const element = (id: number, fill: (octets: Octets) => void): void => {
    const body = new Octets(little);
    fill(body);
    elements.push(
      new Octets(little)
        .add(2, id, body.length + 4)
        .bytes(body.done())
        .done(),
    );
  };
  element(1, (octets) => {
    octets.add(8, Math.round(flow.first * 1000), Math.round(flow.last * 1000), 0, flow.packets, flow.bytes);
    octets.add(2, Math.max(0, flow.sourcePort), Math.max(0, flow.destinationPort)).add(1, flow.protocol, flow.flags, flow.status ?? 0, 0);
  });
  const { source, destination } = flow;
  if (typeof source === "number" && typeof destination === "number") element(2, (octets) => octets.add(4, source, destination));
  else if (typeof source !== "number" && typeof destination !== "number") {
    element(3, (octets) => {
      addAddress6(octets, source, little);
      addAddress6(octets, destination, little);
    });
  }
  if (flow.outPackets !== undefined && flow.outPackets > 0)
    element(5, (octets) => octets.add(8, 1, flow.outPackets ?? 0, flow.outBytes ?? 0));
  if (flow.event !== undefined)
    element(19, (octets) =>
      octets
        .add(8, 0)
        .add(4, 7)
        .add(2, 0)
        .add(1, flow.event ?? 0, 0),
    );
  if (flow.pf !== undefined) element(37, (octets) => octets.add(1, flow.pf ?? 0, 0, 0, 0).add(4, 1, 0, 0, 0, 0));
  if (flow.ip !== undefined) element(42, (octets) => octets.add(1, 0, ...(flow.ip ?? []), 64));
  const size = elements.reduce((sum, part) => sum + part.length, 12);
  const flags = flow.sampled === true ? 2 : 0;
  return new Octets(little)
    .add(2, 11, size, elements.length)
    .add(1, 0, 0)
    .add(2, 1)
    .add(1, flags, 9)
    .bytes(...elements)
    .done();
}

/** A sampler of exporter 1 that counts one packet of `interval` (type 15). */
export function samplerRecord(interval: number): Uint8Array {
  return new Octets(true)
    .add(2, 15, 24, 1, 0)
    .add(8, 0)
    .add(4, 1, interval - 1)
    .done();
}

/** A file of layout 2 with these blocks of records. */
export function fileV2(
  blocks: readonly (readonly Uint8Array[])[],
  compression = 0,
  pack = (block: Uint8Array): Uint8Array => block,
  little = true,
): Uint8Array {
  const file = new Octets(little).add(2, 0xa50c, 2).add(4, 0x01070100).add(8, 1_383_354_000).add(1, compression, 0).add(2, 0).add(4, 0);
  file.add(8, 0).add(4, 1 << 20, blocks.length);
  for (const records of blocks) {
    const body = pack(new Octets(little).bytes(...records).done());
    file.add(4, records.length, body.length).add(2, 3, 0).bytes(body);
  }
  return file.done();
}

/** A record of nfdump 1.6 (type 10) with 64-bit counts, and what its map 0 lists: interfaces (5) and answers (15, 17). */
export function recordV1(flow: Flow, little = true): Uint8Array {
  const { source, destination } = flow;
  const six = typeof source !== "number";
  const body = new Octets(little);
  if (typeof source === "number" && typeof destination === "number") body.add(4, source, destination);
  else if (typeof source !== "number" && typeof destination !== "number") {
    addAddress6(body, source, little);
    addAddress6(body, destination, little);
  }
  body
    .add(8, flow.packets, flow.bytes)
    .add(4, 1, 2)
    .add(8, flow.outPackets ?? 0, flow.outBytes ?? 0);
  const head = new Octets(little).add(2, 10, 32 + body.length, (six ? 1 : 0) | 6 | (flow.sampled === true ? 128 : 0), 0);
  head
    .add(2, Math.round((flow.first % 1) * 1000), Math.round((flow.last % 1) * 1000))
    .add(4, Math.floor(flow.first), Math.floor(flow.last));
  head.add(1, flow.status ?? 0, flow.flags, flow.protocol, 0).add(2, Math.max(0, flow.sourcePort), Math.max(0, flow.destinationPort), 1, 0);
  return head.bytes(body.done()).done();
}

/** The extension map of {@link recordV1}. */
export function extensionMap(little = true): Uint8Array {
  return new Octets(little).add(2, 2, 16, 0, 24, 5, 15, 17, 0).done();
}

/** A file of layout 1 with one block of records. */
export function fileV1(records: readonly Uint8Array[], flags = 0, little = true): Uint8Array {
  const file = new Octets(little)
    .add(2, 0xa50c, 1)
    .add(4, flags, 1)
    .bytes(new Uint8Array(128 + 136));
  const body = new Octets(little).bytes(...records).done();
  return file.add(4, records.length, body.length).add(2, 2, 0).bytes(body).done();
}

/** Octets as an LZ4 block of literals only. */
export function lz4Literals(bytes: Uint8Array): Uint8Array {
  const lengths: number[] = [];
  let rest = bytes.length - 15;
  for (; rest >= 255; rest -= 255) lengths.push(255);
  return rest < 0 ? Uint8Array.from([bytes.length << 4, ...bytes]) : Uint8Array.from([0xf0, ...lengths, rest, ...bytes]);
}

/** Octets as an LZO1X stream of literals only. */
export function lzoLiterals(bytes: Uint8Array): Uint8Array {
  const zeros: number[] = [];
  let rest = bytes.length - 18;
  for (; rest > 255; rest -= 255) zeros.push(0);
  return Uint8Array.from([0, ...zeros, rest, ...bytes, 0x11, 0, 0]);
}

const CSV = [
  "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out",
  "2013-11-02 01:00:00,2013-11-02 01:00:01,1.375,192.0.2.1,198.51.100.2,0,445,TCP,......S.,0,0,1,60,0,0,0,0",
  "2013-11-02 01:00:00,2013-11-02 01:00:01,1.375,198.51.100.2,192.0.2.1,445,0,TCP,...A.R..,0,0,1,40,0,0,0,0",
  "2013-11-02 01:00:00,2013-11-02 01:00:01,1.375,2001:db8::1,2001:db8::2,0,32768,ICMP6,........,0,0,2,208,0,0,0,0",
  "Summary",
  "flows,bytes,packets,avg_bps,avg_pps,avg_bpp",
  "3,308,4,1792,2,77",
].join("\n");

const JSON_TEXT = `[
{
	"type" : "FLOW",
	"sampled" : 0,
	"export_sysid" : 1,
	"first" : "2013-11-02T01:00:00.125",
	"last" : "2013-11-02T01:00:01.500",
	"in_packets" : 1,
	"in_bytes" : 60,
	"proto" : 6,
	"tcp_flags" : "......S.",
	"src_port" : 0,
	"dst_port" : 445,
	"src4_addr" : "192.0.2.1",
	"dst4_addr" : "198.51.100.2",
	"label" : "{<none>}"
},
{
	"type" : "FLOW",
	"sampled" : 0,
	"export_sysid" : 1,
	"t_first" : "2013-11-02T01:00:00.125",
	"t_last" : "2013-11-02T01:00:01.500",
	"proto" : 58,
	"src6_addr" : "2001:db8::1",
	"dst6_addr" : "2001:db8::2",
	"icmp_type" : 128,
	"icmp_code" : 0,
	"in_packets" : 2,
	"in_bytes" : 208
}]
`;

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

export const INPUTS: readonly FormatInput[] = [
  {
    name: "nfdump, layout 2",
    format: NFDUMP,
    bytes: fileV2([FLOWS.map((flow) => recordV3(flow)), [recordV3({ ...FLOWS[0]!, sourcePort: 9 })]]),
  },
  {
    name: "nfdump, layout 2, big-endian",
    format: NFDUMP,
    bytes: fileV2([FLOWS.map((flow) => recordV3(flow, false))], 0, undefined, false),
  },
  { name: "nfdump, layout 1", format: NFDUMP, bytes: fileV1([extensionMap(), ...FLOWS.map((flow) => recordV1(flow))]) },
  { name: "nfdump, LZO", format: NFDUMP, bytes: fileV2([FLOWS.map((flow) => recordV3(flow))], 1, lzoLiterals) },
  { name: "nfdump, LZ4", format: NFDUMP, bytes: fileV2([FLOWS.map((flow) => recordV3(flow))], 3, lz4Literals) },
  {
    name: "nfdump, zstd",
    format: NFDUMP,
    bytes: fileV2([FLOWS.map((flow) => recordV3(flow))], 4, (block) => new Uint8Array(zstdCompressSync(block))),
  },
  { name: "nfdump-csv", format: NFDUMP_CSV, bytes: text(CSV) },
  { name: "nfdump-json", format: NFDUMP_JSON, bytes: text(JSON_TEXT) },
];
