/** Checksums of Internet protocols: the ones' complement sum of RFC 1071 and the CRC-32c of SCTP (RFC 9260 appendix A). */

/** Ones' complement checksum of the octets, joined to a partial sum (of a pseudo-header). */
export function internetChecksum(bytes: Uint8Array, start = 0): number {
  let sum = start;
  const even = bytes.length & ~1;
  for (let i = 0; i < even; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!;
  if (even < bytes.length) sum += bytes[even]! << 8;
  return ~partialSum(sum) & 0xffff;
}

/** Folds carries of a sum of 16-bit words back into 16 bits. */
export function partialSum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 65536);
  return folded;
}

const CRC32C_POLYNOMIAL = 0x82f63b78; // Castagnoli, reflected
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let word = index;
  for (let bit = 0; bit < 8; bit++) word = word & 1 ? (word >>> 1) ^ CRC32C_POLYNOMIAL : word >>> 1;
  return word >>> 0;
});

/** CRC-32c of the octets; SCTP stores it little-endian in a field that was zero while computing. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC32C_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
