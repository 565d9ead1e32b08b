/** Tests of TCP flags: our `flags SYN,ACK` and `flags = SYN`, and tcpdump's `tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn`. */
import { FilterError } from "../../model/errors.ts";
import type { Expression } from "./expression.ts";

import type { TokenReader } from "./token-reader.ts";
import type { Token } from "./tokens.ts";
import { comparisonOf, parseNumber } from "./values.ts";
import { FLAGS, suggestion } from "./vocabulary.ts";

/** The nine flags of the header (RFC 9293 §3.1, RFC 9768). */
const ALL_FLAGS = 0x1ff;
/** tcpdump's `tcp[13]` is one octet: AE is not in it. */
const FLAGS_OCTET = 0xff;

/** `flags A,B`: all of these are set; `flags = A,B`: these and no others; `flags = none`. The keyword is taken. */
export function parseFlags(reader: TokenReader, keyword: Token): Expression {
  const sign = reader.next;
  const comparison = comparisonOf(sign);
  if (comparison !== null) {
    if (comparison !== "=" && comparison !== "!=") {
      throw new FilterError(`flags are compared with = or !=, not "${sign.text}"`, sign.position);
    }
    reader.take();
  }
  let value = 0;
  const first = reader.next;
  if (first.kind !== "word") {
    throw new FilterError(`a flag was expected after "${(comparison === null ? keyword : sign).text}"`, first.position);
  }
  if (first.text.toLowerCase() === "none") {
    reader.take();
    return { kind: "flags", mask: ALL_FLAGS, comparison: comparison ?? "=", value };
  }
  for (;;) {
    const token = reader.next;
    if (token.kind !== "word") throw new FilterError("another flag was expected after the comma", token.position);
    value |= flagOf(token, token.text.toLowerCase());
    reader.take();
    if (reader.next.text !== ",") break;
    reader.take();
  }
  if (comparison === null) return { kind: "flags", mask: value, comparison: "=", value };
  return { kind: "flags", mask: ALL_FLAGS, comparison, value };
}

/** `[tcpflags]` or `[13]`, an optional mask, a comparison and a value; `tcp` is taken. */
export function parseFlagTest(reader: TokenReader): Expression {
  reader.take();
  const octet = reader.take();
  const word = octet.text.toLowerCase();
  if (word !== "tcpflags" && word !== "13") {
    throw new FilterError("of the octets of a header only tcp[tcpflags] (tcp[13]) can be tested", octet.position);
  }
  requireSign(reader, "]");
  let mask = FLAGS_OCTET;
  if (reader.next.text === "&") {
    reader.take();
    mask = flagSum(reader) & FLAGS_OCTET;
  }
  const sign = reader.next;
  const comparison = comparisonOf(sign);
  if (comparison === null) throw new FilterError("one of < <= > >= = != was expected here", sign.position);
  reader.take();
  return { kind: "flags", mask, comparison, value: flagSum(reader) };
}

/** `tcp-syn`, a number, or several with `|`, in parentheses or not. */
function flagSum(reader: TokenReader): number {
  const open = reader.next.text === "(" ? reader.take() : null;
  let sum = 0;
  for (;;) {
    const token = reader.take();
    const word = token.text.toLowerCase();
    if (token.kind !== "word") throw new FilterError("a flag (tcp-syn) or a number was expected here", token.position);
    sum |= /^\d/.test(word) ? parseNumber(token, 255, "TCP flags") : flagOf(token, word.replace(/^tcp-/, ""));
    if (reader.next.text !== "|") break;
    reader.take();
  }
  if (open !== null) requireSign(reader, ")");
  return sum;
}

function requireSign(reader: TokenReader, sign: string): void {
  const token = reader.next;
  if (token.text !== sign) throw new FilterError(`"${sign}" was expected here`, token.position);
  reader.take();
}

function flagOf(token: Token, word: string): number {
  const bit = FLAGS.get(word);
  if (bit !== undefined) return bit;
  const hint = suggestion(word, FLAGS.keys())?.replaceAll(/"(\w+)"/g, (_, flag: string) => flag.toUpperCase());
  throw new FilterError(
    `unknown TCP flag "${token.text.slice(0, 40)}": ${hint ?? "flags are FIN SYN RST PSH ACK URG ECE CWR AE"}`,
    token.position,
  );
}
