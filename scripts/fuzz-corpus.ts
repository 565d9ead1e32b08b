/** What is mutated: the inputs that every format gives, captures of many links and tunnels, and files of a folder beside the project when it is there. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { FORMAT_INPUTS } from "../src/formats/conformance.fixture.ts";
import { type Format, HEAD_BYTES } from "../src/formats/format.ts";
import { FORMATS, recogniseFormat } from "../src/formats/index.ts";
import { MAPPED_INPUTS } from "../src/formats/mapped/inputs.fixture.ts";
import { encodeCapture } from "../src/lab/capture-writer.ts";
import { ethernet, gre, ipInIp, vlan, vxlan } from "../src/lab/frame.ts";
import { arpBody, fragmentIPv4, icmpError, icmpPacket, ipPacket, sctpInitPacket, tcpPacket, udpPacket } from "../src/lab/packet.ts";

const SAMPLES = join(import.meta.dirname, "../../shared/samples");
/** Larger samples are cut to this, text behind a line; octets. */
const LARGEST_SEED = 8192;
const NEWLINE = 10;
/** Numbers of https://www.tcpdump.org/linktypes.html besides Ethernet's. */
const LINK_TYPES = [0, 9, 10, 50, 51, 100, 101, 104, 108, 109, 113, 117, 204, 228, 229, 239, 276] as const;

/** One input to mutate. */
export interface Base {
  readonly name: string;
  readonly format: Format;
  readonly bytes: Uint8Array;
  readonly isText: boolean;
}

/**
 * All inputs, in an order that only the project's own inputs and the samples decide.
 * @throws Error where a format has none
 */
export function makeCorpus(): Base[] {
  const corpus: Base[] = [];
  for (const { name, format, bytes } of [...FORMAT_INPUTS, ...MAPPED_INPUTS]) corpus.push({ name, format, bytes, isText: isText(bytes) });
  const add = (name: string, bytes: Uint8Array): void => {
    const format = recogniseFormat(bytes.subarray(0, HEAD_BYTES));
    if (format !== null) corpus.push({ name, format, bytes, isText: isText(bytes) });
  };
  for (const bytes of captures()) add("capture", bytes);
  for (const { name, bytes } of samples()) add(name, bytes);
  for (const format of FORMATS) if (!corpus.some((base) => base.format === format)) throw new Error(`no input of format ${format.name}`);
  return corpus;
}

function* samples(): Generator<{ name: string; bytes: Uint8Array }> {
  if (!existsSync(SAMPLES)) return;
  for (const name of readdirSync(SAMPLES, { recursive: true, encoding: "utf8" }).toSorted()) {
    const path = join(SAMPLES, name);
    if (!statSync(path).isFile()) continue;
    const bytes = new Uint8Array(readFileSync(path));
    const cut = bytes.subarray(0, LARGEST_SEED);
    const line = cut.length < bytes.length && isText(cut) ? cut.lastIndexOf(NEWLINE) + 1 : 0;
    yield { name, bytes: line > 0 ? cut.slice(0, line) : cut.slice() };
  }
}

/** Whether the octets are text: no control characters but those of lines and tabs. */
function isText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 512).every((octet) => octet >= 32 || octet === 9 || octet === NEWLINE || octet === 13);
}

/** Captures of many links, tunnels and broken chains of headers. */
function* captures(): Generator<Uint8Array> {
  const ends = { source: 0xc0000201, destination: 0xc6336402 };
  const ends6 = { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] } as const;
  const syn = { sourcePort: 0, destinationPort: 445, flags: 2, options: Uint8Array.of(2, 4, 5, 0xb4, 3, 3, 7, 1) };
  const tcp = tcpPacket(ends, syn);
  const tcp6 = tcpPacket(ends6, syn);
  const chain = Uint8Array.of(43, 0, 5, 2, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 44, 0, 1, 4, 0, 0, 0, 0, 6, 0, 0, 1, 0, 0, 0, 9);
  const udp = (port: number, ...head: number[]): Uint8Array =>
    udpPacket(ends, { sourcePort: 1024, destinationPort: port, payload: new Uint8Array([...head, ...tcp]) });
  const packets = [
    tcp,
    tcp6,
    udpPacket(ends, { sourcePort: 0, destinationPort: 53 }),
    icmpPacket(ends, 8, 0, 1),
    icmpError(ends, 3, 3, tcp),
    icmpPacket(ends6, 1, 4, 0, tcp6),
    sctpInitPacket(ends, 1, 2, 3),
    ipPacket(ends6, 0, new Uint8Array([...chain, ...tcp.subarray(20)])),
    ipPacket(ends, 51, new Uint8Array([6, 4, 0, 0, ...new Uint8Array(20), ...tcp.subarray(20)])),
    ...fragmentIPv4(tcp, 8),
    gre(ends, tcp6),
    gre(ends, vxlan(ends, 1, 2, ethernet(ipInIp(ends, tcp)))),
    ipPacket(ends, 47, new Uint8Array([0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 0, 0, 0, 0, 0, ...ethernet(tcp)])),
    ipPacket(ends, 47, new Uint8Array([0x30, 0x81, 0x88, 0x0b, 0, 44, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 3, 0, 0x21, ...tcp])),
    udp(6081, 0, 0, 8, 0, 0, 0, 7, 0),
    udp(2152, 0x34, 0xff, 0, 52, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0),
    udp(3544, 0, 1, 0, 0, ...new Uint8Array(9)),
  ];
  const frames = [
    ...packets.map((packet) => ethernet(packet)),
    vlan(vlan(ethernet(tcp), 1), 2),
    ethernet(arpBody(1, new Uint8Array(6), 1, new Uint8Array(6), 2), undefined, undefined, 0x0806),
    ethernet(new Uint8Array([0, 1, 0x11, 0x40, 0, 0, 0, 0, ...ethernet(tcp)]), undefined, undefined, 0x8847),
    ethernet(new Uint8Array([0x11, 0, 0, 1, 0, 46, 0, 0x21, ...tcp]), undefined, undefined, 0x8864),
    ethernet(new Uint8Array([0xaa, 0xaa, 3, 0, 0, 0, 8, 0, ...tcp]), undefined, undefined, 56),
  ];
  for (const format of ["pcap", "pcapng"] as const) {
    for (const littleEndian of [true, false]) {
      const timed = frames.map((frame, i) => ({ time: i, frame }));
      for (let i = 0; i < timed.length; i += 4) yield encodeCapture(timed.slice(i, i + 4), { format, littleEndian });
    }
    for (const linkType of LINK_TYPES) {
      // PFLOG's header tells its length and the family of the packet behind it
      const head = new Uint8Array(linkType === 239 ? [2, 0, 0, 0, 48, 0, 9, 0] : []);
      const timed = packets.slice(0, 6).map((packet, i) => ({ time: i, frame: new Uint8Array([...head, ...packet]) }));
      yield encodeCapture(timed, { format, linkType });
    }
  }
}
