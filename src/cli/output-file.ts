/** A report's file: whole or not at all. It is written beside its place under another name, synced, then renamed over it. */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { OutputError } from "../model/errors.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than is allowed",
  EACCES: "no permission to write there",
  EPERM: "writing there is not permitted",
  EROFS: "the file system is read-only",
  ENOENT: "the folder does not exist",
  ENOTDIR: "part of the path is not a folder",
  EISDIR: "is a folder",
  EIO: "the device reported an error",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many open files",
};

/** Why a write failed, in words. */
export function writeFailureReason(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code !== undefined) return REASONS[code] ?? `cannot be written (${code})`;
  return `cannot be written (${String(error)})`;
}

/** Throws OutputError where `path` can already be seen not to be writable: before an hour of reading, not after it. */
export function checkOutputPath(path: string): void {
  const existing = statOrNull(path);
  try {
    if (existing?.isDirectory() === true) throw new OutputError(path, "is a folder");
    if (existing !== null && !existing.isFile()) accessSync(path, constants.W_OK);
    else accessSync(dirname(resolved(path)), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw asOutputError(path, error);
  }
}

/**
 * Writes `content` to `path`, which afterwards holds all of it, or what it held before. Links are followed, modes kept. What is no
 * regular file (a pipe, /dev/null) is written in place. Throws OutputError.
 */
export function writeOutputFile(path: string, content: string | Uint8Array): void {
  try {
    const existing = statOrNull(path);
    if (existing?.isDirectory() === true) throw new OutputError(path, "is a folder");
    if (existing !== null && !existing.isFile()) writeFileSync(path, content, { flag: "w" });
    else replaceFile(resolved(path), existing, content);
  } catch (error) {
    throw asOutputError(path, error);
  }
}

function replaceFile(target: string, existing: Stats | null, content: string | Uint8Array): void {
  const file = new TemporaryFile(target, existing);
  try {
    file.write(content);
    file.commit();
  } catch (error) {
    file.abandon();
    throw error;
  }
}

/** A file that is written piece by piece, and stands at its place only once all of it is there. */
export interface OutputFile {
  /** Throws OutputError. */
  write(content: Uint8Array): void;
  /** Throws OutputError. */
  commit(): void;
  /** Takes away what was written, where it was not committed. */
  abandon(): void;
}

/** Opens `path` for writing piece by piece, as {@link writeOutputFile} does at once. Throws OutputError. */
export function openOutputFile(path: string): OutputFile {
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw asOutputError(path, error);
    }
  };
  return guarded(() => {
    const existing = statOrNull(path);
    if (existing?.isDirectory() === true) throw new OutputError(path, "is a folder");
    const file = existing !== null && !existing.isFile() ? new PlainFile(path) : new TemporaryFile(resolved(path), existing);
    return {
      write: (content) => guarded(() => file.write(content)),
      commit: () => guarded(() => file.commit()),
      abandon: () => file.abandon(),
    };
  });
}

/** A pipe or a device: what is written is gone. */
class PlainFile {
  #descriptor: number | null;

  constructor(path: string) {
    this.#descriptor = openSync(path, "w");
  }

  write(content: string | Uint8Array): void {
    if (this.#descriptor !== null) writeFileSync(this.#descriptor, content);
  }

  commit(): void {
    this.abandon();
  }

  abandon(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}

class TemporaryFile {
  readonly #target: string;
  readonly #existing: Stats | null;
  readonly #path: string;
  #descriptor: number | null;

  constructor(target: string, existing: Stats | null) {
    this.#target = target;
    this.#existing = existing;
    // A process writes one at a time, so its number makes the name unique; a leftover of a killed one is overwritten, a link is not followed.
    this.#path = join(dirname(target), `.${basename(target).slice(0, 200)}.${process.pid}.tmp`);
    rmSync(this.#path, { force: true });
    this.#descriptor = openSync(this.#path, "wx");
  }

  write(content: string | Uint8Array): void {
    if (this.#descriptor !== null) writeFileSync(this.#descriptor, content);
  }

  commit(): void {
    if (this.#descriptor === null) return;
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
    this.#descriptor = null;
    if (this.#existing !== null) chmodSync(this.#path, this.#existing.mode & 0o7777);
    renameSync(this.#path, this.#target);
  }

  abandon(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
    rmSync(this.#path, { force: true });
  }
}

/** The file itself where `path` is a link to one. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw asOutputError(path, error);
  }
}

function asOutputError(path: string, error: unknown): OutputError {
  return error instanceof OutputError ? error : new OutputError(path, writeFailureReason(error), error);
}
