/** nftables sets (nft(8)): `elements = { … }`, `define NAME = { … }` and `add element … { … }`, with timeouts, counters and comments. */
import { endOfToken, latin1 } from "./line-reader.ts";
import type { ReadingBuilder } from "./reading.ts";
import { dateInComment } from "./stated-date.ts";

const NEWLINE = 10;
const HASH = 35;
const QUOTE = 34;
const OPEN = 123;
const CLOSE = 125;
const COMMA = 44;
const EQUALS = 61;
const DOLLAR = 36;
const DOT = 46;
const ELEMENT = "element";

/** Walks over braces: those behind "=" or of an `element` statement hold elements, others hold tables and sets. */
export function readNft(bytes: Uint8Array, builder: ReadingBuilder): void {
  let line = 1;
  let isList = false;
  let sawEquals = false;
  let sawElement = false;
  // Start of the element that is being read, or -1
  let element = -1;
  let elementLine = 1;
  let last = -1;
  const close = (): void => {
    if (element >= 0) takeElement(bytes, element, last + 1, elementLine, builder);
    element = -1;
  };
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes[i]!;
    if (code === HASH) {
      const stop = endOf(bytes, i);
      builder.dataDate ??= dateInComment(latin1(bytes, i, Math.min(stop, i + 200)));
      i = stop - 1;
    } else if (code === QUOTE) {
      // A comment's text; an element before it goes on behind it
      i++;
      while (i < bytes.length && bytes[i] !== QUOTE && bytes[i] !== NEWLINE) i++;
      if (bytes[i] === NEWLINE) line++;
    } else if (code === NEWLINE) {
      line++;
      if (!isList) sawElement = false;
    } else if (code === OPEN) {
      isList = sawEquals || sawElement;
      sawEquals = false;
      element = -1;
    } else if (code === CLOSE) {
      if (isList) close();
      isList = false;
      sawElement = false;
    } else if (isList) {
      if (code === COMMA) close();
      else if (code > 32) {
        if (element < 0) {
          element = i;
          elementLine = line;
        }
        last = i;
      }
    } else if (code > 32) {
      sawEquals = code === EQUALS;
      if (code === 101 && isWord(bytes, i, ELEMENT)) sawElement = true;
    }
  }
  // A list that breaks off: what is whole was taken, the last element may be cut
  if (isList) builder.fault(bytes.length, line, "breaks off within a list of elements");
}

function takeElement(bytes: Uint8Array, at: number, end: number, line: number, builder: ReadingBuilder): void {
  const next = builder.scanner.scan(bytes, at, end);
  if (next >= 0) {
    // "address . port": the element is about a service, not the address
    let i = next;
    while (i < end && bytes[i]! <= 32) i++;
    if (i < end && bytes[i] === DOT) builder.foreign++;
    else builder.take();
  } else if (bytes[at] === DOLLAR) builder.foreign++;
  else builder.other(bytes, at, endOfToken(bytes, at, end), at, line);
}

function endOf(bytes: Uint8Array, at: number): number {
  const end = bytes.indexOf(NEWLINE, at);
  return end < 0 ? bytes.length : end;
}

function isWord(bytes: Uint8Array, at: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return false;
  return (at === 0 || bytes[at - 1]! <= 32) && bytes[at + word.length] === 32;
}
