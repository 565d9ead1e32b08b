/**
 * pcapng captures: sections of either byte order, each with its interfaces. Source: draft-ietf-opsawg-pcapng.
 * Blocks that hold no packet are stepped over whatever their size; only packet blocks must fit the caller's buffer.
 */
import { type Decoder, DecodeStats, type Format } from "../format.ts";
import { type FrameConsumer, FrameDecoder } from "./frames.ts";
import { MAX_FRAME } from "./pcap.ts";
import { RUN_FRAMES } from "./plain-frames.ts";

const BLOCK_SECTION = 0x0a0d0d0a;
const BLOCK_INTERFACE = 1;
const BLOCK_PACKET_OBSOLETE = 2;
const BLOCK_PACKET_SIMPLE = 3;
const BLOCK_NAMES = 4;
const BLOCK_STATISTICS = 5;
const BLOCK_PACKET_ENHANCED = 6;
const BLOCK_SECRETS = 10;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Block header and the length that is repeated at the end, octets. */
const BLOCK_OVERHEAD = 12;
/** Fixed octets of the blocks, overhead included. */
const SECTION_FIXED = 28;
const INTERFACE_FIXED = 20;
const ENHANCED_FIXED = 32;
const SIMPLE_FIXED = 16;
/** The largest packet block: a frame, its fixed part, and as much again in options. */
const MAX_PACKET_BLOCK = 2 * MAX_FRAME;
/** The largest section or interface block; their options are a few names. */
const MAX_DESCRIPTION_BLOCK = 65_536;
/** Interfaces in one section that are kept: the obsolete packet block can name no more, and no machine has them. */
const MAX_INTERFACES = 65_536;

const OPTION_END = 0;
const OPTION_TSRESOL = 9;
const OPTION_TSOFFSET = 14;
/** Ticks per second where an interface does not say. */
const DEFAULT_RESOLUTION = 1e6;

const UNKNOWN_BLOCK = "pcapng block of an unknown type";
const NO_INTERFACE = "packet of an interface that was not described";

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  /** Ticks per second. */
  readonly resolution: number;
  /** Seconds to add. */
  readonly offset: number;
}

/** The pcapng capture format. */
export const PCAPNG: Format = {
  name: "pcapng",
  title: "pcapng capture",
  proves: { portsOnTheWire: true, tcpFlags: true, outcome: true, fragments: true, action: false },
  maxRecord: MAX_PACKET_BLOCK,
  recognises: (head) => {
    if (head.length < 12) return false;
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    return view.getUint32(0) === BLOCK_SECTION && byteOrder(view, 8) !== null;
  },
  decoder: (writer) => {
    const stats = new DecodeStats();
    return new PcapngDecoder(stats, new FrameDecoder(writer, stats));
  },
};

/** Finds the frames of a pcapng capture and hands them to a consumer. */
export class PcapngDecoder implements Decoder {
  readonly stats: DecodeStats;
  readonly #frames: FrameConsumer;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Octets of the input used by earlier calls. */
  #offset = 0;
  /** Offset in the input of the view's first octet. */
  #origin = 0;
  /** Octets still to step over of a block that is not read, and where it began. */
  #stepping = 0;
  #steppingFrom = 0;
  #little = false;
  #started = false;
  #interfaces: Interface[] = [];
  /** Simple packets carry no time: they get that of the packet before them. */
  #lastTime = 0;
  #unknownBlocks = 0;
  #orphans = 0;

  constructor(stats: DecodeStats, frames: FrameConsumer) {
    this.stats = stats;
    this.#frames = frames;
  }

