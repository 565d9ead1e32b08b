/**
 * Firewall lines whose stamps count from boot (dmesg), kept back until the last line tells when that was: the ring buffer was written out
 * as its last line was new, so boot = time of writing - stamp of the last line. It is right to the pause between the two.
 */

/** Octets kept: the kernel's ring buffer has 128 KiB to 2 MiB (CONFIG_LOG_BUF_SHIFT 17 to 21). Longer inputs are no dmesg, but streams. */
const MOST_HELD = 2 << 20;

/** Takes what was held: messages stand in `bytes[start, end)`. */
export type HeldLine = (bytes: Uint8Array, start: number, end: number, lineNumber: number) => void;

export class UptimeHold {
  #bytes = new Uint8Array(0);
  #length = 0;
  readonly #ends: number[] = [];
  readonly #lineNumbers: number[] = [];
  /** The greatest uptime seen: lines of several processors may stand slightly out of order. */
  #last = 0;
  /** Seconds since 1970 of boot, once it is settled; else NaN. */
  boot: number = Number.NaN;

  /** Notes the uptime of any line. */
  see(uptime: number): void {
    if (uptime > this.#last) this.#last = uptime;
  }

  /** Keeps the line `bytes[start, end)`; false where there is no more room and {@link settle} must be called. */
  keep(bytes: Uint8Array, start: number, end: number, lineNumber: number): boolean {
    const needed = this.#length + end - start;
    if (needed > MOST_HELD) return false;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.min(Math.max(2 * needed, 1 << 14), MOST_HELD));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes.subarray(start, end), this.#length);
    this.#length = needed;
    this.#ends.push(needed);
    this.#lineNumbers.push(lineNumber);
    return true;
  }

  /** Decides when boot was, hands all held lines to `take` in their order, and lets them go. */
  settle(writtenAt: number, take: HeldLine): void {
    if (Number.isNaN(this.boot)) this.boot = Math.max(0, writtenAt - this.#last);
    let start = 0;
    for (const [i, end] of this.#ends.entries()) {
      take(this.#bytes, start, end, this.#lineNumbers[i]!);
      start = end;
    }
    this.#ends.length = 0;
    this.#lineNumbers.length = 0;
    this.#length = 0;
    this.#bytes = new Uint8Array(0);
  }
}
