/**
 * Makes large captures for measuring: `node bench/make-capture.ts --bytes 1.4e9 --sources 1e6 --out F [--seed N] [--mixed]`.
 * Scan-heavy by default (frames of 60 to 74 octets, sources of Zipf-like activity), or, with --mixed, like an ordinary network's link.
 * Packets are templates patched in place; checksums are left as in the templates, as offloading network cards leave them.
 */
import { closeSync, openSync } from "node:fs";
import { parseArgs } from "node:util";
import { writeWhole } from "../src/lab/capture-writer.ts";
import { Random } from "../src/lab/random.ts";

/** Octets gathered before a write. */
const CHUNK = 4 << 20;
/** Room that the largest record needs. */
const MARGIN = 4096;
const RECORD_HEADER = 16;
/** The defended /16 that everything goes to or comes from. */
const HOME = 0x5bc60000;
/** 2026-03-10 00:00 UTC, and packets a second: 16 million packets are 13 minutes. */
const START = Date.UTC(2026, 2, 10) / 1000;
const PACKETS_PER_SECOND = 20_000;
/** Zipf exponent of sources' activity; a telescope's is near 1. */
const ACTIVITY = 1.05;
const PORT_ZERO_SHARE = 0.002;

export interface CapturePlan {
  readonly path: string;
  /** Octets of the file, at least. */
  readonly bytes: number;
  readonly sources: number;
  readonly seed: number;
  readonly mixed: boolean;
}

/** What a written capture holds. */
export interface CaptureCounts {
  bytes: number;
  packets: number;
  /** Packets whose TCP or UDP header has port zero at either end. */
  portZero: number;
  laterFragments: number;
}

/** Writes the capture; memory is one chunk, whatever its size. */
export function makeCapture(plan: CapturePlan): CaptureCounts {
  const file = openSync(plan.path, "w");
  try {
    const writer = new RecordWriter(file, plan);
    while (writer.counts.bytes < plan.bytes) {
      if (plan.mixed) writer.mixedStep();
      else writer.scanStep();
    }
    writer.flush();
    return writer.counts;
  } finally {
    closeSync(file);
  }
}

/** Ports of SYN scans, the first the most asked for. */
const SCANNED = Uint16Array.of(23, 445, 22, 80, 8080, 443, 3389, 2323, 5555, 1433, 6379, 8443, 7547, 81, 5900, 3306);
const UDP_SCANNED = Uint16Array.of(53, 123, 1900, 161, 5060, 389, 11_211, 137);

class RecordWriter {
  readonly counts: CaptureCounts = { bytes: 0, packets: 0, portZero: 0, laterFragments: 0 };
  readonly #file: number;
  readonly #random: Random;
  readonly #sources: number;
  readonly #bytes = new Uint8Array(CHUNK + MARGIN);
  readonly #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #tick = 0;

  constructor(file: number, plan: CapturePlan) {
    this.#file = file;
    this.#random = new Random(plan.seed);
    this.#sources = plan.sources;
    const view = this.#view;
    view.setUint32(0, 0xa1b2c3d4, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, 262_144, true);
    view.setUint32(20, 1, true);
    this.#at = 24;
    this.counts.bytes = 24;
  }

  /** One packet of the background that a large network's edge sees. */
  scanStep(): void {
    const random = this.#random;
    const dice = random.word();
    const share = dice / 4294967296;
    const source = this.#sourceAddress(random.zipf(this.#sources, ACTIVITY));
    const target = HOME + (random.word() & 0xffff);
    if (share < 0.74) this.#syn(source, target, this.#scannedPort(SCANNED, source), random.word());
    else if (share < 0.84) this.#udp(source, target, this.#ephemeral(), this.#scannedPort(UDP_SCANNED, source), 18 + (dice & 7));
    else if (share < 0.93) this.#tcp(source, target, 80, this.#ephemeral(), dice & 64 ? 0x12 : 0x14, 54, 60);
    else if (share < 0.965) this.#icmp(source, target);
    else if (share < 0.965 + PORT_ZERO_SHARE) this.#portZero(source, target, dice);
    else if (share < 0.975) this.#laterFragment(source, target);
    else this.#syn(source, target, 1 + (random.word() % 65_535), random.word());
  }

