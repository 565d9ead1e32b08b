/** Writes captures: libpcap files (draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng), in memory or streamed to a file. */
import { closeSync, openSync, writeSync } from "node:fs";

/** A frame and when it was seen, in seconds since 1970. */
export interface TimedPacket {
  readonly time: number;
  readonly frame: Uint8Array;
}

export interface CaptureOptions {
  /** "pcap" where left out. */
  readonly format?: "pcap" | "pcapng";
  /** Unit of timestamps: microseconds where left out. */
  readonly precision?: "us" | "ns";
  readonly littleEndian?: boolean;
  /** Octets kept of a frame. */
  readonly snapLength?: number;
  /** LINKTYPE_…; Ethernet where left out. */
  readonly linkType?: number;
}

const LINKTYPE_ETHERNET = 1;
const SNAP_LENGTH = 262_144;
/** Octets gathered before a write: large enough that system calls do not count, small enough to stay in cache. */
const CHUNK = 1 << 20;

/** The whole capture in memory. */
export function encodeCapture(packets: Iterable<TimedPacket>, options: CaptureOptions = {}): Uint8Array {
  const chunks: Uint8Array[] = [];
  let total = 0;
  const encoder = new CaptureEncoder(options, (chunk) => {
    chunks.push(chunk.slice());
    total += chunk.length;
  });
  for (const packet of packets) encoder.add(packet.time, packet.frame);
  encoder.flush();
  const whole = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Streams a capture to a file, holding a megabyte at most. Returns the octets written; file errors are thrown as Node has them. */
export function writeCapture(path: string, packets: Iterable<TimedPacket>, options: CaptureOptions = {}): number {
  const file = openSync(path, "w");
  let total = 0;
  try {
    const encoder = new CaptureEncoder(options, (chunk) => {
      writeWhole(file, chunk);
      total += chunk.length;
    });
    for (const packet of packets) encoder.add(packet.time, packet.frame);
    encoder.flush();
  } finally {
    closeSync(file);
  }
  return total;
}

/** Encodes packet after packet into chunks, which `emit` must use or copy before it returns. */
export class CaptureEncoder {
  readonly #emit: (chunk: Uint8Array) => void;
  readonly #ng: boolean;
  readonly #little: boolean;
  readonly #unitsPerSecond: number;
  readonly #snapLength: number;
  #buffer = new Uint8Array(CHUNK);
  #view = new DataView(this.#buffer.buffer);
  #length = 0;

  constructor(options: CaptureOptions, emit: (chunk: Uint8Array) => void) {
    this.#emit = emit;
    this.#ng = options.format === "pcapng";
    this.#little = options.littleEndian ?? true;
    this.#unitsPerSecond = options.precision === "ns" ? 1e9 : 1e6;
    this.#snapLength = options.snapLength ?? SNAP_LENGTH;
    const linkType = options.linkType ?? LINKTYPE_ETHERNET;
    if (this.#ng) this.#sectionAndInterface(linkType);
    else this.#fileHeader(linkType);
  }

  /** Adds one frame; `wireLength` is what it had on the wire, where that is more than is given. */
  add(time: number, frame: Uint8Array, wireLength: number = frame.length): void {
    const kept = Math.min(frame.length, this.#snapLength);
    this.#room(kept + 64);
    let seconds = Math.floor(time);
    let fraction = Math.round((time - seconds) * this.#unitsPerSecond);
    if (fraction >= this.#unitsPerSecond) {
      seconds++;
      fraction = 0;
    }
    if (this.#ng) this.#enhancedPacket(seconds, fraction, frame, kept, wireLength);
    else {
      this.#word(seconds);
      this.#word(fraction);
      this.#word(kept);
      this.#word(wireLength);
      this.#octets(frame, kept);
    }
  }

  /** Emits what is gathered. */
  flush(): void {
    if (this.#length > 0) this.#emit(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
  }

  #fileHeader(linkType: number): void {
    this.#word(this.#unitsPerSecond === 1e9 ? 0xa1b23c4d : 0xa1b2c3d4);
    this.#half(2);
    this.#half(4);
    this.#word(0);
    this.#word(0);
    this.#word(this.#snapLength);
    this.#word(linkType);
  }

  #sectionAndInterface(linkType: number): void {
    this.#word(0x0a0d0d0a);
    this.#word(28);
    this.#word(0x1a2b3c4d);
    this.#half(1);
    this.#half(0);
    this.#word(0xffffffff); // section length: not known
    this.#word(0xffffffff);
    this.#word(28);
    this.#word(1);
    this.#word(32);
    this.#half(linkType);
    this.#half(0);
    this.#word(this.#snapLength);
    this.#half(9); // if_tsresol
    this.#half(1);
    this.#octets(Uint8Array.of(this.#unitsPerSecond === 1e9 ? 9 : 6, 0, 0, 0), 4);
    this.#word(0); // end of options
    this.#word(32);
  }

  #enhancedPacket(seconds: number, fraction: number, frame: Uint8Array, kept: number, wireLength: number): void {
    const padding = -kept & 3;
    const blockLength = 32 + kept + padding;
    // seconds * units overflows 2^53 at nanoseconds, so the product is made in halves of 32 bits.
    const low = (seconds % 65536) * this.#unitsPerSecond + fraction;
    const high = Math.floor(seconds / 65536) * this.#unitsPerSecond + Math.floor(low / 65536);
    this.#word(6);
    this.#word(blockLength);
    this.#word(0);
    this.#word(Math.floor(high / 65536));
    this.#word((high % 65536) * 65536 + (low % 65536));
    this.#word(kept);
    this.#word(wireLength);
    this.#octets(frame, kept);
    this.#length += padding;
    this.#word(blockLength);
  }

  #room(octets: number): void {
    if (this.#length + octets <= this.#buffer.length) return;
    this.flush();
    if (octets > this.#buffer.length) {
      this.#buffer = new Uint8Array(octets);
      this.#view = new DataView(this.#buffer.buffer);
    } else this.#buffer.fill(0);
  }

  #word(value: number): void {
    this.#view.setUint32(this.#length, value, this.#little);
    this.#length += 4;
  }

  #half(value: number): void {
    this.#view.setUint16(this.#length, value, this.#little);
    this.#length += 2;
  }

  #octets(bytes: Uint8Array, count: number): void {
    this.#buffer.set(count === bytes.length ? bytes : bytes.subarray(0, count), this.#length);
    this.#length += count;
  }
}

/** Writes all of a chunk, however often the system takes only a part. */
export function writeWhole(file: number, chunk: Uint8Array): void {
  for (let at = 0; at < chunk.length;) at += writeSync(file, chunk, at, chunk.length - at);
}
