/**
 * What stands around a log message: when, on which host, by which program. RFC 3164 (BSD) with and without `<PRI>`, RFC 5424, the
 * stamps of rsyslog, journalctl, dmesg and Cisco devices; journald's JSON goes through `journald.ts` into the same fields.
 */
import type { DecodeContext } from "../format.ts";
import { ascii, startsWith } from "../text/fields.ts";
import { JournalEntry } from "./journald.ts";
import { NO_TIME, StampReader } from "./stamp.ts";

export { NO_TIME } from "./stamp.ts";

const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const PERCENT = 37;
const STAR = 42;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const ONE = 49;
const COLON = 58;
const LESS = 60;
const GREATER = 62;
const OPEN = 91;
const BACKSLASH = 92;
const CLOSE = 93;
const OPEN_BRACE = 123;
/** `dmesg -x`: facility and level before the stamp. */
const DMESG_FACILITY = ascii("kern  :");
/** Facility 23, severity 7 (RFC 5424 §6.2.1). */
const MAX_PRIORITY = 191;
/** Sequence numbers and names that Cisco devices write before their stamp: `<189>45: router: 000123: *Nov …`. */
const MOST_PREFACES = 3;

/** The parts of one line, as offsets into `bytes`; all are valid until the next `read`. */
export class Envelope {
  /** Where the offsets point: the line's own octets, or a buffer of unescaped ones (journald JSON). */
  bytes: Uint8Array = new Uint8Array(0);
  /** Seconds since 1970 UTC, or NO_TIME where the line does not say, or only since boot. */
  time: number = NO_TIME;
  /** Seconds since boot (dmesg), or NO_TIME. */
  uptime: number = NO_TIME;
  /** Facility * 8 + severity, or -1. */
  priority: number = -1;
  /** The host is `bytes[hostStart, hostEnd)`; empty where the line has none. */
  hostStart = 0;
  hostEnd = 0;
  /** The program without `[pid]`: `kernel`, `filterlog`; empty where the line has none. */
  programStart = 0;
  programEnd = 0;
  /** Where the text behind the host begins: the program if there is one, else the message. A log prefix may look like a program. */
  tag = 0;
  /**
   * The message is `bytes[message, end)`. Neither the uptime behind `kernel: ` is part of it, nor Cisco's own sequence number and stamp
   * behind a relay's header.
   */
  message = 0;
  end = 0;
  /** Whether the names stand where a form of syslog has them: a program's name with its colon, or fields of their own. */
  tagged = false;
  readonly #stamps: StampReader;
  #entry: JournalEntry | null = null;

  constructor(context: DecodeContext) {
    this.#stamps = new StampReader(context);
  }

  /** Whether the program's name is `name` (ASCII octets). */
  isProgram(name: Uint8Array): boolean {
    return this.programEnd - this.programStart === name.length && startsWith(this.bytes, this.programStart, this.programEnd, name);
  }

  /**
   * Takes the line `bytes[start, end)` apart; whether it has a stamp (of time or of uptime). Without one all of it (behind `<PRI>`) is the
   * message. A line of JSON has one where it is journald's.
   */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.bytes = bytes;
    this.end = end;
    this.time = NO_TIME;
    this.uptime = NO_TIME;
    this.tagged = false;
    this.priority = -1;
    if (start < end && bytes[start] === OPEN_BRACE) return this.#journal(bytes, start, end);
    const at = this.#priority(bytes, start, end);
    this.#startMessage(at);
    if (this.priority >= 0 && bytes[at] === ONE && bytes[at + 1] === SPACE && at + 2 < end) return this.#rfc5424(bytes, at + 2, end);
    let stamp = at;
    let after = this.#stamps.read(bytes, stamp, end);
    if (after < 0) {
      stamp = this.#preface(bytes, at, end);
      if (stamp < 0) return false;
      after = this.#stamps.read(bytes, stamp, end);
      if (after < 0) return false;
    }
    if (after < end && bytes[after] !== SPACE && bytes[after] !== COLON && bytes[after] !== TAB) {
      // Newer kernels write who logged behind the uptime: [12.345678][ T123]
      if (this.#stamps.uptime < 0 || bytes[after] !== OPEN) return false;
      while (after < end && bytes[after] !== CLOSE) after++;
      if (after < end) after++;
    }
    this.time = this.#stamps.time;
    this.uptime = this.#stamps.uptime;
    if (after < end && bytes[after] === COLON) this.#startMessage(skipSpaces(bytes, after + 1, end));
    else if (this.uptime >= 0) {
      this.#startMessage(skipSpaces(bytes, after, end));
      this.tagged = true;
    } else this.#names(bytes, skipSpaces(bytes, after, end), end);
    this.#skipDeviceStamp(bytes, end);
    return true;
  }

