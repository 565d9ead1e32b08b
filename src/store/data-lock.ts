/**
 * One process a data directory. The lock is SQLite's (fcntl), which the kernel takes back from a process that is killed, so that no stale
 * lock has to be guessed at; beside it stands who holds it.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../model/errors.ts";

const LOCK_FILE = "precursor.lock";
const HOLDER_FILE = "precursor.pid";

export interface Holder {
  readonly pid: number;
  readonly access: "read" | "write";
}

export interface DataLock {
  release(): void;
}

/** @throws StoreError E_STORE_LOCKED that names the process which holds the directory. */
export function lockFolder(folder: string, access: Holder["access"]): DataLock {
  const database = openLock(folder);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw cannotLock(folder, error);
    throw new StoreError("E_STORE_LOCKED", folder, `held by process ${holderOf(folder)?.pid ?? "unknown"}`, error);
  }
  const holder = join(folder, HOLDER_FILE);
  try {
    writeFileSync(holder, JSON.stringify({ pid: process.pid, access } satisfies Holder), { mode: 0o600 });
  } catch {
    // The lock holds without it: on a full disk nobody is told who has it
  }
  return {
    release: () => {
      rmSync(holder, { force: true });
      database.close();
    },
  };
}

const SQLITE_BUSY = 5;

/** Who holds the directory, as far as he told. */
export function holderOf(folder: string): Holder | null {
  try {
    return JSON.parse(readFileSync(join(folder, HOLDER_FILE), "utf8")) as Holder;
  } catch {
    return null;
  }
}

function openLock(folder: string): DatabaseSync {
  try {
    return new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
  } catch (error) {
    throw cannotLock(folder, error);
  }
}

function cannotLock(folder: string, error: unknown): StoreError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreError(
    /full/.test(reason) ? "E_STORE_FULL" : "E_STORE_FAILED",
    folder,
    `the directory cannot be locked: ${reason}`,
    error,
  );
}
