/**
 * Batches on their way to a store, in a folder: what was accepted is on disk before anything is acknowledged, and stays until the store
 * has it. So a store that is down, or a process that is killed, loses nothing.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "../model/errors.ts";
import type { HistoryBatch } from "../model/history.ts";
import { PARTIAL, writeWholeFile } from "../model/whole-file.ts";
import { decodeBatch, encodeBatch } from "./batch-file.ts";
import type { Store } from "./store.ts";

/** A day of a busy sensor, at some MB an interval. */
export const DEFAULT_SPOOL_OCTETS = 1024 ** 3;
const FIRST_PAUSE_MILLISECONDS = 250;
const LONGEST_PAUSE_MILLISECONDS = 30_000;

const BATCH_FILE = /^(\d{12})\.batch$/;
const POSITIONS_FILE = "positions.json";
const FILE_MODE = 0o600;

export interface SpoolState {
  /** Batches that wait, and their octets. */
  readonly batches: number;
  readonly octets: number;
  readonly bound: number;
  /** Batches refused because the spool was full, and their observations. */
  readonly droppedBatches: number;
  readonly droppedObservations: number;
  /** Files whose checksum was wrong: kept under another name, and never written. */
  readonly damaged: number;
}

/** Positions, and the number of the batch that they came with. */
interface Positions {
  readonly number: number;
  readonly positions: unknown;
}

export class Spool {
  /** Octets that may wait. */
  bound: number;
  private readonly folder: string;
  /** Octets by number of the batch, oldest first. */
  private readonly waiting = new Map<number, number>();
  private octets = 0;
  private droppedBatches = 0;
  private droppedObservations = 0;
  private damaged = 0;
  private newest: Positions = { number: 0, positions: null };
  private wake: (() => void) | null = null;

  /** @throws StoreError E_STORE_FULL, E_STORE_FAILED where the folder cannot be made or read. */
  constructor(folder: string, bound: number = DEFAULT_SPOOL_OCTETS) {
    this.folder = folder;
    this.bound = bound;
    this.guarded(() => this.load());
  }

  /**
   * Takes a batch: durable when it returns true. False: the spool is full, and the batch is dropped and counted; what was accepted before
   * is kept, so that history has one gap and not many. @throws StoreError E_STORE_FULL where the disk is full: the batch is not accepted.
   */
  accept(batch: HistoryBatch, positions: unknown): boolean {
    const octets = encodeBatch({ token: randomUUID(), positions, batch });
    if (this.octets + octets.length > this.bound) {
      this.droppedBatches++;
      this.droppedObservations += batch.liveness.reduce((sum, { observations }) => sum + observations, 0);
      return false;
    }
    const number = this.newest.number + 1;
    this.guarded(() => writeWholeFile(join(this.folder, fileOf(number)), octets, FILE_MODE));
    this.newest = { number, positions };
    this.waiting.set(number, octets.length);
    this.octets += octets.length;
    this.wake?.();
    return true;
  }

  /** Positions of the newest batch that was accepted, whether it waits or is in the store; null before the first. */
  positions(): unknown {
    return this.newest.positions;
  }

  state(): SpoolState {
    return {
      batches: this.waiting.size,
      octets: this.octets,
      bound: this.bound,
      droppedBatches: this.droppedBatches,
      droppedObservations: this.droppedObservations,
      damaged: this.damaged,
    };
  }

  /** Writes all that waits, oldest first, each with its token. @throws StoreError of the store: what was not written waits on. */
  async drain(store: Pick<Store, "write">): Promise<void> {
    for (let next = this.oldest(); next !== null; next = this.oldest()) {
      const path = join(this.folder, fileOf(next));
      const spooled = decodeBatch(this.guarded(() => readFileSync(path)));
      if (spooled === null) {
        this.damaged++;
        this.guarded(() => renameSync(path, `${path}.damaged`));
      } else {
        await store.write(spooled.batch, spooled.token);
        const number = next;
        this.guarded(() => {
          // Before the file that also has them goes
          if (number === this.newest.number)
            writeWholeFile(join(this.folder, POSITIONS_FILE), new TextEncoder().encode(JSON.stringify(this.newest)), FILE_MODE);
          rmSync(path);
        });
      }
      this.octets -= this.waiting.get(next) ?? 0;
      this.waiting.delete(next);
    }
  }

  /**
   * Drains whenever something was accepted, until the signal. A store that is down is tried again after pauses that grow to half a minute;
   * `onTrouble` is told of each failure, and null when it is over.
   */
  async follow(store: Pick<Store, "write">, signal: AbortSignal, onTrouble: (error: StoreError | null) => void): Promise<void> {
    let pause = FIRST_PAUSE_MILLISECONDS;
    let troubled = false;
    while (!signal.aborted) {
      try {
        await this.drain(store);
        if (troubled) onTrouble(null);
        troubled = false;
        pause = FIRST_PAUSE_MILLISECONDS;
        await this.accepted(signal);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        troubled = true;
        onTrouble(error);
        await sleep(pause, undefined, { signal }).catch(() => undefined);
        pause = Math.min(LONGEST_PAUSE_MILLISECONDS, 2 * pause);
      }
    }
  }

  private accepted(signal: AbortSignal): Promise<void> {
    if (this.waiting.size > 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.wake = null;
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.wake = done;
      signal.addEventListener("abort", done, { once: true });
      if (signal.aborted) done();
    });
  }

  private oldest(): number | null {
    const { value } = this.waiting.keys().next();
    return value ?? null;
  }

  private load(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const names = readdirSync(this.folder);
    // Not accepted: the process ended in the midst
    for (const name of names) if (name.endsWith(PARTIAL)) rmSync(join(this.folder, name));
    if (names.includes(POSITIONS_FILE)) this.newest = JSON.parse(readFileSync(join(this.folder, POSITIONS_FILE), "utf8")) as Positions;
    const numbers = names.flatMap((name) => BATCH_FILE.exec(name)?.[1] ?? []).map(Number);
    for (const number of numbers.sort((a, b) => a - b)) {
      const { size } = statSync(join(this.folder, fileOf(number)));
      this.waiting.set(number, size);
      this.octets += size;
    }
    const last = numbers.at(-1);
    if (last === undefined || last <= this.newest.number) return;
    const spooled = decodeBatch(readFileSync(join(this.folder, fileOf(last))));
    this.newest = { number: last, positions: spooled === null ? this.newest.positions : spooled.positions };
  }

  private guarded<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (code === "ENOSPC" || code === "EDQUOT")
        throw new StoreError("E_STORE_FULL", this.folder, "no space left on the disk of the spool", error);
      throw new StoreError("E_STORE_FAILED", this.folder, error instanceof Error ? error.message : String(error), error);
    }
  }
}

function fileOf(number: number): string {
  return `${String(number).padStart(12, "0")}.batch`;
}