  #startMessage(at: number): void {
    this.hostStart = this.hostEnd = this.programStart = this.programEnd = this.tag = this.message = at;
  }

  #journal(bytes: Uint8Array, start: number, end: number): boolean {
    this.#startMessage(start);
    const entry = (this.#entry ??= new JournalEntry());
    if (!entry.read(bytes, start, end)) return false;
    this.bytes = entry.bytes;
    this.time = entry.time;
    this.hostStart = 0;
    this.hostEnd = this.programStart = this.tag = entry.hostEnd;
    this.programEnd = entry.programEnd;
    this.message = entry.message;
    this.end = entry.end;
    this.tagged = true;
    return true;
  }

  /** `<134>`, or with RFC 6587's octet count before it. */
  #priority(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && at - start < 6 && isDigit(bytes[at]!)) at++;
    if (at > start && (bytes[at] !== SPACE || bytes[at + 1] !== LESS)) return start;
    if (at > start) at++;
    if (at >= end || bytes[at] !== LESS) return start;
    let value = 0;
    let i = at + 1;
    for (; i < end && i - at <= 3 && isDigit(bytes[i]!); i++) value = 10 * value + bytes[i]! - ZERO;
    if (i === at + 1 || i >= end || bytes[i] !== GREATER || value > MAX_PRIORITY) return start;
    this.priority = value;
    return i + 1;
  }

  /** `<134>1 2013-11-02T01:02:03.123Z host app pid msgid [sd] msg`, from the stamp on. */
  #rfc5424(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    if (bytes[at] === MINUS && bytes[at + 1] === SPACE && at + 2 <= end) at += 2;
    else {
      const after = this.#stamps.read(bytes, at, end);
      if (after < 0 || after >= end || bytes[after] !== SPACE) return false;
      this.time = this.#stamps.time;
      at = after + 1;
    }
    let next = tokenEnd(bytes, at, end);
    this.hostStart = at;
    this.hostEnd = isNil(bytes, at, next) ? at : next;
    at = Math.min(next + 1, end);
    next = tokenEnd(bytes, at, end);
    this.programStart = at;
    this.programEnd = isNil(bytes, at, next) ? at : next;
    // Process and message id
    at = Math.min(tokenEnd(bytes, Math.min(next + 1, end), end) + 1, end);
    at = Math.min(tokenEnd(bytes, at, end) + 1, end);
    if (at < end && bytes[at] === OPEN) at = structuredDataEnd(bytes, at, end);
    else at = tokenEnd(bytes, at, end);
    at = skipSpaces(bytes, at, end);
    if (end - at >= 3 && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
    this.tag = at;
    this.message = at;
    this.tagged = true;
    return this.time >= 0;
  }

  /** Passes over what may stand before a stamp, or returns -1. */
  #preface(bytes: Uint8Array, start: number, end: number): number {
    if (startsWith(bytes, start, end, DMESG_FACILITY)) {
      let at = start + DMESG_FACILITY.length;
      while (at < end && bytes[at] !== COLON && at - start < 20) at++;
      return skipSpaces(bytes, Math.min(at + 1, end), end);
    }
    // A device that numbers nothing leaves the colon: <189>: Nov …
    const unnumbered = bytes[start] === COLON;
    if (!unnumbered && !isDigit(bytes[start]!)) return -1;
    let at = unnumbered ? skipSpaces(bytes, start + 1, end) : start;
    for (let prefaces = 0; prefaces < MOST_PREFACES; prefaces++) {
      const next = tokenEnd(bytes, at, end);
      if (next >= end || bytes[next - 1] !== COLON) return at === start ? -1 : at;
      if (prefaces === 0 && !unnumbered) for (let i = at; i < next - 1; i++) if (!isDigit(bytes[i]!)) return -1;
      at = skipSpaces(bytes, next, end);
    }
    return at;
  }

  /** `host prog[pid]: message`, or any part of it. */
  #names(bytes: Uint8Array, at: number, end: number): void {
    this.#startMessage(at);
    const first = tokenEnd(bytes, at, end);
    if (first > at && bytes[first - 1] !== COLON && bytes[at] !== PERCENT && first < end) {
      this.hostEnd = first;
      const next = skipSpaces(bytes, first, end);
      this.programStart = this.programEnd = this.tag = this.message = next;
      this.#program(bytes, next, tokenEnd(bytes, next, end), end);
    } else this.#program(bytes, at, first, end);
  }

  #program(bytes: Uint8Array, at: number, tokenEndAt: number, end: number): void {
    // %ASA-6-302013: is a message's own name
    if (tokenEndAt <= at || bytes[tokenEndAt - 1] !== COLON || bytes[at] === PERCENT) return;
    let programEnd = at;
    while (programEnd < tokenEndAt - 1 && bytes[programEnd] !== OPEN) programEnd++;
    this.programEnd = programEnd;
    this.message = skipUptime(bytes, skipSpaces(bytes, tokenEndAt, end), end);
    this.tagged = isLetter(bytes[at]!) && (this.hostEnd === this.hostStart || bytes[this.hostStart] !== OPEN);
  }

  /** A relay's header may be followed by the device's own: `10.0.0.1 45: *Nov  2 01:02:03.123: %SEC-6-…`. */
  #skipDeviceStamp(bytes: Uint8Array, end: number): void {
    let at = this.message;
    const sequence = at;
    while (at < end && isDigit(bytes[at]!)) at++;
    if (at > sequence && (at + 2 >= end || bytes[at] !== COLON || bytes[at + 1] !== SPACE)) return;
    if (at > sequence) at = skipSpaces(bytes, at + 1, end);
    if (at >= end) return;
    const code = bytes[at]!;
    if (code === PERCENT) this.message = at;
    // The first letters of months
    else if (code === STAR || code === DOT || (code >= 65 && code <= 83)) {
      const after = this.#stamps.read(bytes, at, end);
      if (after >= 0 && after < end && bytes[after] === COLON) this.message = skipSpaces(bytes, after + 1, end);
    }
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 57;
}