  /** Some packets of one conversation of an ordinary link: browsing and downloads, DNS, a little scanning. */
  mixedStep(): void {
    const random = this.#random;
    const share = random.uniform();
    const remote = this.#sourceAddress(random.zipf(this.#sources, ACTIVITY));
    const host = HOME + (random.word() & 0x3fff);
    const port = this.#ephemeral();
    if (share < 0.6) {
      this.#tcp(host, remote, port, 443, 0x02, 74, 74);
      this.#tcp(remote, host, 443, port, 0x12, 74, 74);
      this.#tcp(host, remote, port, 443, 0x10, 66, 66);
      this.#tcp(host, remote, port, 443, 0x18, 66, 583);
      for (let segments = Math.min(200, Math.floor(random.pareto(2, 1.1))); segments > 0; segments--) {
        this.#tcp(remote, host, 443, port, 0x10, 66, 1514);
        if (segments % 2 === 0) this.#tcp(host, remote, port, 443, 0x10, 66, 66);
      }
      this.#tcp(host, remote, port, 443, 0x11, 66, 66);
      this.#tcp(remote, host, 443, port, 0x11, 66, 66);
    } else if (share < 0.85) {
      this.#udp(host, remote, port, 53, 40);
      this.#udp(remote, host, 53, port, 120 + (random.word() & 127));
    } else if (share < 0.95) {
      // QUIC and calls: UDP on both sides.
      for (let packets = 2 + (random.word() & 15); packets > 0; packets--) {
        this.#udp(host, remote, port, 443, 80 + (random.word() & 255));
        this.#udp(remote, host, 443, port, 1200);
      }
    } else this.scanStep();
  }

  flush(): void {
    writeWhole(this.#file, this.#bytes.subarray(0, this.#at));
    this.#at = 0;
  }

  /** Rank to address, by an odd multiplier: spread over unicast space, hardly two alike; the few reserved ones are no matter here. */
  #sourceAddress(rank: number): number {
    const word = (Math.imul(rank + 1, 0x9e3779b1) ^ 0x5a5a5a5a) >>> 0;
    return word < 0xe0000000 ? word : word - 0x80000000;
  }

