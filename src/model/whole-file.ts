/** A file that stands at its place whole or not at all, and on the disk: written beside it, synced, renamed, and the folder synced. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Ending of the name that it has until it is whole; what a kill left of it may be removed. */
export const PARTIAL = ".partial";

/** @param mode of a file that is new, as chmod has it. @throws what the system says */
export function writeWholeFile(path: string, octets: Uint8Array, mode: number): void {
  const partial = `${path}${PARTIAL}`;
  try {
    const descriptor = openSync(partial, "w", mode);
    try {
      for (let at = 0; at < octets.length;) at += writeSync(descriptor, octets, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
