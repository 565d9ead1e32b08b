/** Messages made lines: what came whole in a datagram or frame gets a newline behind it, and loses those within it. */

const NEWLINE = 10;
const SPACE = 32;

/** Whether octets begin like text: no flow-export datagram does (its version comes in two octets, the first of which is zero), nor does protobuf. */
export function looksLikeText(bytes: Uint8Array): boolean {
  let end = Math.min(bytes.length, 16);
  while (end > 0 && bytes[end - 1] === 0) end--; // some senders end text with NULs
  for (let i = 0; i < end; i++) {
    const octet = bytes[i]!;
    if (octet < SPACE && octet !== 9 && octet !== 10 && octet !== 13) return false;
  }
  return end > 0;
}

/** A buffer in which one message at a time becomes a line. */
export class LineBuffer {
  #bytes: Uint8Array = new Uint8Array(4096);

  /**
   * The message `bytes[start, end)` as a line with its newline, valid until the next call; null where there is nothing in it. Newlines and
   * NULs at its end are taken off; within it they become spaces: a message that holds a newline must not become two records.
   */
  line(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
    let stop = end;
    while (stop > start && isEnd(bytes[stop - 1]!)) stop--;
    const length = stop - start;
    if (length === 0) return null;
    if (length + 1 > this.#bytes.length) this.#bytes = new Uint8Array(2 * (length + 1));
    const line = this.#bytes;
    line.set(bytes.subarray(start, stop), 0);
    for (let at = line.indexOf(NEWLINE); at >= 0 && at < length; at = line.indexOf(NEWLINE, at + 1)) line[at] = SPACE;
    line[length] = NEWLINE;
    return line.subarray(0, length + 1);
  }
}

function isEnd(octet: number): boolean {
  return octet === NEWLINE || octet === 13 || octet === 0;
}
