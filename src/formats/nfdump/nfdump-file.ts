/**
 * Files of nfdump's collectors, layouts 1 (nfdump 1.6) and 2 (1.7): a header, then blocks of records, each compressed on its own.
 * Source: nfdump's nffile.h, nffileV2.h and id.h, versions 1.6.25 to 1.7.8. Numbers are in the order of the machine that wrote them.
 */
import { type Decoder, DecodeStats, type Format, type ObservationWriter } from "../format.ts";
import { BlockDecompressor } from "./block-compression.ts";
import {
  BLOCK_TOO_LARGE,
  COMPRESSION_BZ2,
  COMPRESSION_LZO,
  COMPRESSION_LZ4,
  COMPRESSION_NONE,
  COMPRESSION_ZSTD,
} from "./compression-codes.ts";
import { NfdumpRecords } from "./nfdump-records.ts";

const MAGIC = 0xa50c;
const LAYOUT_1 = 1;
const LAYOUT_2 = 2;
/** File header, identification and statistics. */
const HEADER_1 = 276;
const HEADER_2 = 40;
/** Number of records, octets, type, flags. */
const BLOCK_HEADER = 12;
const BLOCK_RECORDS_1 = 2;
const BLOCK_RECORDS_2 = 3;
const BLOCK_ARRAY = 4;
/** Block flags of layout 2. */
const BLOCK_NOT_COMPRESSED = 1;
/** Flags of the file, layout 1. */
const FLAG_LZO = 0x01;
const FLAG_BZ2 = 0x08;
const FLAG_LZ4 = 0x10;
/** Octets of a compressed block that are believed; nfdump writes at most 5 MiB. */
const MOST_PACKED = 1 << 23;
/** The largest record, as its length has 16 bits. */
const MOST_RECORD = 0xffff;

const ARRAY_BLOCK = "nfdump block without flows";
const BAD_RECORD = "a record that is longer than its block, or shorter than any";

/** nfdump's binary files. */
export const NFDUMP: Format = {
  name: "nfdump",
  title: "nfdump file (nfcapd, nfpcapd, sfcapd)",
  proves: { portsOnTheWire: false, tcpFlags: true, outcome: true, fragments: false, action: false },
  maxRecord: MOST_RECORD + BLOCK_HEADER,
  recognises: (head) => {
    if (head.length < 12) return false;
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const little = view.getUint16(0, true) === MAGIC;
    if (!little && view.getUint16(0) !== MAGIC) return false;
    const layout = view.getUint16(2, little);
    return layout === LAYOUT_1 || layout === LAYOUT_2;
  },
  decoder: (writer) => new NfdumpDecoder(writer),
};

class NfdumpDecoder implements Decoder {
  readonly stats: DecodeStats = new DecodeStats();
  readonly #records: NfdumpRecords;
  readonly #decompressor: BlockDecompressor = new BlockDecompressor();
  #view: DataView = new DataView(new ArrayBuffer(0));
  #blockView: DataView = new DataView(new ArrayBuffer(0));
  /** Octets of the input used so far. */
  #offset = 0;
  #started = false;
  #little = true;
  #compression = COMPRESSION_NONE;
  /** Octets left of the block at hand, and where it began. */
  #left = 0;
  #blockAt = 0;
  #stepping = false;
  /** A compressed block as far as it has come, and its whole length; 0 outside of one. */
  #packed: Uint8Array = new Uint8Array(0);
  #packedLength = 0;
  #have = 0;

  constructor(writer: ObservationWriter) {
    this.#records = new NfdumpRecords(writer, this.stats);
  }