  /** A source asks for one port above all. */
  #scannedPort(ports: Uint16Array, source: number): number {
    const skewed = Math.imul(source, 0x85ebca6b) >>> 24;
    return ports[(skewed * skewed * ports.length) >>> 16]!;
  }

  #ephemeral(): number {
    return 32_768 + (this.#random.word() % 28_000);
  }

  #portZero(source: number, target: number, dice: number): void {
    this.counts.portZero++;
    const other = this.#scannedPort(SCANNED, source);
    if ((dice & 7) === 0) this.#udp(source, target, 0, 53, 18);
    else if ((dice & 7) === 1) this.#tcp(source, target, 0, 0, 2, 54, 60);
    else if ((dice & 7) === 2) this.#tcp(source, target, this.#ephemeral(), 0, 2, 54, 60);
    else this.#tcp(source, target, 0, other, 2, 54, 60);
  }

  /** A SYN of 60 (no options, padded), 62 (MSS, rounded) or 74 octets (a stack's). */
  #syn(source: number, target: number, port: number, word: number): void {
    const kind = word & 3;
    this.#tcp(source, target, this.#ephemeral(), port, 2, kind === 0 ? 74 : kind === 1 ? 58 : 54, kind === 0 ? 74 : 60);
  }

  /** A TCP frame: `headers` octets up to the end of the TCP header, `frame` in all. */
  #tcp(source: number, target: number, sourcePort: number, port: number, flags: number, headers: number, frame: number): void {
    const ipLength = frame === 60 ? headers - 14 : frame - 14;
    const at = this.#ip(source, target, 6, ipLength, frame, 0);
    const view = this.#view;
    view.setUint16(at, sourcePort);
    view.setUint16(at + 2, port);
    view.setUint32(at + 4, this.#random.word());
    view.setUint32(at + 8, flags & 0x10 ? this.#random.word() : 0);
    view.setUint16(at + 12, ((headers - 34) << 10) | flags);
    view.setUint16(at + 14, headers === 58 ? 1024 : 65_535);
    view.setUint32(at + 16, 0);
    if (headers === 58) view.setUint32(at + 20, 0x020405b4);
    else if (headers === 66) {
      view.setUint32(at + 20, 0x0101080a);
      view.setUint32(at + 24, this.#tick);
      view.setUint32(at + 28, this.#tick);
    } else if (headers === 74) {
      view.setUint32(at + 20, 0x020405b4);
      view.setUint32(at + 24, 0x0402080a);
      view.setUint32(at + 28, this.#tick);
      view.setUint32(at + 32, 0);
      view.setUint32(at + 36, 0x01030307);
    }
  }

  #udp(source: number, target: number, sourcePort: number, port: number, payload: number): void {
    const at = this.#ip(source, target, 17, 28 + payload, Math.max(60, 42 + payload), 0);
    const view = this.#view;
    view.setUint16(at, sourcePort);
    view.setUint16(at + 2, port);
    view.setUint16(at + 4, 8 + payload);
    view.setUint16(at + 6, 0);
  }

  #icmp(source: number, target: number): void {
    const at = this.#ip(source, target, 1, 32, 60, 0);
    this.#view.setUint32(at, 0x0800_0000);
    this.#view.setUint32(at + 4, this.#random.word());
  }

  /** A fragment whose zeros would read as ports. */
  #laterFragment(source: number, target: number): void {
    this.counts.laterFragments++;
    const at = this.#ip(source, target, 17, 46, 60, 185);
    this.#view.setUint32(at, 0);
  }

  /** Record, Ethernet and IPv4 headers; returns where the transport header begins. The rest of the frame keeps what the buffer held. */
  #ip(source: number, target: number, protocol: number, ipLength: number, frame: number, fragment: number): number {
    if (this.#at >= CHUNK) this.flush();
    const view = this.#view;
    const at = this.#at;
    const second = Math.floor(this.#tick / PACKETS_PER_SECOND);
    view.setUint32(at, START + second, true);
    view.setUint32(at + 4, (this.#tick - second * PACKETS_PER_SECOND) * (1e6 / PACKETS_PER_SECOND), true);
    view.setUint32(at + 8, frame, true);
    view.setUint32(at + 12, frame, true);
    const ethernet = at + RECORD_HEADER;
    view.setUint32(ethernet, 0x02500000);
    view.setUint32(ethernet + 4, 0x00020250);
    view.setUint32(ethernet + 8, 0x00000001);
    view.setUint16(ethernet + 12, 0x0800);
    const ip = ethernet + 14;
    view.setUint32(ip, 0x45000000 | ipLength);
    const id = this.#random.word();
    view.setUint32(ip + 4, (((id & 0xffff) << 16) | fragment) >>> 0);
    const ttl = 40 + (source & 15);
    view.setUint32(ip + 8, ((ttl << 24) | (protocol << 16)) >>> 0);
    view.setUint32(ip + 12, source);
    view.setUint32(ip + 16, target);
    this.#headerChecksum(ip, ipLength, id & 0xffff, fragment, (ttl << 8) | protocol, source, target);
    this.#at = ethernet + frame;
    this.#tick++;
    this.counts.packets++;
    this.counts.bytes += RECORD_HEADER + frame;
    return ip + 20;
  }

  #headerChecksum(ip: number, length: number, id: number, fragment: number, ttlProtocol: number, source: number, target: number): void {
    let sum = 0x4500 + length + id + fragment + ttlProtocol + (source >>> 16) + (source & 0xffff) + (target >>> 16) + (target & 0xffff);
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    this.#view.setUint16(ip + 10, ~sum & 0xffff);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      bytes: { type: "string", default: "1.4e9" },
      sources: { type: "string", default: "1e6" },
      out: { type: "string" },
      seed: { type: "string", default: "1" },
      mixed: { type: "boolean", default: false },
    },
  });
  const [bytes, sources, seed] = [Number(values.bytes), Number(values.sources), Number(values.seed)];
  if (values.out === undefined || !(bytes > 0) || !(sources >= 1) || !Number.isFinite(seed)) {
    process.stderr.write("usage: node bench/make-capture.ts --out FILE [--bytes 1.4e9] [--sources 1e6] [--seed 1] [--mixed]\n");
    process.exitCode = 2;
  } else {
    const began = performance.now();
    const counts = makeCapture({ path: values.out, bytes, sources, seed, mixed: values.mixed });
    const seconds = (performance.now() - began) / 1000;
    process.stdout.write(
      `${JSON.stringify({ ...counts, seconds: Number(seconds.toFixed(2)), megabytesPerSecond: Math.round(counts.bytes / 1e6 / seconds) })}\n`,
    );
  }
}
