/** Numbers and strings as JSON writes them (RFC 8259 §6 and §7), read from octets. */
import { hexDigit, NOT_A_NUMBER } from "./fields.ts";

const BACKSLASH = 92;
const MINUS = 45;
const PLUS = 43;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const LETTER_E = 101;
const LETTER_U = 117;

/** The octet that a one-letter escape stands for; 0 for none. */
const ESCAPES = Uint8Array.from({ length: 256 }, (_, octet) => {
  const at = '"\\/bfnrt'.indexOf(String.fromCharCode(octet));
  return at < 0 ? 0 : '"\\/\b\f\n\r\t'.charCodeAt(at);
});

/** Offset behind the escape whose backslash stands at `at`, or -1 where it is none. The caller knows that it is whole (6 octets for `\\u`, else 2). */
export function escapeEnd(bytes: Uint8Array, at: number): number {
  const letter = bytes[at + 1]!;
  if (letter === LETTER_U) return hexAt(bytes, at + 2) < 0 ? -1 : at + 6;
  return ESCAPES[letter] === 0 ? -1 : at + 2;
}

/** Offset behind the number at `start`, or -1 where it is none. */
export function jsonNumberEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (bytes[at] === MINUS) at++;
  const whole = at;
  at = digitsEnd(bytes, at, end);
  if (at === whole || (at > whole + 1 && bytes[whole] === ZERO)) return -1;
  if (at < end && bytes[at] === DOT) {
    const fraction = at + 1;
    at = digitsEnd(bytes, fraction, end);
    if (at === fraction) return -1;
  }
  if (at < end && (bytes[at]! | 0x20) === LETTER_E) {
    at++;
    if (at < end && (bytes[at] === PLUS || bytes[at] === MINUS)) at++;
    const exponent = at;
    at = digitsEnd(bytes, exponent, end);
    if (at === exponent) return -1;
  }
  return at;
}

function digitsEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  return at;
}

const POWERS = Float64Array.from({ length: 23 }, (_, power) => 10 ** power);

/** A mantissa below this takes another digit and is still exact (2^53). */
const MOST_MANTISSA = 900_719_925_474_099;

/** The number, as JSON writes numbers, that fills `bytes[start, end)`, or NaN. Good to the last bits where its size is between 1e-280 and 1e280. */
export function parseJsonNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || jsonNumberEnd(bytes, start, end) !== end) return Number.NaN;
  let mantissa = 0;
  let scale = 0;
  let fraction = false;
  let at = bytes[start] === MINUS ? start + 1 : start;
  for (; at < end; at++) {
    const octet = bytes[at]!;
    if (octet === DOT) fraction = true;
    else if (octet > NINE) break;
    else {
      if (mantissa < MOST_MANTISSA) {
        mantissa = mantissa * 10 + octet - ZERO;
        if (fraction) scale--;
      } else if (!fraction) scale++;
    }
  }
  if (at < end) {
    const negative = bytes[at + 1] === MINUS;
    let exponent = 0;
    for (at += negative || bytes[at + 1] === PLUS ? 2 : 1; at < end && exponent < 1000; at++) exponent = exponent * 10 + bytes[at]! - ZERO;
    scale += negative ? -exponent : exponent;
  }
  const size = scale < 0 ? mantissa / powerOf(-scale) : mantissa * powerOf(scale);
  return bytes[start] === MINUS ? -size : size;
}

function powerOf(power: number): number {
  return power < POWERS.length ? POWERS[power]! : 10 ** power;
}

/** Four hexadecimal digits at `at`, or NOT_A_NUMBER. The caller knows that they are within the buffer. */
function hexAt(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    const digit = hexDigit(bytes[i]!);
    if (digit < 0) return NOT_A_NUMBER;
    value = value * 16 + digit;
  }
  return value;
}

/** Resolves the escapes of the valid string octets `bytes[start, end)` into `target`; the octets written. Lone surrogates become U+FFFD. */
export function unescapeJson(bytes: Uint8Array, start: number, end: number, target: Uint8Array): number {
  let to = 0;
  let at = start;
  while (at < end && to < target.length) {
    const octet = bytes[at]!;
    if (octet !== BACKSLASH) {
      target[to++] = octet;
      at++;
    } else if (bytes[at + 1] !== LETTER_U) {
      target[to++] = ESCAPES[bytes[at + 1]!]!;
      at += 2;
    } else {
      let point = hexAt(bytes, at + 2);
      at += 6;
      if (point >= 0xd800 && point < 0xe000) {
        const pairs = point < 0xdc00 && at + 6 <= end && bytes[at] === BACKSLASH && bytes[at + 1] === LETTER_U;
        const low = pairs ? hexAt(bytes, at + 2) : -1;
        if (low >= 0xdc00 && low < 0xe000) {
          point = 0x10000 + ((point - 0xd800) << 10) + low - 0xdc00;
          at += 6;
        } else point = 0xfffd;
      }
      const length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (to + length > target.length) return to;
      for (let i = length - 1; i > 0; i--) {
        target[to + i] = 0x80 | (point & 0x3f);
        point >>>= 6;
      }
      target[to] = length === 1 ? point : ((0xf00 >>> length) & 0xff) | point;
      to += length;
    }
  }
  return to;
}
