/**
 * The columns of a Zeek log in tab-separated form, out of its header (`#separator`, `#unset_field`, `#path`, `#fields`), or guessed from
 * a line of conn.log whose header was cut off. Source: https://docs.zeek.org/en/current/log-formats.html
 */
import { ascii, hexDigit, parseDecimal, parseInteger, startsWith } from "../text/fields.ts";
import { AddressField } from "../text/address-field.ts";
import { COLUMNS, PROTOCOLS } from "./connection.ts";
import { STATE_TABLE } from "./history.ts";
import { CONN, LOG_REASONS, LOG_TABLE, OTHER_LOG } from "./log-names.ts";

const HASH = 35;
const BACKSLASH = 92;
const LETTER_X = 120;
const TAB = 9;
const SPACE = 32;
const DASH = 45;
const CAPITAL_T = 84;
const CAPITAL_F = 70;

const SEPARATOR = ascii("#separator");
const EMPTY_FIELD = ascii("#empty_field");
const UNSET_FIELD = ascii("#unset_field");
const PATH = ascii("#path");
const FIELDS = ascii("#fields");

/** Most columns of a line; conn.log has 22, with packages up to 60. */
export const MOST_COLUMNS = 256;
/** A column that is not read. */
export const UNREAD = -1;

const NUMBERS: ReadonlyMap<string, number> = new Map(COLUMNS.map((name, number) => [name, number]));

/**
 * conn.log's columns in the order in which Zeek writes them since 2.4 (ip_proto since 7.2). `uid`, `service`, `local_orig` and
 * `local_resp` are not read.
 */
const DEFAULT_ORDER =
  "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents ip_proto".split(
    " ",
  );
const DEFAULT_COLUMNS: readonly number[] = DEFAULT_ORDER.map((name) => NUMBERS.get(name) ?? UNREAD);
const LEAST_DEFAULT = DEFAULT_ORDER.indexOf("resp_ip_bytes") + 1;

/** What the header said last. */
export class LogColumns {
  /** Octet between columns. */
  separator: number = TAB;
  /** How a field that is not set reads, and one that is an empty set. */
  unset: Uint8Array = ascii("-");
  empty: Uint8Array = ascii("(empty)");
  /** Why lines are passed over where the log is not conn.log, or null. */
  otherLog: string | null = null;
  /** Number of columns; 0 before the header. */
  width = 0;
  /** Which of COLUMNS each column is, or UNREAD. */
  readonly kinds: Int8Array = new Int8Array(MOST_COLUMNS).fill(UNREAD);
  /** Whether time, both addresses and the transport are among them. */
  complete = false;

  /** Reads a line of a header: one that begins with `#`. */
  readHeader(bytes: Uint8Array, start: number, end: number): void {
    if (startsWith(bytes, start, end, SEPARATOR)) {
      this.#reset();
      const separator = separatorOf(bytes, start + SEPARATOR.length + 1, end);
      if (separator >= 0) this.separator = separator;
    } else if (startsWith(bytes, start, end, FIELDS)) this.#readFields(bytes, start + FIELDS.length + 1, end);
    else if (startsWith(bytes, start, end, PATH)) this.#readPath(bytes, start + PATH.length + 1, end);
    else if (startsWith(bytes, start, end, UNSET_FIELD)) this.unset = bytes.slice(Math.min(end, start + UNSET_FIELD.length + 1), end);
    else if (startsWith(bytes, start, end, EMPTY_FIELD)) this.empty = bytes.slice(Math.min(end, start + EMPTY_FIELD.length + 1), end);
  }

  /** Takes the order of columns from a line of conn.log in default order; whether it is one. */
  guess(bytes: Uint8Array, start: number, end: number): boolean {
    const width = defaultWidth(bytes, start, end);
    if (width === 0) return false;
    this.#setColumns(DEFAULT_COLUMNS, width);
    return true;
  }

