/** The outermost JSON objects of a text, wherever lines end: in an array, separated by commas, or one behind the other. */
import { type Decoder, DecodeStats } from "../format.ts";

const OPEN = 123;
const CLOSE = 125;
const QUOTE = 34;
const BACKSLASH = 92;
const NEWLINE = 10;

/** Longest object that is read, octets; nfdump's have under 4,000. */
export const MAX_OBJECT = 1 << 16;
const TOO_LONG = "JSON object longer than 64 KiB";
const CUT = "JSON cut before its end";

/** Finds objects and hands each to `object`. Formats extend it. What stands between objects is not looked at. */
export abstract class JsonObjectDecoder implements Decoder {
  readonly stats: DecodeStats = new DecodeStats();
  /** Octets of the input used so far. */
  #offset = 0;
  /** Octets of the object at hand that were scanned; 0 between objects. */
  #scanned = 0;
  #depth = 0;
  #inString = false;
  /** Inside an object that is too long: what comes up to a line that begins with one is thrown away. */
  #skipping = false;
  /** The octet before the rest is a newline, or there is none. */
  #atLineStart = true;

  /** Reads the object `bytes[start, end)`, its braces included, which stands `offset` octets into the input. Counts `stats.records` itself. */
  protected abstract object(bytes: Uint8Array, start: number, end: number, offset: number): void;

  push(bytes: Uint8Array, start: number, end: number): number {
    let from = start;
    for (;;) {
      if (this.#scanned === 0) {
        from = this.#seek(bytes, from, end);
        if (from === end) break;
      }
      const stop = this.#scan(bytes, from, end);
      const octets = (stop < 0 ? end : stop) - from;
      if (stop < 0 && octets <= MAX_OBJECT) break;
      if (octets > MAX_OBJECT) {
        this.stats.records++;
        this.stats.fault(TOO_LONG, this.#offset + from - start, "octet");
        this.#skipping = true;
        this.#atLineStart = false;
        this.#scanned = 0;
        from++;
        continue;
      }
      this.object(bytes, from, stop, this.#offset + from - start);
      this.#scanned = 0;
      from = stop;
    }
    this.#offset += from - start;
    return from - start;
  }

  end(_bytes: Uint8Array, start: number, end: number): void {
    if (end === start) return;
    this.stats.records++;
    this.stats.fault(CUT, this.#offset, "octet");
  }

  /** Where the next object begins, or `end`. */
  #seek(bytes: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      const octet = bytes[at]!;
      if (octet === OPEN && (!this.#skipping || this.#atLineStart)) {
        this.#skipping = false;
        this.#depth = 0;
        this.#inString = false;
        return at;
      }
      this.#atLineStart = octet === NEWLINE;
    }
    return end;
  }

  /** Goes on scanning the object at `start`; returns where it ends, or -1 where that has not come. */
  #scan(bytes: Uint8Array, start: number, end: number): number {
    let depth = this.#depth;
    let inString = this.#inString;
    let at = start + this.#scanned;
    for (; at < end; at++) {
      const octet = bytes[at]!;
      if (inString) {
        if (octet === BACKSLASH) {
          if (at + 1 === end) break;
          at++;
        } else if (octet === QUOTE) inString = false;
      } else if (octet === QUOTE) inString = true;
      else if (octet === OPEN) depth++;
      else if (octet === CLOSE && --depth === 0) return at + 1;
    }
    this.#depth = depth;
    this.#inString = inString;
    this.#scanned = at - start;
    return -1;
  }
}
