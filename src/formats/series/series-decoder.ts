/** Series as tables: `time,series,value` in CSV, columns found by the names in the header. Rows are kept as columns of numbers. */
import { parseDecimal, parseInteger } from "../text/fields.ts";
import { parseIsoTime } from "../text/iso-time.ts";
import { LineDecoder } from "../text/lines.ts";

/** Series of one table: as many as history has. */
export const MOST_SERIES = 262_148;
/** Rows of one table, 20 octets each. */
export const MOST_ROWS = 50_000_000;
/** The name of a series in a table that has no names. */
export const ONLY_SERIES = "value";
/** Bad rows whose line and reason are kept. */
const MOST_FAULTS = 5;

const SEPARATORS = [",", ";", "\t"] as const;
const TIME_NAMES = ["time", "timestamp", "date", "datetime", "ts", "_time"];
const SERIES_NAMES = ["series", "name", "metric", "key"];
const VALUE_NAMES = ["value", "count", "y"];
/** Words for no value. */
const MISSING = /^(?:nan|na|n\/a|null|none|-)?$/i;

/** Numbers above are finer than seconds: 1e11 s is the year 5138. */
const LEAST_MILLISECONDS = 1e11;
const LEAST_MICROSECONDS = 1e14;
const LEAST_NANOSECONDS = 1e17;

const QUOTE = 34;
const SPACE = 32;
const DATE = /^\d{4}-\d\d-\d\d$/;
const MINUTE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(Z?|[+-]\d\d:?\d\d)$/;

const TOO_FEW = "fewer columns than the header";
const BAD_TIME = "no time (ISO 8601, or seconds or milliseconds since 1970)";
const BAD_VALUE = "no number, or one below zero";
const TOO_MANY_SERIES = `series beyond the first ${MOST_SERIES}`;
const TOO_MANY_ROWS = `rows beyond the first ${MOST_ROWS}`;

/** Rows in the order of the table; a value of NaN says that there was none. */
export interface SeriesRows {
  readonly length: number;
  readonly series: Int32Array;
  /** Seconds since 1970. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

interface Columns {
  readonly time: number;
  readonly series: number;
  readonly value: number;
}

export class SeriesDecoder extends LineDecoder {
  /** Names in the order in which they first came. */
  readonly names: string[] = [];
  /** Why nothing can be read, or null. */
  trouble: string | null = null;
  readonly #numbers = new Map<string, number>();
  #columns: Columns | null = null;
  #separator = ",";
  #series = new Int32Array(1024);
  #times = new Float64Array(1024);
  #values = new Float64Array(1024);
  #length = 0;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #decoder = new TextDecoder();

  /** What was read; views that the next row may make stale. */
  rows(): SeriesRows {
    return {
      length: this.#length,
      series: this.#series.subarray(0, this.#length),
      times: this.#times.subarray(0, this.#length),
      values: this.#values.subarray(0, this.#length),
    };
  }

