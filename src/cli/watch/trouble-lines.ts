/** What is amiss with a watch as lines for a log: once when it begins, once when it is over. */
import { escapeControls } from "../../report/escape.ts";

export class TroubleLines {
  #known: readonly string[] = [];

  /** Lines, each with its newline, for what is new among the troubles and what is over. */
  next(troubles: readonly string[]): string {
    const begun = troubles.filter((one) => !this.#known.includes(one));
    const over = this.#known.filter((one) => !troubles.includes(one)).map((one) => `over: ${one}`);
    this.#known = troubles;
    return [...begun, ...over].map((text) => `precursor: ${escapeControls(text)}\n`).join("");
  }
}
