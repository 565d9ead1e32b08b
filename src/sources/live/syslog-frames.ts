/**
 * Syslog messages out of a TCP stream, in either framing of RFC 6587: octet counting (`29 <34>1 …`, the only one of RFC 5425) or one message
 * a line. A connection keeps to what its first octets show.
 */

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;
const LESS_THAN = 60;

/** Digits of a count, at most: 99,999,999 octets are more than any message has. */
const MAX_DIGITS = 8;
/** Octets that tell the framing: a count, a space, and the "<" of the message's priority. */
const HEAD = MAX_DIGITS + 2;

/** Gets a message, `bytes[start, end)`, without count or newline. Valid during the call. */
export type OnMessage = (bytes: Uint8Array, start: number, end: number) => void;

type Framing = "unknown" | "counted" | "lines";

/** Takes the stream of one connection apart. It keeps at most one message of `longest` octets. */
export class SyslogFrames {
  /** Messages longer than allowed, passed over. */
  tooLong = 0;
  readonly #longest: number;
  readonly #onMessage: OnMessage;
  #framing: Framing = "unknown";
  /** What came and is not a whole message yet. */
  #rest: Uint8Array = new Uint8Array(0);
  /** Octets of a counted message that is too long, still to come. */
  #toSkip = 0;
  /** Inside a line that is too long. */
  #skippingLine = false;

  constructor(longest: number, onMessage: OnMessage) {
    this.#longest = longest;
    this.#onMessage = onMessage;
  }

  /** Takes the next octets; false where they follow no framing: the connection must be closed, nothing in it can be found again. */
  push(chunk: Uint8Array): boolean {
    const bytes = this.#rest.length === 0 ? chunk : joined(this.#rest, chunk);
    const used = this.#take(bytes);
    if (used < 0) return false;
    this.#rest = used === bytes.length ? EMPTY : Uint8Array.from(bytes.subarray(used));
    return true;
  }

  /** The connection is over: a last line may lack its newline. A counted message that is cut is given up; whether there was one. */
  end(): boolean {
    const rest = this.#rest;
    this.#rest = EMPTY;
    if (this.#framing !== "counted") {
      if (rest.length > 0 && !this.#skippingLine) this.#onMessage(rest, 0, rest.length);
      return false;
    }
    return rest.length > 0 || this.#toSkip > 0;
  }

  /** Returns the octets used, or -1 where the framing is broken. */
  #take(bytes: Uint8Array): number {
    if (this.#framing === "unknown") this.#framing = framingOf(bytes);
    switch (this.#framing) {
      case "counted":
        return this.#counted(bytes);
      case "lines":
        return this.#lines(bytes);
      case "unknown":
        return 0;
    }
  }

  #counted(bytes: Uint8Array): number {
    let at = 0;
    for (;;) {
      if (this.#toSkip > 0) {
        const skipped = Math.min(this.#toSkip, bytes.length - at);
        this.#toSkip -= skipped;
        at += skipped;
      }
      // Some senders put a newline behind counted messages as well
      while (at < bytes.length && (bytes[at] === NEWLINE || bytes[at] === CARRIAGE_RETURN)) at++;
      let length = 0;
      let i = at;
      while (i < bytes.length && i - at <= MAX_DIGITS && isDigit(bytes[i]!)) length = 10 * length + bytes[i++]! - ZERO;
      if (i === bytes.length && i - at <= MAX_DIGITS) return at;
      if (i === at || i - at > MAX_DIGITS || bytes[i] !== SPACE || bytes[at] === ZERO) return -1;
      const start = i + 1;
      if (length > this.#longest) {
        this.tooLong++;
        this.#toSkip = length;
        at = start;
      } else if (start + length > bytes.length) return at;
      else {
        this.#onMessage(bytes, start, start + length);
        at = start + length;
      }
    }
  }

  #lines(bytes: Uint8Array): number {
    let at = 0;
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, at);
      if (newline < 0) break;
      if (this.#skippingLine) this.#skippingLine = false;
      else if (newline - at > this.#longest) this.tooLong++;
      else if (newline > at) this.#onMessage(bytes, at, newline);
      at = newline + 1;
    }
    if (this.#skippingLine) return bytes.length;
    if (bytes.length - at <= this.#longest) return at;
    this.tooLong++;
    this.#skippingLine = true;
    return bytes.length;
  }
}

const EMPTY = new Uint8Array(0);

/** The framing of a connection that begins with `bytes`. Digits alone do not make a count: lines may begin with a date. */
function framingOf(bytes: Uint8Array): Framing {
  if (bytes[0] === ZERO) return "lines";
  let i = 0;
  while (i < bytes.length && i < HEAD && isDigit(bytes[i]!)) i++;
  if (i === bytes.length) return i > MAX_DIGITS ? "lines" : "unknown";
  if (i === 0 || i > MAX_DIGITS || bytes[i] !== SPACE) return "lines";
  if (i + 1 === bytes.length) return "unknown";
  return bytes[i + 1] === LESS_THAN ? "counted" : "lines";
}

function isDigit(octet: number): boolean {
  return octet >= ZERO && octet <= NINE;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a, 0);
  whole.set(b, a.length);
  return whole;
}
