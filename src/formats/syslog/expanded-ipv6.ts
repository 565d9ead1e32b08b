/** IPv6 addresses as the kernel logs them (`%pI6`): all 32 digits, `2001:0db8:0000:…`, which is quicker to read than the general form. */

/** Octets of an address in that form. */
export const EXPANDED_LENGTH = 39;
const COLON = 58;
/** The value of each hexadecimal digit; 16 for other octets. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, octet) => {
  const value = Number.parseInt(String.fromCharCode(octet), 16);
  return Number.isNaN(value) ? 16 : value;
});

/** Reads the address that begins at `start` (39 octets are there) into `words[0…3]`; whether it was one. */
export function readExpandedIPv6(bytes: Uint8Array, start: number, words: Uint32Array): boolean {
  let bad = 0;
  for (let word = 0; word < 4; word++) {
    const at = start + 10 * word;
    let value = 0;
    for (let i = 0; i < 9; i++) {
      if (i === 4) continue;
      const digit = DIGITS[bytes[at + i]!]!;
      bad |= digit & 16;
      value = (value << 4) | digit;
    }
    if (bytes[at + 4] !== COLON || (word < 3 && bytes[at + 9] !== COLON)) return false;
    words[word] = value;
  }
  return bad === 0;
}
