/** Lines at the beginning of a log that say how to read the rest: a reader that starts further on needs them as well. */

const NEWLINE = 10;
const HASH = 35;
const OPENING_BRACE = 123;

/**
 * Octets of the header that `head` (the beginning of a file) starts with, whole lines: all first lines that begin with "#" (Zeek, W3C), or one
 * first line without a digit (names of columns: AWS VPC, CSV): a record has a time, which has digits, so a line with none is no record.
 */
export function headerLength(head: Uint8Array): number {
  let at = 0;
  while (head[at] === HASH) {
    const newline = head.indexOf(NEWLINE, at);
    if (newline < 0) return at;
    at = newline + 1;
  }
  if (at > 0) return at;
  const newline = head.indexOf(NEWLINE);
  if (newline < 0 || head[0] === OPENING_BRACE) return 0;
  for (let i = 0; i < newline; i++) if (head[i]! >= 48 && head[i]! <= 57) return 0;
  return newline + 1;
}