  push(bytes: Uint8Array, start: number, end: number): number {
    if (this.stats.damage !== null) return end - start;
    if (this.#view.buffer !== bytes.buffer) this.#view = new DataView(bytes.buffer);
    const from = bytes.byteOffset + start;
    this.#origin = this.#offset - from;
    const at = this.#readBlocks(from, bytes.byteOffset + end);
    this.#frames.decode(this.#view, this.#origin);
    this.#tally();
    this.#offset += at - from;
    return this.stats.damage === null ? at - from : end - start;
  }

  end(_bytes: Uint8Array, start: number, end: number): void {
    const rest = end - start;
    this.#tally();
    if (this.stats.damage !== null) return;
    if (this.#stepping > 0) this.#damage(this.#steppingFrom, "the input ends inside a block");
    else if (rest > 0) this.#damage(this.#offset, "the input ends inside a block");
    else if (!this.#started) this.#damage(0, "the input is empty");
  }

  #damage(offset: number, reason: string): void {
    this.stats.damage = { offset, reason };
  }

  #tally(): void {
    this.#frames.tally();
    if (this.#unknownBlocks > 0) this.stats.skipped.set(UNKNOWN_BLOCK, this.#unknownBlocks);
    if (this.#orphans > 0) this.stats.skipped.set(NO_INTERFACE, this.#orphans);
  }

  /** Reads whole blocks in `[from, to)`; returns where it stopped. Damage is told at the block's offset. */
  #readBlocks(from: number, to: number): number {
    const view = this.#view;
    let at = from;
    while (at < to) {
      if (this.#stepping > 0) {
        const step = this.#stepping < to - at ? this.#stepping : to - at;
        this.#stepping -= step;
        at += step;
        continue;
      }
      if (to - at < BLOCK_OVERHEAD) break;
      const position = this.#origin + at;
      const type = view.getUint32(at, this.#little);
      let little = this.#little;
      if (type === BLOCK_SECTION) {
        const order = byteOrder(view, at + 8);
        if (order === null) {
          this.#damage(position, "a section without its byte-order mark");
          return at;
        }
        little = order;
      } else if (!this.#started) {
        this.#damage(position, "not a pcapng capture");
        return at;
      }
      const length = view.getUint32(at + 4, little);
      if (length < BLOCK_OVERHEAD || (length & 3) !== 0) {
        this.#damage(position, `a block claims a length of ${length} octets, which no block can have`);
        return at;
      }
      const limit = largestBlock(type);
      if (length > limit) {
        if (limit > 0) {
          this.#damage(position, `a block claims ${length} octets, more than the ${limit} that one of its type can have`);
          return at;
        }
        this.#stepOver(type, length, position);
        continue;
      }
      if (to - at < length) break;
      if (view.getUint32(at + length - 4, little) !== length) {
        this.#damage(position, "a block's two lengths differ");
        return at;
      }
      const problem = this.#readBlock(type, at, length, little);
      if (problem !== null) {
        this.#damage(position, problem);
        return at;
      }
      at += length;
    }
    return at;
  }

  /** Counts a block without packets and leaves all of it to be stepped over. */
  #stepOver(type: number, length: number, position: number): void {
    if (type !== BLOCK_NAMES && type !== BLOCK_STATISTICS && type !== BLOCK_SECRETS) this.#unknownBlocks++;
    this.#stepping = length;
    this.#steppingFrom = position;
  }

  #readBlock(type: number, at: number, length: number, little: boolean): string | null {
    switch (type) {
      case BLOCK_PACKET_ENHANCED:
        return this.#readEnhanced(at, length, little);
      case BLOCK_PACKET_OBSOLETE:
        return this.#readObsolete(at, length, little);
      case BLOCK_PACKET_SIMPLE:
        return this.#readSimple(at, length, little);
      case BLOCK_INTERFACE:
        return this.#readInterface(at, length, little);
      default:
        return this.#readSection(at, length, little);
    }
  }

  #readSection(at: number, length: number, little: boolean): string | null {
    if (length < SECTION_FIXED) return "a section header that is too short";
    const major = this.#view.getUint16(at + 12, little);
    if (major !== 1) return `a section of version ${major}, which is not readable`;
    this.#little = little;
    this.#started = true;
    this.#interfaces = [];
    return null;
  }

