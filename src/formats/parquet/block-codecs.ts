/**
 * Snappy and LZ4 blocks, decompressed into a page whose size is known (google/snappy, format_description.txt; lz4/lz4, lz4_Block_format.md).
 * Both are runs of literals and of copies from what came before; neither writes beyond the page, whatever the input says.
 */

/** Writes the page that the Snappy block `input` holds into `page`; whether it fills it exactly. */
export function decompressSnappy(input: Uint8Array, page: Uint8Array): boolean {
  let at = 0;
  // The length before compression, which the page's header has told already.
  while (at < input.length && input[at]! >= 0x80) at++;
  at++;
  let to = 0;
  while (at < input.length) {
    const tag = input[at++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >>> 2) + 1;
      if (length > 60) {
        const octets = length - 60;
        length = littleEndian(input, at, octets) + 1;
        at += octets;
      }
      if (length > input.length - at || length > page.length - to) return false;
      page.set(input.subarray(at, at + length), to);
      at += length;
      to += length;
      continue;
    }
    const length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const octets = kind === 1 ? 1 : kind === 2 ? 2 : 4;
    const offset = littleEndian(input, at, octets) + (kind === 1 ? (tag >>> 5) << 8 : 0);
    at += octets;
    if (at > input.length || !copyBack(page, to, offset, length)) return false;
    to += length;
  }
  return to === page.length;
}

/** Least length of a copy in LZ4. */
const LEAST_MATCH = 4;

/** Writes the page that the LZ4 block `input` holds into `page`; whether it fills it exactly. */
export function decompressLz4(input: Uint8Array, page: Uint8Array): boolean {
  let at = 0;
  let to = 0;
  while (at < input.length) {
    const token = input[at++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      let octet = 255;
      while (octet === 255 && at < input.length) {
        octet = input[at++]!;
        literals += octet;
      }
    }
    if (literals > input.length - at || literals > page.length - to) return false;
    page.set(input.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last sequence has no copy.
    if (at === input.length) break;
    const offset = littleEndian(input, at, 2);
    at += 2;
    let length = (token & 15) + LEAST_MATCH;
    if ((token & 15) === 15) {
      let octet = 255;
      while (octet === 255 && at < input.length) {
        octet = input[at++]!;
        length += octet;
      }
    }
    if (at > input.length || !copyBack(page, to, offset, length)) return false;
    to += length;
  }
  return to === page.length;
}

/** The same in Hadoop's frames, as the older codec of Parquet has it: blocks, each behind its two lengths, greatest octet first. */
export function decompressHadoopLz4(input: Uint8Array, page: Uint8Array): boolean {
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  let at = 0;
  let to = 0;
  while (input.length - at >= 8) {
    const size = view.getUint32(at);
    const length = view.getUint32(at + 4);
    at += 8;
    if (size > page.length - to || length > input.length - at) return false;
    if (!decompressLz4(input.subarray(at, at + length), page.subarray(to, to + size))) return false;
    at += length;
    to += size;
  }
  return at === input.length && to === page.length;
}

function littleEndian(input: Uint8Array, at: number, octets: number): number {
  let value = 0;
  for (let i = octets - 1; i >= 0; i--) value = value * 256 + (input[at + i] ?? 0);
  return value;
}

/** Copies `length` octets from `offset` before `to`; the two may overlap, and then repeat. */
function copyBack(page: Uint8Array, to: number, offset: number, length: number): boolean {
  if (offset === 0 || offset > to || length > page.length - to) return false;
  if (offset >= length) page.copyWithin(to, to - offset, to - offset + length);
  else for (let i = to; i < to + length; i++) page[i] = page[i - offset]!;
  return true;
}
