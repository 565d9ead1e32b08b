/** Pages of Parquet, decompressed to the size that their header names and never beyond (apache/parquet-format, Compression.md). */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { decompressHadoopLz4, decompressLz4, decompressSnappy } from "./block-codecs.ts";
import { ParquetFault } from "./thrift.ts";

const CODEC_UNCOMPRESSED = 0;
const CODEC_SNAPPY = 1;
const CODEC_GZIP = 2;
const CODEC_BROTLI = 4;
const CODEC_LZ4 = 5;
export const CODEC_ZSTD = 6;
const CODEC_LZ4_RAW = 7;

const DAMAGED = "Parquet page that does not decompress";

/** The page that `bytes` holds, `size` octets long. @throws ParquetFault where it is damaged or of a codec that is not read. */
export function decompress(bytes: Uint8Array, size: number, codec: number): Uint8Array {
  if (codec === CODEC_UNCOMPRESSED) return bytes;
  let page: Uint8Array;
  try {
    page = decompressTo(bytes, size, codec);
  } catch (error) {
    throw error instanceof ParquetFault ? error : new ParquetFault(DAMAGED);
  }
  if (page.length !== size) throw new ParquetFault(DAMAGED);
  return page;
}

function decompressTo(bytes: Uint8Array, size: number, codec: number): Uint8Array {
  // Zlib refuses a bound of none.
  const bound = { maxOutputLength: Math.max(1, size) };
  switch (codec) {
    case CODEC_SNAPPY:
      return filled(size, (page) => decompressSnappy(bytes, page));
    case CODEC_GZIP:
      return gunzipSync(bytes, bound);
    case CODEC_BROTLI:
      return brotliDecompressSync(bytes, bound);
    case CODEC_ZSTD:
      return zstdDecompressSync(bytes, bound);
    case CODEC_LZ4:
      // Some writers leave the frames out.
      return filled(size, (page) => decompressHadoopLz4(bytes, page) || decompressLz4(bytes, page));
    case CODEC_LZ4_RAW:
      return filled(size, (page) => decompressLz4(bytes, page));
    default:
      throw new ParquetFault("Parquet page of a compression that is not read (LZO)");
  }
}

function filled(size: number, fill: (page: Uint8Array) => boolean): Uint8Array {
  const page = new Uint8Array(size);
  if (!fill(page)) throw new ParquetFault(DAMAGED);
  return page;
}
