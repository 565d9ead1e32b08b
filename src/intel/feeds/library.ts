/**
 * A library of feeds in a folder: `index.json`, the last good copies in `copies/`, one compiled table, the answers of online services in
 * `online/`, and `feeds.yaml`, which is the user's. Killed at any moment, it is as it was before or as it is after: new files are written
 * beside the old ones under names of their own, and the index that names them is renamed over the one before.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { IntelError } from "../../model/errors.ts";
import { PARTIAL, writeWholeFile } from "../../model/whole-file.ts";
import { type CopyRecord, EMPTY_INDEX, INDEX_FILE, indexText, type LibraryIndex, readIndex } from "./library-index.ts";
import { lockLibrary } from "./library-lock.ts";

const COPIES = "copies";
/** Others may read what feeds say. */
export const FILE_MODE = 0o644;
const TABLE_FILE = /^table\.\d+\.bin$/;
/** Where an index that could not be read is put aside. */
const DAMAGED_INDEX = "index.damaged.json";
/** The feed and the beginning of the checksum in a copy's name. */
const COPY_FILE = /^(.+)\.([0-9a-f]{16})$/;

/** A whole copy that no index names. */
export interface StrayCopy {
  readonly file: string;
  readonly octets: Uint8Array;
  /** When it was written, seconds since 1970. */
  readonly modified: number;
}

/** A library that is being changed, by this process alone. */
export class Library {
  readonly folder: string;
  index: LibraryIndex;
  /** Why the index could not be read and begins anew; null where it could. */
  readonly damage: string | null;
  readonly #unlock: () => void;

  private constructor(folder: string, { index, damage }: Pick<Library, "index" | "damage">, unlock: () => void) {
    this.folder = folder;
    this.index = index;
    this.damage = damage;
    this.#unlock = unlock;
  }

