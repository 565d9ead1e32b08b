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
  // A process writes one at a time, so its number makes the name unique; a leftover of a killed one is overwritten, a link is not followed.
  const temporary = join(dirname(target), `.${basename(target).slice(0, 200)}.${process.pid}.tmp`);
  rmSync(temporary, { force: true });
  let descriptor: number | null = openSync(temporary, "wx");
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
    closeSync(descriptor);
    descriptor = null;
    if (existing !== null) chmodSync(temporary, existing.mode & 0o7777);
    renameSync(temporary, target);
  } catch (error) {
    if (descriptor !== null) closeSync(descriptor);
    rmSync(temporary, { force: true });
    throw error;
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
