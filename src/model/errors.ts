/** Every error that a user can meet: a class with a stable code, documented in docs/errors.md. */

/** What went wrong, for programs; the message says it for people. */
export type ErrorCode =
  | "E_USAGE"
  | "E_INPUT_UNREADABLE"
  | "E_INPUT_EMPTY"
  | "E_INPUT_UNKNOWN"
  | "E_INPUT_DAMAGED"
  | "E_FILTER"
  | "E_OUTPUT"
  | "E_CONFIG"
  | "E_DATABASE"
  | "E_STORE_MISSING"
  | "E_STORE_LOCKED"
  | "E_STORE_NEWER"
  | "E_STORE_DOWN"
  | "E_STORE_FULL"
  | "E_STORE_BACKUP"
  | "E_STORE_FAILED"
  | "E_INTEL_LIBRARY"
  | "E_INTEL_LOCKED"
  | "E_INTEL_TABLE"
  | "E_RUNTIME";

/** Base of all of Precursor's own errors. `code` is stable; `exitCode` is what the program ends with (2 unless said otherwise). */
export class PrecursorError extends Error {
  readonly code: ErrorCode;
  readonly exitCode: number;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; exitCode?: number }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = "PrecursorError";
    this.code = code;
    this.exitCode = options?.exitCode ?? 2;
  }
}

/** The command line asks for something that does not exist or does not fit. */
export class UsageError extends PrecursorError {
  constructor(message: string) {
    super("E_USAGE", message);
    this.name = "UsageError";
  }
}

type InputErrorCode = "E_INPUT_UNREADABLE" | "E_INPUT_EMPTY" | "E_INPUT_UNKNOWN" | "E_INPUT_DAMAGED";

/** An input that cannot be read at all. `source` is its name as the user wrote it. */
export class InputError extends PrecursorError {
  declare readonly code: InputErrorCode;
  readonly source: string;
  readonly reason: string;

  constructor(code: InputErrorCode, source: string, reason: string, cause?: unknown) {
    super(code, `${source}: ${reason}`, { cause });
    this.name = "InputError";
    this.source = source;
    this.reason = reason;
  }
}

/** A `--filter` expression that does not parse; `position` is the 0-based column where it breaks. */
export class FilterError extends PrecursorError {
  readonly position: number;

  constructor(message: string, position: number) {
    super("E_FILTER", message);
    this.name = "FilterError";
    this.position = position;
  }
}

/** A report that could not be written. */
export class OutputError extends PrecursorError {
  constructor(target: string, reason: string, cause?: unknown) {
    super("E_OUTPUT", `${target}: ${reason}`, { cause });
    this.name = "OutputError";
  }
}

/** A database of addresses that cannot be opened, or is none. */
export class DatabaseError extends PrecursorError {
  constructor(path: string, reason: string, cause?: unknown) {
    super("E_DATABASE", `${path}: ${reason}`, { cause });
    this.name = "DatabaseError";
  }
}

/** A config file that does not fit. `problems` are whole lines, `precursor.yaml:12:5: sources[1].uri: …`; the message is the first. */
export class ConfigError extends PrecursorError {
  readonly problems: readonly string[];

  constructor(path: string, problems: readonly string[]) {
    const more = problems.length > 1 ? `; and ${problems.length - 1} more: precursor config check ${path}` : "";
    super("E_CONFIG", `${problems[0] ?? path}${more}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

type StoreErrorCode = Extract<ErrorCode, `E_STORE_${string}`>;

/** The store of history cannot be opened, read or written. `place` is its folder, or its URL without a password. */
export class StoreError extends PrecursorError {
  declare readonly code: StoreErrorCode;
  readonly place: string;
  readonly reason: string;

  constructor(code: StoreErrorCode, place: string, reason: string, cause?: unknown) {
    super(code, `${place}: ${reason}`, { cause });
    this.name = "StoreError";
    this.place = place;
    this.reason = reason;
  }
}

type IntelErrorCode = Extract<ErrorCode, `E_INTEL_${string}`>;

/** The library of reputation feeds cannot be read or written. `folder` is where it is. */
export class IntelError extends PrecursorError {
  declare readonly code: IntelErrorCode;
  readonly folder: string;
  readonly reason: string;

  constructor(code: IntelErrorCode, folder: string, reason: string, cause?: unknown) {
    super(code, `${folder}: ${reason}`, { cause });
    this.name = "IntelError";
    this.folder = folder;
    this.reason = reason;
  }
}
