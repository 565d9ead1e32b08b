/** Lines of text, one record each, as every log format reads them: found in the octets as they stand, never turned into strings. */
import { type Decoder, DecodeStats } from "../format.ts";

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** Longest line that is read, octets; a longer one is counted and passed over. Suricata's EVE writes its longest below this. */
export const MAX_LINE = 1 << 18;
const TOO_LONG = "line longer than 256 KiB";

/** Splits the input into lines and hands each to `line`. Formats extend it; blank lines are no records. */
export abstract class LineDecoder implements Decoder {
  readonly stats: DecodeStats = new DecodeStats();
  /** Number of the line at hand, from 1. */
  lineNumber = 0;
  /** Inside a line that is too long: what comes up to its end is thrown away. */
  #skipping = false;
  /** The buffer that came last, and the same as a Buffer: its search is memchr(3), four times as fast as that of typed arrays. */
  #bytes: Uint8Array = new Uint8Array(0);
  #octets: Buffer = Buffer.alloc(0);

  /** Reads the line `bytes[start, end)`, its end of line taken off; not empty. Counts `stats.records` itself. */
  protected abstract line(bytes: Uint8Array, start: number, end: number): void;

  push(bytes: Uint8Array, start: number, end: number): number {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const octets = this.#octets;
    let at = start;
    for (;;) {
      const newline = octets.indexOf(NEWLINE, at);
      if (newline < 0 || newline >= end) break;
      this.#whole(bytes, at, newline);
      at = newline + 1;
    }
    if (end - at >= MAX_LINE) {
      if (!this.#skipping) this.#tooLong(this.lineNumber + 1);
      this.#skipping = true;
      at = end;
    }
    return at - start;
  }

  end(bytes: Uint8Array, start: number, end: number): void {
    if (end > start) this.#whole(bytes, start, end);
  }

  /** Counts the line at hand as one that did not parse. */
  protected fault(reason: string): void {
    this.stats.fault(reason, this.lineNumber, "line");
  }

  #tooLong(lineNumber: number): void {
    this.stats.records++;
    this.stats.fault(TOO_LONG, lineNumber, "line");
  }

  #whole(bytes: Uint8Array, from: number, newline: number): void {
    this.lineNumber++;
    if (this.#skipping) {
      this.#skipping = false;
      return;
    }
    // Such a line may also come in one piece: what is read must not depend on that.
    if (newline - from >= MAX_LINE) return this.#tooLong(this.lineNumber);
    let start = from;
    let end = newline;
    if (end > start && bytes[end - 1] === CARRIAGE_RETURN) end--;
    if (this.lineNumber === 1 && BYTE_ORDER_MARK.every((octet, i) => bytes[start + i] === octet)) start += BYTE_ORDER_MARK.length;
    if (end > start) this.line(bytes, start, end);
  }
}

/** Visits the whole lines of a head (a cut last line too, where it is the only one) until `visit` returns true; whether it did. */
export function someLine(head: Uint8Array, visit: (start: number, end: number) => boolean): boolean {
  let at = BYTE_ORDER_MARK.every((octet, i) => head[i] === octet) ? BYTE_ORDER_MARK.length : 0;
  const first = at;
  while (at < head.length) {
    const newline = head.indexOf(NEWLINE, at);
    if (newline < 0 && at > first) return false;
    let end = newline < 0 ? head.length : newline;
    const next = end + 1;
    if (end > at && head[end - 1] === CARRIAGE_RETURN) end--;
    if (end > at && visit(at, end)) return true;
    at = next;
  }
  return false;
}
