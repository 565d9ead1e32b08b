/** What a live run keeps for the next one: small JSON files in the folder of `--state`, written whole or not at all. */
import { createHash } from "node:crypto";
import { accessSync, constants, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "../../model/errors.ts";
import { systemReason } from "../file.ts";

/** SHA-256 of octets, hexadecimal. */
export function fingerprintOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The file in `folder` that keeps the state of what `kind` reads under `subject`: one each, whatever the subject's characters. */
export function stateFile(folder: string, kind: string, subject: string): string {
  return join(folder, `${kind}-${fingerprintOf(Buffer.from(subject)).slice(0, 24)}.json`);
}

/** Makes the folder where there is none: who cannot keep a state should learn it before the run, not after. @throws UsageError */
export function prepareStateFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(`--state ${folder}: ${systemReason(error)}`);
  }
}

/** Reads a state file; null where it does not exist or is no JSON object. */
export function loadState(path: string): Record<string, unknown> | null {
  try {
    const state: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof state === "object" && state !== null ? { ...state } : null;
  } catch {
    return null;
  }
}

/** Writes a state file whole or not at all: a crash leaves the one before. Throws what the system says. */
export function saveState(path: string, state: object): void {
  makeFolder(dirname(path));
  const fresh = `${path}.new`;
  writeFileSync(fresh, `${JSON.stringify(state)}\n`);
  renameSync(fresh, path);
}

/** Step by step: mkdirSync's own `recursive` never ends where a file system refuses new folders with ENOENT, as /proc does (Node 24). */
function makeFolder(folder: string): void {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) return;
  if (stat === undefined && dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder);
}
