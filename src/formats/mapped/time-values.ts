/** Times as tables write them: counts since 1970, ISO 8601, and patterns as of strptime (POSIX), read from octets. */
import { NOT_A_NUMBER, parseInteger } from "../text/fields.ts";
import type { TimeUnit } from "./mapping.ts";

/** What is returned for what is no time. */
const NO_TIME = Number.NaN;

const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const COMMA = 44;
const COLON = 58;
const BLANK = 32;
const PERCENT = 37;
const LETTER_T = 84;
const LETTER_Z = 90;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] as const;
/** Directives, with the most digits that each takes; `f` is a fraction, `z` a zone, `b` a month's name, `s` seconds since 1970. */
const DIGITS: Readonly<Record<string, number>> = { Y: 4, y: 2, m: 2, d: 2, e: 2, H: 2, M: 2, S: 2, f: 9, j: 3, s: 12 };
const OTHERS = new Set(["b", "z", "p", "%"]);
const SHORTHANDS: Readonly<Record<string, string>> = { T: "%H:%M:%S", F: "%Y-%m-%d", R: "%H:%M", D: "%m/%d/%y" };

/** Reads the text `bytes[start, end)` to seconds since 1970, or NaN. */
export type TimeReader = (bytes: Uint8Array, start: number, end: number) => number;

const PER_SECOND: Readonly<Record<string, number>> = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 };

/** How many of a unit make a second, or NaN where the unit is no count. To divide by it is exact where to multiply is not. */
export function unitsPerSecond(unit: TimeUnit): number {
  return typeof unit === "string" ? (PER_SECOND[unit] ?? Number.NaN) : Number.NaN;
}

/** The reader of times written as `unit`; those that do not tell their zone are `utcOffset` seconds east of UTC. */
export function timeReader(unit: TimeUnit, utcOffset: number): TimeReader {
  if (typeof unit !== "string") return patternReader(unit.pattern, utcOffset);
  if (unit === "iso") return (bytes, start, end) => isoTime(bytes, start, end, utcOffset);
  const digits = Math.log10(unitsPerSecond(unit));
  return (bytes, start, end) => countOf(bytes, start, end, digits);
}

/** What is wrong with a pattern, or null. */
export function patternProblem(pattern: string): string | null {
  const full = expand(pattern);
  const used = new Set<string>();
  for (let i = 0; i < full.length; i++) {
    if (full[i] !== "%") continue;
    const letter = full[++i];
    if (letter === undefined) return "it ends in a lone %";
    if (DIGITS[letter] === undefined && !OTHERS.has(letter))
      return `%${letter} is not read (known: %Y %y %m %b %d %e %j %H %M %S %f %p %z %s %T %F)`;
    used.add(letter);
  }
  if (used.has("s")) return null;
  if (!used.has("Y") && !used.has("y")) return "it needs a year (%Y or %y)";
  const hasDay = used.has("j") || ((used.has("m") || used.has("b")) && (used.has("d") || used.has("e")));
  return hasDay ? null : "it needs a day (%m or %b with %d, or %j)";
}

function expand(pattern: string): string {
  return pattern.replaceAll(/%([TFRD])/g, (_, letter: string) => SHORTHANDS[letter] ?? "");
}

/** Seconds of a count whose last `below` digits (before a point) are parts of a second, or NaN. Nanoseconds have 19 digits: more than a double. */
function countOf(bytes: Uint8Array, start: number, end: number, below: number): number {
  let dot = start;
  while (dot < end && bytes[dot] !== DOT) dot++;
  if (dot === start || (dot + 1 < end && !isDigit(bytes[dot + 1]!))) return NO_TIME;
  const split = Math.max(start, dot - below);
  const whole = split === start ? 0 : parseInteger(bytes, start, split);
  const parts = split === dot ? 0 : parseInteger(bytes, split, dot);
  const last = Math.min(end, dot + 10);
  const rest = dot + 1 >= end ? 0 : parseInteger(bytes, dot + 1, last) / 10 ** (last - dot - 1);
  return whole < 0 || parts < 0 || rest < 0 ? NO_TIME : whole + (parts + rest) / 10 ** below;
}

