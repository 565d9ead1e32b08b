/** A place in a list of tokens: the next one, those ahead, and the way on. */
import type { Token } from "./tokens.ts";

export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  /** @param tokens closed by one of kind `end`, which is never passed. */
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get next(): Token {
    return this.ahead(0);
  }

  /** The token taken last, or null before the first. */
  get last(): Token | null {
    return this.#tokens[this.#at - 1] ?? null;
  }

  /** The token `count` places further; the end where there are not so many. */
  ahead(count: number): Token {
    const last = this.#tokens.length - 1;
    return this.#tokens[Math.min(this.#at + count, last)] as Token;
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== "end") this.#at++;
    return token;
  }
}
