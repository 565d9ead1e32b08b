/**
 * Time stamps at the start of log lines, read from octets: RFC 3164 (BSD) with and without a year, ISO 8601 (RFC 5424, rsyslog,
 * `journalctl -o short-iso`), seconds since 1970 (`-o short-unix`), seconds since boot (dmesg) and ctime (`dmesg -T`).
 */
import type { DecodeContext } from "../format.ts";

/** What a stamp's fields hold where it tells nothing. */
export const NO_TIME = -1;

const DAY = 86_400;
/** How far clocks may run ahead of the time when the input was written: a stamp without a year that is later still is of an earlier year. */
const AHEAD = DAY;

const SPACE = 32;
const STAR = 42;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const LETTER_T = 84;
const LETTER_Z = 90;
const OPEN = 91;
const CLOSE = 93;

/** Three letters as one number, whatever their case. */
function packed(text: string): number {
  return letters(text.charCodeAt(0), text.charCodeAt(1), text.charCodeAt(2));
}

function letters(a: number, b: number, c: number): number {
  return ((a | 0x20) << 16) | ((b | 0x20) << 8) | (c | 0x20);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map(packed);
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map(packed);
/** Zones by the letters that devices print, hours east of UTC (RFC 822 §5, and those of Central Europe). Others are read as UTC. */
const ZONES: ReadonlyMap<string, number> = new Map([
  ["UTC", 0],
  ["GMT", 0],
  ["EST", -5],
  ["EDT", -4],
  ["CST", -6],
  ["CDT", -5],
  ["MST", -7],
  ["MDT", -6],
  ["PST", -8],
  ["PDT", -7],
  ["CET", 1],
  ["CEST", 2],
]);
const ZONE_WORDS = [...ZONES].map(([name, hours]) => ({ word: Uint8Array.from(name, (c) => c.charCodeAt(0)), seconds: hours * 3600 }));

/** Reads one stamp at a time into its fields. Stamps without a zone are UTC; those without a year are the latest not after the input. */
export class StampReader {
  /** Seconds since 1970 UTC of the stamp read last, or NO_TIME where it counts from boot. */
  time: number = NO_TIME;
  /** Seconds since boot, or NO_TIME. */
  uptime: number = NO_TIME;
  readonly #context: DecodeContext;
  /** Month and day (32 * month + day) that `#dayStart` and `#dayBefore` are of. */
  #day = 0;
  #dayStart = 0;
  /** The same day of the year before (of the leap year before, on 29 February). */
  #dayBefore = 0;
  /** Set by #clock: seconds of the day. */
  #seconds = 0;

  constructor(context: DecodeContext) {
    this.#context = context;
  }

  /** Reads the stamp at `bytes[at…]` and returns where it ends (at what follows: a space, `:`, or the end), or -1 where there is none. */
  read(bytes: Uint8Array, at: number, end: number): number {
    this.time = NO_TIME;
    this.uptime = NO_TIME;
    if (end - at < 10) return -1;
    const code = bytes[at]!;
    if (isDigit(code)) {
      const behind = bytes[at + 4];
      if (behind === SPACE) return this.#yearFirst(bytes, at, end);
      return behind === MINUS || behind === SLASH ? this.#iso(bytes, at, end) : this.#unix(bytes, at, end);
    }
    if (code === OPEN) return this.#bracketed(bytes, at, end);
    // Cisco: * means that the clock was never set, . that it lost its reference
    if (code === STAR || code === DOT) return this.#bsd(bytes, at + 1, end);
    const word = letters(code, bytes[at + 1]!, bytes[at + 2]!);
    if (bytes[at + 3] === SLASH) return this.#routerOs(bytes, at, end);
    if (bytes[at + 3] !== SPACE) return -1;
    if (WEEKDAYS.includes(word)) {
      if (isDigit(bytes[at + 4]!)) return this.#zone(bytes, this.#iso(bytes, at + 4, end), end);
      return this.#ctime(bytes, at + 4, end);
    }
    return this.#bsd(bytes, at, end);
  }

  /** `Nov  2 01:02:03`, `Nov 02 2013 01:02:03.123 UTC`. */
  #bsd(bytes: Uint8Array, at: number, end: number, yearBefore: number = 0): number {
    if (end - at < 14) return -1;
    const month = MONTHS.indexOf(letters(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!)) + 1;
    if (month === 0 || bytes[at + 3] !== SPACE) return -1;
    let i = at + 4;
    while (i < end && bytes[i] === SPACE) i++;
    let day = 0;
    while (i < end && isDigit(bytes[i]!) && day < 100) day = 10 * day + bytes[i++]! - ZERO;
    if (day < 1 || day > daysOf(2000, month) || bytes[i] !== SPACE) return -1;
    while (i < end && bytes[i] === SPACE) i++;
    let year = yearBefore;
    if (year === 0 && bytes[i + 4] === SPACE) {
      year = digits(bytes, i, 4);
      if (year < 1970) return -1;
      i += 5;
    }
    i = this.#clock(bytes, i, end);
    return i >= 0 && this.#setDay(year, month, day) ? this.#zone(bytes, i, end) : -1;
  }

  /** `nov/02/2013 01:02:03`, and without the year: the log files of RouterOS 6. */
  #routerOs(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < 15) return -1;
    const month = MONTHS.indexOf(letters(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!)) + 1;
    const day = digits(bytes, at + 4, 2);
    const year = bytes[at + 6] === SLASH ? digits(bytes, at + 7, 4) : 0;
    const space = year === 0 ? at + 6 : at + 11;
    if (month === 0 || day < 1 || day > daysOf(2000, month) || (year !== 0 && year < 1970) || bytes[space] !== SPACE) return -1;
    const i = this.#clock(bytes, space + 1, end);
    return i >= 0 && this.#setDay(year, month, day) ? i : -1;
  }

  /** Sets the time from a day and the clock; year 0 means that the stamp does not tell it. False where there is no such day. */
  #setDay(year: number, month: number, day: number): boolean {
    if (year > 0) {
      if (day > daysOf(year, month)) return false;
      this.time = DAY * daysSince1970(year, month, day) + this.#seconds;
      return true;
    }
    if (this.#day !== 32 * month + day) this.#findYear(month, day);
    this.time = this.#dayStart + this.#seconds;
    if (this.time > this.#context.writtenAt + AHEAD) this.time = this.#dayBefore + this.#seconds;
    return true;
  }

  /** `2013 Nov  2 01:02:03 UTC` (Cisco Nexus). */
  #yearFirst(bytes: Uint8Array, at: number, end: number): number {
    const year = digits(bytes, at, 4);
    return year < 1970 ? -1 : this.#bsd(bytes, at + 5, end, year);
  }

  /** Puts a day without a year into the latest year where it is not after the input. */
  #findYear(month: number, day: number): void {
    const limit = Math.min(Math.max(this.#context.writtenAt + AHEAD, 0), 253e9);
    let year = new Date(limit * 1000).getUTCFullYear();
    while (day > daysOf(year, month) || DAY * daysSince1970(year, month, day) > limit) year--;
    this.#dayStart = DAY * daysSince1970(year, month, day);
    do year--;
    while (day > daysOf(year, month));
    this.#dayBefore = DAY * daysSince1970(year, month, day);
    this.#day = 32 * month + day;
  }

  /** `Nov  2 01:02:03 2013`, behind a weekday. */
  #ctime(bytes: Uint8Array, at: number, end: number): number {
    const clockEnd = this.#bsd(bytes, at, end);
    if (clockEnd < 0 || bytes[clockEnd] !== SPACE || end - clockEnd < 5) return clockEnd;
    const year = digits(bytes, clockEnd + 1, 4);
    if (year < 1970) return clockEnd;
    const day = this.#day & 31;
    const month = this.#day >>> 5;
    if (month === 0 || day > daysOf(year, month)) return -1;
    this.time = DAY * daysSince1970(year, month, day) + this.#seconds;
    return clockEnd + 5;
  }

  /** `2013-11-02T01:02:03.123456+01:00`, with a space for the T, a comma for the dot, and no zone, as it comes. */
  #iso(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < 19) return -1;
    const year = digits(bytes, at, 4);
    const month = digits(bytes, at + 5, 2);
    const day = digits(bytes, at + 8, 2);
    const between = bytes[at + 10];
    if (bytes[at + 7] !== bytes[at + 4] || (between !== LETTER_T && between !== SPACE)) return -1;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return -1;
    const i = this.#clock(bytes, at + 11, end);
    if (i < 0) return -1;
    this.time = DAY * daysSince1970(year, month, day) + this.#seconds;
    if (i < end && bytes[i] === LETTER_Z) return i + 1;
    return this.#offset(bytes, i, end);
  }

  /** `+01:00`, `+0100`, ` -0500`, or nothing. */
  #offset(bytes: Uint8Array, at: number, end: number): number {
    const i = bytes[at] === SPACE ? at + 1 : at;
    const sign = bytes[i];
    if ((sign !== PLUS && sign !== MINUS) || end - i < 5) return at;
    const hours = digits(bytes, i + 1, 2);
    const colon = bytes[i + 3] === COLON ? 1 : 0;
    const minutes = end - i < 5 + colon ? -1 : digits(bytes, i + 3 + colon, 2);
    if (hours < 0 || minutes < 0 || hours > 14 || minutes > 59) return at;
    const seconds = 3600 * hours + 60 * minutes;
    this.time -= sign === PLUS ? seconds : -seconds;
    return i + 5 + colon;
  }

  /** ` UTC` before a colon (Cisco) or a space (journald's short-full). Where `at` is -1 it stays so. */
  #zone(bytes: Uint8Array, at: number, end: number): number {
    if (at < 0 || bytes[at] !== SPACE || end - at < 5 || bytes[at + 3]! < 65 || bytes[at + 3]! > 90) return at;
    for (const { word, seconds } of ZONE_WORDS) {
      const after = at + 1 + word.length;
      if (after >= end || (bytes[after] !== COLON && bytes[after] !== SPACE)) continue;
      let i = 0;
      while (i < word.length && word[i] === bytes[at + 1 + i]) i++;
      if (i < word.length) continue;
      this.time -= seconds;
      return after;
    }
    return at;
  }

  /** `1383354123.123456`. */
  #unix(bytes: Uint8Array, at: number, end: number): number {
    let i = at;
    let seconds = 0;
    while (i < end && isDigit(bytes[i]!) && i - at < 11) seconds = 10 * seconds + bytes[i++]! - ZERO;
    if (i - at < 9 || i - at > 10 || bytes[i] !== DOT || i + 1 >= end || !isDigit(bytes[i + 1]!)) return -1;
    this.#seconds = seconds;
    i = this.#fraction(bytes, i, end);
    this.time = this.#seconds;
    return i;
  }

  /** `[12345.678901]`, `[    0.000000]`, and `[Sat Nov  2 01:02:03 2013]` of `dmesg -T`. */
  #bracketed(bytes: Uint8Array, at: number, end: number): number {
    let i = at + 1;
    if (!isDigit(bytes[i]!) && bytes[i] !== SPACE) {
      if (bytes[i + 3] !== SPACE || !WEEKDAYS.includes(letters(bytes[i]!, bytes[i + 1]!, bytes[i + 2]!))) return -1;
      i = this.#ctime(bytes, i + 4, end);
      return i >= 0 && i < end && bytes[i] === CLOSE ? i + 1 : -1;
    }
    while (i < end && bytes[i] === SPACE) i++;
    const first = i;
    let seconds = 0;
    while (i < end && isDigit(bytes[i]!) && i - first < 11) seconds = 10 * seconds + bytes[i++]! - ZERO;
    if (i === first || bytes[i] !== DOT) return -1;
    this.#seconds = seconds;
    const dot = i;
    i = this.#fraction(bytes, i, end);
    if (i - dot !== 7 || i >= end || bytes[i] !== CLOSE) return -1;
    this.uptime = this.#seconds;
    return i + 1;
  }

  /** `01:02:03` with or without a fraction: sets #seconds and returns where it ends, or -1. */
  #clock(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < 8 || bytes[at + 2] !== COLON || bytes[at + 5] !== COLON) return -1;
    const hours = digits(bytes, at, 2);
    const minutes = digits(bytes, at + 3, 2);
    const seconds = digits(bytes, at + 6, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60) return -1;
    this.#seconds = 3600 * hours + 60 * minutes + seconds;
    return this.#fraction(bytes, at + 8, end);
  }

  #fraction(bytes: Uint8Array, at: number, end: number): number {
    if (at + 1 >= end || (bytes[at] !== DOT && bytes[at] !== COMMA) || !isDigit(bytes[at + 1]!)) return at;
    let i = at + 1;
    let value = 0;
    let scale = 1;
    for (; i < end && isDigit(bytes[i]!); i++) {
      if (scale >= 1e9) continue;
      value = 10 * value + bytes[i]! - ZERO;
      scale *= 10;
    }
    this.#seconds += value / scale;
    return i;
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 57;
}

/** The number of exactly `count` digits at `bytes[at…]`, or -1. */
function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = bytes[i]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = 10 * value + digit;
  }
  return value;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 1970-01-01 to a day of the Gregorian calendar (the year taken to begin in March, so that leap days come last). */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.trunc((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}
