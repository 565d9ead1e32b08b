/** Where octets come from, pulled by whoever needs them: the one shape of files, pipes, memory and what is decompressed from them. */

/** Why reading had to stop before the end; `offset` counts the octets that were handed out before it. */
export interface ReadDamage {
  readonly offset: number;
  readonly reason: string;
}

/** A stream of octets that its user pulls. Not for two users at once: a `read` must be settled before the next. */
export interface ByteReader {
  /** As the user wrote it. */
  readonly name: string;
  /** Octets as stored, or null where that cannot be known (pipes). */
  readonly size: number | null;
  /** Octets taken so far, as stored. */
  readonly bytesRead: number;
  /** Compressions taken off, outermost first: `["gzip"]`. */
  readonly compression: readonly string[];
  /** Set, instead of a throw, when the data broke; everything before it has been handed out. */
  readonly damage: ReadDamage | null;
  /**
   * Puts octets at `into[offset…]` and tells how many: at least one, fewer than there is room for whenever that is quicker, 0 at the end.
   * The answer is a plain number when no waiting was needed. Never throws on content.
   */
  read(into: Uint8Array, offset: number): number | Promise<number>;
  close(): void | Promise<void>;
}

/** A reader with some of its octets already taken: they come first, then the rest. */
export class ResumedReader implements ByteReader {
  readonly #inner: ByteReader;
  #head: Uint8Array;

  constructor(head: Uint8Array, inner: ByteReader) {
    this.#head = head;
    this.#inner = inner;
  }

  get name(): string {
    return this.#inner.name;
  }
  get size(): number | null {
    return this.#inner.size;
  }
  get bytesRead(): number {
    return this.#inner.bytesRead;
  }
  get compression(): readonly string[] {
    return this.#inner.compression;
  }
  get damage(): ReadDamage | null {
    return this.#inner.damage;
  }

  read(into: Uint8Array, offset: number): number | Promise<number> {
    if (this.#head.length === 0) return this.#inner.read(into, offset);
    const count = Math.min(this.#head.length, into.length - offset);
    into.set(this.#head.subarray(0, count), offset);
    this.#head = this.#head.subarray(count);
    return count;
  }

  close(): void | Promise<void> {
    return this.#inner.close();
  }
}

/** Fills `into[offset…]` as far as the reader goes; returns how many octets came (less than the room only at the end). */
export async function readFully(reader: ByteReader, into: Uint8Array, offset = 0): Promise<number> {
  let at = offset;
  while (at < into.length) {
    const count = await reader.read(into, at);
    if (count === 0) break;
    at += count;
  }
  return at - offset;
}