  #reset(): void {
    this.separator = TAB;
    this.unset = ascii("-");
    this.empty = ascii("(empty)");
    this.otherLog = null;
    this.width = 0;
    this.complete = false;
  }

  #readPath(bytes: Uint8Array, start: number, end: number): void {
    if (end - start === CONN.length && startsWith(bytes, start, end, CONN)) this.otherLog = null;
    else {
      const log = LOG_TABLE.find(bytes, start, end);
      this.otherLog = log < 0 ? OTHER_LOG : LOG_REASONS[log]!;
    }
  }

  #readFields(bytes: Uint8Array, start: number, end: number): void {
    const kinds: number[] = [];
    for (let at = start; at <= end && kinds.length < MOST_COLUMNS;) {
      let stop = at;
      while (stop < end && bytes[stop] !== this.separator) stop++;
      // A name is short; longer ones are none of ours.
      kinds.push(stop - at > 32 ? UNREAD : (NUMBERS.get(String.fromCharCode(...bytes.subarray(at, stop))) ?? UNREAD));
      at = stop + 1;
    }
    this.#setColumns(kinds, kinds.length);
  }

  #setColumns(kinds: readonly number[], width: number): void {
    this.kinds.fill(UNREAD);
    const seen = new Set<number>();
    for (let column = 0; column < width; column++) {
      const kind = kinds[column]!;
      this.kinds[column] = seen.has(kind) ? UNREAD : kind;
      seen.add(kind);
    }
    this.width = width;
    this.complete = ["ts", "id.orig_h", "id.resp_h", "proto"].every((name) => seen.has(NUMBERS.get(name)!));
  }
}

/** `\x09`, or the octet itself. */
function separatorOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 1) return bytes[start]!;
  if (end - start < 4 || bytes[start] !== BACKSLASH || bytes[start + 1] !== LETTER_X) return -1;
  const high = hexDigit(bytes[start + 2]!);
  const low = hexDigit(bytes[start + 3]!);
  return high < 0 || low < 0 ? -1 : 16 * high + low;
}

/** Whether a line is one of those with which Zeek's headers begin. */
export function isZeekHeader(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end || bytes[start] !== HASH) return false;
  if (startsWith(bytes, start, end, SEPARATOR))
    return bytes[start + SEPARATOR.length] === SPACE && separatorOf(bytes, start + SEPARATOR.length + 1, end) >= 0;
  return startsWith(bytes, start, end, FIELDS) && bytes[start + FIELDS.length] === TAB;
}

const address = new AddressField();

/** Columns of a line that reads as conn.log in default order in every place that is telling, or 0. */
function defaultWidth(bytes: Uint8Array, start: number, end: number): number {
  let width = 0;
  for (let at = start; at <= end; width++) {
    let stop = at;
    while (stop < end && bytes[stop] !== TAB) stop++;
    if (width >= DEFAULT_ORDER.length || !fits(DEFAULT_ORDER[width]!, bytes, at, stop)) return 0;
    at = stop + 1;
  }
  return width < LEAST_DEFAULT ? 0 : width;
}

function fits(name: string, bytes: Uint8Array, start: number, end: number): boolean {
  const unset = end - start === 1 && bytes[start] === DASH;
  switch (name) {
    case "ts":
      return parseDecimal(bytes, start, end) > 0;
    case "id.orig_h":
    case "id.resp_h":
      return address.read(bytes, start, end);
    case "proto":
      return PROTOCOLS.find(bytes, start, end) >= 0;
    case "id.orig_p":
    case "id.resp_p":
      return parseInteger(bytes, start, end) >= 0;
    case "conn_state":
      return unset || STATE_TABLE.find(bytes, start, end) >= 0;
    case "local_orig":
    case "local_resp":
      return unset || (end - start === 1 && (bytes[start] === CAPITAL_T || bytes[start] === CAPITAL_F));
    case "duration":
      return unset || parseDecimal(bytes, start, end) >= 0;
    case "uid":
    case "service":
    case "history":
    case "tunnel_parents":
      return end > start;
    default:
      return unset || parseInteger(bytes, start, end) >= 0;
  }
}
