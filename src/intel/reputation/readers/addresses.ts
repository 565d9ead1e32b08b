/**
 * A list of addresses, networks or ranges, one a line, with any text behind: the plain lists of most publishers, and FireHOL's netsets
 * (https://iplists.firehol.org), which are plain lists with a long comment on top.
 */
import { eachLine } from "./line-reader.ts";
import type { ReadingBuilder } from "./reading.ts";

const OPEN = 91;
const CLOSE = 93;
const QUOTE = 34;
const APOSTROPHE = 39;

/** Reads the first thing of each line; what follows is text. */
export function readAddresses(bytes: Uint8Array, builder: ReadingBuilder): void {
  eachLine(bytes, builder, (_, at, end, line) => {
    if (!builder.takeAt(bytes, at, end) && !takeWrapped(bytes, at, end, builder)) builder.other(bytes, at, end, at, line);
  });
}

/** `"192.0.2.1"`, `'192.0.2.1'` and `[2001:db8::1]`. */
function takeWrapped(bytes: Uint8Array, at: number, end: number, builder: ReadingBuilder): boolean {
  const first = bytes[at]!;
  if (first !== OPEN && first !== QUOTE && first !== APOSTROPHE) return false;
  const next = builder.scanner.scan(bytes, at + 1, end);
  if (next < 0 || bytes[next] !== (first === OPEN ? CLOSE : first)) return false;
  builder.take();
  return true;
}
