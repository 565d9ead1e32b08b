/** Files that a folder holds beside records (a README, a script, an empty log) are no failure: nobody named them. */
import type { InputError } from "../model/errors.ts";

export interface Unread {
  /** Inputs that were named, or that records could not be read from. */
  readonly unreadable: readonly InputError[];
  /** Names of the files of folders that are empty or of no format that is read. */
  readonly passedOver: readonly string[];
}

/** Tells apart what could not be read. `found` are the paths that nobody named: they were found in folders. */
export function withoutPassedOver(errors: readonly InputError[], found: ReadonlySet<string>): Unread {
  const isBeside = ({ code, source }: InputError): boolean => found.has(source) && (code === "E_INPUT_UNKNOWN" || code === "E_INPUT_EMPTY");
  return {
    unreadable: errors.filter((error) => !isBeside(error)),
    passedOver: errors.filter(isBeside).map(({ source }) => source),
  };
}