function isDigit(octet: number): boolean {
  return octet >= 48 && octet <= 57;
}

/** Of the time at hand: one is read at a time. */
const FIELDS = {
  year: 0,
  month: 0,
  day: 0,
  hour: 0,
  minute: 0,
  second: 0,
  fraction: 0,
  zone: 0,
  hasZone: false,
  afternoon: -1,
  dayOfYear: 0,
  epoch: 0,
};

function secondsOfFields(utcOffset: number): number {
  const { year, month, day, hour, minute, second, dayOfYear } = FIELDS;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return NO_TIME;
  const hours = FIELDS.afternoon < 0 ? hour : (hour % 12) + 12 * FIELDS.afternoon;
  const days = dayOfYear > 0 ? Date.UTC(year, 0, dayOfYear) : Date.UTC(year, month - 1, day);
  return days / 1000 + hours * 3600 + minute * 60 + second + FIELDS.fraction - (FIELDS.hasZone ? FIELDS.zone : utcOffset);
}

function resetFields(): void {
  Object.assign(FIELDS, {
    year: 1970,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    fraction: 0,
    zone: 0,
    hasZone: false,
    afternoon: -1,
    dayOfYear: 0,
    epoch: 0,
  });
}

/** `2013-11-02T01:00:00.25Z`, with a blank for the T, any fraction, and a zone or none. */
function isoTime(bytes: Uint8Array, start: number, end: number, utcOffset: number): number {
  const at = start + 10;
  if (end - start < 10 || bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return NO_TIME;
  resetFields();
  FIELDS.year = parseInteger(bytes, start, start + 4);
  FIELDS.month = parseInteger(bytes, start + 5, start + 7);
  FIELDS.day = parseInteger(bytes, start + 8, at);
  if (FIELDS.year < 0) return NO_TIME;
  if (at === end) return secondsOfFields(utcOffset);
  const between = bytes[at]!;
  if ((between !== LETTER_T && between !== BLANK && between !== 116) || end - at < 6 || bytes[at + 3] !== COLON) return NO_TIME;
  FIELDS.hour = parseInteger(bytes, at + 1, at + 3);
  FIELDS.minute = parseInteger(bytes, at + 4, at + 6);
  if (FIELDS.hour < 0 || FIELDS.minute < 0) return NO_TIME;
  let next = at + 6;
  if (next < end && bytes[next] === COLON) {
    FIELDS.second = parseInteger(bytes, next + 1, next + 3);
    if (FIELDS.second < 0 || next + 3 > end) return NO_TIME;
    next += 3;
    if (next < end && (bytes[next] === DOT || bytes[next] === COMMA)) next = readFraction(bytes, next + 1, end, 18);
  }
  while (next < end && bytes[next] === BLANK) next++;
  if (next < end) next = readZone(bytes, next, end);
  return next === end ? secondsOfFields(utcOffset) : NO_TIME;
}

/** Reads up to `most` digits behind a point and returns where they end; -1 where there is none. */
function readFraction(bytes: Uint8Array, start: number, end: number, most: number): number {
  let at = start;
  let value = 0;
  let unit = 1;
  while (at < end && at - start < most && isDigit(bytes[at]!)) {
    unit /= 10;
    value += (bytes[at]! - 48) * unit;
    at++;
  }
  if (at === start) return -1;
  // Digit by digit a sum is off in its last place: the same text must be the same time.
  FIELDS.fraction = at - start <= 15 ? parseInteger(bytes, start, at) / 10 ** (at - start) : value;
  return at;
}

/** Reads `Z`, `UTC`, `+02`, `+0200` or `+02:00` and returns where it ends; -1 where there is none. */
function readZone(bytes: Uint8Array, start: number, end: number): number {
  FIELDS.hasZone = true;
  const sign = bytes[start]!;
  if ((sign | 0x20) === (LETTER_Z | 0x20)) return start + 1;
  if ((sign | 0x20) === 117 && end - start >= 3 && (bytes[start + 1]! | 0x20) === 116 && (bytes[start + 2]! | 0x20) === 99)
    return start + 3;
  if ((sign !== PLUS && sign !== MINUS) || end - start < 3) return -1;
  const hours = parseInteger(bytes, start + 1, start + 3);
  let at = start + 3;
  let minutes = 0;
  const digits = at < end && bytes[at] === COLON ? at + 1 : at;
  if (digits + 2 <= end && parseInteger(bytes, digits, digits + 2) >= 0) {
    minutes = parseInteger(bytes, digits, digits + 2);
    at = digits + 2;
  }
  if (hours < 0 || hours > 24 || minutes > 59) return -1;
  FIELDS.zone = (sign === MINUS ? -1 : 1) * (hours * 3600 + minutes * 60);
  return at;
}

/** One step of a pattern: a directive, or a literal octet. */
interface Step {
  readonly directive: string;
  readonly literal: number;
}

function patternReader(pattern: string, utcOffset: number): TimeReader {
  const steps: Step[] = [];
  const octets = new TextEncoder().encode(expand(pattern));
  for (let i = 0; i < octets.length; i++) {
    if (octets[i] !== PERCENT) steps.push({ directive: "", literal: octets[i]! });
    else if (octets[++i] === PERCENT) steps.push({ directive: "", literal: PERCENT });
    else steps.push({ directive: String.fromCharCode(octets[i] ?? PERCENT), literal: 0 });
  }
  const countsSeconds = steps.some((step) => step.directive === "s");
  return (bytes, start, end) => {
    resetFields();
    let at = start;
    for (const step of steps) {
      at = step.directive === "" ? literalEnd(bytes, at, end, step.literal) : directiveEnd(bytes, at, end, step.directive);
      if (at < 0) return NO_TIME;
    }
    if (at !== end) return NO_TIME;
    return countsSeconds ? FIELDS.epoch + FIELDS.fraction : secondsOfFields(utcOffset);
  };
}

/** A blank in a pattern stands for any number of them. */
function literalEnd(bytes: Uint8Array, start: number, end: number, literal: number): number {
  if (literal !== BLANK) return start < end && bytes[start] === literal ? start + 1 : -1;
  let at = start;
  while (at < end && bytes[at] === BLANK) at++;
  return at > start ? at : -1;
}

function directiveEnd(bytes: Uint8Array, start: number, end: number, directive: string): number {
  if (directive === "z") return start < end ? readZone(bytes, start, end) : -1;
  if (directive === "f") return readFraction(bytes, start, end, DIGITS["f"] ?? 9);
  if (directive === "b" || directive === "p") return wordEnd(bytes, start, end, directive);
  let from = start;
  if (directive === "e") while (from < end && bytes[from] === BLANK) from++;
  let at = from;
  const most = DIGITS[directive] ?? 0;
  while (at < end && at - from < most && isDigit(bytes[at]!)) at++;
  const value = parseInteger(bytes, from, at);
  if (value === NOT_A_NUMBER) return -1;
  setField(directive, value);
  return at;
}

function setField(directive: string, value: number): void {
  if (directive === "Y") FIELDS.year = value;
  else if (directive === "y") FIELDS.year = value + (value < 69 ? 2000 : 1900);
  else if (directive === "m") FIELDS.month = value;
  else if (directive === "d" || directive === "e") FIELDS.day = value;
  else if (directive === "j") FIELDS.dayOfYear = value;
  else if (directive === "H") FIELDS.hour = value;
  else if (directive === "M") FIELDS.minute = value;
  else if (directive === "S") FIELDS.second = value;
  else FIELDS.epoch = value;
}

function wordEnd(bytes: Uint8Array, start: number, end: number, directive: string): number {
  const length = directive === "b" ? 3 : 2;
  if (end - start < length) return -1;
  const word = String.fromCharCode(...bytes.subarray(start, start + length)).toLowerCase();
  if (directive === "b") FIELDS.month = MONTHS.findIndex((month) => month === word) + 1;
  else FIELDS.afternoon = word === "pm" ? 1 : word === "am" ? 0 : -2;
  return FIELDS.month === 0 || FIELDS.afternoon === -2 ? -1 : start + length;
}