  protected override line(bytes: Uint8Array, start: number, end: number): void {
    if (this.trouble !== null) return;
    if (this.#columns === null) return this.#header(this.#text(bytes, start, end));
    const { time, series, value } = this.#columns;
    this.stats.records++;
    const separator = this.#separator.charCodeAt(0);
    if (this.#split(bytes, start, end, separator) <= Math.max(time, series, value)) return this.fault(TOO_FEW);
    const when = this.#time(bytes, this.#starts[time]!, this.#ends[time]!);
    if (when === null) return this.fault(BAD_TIME);
    const number = this.#value(bytes, this.#starts[value]!, this.#ends[value]!);
    if (number === null) return this.fault(BAD_VALUE);
    const name = series < 0 ? ONLY_SERIES : this.#text(bytes, this.#starts[series]!, this.#ends[series]!);
    const known = this.#numbers.get(name) ?? this.#name(name);
    if (known < 0) return this.fault(TOO_MANY_SERIES);
    if (this.#length === MOST_ROWS) return this.fault(TOO_MANY_ROWS);
    this.#put(known, when, number);
  }

  #header(line: string): void {
    this.#separator = SEPARATORS.reduce((best, one) => (line.split(one).length > line.split(best).length ? one : best));
    const names = line.split(this.#separator).map((name) => name.trim().replaceAll('"', "").toLowerCase());
    const find = (known: readonly string[]): number => known.map((name) => names.indexOf(name)).find((place) => place >= 0) ?? -1;
    const columns = { time: find(TIME_NAMES), series: find(SERIES_NAMES), value: find(VALUE_NAMES) };
    if (columns.time >= 0 && columns.value >= 0) this.#columns = columns;
    else this.trouble = `the header has no column named ${columns.time < 0 ? "time" : "value"}; time,series,value is expected`;
  }

  #name(name: string): number {
    if (this.names.length === MOST_SERIES) return -1;
    this.#numbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }

  #put(series: number, time: number, value: number): void {
    if (this.#length === this.#times.length) {
      const room = Math.min(MOST_ROWS, 2 * this.#length);
      this.#series = grown(this.#series, new Int32Array(room));
      this.#times = grown(this.#times, new Float64Array(room));
      this.#values = grown(this.#values, new Float64Array(room));
    }
    this.#series[this.#length] = series;
    this.#times[this.#length] = time;
    this.#values[this.#length++] = value;
  }

  /** Notes where the cells stand, quotes and blanks around them taken off; returns how many there are. */
  #split(bytes: Uint8Array, start: number, end: number, separator: number): number {
    let count = 0;
    for (let at = start; at <= end;) {
      while (at < end && bytes[at] === SPACE) at++;
      let from = at;
      let to: number;
      if (bytes[at] === QUOTE && at < end) {
        from = ++at;
        while (at < end && (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE)) at += bytes[at] === QUOTE ? 2 : 1;
        to = Math.min(at, end);
        while (at < end && bytes[at] !== separator) at++;
      } else {
        while (at < end && bytes[at] !== separator) at++;
        to = at;
        while (to > from && bytes[to - 1] === SPACE) to--;
      }
      this.#starts[count] = from;
      this.#ends[count++] = to;
      at++;
    }
    return count;
  }

  #time(bytes: Uint8Array, start: number, end: number): number | null {
    const iso = parseIsoTime(bytes, start, end);
    if (iso >= 0) return iso;
    const number = parseDecimal(bytes, start, end);
    if (number >= 0) return inSeconds(number);
    const text = this.#text(bytes, start, end);
    if (DATE.test(text)) return checked(`${text}T00:00:00Z`);
    const zone = MINUTE.exec(text)?.[1];
    if (zone !== undefined) return checked(`${text.slice(0, 16).replace(" ", "T")}:00${zone === "" ? "Z" : zone}`);
    return /^\d{16,20}$/.test(text) ? inSeconds(Number(text)) : null;
  }

  #value(bytes: Uint8Array, start: number, end: number): number | null {
    const whole = parseInteger(bytes, start, end);
    if (whole >= 0) return whole;
    const text = this.#text(bytes, start, end);
    if (MISSING.test(text)) return Number.NaN;
    const number = Number(text);
    return Number.isFinite(number) && number >= 0 ? Math.abs(number) : null;
  }

  #text(bytes: Uint8Array, start: number, end: number): string {
    return this.#decoder.decode(bytes.subarray(start, end)).replaceAll('""', '"');
  }
}

/** The bad rows in words: how many of which reason, the first with their lines. */
export function faultWords({ stats }: SeriesDecoder): string[] {
  const { unparsed, faults } = stats;
  if (unparsed === 0) return [];
  const first = faults.slice(0, MOST_FAULTS).map(({ at, reason }) => `line ${at}: ${reason}`);
  return [`${unparsed} ${unparsed === 1 ? "row" : "rows"} left out: ${first.join("; ")}${unparsed > first.length ? "; …" : ""}`];
}

function inSeconds(number: number): number {
  if (number >= LEAST_NANOSECONDS) return number / 1e9;
  if (number >= LEAST_MICROSECONDS) return number / 1e6;
  return number >= LEAST_MILLISECONDS ? number / 1e3 : number;
}

function checked(text: string): number | null {
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) || milliseconds < 0 ? null : milliseconds / 1000;
}

function grown<T extends Int32Array | Float64Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
