/** Numbers and addresses read straight from octets of text: no string is made for any of them. */

const ZERO = 48;
const DOT = 46;
const COLON = 58;

/** What the parsers of this file return where the octets are not what they look for. */
export const NOT_A_NUMBER = -1;

/** Whether the ASCII text `word` stands at `bytes[at…]`. */
export function startsWith(bytes: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (end - at < word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}

/** ASCII text as octets, for comparing. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The unsigned decimal integer that fills `bytes[start, end)` (at most 15 digits), or NOT_A_NUMBER. */
export function parseInteger(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > 15) return NOT_A_NUMBER;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) return NOT_A_NUMBER;
    value = value * 10 + digit;
  }
  return value;
}

/** The unsigned decimal number, with a fraction or not, that fills `bytes[start, end)`, or NOT_A_NUMBER. Exact to microseconds of this century. */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let dot = start;
  while (dot < end && bytes[dot] !== DOT) dot++;
  const whole = parseInteger(bytes, start, dot);
  if (whole < 0 || dot >= end) return whole;
  // Nine digits are more than a double keeps behind a time of this century.
  const last = end - dot > 10 ? dot + 10 : end;
  const fraction = parseInteger(bytes, dot + 1, last);
  if (fraction < 0) return last === dot + 1 ? whole : NOT_A_NUMBER;
  return whole + fraction / POWERS[last - dot - 1]!;
}

const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9] as const;

/** The 32-bit integer of the dotted quad that fills `bytes[start, end)`, or NOT_A_NUMBER. */
export function parseIPv4At(bytes: Uint8Array, start: number, end: number): number {
  let word = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let i = start; i < end; i++) {
    const code = bytes[i]!;
    if (code === DOT) {
      if (digits === 0 || ++dots > 3) return NOT_A_NUMBER;
      word = word * 256 + octet;
      octet = 0;
      digits = 0;
    } else {
      const digit = code - ZERO;
      if (digit < 0 || digit > 9 || ++digits > 3) return NOT_A_NUMBER;
      octet = octet * 10 + digit;
      if (octet > 255) return NOT_A_NUMBER;
    }
  }
  return dots === 3 && digits > 0 ? word * 256 + octet : NOT_A_NUMBER;
}

/**
 * Reads the IPv6 address that fills `bytes[start, end)` (RFC 4291 §2.2, embedded IPv4 included; a zone is ignored) into
 * `words[0…3]`; whether it was one.
 */
export function parseIPv6At(bytes: Uint8Array, start: number, end: number, words: Uint32Array): boolean {
  let groups = 0;
  let gap = -1;
  let value = 0;
  let digits = 0;
  let groupStart = start;
  let i = start;
  if (end - start >= 2 && bytes[start] === COLON) {
    if (bytes[start + 1] !== COLON) return false;
    gap = 0;
    i = start + 2;
    groupStart = i;
  }
  for (; i < end; i++) {
    const code = bytes[i]!;
    if (code === COLON) {
      if (digits === 0) {
        if (gap >= 0 || i === start) return false;
        gap = groups;
      } else {
        if (groups >= 8) return false;
        GROUPS[groups++] = value;
        value = 0;
        digits = 0;
        if (i + 1 === end) return false;
      }
      groupStart = i + 1;
    } else if (code === DOT) {
      let stop = i;
      while (stop < end && bytes[stop] !== PERCENT) stop++;
      const four = parseIPv4At(bytes, groupStart, stop);
      if (four < 0 || groups > 6) return false;
      GROUPS[groups++] = four >>> 16;
      GROUPS[groups++] = four & 0xffff;
      digits = 0;
      i = end;
      groupStart = -1;
    } else if (code === PERCENT) break;
    else {
      const digit = hexDigit(code);
      if (digit < 0 || ++digits > 4) return false;
      value = (value << 4) | digit;
    }
  }
  if (digits > 0) {
    if (groups >= 8) return false;
    GROUPS[groups++] = value;
  }
  if (gap < 0 ? groups !== 8 : groups > 7) return false;
  const missing = 8 - groups;
  for (let group = 0; group < 4; group++) {
    words[group] = ((groupAt(2 * group, gap, missing) << 16) | groupAt(2 * group + 1, gap, missing)) >>> 0;
  }
  return true;
}

const PERCENT = 37;
const GROUPS = new Uint16Array(8);

function groupAt(index: number, gap: number, missing: number): number {
  if (gap < 0 || index < gap) return GROUPS[index]!;
  return index < gap + missing ? 0 : GROUPS[index - missing]!;
}

/** The value of a hexadecimal digit's code, or NOT_A_NUMBER. */
export function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 0x20;
  return letter >= 97 && letter <= 102 ? letter - 87 : NOT_A_NUMBER;
}
