/** What a failure looks like to the user: one line with a code, and an exit code. A stack only where PRECURSOR_DEBUG is set. */
import { existsSync } from "node:fs";
import { CommanderError } from "commander";
import { PrecursorError } from "../model/errors.ts";

/** Usage, unreadable input, unwritable output. */
const EXIT_USAGE = 2;

/** An error with more below its line: the filter and the mark under it. */
export class DetailedError extends PrecursorError {
  readonly detail: string;

  constructor(error: PrecursorError, message: string, detail: string) {
    super(error.code, message, { cause: error, exitCode: error.exitCode });
    this.name = "DetailedError";
    this.detail = detail;
  }
}

export interface Failure {
  /** Lines for standard error, or null where nothing is left to say (help was shown). */
  readonly message: string | null;
  readonly exitCode: number;
}

/** @param args the command line, to tell a forgotten command from a wrong one. */
export function describeFailure(error: unknown, args: readonly string[]): Failure {
  if (error instanceof CommanderError) return describeUsage(error, args);
  if (error instanceof PrecursorError) {
    const detail = error instanceof DetailedError ? `\n${error.detail}` : "";
    return { message: `precursor: ${error.message} (${error.code})${detail}${debugStack(error)}`, exitCode: error.exitCode };
  }
  const what = error instanceof Error ? `${error.name}: ${firstLine(error.message)}` : String(error);
  const request = debugging() ? "" : "; please report it, with what PRECURSOR_DEBUG=1 adds";
  return { message: `precursor: unexpected error: ${what}${request}${debugStack(error)}`, exitCode: EXIT_USAGE };
}

/** A filter with a mark under the column where it breaks; `position` is 0-based. Long ones are cut around the mark. */
export function pointAt(text: string, position: number): string {
  const context = 60;
  const from = position > context ? position - context : 0;
  const to = Math.min(text.length, position + context);
  const before = from > 0 ? "…" : "";
  const after = to < text.length ? "…" : "";
  // Control characters would break the line that the mark stands under.
  const shown = text.slice(from, to).replaceAll(/\p{C}/gu, " ");
  return `  ${before}${shown}${after}\n  ${" ".repeat(before.length + position - from)}^`;
}

function describeUsage(error: CommanderError, args: readonly string[]): Failure {
  // Help and version that were asked for end with 0; help because nothing was asked for does not.
  if (error.exitCode === 0) return { message: null, exitCode: 0 };
  if (error.code === "commander.help") return { message: null, exitCode: EXIT_USAGE };
  const [first] = args;
  let text = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  if (error.code === "commander.unknownCommand" && first !== undefined && existsSync(first)) {
    text = `unknown command '${first}' (Did you mean precursor assess ${first}?)`;
  }
  return { message: `precursor: ${text} (E_USAGE)`, exitCode: EXIT_USAGE };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function debugging(): boolean {
  return (process.env["PRECURSOR_DEBUG"] ?? "") !== "";
}

function debugStack(error: unknown): string {
  if (!debugging() || !(error instanceof Error)) return "";
  const { cause } = error;
  return `\n${error.stack ?? ""}${cause instanceof Error ? `\ncaused by ${cause.stack ?? cause.message}` : ""}`;
}