  /**
   * Opens a library for changing; makes the folder where there is none.
   * @param mend whether a damaged index is put aside, and begins anew: {@link strayCopies} has what is left
   * @throws IntelError
   */
  static open(folder: string, mend = false): Library {
    const unlock = guarded(folder, () => {
      mkdirSync(join(folder, COPIES), { recursive: true });
      return lockLibrary(folder);
    });
    try {
      const library = new Library(
        folder,
        mend ? indexOrDamage(folder) : { index: readLibrary(folder) ?? EMPTY_INDEX, damage: null },
        unlock,
      );
      // Without an index everything would be a leftover
      if (library.damage === null) library.#sweep();
      return library;
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** Keeps one file of a feed's copy; nothing uses it before {@link commit}. @throws IntelError */
  addCopy(feed: string, octets: Uint8Array, from: string, validators: Pick<CopyRecord, "etag" | "lastModified">): CopyRecord {
    const sha256 = sha256Of(octets);
    const file = `${feed}.${sha256.slice(0, 16)}`;
    guarded(this.folder, () => writeWholeFile(join(this.folder, COPIES, file), octets, FILE_MODE));
    return { file, from, octets: octets.length, sha256, ...validators };
  }

  /** The octets of a copy. @throws IntelError where it is gone or is not what was kept. */
  readCopy({ file, sha256 }: CopyRecord): Uint8Array {
    const octets = guarded(this.folder, () => readFileSync(join(this.folder, COPIES, file)));
    if (sha256Of(octets) !== sha256)
      throw new IntelError("E_INTEL_LIBRARY", this.folder, `${COPIES}/${file} is damaged: fetch it again with --force`);
    return octets;
  }

  /** Whole copies in the folder, by feed: all that is left of a library whose index was damaged. @throws IntelError */
  strayCopies(): ReadonlyMap<string, readonly StrayCopy[]> {
    const copies = new Map<string, StrayCopy[]>();
    guarded(this.folder, () => {
      for (const file of readdirSync(join(this.folder, COPIES)).toSorted()) {
        const [, feed, sum] = COPY_FILE.exec(file) ?? [];
        if (feed === undefined || sum === undefined) continue;
        const path = join(this.folder, COPIES, file);
        const octets = readFileSync(path);
        // One that was cut when the machine went down is none
        if (!sha256Of(octets).startsWith(sum)) continue;
        copies.set(feed, [...(copies.get(feed) ?? []), { file, octets, modified: Math.floor(statSync(path).mtimeMs / 1000) }]);
      }
    });
    return copies;
  }

  /** The table in use; null where there is none, or none that can be read. */
  currentTable(): Uint8Array | null {
    const { table } = this.index;
    try {
      return table === null ? null : readFileSync(join(this.folder, table.file));
    } catch {
      return null;
    }
  }

  /** Keeps a compiled table; nothing uses it before {@link commit}. Returns its name. @throws IntelError */
  addTable(octets: Uint8Array): string {
    const file = `table.${this.index.generation + 1}.bin`;
    guarded(this.folder, () => writeWholeFile(join(this.folder, file), octets, FILE_MODE));
    return file;
  }

  /** Makes `next` the index, then removes what it names no longer. @throws IntelError */
  commit(next: Omit<LibraryIndex, "generation">): void {
    const index = { ...next, generation: this.index.generation + 1 };
    if (this.damage !== null && this.index === EMPTY_INDEX)
      guarded(this.folder, () => renameSync(join(this.folder, INDEX_FILE), join(this.folder, DAMAGED_INDEX)));
    guarded(this.folder, () => writeWholeFile(join(this.folder, INDEX_FILE), new TextEncoder().encode(indexText(index)), FILE_MODE));
    this.index = index;
    this.#sweep();
  }

  close(): void {
    this.#unlock();
  }

  /** Removes what an update that was killed, or the one before, has left. */
  #sweep(): void {
    const kept = new Set(Object.values(this.index.feeds).flatMap(({ copies }) => copies.map(({ file }) => file)));
    guarded(this.folder, () => {
      for (const name of readdirSync(join(this.folder, COPIES))) if (!kept.has(name)) rmSync(join(this.folder, COPIES, name));
      for (const name of readdirSync(this.folder)) {
        const isOld = (TABLE_FILE.test(name) && name !== this.index.table?.file) || name.endsWith(PARTIAL);
        if (isOld) rmSync(join(this.folder, name), { force: true });
      }
    });
  }
}

export function sha256Of(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}

/** The index of a library that is only read; null where there is no library. @throws IntelError where it cannot be read. */
export function readLibrary(folder: string): LibraryIndex | null {
  return guarded(folder, () => readIndex(folder));
}

/** The index, or an empty one and why. @throws IntelError where the folder cannot be read */
function indexOrDamage(folder: string): Pick<Library, "index" | "damage"> {
  try {
    return { index: readLibrary(folder) ?? EMPTY_INDEX, damage: null };
  } catch (error) {
    if (!(error instanceof IntelError && error.cause instanceof SyntaxError)) throw error;
    return { index: EMPTY_INDEX, damage: error.reason };
  }
}

/** The compiled table and the index that names it, at one moment; null where there is none. @throws IntelError */
export function readTable(folder: string): { readonly index: LibraryIndex; readonly table: Uint8Array | null } | null {
  for (let attempt = 0; ; attempt++) {
    const index = readLibrary(folder);
    if (index === null) return null;
    if (index.table === null) return { index, table: null };
    const { file } = index.table;
    try {
      return { index, table: readFileSync(join(folder, file)) };
    } catch (error) {
      // An update has just put another one in its place
      const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
      if (!isGone || attempt >= 3) throw new IntelError("E_INTEL_LIBRARY", folder, `${file}: ${reasonOf(error)}`, error);
    }
  }
}

function guarded<Result>(folder: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof IntelError) throw error;
    throw new IntelError("E_INTEL_LIBRARY", folder, reasonOf(error), error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EACCES: "no permission",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ENOTDIR: "part of the path is not a folder",
  EEXIST: "is a file, not a folder",
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? "") : "";
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}
