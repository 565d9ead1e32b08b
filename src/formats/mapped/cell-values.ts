/** What the cells of a table say of protocols, flags and actions, read from their octets. */
import { TCP_ACK, TCP_CWR, TCP_ECE, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, TCP_URG } from "../../model/protocol.ts";
import { hexDigit, NOT_A_NUMBER, parseInteger } from "../text/fields.ts";
import { protocolWord } from "../text/protocol-words.ts";
import type { FlagStyle } from "./mapping.ts";

/** Returned for what is no value of its kind. */
const NONE = Number.NaN;
const ZERO = 48;
const LETTER_X = 120;
const MOST_FLAGS = 0xfff;

/** Text in lower case, to compare cells with. */
export function lowerWord(text: string): Uint8Array {
  return new TextEncoder().encode(text.toLowerCase());
}

/** Whether `bytes[start, end)` reads `word` (in lower case), whatever its case. */
export function isWord(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) {
    const octet = bytes[start + i]!;
    if ((octet >= 65 && octet <= 90 ? octet | 0x20 : octet) !== word[i]) return false;
  }
  return true;
}

/** Whether it is one of `words`. */
export function isOneOf(bytes: Uint8Array, start: number, end: number, words: readonly Uint8Array[]): boolean {
  for (let i = 0; i < words.length; i++) if (isWord(bytes, start, end, words[i]!)) return true;
  return false;
}

interface Word {
  readonly word: Uint8Array;
  readonly value: number;
}

const words = (values: Readonly<Record<string, number>>): readonly Word[] =>
  Object.entries(values).map(([text, value]) => ({ word: lowerWord(text), value }));

/** A protocol's number, written so or by its name; NaN where it is neither. */
export function protocolOf(bytes: Uint8Array, start: number, end: number): number {
  const protocol = protocolWord(bytes, start, end);
  return protocol === NOT_A_NUMBER ? NONE : protocol;
}

const FLAG_WORDS = words({
  fin: TCP_FIN,
  syn: TCP_SYN,
  rst: TCP_RST,
  psh: TCP_PSH,
  push: TCP_PSH,
  ack: TCP_ACK,
  urg: TCP_URG,
  ece: TCP_ECE,
  cwr: TCP_CWR,
});
/** Letters of flags; `.`, `-` and `_` stand for one that is not set. */
const FLAG_LETTERS = words({ f: TCP_FIN, s: TCP_SYN, r: TCP_RST, p: TCP_PSH, a: TCP_ACK, u: TCP_URG, e: TCP_ECE, c: TCP_CWR, w: TCP_CWR });

/** TCP flags as a number (`18`, `0x12`; `12` where the style is hex), letters (`SA`, `.A..S.`) or words (`SYN|ACK`); NaN where they are none. */
export function flagsOf(bytes: Uint8Array, start: number, end: number, style: FlagStyle): number {
  if (bytes[start] === ZERO && ((bytes[start + 1] ?? 0) | 0x20) === LETTER_X && start + 1 < end) return hexOf(bytes, start + 2, end);
  if (style === "hex") return hexOf(bytes, start, end);
  const number = parseInteger(bytes, start, end);
  if (number >= 0) return number <= MOST_FLAGS ? number : NONE;
  let flags = 0;
  let at = start;
  while (at < end) {
    if (!isLetter(bytes[at]!)) {
      at++;
      continue;
    }
    let stop = at;
    while (stop < end && isLetter(bytes[stop]!)) stop++;
    const found = flagsOfToken(bytes, at, stop);
    if (Number.isNaN(found)) return NONE;
    flags |= found;
    at = stop;
  }
  return flags;
}

function flagsOfToken(bytes: Uint8Array, start: number, end: number): number {
  const word = flagNamed(FLAG_WORDS, bytes, start, end);
  if (word !== 0) return word;
  let flags = 0;
  for (let i = start; i < end; i++) {
    const letter = flagNamed(FLAG_LETTERS, bytes, i, i + 1);
    if (letter === 0) return NONE;
    flags |= letter;
  }
  return flags;
}

/** The flag of that name, or 0. */
function flagNamed(flags: readonly Word[], bytes: Uint8Array, start: number, end: number): number {
  for (const { word, value } of flags) if (isWord(bytes, start, end, word)) return value;
  return 0;
}

function hexOf(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > 4) return NONE;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = hexDigit(bytes[i]!);
    if (digit < 0) return NONE;
    value = value * 16 + digit;
  }
  return value <= MOST_FLAGS ? value : NONE;
}

function isLetter(octet: number): boolean {
  const letter = octet | 0x20;
  return letter >= 97 && letter <= 122;
}
