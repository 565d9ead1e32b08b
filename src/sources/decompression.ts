/**
 * Gzip (RFC 1952) and Zstandard (RFC 8878) taken off while reading, with all members and frames that follow one another.
 *
 * Node's own zlib does the work, one piece of input at a time, and stops when its output is not fetched: memory stays the same whatever the
 * data expands to. Where the data breaks, zlib throws away what the broken piece gave before; so that nothing is lost, the input is then
 * decompressed again up to that piece and taken through it octet by octet.
 */
import { createGunzip, createZstdDecompress } from "node:zlib";
import type { ByteReader, ReadDamage } from "./reader.ts";

export type Codec = "gzip" | "zstd";
/** Octets that {@link codecOf} needs to see. */
export const CODEC_HEAD_BYTES = 4;

/** Octets of input in a step. Small enough that going through one octet by octet takes well under a second. */
const INPUT_STEP = 32_768;
/** Octets in a step where the input cannot be opened again: at most this much compressed data before a break can be lost. */
const INPUT_STEP_ONCE = 8_192;
/** Octets of output that zlib makes before it asks whether anyone takes them. */
const OUTPUT_STEP = 262_144;

/** The compression that data starting with `head` has, by its magic number, or null. */
export function codecOf(head: Uint8Array): Codec | null {
  if (head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 0x08) return "gzip";
  if (head.length < 4) return null;
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return "zstd";
  // Skippable frames, which pzstd and seekable archives begin with
  if ((head[0]! & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18) return "zstd";
  return null;
}

/** Decompresses `inner`. `reopen` gives the same input from its start again, or is null where there is only one pass (pipes). */
export class DecompressingReader implements ByteReader {
  readonly name: string;
  readonly size: number | null;
  readonly compression: readonly string[];
  damage: ReadDamage | null = null;
  readonly #inner: ByteReader;
  readonly #codec: Codec;
  readonly #reopen: (() => ByteReader | Promise<ByteReader>) | null;
  /** Input position from which on steps are single octets: past the end, except while going through a broken piece. */
  readonly #fineFrom: number;
  readonly #input: Uint8Array;
  /** Unused input is `input[inputAt, inputEnd)`; `taken` counts what zlib used. */
  #inputAt = 0;
  #inputEnd = 0;
  #inputOver = false;
  /** A member or frame is over and the next has not begun. */
  #between = false;
  #taken = 0;
  /** Position of the piece that zlib has now. */
  #pieceAt = 0;
  #engine: Engine | null = null;
  #output: Uint8Array = new Uint8Array(0);
  #handedOut = 0;
  /** Takes over once this reader's data broke. */
  #rescue: DecompressingReader | null = null;
  #rescueSkip = 0;
  #over = false;

  constructor(
    inner: ByteReader,
    codec: Codec,
    reopen: (() => ByteReader | Promise<ByteReader>) | null,
    fineFrom: number = Number.POSITIVE_INFINITY,
  ) {
    this.name = inner.name;
    this.size = inner.size;
    this.compression = [...inner.compression, codec];
    this.#inner = inner;
    this.#codec = codec;
    this.#reopen = reopen;
    this.#fineFrom = fineFrom;
    this.#input = new Uint8Array(reopen === null && fineFrom === Number.POSITIVE_INFINITY ? INPUT_STEP_ONCE : INPUT_STEP);
  }

  get bytesRead(): number {
    return this.#inner.bytesRead;
  }

  read(into: Uint8Array, offset: number): number | Promise<number> {
    return this.#output.length > 0 ? this.#give(into, offset) : this.#next(into, offset);
  }

  async close(): Promise<void> {
    this.#over = true;
    this.#engine?.close();
    await this.#rescue?.close();
    await this.#inner.close();
  }

  #give(into: Uint8Array, offset: number): number {
    const count = Math.min(this.#output.length, into.length - offset);
    into.set(this.#output.subarray(0, count), offset);
    this.#output = this.#output.subarray(count);
    this.#handedOut += count;
    return count;
  }

  async #next(into: Uint8Array, offset: number): Promise<number> {
    if (this.#rescue !== null) return this.#nextOfRescue(this.#rescue, into, offset);
    while (!this.#over) {
      const engine = (this.#engine ??= new Engine(this.#codec));
      const output = engine.output();
      if (output !== null) {
        this.#output = output;
        return this.#give(into, offset);
      }
      if (engine.error !== null) {
        await this.#break(engine.error);
        if (this.#rescue !== null) return this.#nextOfRescue(this.#rescue, into, offset);
        continue;
      }
      if (engine.stoppedEarly) this.#endOfMember(engine);
      else if (engine.ended) this.#over = true;
      else if (engine.busy) await engine.change();
      else await this.#feed(engine);
    }
    const inner = this.#inner.damage;
    if (inner !== null) this.damage ??= { offset: this.#handedOut, reason: inner.reason };
    return 0;
  }

  /** Gives zlib the next piece, or the end. */
  async #feed(engine: Engine): Promise<void> {
    if (this.#inputAt === this.#inputEnd && !this.#inputOver) {
      this.#inputAt = 0;
      this.#inputEnd = await this.#inner.read(this.#input, 0);
      this.#inputOver = this.#inputEnd === 0;
    }
    if (this.#inputOver) {
      // A run that was given nothing has nothing to end
      if (this.#between) this.#over = true;
      else engine.finish();
      return;
    }
    // Gzip files from tapes and fixed-size records are padded with zeros
    while (this.#between && this.#codec === "gzip" && this.#input[this.#inputAt] === 0) {
      this.#inputAt++;
      this.#taken++;
      if (this.#inputAt === this.#inputEnd) return;
    }
    this.#between = false;
    this.#pieceAt = this.#taken;
    const untilFine = this.#fineFrom - this.#taken;
    const length = Math.min(this.#inputEnd - this.#inputAt, untilFine > 0 ? untilFine : 1);
    const piece = this.#input.subarray(this.#inputAt, this.#inputAt + length);
    this.#inputAt += length;
    this.#taken += length;
    engine.feed(piece);
  }

  /** zlib stopped behind a member or frame, with padding, another one or something else left over: that is for the next run. */
  #endOfMember(engine: Engine): void {
    const unused = engine.fed - engine.used;
    engine.close();
    this.#engine = null;
    this.#inputAt -= unused;
    this.#taken -= unused;
    this.#between = true;
  }

  async #break(error: Error): Promise<void> {
    this.#engine?.close();
    this.#engine = null;
    const cut = /unexpected end/.test(error.message);
    if (!cut && this.#reopen !== null && this.#fineFrom === Number.POSITIVE_INFINITY) {
      this.#rescue = new DecompressingReader(await this.#reopen(), this.#codec, null, this.#pieceAt);
      this.#rescueSkip = this.#handedOut;
      return;
    }
    this.#over = true;
    const inner = this.#inner.damage;
    const at = `octet ${cut ? this.#taken : this.#pieceAt} of the compressed data`;
    const reason = inner !== null ? inner.reason : reasonOf(error, this.#codec, at, this.#handedOut > 0);
    this.damage = { offset: this.#handedOut, reason };
  }

  /** Reads on with the reader that goes through the broken piece, past what was handed out already. */
  async #nextOfRescue(rescue: DecompressingReader, into: Uint8Array, offset: number): Promise<number> {
    while (this.#rescueSkip > 0) {
      const room = into.subarray(offset, offset + Math.min(this.#rescueSkip, into.length - offset));
      const count = await rescue.read(room, 0);
      if (count === 0) break;
      this.#rescueSkip -= count;
    }
    const count = await rescue.read(into, offset);
    this.#handedOut += count;
    if (count === 0 && rescue.damage !== null) this.damage = { offset: this.#handedOut, reason: rescue.damage.reason };
    return count;
  }
}

function reasonOf(error: Error, codec: Codec, at: string, gaveSomething: boolean): string {
  if (/unexpected end/.test(error.message)) return `the ${codec} data is cut short at ${at}`;
  if (gaveSomething && /incorrect header check|unknown frame descriptor/i.test(error.message)) {
    return `something that is not ${codec} follows at ${at}`;
  }
  if (/data check|checksum/i.test(error.message)) return `the ${codec} checksum does not match at ${at}`;
  if (/too much memory|window/i.test(error.message)) return `the ${codec} data asks for too much memory at ${at}`;
  return `the ${codec} data is damaged at ${at} (${error.message})`;
}

/** One run of zlib, with its events turned into state that can be looked at. */
class Engine {
  error: Error | null = null;
  ended = false;
  busy = false;
  /** Octets given to zlib. */
  fed = 0;
  readonly #stream;
  #wake: (() => void) | null = null;

  constructor(codec: Codec) {
    this.#stream = codec === "gzip" ? createGunzip({ chunkSize: OUTPUT_STEP }) : createZstdDecompress({ chunkSize: OUTPUT_STEP });
    this.#stream.on("error", (error: Error) => {
      this.error = error;
      this.#changed();
    });
    this.#stream.on("end", () => {
      this.ended = true;
      this.#changed();
    });
    this.#stream.on("readable", () => this.#changed());
  }

  /** Octets that zlib used of those it was given. */
  get used(): number {
    return this.#stream.bytesWritten;
  }

  /** zlib came to the end of a member or frame before the end of the piece, and looks at nothing that follows. */
  get stoppedEarly(): boolean {
    return !this.busy && this.used < this.fed;
  }

  output(): Uint8Array | null {
    return this.#stream.read() as Uint8Array | null;
  }

  feed(piece: Uint8Array): void {
    this.fed += piece.length;
    this.busy = true;
    this.#stream.write(piece, () => {
      this.busy = false;
      this.#changed();
    });
  }

  finish(): void {
    this.busy = true; // until "end" or "error"
    this.#stream.end();
  }

  /** Settles when anything may have changed. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  close(): void {
    this.#stream.destroy();
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
