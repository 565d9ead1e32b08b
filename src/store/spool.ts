/**
 * What was observed and is not in the store yet, on disk: a file an acceptance, written whole and synced before it counts. With the rows
 * are the places in the sources behind them, so that after a crash each record is in exactly one of both.
 */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { StoreError } from "../model/errors.ts";
import type { HistoryBatch } from "../model/history.ts";
import type { Store } from "./store.ts";

const FILE = /^(\d{12})\.spool$/;
const PLACES_FILE = "places.spool";
const MAGIC = "precursor.spool/1";
const HASH_BYTES = 32;

interface Kept {
  readonly magic: typeof MAGIC;
  /** Tells the files of one folder from those of another in the store's memory of tokens. */
  readonly origin: string;
  readonly batches: readonly HistoryBatch[];
  readonly places: unknown;
}

/** One folder of accepted batches, oldest first. */
export class Spool {
  /** Files that were damaged, and passed over: a disk that lies about what it has written. */
  damaged = 0;
  readonly folder: string;
  readonly #mostBytes: number;
  readonly #files: { readonly number: number; readonly bytes: number }[] = [];
  #next = 1;
  #origin = "";
  #places: unknown = null;

  /** Opens a folder, or makes it. @throws StoreError where it cannot be used */
  constructor(folder: string, mostBytes: number) {
    this.folder = folder;
    this.#mostBytes = mostBytes;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const name of readdirSync(folder)) {
        const number = FILE.exec(name)?.[1];
        if (number !== undefined) this.#files.push({ number: Number(number), bytes: statSync(join(folder, name)).size });
        else if (name.endsWith(".new")) rmSync(join(folder, name), { force: true });
      }
      this.#files.sort((a, b) => a.number - b.number);
      this.#recall();
    } catch (error) {
      throw new StoreError("E_STORE_FAILED", folder, `the spool cannot be used: ${reasonOf(error)}`, error);
    }
  }

  /** The places that were accepted last; null where none ever were. */
  get places(): unknown {
    return this.#places;
  }

  get waiting(): { readonly batches: number; readonly bytes: number } {
    return { batches: this.#files.length, bytes: this.#files.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  get isFull(): boolean {
    return this.waiting.bytes >= this.#mostBytes;
  }

  /** Keeps batches with the places behind them; durable when it returns. @throws StoreError E_STORE_FULL */
  accept(batches: readonly HistoryBatch[], places: unknown): void {
    if (this.isFull) throw new StoreError("E_STORE_FULL", this.folder, "the spool is full");
    const kept: Kept = { magic: MAGIC, origin: this.#origin, batches, places };
    const number = this.#next;
    const bytes = this.#write(nameOf(number), kept);
    this.#next++;
    this.#places = places;
    this.#files.push({ number, bytes });
  }

  /** Writes the oldest to the store, and forgets it; false where there is none. @throws StoreError as the store does */
  async drainOne(store: Pick<Store, "write">): Promise<boolean> {
    const [oldest] = this.#files;
    if (oldest === undefined) return false;
    const path = join(this.folder, nameOf(oldest.number));
    const kept = this.#read(path);
    if (kept === null) this.damaged++;
    // The same file again after a crash has the same tokens: the store takes each once
    else for (const [index, batch] of kept.batches.entries()) await store.write(batch, `${kept.origin}/${oldest.number}/${index}`);
    // The places stay when the last file goes
    if (this.#files.length === 1) this.#write(PLACES_FILE, { magic: MAGIC, origin: this.#origin, batches: [], places: this.#places });
    rmSync(path, { force: true });
    this.#files.shift();
    return true;
  }

  #recall(): void {
    const before = this.#read(join(this.folder, PLACES_FILE));
    this.#origin = before?.origin ?? "";
    this.#places = before?.places ?? null;
    this.#next = 1 + (this.#files.at(-1)?.number ?? 0);
    for (const { number } of this.#files.toReversed()) {
      const kept = this.#read(join(this.folder, nameOf(number)));
      if (kept === null) continue;
      this.#places = kept.places;
      this.#origin = kept.origin;
      break;
    }
    if (this.#origin === "")
      this.#origin = createHash("sha256").update(`${this.folder} ${Date.now()} ${process.pid}`).digest("hex").slice(0, 16);
    // Numbers begin anew when a folder is empty: another origin keeps their tokens apart from those before
    else if (this.#files.length === 0)
      this.#origin = createHash("sha256").update(`${this.#origin} ${Date.now()}`).digest("hex").slice(0, 16);
  }

  #write(name: string, kept: Kept): number {
    const body = serialize(kept);
    const fresh = join(this.folder, `${name}.new`);
    try {
      const file = openSync(fresh, "w", 0o600);
      try {
        writeWhole(file, createHash("sha256").update(body).digest());
        writeWhole(file, body);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(fresh, join(this.folder, name));
      const folder = openSync(this.folder, "r");
      fsyncSync(folder);
      closeSync(folder);
    } catch (error) {
      rmSync(fresh, { force: true });
      throw new StoreError("E_STORE_FULL", this.folder, `the spool cannot be written: ${reasonOf(error)}`, error);
    }
    return body.length + HASH_BYTES;
  }

  /** Null where it is not there or damaged. */
  #read(path: string): Kept | null {
    try {
      const bytes = readFileSync(path);
      const body = bytes.subarray(HASH_BYTES);
      if (!createHash("sha256").update(body).digest().equals(bytes.subarray(0, HASH_BYTES))) return null;
      const kept = deserialize(body) as Kept;
      return kept.magic === MAGIC ? kept : null;
    } catch {
      return null;
    }
  }
}

function nameOf(number: number): string {
  return `${String(number).padStart(12, "0")}.spool`;
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOSPC") return "no space is left";
  if (code === "EACCES" || code === "EPERM") return "not permitted";
  return code === "" ? String(error) : code;
}
