/** Tokens of a filter expression: words (keywords, numbers, addresses, ranges) and the signs of pcap-filter(7). */
import { FilterError } from "../../model/errors.ts";

/** Longest expression that is read, characters: far beyond a hand-written one, enough for a block list of thousands of addresses. */
const MAX_TEXT = 1 << 20;

/** Signs, the longer first, so that `<=` is never read as `<`. */
const SIGNS = ["&&", "||", "==", "!=", "<=", ">=", "&", "|", "=", "<", ">", "!", "(", ")", ",", "[", "]"] as const;

export interface Token {
  readonly kind: "word" | "sign" | "end";
  /** As written; words of the language are compared in lower case. Empty at the end. */
  readonly text: string;
  /** 0-based column. */
  readonly position: number;
}

/** The tokens of an expression, closed by one of kind `end`. Throws FilterError at a character that has no place in one. */
export function tokenize(text: string): readonly Token[] {
  if (text.length > MAX_TEXT) throw new FilterError(`the filter is longer than ${MAX_TEXT} characters`, MAX_TEXT);
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) {
      at++;
      continue;
    }
    // tcpdump's way to say that a protocol's name is no keyword: `ip proto \icmp`.
    const start = code === 0x5c && isWordCode(text.charCodeAt(at + 1)) ? at + 1 : at;
    let end = start;
    while (end < text.length && isWordCode(text.charCodeAt(end))) end++;
    if (end > start) {
      tokens.push({ kind: "word", text: text.slice(start, end), position: start });
      at = end;
      continue;
    }
    const sign = SIGNS.find((candidate) => text.startsWith(candidate, at));
    if (sign === undefined) throw new FilterError(unexpectedCharacter(text, at), at);
    tokens.push({ kind: "sign", text: sign, position: at });
    at += sign.length;
  }
  tokens.push({ kind: "end", text: "", position: text.length });
  return tokens;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** Letters, digits, and `_ . : / -`: what keywords, numbers, addresses, networks and ranges are made of. */
function isWordCode(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x3a) || // digits and ":"
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x2d && code <= 0x2f) || // - . /
    code === 0x5f
  );
}

function unexpectedCharacter(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0xfffd);
  if (character === '"' || character === "'" || character === "`") return "a filter needs no quotation marks inside it";
  if (character === "%") return "an IPv6 zone (%) is not on the wire: give the address without it";
  if (character === "{" || character === "}") return "lists are written with commas and without braces: port 22,80";
  return `unexpected character ${JSON.stringify(character)}`;
}
