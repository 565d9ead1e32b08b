/** Octets that are already in memory: the demo's capture, tests, and callers of the library. */
import type { ByteReader, ReadDamage } from "./reader.ts";

/** Reads `bytes` from start to end; nothing is copied until it is asked for. */
export class MemoryReader implements ByteReader {
  readonly name: string;
  readonly size: number;
  readonly compression: readonly string[] = [];
  readonly damage: ReadDamage | null = null;
  bytesRead = 0;
  readonly #bytes: Uint8Array;

  constructor(name: string, bytes: Uint8Array) {
    this.name = name;
    this.size = bytes.length;
    this.#bytes = bytes;
  }

  read(into: Uint8Array, offset: number): number {
    const count = Math.min(this.size - this.bytesRead, into.length - offset);
    into.set(this.#bytes.subarray(this.bytesRead, this.bytesRead + count), offset);
    this.bytesRead += count;
    return count;
  }

  close(): void {}
}
