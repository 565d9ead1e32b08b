/** One file that grows, read up to where its whole lines end. */
import { closeSync, fstatSync, openSync, readSync, type BigIntStats } from "node:fs";
import { looksLikeText } from "./line-of.ts";
import { fingerprintOf } from "./state-file.ts";
import { FINGERPRINT_BYTES, type TailPosition } from "./tail-position.ts";

const NEWLINE = 10;
/** Octets read at a time. A longer line is handed out in pieces. */
const PIECE = 1 << 18;

/** Identity of a file, whatever it is called: device and inode. */
export function identityOf(stat: BigIntStats): string {
  return `${stat.dev}:${stat.ino}`;
}

/** An open file and the place in it. */
export class FollowedFile {
  readonly identity: string;
  /** Octets handed out. */
  offset = 0;
  readonly #descriptor: number;
  readonly #piece = new Uint8Array(PIECE);
  /** The first octets as they were when they were first read. */
  #beginning: Uint8Array = new Uint8Array(0);
  #isText = true;

  /** Opens `path`. Throws what the system says. */
  constructor(path: string) {
    this.#descriptor = openSync(path, "r");
    this.identity = identityOf(fstatSync(this.#descriptor, { bigint: true }));
    this.#learn();
  }

  get size(): number {
    return fstatSync(this.#descriptor).size;
  }

  /** Whether it begins like text, which may be read from the middle. An empty file does. */
  get isText(): boolean {
    return this.#isText;
  }

  get position(): TailPosition {
    const { identity: file, offset } = this;
    return { file, offset, fingerprintBytes: this.#beginning.length, fingerprint: fingerprintOf(this.#beginning) };
  }

  /** Whether this is the file of which `position` tells: its first octets are still the same. */
  isSame(position: TailPosition): boolean {
    if (position.offset > this.size) return false;
    return fingerprintOf(this.#read(0, position.fingerprintBytes)) === position.fingerprint;
  }

  /** Whether the file was cut since it was read (copytruncate): it is shorter, or it begins otherwise. */
  wasCut(): boolean {
    if (this.size < this.offset) return true;
    const begins = this.#beginning;
    if (begins.length === 0) return false;
    return Buffer.compare(this.#read(0, begins.length), begins) !== 0;
  }

  /** Starts over at the beginning. */
  rewind(): void {
    this.offset = 0;
    this.#beginning = new Uint8Array(0);
    this.#learn();
  }

  /** Goes to the end; a line that is being written will be read whole. */
  seekEnd(): void {
    const { size } = this;
    const from = Math.max(0, size - PIECE);
    const last = this.#read(from, size - from);
    const newline = last.lastIndexOf(NEWLINE);
    this.offset = newline >= 0 ? from + newline + 1 : from > 0 ? size : 0;
  }

  /** The first octets, up to `length`. */
  head(length: number): Uint8Array {
    return this.#read(0, length);
  }

  /**
   * The next octets, valid until the next call, with {@link FollowedFile.offset} moved behind them; none where there are none. Of text only
   * whole lines, so that the offset is always a place to go on from; with `all` (nothing more will come) the last line's beginning too.
   */
  next(all: boolean): Uint8Array {
    // A beginning that is another by now must stay known as it was: wasCut() has yet to tell
    if (this.#beginning.length < FINGERPRINT_BYTES) {
      if (this.wasCut()) return this.#piece.subarray(0, 0);
      this.#learn();
    }
    const count = readSync(this.#descriptor, this.#piece, 0, PIECE, this.offset);
    let end = count;
    if (this.#isText && !all && count < PIECE) end = this.#piece.lastIndexOf(NEWLINE, count - 1) + 1;
    else if (this.#isText && count === PIECE) end = this.#piece.lastIndexOf(NEWLINE) + 1 || PIECE;
    if (count === 0) end = 0;
    this.offset += end;
    return this.#piece.subarray(0, end);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #learn(): void {
    this.#beginning = this.#read(0, FINGERPRINT_BYTES);
    this.#isText = this.#beginning.length === 0 || looksLikeText(this.#beginning);
  }

  #read(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(this.#descriptor, bytes, 0, length, at));
  }
}
