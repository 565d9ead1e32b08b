/** How blocks of nfdump files may be compressed, and how it may go wrong. */

/** Compressions as a file of layout 2 numbers them (nffileV2.h). */
export const COMPRESSION_NONE = 0;
export const COMPRESSION_LZO = 1;
export const COMPRESSION_BZ2 = 2;
export const COMPRESSION_LZ4 = 3;
export const COMPRESSION_ZSTD = 4;

/** What decoders of blocks return instead of a length: the block is damaged, or the target too small. */
export const BLOCK_DAMAGED = -1;
export const BLOCK_TOO_LARGE = -2;