  #readInterface(at: number, length: number, little: boolean): string | null {
    if (length < INTERFACE_FIXED) return "an interface description that is too short";
    if (this.#interfaces.length >= MAX_INTERFACES) return `more than ${MAX_INTERFACES} interfaces in a section`;
    const view = this.#view;
    let resolution = DEFAULT_RESOLUTION;
    let offset = 0;
    const end = at + length - 4;
    let option = at + 16;
    while (end - option >= 4) {
      const code = view.getUint16(option, little);
      const octets = view.getUint16(option + 2, little);
      const value = option + 4;
      if (code === OPTION_END || value + octets > end) break;
      if (code === OPTION_TSRESOL && octets >= 1) {
        const exponent = view.getUint8(value);
        resolution = exponent < 128 ? 10 ** exponent : 2 ** (exponent & 127);
      } else if (code === OPTION_TSOFFSET && octets >= 8) {
        const low = view.getUint32(little ? value : value + 4, little);
        const high = view.getInt32(little ? value + 4 : value, little);
        offset = high * 4294967296 + low;
      }
      option = value + ((octets + 3) & ~3);
    }
    this.#interfaces.push({ linkType: view.getUint16(at + 8, little), snapLength: view.getUint32(at + 12, little), resolution, offset });
    return null;
  }

  #readEnhanced(at: number, length: number, little: boolean): string | null {
    if (length < ENHANCED_FIXED) return "a packet block that is too short";
    const interfaceId = this.#view.getUint32(at + 8, little);
    return this.#readTimed(interfaceId, at, length, little);
  }

  /** The Packet Block of the first drafts: a 16-bit interface and a drop count where the enhanced one has a 32-bit interface. */
  #readObsolete(at: number, length: number, little: boolean): string | null {
    if (length < ENHANCED_FIXED) return "a packet block that is too short";
    const interfaceId = this.#view.getUint16(at + 8, little);
    return this.#readTimed(interfaceId, at, length, little);
  }

  #readTimed(interfaceId: number, at: number, length: number, little: boolean): string | null {
    const view = this.#view;
    const held = view.getUint32(at + 20, little);
    if (held > length - ENHANCED_FIXED) return `a packet of ${held} octets in a block of ${length}`;
    if (held > MAX_FRAME) return `a packet claims ${held} octets, more than the ${MAX_FRAME} that a frame can have`;
    const described = this.#interfaces[interfaceId];
    if (described === undefined) {
      this.#orphans++;
      this.stats.records++;
      return null;
    }
    const ticks = view.getUint32(at + 12, little) * 4294967296 + view.getUint32(at + 16, little);
    this.#lastTime = ticks / described.resolution + described.offset;
    this.#add(described.linkType, at + 28, held, view.getUint32(at + 24, little));
    return null;
  }

  #readSimple(at: number, length: number, little: boolean): string | null {
    if (length < SIMPLE_FIXED) return "a packet block that is too short";
    const described = this.#interfaces[0];
    if (described === undefined) {
      this.#orphans++;
      this.stats.records++;
      return null;
    }
    const wire = this.#view.getUint32(at + 8, little);
    let held = length - SIMPLE_FIXED;
    if (held > wire) held = wire;
    if (described.snapLength > 0 && held > described.snapLength) held = described.snapLength;
    if (held > MAX_FRAME) return `a packet claims ${held} octets, more than the ${MAX_FRAME} that a frame can have`;
    this.#add(described.linkType, at + 12, held, wire);
    return null;
  }

  #add(linkType: number, at: number, held: number, wire: number): void {
    const run = this.#frames.run;
    const index = run.length;
    run.at[index] = at;
    run.captured[index] = held;
    run.wire[index] = wire;
    run.time[index] = this.#lastTime;
    run.linkType[index] = linkType;
    run.length = index + 1;
    if (run.length === RUN_FRAMES) this.#frames.decode(this.#view, this.#origin);
  }
}

/** How large a block may be that is read whole; 0 for one that is stepped over. */
function largestBlock(type: number): number {
  switch (type) {
    case BLOCK_PACKET_ENHANCED:
    case BLOCK_PACKET_OBSOLETE:
    case BLOCK_PACKET_SIMPLE:
      return MAX_PACKET_BLOCK;
    case BLOCK_SECTION:
    case BLOCK_INTERFACE:
      return MAX_DESCRIPTION_BLOCK;
    default:
      return 0;
  }
}

/** Whether the section is little-endian; null where its mark is missing. */
function byteOrder(view: DataView, at: number): boolean | null {
  if (view.getUint32(at) === BYTE_ORDER_MAGIC) return false;
  return view.getUint32(at, true) === BYTE_ORDER_MAGIC ? true : null;
}
