/**
 * Recursive descent over the tokens of a filter. The language is a subset of pcap-filter(7) with a few words of our own; where both
 * have a construct it means the same: `and` and `or` bind equally and from the left, and `port 22 or 80` repeats what stood before.
 */
import { FilterError } from "../../model/errors.ts";
import { parseNetwork } from "../../model/address.ts";
import type { Carrier, Direction, Expression } from "./expression.ts";
import { parseFlags, parseFlagTest } from "./flag-tests.ts";
import { type Token, tokenize } from "./tokens.ts";
import { TokenReader } from "./token-reader.ts";
import { comparisonOf, notAnAddress, parseHost, parseNet, parseNumber, parsePorts, shown } from "./values.ts";
import { FAMILIES, FIELD_ALIASES, FIELDS, FOREIGN_WORDS, PROTOCOLS, type Shorthand, SHORTHANDS, suggestion, WORDS } from "./vocabulary.ts";

/** Deepest nesting of parentheses, and height of the tree: it is walked by recursion, for every row. */
const MAX_DEPTH = 256;

/** Words that begin a test of an address, a port or a protocol number, and those that say which. */
const QUALIFIER_WORDS: ReadonlySet<string> = new Set(["src", "dst", "host", "net", "port", "portrange", "proto"]);
const TYPE_WORDS: ReadonlySet<string> = new Set(["host", "net", "port", "portrange"]);
const EXPECTED_VALUE = { host: "an address", net: "a network", port: "a port" } as const;

/** The qualifiers of a test, which a bare value after `and` or `or` takes over. */
interface Qualifiers {
  readonly carrier: Carrier | null;
  readonly direction: Direction;
  readonly type: "host" | "net" | "port";
}

/** The tree of a filter expression. Throws FilterError, with the column, and nothing else. */
export function parseFilter(text: string): Expression {
  const reader = new TokenReader(tokenize(text));
  if (reader.next.kind === "end") throw new FilterError("the filter is empty", 0);
  const expression = new FilterParser(reader).expression(0);
  const rest = reader.next;
  if (rest.text === ")") throw new FilterError('this ")" closes nothing', rest.position);
  if (rest.kind !== "end") throw missingConnective(rest);
  return expression;
}

/** Every method takes the tokens that it uses; those named `token` or `first` in parameters are still to be taken. */
class FilterParser {
  readonly #reader: TokenReader;
  /** Height of the nodes that `expression` made; tests have none. */
  readonly #heights = new Map<Expression, number>();
  #last: Qualifiers | null = null;

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  expression(depth: number): Expression {
    let left = this.#term(depth, false);
    /** The parts of `left` where it is a chain made here: a list of thousands of hosts nests no deeper than one. */
    let chain: Expression[] | null = null;
    for (;;) {
      const token = this.#reader.next;
      const kind = connective(token);
      if (kind === null) return left;
      this.#reader.take();
      const right = this.#term(depth, true);
      let height = this.#height(right) + 1;
      if (chain !== null && left.kind === kind) {
        chain.push(right);
        height = Math.max(height, this.#height(left));
      } else {
        height = Math.max(height, this.#height(left) + 1);
        chain = [left, right];
        left = { kind, parts: chain };
      }
      if (height > MAX_DEPTH) throw tooDeep(token);
      this.#heights.set(left, height);
    }
  }

  #height(expression: Expression): number {
    return this.#heights.get(expression.kind === "not" ? expression.part : expression) ?? 0;
  }

  /** One test with what negates it. `inherits`: it follows `and` or `or`, so that a bare value takes the qualifiers before. */
  #term(depth: number, inherits: boolean): Expression {
    let negated = false;
    while (this.#reader.next.text === "!" || isWord(this.#reader.next, "not")) {
      this.#reader.take();
      negated = !negated;
    }
    const test = this.#test(depth, inherits);
    if (!negated) return test;
    // Two negations in a row, across a parenthesis, cancel: they must not add height.
    return test.kind === "not" ? test.part : { kind: "not", part: test };
  }

