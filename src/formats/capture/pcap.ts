/**
 * libpcap captures, in the variants that libpcap and Wireshark read.
 * Sources: draft-ietf-opsawg-pcap, libpcap's sf-pcap.c, Wireshark's wiretap/libpcap.c.
 */
import { type Decoder, DecodeStats, type Format } from "../format.ts";
import { type FrameConsumer, FrameDecoder } from "./frames.ts";
import { LINK_RAW_IP } from "./link.ts";
import { RUN_FRAMES } from "./plain-frames.ts";

/** The largest frame believed, octets: libpcap's MAXIMUM_SNAPLEN. Longer ones are damage, whatever the header's snap length says. */
export const MAX_FRAME = 262_144;

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
/** Alexey Kuznetzov's patch: eight more octets in each record header. */
const MAGIC_KUZNETZOV = 0xa1b2cd34;
/** IXIA's hardware and software captures: four more octets in the file header. */
const MAGIC_IXIA_HARDWARE = 0x1c0001ac;
const MAGIC_IXIA_SOFTWARE = 0x1c0001ab;

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const KUZNETZOV_RECORD_HEADER = 24;
/** The largest file or record header. */
const MAX_HEADER = 28;
/** libpcap's LT_LINKTYPE: the bits above hold the length of the frame check sequence. */
const LINK_TYPE_MASK = 0x03ffffff;
/** NetBSD's "raw address family" class: the family stands in the low octets. */
const NETBSD_RAW_CLASS = 0x02240000;

interface Variant {
  readonly little: boolean;
  readonly fileHeader: number;
  readonly recordHeader: number;
  /** Fractions of a second per second. */
  readonly resolution: number;
}

/** The libpcap capture format. */
export const PCAP: Format = {
  name: "pcap",
  title: "libpcap capture",
  proves: { portsOnTheWire: true, tcpFlags: true, outcome: true, fragments: true, action: false },
  maxRecord: MAX_FRAME + MAX_HEADER,
  recognises: (head) => head.length >= 4 && variantOf(new DataView(head.buffer, head.byteOffset, head.byteLength), 0) !== null,
  decoder: (writer) => {
    const stats = new DecodeStats();
    return new PcapDecoder(stats, new FrameDecoder(writer, stats));
  },
};

/** Finds the frames of a libpcap capture and hands them to a consumer. */
export class PcapDecoder implements Decoder {
  readonly stats: DecodeStats;
  readonly #frames: FrameConsumer;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Octets of the input used by earlier calls. */
  #offset = 0;
  #started = false;
  #little = false;
  #recordHeader = RECORD_HEADER;
  #resolution = 1e6;
  #linkType = 0;
  /** Octets kept stand second and octets on the wire first: always, never, or where that alone makes sense (libpcap on version 2.3). */
  #swapped: "never" | "always" | "maybe" = "never";

  constructor(stats: DecodeStats, frames: FrameConsumer) {
    this.stats = stats;
    this.#frames = frames;
  }

