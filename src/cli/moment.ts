/** Moments on the command line: ISO 8601, in UTC where no offset is given, or seconds since 1970. */
import { InvalidArgumentError } from "commander";

const DATE_TIME = /^(\d{4})-(\d\d)(?:-(\d\d))?(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i;
/** Numbers of so many digits are more often a year or a date than seconds. */
const DIGITS_OF_A_YEAR = 4;
const DIGITS_OF_A_DATE = 8;
/** 99,999,999,999 s is the year 5138: what is longer is in milliseconds or finer. */
const MAX_DIGITS = 11;

/** Seconds since 1970 of a moment. Throws InvalidArgumentError. */
export function parseMoment(text: string): number {
  const seconds = /^@?(\d+)(?:\.\d+)?$/.exec(text);
  if (seconds?.[1] !== undefined) return parseSeconds(text, seconds[1].length);
  const parts = DATE_TIME.exec(text.trim());
  if (parts === null) throw new InvalidArgumentError("Write 2013-11-02, 2013-11-02T01:00:00Z, or seconds since 1970.");
  const part = (index: number, fallback: number): number => (parts[index] === undefined ? fallback : Number(parts[index]));
  const [year, month, day] = [part(1, 0), part(2, 1), part(3, 1)];
  const [hour, minute, second] = [part(4, 0), part(5, 0), part(6, 0)];
  // 24:00 is ISO 8601 for the end of a day; a leap second is the first of the next minute, as in POSIX time.
  const isTime = minute < 60 && second <= 60 && (hour < 24 || (hour === 24 && minute === 0 && second === 0));
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  if (!isTime || midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) {
    throw new InvalidArgumentError("There is no such date or time.");
  }
  const fraction = parts[7] === undefined ? 0 : Number(`0.${parts[7]}`);
  return midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second + fraction - offsetSeconds(parts[8]);
}

function parseSeconds(text: string, digits: number): number {
  if (text.startsWith("@")) return Number(text.slice(1));
  if (digits === DIGITS_OF_A_YEAR) throw new InvalidArgumentError(`For the year write ${text}-01-01, for seconds since 1970 @${text}.`);
  if (digits === DIGITS_OF_A_DATE) throw new InvalidArgumentError(`For a date write it with dashes, for seconds since 1970 @${text}.`);
  if (digits > MAX_DIGITS) throw new InvalidArgumentError("Seconds since 1970 are expected, not milliseconds or finer.");
  return Number(text);
}

function offsetSeconds(text: string | undefined): number {
  if (text === undefined || /^z$/i.test(text)) return 0;
  const digits = text.slice(1).replace(":", "").padEnd(4, "0");
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2));
  if (hours > 14 || minutes > 59) throw new InvalidArgumentError("There is no such offset from UTC.");
  return (text.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60);
}

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 };
/** Timers of Node count milliseconds in 31 bits. */
const LONGEST_TIMER_SECONDS = 2 ** 31 / 1000 - 1;

/** Seconds of a duration: "90s", "1.5h", "365d". Throws InvalidArgumentError. */
export function parseDuration(text: string): number {
  const [, number, unit] = DURATION.exec(text) ?? [];
  const seconds = Number(number) * (UNIT_SECONDS[unit ?? ""] ?? Number.NaN);
  if (!(seconds > 0)) throw new InvalidArgumentError("Write a time, such as 60s, 5m, 1h or 30d.");
  return seconds;
}

/** The same of a time that is waited for. */
export function parseWait(text: string): number {
  const seconds = parseDuration(text);
  if (seconds > LONGEST_TIMER_SECONDS) throw new InvalidArgumentError("Write a time up to 24 days, such as 60s, 5m or 1h.");
  return seconds;
}
