/** Where output goes and what it can show there: colour, width, glyphs. */
import { fstatSync, writeSync } from "node:fs";
import { OutputError } from "../model/errors.ts";
import { writeFailureReason } from "./output-file.ts";

/** Columns of text where the output is no terminal. */
const DEFAULT_WIDTH = 100;
const MIN_WIDTH = 60;
const MAX_WIDTH = 200;
const STDOUT = 1;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether to colour what goes to a stream: `--no-color` forbids it; then FORCE_COLOR decides (force-color.org), then NO_COLOR
 * (no-color.org), as in Node itself; then whether it is a terminal that is not dumb.
 */
export function wantsColour(isTerminal: boolean, allowed: boolean, environment: Environment): boolean {
  if (!allowed) return false;
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if ((environment["NO_COLOR"] ?? "") !== "") return false;
  return isTerminal && environment["TERM"] !== "dumb";
}

/** Columns for text on standard output. */
export function outputWidth(isTerminal: boolean, columns: number | undefined): number {
  if (!isTerminal || columns === undefined || columns === 0) return DEFAULT_WIDTH;
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, columns));
}

/** Columns of help: the terminal's, or, where it goes elsewhere, as many as text has. */
export function helpWidth(stream: { readonly isTTY?: boolean; readonly columns?: number }): number {
  return outputWidth(stream.isTTY === true, stream.columns);
}

/** Whether a locale was chosen that has no Unicode (setlocale(3): LC_ALL, then LC_CTYPE, then LANG). None chosen is no choice. */
export function lacksUnicode(environment: Environment): boolean {
  const locale = [environment["LC_ALL"], environment["LC_CTYPE"], environment["LANG"]].find((value) => (value ?? "") !== "");
  return locale !== undefined && !/utf-?8/i.test(locale);
}

/**
 * Writes to standard output and waits until it has gone. A reader that has enough (`| head`) is no error; anything else that hinders is
 * an OutputError: a full disk behind `>`.
 */
export function writeOutput(text: string | Uint8Array): Promise<void> {
  // A worker thread's standard output has no descriptor of its own.
  if (process.stdout.fd === STDOUT && isFile(STDOUT))
    return Promise.resolve(writeWhole(typeof text === "string" ? Buffer.from(text) : text));
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error === undefined || error === null || (error as NodeJS.ErrnoException).code === "EPIPE") resolve();
      else reject(new OutputError("standard output", writeFailureReason(error), error));
    });
  });
}

/** To a file behind `>`, Node's own stream writes once, and what a full disk did not take is lost without a word. */
function writeWhole(bytes: Uint8Array): void {
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(STDOUT, bytes, written);
  } catch (error) {
    throw new OutputError("standard output", writeFailureReason(error), error);
  }
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

/** Writes to standard error and waits; that it cannot be written is nobody's concern. */
export function writeError(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stderr.write(text, () => resolve());
  });
}