  push(bytes: Uint8Array, start: number, end: number): number {
    if (this.stats.damage !== null) return end - start;
    if (this.#view.buffer !== bytes.buffer) this.#view = new DataView(bytes.buffer);
    const from = bytes.byteOffset + start;
    const to = bytes.byteOffset + end;
    let at = from;
    if (!this.#started) {
      at = this.#readFileHeader(from, to);
      if (this.#damaged()) return end - start;
    }
    if (this.#started) at = this.#readRecords(at, from, to);
    this.#frames.tally();
    this.#offset += at - from;
    return this.#damaged() ? end - start : at - from;
  }

  end(_bytes: Uint8Array, start: number, end: number): void {
    const rest = end - start;
    this.#frames.tally();
    if (this.stats.damage !== null) return;
    if (!this.#started) this.#damage(this.#offset, rest === 0 ? "the input is empty" : "the input ends inside the file header");
    else if (rest > 0) this.#damage(this.#offset, "the input ends inside a record");
  }

  #damaged(): boolean {
    return this.stats.damage !== null;
  }

  #damage(offset: number, reason: string): void {
    this.stats.damage = { offset, reason };
  }

  /** Reads the file header at `at` once it is whole, and returns where records begin. */
  #readFileHeader(at: number, to: number): number {
    const view = this.#view;
    if (to - at < 4) return at;
    const variant = variantOf(view, at);
    if (variant === null) {
      this.#damage(0, "not a libpcap capture");
      return at;
    }
    if (to - at < variant.fileHeader) return at;
    const { little } = variant;
    const major = view.getUint16(at + 4, little);
    const minor = view.getUint16(at + 6, little);
    this.#little = little;
    this.#recordHeader = variant.recordHeader;
    this.#resolution = variant.resolution;
    this.#linkType = linkTypeOf(view.getUint32(at + 20, little));
    if (major < 2) {
      this.#damage(4, `version ${major}.${minor} of the format is not readable`);
      return at;
    }
    if (major === 543 || (major === 2 && minor < 3)) this.#swapped = "always";
    else if (major === 2 && minor === 3) this.#swapped = "maybe";
    this.#started = true;
    return at + variant.fileHeader;
  }

  /** Lists whole records in runs and has them decoded. Returns where it stopped. */
  #readRecords(at: number, from: number, to: number): number {
    const view = this.#view;
    const little = this.#little;
    const header = this.#recordHeader;
    const resolution = this.#resolution;
    const linkType = this.#linkType;
    const swapped = this.#swapped;
    const run = this.#frames.run;
    const { at: starts, captured, wire, time, linkType: linkTypes } = run;
    let count = 0;
    while (to - at >= header) {
      let held = view.getUint32(at + 8, little);
      let length = view.getUint32(at + 12, little);
      if (swapped !== "never" && (swapped === "always" || held > length)) {
        const other = held;
        held = length;
        length = other;
      }
      if (held > MAX_FRAME) {
        this.#damage(this.#offset + at - from, `a record claims ${held} octets, more than the ${MAX_FRAME} that a frame can have`);
        break;
      }
      if (to - at - header < held) break;
      starts[count] = at + header;
      captured[count] = held;
      wire[count] = length;
      time[count] = view.getUint32(at, little) + view.getUint32(at + 4, little) / resolution;
      linkTypes[count] = linkType;
      at += header + held;
      if (++count === RUN_FRAMES) {
        this.#decodeRun(count, from);
        count = 0;
      }
    }
    this.#decodeRun(count, from);
    return at;
  }

  /** One place for full runs and for the last one: V8 would give up its code for the loop above where it knows nothing of what follows it. */
  #decodeRun(length: number, from: number): void {
    this.#frames.run.length = length;
    this.#frames.decode(this.#view, this.#offset - from);
  }
}

function variantOf(view: DataView, at: number): Variant | null {
  const big = view.getUint32(at);
  const small = view.getUint32(at, true);
  return variantOfMagic(big, false) ?? variantOfMagic(small, true);
}

function variantOfMagic(magic: number, little: boolean): Variant | null {
  switch (magic) {
    case MAGIC_MICROSECONDS:
      return { little, fileHeader: FILE_HEADER, recordHeader: RECORD_HEADER, resolution: 1e6 };
    case MAGIC_NANOSECONDS:
      return { little, fileHeader: FILE_HEADER, recordHeader: RECORD_HEADER, resolution: 1e9 };
    case MAGIC_KUZNETZOV:
      return { little, fileHeader: FILE_HEADER, recordHeader: KUZNETZOV_RECORD_HEADER, resolution: 1e6 };
    case MAGIC_IXIA_HARDWARE:
    case MAGIC_IXIA_SOFTWARE:
      return { little, fileHeader: FILE_HEADER + 4, recordHeader: RECORD_HEADER, resolution: 1e6 };
    default:
      return null;
  }
}

function linkTypeOf(field: number): number {
  const linkType = field & LINK_TYPE_MASK;
  return (linkType & 0x03ff0000) === NETBSD_RAW_CLASS ? LINK_RAW_IP : linkType;
}
