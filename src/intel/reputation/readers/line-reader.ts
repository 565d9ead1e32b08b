/** The walk over lines of octets that all text forms share: ends of lines, comments, and the date that comments state. */
import type { ReadingBuilder } from "./reading.ts";
import { dateInComment } from "./stated-date.ts";

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const HASH = 35;
const SEMICOLON = 59;
const SLASH = 47;
/** Comments that are searched for a date, and octets of each: feeds say it at the top. */
const DATED_COMMENTS = 200;
const COMMENT_OCTETS = 200;

/** What is done with a line `bytes[at, end)`, blanks before and behind taken off. `offset` is of its first octet, `line` counts from 1. */
export type LineWork = (bytes: Uint8Array, at: number, end: number, line: number) => void;

/** Calls `work` for each line that is neither empty nor a comment (`#`, `;` or `//`), and looks for the feed's date in comments. */
export function eachLine(bytes: Uint8Array, builder: ReadingBuilder, work: LineWork): void {
  let comments = 0;
  let line = 0;
  for (let start = 0; start < bytes.length;) {
    line++;
    let at = start;
    let end = start;
    // Lines are short: a loop of our own beats the call of indexOf
    while (end < bytes.length && bytes[end] !== NEWLINE && bytes[end] !== RETURN) end++;
    start = bytes[end] === RETURN && bytes[end + 1] === NEWLINE ? end + 2 : end + 1;
    while (at < end && (bytes[at] === SPACE || bytes[at] === 9)) at++;
    if (at === end) continue;
    const first = bytes[at]!;
    if (first === HASH || first === SEMICOLON || (first === SLASH && bytes[at + 1] === SLASH)) {
      if (comments++ < DATED_COMMENTS) builder.dataDate ??= dateInComment(latin1(bytes, at, Math.min(end, at + COMMENT_OCTETS)));
      continue;
    }
    while (bytes[end - 1] === SPACE || bytes[end - 1] === 9) end--;
    work(bytes, at, end, line);
  }
}

/** Octets as text, each its own character. */
export function latin1(bytes: Uint8Array, at: number, end: number): string {
  let text = "";
  for (let i = at; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/** Offset of the first blank at or after `at`, or `end`. */
export function endOfToken(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && bytes[i] !== SPACE && bytes[i] !== 9) i++;
  return i;
}

/** Offset of the first octet at or after `at` that is no blank, or `end`. */
export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && (bytes[i] === SPACE || bytes[i] === 9)) i++;
  return i;
}

/** The unsigned decimal number that the octets at `at` begin with, at most nine digits; -1 where there is none. */
export function numberAt(bytes: Uint8Array, at: number, end: number): number {
  let value = -1;
  for (let i = at; i < end && i < at + 9; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) break;
    value = Math.max(value, 0) * 10 + digit;
  }
  return value;
}
