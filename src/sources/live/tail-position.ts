/** Where a reader of a growing file stood, kept in a small JSON file so that a restart goes on there. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Octets of a file's beginning that tell it from another that took its place (copytruncate keeps the inode; inodes are used again). */
export const FINGERPRINT_BYTES = 256;

/** A place in a file. */
export interface TailPosition {
  /** Device and inode, `"2049:131"`: decimal, as they may not fit a double. */
  readonly file: string;
  /** Octets that were handed out. */
  readonly offset: number;
  /** How many octets the fingerprint is of (files may be shorter), and their SHA-256 in hexadecimal. */
  readonly fingerprintBytes: number;
  readonly fingerprint: string;
}

/** SHA-256 of octets, hexadecimal. */
export function fingerprintOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The file in `folder` that keeps the state of what `kind` reads under `subject`: one each, whatever the subject's characters. */
export function stateFile(folder: string, kind: string, subject: string): string {
  return join(folder, `${kind}-${fingerprintOf(Buffer.from(subject)).slice(0, 24)}.json`);
}

/** The state file of a tailed path. */
export function tailStateFile(folder: string, path: string): string {
  return stateFile(folder, "tail", resolve(path));
}

/** Reads a saved position; null where there is none that makes sense. */
export function loadPosition(path: string): TailPosition | null {
  const state = loadState(path);
  return state === null ? null : positionOf(state);
}

/** A position from plain JSON; null where it makes no sense. */
export function positionOf(state: Readonly<Record<string, unknown>>): TailPosition | null {
  const { file, offset, fingerprintBytes, fingerprint } = state;
  if (typeof file !== "string" || typeof fingerprint !== "string") return null;
  if (!isCount(offset) || !isCount(fingerprintBytes) || fingerprintBytes > FINGERPRINT_BYTES) return null;
  return { file, offset, fingerprintBytes, fingerprint };
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
  mkdirSync(join(path, ".."), { recursive: true });
  const fresh = `${path}.new`;
  writeFileSync(fresh, `${JSON.stringify(state)}\n`);
  renameSync(fresh, path);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
