/** Where a reader of a growing file stood, kept so that a restart goes on there. */
import { resolve } from "node:path";
import { loadState, stateFile } from "./state-file.ts";

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

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