  #test(depth: number, inherits: boolean): Expression {
    const token = this.#reader.next;
    if (token.kind === "end") {
      const before = this.#reader.last;
      throw new FilterError(`something is missing after "${before === null ? "" : shown(before)}"`, token.position);
    }
    if (token.text === "(") return this.#parenthesis(depth);
    if (token.kind === "sign") throw new FilterError(`a test was expected, not "${token.text}"`, token.position);
    const word = token.text.toLowerCase();
    const carrier = carrierOf(word);
    if (carrier !== null) return this.#carried(word, carrier);
    if (QUALIFIER_WORDS.has(word)) return this.#qualified(null);
    if (isBareValue(token)) return this.#bareValue(token, inherits);
    return this.#plain(word);
  }

  #parenthesis(depth: number): Expression {
    const open = this.#reader.take();
    if (depth >= MAX_DEPTH) throw tooDeep(open);
    const inner = this.expression(depth + 1);
    const close = this.#reader.next;
    if (close.kind === "end") throw new FilterError('this "(" is never closed', open.position);
    if (close.text !== ")") throw missingConnective(close);
    this.#reader.take();
    return inner;
  }

  /** A protocol or family, alone or before a test. */
  #carried(word: string, carrier: Carrier): Expression {
    this.#reader.take();
    const next = this.#reader.next;
    if (word === "tcp" && next.text === "[") {
      this.#last = null;
      return parseFlagTest(this.#reader);
    }
    if (next.kind === "word") {
      if (QUALIFIER_WORDS.has(next.text.toLowerCase())) return allOf(carrier, this.#qualified(carrier));
      if (isBareValue(next)) return allOf(carrier, this.#values(next, { carrier, direction: "either", type: "host" }));
    }
    this.#last = null;
    return { kind: "carrier", carrier };
  }

  /** `src`, `dst`, `host`, `net`, `port`, `portrange` or `proto`, and what follows. */
  #qualified(carrier: Carrier | null): Expression {
    let token = this.#reader.take();
    let word = token.text.toLowerCase();
    if (word === "proto") return this.#protocolNumber(token);
    let direction: Direction = "either";
    if (word === "src" || word === "dst") {
      direction = this.#direction(word);
      const next = this.#reader.next;
      if (next.kind !== "word") throw expected("host, net, port or an address", token, next);
      word = next.text.toLowerCase();
      // Without a type tcpdump means a host.
      if (!TYPE_WORDS.has(word)) return this.#values(next, { carrier, direction, type: "host" });
      token = this.#reader.take();
    }
    const type = word === "host" || word === "net" ? word : "port";
    const value = this.#reader.next;
    if (value.kind !== "word") throw expected(EXPECTED_VALUE[type], token, value);
    return this.#values(value, { carrier, direction, type });
  }

  /** After `src` or `dst`: tcpdump's `src or dst`, `src and dst` and their mirror images. */
  #direction(word: "src" | "dst"): Direction {
    const kind = connective(this.#reader.next);
    if (kind === null || !isWord(this.#reader.ahead(1), word === "src" ? "dst" : "src")) {
      return word === "src" ? "source" : "destination";
    }
    this.#reader.take();
    this.#reader.take();
    return kind === "or" ? "either" : "both";
  }

  /** A bare value repeats the qualifiers of the test before; a bare address without any asks for a host. */
  #bareValue(token: Token, inherits: boolean): Expression {
    const isAddress = parseNetwork(token.text) !== null;
    if (inherits && this.#last !== null && (this.#last.type !== "port" || !isAddress)) {
      const { carrier } = this.#last;
      const test = this.#values(token, this.#last);
      return carrier === null ? test : allOf(carrier, test);
    }
    if (isAddress) return this.#values(token, { carrier: null, direction: "either", type: "host" });
    if (/^\d+(?:-\d+)?$/.test(token.text)) {
      throw new FilterError(`"${shown(token)}" stands alone: did you mean "port ${shown(token)}"?`, token.position);
    }
    throw notAnAddress(token);
  }

  /** One value, or several with commas, of the type that the qualifiers say. */
  #values(first: Token, qualifiers: Qualifiers): Expression {
    this.#last = qualifiers;
    const { direction, type } = qualifiers;
    if (type === "port") return { kind: "port", direction, ranges: this.#list(first, parsePorts) };
    return { kind: "network", direction, networks: this.#list(first, type === "host" ? parseHost : parseNet) };
  }

  #list<Value>(first: Token, parse: (token: Token) => Value): readonly Value[] {
    const values: Value[] = [];
    let token = first;
    for (;;) {
      if (token.kind !== "word") throw new FilterError("another value was expected after the comma", token.position);
      this.#reader.take();
      values.push(parse(token));
      if (this.#reader.next.text !== ",") return values;
      this.#reader.take();
      token = this.#reader.next;
    }
  }

  #protocolNumber(keyword: Token): Expression {
    const value = this.#reader.next;
    if (value.kind !== "word") throw expected("a protocol's name or number", keyword, value);
    this.#reader.take();
    this.#last = null;
    const number = PROTOCOLS.get(value.text.toLowerCase()) ?? parseNumber(value, 255, "a protocol's number");
    return { kind: "carrier", carrier: { kind: "protocol", number } };
  }

  /** Words that take no address or port: shorthands, flags and fields. */
  #plain(word: string): Expression {
    const token = this.#reader.take();
    this.#last = null;
    if (word === "flags") return parseFlags(this.#reader, token);
    if (word === "less") return { kind: "field", field: "length", comparison: "<=", value: this.#number(token, 0xffffffff, "length") };
    if (word === "greater") return { kind: "field", field: "length", comparison: ">=", value: this.#number(token, 0xffffffff, "length") };
    if (word === "fragment") {
      const part = this.#reader.next.text.toLowerCase();
      if (part === "first" || part === "later") {
        this.#reader.take();
        return { kind: "fragment", part };
      }
    }
    if (isShorthand(word)) return { kind: "shorthand", name: word };
    const field = FIELD_ALIASES.get(word) ?? word;
    const maximum = FIELDS.get(field);
    if (maximum === undefined) throw unknownWord(token, word);
    const sign = this.#reader.next;
    const comparison = comparisonOf(sign);
    if (comparison === null) throw expected("one of < <= > >= = !=", token, sign);
    this.#reader.take();
    return { kind: "field", field, comparison, value: this.#number(sign, maximum, field) };
  }

  #number(after: Token, maximum: number, what: string): number {
    const value = this.#reader.next;
    if (value.kind !== "word") throw expected("a number", after, value);
    this.#reader.take();
    return parseNumber(value, maximum, what);
  }
}

function allOf(carrier: Carrier, test: Expression): Expression {
  return { kind: "and", parts: [{ kind: "carrier", carrier }, test] };
}

function connective(token: Token): "and" | "or" | null {
  if (token.text === "&&" || isWord(token, "and")) return "and";
  return token.text === "||" || isWord(token, "or") ? "or" : null;
}

function carrierOf(word: string): Carrier | null {
  const family = FAMILIES.get(word);
  if (family !== undefined) return { kind: "family", family };
  const number = PROTOCOLS.get(word);
  return number === undefined ? null : { kind: "protocol", number };
}

function isWord(token: Token, word: string): boolean {
  return token.kind === "word" && token.text.toLowerCase() === word;
}

function isShorthand(word: string): word is Shorthand {
  return (SHORTHANDS as readonly string[]).includes(word);
}

/** Whether a word can only be a value: it starts with a digit, or has a sign of addresses in it. */
function isBareValue(token: Token): boolean {
  return /^[0-9]/.test(token.text) || /[:/]/.test(token.text);
}

function expected(what: string, after: Token, found: Token): FilterError {
  const but = found.kind === "end" ? "" : `, not "${shown(found)}"`;
  return new FilterError(`${what} was expected after "${shown(after)}"${but}`, found.position);
}

function missingConnective(token: Token): FilterError {
  if (token.kind === "sign") return new FilterError(`"${token.text}" has no place here`, token.position);
  const word = token.text.toLowerCase();
  const foreign = FOREIGN_WORDS.get(word);
  if (foreign !== undefined) return new FilterError(`"${word}": ${foreign}`, token.position);
  if (!WORDS.includes(word) && !isBareValue(token)) {
    const hint = suggestion(word, ["and", "or"]);
    if (hint !== null) return new FilterError(`unknown word "${shown(token)}": ${hint}`, token.position);
  }
  return new FilterError(`"and" or "or" is missing before "${shown(token)}"`, token.position);
}

function unknownWord(token: Token, word: string): FilterError {
  const foreign = FOREIGN_WORDS.get(word);
  if (foreign !== undefined) return new FilterError(`"${word}": ${foreign}`, token.position);
  if (word === "and" || word === "or") return new FilterError(`a test was expected before "${word}"`, token.position);
  const hint = suggestion(word, WORDS);
  return new FilterError(`unknown word "${shown(token)}"${hint === null ? "" : `: ${hint}`}`, token.position);
}

function tooDeep(token: Token): FilterError {
  return new FilterError(`the filter nests deeper than ${MAX_DEPTH} levels`, token.position);
}
