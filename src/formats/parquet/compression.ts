/** Pages of Parquet, decompressed to the size that their header names and never beyond (apache/parquet-format, Compression.md). */
import { snappyUncompress } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
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
    case CODEC_SNAPPY: {
      const page = new Uint8Array(size);
      snappyUncompress(bytes, page);
      return page;
    }
    case CODEC_GZIP:
      return gunzipSync(bytes, bound);
    case CODEC_BROTLI:
      return brotliDecompressSync(bytes, bound);
    case CODEC_ZSTD:
      return zstdDecompressSync(bytes, bound);
    case CODEC_LZ4:
    case CODEC_LZ4_RAW: {
      const page = compressors[codec === CODEC_LZ4 ? "LZ4" : "LZ4_RAW"]?.(bytes, size);
      if (page === undefined) throw new ParquetFault(DAMAGED);
      return page;
    }
    default:
      throw new ParquetFault("Parquet page of a compression that is not read (LZO)");
  }
}
