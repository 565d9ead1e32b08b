/** Numbers of few bits: runs and packed groups (apache/parquet-format, Encodings.md, "RLE / bit-packing hybrid" and "DELTA_BINARY_PACKED"). */
import { ParquetFault } from "./thrift.ts";

const CUT = "Parquet page that ends before its values";
const MALFORMED = "Parquet page that is malformed";

/** Reads `count` numbers of `width` bits from `bytes[start, end)` into `target`. @throws ParquetFault where they end too early. */
export function readRuns(bytes: Uint8Array, start: number, end: number, width: number, target: Uint32Array, count: number): void {
  if (width > 32) throw new ParquetFault(MALFORMED);
  const octets = (width + 7) >>> 3;
  let at = start;
  let done = 0;
  while (done < count) {
    let header = 0;
    let unit = 1;
    for (;;) {
      if (at >= end || unit > 0x8_0000_0000) throw new ParquetFault(CUT);
      const octet = bytes[at++]!;
      header += (octet & 0x7f) * unit;
      if (octet < 0x80) break;
      unit *= 128;
    }
    const isPacked = header % 2 === 1;
    const length = Math.floor(header / 2) * (isPacked ? 8 : 1);
    const wanted = Math.min(length, count - done);
    if (isPacked) {
      if (at + Math.ceil((wanted * width) / 8) > end) throw new ParquetFault(CUT);
      unpack(bytes, at, width, target, done, wanted);
      at += (length * width) / 8;
    } else {
      if (at + octets > end) throw new ParquetFault(CUT);
      let value = 0;
      for (let i = 0; i < octets; i++) value += bytes[at + i]! * 2 ** (8 * i);
      at += octets;
      target.fill(value, done, done + wanted);
    }
    done += wanted;
  }
}

/** Reads `count` numbers of `width` (up to 32) bits, least significant first, from `bytes[start…]` into `target[to…]`. */
function unpack(bytes: Uint8Array, start: number, width: number, target: Uint32Array, to: number, count: number): void {
  let bit = 8 * start;
  for (let i = 0; i < count; i++) {
    target[to + i] = bitsAt(bytes, bit, width);
    bit += width;
  }
}

function bitsAt(bytes: Uint8Array, bit: number, width: number): number {
  let at = Math.floor(bit / 8);
  const offset = bit - 8 * at;
  let value = bytes[at]! >>> offset;
  let got = 8 - offset;
  let unit = 2 ** got;
  while (got < width) {
    value += (bytes[++at] ?? 0) * unit;
    unit *= 256;
    got += 8;
  }
  return got > width ? value % 2 ** width : value;
}

/**
 * Reads `count` numbers written as differences from `bytes[start, end)` into `target`, and returns where they end. Exact where the
 * numbers are below 2^53, and as exact as a double can be beyond, where they are not 2^53 apart.
 */
export function readDeltas(bytes: Uint8Array, start: number, end: number, target: Float64Array, count: number): number {
  const cursor = { at: start };
  const varint = (): number => {
    let value = 0;
    let unit = 1;
    for (let i = 0; i < 10; i++) {
      if (cursor.at >= end) throw new ParquetFault(CUT);
      const octet = bytes[cursor.at++]!;
      value += (octet & 0x7f) * unit;
      if (octet < 0x80) return value;
      unit *= 128;
    }
    throw new ParquetFault(MALFORMED);
  };
  const zigzag = (): number => {
    const value = varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const blockSize = varint();
  const miniBlocks = varint();
  const total = varint();
  if (miniBlocks === 0 || blockSize === 0 || blockSize % miniBlocks !== 0 || miniBlocks > 512 || blockSize > 1 << 20 || total !== count) {
    throw new ParquetFault(MALFORMED);
  }
  const perMiniBlock = blockSize / miniBlocks;
  const first = zigzag();
  let beyond = 0;
  if (count > 0) target[0] = first;
  let done = 1;
  while (done < total) {
    const least = zigzag();
    const widths = cursor.at;
    cursor.at += miniBlocks;
    if (cursor.at > end) throw new ParquetFault(CUT);
    for (let block = 0; block < miniBlocks && done < total; block++) {
      const width = bytes[widths + block]!;
      if (width > 64) throw new ParquetFault(MALFORMED);
      const octets = Math.ceil((perMiniBlock * width) / 8);
      // The last group may be cut behind its last value.
      if (cursor.at + Math.ceil((Math.min(perMiniBlock, total - done) * width) / 8) > end) throw new ParquetFault(CUT);
      let bit = 8 * cursor.at;
      for (let i = 0; i < perMiniBlock && done < total; i++, done++) {
        const low = bitsAt(bytes, bit, Math.min(width, 32));
        const high = width > 32 ? bitsAt(bytes, bit + 32, width - 32) : 0;
        beyond += least + low + high * 0x1_0000_0000;
        target[done] = first + beyond;
        bit += width;
      }
      cursor.at = Math.min(end, cursor.at + octets);
    }
  }
  return cursor.at;
}
