/**
 * One update a library at a time. The lock is SQLite's (fcntl), which the kernel takes back from a process that is killed, so that no stale
 * lock has to be guessed at.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { IntelError } from "../../model/errors.ts";

const LOCK_FILE = "update.lock";
const SQLITE_BUSY = 5;

/** Locks the folder until the returned function is called. @throws IntelError E_INTEL_LOCKED, E_INTEL_LIBRARY */
export function lockLibrary(folder: string): () => void {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY)
      throw new IntelError("E_INTEL_LOCKED", folder, "another precursor intel update is at work there", error);
    throw new IntelError("E_INTEL_LIBRARY", folder, `cannot be locked: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const held = database;
  return () => held.close();
}