function isLetter(code: number): boolean {
  const letter = code | 0x20;
  return letter >= 97 && letter <= 122;
}

function isNil(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 1 && bytes[start] === MINUS;
}

function skipSpaces(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  return at;
}

/** `[12345.678901] `, which the kernel's messages have behind the program's name. */
function skipUptime(bytes: Uint8Array, start: number, end: number): number {
  if (start + 2 >= end || bytes[start] !== OPEN || !(bytes[start + 1] === SPACE || isDigit(bytes[start + 1]!))) return start;
  let at = start + 1;
  while (at < end && (bytes[at] === SPACE || bytes[at] === DOT || isDigit(bytes[at]!))) at++;
  return at < end && bytes[at] === CLOSE ? skipSpaces(bytes, at + 1, end) : start;
}

function tokenEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== SPACE) at++;
  return at;
}

/** Where `[id key="value"]…` ends (RFC 5424 §6.3): `]`, `"` and `\` are escaped in values. */
function structuredDataEnd(bytes: Uint8Array, start: number, end: number): number {
  let quoted = false;
  for (let at = start; at < end; at++) {
    const code = bytes[at];
    if (code === BACKSLASH && quoted) at++;
    else if (code === QUOTE) quoted = !quoted;
    else if (code === CLOSE && !quoted && bytes[at + 1] !== OPEN) return at + 1;
  }
  return end;
}
