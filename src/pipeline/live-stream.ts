/** The octets of one stream, recognised as they come and decoded. */
import { heldBackOf } from "../formats/flow-export/held-back.ts";
import { type DecodeContext, type Decoder, type Format, HEAD_BYTES, type ObservationWriter } from "../formats/format.ts";
import type { FormatChoice } from "./format-choice.ts";
import type { LiveTally } from "./live-tally.ts";

/** By how much more must have come, and how long ago, before what was not recognised is looked at again: a look costs about a millisecond. */
const LOOK_AGAIN_FACTOR = 1.5;
const LOOK_AGAIN_SECONDS = 0.5;
const NEWLINE = 10;

/** What decoders of a source share. */
export interface LiveDecoding {
  readonly writer: ObservationWriter;
  readonly context: DecodeContext;
  readonly tally: LiveTally;
  readonly choice: FormatChoice;
}

/** One stream: a connection, a file until it is rotated, a process. */
export class LiveStream {
  /** Octets that no format recognised, thrown away. */
  unrecognised = 0;
  /** What it was recognised as. */
  format: Format | null = null;
  readonly #decoding: LiveDecoding;
  /** What the stream before this one was, on the same source: taken where this one shows nothing else. */
  readonly #before: Format | null;
  #decoder: Decoder | null = null;
  /** Octets that were not used yet: `rest[0, end)`. */
  #rest: Uint8Array = new Uint8Array(0);
  #end = 0;
  #lookedAt = 0;
  #lookedTime = Number.NEGATIVE_INFINITY;

  constructor(decoding: LiveDecoding, before: Format | null) {
    this.#decoding = decoding;
    this.#before = before;
  }

  /** Records read so far. */
  get records(): number {
    return this.#decoder?.stats.records ?? 0;
  }

  /** Octets of whole or cut records that wait: they came, and were not decoded. */
  get pending(): number {
    return this.#end;
  }

  chunk(bytes: Uint8Array, receivedAt: number): void {
    if (this.#decoder === null || this.format === null) {
      this.#keep(bytes, 0, bytes.length);
      if (this.#isTime(receivedAt)) this.#recognise(receivedAt);
      return;
    }
    this.#decoding.tally.came(this.format, bytes);
    if (this.#end > 0) {
      this.#keep(bytes, 0, bytes.length);
      this.#consume(this.#decoder);
    } else {
      const used = this.#decoder.push(bytes, 0, bytes.length);
      this.#keep(bytes, used, bytes.length);
    }
  }

  /** As `chunk`, of octets that were read before: they teach the decoder, and nothing of them counts. */
  known(bytes: Uint8Array, receivedAt: number): void {
    this.#decoding.writer.mute(() => this.chunk(bytes, receivedAt));
    this.#decoder?.stats.restart();
  }

  /** The stream is over. */
  end(): void {
    if (this.#decoder === null && this.#end > 0) this.#recognise(Number.POSITIVE_INFINITY);
    if (this.#decoder === null || this.format === null) {
      this.unrecognised += this.#end;
      return;
    }
    const { stats } = this.#decoder;
    this.#decoder.end(this.#rest, 0, this.#end);
    // Counts are told now: what still waits for a template is given up
    heldBackOf(this.#decoding.context.memory).giveUp(stats);
    this.#decoding.tally.settle(this.format, stats);
    this.#decoder = null;
    this.#end = 0;
  }

  #isTime(now: number): boolean {
    return this.#end >= LOOK_AGAIN_FACTOR * this.#lookedAt || now - this.#lookedTime >= LOOK_AGAIN_SECONDS || this.#end >= HEAD_BYTES;
  }

  #recognise(now: number): void {
    this.#lookedAt = this.#end;
    this.#lookedTime = now;
    const head = this.#rest.subarray(0, Math.min(this.#end, HEAD_BYTES));
    const { choice, writer, context, tally } = this.#decoding;
    this.format = choice.of(head) ?? this.#before;
    if (this.format !== null) {
      tally.came(this.format, this.#rest.subarray(0, this.#end));
      this.#decoder = this.format.decoder(writer, context);
      this.#consume(this.#decoder);
    } else if (this.#end >= HEAD_BYTES) this.#forget();
  }

  /** Throws away the older half of what nobody recognised, of text up to the end of a line. */
  #forget(): void {
    const half = this.#end >> 1;
    const newline = this.#rest.indexOf(NEWLINE, half);
    const cut = newline >= 0 && newline < this.#end ? newline + 1 : this.#end;
    this.unrecognised += cut;
    this.#rest.copyWithin(0, cut, this.#end);
    this.#end -= cut;
    this.#lookedAt = this.#end;
  }

  #consume(decoder: Decoder): void {
    const used = decoder.push(this.#rest, 0, this.#end);
    this.#rest.copyWithin(0, used, this.#end);
    this.#end -= used;
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#end + end - start;
    if (needed > this.#rest.length) {
      const larger = new Uint8Array(Math.max(4096, 2 * needed));
      larger.set(this.#rest.subarray(0, this.#end), 0);
      this.#rest = larger;
    }
    this.#rest.set(bytes.subarray(start, end), this.#end);
    this.#end = needed;
  }
}
