/** Blocks of nfdump files, decompressed: LZO, LZ4 and zstd. bzip2 is not: neither Node nor this program has it. */
import { zstdDecompressSync } from "node:zlib";
import { BLOCK_DAMAGED, BLOCK_TOO_LARGE, COMPRESSION_LZ4, COMPRESSION_ZSTD } from "./compression-codes.ts";
import { lz4Decode } from "./lz4-block.ts";
import { lzo1xDecode } from "./lzo1x.ts";

/** Octets of a decompressed block at most: nfdump reads blocks of up to 5 MiB. */
const MOST_OCTETS = 1 << 23;
/** Room that is tried first, in octets for each compressed one. */
const LIKELY_RATIO = 6;
const LEAST_ROOM = 1 << 16;

/** Decompresses blocks into memory of its own, which grows as they need. */
export class BlockDecompressor {
  /** What the last call decompressed, from its start on; another call overwrites it. */
  block: Uint8Array = new Uint8Array(0);

  /** Decompresses `packed`; returns how many octets of `block` it fills, BLOCK_DAMAGED, or BLOCK_TOO_LARGE. */
  decompress(packed: Uint8Array, compression: number): number {
    if (compression === COMPRESSION_ZSTD) return this.#zstd(packed);
    this.#grow(Math.min(MOST_OCTETS, Math.max(LEAST_ROOM, LIKELY_RATIO * packed.length)));
    for (;;) {
      const length = compression === COMPRESSION_LZ4 ? lz4Decode(packed, this.block) : lzo1xDecode(packed, this.block);
      if (length !== BLOCK_TOO_LARGE || this.block.length >= MOST_OCTETS) return length;
      this.#grow(Math.min(MOST_OCTETS, 4 * this.block.length));
    }
  }

  #grow(octets: number): void {
    if (this.block.length < octets) this.block = new Uint8Array(octets);
  }

  #zstd(packed: Uint8Array): number {
    try {
      const plain = zstdDecompressSync(packed, { maxOutputLength: MOST_OCTETS });
      this.block = new Uint8Array(plain.buffer, plain.byteOffset, plain.length);
      return plain.length;
    } catch {
      return BLOCK_DAMAGED;
    }
  }
}