  push(bytes: Uint8Array, start: number, end: number): number {
    if (this.stats.damage !== null) return end - start;
    if (this.#view.buffer !== bytes.buffer) this.#view = new DataView(bytes.buffer);
    const to = bytes.byteOffset + end;
    let at = bytes.byteOffset + start;
    for (;;) {
      const used = this.#step(bytes, at, to);
      at += used;
      this.#offset += used;
      if (this.#isDamaged()) return end - start;
      if (used === 0) return at - bytes.byteOffset - start;
    }
  }

  end(_bytes: Uint8Array, start: number, end: number): void {
    if (this.stats.damage !== null) return;
    if (!this.#started) this.#damage(0, end > start ? "the input ends inside the file header" : "the input is empty");
    else if (this.#left > 0) this.#damage(this.#blockAt, "the input ends inside a block");
    else if (end > start) this.#damage(this.#offset, "the input ends inside a block");
  }

  #isDamaged(): boolean {
    return this.stats.damage !== null;
  }

  #damage(offset: number, reason: string): void {
    this.stats.damage = { offset, reason };
  }

  /** Takes the next piece of `[at, to)` of the view and returns its octets; 0 where more are needed, or all is damaged. */
  #step(bytes: Uint8Array, at: number, to: number): number {
    if (!this.#started) return this.#fileHeader(at, to);
    if (this.#left === 0) return this.#blockHeader(at, to);
    if (this.#packedLength > 0) return this.#gather(bytes, at, to);
    if (this.#stepping) {
      const step = Math.min(this.#left, to - at);
      this.#left -= step;
      return step;
    }
    const used = this.#records.read(this.#view, at, Math.min(to, at + this.#left), this.#left, this.#offset, true);
    if (used < 0) {
      this.#damage(this.#records.place, BAD_RECORD);
      return 0;
    }
    this.#left -= used;
    return used;
  }

  #fileHeader(at: number, to: number): number {
    if (to - at < 12) return 0;
    const view = this.#view;
    this.#little = view.getUint16(at, true) === MAGIC;
    const little = this.#little;
    if (!little && view.getUint16(at) !== MAGIC) {
      this.#damage(0, "not an nfdump file");
      return 0;
    }
    const layout = view.getUint16(at + 2, little);
    if (layout !== LAYOUT_1 && layout !== LAYOUT_2) {
      this.#damage(2, `layout ${layout} of the format is not readable: convert with nfdump -o json`);
      return 0;
    }
    const octets = layout === LAYOUT_1 ? HEADER_1 : HEADER_2;
    if (to - at < octets) return 0;
    if (layout === LAYOUT_1) {
      const flags = view.getUint32(at + 4, little);
      this.#compression =
        (flags & FLAG_LZO) !== 0
          ? COMPRESSION_LZO
          : (flags & FLAG_BZ2) !== 0
            ? COMPRESSION_BZ2
            : (flags & FLAG_LZ4) !== 0
              ? COMPRESSION_LZ4
              : COMPRESSION_NONE;
    } else {
      this.#compression = view.getUint8(at + 16);
      if (view.getUint8(at + 17) !== 0) {
        this.#damage(17, "the file is encrypted");
        return 0;
      }
    }
    if (this.#compression === COMPRESSION_BZ2) {
      this.#damage(0, "compressed with bzip2, which is not read: convert with nfdump -o json");
      return 0;
    }
    if (this.#compression > COMPRESSION_ZSTD) {
      this.#damage(0, "compressed in a way that is not known: convert with nfdump -o json");
      return 0;
    }
    this.#records.start(little);
    this.#started = true;
    return octets;
  }

  #blockHeader(at: number, to: number): number {
    if (to - at < BLOCK_HEADER) return 0;
    const view = this.#view;
    const little = this.#little;
    const size = view.getUint32(at + 4, little);
    const type = view.getUint16(at + 8, little);
    const flags = view.getUint16(at + 10, little);
    if (type < 1 || type > BLOCK_ARRAY) {
      this.#damage(this.#offset, "a block of an unknown type");
      return 0;
    }
    this.#blockAt = this.#offset;
    this.#left = size;
    this.#stepping = type !== BLOCK_RECORDS_1 && type !== BLOCK_RECORDS_2;
    if (this.#stepping) this.stats.skip(ARRAY_BLOCK);
    const isPlain = this.#compression === COMPRESSION_NONE || (type >= BLOCK_RECORDS_2 && (flags & BLOCK_NOT_COMPRESSED) !== 0);
    if (isPlain || this.#stepping || size === 0) return BLOCK_HEADER;
    if (size > MOST_PACKED) {
      this.#damage(this.#offset, `a block claims ${size} octets, more than the ${MOST_PACKED} that one can have`);
      return 0;
    }
    this.#packedLength = size;
    this.#have = 0;
    return BLOCK_HEADER;
  }

  /** Keeps what has come of a compressed block, and reads it once it is whole. */
  #gather(bytes: Uint8Array, at: number, to: number): number {
    const step = Math.min(this.#left, to - at);
    if (step === 0) return 0;
    if (this.#packed.length < this.#have + step) {
      const larger = new Uint8Array(Math.min(MOST_PACKED, 2 * (this.#have + step)));
      larger.set(this.#packed.subarray(0, this.#have));
      this.#packed = larger;
    }
    const from = at - bytes.byteOffset;
    this.#packed.set(bytes.subarray(from, from + step), this.#have);
    this.#have += step;
    this.#left -= step;
    if (this.#left === 0) this.#unpack();
    return step;
  }

  #unpack(): void {
    const length = this.#decompressor.decompress(this.#packed.subarray(0, this.#packedLength), this.#compression);
    this.#packedLength = 0;
    if (length < 0) {
      const reason = length === BLOCK_TOO_LARGE ? "a block that is larger than nfdump makes them" : "a block that does not decompress";
      this.#damage(this.#blockAt, reason);
      return;
    }
    const { block } = this.#decompressor;
    if (this.#blockView.buffer !== block.buffer) this.#blockView = new DataView(block.buffer);
    const used = this.#records.read(this.#blockView, block.byteOffset, block.byteOffset + length, length, this.#blockAt, false);
    if (used !== length) this.#damage(this.#blockAt, BAD_RECORD);
  }
}
