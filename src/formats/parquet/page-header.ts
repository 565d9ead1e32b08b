/** What stands before each page (apache/parquet-format, parquet.thrift, `PageHeader`). */
import { FALSE, I32, ParquetFault, STRUCT, type ThriftReader } from "./thrift.ts";

export const PAGE_DATA = 0;
export const PAGE_DICTIONARY = 2;
export const PAGE_DATA_V2 = 3;

/** Largest page that is read, octets uncompressed, and most values in it: writers aim at 1 MiB, some at 8 MiB. */
export const MOST_PAGE_BYTES = 1 << 26;
export const MOST_PAGE_VALUES = 1 << 22;

export interface PageHeader {
  readonly type: number;
  /** Octets behind the header, and what they decompress to. */
  readonly compressed: number;
  readonly uncompressed: number;
  readonly values: number;
  readonly encoding: number;
  /** Of the second version of data pages: octets of the levels, which are not compressed. */
  readonly repetitionBytes: number;
  readonly definitionBytes: number;
  readonly isCompressed: boolean;
}

/** Reads the header at the reader's place. @throws ParquetFault where it is none or names what is out of bounds. */
export function readPageHeader(reader: ThriftReader): PageHeader {
  let type = -1;
  let compressed = -1;
  let uncompressed = -1;
  let values = 0;
  let encoding = -1;
  let definitionBytes = 0;
  let repetitionBytes = 0;
  let isCompressed = true;
  reader.struct((field, fieldType) => {
    if (fieldType === I32) {
      const value = reader.integer();
      if (field === 1) type = value;
      else if (field === 2) uncompressed = value;
      else if (field === 3) compressed = value;
      return true;
    }
    if (fieldType !== STRUCT || (field !== 5 && field !== 7 && field !== 8)) return false;
    const encodingField = field === 8 ? 4 : 2;
    reader.struct((inner, innerType) => {
      if (field === 8 && inner === 7) isCompressed = innerType !== FALSE;
      if (innerType !== I32) return false;
      const value = reader.integer();
      if (inner === 1) values = value;
      else if (inner === encodingField) encoding = value;
      else if (field === 8 && inner === 5) definitionBytes = value;
      else if (field === 8 && inner === 6) repetitionBytes = value;
      return true;
    });
    return true;
  });
  const levels = definitionBytes + repetitionBytes;
  if (compressed < 0 || uncompressed < 0 || values < 0 || definitionBytes < 0 || repetitionBytes < 0 || levels > compressed) {
    throw new ParquetFault("Parquet page header that is malformed");
  }
  if (levels > uncompressed) throw new ParquetFault("Parquet page header that is malformed");
  if (uncompressed > MOST_PAGE_BYTES || values > MOST_PAGE_VALUES) throw new ParquetFault("Parquet page above 64 MiB or 4 million values");
  return { type, compressed, uncompressed, values, encoding, repetitionBytes, definitionBytes, isCompressed };
}
