/** Times as RFC 3339 and its relatives write them, filling a field: `2013-11-02T01:02:03.123456+0000`. */
import { NOT_A_NUMBER, parseInteger } from "./fields.ts";

const DAY = 86_400;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const COLON = 58;
const SPACE = 32;
const LETTER_T = 84;
const LETTER_Z = 90;
const NINE = 57;
const ZERO = 48;
const POWERS = Float64Array.from({ length: 10 }, (_, power) => 10 ** power);
/** Days before each month, March first: years that begin in March have their leap day last. */
const DAYS_BEFORE = Uint16Array.of(306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275);

/**
 * Seconds since 1970 UTC of the time that fills `bytes[start, end)`, or NOT_A_NUMBER. The fraction may have any length; a zone is `Z`,
 * `+01:00`, `+0100` or missing, which means UTC. Times before 1970 are none.
 */
export function parseIsoTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 19 || bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return NOT_A_NUMBER;
  const between = bytes[start + 10];
  if ((between !== LETTER_T && between !== SPACE) || bytes[start + 13] !== COLON || bytes[start + 16] !== COLON) return NOT_A_NUMBER;
  const year = 100 * two(bytes, start) + two(bytes, start + 2);
  const month = two(bytes, start + 5);
  const day = two(bytes, start + 8);
  const hour = two(bytes, start + 11);
  const minute = two(bytes, start + 14);
  const second = two(bytes, start + 17);
  if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour >= 0 && hour <= 24)) return NOT_A_NUMBER;
  if (!(minute >= 0 && minute < 60 && second >= 0 && second <= 60)) return NOT_A_NUMBER;
  const marchYear = month < 3 ? year - 1 : year;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  // 719,469 days lie between 1 March of the year 0 and the first day of 1970, counting from day 1 of a month.
  const days = 365 * marchYear + leapDays + DAYS_BEFORE[month - 1]! + day - 719_469;
  let time = days * DAY + hour * 3600 + minute * 60 + second;
  let at = start + 19;
  if (at < end && bytes[at] === DOT) {
    const first = ++at;
    let fraction = 0;
    while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) {
      if (at - first < 9) fraction = fraction * 10 + bytes[at]! - ZERO;
      at++;
    }
    if (at === first) return NOT_A_NUMBER;
    time += fraction / POWERS[Math.min(9, at - first)]!;
  }
  if (at === end) return time;
  const sign = bytes[at];
  if (sign === LETTER_Z) return at + 1 === end ? time : NOT_A_NUMBER;
  if (sign !== PLUS && sign !== MINUS) return NOT_A_NUMBER;
  const hours = parseInteger(bytes, at + 1, Math.min(end, at + 3));
  const minutesAt = bytes[at + 3] === COLON ? at + 4 : at + 3;
  const minutes = end - minutesAt === 2 ? parseInteger(bytes, minutesAt, end) : NOT_A_NUMBER;
  if (hours < 0 || hours > 24 || minutes < 0 || minutes > 59) return NOT_A_NUMBER;
  const offset = hours * 3600 + minutes * 60;
  const shifted = sign === PLUS ? time - offset : time + offset;
  return shifted < 0 ? NOT_A_NUMBER : shifted;
}

/** Two digits, or less than nothing. */
function two(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -10_000;
}
