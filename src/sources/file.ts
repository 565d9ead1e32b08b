/** Files, named pipes and standard input: plain synchronous reads into the caller's buffer, which on a warm page cache is the fastest there is. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { isatty } from "node:tty";
import { InputError } from "../model/errors.ts";
import { standardInput } from "../model/standard-input.ts";
import type { ByteReader, ReadDamage } from "./reader.ts";

/** The name that stands for standard input, as in cat(1). */
export const STANDARD_INPUT = "-";
/** Milliseconds between looks at a non-blocking pipe that has nothing yet: first short, then at most this, so that waiting costs nothing. */
const MAX_WAIT_MS = 20;

/** Reads a file descriptor to its end. */
export class FileReader implements ByteReader {
  readonly name: string;
  readonly size: number | null;
  readonly compression: readonly string[] = [];
  damage: ReadDamage | null = null;
  bytesRead = 0;
  readonly #descriptor: number;
  #open = true;

  constructor(name: string, descriptor: number, size: number | null) {
    this.name = name;
    this.size = size;
    this.#descriptor = descriptor;
  }

  read(into: Uint8Array, offset: number): number | Promise<number> {
    if (this.damage !== null || offset >= into.length) return 0;
    try {
      const count = readSync(this.#descriptor, into, offset, into.length - offset, null);
      this.bytesRead += count;
      return count;
    } catch (error) {
      const code = systemCode(error);
      if (code === "EAGAIN" || code === "EWOULDBLOCK") return this.#wait(into, offset);
      if (code === "EOF") return 0; // Windows, for a pipe whose writer has gone
      this.damage = { offset: this.bytesRead, reason: `reading failed: ${systemReason(error)}` };
      return 0;
    }
  }

  /** A pipe that somebody set to non-blocking (ssh, another Node) has nothing now. */
  async #wait(into: Uint8Array, offset: number): Promise<number> {
    for (let pause = 1; ; pause = Math.min(2 * pause, MAX_WAIT_MS)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      try {
        const count = readSync(this.#descriptor, into, offset, into.length - offset, null);
        this.bytesRead += count;
        return count;
      } catch (error) {
        const code = systemCode(error);
        if (code === "EAGAIN" || code === "EWOULDBLOCK") continue;
        if (code !== "EOF") this.damage = { offset: this.bytesRead, reason: `reading failed: ${systemReason(error)}` };
        return 0;
      }
    }
  }

  /** Closes the descriptor, except standard input's, which belongs to the process. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.#descriptor !== standardInput()) closeSync(this.#descriptor);
  }
}

/** Opens a file or a named pipe (which waits for a writer). Throws InputError. */
export function openFile(path: string): FileReader {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (error) {
    throw new InputError("E_INPUT_UNREADABLE", path, systemReason(error), error);
  }
  try {
    return readerOf(path, descriptor);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Opens standard input; works in worker threads too, since a descriptor belongs to the process. Throws InputError. */
export function openStandardInput(name: string = "standard input"): FileReader {
  if (isatty(0)) throw new InputError("E_INPUT_UNREADABLE", name, "is a terminal; pipe a capture into it");
  return readerOf(name, standardInput());
}

function readerOf(name: string, descriptor: number): FileReader {
  let stat;
  try {
    stat = fstatSync(descriptor);
  } catch (error) {
    throw new InputError("E_INPUT_UNREADABLE", name, systemReason(error), error);
  }
  if (stat.isDirectory()) throw new InputError("E_INPUT_UNREADABLE", name, "is a directory");
  // Kernel files (under /proc) say 0 and hold more, so 0 tells nothing
  return new FileReader(name, descriptor, stat.isFile() && stat.size > 0 ? stat.size : null);
}

/** The errno word of an error of the operating system: "ENOENT". */
function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "no such file or directory"],
  ["EACCES", "permission denied"],
  ["EPERM", "permission denied"],
  ["EISDIR", "is a directory"],
  ["EEXIST", "a file stands where a folder should be"],
  ["ENOTDIR", "a part of the path is not a directory"],
  ["ELOOP", "too many symbolic links"],
  ["ENAMETOOLONG", "the name is too long"],
  ["EMFILE", "too many open files"],
  ["ENFILE", "too many open files on this machine"],
  ["ENXIO", "is a socket or a device without a driver, not a file"],
  ["EIO", "the disk reports an error"],
  ["EBADF", "is closed"],
  ["ESTALE", "the network file system lost it"],
  ["ERR_INVALID_ARG_VALUE", "is not a possible name of a file"],
]);

/** Why the operating system refused, in words. */
export function systemReason(error: unknown): string {
  const code = systemCode(error);
  return REASONS.get(code) ?? (code !== "" ? code : error instanceof Error ? error.message : String(error));
}
